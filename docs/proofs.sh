#!/usr/bin/env bash
# Prints the tables of docs/proofs.md: for each incident the shortest counterexample before its fix, the certificates after it for
# tapes of two, three and four decisions, and what breaks once the world is widened.
#   docs/proofs.sh [1556|2989|1932|1990|1991]...
# DRYDOCK is the program to ask (default: drydock).
# shellcheck disable=SC2016  # the backquotes are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
declare -rA PROMISE=([1556]=no-healthy-kill [2989]=no-orphan [1932]=terminate-failure-recorded
  [1990]=no-state-loss [1991]=blast-radius)

result=$(mktemp)
trap 'rm -f "$result"' EXIT

# explore DEVIATIONS OPTIONS...: the JSON result in $result; findings (exit code 1) are an answer like any other.
explore() {
  local code=0
  "$DRYDOCK" explore "${@:2}" --strategy exhaustive --deviations "$1" --time 1h --format json >"$result" || code=$?
  ((code <= 1)) || exit "$code"
}

# field KEY: a top-level value of the result.
field() {
  awk -F': ' -v key="  \"$1\"" '$1 == key { sub(/,$/, "", $2); gsub(/"/, "", $2); print $2; exit }' "$result"
}

# The certificate's hash.
certificate() { awk -F'"' '/^  "certificate"/ { inside = 1 } inside && $2 == "hash" { print $4; exit }' "$result"; }

# Each promise that breaks, and in how many different ways.
breaks() {
  awk -F'"' '/^      "invariant"/ { ways[$4]++; if (ways[$4] == 1) order[++n] = $4 }
    END { for (i = 1; i <= n; i++) printf "%s%s (%d)", (i > 1 ? ", " : ""), order[i], ways[order[i]]; if (!n) printf "nothing" }' "$result"
}

# The decisions of the first finding's tape, in the order of their moments.
first_tape() {
  awk -F'"' '/^      "tape"/ { inside = 1 }
    inside && $2 == "means" { means[++n] = $4 }
    inside && $2 == "at_s" { split($3, at, /[:, ]+/); when[n] = at[2] + 0 }
    inside && /^      \],?$/ { exit }
    END {
      for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (when[j] < when[i]) {
        t = when[i]; when[i] = when[j]; when[j] = t; t = means[i]; means[i] = means[j]; means[j] = t
      }
      for (i = 1; i <= n; i++) printf "%s%s", (i > 1 ? "; " : ""), means[i]
    }' "$result"
}

row() {
  local incident=$1 promise=${PROMISE[$1]} world=docs/proofs/proof-$1.json deviations
  explore 2 "$world" --policy "pre-$incident" --promise "$promise" --until first
  printf '| #%s | `%s` | before: %s | %s | | | |\n' "$incident" "$promise" "$(first_tape)" "$(field runs)"
  for deviations in 2 3 4; do
    explore "$deviations" "$world" --policy "post-$incident" --promise "$promise"
    after "after, at most $deviations decisions"
  done
  explore 2 "docs/proofs/proof-$incident-wide.json" --policy "post-$incident"
  after "after, widened, at most 2 decisions"
}

# after WORDS: the row of a complete enumeration.
after() {
  printf '| | | %s: breaks %s | %s | %s | %s | `%s` |\n' "$1" "$(breaks)" "$(field runs)" "$(field pruned)" \
    "$(field complete)" "$(certificate)"
}

(($#)) || set -- 1556 2989 1932 1990 1991
printf '| incident | promise | what the enumeration says | runs | pruned | complete | certificate |\n|---|---|---|---|---|---|---|\n'
for incident in "$@"; do row "$incident"; done
