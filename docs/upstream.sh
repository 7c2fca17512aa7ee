#!/usr/bin/env bash
# Prints the table of docs/upstream.md: every hazard of tests/regress, played under each preset of June to August 2026, and where it
# is still met.
#   docs/upstream.sh [TAPE]...
# DRYDOCK is the program to ask (default: drydock).
# shellcheck disable=SC2016  # the backquotes are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
readonly PRESETS=(june-05 june-08 post-1991 june-15 july-06 july-21 aug-02 aug-08 autumn hardened)
# The tapes are of a platform whose launches restore snapshots; so is what they are compared with.
readonly SAME_WORLD=(--set backup.storage=snapshot_before_stop --set backup.on_failure=fail_closed_with_optin)
# A fault that is counted by calls meets another call under another policy, so it is moved over the first so many; a crash, which is
# counted by all effects of the process, over so many before and after.
readonly CALLS=12 EFFECTS=60

result=$(mktemp)
trap 'rm -f "$result"' EXIT

# breaks TAPE PRESET PROMISE [OPTION]...: tells whether the tape breaks the promise there.
breaks() {
  local tape=$1 preset=$2 promise=$3 code=0
  shift 3
  "$DRYDOCK" run --tape "$tape" --policy "$preset" "${SAME_WORLD[@]}" "$@" --format json >"$result" 2>/dev/null || code=$?
  ((code <= 1)) || return 1  # a fault that nobody asks for there
  grep -qF "\"invariant\": \"$promise\"" "$result"
}

# The decisions of a tape that are faults of the platform's or the control plane's own calls: SITE OCCURRENCE VALUE.
counted_faults() {
  awk -F'"' '
    /"site":/ { site = $4 }
    /"occurrence":/ { n = $3; gsub(/[^0-9]/, "", n) }
    /"value":/ { v = $3; gsub(/[^0-9]/, "", v); if (site ~ /^(platform|cp|cloud)\/.*\.fault$/) print site, n, v }' "$1"
}

# is_met TAPE PRESET PROMISE: tells whether the hazard is met there, as it is recorded or with a fault moved.
is_met() {
  local site n value call
  breaks "$@" && return 0
  while read -r site n value; do
    local first=1 last=$CALLS
    [[ $site != */process.fault ]] || { first=$((n > EFFECTS ? n - EFFECTS : 1)) last=$((n + EFFECTS)); }
    for ((call = first; call <= last; call++)); do
      breaks "$@" --deviate "$site#$n=0" --deviate "$site#$call=$value" && return 0
    done
  done < <(counted_faults "$1")
  return 1
}

row() {
  local tape=$1 promise preset
  promise=$(awk -F'"' '/"finding"/ { inside = 1 } inside && $2 == "invariant" { print $4; exit }' "$tape")
  printf '| `%s` |' "$(basename "$tape" .tape.json)"
  for preset in "${PRESETS[@]}"; do
    if is_met "$tape" "$preset" "$promise"; then printf ' met |'; else printf ' – |'; fi
  done
  printf '\n'
}

# Those of `autumn` are open by themselves.
(($#)) || mapfile -t all < <(grep -l '"policy": "spring-2026"' tests/regress/*.tape.json)
(($#)) || set -- "${all[@]}"
printf '| hazard |'
printf ' %s |' "${PRESETS[@]}"
printf '\n|---|'
printf -- '---|%.0s' "${PRESETS[@]}"
printf '\n'
for tape in "$@"; do row "$tape"; done
