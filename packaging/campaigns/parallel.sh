#!/usr/bin/env bash
# parallel.sh: a campaign of seven parts on one machine (or with --sshlogin on several, where the folder is shared), by
# GNU parallel. The same command goes on where it was ended. An element that ends with 75 is tried again.
#
# What is done says the campaign, not the log: where the search has changed, remove parallel.log.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2
export DRYDOCK_SHARD_COUNT=7
# shellcheck disable=SC2016  # the shells of the elements fill it in
parallel --resume --joblog parallel.log --retries 10 --line-buffer \
  './element.sh parallel {}; code=$?; [ $code -eq 75 ] && exit 75; echo "element {}: exit code $code"' \
  ::: $(seq "$DRYDOCK_SHARD_COUNT") </dev/null
