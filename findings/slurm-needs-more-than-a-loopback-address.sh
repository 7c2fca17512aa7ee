#!/usr/bin/env bash
# Where every address of a machine is a loopback one, Slurm's commands cannot resolve "127.0.0.1".
#
# Versions: Debian 12's slurm-wlm 22.05.8-4+deb12u3, glibc 2.36.
# Guess:    a slurm.conf with SlurmctldHost=node(127.0.0.1) does in a network namespace in which only `lo` is up: the
#           address is a number, there is nothing to look up.
# Seen:     'Unable to resolve "127.0.0.1"', after several "getaddrinfo() failed: Name or service not known". Slurm asks
#           getaddrinfo with AI_ADDRCONFIG, for which glibc takes a machine without other than loopback addresses for
#           one without IPv4. Any second address helps: `ip address add 10.0.0.1/32 dev lo`. Nothing says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/slurm.conf" <<'CONF'
ClusterName=one
SlurmctldHost=node(127.0.0.1)
SlurmUser=root
NodeName=node NodeAddr=127.0.0.1 CPUs=1
PartitionName=all Nodes=node Default=YES
CONF
export SLURM_CONF=$folder/slurm.conf

ask() {
  # shellcheck disable=SC2016  # for the shell inside
  unshare --net --uts bash -c 'ip link set lo up; hostname node; '"$1"' timeout 60 sinfo 2>&1 || true'
}
ask '' | grep -q 'Unable to resolve "127.0.0.1"' || { echo "the address was resolved"; exit 1; }
! ask 'ip address add 10.0.0.1/32 dev lo;' | grep -q 'Unable to resolve' || { echo "it was not resolved"; exit 1; }
echo "with loopback addresses alone, 127.0.0.1 is not resolved; with another one it is"
