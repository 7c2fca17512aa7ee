#!/usr/bin/env bash
# deb.sh FILE.deb: installs the package into a Debian 12 that has nothing else, by apt with what it depends on, runs it
# there, removes it and looks for what is left. Needs root, debootstrap and a mirror.
set -euo pipefail
deb=$(realpath "$1")
readonly deb

# shellcheck source=tests/package/clean_root.sh
source "$(dirname "$0")/clean_root.sh"
root=$(mktemp -d)
chmod 755 "$root"
trap 'rm -rf --one-file-system "$root"' EXIT
inside() { chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }

clean_root "$root"
cp "$deb" "$root/drydock.deb"

# Names of files and folders outside of what dpkg and apt write about themselves.
contents() {
  (cd "$root" && find . -path ./proc -prune -o -path ./var/lib/dpkg -prune -o -path ./var/lib/apt -prune -o \
    -path ./var/cache -prune -o -path ./var/log -prune -o -print) | sort
}

contents >"$root.before"
inside apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends /drydock.deb >/dev/null
inside drydock --version
inside drydock demo | tail -n 3
inside drydock run reprov-thrash
for file in share/man/man1/drydock.1.gz share/bash-completion/completions/drydock \
  share/zsh/vendor-completions/_drydock share/fish/vendor_completions.d/drydock.fish \
  share/doc/drydock/copyright share/doc/drydock/changelog.gz share/drydock/scenarios/reprov-thrash.json \
  lib/cmake/drydock/drydockConfig.cmake include/drydock/scenarios/bench.hpp; do
  [[ -s $root/usr/$file ]] || fail "/usr/$file is not there"
done
inside drydock validate /usr/share/drydock/scenarios/reprov-thrash.json
# shellcheck disable=SC2016  # these are for the shell inside
replies=$(inside bash -c 'source /usr/share/bash-completion/completions/drydock
  COMP_LINE="drydock run --policy pre-155" COMP_POINT=28; _drydock; echo "${COMPREPLY[@]}"')
[[ $replies == pre-1556 ]] || fail "bash completes $replies"

inside apt-get -qq -o Dpkg::Use-Pty=0 purge -y drydock >/dev/null
inside apt-get -qq -o Dpkg::Use-Pty=0 autoremove --purge -y >/dev/null
contents >"$root.after"
left=$(comm -13 "$root.before" "$root.after")
rm -f "$root.before" "$root.after"
[[ -z $left ]] || fail "this is left: $left"
echo "installed, ran, and left nothing"
