#!/usr/bin/env bash
# element.sh SCHEDULER ID [COMMAND...]: plays one element's part of the campaign that campaign.sh describes, in the
# directory ID, and goes on where that part was ended. SCHEDULER is a name that `drydock explore --shard` knows.
#
#   0            the part is played, and keeps what it promises
#   1            a finding: the part is played. Do not start it again
#   75           the search was ended from outside: start it again. COMMAND does that and its exit code counts, unless
#                SIGTERM, SIGINT or SIGHUP ended it: who sends these (scancel, Ctrl-C, a node that is drained) decides
#   2, 70, 74    the command is wrong, drydock is, or the disk is full: for people
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2
# shellcheck source=packaging/campaigns/campaign.sh
source ./campaign.sh
scheduler=$1 id=$2
again=("${@:3}")

# end SIGNAL: what a scheduler asks for by any signal, drydock is asked for by SIGTERM.
asked='' drydock=''
end() {
  asked=$1 waiting=yes
  [[ -z $drydock ]] || kill -TERM "$drydock"
}
waiting=yes
for signal in TERM INT HUP USR1 USR2; do
  # shellcheck disable=SC2064  # the name of now
  trap "end $signal" "$signal"
done

mkdir -p "$DIRECTORY" || exit 74
"$DRYDOCK" explore "${SEARCH[@]}" --shard "$scheduler" --campaign "$DIRECTORY/$id" --quiet </dev/null &
drydock=$!
# A trap ends `wait` before the search has ended.
while [[ $waiting == yes ]]; do
  waiting=no
  wait "$drydock"
  code=$?
done

case $code in
  129 | 130 | 137 | 138 | 140 | 143 | 152) ;;  # HUP, INT, KILL, USR1, USR2, TERM, XCPU
  13[1-9] | 1[4-9]?) exit 70 ;;                # a crash
  *) exit "$code" ;;
esac
echo "element $id was ended by ${asked:-a signal} (exit code $code): it is to be started again" >&2
case $asked in
  TERM | INT | HUP) again=() ;;
esac
((${#again[@]})) || exit 75
exec "${again[@]}"
