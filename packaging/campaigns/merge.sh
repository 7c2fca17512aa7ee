#!/usr/bin/env bash
# merge.sh [ARGUMENTS...]: unites what the elements have played, in $DIRECTORY.json and a JUnit report beside it.
# ARGUMENTS go to `drydock explore --merge`. Exit code 5: a part is missing or bad, and is named; 1: a finding.
set -uo pipefail
cd "${SLURM_SUBMIT_DIR:-$(dirname "${BASH_SOURCE[0]}")}" || exit 2
# shellcheck source=packaging/campaigns/campaign.sh
source ./campaign.sh
exec "$DRYDOCK" explore --merge "$DIRECTORY"/* --partial --report "json=$DIRECTORY.json" \
  --report "junit=$DIRECTORY.xml" "$@"
