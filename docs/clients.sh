#!/usr/bin/env bash
# Plays incidents with each client of EC2 that the control plane may have (`controlplane.sdk`, docs/platform.md §18) and each fault
# on the wire, and prints tables for each scenario: what a client makes of a lost, refused or silent answer to the first launch,
# the first snapshot and the first terminate.
#   docs/clients.sh [SCENARIO]...
# DRYDOCK is the program to ask (default: drydock). Each is played under the preset that the incident happened under, `latest` and
# `hardened`. A cell has four parts: launches, snapshots taken, instances that still live at the end, and the promises that broke
# (–: none).
# shellcheck disable=SC2016  # the backquotes are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
readonly CLIENTS=(none go-v1 go-v2 botocore-legacy botocore-standard botocore-adaptive js-v2 js-v3 boto2 ruby-v1 fog libcloud
  ansible)
# ERROR EFFECT: what the first call of each action meets.
readonly FAULTS=("closed applied" "reset applied" "RequestLimitExceeded none" "http-429 none" "http-500 none" "timeout applied")
readonly ACTIONS=(RunInstances CreateSnapshot TerminateInstances)
# One of each change set of docs/incidents.md: #1556, #1990, #1991, #1932, #2989. (deprovision-split-write is three days of #2989, which
# take half an hour to play so.)
readonly INCIDENTS=(reprov-thrash restart-snapshot-limit pause-cascade delete-flaky-stop delete-descendant-retry)

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

# What became of the run that was played last.
readonly ASKED="SELECT (SELECT count(*) FROM instance WHERE launched_us >= 0) || '/' || (SELECT count(*) FROM snapshot) || '/' ||
  (SELECT count(*) FROM instance WHERE state IN ('pending', 'running', 'stopping', 'stopped')) || ' ' ||
  (SELECT coalesce(group_concat(invariant, ' '), '–') FROM (SELECT DISTINCT invariant FROM violation ORDER BY invariant)) AS became"

# cell SCENARIO-FILE CLIENT POLICY: plays it, and prints what became of it. A failed run (exit code 1) is an answer like any other.
cell() {
  local code=0
  rm -f "$work/run.db"
  "$DRYDOCK" run "$1" --policy "$3" --set "controlplane.sdk=$2" --report "trace=$work/run.db" >"$work/said" 2>&1 || code=$?
  if ((code > 1)); then
    cat "$work/said" >&2
    return "$code"
  fi
  "$DRYDOCK" query "$work/run.db" "$ASKED" --format csv | tail -n +2 | tr -d '\r'
}

# row SCENARIO CLIENT POLICY: its cells.
row() {
  local i
  printf ' %s |' "$(cell "scenarios/$1.json" "$2" "$3")"
  for i in "${!FAULTS[@]}"; do printf ' %s |' "$(cell "$work/$i.json" "$2" "$3")"; done
}

# table SCENARIO POLICY: a line for all clients of which the same became. $work/rows keeps `client TAB policy TAB cells`.
table() {
  local fault client
  printf '#### %s, %s\n\n| Client | no fault |' "$1" "$2"
  for fault in "${FAULTS[@]}"; do printf ' `%s`%s |' "${fault% *}" "$([[ $fault != *applied ]] || echo ', applied')"; done
  printf '\n|---|---|'
  for fault in "${FAULTS[@]}"; do printf -- '---|'; done
  printf '\n'
  for client in "${CLIENTS[@]}"; do printf '%s\t%s\t%s\n' "$client" "$2" "$(row "$1" "$client" "$2")"; done |
    tee -a "$work/rows" | awk -F '\t' '
      !($3 in names) { order[++count] = $3 }
      { names[$3] = names[$3] (names[$3] == "" ? "" : ", ") "`" $1 "`" }
      END { for (i = 1; i <= count; ++i) printf "| %s |%s\n", names[order[i]], order[i] }'
  printf '\n'
}

# The preset that an incident happened under: that of its first case.
own_preset() { sed -nE 's/^ *"policy": "([^"]+)".*/\1/p' "scenarios/$1.json" | head -n 1; }

# How many of each client's cells have a broken promise, under the presets of the incidents, and under the others.
summary() {
  printf '#### Cells with a broken promise\n\n| Client | the incident'\''s own preset | `latest` | `hardened` |\n|---|---|---|---|\n'
  awk -F '\t' '
    !($1 in seen) { seen[$1]; order[++count] = $1 }
    {
      kind = $2 == "latest" || $2 == "hardened" ? $2 : "own"
      cells = split($3, cell, " [|]")
      for (i = 1; i < cells; ++i) { ++all[$1, kind]; if (cell[i] !~ /–/) ++broken[$1, kind] }
    }
    END {
      for (i = 1; i <= count; ++i) {
        client = order[i]
        printf "| `%s` | %d of %d | %d of %d | %d of %d |\n", client, broken[client, "own"], all[client, "own"],
          broken[client, "latest"], all[client, "latest"], broken[client, "hardened"], all[client, "hardened"]
      }
    }' "$work/rows"
}

(($# > 0)) || set -- "${INCIDENTS[@]}"
for scenario in "$@"; do
  for i in "${!FAULTS[@]}"; do with_faults "$scenario" "${FAULTS[i]% *}" "${FAULTS[i]#* }" >"$work/$i.json"; done
  for policy in "$(own_preset "$scenario")" latest hardened; do table "$scenario" "$policy"; done
done
summary
