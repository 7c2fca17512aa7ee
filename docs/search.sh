#!/usr/bin/env bash
# Prints the tables of docs/search.md: `finds`, the five incidents found again in the open world; `strategies`, bugs by
# strategies, each figure a median over seeds 1 to 10; `quiet`, what a hundred thousand runs of `hardened` break.
#   docs/search.sh [finds|strategies|quiet]...
# DRYDOCK is the program to ask (default: drydock).
# shellcheck disable=SC2016  # the backquotes are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
readonly SEEDS="1 2 3 4 5 6 7 8 9 10" CAP=5000
readonly STRATEGIES=(random pct swarm coverage mixed)
readonly INCIDENTS=(pre-1556:no-healthy-kill pre-2989:no-orphan pre-1932:terminate-failure-recorded pre-1990:no-state-loss
  pre-1991:blast-radius)
# Each knob of `hardened` taken back is a bug of its own.
readonly KNOBS=(hibernate.stops=off:no-orphan agent.names_instance=off:online-is-real writes.guarded=off:online-is-real
  writes.timeout=0s:comes-back stop.confirmed=off:single-live-instance)

result=$(mktemp)
trap 'rm -f "$result"' EXIT

# One campaign: "FIRST_RUN FOUND_AFTER_S SIZE SHRINK_S" of the first finding; nothing where there is none.
campaign() {
  local code=0
  "$DRYDOCK" explore open-world --until first --format json "$@" >"$result" || code=$?
  ((code <= 1)) || exit "$code"
  # The keys of a finding, which are indented; the campaign has a time of shrinking, too.
  awk '/^      "first_run"/ { run = $2 } /^      "found_after_s"/ { after = $2 } /^      "size":/ { size = $2 }
    /^      "shrink_s"/ { gsub(/,/, "", run); gsub(/,/, "", after); gsub(/,/, "", size); gsub(/,/, "", $2)
      print run, after, size, $2; exit }' "$result"
}

# Of the lines on standard input, the hits and the median of each column.
medians() {
  sort -n | awk '{ for (i = 1; i <= NF; i++) column[i, NR] = $i; n = NR; m = NF }
    function median(i,   j, k, t, v) {
      for (j = 1; j <= n; j++) v[j] = column[i, j] + 0
      for (j = 1; j <= n; j++) for (k = j + 1; k <= n; k++) if (v[k] < v[j]) { t = v[j]; v[j] = v[k]; v[k] = t }
      return v[int((n + 1) / 2)]
    }
    END { printf "%d", n; for (i = 1; i <= m; i++) printf " %s", median(i) }'
}

finds() {
  printf '| policy | promise | seeds that found it | median run | median time | decisions left | median shrinking |\n'
  printf '|---|---|---|---|---|---|---|\n'
  local incident seed hits run after size shrink
  for incident in "${INCIDENTS[@]}"; do
    read -r hits run after size shrink < <(for seed in $SEEDS; do
      campaign --policy "${incident%%:*}" --promise "${incident#*:}" --time 60s --seed "$seed"
    done | medians; echo)
    printf '| `%s` | `%s` | %s of 10 | %s | %.2f s | %s | %.2f s |\n' "${incident%%:*}" "${incident#*:}" "$hits" "$run" "$after" "$size" "$shrink"
  done
}

# cells LABEL PROMISE OPTIONS...: a row, with the hits and the median run of each strategy.
cells() {
  local label=$1 promise=$2 strategy seed hits run
  shift 2
  printf '| %s | `%s` |' "$label" "$promise"
  for strategy in "${STRATEGIES[@]}"; do
    read -r hits run _ < <(for seed in $SEEDS; do
      campaign "$@" --promise "$promise" --runs "$CAP" --seed "$seed" --strategy "$strategy"
    done | medians; echo)
    if ((hits)); then printf ' %s/10, %s |' "$hits" "$run"; else printf ' 0/10 |'; fi
  done
  printf '\n'
}

strategies() {
  local bug knob
  printf '| bug | promise |'
  printf ' %s |' "${STRATEGIES[@]}"
  printf '\n|---|---|---|---|---|---|---|\n'
  for bug in "${INCIDENTS[@]}"; do cells "\`${bug%%:*}\`" "${bug#*:}" --policy "${bug%%:*}"; done
  for bug in "${KNOBS[@]}"; do
    knob=${bug%%:*}
    cells "\`hardened\`, \`$knob\`" "${bug#*:}" --policy hardened --set "$knob"
  done
}

# Scenarios of up to an hour under `hardened`, their delays and order drawn, and the open worlds with their faults and requests; each
# run is played twice. 100 000 runs in all, fewer of the long ones.
readonly QUIET=(delete-descendant-retry:6000 delete-flaky-stop:7500 delete-large-cascade:750 delete-stop-exhausted:7500
  deprovision-backlog:750 pause-cascade:1500 production-manager-loss:3000 purge-races-launch:6500 reprov-thrash:6500
  restart-snapshot-limit:4500 row-gone-leak:2000 split-brain-after-stop-exhaustion:3500 another-cloud:2000 budget-inversion:2000
  controlplane-redeploy:2000 create-then-restart:2000 dead-and-online:2000 declined-first-boot:2000 delete-against-launch:2000
  forced-hibernation:2000 hibernated-for-good:2000 image-of-seven-gigabytes:2000 key-after-failed-boot:2000 late-register:2000
  launch-answer-lost:2000 one-false-answer:2000 own-secret:2000 pause-hung-up:2000 platform-down-300s:2000
  reconciler-false-flip:2000 restart-of-removed:2000 resume-hung-up:2000 internal-722:300 alive-but-silent:200 open-world:9000
  open-world-large:500)
quiet() {
  local entry code total=0 runs found
  printf '| scenario | runs, each twice | findings | wall |\n|---|---|---|---|\n'
  for entry in "${QUIET[@]}"; do
    code=0
    "$DRYDOCK" explore "${entry%%:*}" --policy hardened --strategy random --runs "${entry#*:}" --twice --format json >"$result" || code=$?
    ((code <= 1)) || exit "$code"
    runs=$(awk -F'[:,]' '/^  "runs"/ { print $2 + 0; exit }' "$result")
    found=$(awk '/^      "invariant"/ { n++ } END { print n + 0 }' "$result")
    awk -F'[:,]' -v name="${entry%%:*}" -v runs="$runs" -v found="$found" \
      '/^  "wall_s"/ { printf "| %s | %d | %d | %.0f s |\n", name, runs, found, $2; exit }' "$result"
    total=$((total + runs))
  done
  printf '| all | %d | | |\n' "$total"
}

(($#)) || set -- finds strategies quiet
for table in "$@"; do "$table"; done
