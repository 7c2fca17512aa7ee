#!/usr/bin/env python3
"""Plays a campaign by packaging/campaigns/mpi.sh under MPICH and Open MPI, which serve as packers of its parts. Each
launcher is killed once; the same command goes on.

    mpi_test.py DRYDOCK
"""

import os
import pathlib
import signal
import subprocess
import sys

from room import Campaign, ELEMENTS, enter, equal, need, wait_for

# Open MPI wants to be told that it may run as root, as often as it is asked, and with more ranks than cores.
LAUNCHERS = {
    "MPICH": ["mpiexec.mpich", "-n", str(ELEMENTS), "./mpi.sh"],
    "Open MPI": ["mpirun.openmpi", "--oversubscribe", "--mca", "oob_tcp_if_include", "lo", "--mca", "btl", "self", "-n",
                 str(ELEMENTS), "./mpi.sh"],
}


def play(campaign, launcher):
    log = open(campaign.folder / "said.log", "a")
    options = {"cwd": campaign.folder, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
    first = subprocess.Popen(launcher, **options)
    campaign.hold(3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    # What was stopped is gone now, or lives on beside the second start (Open MPI); then its line stays its own.
    for left in campaign.running():
        os.kill(left, signal.SIGCONT)
    code = subprocess.run(launcher, timeout=300, check=False, **options).returncode
    assert code == 0, (campaign.folder / "said.log").read_text()
    wait_for("ranks of the first start", lambda: not campaign.running())


def main():
    need("mpiexec.mpich", "mpirun.openmpi")
    enter()
    os.environ.update({"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
    for name, launcher in LAUNCHERS.items():
        with Campaign(pathlib.Path(sys.argv[1]).resolve()) as campaign:
            whole = campaign.whole()
            play(campaign, launcher)
            equal(campaign.merged(), whole, f"ranks of {name}, killed and started again")
            campaign.no_temporary_file()


if __name__ == "__main__":
    main()
