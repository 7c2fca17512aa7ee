#!/usr/bin/env bash
# Prints the tables of docs/answers.md about issue 1556, as Markdown: all of them, or the ones that are named.
#   docs/answers/1556.sh [silence|hang-up|layers|stop|debounce|seeds|gap|readers]...
# DRYDOCK is the program to ask (default: drydock).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
readonly SHAPES=(one-caller calls-in-flight hang-up slow-stop trailing-probe callers-leave
  lost-stop-reply restart-by-hand stop-50s two-secrets)
readonly L1=probe.restart_gate=on L2=probe.context_gate=on L3=restart.debounce_window=60s
readonly ALIVE=probe.pending_handling=isrunning_pending_alive TRI=probe.pending_handling=tri_state
readonly BYPASS=restart.debounce_mode=mutation_bypass

# The result as JSON; a failed run (exit code 1) is an answer like any other.
result() {
  local code=0
  "$DRYDOCK" run "$@" --format json || code=$?
  ((code <= 1)) || exit "$code"
}

# settings KNOB=VALUE...: as options
settings() {
  local setting
  for setting in "$@"; do printf ' --set %s' "$setting"; done
}

# Launches, and what was violated: K no-healthy-kill, S one-start-per-cause, C latest-secrets-run, ? anything else.
cell() {
  result "$@" | awk '
    /^ *"provision.ec2_started": / { starts = $2 + 0 }
    /^ *"invariant": "/ { split($2, part, "\""); broken[part[2]] = 1 }
    END {
      letters = ""
      if ("no-healthy-kill" in broken) { letters = letters "K"; delete broken["no-healthy-kill"] }
      if ("one-start-per-cause" in broken) { letters = letters "S"; delete broken["one-start-per-cause"] }
      if ("latest-secrets-run" in broken) { letters = letters "C"; delete broken["latest-secrets-run"] }
      for (other in broken) letters = letters "?"
      printf "%d%s", starts, letters == "" ? "" : " " letters
    }'
}

# counts KIND... -- ARGS...: how many events of each kind, as cells of a table
counts() {
  local kinds=()
  while [[ $1 != -- ]]; do
    kinds+=("$1")
    shift
  done
  shift
  result "$@" | awk -v wanted="${kinds[*]}" '
    BEGIN { n = split(wanted, kinds, " ") }
    { key = $1; gsub(/[":]/, "", key) }
    /^ *"[a-z0-9_.]+": [0-9]+,?$/ { count[key] = $2 + 0 }
    END { for (i = 1; i <= n; i++) printf " %d |", count[kinds[i]] }'
}

# What was found for each of a case's first expectations.
actuals() {
  local wanted=$1
  shift
  result "$@" | awk -F'"' -v wanted="$wanted" '
    /^ *"text": "count of provision.ec2_started for / { counted = 1 }
    /^ *"actual": / && counted && wanted-- > 0 { printf " %s |", $4 }
    { if ($2 != "text" && $2 != "passed") counted = 0 }'
}

table_silence() {
  echo "| \`time.connect_timeout\` | reviewer | researcher | asked IsRunning | taken for dead | cycles | coalesced |"
  echo "|---|---|---|---|---|---|---|"
  local silence
  for silence in 0s 5s 10s 15s 20s 25s 30s; do
    printf '| %s |' "$silence"
    actuals 2 scenarios/reprov-thrash.json --case pre-1556 --set "time.connect_timeout=$silence"
    counts probe.sent probe.dead restart.cycle restart.coalesced -- \
      scenarios/reprov-thrash.json --policy pre-1556 --set "time.connect_timeout=$silence"
    echo
  done
}

table_hang-up() {
  echo "| \`time.connect_timeout\` | one-caller | hang-up |"
  echo "|---|---|---|"
  local silence shape
  for silence in 10s 15s 30s 2m; do
    printf '| %s |' "$silence"
    for shape in one-caller hang-up; do
      printf ' %s |' "$(cell "docs/answers/$shape.json" --policy pre-1556 --set "time.connect_timeout=$silence")"
    done
    echo
  done
}

table_layers() {
  echo "| shape | none | L1 | L2 | L3 | L1 L2 | L1 L3 | L2 L3 | all | alive | tri-state | all+ |"
  echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
  local variants=("" "$L1" "$L2" "$L3" "$L1 $L2" "$L1 $L3" "$L2 $L3" "$L1 $L2 $L3" "$ALIVE" "$TRI"
    "$L1 $L2 $L3 $TRI $BYPASS")
  local shape variant knobs options
  for shape in "${SHAPES[@]}"; do
    printf '| %s |' "$shape"
    for variant in "${variants[@]}"; do
      read -ra knobs <<<"$variant"
      read -ra options <<<"$(settings "${knobs[@]}")"
      printf ' %s |' "$(cell "docs/answers/$shape.json" --policy pre-1556 "${options[@]}")"
    done
    echo
  done
}

table_stop() {
  echo "| TerminateInstances takes | post-1556 | alive |"
  echo "|---|---|---|"
  local takes
  for takes in 200ms 6s 20s 32s 33s 40s 50s; do
    printf '| %s | %s | %s |\n' "$takes" \
      "$(cell docs/answers/one-caller.json --policy post-1556 --set "cloud.api_latency.TerminateInstances=$takes")" \
      "$(cell docs/answers/one-caller.json --policy pre-1556 --set "$ALIVE" \
        --set "cloud.api_latency.TerminateInstances=$takes")"
  done
}

table_debounce() {
  echo "| \`restart.debounce_mode\` | two-secrets | one-caller | calls-in-flight |"
  echo "|---|---|---|---|"
  local mode shape
  for mode in drop trailing mutation_bypass; do
    printf '| %s |' "$mode"
    for shape in two-secrets one-caller calls-in-flight; do
      printf ' %s |' "$(cell "docs/answers/$shape.json" --policy post-1556 --set "restart.debounce_mode=$mode")"
    done
    echo
  done
}

# failing ARGS...: in how many of the runs from seed 1 to 20 something was violated
failing() {
  local seed failed=0
  for seed in {1..20}; do
    # Not grep -q: it would close the pipe before the result is written.
    if result "$@" --seed "$seed" | grep '"invariant": "' >/dev/null; then failed=$((failed + 1)); fi
  done
  printf '%d of 20' "$failed"
}

table_seeds() {
  echo "| shape | pre-1556 | post-1556 | alive |"
  echo "|---|---|---|---|"
  local shape
  for shape in one-caller calls-in-flight hang-up slow-stop trailing-probe restart-by-hand; do
    printf '| %s | %s | %s | %s |\n' "$shape" \
      "$(failing "docs/answers/$shape.json" --policy pre-1556)" \
      "$(failing "docs/answers/$shape.json" --policy post-1556)" \
      "$(failing "docs/answers/$shape.json" --policy pre-1556 --set "$ALIVE")"
  done
}

table_gap() {
  echo "| \`time.connect_timeout\` | pre-1556 | post-1556 | alive |"
  echo "|---|---|---|---|"
  local silence
  for silence in 0s 1s 2s 5s; do
    printf '| %s | %s | %s | %s |\n' "$silence" \
      "$(failing docs/answers/one-caller.json --policy pre-1556 --set "time.connect_timeout=$silence")" \
      "$(failing docs/answers/one-caller.json --policy post-1556 --set "time.connect_timeout=$silence")" \
      "$(failing docs/answers/one-caller.json --policy pre-1556 --set "$ALIVE" --set "time.connect_timeout=$silence")"
  done
}

table_readers() {
  echo "| \`probe.pending_handling\` | admin at 272 s | admin at 280 s | orphan report at 300 s |"
  echo "|---|---|---|---|"
  local case
  for case in raw isrunning_pending_alive tri_state; do
    result docs/answers/other-readers.json --case "$case" | awk -F'": ' -v name="$case" '
      /^ *"id": / { id = $2 }
      /^ *"running": / { value = $2; gsub(/[",]/, "", value); running[id] = value }
      /^ *"report.not_running": / { reported = $2 + 0 }
      END {
        printf "| %s | online, running: %s | online, running: %s | %s |\n", name, running["\"stopped\","],
               running["\"pending\","], reported ? "lists the workspace" : "silent"
      }'
  done
}

readonly TABLES=(silence hang-up layers stop debounce seeds gap readers)
(($#)) || set -- "${TABLES[@]}"
for table in "$@"; do
  declare -F "table_$table" >/dev/null || { echo "no table $table; there are: ${TABLES[*]}" >&2; exit 2; }
done
first=yes
for table in "$@"; do
  [[ $first == yes ]] || echo
  first=no
  "table_$table"
done
