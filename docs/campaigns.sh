#!/usr/bin/env bash
# campaigns.sh [RUNS [PAIRS [OPTION...]]]: what it costs to keep a search on disk. Plays the same search without and with
# --campaign, one after the other, PAIRS times, and prints the processor's time per run of each, the median of the ratios,
# and what lies on the disk. OPTIONs go to `drydock explore`. DRYDOCK=build/dev/drydock measures another build than the
# `drydock` of the path.
set -euo pipefail
runs=${1:-10000} pairs=${2:-5}
drydock=${DRYDOCK:-drydock}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# cpu COMMAND...: the seconds of processor that it took.
cpu() {
  local TIMEFORMAT='%U %S' code=0 took
  took=$({ time "$@" >/dev/null 2>&1 || code=$?; ((code <= 1)) || echo "failed: $code"; } 2>&1)
  [[ $took != *failed* ]] || { echo "$* $took" >&2 && exit 1; }
  awk '{ print $1 + $2 }' <<<"$took"
}

search=(explore open-world --policy hardened --runs "$runs" --jobs 1 --quiet "${@:3}")
for ((pair = 1; pair <= pairs; ++pair)); do
  without=$(cpu "$drydock" "${search[@]}")
  with=$(cpu "$drydock" "${search[@]}" --campaign "$folder/$pair")
  awk -v a="$without" -v b="$with" -v n="$runs" \
    'BEGIN { printf "%.4f  without %.4f ms, with %.4f ms a run\n", b / a, 1000 * a / n, 1000 * b / n }'
done | tee "$folder/pairs"
sort -n "$folder/pairs" | awk '{ ratio[NR] = $1 } END { printf "median of the ratios: %.4f\n", ratio[int((NR + 1) / 2)] }'
du -sb "$folder/1" | awk -v n="$runs" '{ printf "on disk: %d bytes, %.2f a run\n", $1, $1 / n }'
