# shellcheck shell=bash
# clean_root.sh, sourced: a Debian 12 in a folder that has nothing else. Needs root, debootstrap and a mirror.

# clean_root ROOT: makes the folder one, with a network. Ends the script where that fails.
clean_root() {
  local root=$1 mirror
  ((EUID == 0)) || fail "debootstrap needs root"
  # shellcheck disable=SC2016  # apt-get fills it in
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Label: Debian' | head -n 1)
  debootstrap --variant=minbase bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$root.log" ||
    fail "no base system: $(tail -n 3 "$root.log")"
  rm -f "$root.log"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
}

# Prints what is wrong, and ends the script.
fail() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
  exit 1
}
