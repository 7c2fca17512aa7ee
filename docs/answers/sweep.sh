#!/usr/bin/env bash
# Prints the sweeps of docs/answers.md, as they stand there: all of them, or the ones that are named.
#   docs/answers/sweep.sh [--pictures] [debounce|silence|away|pace|scattered|snapshots|losses]...
# With --pictures it also draws docs/answers/NAME.svg. DRYDOCK is the program to ask (default: drydock).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly DRYDOCK="${DRYDOCK:-drydock}"
PICTURES=no

# sweep NAME ARGS...
sweep() {
  local name=$1 picture=()
  shift
  if [[ $PICTURES == yes ]]; then picture=(--report "svg=docs/answers/$name.svg"); fi
  "$DRYDOCK" sweep "$@" "${picture[@]}"
}

sweep_debounce() {
  sweep debounce scenarios/reprov-thrash.json --case pre-1556 --vary restart.debounce_window=0s..50s:5s \
    --vary cloud.pending=10s..120s:10s --metric violations:no-healthy-kill
}

sweep_silence() {
  sweep silence scenarios/reprov-thrash.json --case pre-1556 --vary restart.debounce_window=0s..60s:10s \
    --vary time.connect_timeout=5s..25s:5s --metric violations:no-healthy-kill --runs 32
}

sweep_away() {
  sweep away scenarios/reprov-thrash.json --case pre-1556 --vary restart.debounce_window=0s..50s:10s \
    --vary cloud.pending=30s..120s:30s --metric unavailable_s --runs 32 --compare-seeds
}

sweep_pace() {
  sweep pace docs/answers/sweeper-pace.json --vary sweeper.cp_orphan.interval=1m..10m:1m \
    --vary faults.refused.probability=0.1..0.7:0.1 --metric orphan_instance_hours --compare-seeds
}

sweep_scattered() {
  sweep scattered docs/answers/sweeper-scattered.json --vary sweeper.cp_orphan.interval=1m..10m:1m \
    --metric orphan_instance_hours --compare-seeds
}

sweep_snapshots() {
  sweep snapshots docs/answers/restart-rate.json --case pre-1990 --vary steps.restart.repeat.every=1m..13m:2m \
    --vary cloud.snapshot_limit=seed_bucket,seed_window,aws_spacing,none --metric violations:no-state-loss
}

sweep_losses() {
  sweep losses docs/answers/restart-rate.json --case pre-1990 --vary steps.restart.repeat.every=1m..13m:2m \
    --vary cloud.snapshot_limit=seed_bucket,seed_window,aws_spacing,none --metric lost_writes --compare-seeds
}

if [[ ${1:-} == --pictures ]]; then
  PICTURES=yes
  shift
fi
names=("$@")
if ((${#names[@]} == 0)); then names=(debounce silence away pace scattered snapshots losses); fi
for name in "${names[@]}"; do "sweep_$name"; done
