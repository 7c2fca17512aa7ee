#!/usr/bin/env bash
# Plays the same work at a former commit and here, one after the other in turns (A B A B …), and prints how their times compare:
# the table of docs/speed.md.
#   docs/speed.sh [random|mixed|thrash|days|proofs2|proofs3|proofs4|odds|wide|broken|year|memory]...
# Without a row it plays all of them, and writes the table into docs/speed.md.
# BASE   the commit to compare with (default: 2f73896)
# PAIRS  how often each is played (default: 5; proofs3 once)
# PLACE  where base is checked out and built (default: build/speed-base)
# shellcheck disable=SC2016  # the backquotes are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly BASE="${BASE:-2f73896}" PAIRS="${PAIRS:-5}" PLACE="${PLACE:-build/speed-base}"
readonly ROWS=(random mixed thrash days proofs2 proofs3 proofs4 odds wide broken year memory)
readonly PROOFS=(1556 2989 1932 1990 1991)
readonly TAPES=(no-orphan-sweeper-forgets removed-stays-removed-sleeping-cycle settles-crash-after-verdict
  no-state-loss-overlapping-launch online-is-real-missed-expiry latest-secrets-run-older-launch-wins)

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# --- building -----------------------------------------------------------------------------------

build() {
  cmake --preset release -S "$1" -B "$1/build/speed" -DBUILD_TESTING=OFF -DDRYDOCK_MUTANTS=OFF -DDRYDOCK_INSTALL=OFF
  cmake --build "$1/build/speed" --target drydock drydock_bench
}

# Both with the preset `release`, and with today's measurement of many workspaces.
build_both() {
  [[ -e $PLACE/.git ]] || git worktree add --detach "$PLACE" "$BASE"
  cp bench/scale_bench.cpp "$PLACE/bench/"
  build "$PLACE"
  build .
}

# tool A|B NAME: a program of base or of this tree.
tool() {
  local tree=.
  [[ $1 == A ]] && tree=$PLACE
  local found
  for found in "$tree/build/speed/$2" "$tree/build/speed/bench/$2"; do
    [[ -x $found ]] && printf '%s' "$found" && return
  done
  printf 'no program %s in %s/build/speed\n' "$2" "$tree" >&2
  exit 1
}

# --- measuring ----------------------------------------------------------------------------------

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b + 0 > 0) printf "%.2f", a / b; else printf "?" }'; }
at_least() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 >= b + 0) }'; }

# timed FILE COMMAND...: adds the seconds that the command takes to the file. Findings (exit code 1) are an answer.
timed() {
  local file=$1 began=$EPOCHREALTIME code=0
  shift
  "$@" >"$out/said" 2>"$out/erred" || code=$?
  if ((code > 1)); then
    cat "$out/erred" >&2
    exit "$code"
  fi
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }' >>"$file"
}

# in_turns N FUNCTION ARG...: calls FUNCTION A ARG… and FUNCTION B ARG… N times in turns, timed; leaves a and b, the medians.
in_turns() {
  local pairs=$1 play=$2 i side
  shift 2
  rm -f "$out/A" "$out/B"
  for ((i = 0; i < pairs; i++)); do
    for side in A B; do timed "$out/$side" "$play" "$side" "$@"; done
  done
  a=$(median <"$out/A")
  b=$(median <"$out/B")
}

# row WORK TARGET MEASURED REACHED
row() { printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4"; }
# faster WORK FACTOR: the row of a ratio, from a and b.
faster() {
  local factor reached=no
  factor=$(ratio "$a" "$b")
  at_least "$factor" "$2" && reached=yes
  row "$1" "≥ $2×" "$factor× ($a s, $b s)" "$reached"
}

# counter A|B FILTER NAME: a counter of one benchmark, or its real_time.
counter() {
  "$(tool "$1" drydock_bench)" --benchmark_filter="$2" --benchmark_format=json 2>/dev/null |
    awk -F': ' -v key="\"$3\"" '{ gsub(/^ +/, "", $1) }
      $1 == key { sub(/,$/, "", $2); printf ($2 + 0 >= 100 ? "%.0f\n" : "%.3g\n"), $2; exit }'
}

# counters FILTER NAME: its medians in turns; leaves a and b.
counters() {
  local i side
  rm -f "$out/A" "$out/B"
  for ((i = 0; i < PAIRS; i++)); do
    for side in A B; do counter "$side" "$1" "$2" >>"$out/$side"; done
  done
  a=$(median <"$out/A")
  b=$(median <"$out/B")
}

# --- rows ---------------------------------------------------------------------------------------

explore() { "$(tool "$1" drydock)" explore "${@:2}" --quiet; }
# open_world A|B OPTION...: a search of the open world under the policy that base calls hardened, for a promise that neither side
# finds broken: base has fewer promises, and what is found is shrunk.
open_world() {
  local policy=bench/hardened-spring.json
  [[ $1 == A ]] && policy=hardened
  explore "$1" open-world --policy "$policy" --promise no-orphan "${@:2}"
}
proofs() {
  local incident
  for incident in "${PROOFS[@]}"; do
    explore "$1" "docs/proofs/proof-$incident.json" --policy "post-$incident" --promise "$(promise "$incident")" \
      --strategy exhaustive --deviations "$2" --jobs "$3" --time 10h || (($? == 1))
  done
}
promise() {
  case $1 in
    1556) echo no-healthy-kill ;;
    2989) echo no-orphan ;;
    1932) echo terminate-failure-recorded ;;
    1990) echo no-state-loss ;;
    1991) echo blast-radius ;;
  esac
}
# Each side plays its own copy of the tapes: base has another name for their policy.
odds() (
  local tape program
  program=$(realpath "$(tool "$1" drydock)")
  cd "$([[ $1 == A ]] && printf '%s' "$PLACE" || printf .)"
  for tape in "${TAPES[@]}"; do "$program" odds "tests/regress/$tape.tape.json" --jobs 1; done
)

row_random() {
  in_turns "$PAIRS" open_world --strategy random --runs 2000 --jobs 1
  faster '`explore open-world --policy hardened --strategy random --runs 2000`, one job' 3
}
row_mixed() {
  in_turns "$PAIRS" open_world --strategy mixed --runs 2000 --jobs 2
  faster 'the same with `mixed`, 2 jobs' 3
}
row_thrash() {
  local case bare reached
  for case in 0 1; do
    counters "BM_BareSql/$case\$" real_time
    bare=$a
    counters "BM_Run/$case/0\$" real_time
    reached=no
    at_least "$(ratio "$a" "$b")" 2.5 && at_least "$bare" "$b" && reached=yes
    row "\`reprov-thrash\`, case $((case + 1)) (bench)" "≥ 2.5×, ≤ 1.0× base's bare SQL" \
      "$(ratio "$a" "$b")× ($a µs, $b µs), $(ratio "$b" "$bare")× of $bare µs" "$reached"
  done
}
row_days() {
  counters 'BM_Run/2/0$' real_time
  a=$(ratio "$a" 1000000) b=$(ratio "$b" 1000000)
  faster 'three days, 14 workspaces' 1.5
}
row_proofs2() {
  in_turns "$PAIRS" proofs 2 1
  faster 'the five proofs, K=2, narrow worlds' 5
}
row_proofs3() {
  in_turns 1 proofs 3 2
  faster 'K=3, the same five worlds together, 2 jobs (one pair)' 5
}
row_proofs4() {
  local reached=no
  rm -f "$out/B"
  timed "$out/B" proofs B 4 2
  at_least 1800 "$(cat "$out/B")" && reached=yes
  row 'K=4, the same five worlds together, 2 jobs' '≤ 1800 s' "$(cat "$out/B") s" "$reached"
}
row_odds() {
  in_turns "$PAIRS" odds
  faster '`odds` on the six tapes of docs/odds.md, one job' 4
  odds A >"$out/curves-a"
  odds B >"$out/curves-b"
  local reached=yes
  cmp -s "$out/curves-a" "$out/curves-b" || reached=no
  row 'their curves' 'the same' "$(diff "$out/curves-a" "$out/curves-b" | grep -c '^[<>]' || true) lines differ" "$reached"
}
# grows WORK BENCHMARK MANY FACTOR: the row of what an event costs with many workspaces, against a hundred.
grows() {
  local few reached=no
  counters "$2/100/" ns_per_event
  few=$b
  counters "$2/$3/" ns_per_event
  at_least "$4" "$(ratio "$b" "$few")" && reached=yes
  row "$1: time of an event" "≤ $4× that at 100" "$(ratio "$b" "$few")× (base: $a, here: $b, at 100: $few)" "$reached"
}
row_wide() {
  local reached=no
  grows '10 000 workspaces, one hour' BM_Ordinary 10000 1.3
  counters 'BM_Ordinary/10000/' bytes_per_workspace
  at_least "$(ratio "$a" "$b")" 2 && reached=yes
  row 'the same: peak memory of a workspace' "≤ half of base's" "$b bytes (base: $a)" "$reached"
}
row_broken() { grows '1 000 workspaces, promises broken all over' BM_Broken 1000 1.5; }
row_year() {
  local reached=no
  counters 'BM_Long/365/0/' bytes_per_event
  at_least 1 "$b" && reached=yes
  row 'a year of two workspaces, no record kept: peak memory' 'flat' "$b bytes an event (base: $a)" "$reached"
  counters 'BM_Long/365/1/' bytes_per_event
  reached=no
  at_least 100 "$b" && reached=yes
  row 'the same with the record' '≤ 100 bytes an event' "$b bytes (base: $a)" "$reached"
}
# The most memory, in KiB, that the process had until now.
peak_of() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }
row_memory() {
  local early late pid reached=no
  "$(tool B drydock)" explore open-world --policy bench/hardened-spring.json --promise no-orphan --time 240s --quiet >/dev/null 2>&1 &
  pid=$!
  sleep 20
  early=$(peak_of "$pid")
  sleep 150
  late=$(peak_of "$pid")
  wait "$pid" || (($? == 1))
  at_least "$((early + 2048))" "$late" && reached=yes
  row '`explore`, 3 minutes: peak memory' 'no growth after 20 s beyond the corpus' "$early KiB after 20 s, $late KiB after 170 s" \
    "$reached"
}

# --- the table ----------------------------------------------------------------------------------

table() {
  printf '| work | target against base | measured (base, here) | reached |\n|---|---|---|---|\n'
  local name
  for name in "$@"; do "row_$name"; done
}

for name in "$@"; do
  [[ " ${ROWS[*]} " == *" $name "* ]] || { printf 'no row %s (%s)\n' "$name" "${ROWS[*]}" >&2 && exit 2; }
done
build_both >&2
if (($#)); then
  table "$@"
else
  table "${ROWS[@]}" | tee "$out/table"
  awk -v table="$out/table" '/<!-- speed: begin -->/ { print; while ((getline line < table) > 0) print line; skip = 1 }
    /<!-- speed: end -->/ { skip = 0 } !skip' docs/speed.md >"$out/speed.md"
  cp "$out/speed.md" docs/speed.md
fi
