#!/usr/bin/env bash
# container.sh FILE.deb: does what packaging/campaigns/Containerfile says with the package, in a Debian 12 that has nothing
# else, and plays there, as the image's user by its entry point, what kubernetes.yaml gives to a pod (fewer runs). Needs
# root, debootstrap, a mirror and Python's YAML. What an image has beyond a folder (layers, labels) is not looked at.
set -euo pipefail
deb=$(realpath "$1")
recipes=$(realpath "$(dirname "$0")/../../packaging/campaigns")
readonly deb recipes

# shellcheck source=tests/package/clean_root.sh
source "$(dirname "$0")/clean_root.sh"
root=$(mktemp -d)
chmod 755 "$root"
trap 'rm -rf --one-file-system "$root"' EXIT
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
words() { python3 -c 'import json, sys; print(*json.loads(sys.argv[1]), sep="\n")' "$1"; }

user=root entry=() default=()
while read -r step rest; do
  case $step in
    FROM)
      [[ $rest == debian:12-slim ]] || fail "is made from $rest, and this makes a Debian 12"
      clean_root "$root"
      ;;
    COPY)
      [[ $rest == "drydock_*.deb /tmp/" ]] || fail "copies $rest, and there is a package"
      cp "$deb" "$root/tmp/drydock_0_amd64.deb"
      ;;
    RUN) inside sh -c "$rest" >"$root.said" 2>&1 || { cat "$root.said" >&2 && fail "a step failed: $rest"; } ;;
    USER) user=$rest ;;
    ENTRYPOINT) mapfile -t entry < <(words "$rest") ;;
    CMD) mapfile -t default < <(words "$rest") ;;
    *) fail "knows no step $step" ;;
  esac
done < <(sed -e '/^#/d' -e ':a' -e '/\\$/N; s/\\\n *//; ta' "$recipes/Containerfile")
rm -f "$root.said"
[[ ! -e $root/tmp/drydock_0_amd64.deb ]] || fail "leaves the package in the image"

as_user() { chroot --userspec="$user:$user" "$root" env -i PATH=/usr/bin:/bin "$@"; }
[[ $(as_user id -u) != 0 ]] || fail "runs as root"
as_user "${entry[@]}" "${default[@]}" | grep -q explore || fail "says nothing by default"

# A pod, the first of seven.
# shellcheck disable=SC2016  # Kubernetes fills it in
mapfile -t args < <(python3 -c '
import sys, yaml
for manifest in yaml.safe_load_all(open(sys.argv[1])):
    if manifest["kind"] == "Job":
        for word in manifest["spec"]["template"]["spec"]["containers"][0]["args"]:
            print(word.replace("$(JOB_COMPLETION_INDEX)", "0").replace("--runs=1000000", "--runs=70"))
' "$recipes/kubernetes.yaml")
install -d -o "$user" "$root/campaign"
code=0
as_user JOB_COMPLETION_INDEX=0 DRYDOCK_SHARD_COUNT=7 "${entry[@]}" "${args[@]}" || code=$?
((code == 0 || code == 1)) || fail "a pod's arguments end with $code"
[[ -s $root/campaign/0/lines/00000000.json ]] || fail "a pod has kept nothing"
echo "built, and played a pod's part as $user"
