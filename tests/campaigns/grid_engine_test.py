#!/usr/bin/env python3
"""Plays a campaign by packaging/campaigns/gridengine.qsub in a real Grid Engine of one host, which is started and ended
here. Of seven tasks the search of one is killed: the task ends with 99, and is run again.

    grid_engine_test.py DRYDOCK
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

from room import Campaign, ELEMENTS, enter, equal, need, wait_for

BOOTSTRAP = """admin_user sgeadmin
default_domain none
ignore_fqdn false
spooling_method berkeleydb
spooling_lib libspoolb
spooling_params {root}/spool/spooldb
binary_path /usr/sbin
qmaster_spool_dir {root}/spool/qmaster
security_mode none
listener_threads 2
worker_threads 2
scheduler_threads 1
"""


class GridEngine:
    """A Grid Engine whose files are all below a campaign's folder, but for the name of its host."""

    def __init__(self, campaign):
        self.run = campaign.run
        campaign.folder.chmod(0o755)
        self.root = campaign.folder / "gridengine"
        self.lay_out()
        self.run("/usr/share/gridengine/scripts/init_cluster", self.root, "default", self.root / "spool/spooldb",
                 "sgeadmin", user="sgeadmin")
        self.run("sge_qmaster")
        wait_for("Grid Engine's master", lambda: self.run("qconf", "-sm", code=None))
        self.run("qconf", "-as", "node", user="sgeadmin")
        self.configure()
        self.run("sge_execd")
        wait_for("Grid Engine's host", lambda: re.search(r"^node .* \d+\.\d+ ", self.run("qhost"), re.MULTILINE))

    def lay_out(self):
        shutil.copytree("/var/lib/gridengine", self.root, symlinks=True)
        common = self.root / "default/common"
        shutil.rmtree(common)
        for folder in (common, *(self.root / "spool" / part for part in ("qmaster/job_scripts", "spooldb", "execd"))):
            folder.mkdir(parents=True)
        (common / "bootstrap").write_text(BOOTSTRAP.format(root=self.root))
        (common / "act_qmaster").write_text("node\n")
        self.run("chown", "-R", "sgeadmin", self.root)
        hosts = self.root / "hosts"
        hosts.write_text("127.0.0.1 localhost\n10.0.0.1 node\n")
        self.run("mount", "--bind", hosts, "/etc/hosts")
        os.environ.update({"SGE_ROOT": str(self.root), "SGE_CELL": "default", "SGE_QMASTER_PORT": "6444",
                           "SGE_EXECD_PORT": "6445", "PATH": os.environ["PATH"] + ":/usr/sbin"})

    def change(self, show, put, name, changes):
        text = self.run("qconf", *show)
        for key, value in changes.items():
            text = re.sub(rf"^{key}\s.*(\\\n.*)*$", f"{key} {value}", text, flags=re.MULTILINE)
        (self.root / name).write_text(text)
        self.run("qconf", put, self.root / name)

    def configure(self):
        """Lets root have jobs, looks for work every second, and makes a queue that no load closes."""
        self.change(["-sconf"], "-Mconf", "global", {"execd_spool_dir": self.root / "spool/execd", "min_uid": "0",
                                                     "min_gid": "0"})
        self.change(["-ssconf"], "-Msconf", "scheduler", {"schedule_interval": "0:0:1", "flush_submit_sec": "1",
                                                          "flush_finish_sec": "1"})
        # A new queue is what an editor leaves of the defaults, which name an environment that there is not. What the
        # editor leaves within the second counts as unchanged.
        editor = self.root / "editor"
        queue = {"hostlist": "node", "pe_list": "NONE", "slots": "2", "load_thresholds": "NONE", "notify": "0:0:3",
                 "shell": "/bin/bash"}
        edits = "; ".join(f"s|^{key} .*|{key} {value}|" for key, value in queue.items())
        editor.write_text(f"#!/bin/sh\nsleep 1.1\nsed -i '{edits}' \"$1\"\n")
        editor.chmod(0o755)
        self.run("qconf", "-aq", "all.q", env={**os.environ, "EDITOR": str(editor)})

    def over(self):
        return self.run("qstat") == ""

    def said(self):
        print(self.run("qstat", "-f", code=None))
        for log in self.root.rglob("messages"):
            print(f"--- {log}", *log.read_text().splitlines()[-40:], sep="\n")


def play(grid, campaign):
    grid.run("qsub", "gridengine.qsub")
    held = campaign.hold(2)
    os.kill(held, signal.SIGKILL)
    wait_for("the array", grid.over)
    log = (campaign.folder / "element-2.log").read_text()
    assert "it is to be started again" in log, log
    assert log.count("runs (swarm") == 1, f"the task was not run again: {log}"
    others = [campaign.folder / f"element-{task}.log" for task in range(1, ELEMENTS + 1) if task != 2]
    assert all("started again" not in log.read_text() for log in others)


def main():
    need("sge_qmaster", "sge_execd", "qsub")
    enter()
    with Campaign(pathlib.Path(sys.argv[1]).resolve()) as campaign:
        whole = campaign.whole()
        grid = GridEngine(campaign)
        try:
            play(grid, campaign)
            equal(campaign.merged(), whole, "an array of Grid Engine of which one task ended with 99")
            campaign.no_temporary_file()
        except (AssertionError, subprocess.TimeoutExpired):
            grid.said()
            raise


if __name__ == "__main__":
    main()
