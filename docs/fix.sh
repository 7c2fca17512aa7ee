#!/usr/bin/env bash
# Prints the tables of docs/fix.md: what `drydock fix` says of every tape of tests/regress beside what docs/findings.md
# says closes it, and what it says of the five incidents.
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

# closures NAME: what docs/findings.md says closes a tape, alternatives a line each, knobs needed together in one line.
closures() {
  awk -v tape="/$1.tape.json" '
    index($0, tape) && closed != "" { print closed; exit }
    /^#/ { closed = "" }
    { text = text " " $0 }
    /^$/ { if (match(text, /Closed by [^.]*/)) closed = one(substr(text, RSTART + 10, RLENGTH - 10)); text = "" }
    # The sentence up to its first colon, comma or semicolon; a dot within backquotes does not end it.
    function one(sentence) { sub(/[:,;].*/, "", sentence); gsub(/^ +| +$/, "", sentence); return sentence }
  ' <(sed -E 's/`([a-z0-9_]+)\.([a-z0-9_]+)/`\1@\2/g' docs/findings.md) | sed -E 's/@/./g; s/ or /\n/g' |
    sed -E 's/`([a-z_0-9.]+)(=[a-z_]+)?`[^`]*/\1 /g; s/ +$//'
}

# place KNOB...: at which place of the answer the change of these knobs and no others stands; nothing where it does not.
place() {
  awk -v wanted=" $* " '
    /"changes": \[/ { place++; n = 0; missing = 0; within = 1 }
    within && /"key": / { split($0, part, "\""); n++; if (!index(wanted, " " part[4] " ")) missing = 1 }
    within && /\]/ { within = 0; if (!missing && n == split(wanted, words, " ")) { print place; exit } }
  ' "$result"
}

# beside NAME: what findings.md names, and where it stands in the answer.
beside() {
  local said=() knobs at
  while IFS= read -r knobs; do
    # shellcheck disable=SC2086  # words
    at=$(place $knobs)
    said+=("\`${knobs// /\` with \`}\`: ${at:-no}")
  done < <(closures "$1")
  ((${#said[@]})) || said=("nothing")
  printf '%s' "${said[0]}"
  ((${#said[@]} == 1)) || printf ', %s' "${said[@]:1}"
}

# row NAME OPTION...
row() {
  ask "${@:2}"
  printf '| `%s` | %s of %s | %s | %s | %s |' "$1" "$(field around_broken)" "$(field around)" \
    "$(grep -c '"on_catalogue"' "$result" || true)" "$(field runs)" "$(field sentence)"
}

head() {
  printf '| %s | broken around it | changes that hold | runs | the first |%s\n|---|---|---|---|---|%s\n' "$1" "${2:-}" \
    "${2:+---|}"
}

(($#)) || set -- tests/regress/*.tape.json
head tape ' findings.md: its place |'
for tape in "$@"; do
  name=$(basename "$tape" .tape.json)
  row "$name" "$tape"
  printf ' %s |\n' "$(beside "$name")"
done
printf '\n'
head incident
for incident in "${INCIDENTS[@]}"; do
  read -r scenario case promise <<<"$incident"
  row "$scenario/$case" "$scenario" --case "$case" --promise "$promise"
  printf '\n'
done
