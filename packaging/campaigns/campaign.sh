# shellcheck shell=bash
# shellcheck disable=SC2034  # who sources it uses it
# campaign.sh, sourced: which search this is. Every recipe of this folder reads it; it is the one file to change.

# The search, as `drydock explore` takes it. It has to be bounded: with --runs, or with --time for each start.
SEARCH=(open-world --policy hardened --runs 1000000)
# Each element keeps its part in a directory of its own below this one.
DIRECTORY=$PWD/night
DRYDOCK=drydock
