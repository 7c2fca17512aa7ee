#!/usr/bin/env python3
"""Plays a campaign by packaging/campaigns/slurm.sbatch in a real Slurm of one node, which is started and ended here.

Of seven elements one is killed, one requeued, one asked to end before its time is up, and one cancelled. The first
three come back, the last does not; when all are submitted again they come to what the search in one piece comes to.

    slurm_test.py DRYDOCK
"""

import os
import pathlib
import re
import signal
import subprocess
import sys

from room import Campaign, ELEMENTS, enter, equal, need, processes, wait_for

# A requeued job may start again after the lifetime of a credential and a second: 121 s by default.
CONFIGURATION = """
ClusterName=drydock
SlurmctldHost=node(10.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={here}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={here}/state
SlurmdSpoolDir={here}/spool
SlurmctldPidFile={here}/slurmctld.pid
SlurmdPidFile={here}/slurmd.pid
SlurmctldLogFile={here}/slurmctld.log
SlurmdLogFile={here}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=1
KillWait=5
MinJobAge=3600
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=node NodeAddr=10.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP
"""


class Slurm:
    """A Slurm whose files are all below a campaign's folder."""

    def __init__(self, campaign):
        self.run = campaign.run
        self.here = campaign.folder / "slurm"
        for part in ("state", "spool"):
            (self.here / part).mkdir(parents=True)
        (self.here / "slurm.conf").write_text(CONFIGURATION.format(here=self.here))
        os.environ["SLURM_CONF"] = str(self.here / "slurm.conf")
        os.environ["PATH"] += ":/usr/sbin"
        self.start_munge()
        self.run("slurmctld", "-f", self.here / "slurm.conf")
        self.run("slurmd", "-f", self.here / "slurm.conf", "-N", "node")
        wait_for("Slurm's node", lambda: "idle" in self.run("sinfo", "-h", "-o", "%T", code=None))

    def start_munge(self):
        key = self.here / "key"
        key.write_bytes(os.urandom(32))
        key.chmod(0o600)
        # --force: the folder of the key is a temporary one's.
        self.run("munged", "--force", f"--socket={self.here}/munge.socket", f"--key-file={key}",
                 f"--pid-file={self.here}/munge.pid", f"--log-file={self.here}/munge.log",
                 f"--seed-file={self.here}/munge.seed")

    def element(self, job, index):
        """Returns what Slurm knows of an element."""
        text = self.run("scontrol", "show", "job", f"{job}_{index}")
        return dict(re.findall(r"(\w+)=(\S*)", text))

    def over(self):
        return self.run("squeue", "-h") == ""

    def said(self):
        for log in ("slurmctld.log", "slurmd.log", "munge.log"):
            if (self.here / log).exists():
                print(f"--- {log}", *(self.here / log).read_text().splitlines()[-40:], sep="\n")


def submit(slurm):
    return re.search(r"\d+", slurm.run("sbatch", "slurm.sbatch")).group()


def disturb(slurm, campaign, job):
    """Ends four elements, each amid its runs. What is stopped Slurm lets go on before it ends it."""
    os.kill(campaign.hold(0), signal.SIGKILL)
    campaign.hold(1)
    slurm.run("scontrol", "requeue", f"{job}_1")
    held = campaign.hold(2)
    # As --signal=B:USR1 does it: to the batch script alone.
    for pid in processes(campaign.folder / "element.sh", "slurm", "2"):
        os.kill(pid, signal.SIGUSR1)
    os.kill(held, signal.SIGCONT)
    campaign.hold(3)
    slurm.run("scancel", f"{job}_3")


def play(slurm, campaign):
    job = submit(slurm)
    disturb(slurm, campaign, job)
    wait_for("the array", lambda: slurm.over())
    elements = [slurm.element(job, index) for index in range(ELEMENTS)]
    assert [element["Restarts"] for element in elements] == ["1", "1", "1", "0", "0", "0", "0"], elements
    assert [element["JobState"] for element in elements] == [*["FAILED"] * 3, "CANCELLED", *["FAILED"] * 3], elements
    assert {element["ExitCode"] for element in elements if element["JobState"] == "FAILED"} == {"1:0"}, elements
    log = (campaign.folder / "element-1.log").read_text()
    assert "DUE TO JOB REQUEUE" in log, f"what it said before it was requeued is lost: {log}"
    campaign.merged(code=5)
    submit(slurm)
    wait_for("the array, again", lambda: slurm.over())


def main():
    need("slurmctld", "slurmd", "sbatch", "munged")
    enter()
    with Campaign(pathlib.Path(sys.argv[1]).resolve()) as campaign:
        whole = campaign.whole()
        slurm = Slurm(campaign)
        try:
            play(slurm, campaign)
            equal(campaign.merged(), whole, "an array of Slurm, killed, requeued, signalled and cancelled")
            campaign.no_temporary_file()
        except (AssertionError, subprocess.TimeoutExpired):
            slurm.said()
            raise


if __name__ == "__main__":
    main()
