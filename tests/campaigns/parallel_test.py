#!/usr/bin/env python3
"""Plays a campaign by packaging/campaigns/parallel.sh. GNU parallel is killed amid it, with what it had started; the same
command goes on. Then drydock alone is killed once, and parallel tries that element again.

    parallel_test.py DRYDOCK
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys

from room import Campaign, ELEMENTS, equal, need, wait_for


def start(campaign):
    """Starts the recipe as the head of a group of processes."""
    log = open(campaign.folder / "said.log", "a")
    return subprocess.Popen(["./parallel.sh"], cwd=campaign.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                            start_new_session=True)


def kill(pid):
    """Kills a process that may be gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def play(campaign):
    first = start(campaign)
    held = campaign.hold(2)
    os.killpg(first.pid, signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    kill(held)
    for line in (campaign.folder / "parallel.log").read_text().splitlines()[1:]:
        assert line.split("\t")[0] != "2", f"what was killed is logged as done: {line}"
    campaign.merged(code=5)
    second = start(campaign)
    try:
        # Nobody else plays this part: where it is whole in the end, parallel has tried it again. (Of a try that is
        # followed by another, parallel says nothing.)
        kill(campaign.hold(ELEMENTS))
        assert second.wait(timeout=300) == 0, (campaign.folder / "said.log").read_text()
    finally:
        if second.poll() is None:
            os.killpg(second.pid, signal.SIGKILL)
    # What the first start had begun goes on beside the second.
    wait_for("elements of the first start", lambda: not campaign.running())


def main():
    need("parallel")
    with Campaign(pathlib.Path(sys.argv[1]).resolve()) as campaign:
        whole = campaign.whole()
        play(campaign)
        equal(campaign.merged(), whole, "GNU parallel, killed and resumed")
        campaign.no_temporary_file()


if __name__ == "__main__":
    main()
