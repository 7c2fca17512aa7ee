#!/usr/bin/env bash
# Plays incidents with each client of EC2 that the control plane may have (`controlplane.sdk`, docs/platform.md §18) and each fault
# on the wire, and prints a table for each scenario: what a client makes of a lost, refused or silent answer to the first launch,
# the first snapshot and the first terminate.
#   docs/clients.sh [SCENARIO]...
# DRYDOCK is the program to ask (default: drydock), POLICY the preset (default: latest). A cell has four parts: launches, snapshots
# taken, instances that still live at the end, and the promises that broke (–: none).
# shellcheck disable=SC2016  # the backquotes are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
readonly POLICY="${POLICY:-latest}"
readonly CLIENTS=(none go-v1 go-v2 botocore-legacy botocore-standard botocore-adaptive js-v2 js-v3 boto2 ruby-v1 fog libcloud
  ansible)
# ERROR EFFECT: what the first call of each action meets.
readonly FAULTS=("closed applied" "reset applied" "RequestLimitExceeded none" "http-429 none" "http-500 none" "timeout applied")
readonly ACTIONS=(RunInstances CreateSnapshot TerminateInstances)
readonly INCIDENTS=(reprov-thrash restart-snapshot-limit pause-cascade delete-flaky-stop delete-descendant-retry
  deprovision-split-write)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# faults_of ERROR EFFECT: the entries of a scenario's `faults`, with commas between them.
faults_of() {
  local action between=""
  for action in "${ACTIONS[@]}"; do
    printf '%s{"name": "wire-%s", "on": "ec2.%s", "error": "%s", "effect": "%s", "nth": 1}' \
      "$between" "$action" "$action" "$1" "$2"
    between=", "
  done
}

# with_faults SCENARIO ERROR EFFECT: the scenario with these faults before its own.
with_faults() {
  awk -v faults="$(faults_of "$2" "$3")" '
    !done && /^  "faults": \[/ { sub(/\[/, "[" faults ", "); done = 1 }
    !done && /^  "cases": \[/ { print "  \"faults\": [" faults "],"; done = 1 }
    { print }
    END { exit !done }' "scenarios/$1.json"
}

# One number or text of the run that was played last.
ask() { "$DRYDOCK" query "$work/run.db" "$1" --format csv | tail -n +2; }

# cell SCENARIO-FILE CLIENT: plays it, and prints what became of it. A failed run (exit code 1) is an answer like any other.
cell() {
  local code=0
  rm -f "$work/run.db"
  "$DRYDOCK" run "$1" --policy "$POLICY" --set "controlplane.sdk=$2" --report "trace=$work/run.db" >"$work/said" 2>&1 || code=$?
  if ((code > 1)); then
    cat "$work/said" >&2
    return "$code"
  fi
  printf '%s/%s/%s ' "$(ask 'SELECT count(*) FROM instance WHERE launched_us >= 0')" "$(ask 'SELECT count(*) FROM snapshot')" \
    "$(ask "SELECT count(*) FROM instance WHERE state IN ('pending', 'running', 'stopping', 'stopped')")"
  ask "SELECT coalesce(group_concat(invariant, ' '), '–') FROM (SELECT DISTINCT invariant FROM violation ORDER BY invariant)"
}

table() {
  local scenario=$1 fault client i
  printf '### %s, %s\n\n| Client | no fault |' "$scenario" "$POLICY"
  for fault in "${FAULTS[@]}"; do printf ' `%s`%s |' "${fault% *}" "$([[ $fault != *applied ]] || echo ', applied')"; done
  printf '\n|---|---|'
  for fault in "${FAULTS[@]}"; do printf -- '---|'; done
  printf '\n'
  for i in "${!FAULTS[@]}"; do with_faults "$scenario" "${FAULTS[i]% *}" "${FAULTS[i]#* }" >"$work/$i.json"; done
  for client in "${CLIENTS[@]}"; do
    printf '| `%s` | %s |' "$client" "$(cell "scenarios/$scenario.json" "$client")"
    for i in "${!FAULTS[@]}"; do printf ' %s |' "$(cell "$work/$i.json" "$client")"; done
    printf '\n'
  done
  printf '\n'
}

(($# > 0)) || set -- "${INCIDENTS[@]}"
for scenario in "$@"; do table "$scenario"; done
