#!/usr/bin/env bash
# Prints the tables of docs/fix.md: what `drydock fix` says of every tape of tests/regress, and of the five incidents.
#   docs/fix.sh [TAPE]...
# DRYDOCK is the program to ask (default: drydock).
# shellcheck disable=SC2016  # the backquotes are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
# Scenario, case and promise of each incident (docs/incidents.md).
readonly INCIDENTS=("reprov-thrash pre-1556 no-healthy-kill" "deprovision-split-write pre-2989 no-orphan"
  "delete-stop-exhausted pre-1932 terminate-failure-recorded" "production-manager-loss pre-1990 no-state-loss"
  "pause-cascade pre-1991 blast-radius")

result=$(mktemp)
trap 'rm -f "$result"' EXIT

# ask OPTION...: the JSON answer in $result; that there is no fix (exit code 1) is an answer like any other.
ask() {
  local code=0
  "$DRYDOCK" fix "$@" --format json >"$result" || code=$?
  ((code <= 1)) || exit "$code"
}

# field KEY: a top-level value of the answer.
field() {
  awk -v key="  \"$1\": " 'index($0, key) == 1 { sub(/^[^:]*: "?/, ""); sub(/"?,?$/, ""); print; exit }' "$result"
}

# row NAME OPTION...
row() {
  ask "${@:2}"
  printf '| `%s` | %s of %s | %s | %s | %s |\n' "$1" "$(field around_broken)" "$(field around)" \
    "$(grep -c '"on_catalogue"' "$result" || true)" "$(field runs)" "$(field sentence)"
}

head() {
  printf '| %s | broken around it | changes that hold | runs | the first |\n|---|---|---|---|---|\n' "$1"
}

(($#)) || set -- tests/regress/*.tape.json
head tape
for tape in "$@"; do row "$(basename "$tape" .tape.json)" "$tape"; done
printf '\n'
head incident
for incident in "${INCIDENTS[@]}"; do
  read -r scenario case promise <<<"$incident"
  row "$scenario/$case" "$scenario" --case "$case" --promise "$promise"
done
