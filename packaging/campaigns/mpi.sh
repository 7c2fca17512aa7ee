#!/usr/bin/env bash
# mpi.sh: one rank's part of a campaign, where an MPI launcher is what fills a machine. Drydock itself speaks no MPI.
#
#   mpirun -n 7 ./mpi.sh          Open MPI: ends the other ranks where one ends with another code than 0
#   mpiexec -n 7 ./mpi.sh         MPICH
#
# So a rank ends with 0 when its part is played, with or without findings; and the launcher's exit code is not worth
# much: what is complete says merge.sh. The same command goes on where it was ended, also while ranks of the last one
# are still there.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2
if [[ -n ${OMPI_COMM_WORLD_RANK:-} ]]; then
  ./element.sh openmpi "$OMPI_COMM_WORLD_RANK"
else
  ./element.sh mpich "${PMI_RANK:?is set by no MPI launcher}"
fi
code=$?
((code == 1)) || exit "$code"
