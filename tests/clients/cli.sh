#!/usr/bin/env bash
# The script of somebody who knows the AWS CLI. It prints what it saw as JSON.
#
#   ENDPOINT=http://127.0.0.1:8470 cli.sh
#
# WAIT is what stands before a command that waits; AWS the command (default: aws).
set -euo pipefail

readonly IMAGE=ami-0abcdef1234567890
IFS=' ' read -ra waits <<<"${WAIT:-}"

ec2() { "${AWS:-aws}" --endpoint-url "$ENDPOINT" ec2 --output text "$@"; }
await() { "${waits[@]}" "${AWS:-aws}" --endpoint-url "$ENDPOINT" ec2 wait "$@"; }
code_of() { sed -nE 's/.*An error occurred \(([A-Za-z.]+)\).*/\1/p'; }
refused() { ! ec2 "$@" 2>&1 >/dev/null | code_of; }
fact() { facts+=("\"$1\": $2"); }
quoted() { printf '"%s"' "$1"; }
list() { tr '\t' '\n' <<<"$1" | sort | sed 's/.*/"&"/' | paste -sd , | sed 's/.*/[&]/'; }
facts=()

read -r one state < <(ec2 run-instances --image-id $IMAGE --count 1 --instance-type t3.micro \
  --user-data $'#!/bin/sh\necho hi\n' --tag-specifications 'ResourceType=instance,Tags=[{Key=ws,Value=a}]' \
  --block-device-mappings 'DeviceName=/dev/sdf,Ebs={VolumeSize=20,DeleteOnTermination=true}' \
  --query 'Instances[].[InstanceId,State.Name]')
fact launched "[\"$state\"]"
read -ra three < <(ec2 run-instances --image-id $IMAGE --count 3 --instance-type t3.micro \
  --tag-specifications 'ResourceType=instance,Tags=[{Key=ws,Value=b}]' --query 'Instances[].InstanceId')
fact three "${#three[@]}"
await instance-running --instance-ids "$one" "${three[@]}"

# shellcheck disable=SC2016  # the backquotes are JMESPath's
{
  read -r state volume zone
  read -r disks
} < <(ec2 describe-instances --instance-ids "$one" --query 'Reservations[].Instances[].[
  [State.Name, BlockDeviceMappings[?DeviceName==`/dev/xvda`].Ebs.VolumeId | [0], Placement.AvailabilityZone],
  BlockDeviceMappings[].DeviceName][]')
fact running "$(quoted "$state")"
fact disks "$(list "$disks")"
fact user-data "\"$(ec2 describe-instance-attribute --instance-id "$one" --attribute userData \
  --query UserData.Value | base64 -d | sed 's/$/\\n/' | tr -d '\n')\""
fact of-tag "$(ec2 describe-instances --filters Name=tag:ws,Values=b Name=instance-state-name,Values=running \
  --query 'length(Reservations[].Instances[])')"
await instance-status-ok --instance-ids "${three[@]}"
fact status "$(list "$(ec2 describe-instance-status --instance-ids "${three[@]}" \
  --query 'InstanceStatuses[].InstanceStatus.Status')")"

snapshots=()
for number in 1 2 3 4 5; do
  snapshots+=("$(ec2 create-snapshot --volume-id "$volume" --description "backup $number" \
    --tag-specifications "ResourceType=snapshot,Tags=[{Key=n,Value=$number}]" --query SnapshotId)")
done
fact snapshots "${#snapshots[@]}"
fact sixth "$(quoted "$(refused create-snapshot --volume-id "$volume")")"
await snapshot-completed --snapshot-ids "${snapshots[@]}"
fact completed "$(ec2 describe-snapshots --owner-ids self --query 'length(Snapshots)' \
  --filters Name=volume-id,Values="$volume" Name=status,Values=completed)"

disk=$(ec2 create-volume --availability-zone "$zone" --size 8 --query VolumeId)
await volume-available --volume-ids "$disk" && fact available '"available"'
ec2 attach-volume --volume-id "$disk" --instance-id "$one" --device /dev/sdh >/dev/null
await volume-in-use --volume-ids "$disk"
fact attached "$(quoted "$(ec2 describe-volumes --volume-ids "$disk" --query 'Volumes[].Attachments[].State')")"
fact in-use "$(quoted "$(refused delete-volume --volume-id "$disk")")"
ec2 detach-volume --volume-id "$disk" >/dev/null
await volume-available --volume-ids "$disk"
ec2 delete-volume --volume-id "$disk"
await volume-deleted --volume-ids "$disk"
fact volume-gone "$(quoted "$(refused describe-volumes --volume-ids "$disk")")"

ec2 create-tags --resources "$one" --tags 'Key=owner,Value=me & <you>' Key=empty,Value=
fact tags "{$(ec2 describe-tags --filters Name=resource-id,Values="$one" --query 'Tags[].[Key,Value]' |
  sed -E 's/^([^\t]*)\t(.*)$/"\1":"\2"/' | paste -sd ,)}"
ec2 delete-tags --resources "$one" --tags Key=owner
fact untagged "$(list "$(ec2 describe-tags --filters Name=resource-id,Values="$one" --query 'Tags[].Key')")"

ec2 stop-instances --instance-ids "$one" >/dev/null
await instance-stopped --instance-ids "$one" && fact stopped '"stopped"'
ec2 start-instances --instance-ids "$one" >/dev/null
await instance-running --instance-ids "$one" && fact started '"running"'
ec2 reboot-instances --instance-ids "$one"
output=$(ec2 get-console-output --instance-id "$one" --query Output)
[[ $output == *"$one"* ]] && fact console true

fact unknown-id "$(quoted "$(refused describe-instances --instance-ids i-0123456789abcdef0)")"
fact unknown-action "$(quoted "$(refused describe-bundle-tasks)")"
ec2 terminate-instances --instance-ids "$one" "${three[@]}" >/dev/null
await instance-terminated --instance-ids "$one" "${three[@]}"
fact terminated "$(list "$(ec2 describe-instances --instance-ids "$one" "${three[@]}" \
  --query 'Reservations[].Instances[].State.Name')")"

printf '{%s}\n' "$(IFS=,; printf '%s' "${facts[*]}")"
