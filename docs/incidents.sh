#!/usr/bin/env bash
# Prints the matrix of docs/incidents.md: every scenario of scenarios/ under every preset, and the promises that break.
#   docs/incidents.sh
# DRYDOCK is the program to ask (default: drydock).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
readonly PRESETS=(april-2026 pre-2989 post-2989 pre-1556 post-1556 pre-1932 post-1932 pre-1990 post-1990 pre-1991
  june-05 june-08 post-1991 june-15 july-06 july-21 aug-02 aug-08 autumn spring-2026 latest hardened)
# A letter for each promise, in the order in which a cell has them.
readonly LETTERS="L:no-state-loss K:no-healthy-kill S:one-start-per-cause B:blast-radius I:single-live-instance
  T:terminate-failure-recorded R:removed-stays-removed D:dormant-stays-dormant A:answers-are-true O:no-orphan
  C:latest-secrets-run E:settles W:comes-back N:online-is-real U:bounded-work V:live-instances-serve
  H:called-comes-back G:delivered-to-named F:finished-work-ends M:made-is-known
  P:snapshot-paid-once"

# One line for each scenario that was played under a preset: SCENARIO PRESET CELL. A failed run (exit code 1) is an
# answer like any other.
cells() {
  local preset=$1 code=0
  "$DRYDOCK" run scenarios/*.json --policy "$preset" --format json >"$results" || code=$?
  ((code <= 1)) || return "$code"
  awk -F'"' -v preset="$preset" -v letters="$LETTERS" '
    function flush(  cell, i) {
      if (scenario == "") return
      for (i = 1; i <= n; i++) if (name[i] in broken) { cell = cell letter[i]; delete broken[name[i]] }
      for (i in broken) cell = cell "?"
      print scenario, preset, cell == "" ? "–" : cell
      split("", broken)
    }
    BEGIN {
      n = split(letters, pairs, /[ \n]+/)
      for (i = 1; i <= n; i++) { split(pairs[i], pair, ":"); letter[i] = pair[1]; name[i] = pair[2] }
    }
    $2 == "scenario" { flush(); scenario = $4 }
    $2 == "invariant" { broken[$4] = 1 }
    END { flush() }' "$results"
}

results=$(mktemp)
table=$(mktemp)
trap 'rm -f "$results" "$table"' EXIT
for preset in "${PRESETS[@]}"; do cells "$preset" >>"$table"; done
awk -v presets="${PRESETS[*]}" '
  { if (!($1 in seen)) { seen[$1] = 1; order[++rows] = $1 }; cell[$1, $2] = $3 }
  END {
    n = split(presets, preset, " ")
    head = "| scenario |"; rule = "|---|"
    for (i = 1; i <= n; i++) { head = head " " preset[i] " |"; rule = rule "---|" }
    print head; print rule
    for (r = 1; r <= rows; r++) {
      line = "| " order[r] " |"
      for (i = 1; i <= n; i++) line = line " " cell[order[r], preset[i]] " |"
      print line
    }
  }' "$table"
