#!/usr/bin/env bash
# Prints the table of docs/mutants.md: every mutant, its mistake, and what kills it.
#   docs/mutants.sh
# DRYDOCK is the program to ask (default: drydock), JOBS how many threads it takes.
set -euo pipefail
readonly DRYDOCK="${DRYDOCK:-drydock}"

"$DRYDOCK" mutate --jobs "${JOBS:-1}" --format json | awk '
  # The text of a line `"key": "text",` of the result, which has one key a line.
  function text(line) {
    sub(/^ *"[a-z]+": "?/, "", line)
    sub(/"?,?$/, "", line)
    gsub(/\\"/, "\"", line)
    return line
  }
  function row(  killer) {
    killer = "`" by "`"
    if (result == "killed" && by ~ / /) { sub(/ with seed .*/, "", played); killer = "an expectation of `" played "`" }
    if (result == "equivalent") killer = "equivalent: " reason
    if (result == "survived") killer = "nothing"
    if (file != last) {
      printf "%s### `%s`\n\n| mutant | the mistake | killed by |\n|---|---|---|\n", last == "" ? "" : "\n", file
      last = file
    }
    printf "| `%s` | %s: %s | %s |\n", name, kind, what, killer
  }
  /^      "name": / { name = text($0); reason = "" }
  /^      "what": / { what = text($0) }
  /^      "kind": / { kind = text($0) }
  /^      "file": / { file = text($0) }
  /^      "result": / { result = text($0) }
  /^      "by": / { by = text($0) }
  /^      "played": / { played = text($0) }
  /^      "reason": / { reason = text($0) }
  /^    }/ { row() }'
