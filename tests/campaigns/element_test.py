#!/usr/bin/env python3
"""Tells by stand-ins for drydock which exit codes packaging/campaigns/element.sh makes of what, and when it has an element
started again.

    element_test.py DRYDOCK
"""

import pathlib
import signal
import subprocess
import sys

from room import Campaign, wait_for

# What drydock ends with, and what element.sh makes of it.
CODES = {0: 0, 1: 1, 2: 2, 3: 3, 70: 70, 74: 74, 129: 75, 130: 75, 137: 75, 143: 75, 134: 70, 139: 70}


def stand_in(campaign, script):
    path = campaign.folder / "stand-in"
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)
    text = (campaign.folder / "campaign.sh").read_text()
    (campaign.folder / "campaign.sh").write_text(text.rsplit("DRYDOCK=", 1)[0] + f"DRYDOCK={path}\n")


def element(campaign, *again):
    return subprocess.Popen(["./element.sh", "environment", "1", *again], cwd=campaign.folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def expect(code, wanted, what):
    assert code == wanted, f"{what}: exit code {code}, not {wanted}"


def each_code(campaign):
    for ended, wanted in CODES.items():
        stand_in(campaign, f"exit {ended}")
        expect(element(campaign).wait(), wanted, f"drydock ended with {ended}")
        is_to_go_on = wanted == 75
        code = element(campaign, "bash", "-c", "exit 99").wait()
        expect(code, 99 if is_to_go_on else wanted, f"drydock ended with {ended}, and there is a command")
    for number, wanted in ((signal.SIGKILL, 75), (signal.SIGSEGV, 70), (signal.SIGABRT, 70)):
        stand_in(campaign, f"ulimit -c 0; kill -{int(number)} $$")
        expect(element(campaign).wait(), wanted, f"drydock was ended by {number.name}")


def each_signal(campaign):
    """An element is asked to end while drydock, which takes its time, plays."""
    ready = campaign.folder / "ready"
    stand_in(campaign, f"trap 'sleep 0.3; exit 143' TERM; touch {ready}; while :; do sleep 0.05; done")
    for number, wanted in ((signal.SIGTERM, 75), (signal.SIGINT, 75), (signal.SIGHUP, 75), (signal.SIGUSR1, 99),
                           (signal.SIGUSR2, 99)):
        process = element(campaign, "bash", "-c", "exit 99")
        wait_for("the stand-in", ready.exists)
        process.send_signal(number)
        code = process.wait(timeout=60)
        ready.unlink()
        expect(code, wanted, f"{number.name} to the element")
    # A part that is played in the moment of the signal is played.
    stand_in(campaign, f"trap 'exit 1' TERM; touch {ready}; while :; do sleep 0.05; done")
    process = element(campaign, "bash", "-c", "exit 99")
    wait_for("the stand-in", ready.exists)
    process.send_signal(signal.SIGUSR1)
    expect(process.wait(timeout=60), 1, "SIGUSR1 at the end of a part")


def main():
    with Campaign(pathlib.Path(sys.argv[1]).resolve()) as campaign:
        each_code(campaign)
        each_signal(campaign)
    print(f"{len(CODES)} exit codes and 8 signals, as they are to be told apart")


if __name__ == "__main__":
    main()
