"""What the tests of packaging/campaigns share: a room of processes that ends with its test, the recipes with a short
search in them, and what a campaign came to.

A test is skipped (exit code 77) where something is missing for it; it says what.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

RECIPES = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "campaigns"

# Short runs of few tapes: a line of 1024 takes a moment, an element long enough to be met amid it.
QUICK = """{
  "format": "drydock.scenario/1", "name": "quick", "title": "A delete meets a search",
  "horizon": "1m", "calm": "3m",
  "workspaces": [{"id": "pm"}, {"id": "w1", "parent": "pm"}],
  "explore": {"faults": ["cp.stop:http-503"], "max_faults": 2,
              "requests": ["DELETE /workspaces/{w}?confirm=true"], "max_requests": 1},
  "cases": [{"policy": "april-2026", "expect": []}]
}
"""
LINE = 1024
LINES_OF_AN_ELEMENT = 30
ELEMENTS = 7


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def need(*programs):
    missing = [program for program in programs if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") is None]
    if missing:
        skip(f"{', '.join(missing)} not installed")


def enter():
    """Goes on as the first process of a room: its own process ids, network and name. Whatever ends the test, or is
    left running by it, the kernel ends with it. Needs root."""
    if os.environ.get("DRYDOCK_ROOM") == "entered":
        # glibc resolves no name, and no "127.0.0.1" either, where every address is a loopback one (AI_ADDRCONFIG).
        for words in (["ip", "link", "set", "lo", "up"], ["ip", "address", "add", "10.0.0.1/32", "dev", "lo"],
                      ["hostname", "node"]):
            subprocess.run(words, check=True)
        return
    if os.geteuid() != 0:
        skip("not root, which daemons and a room for them take")
    room = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--net", "--uts", "--ipc"]
    if subprocess.run([*room, "true"], capture_output=True).returncode != 0:
        skip("this machine lets nobody have process ids and a network of its own (unshare)")
    os.environ["DRYDOCK_ROOM"] = "entered"
    os.execvp("unshare", [*room, sys.executable, *sys.argv])


def wait_for(what, happened, seconds=300):
    """Waits until `happened()` is true, and returns what it returned. Fails where that takes too long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := happened():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def processes(*words):
    """Returns the ids of the processes whose command line has all of these words."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if all(str(word).encode() in line for word in words):
            found.append(int(folder.name))
    return found


class Campaign:
    """A folder with the recipes, which search what is quickly searched, in seven parts."""

    def __init__(self, drydock, runs=ELEMENTS * LINES_OF_AN_ELEMENT * LINE, options=""):
        self.drydock = drydock
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="drydock-campaign-"))
        self.night = self.folder / "night"
        self.search = ["quick.json", "--policy", "april-2026", "--strategy", "swarm", "--jobs", "1", "--runs", str(runs)]
        for recipe in RECIPES.iterdir():
            if recipe.is_file():
                shutil.copy(recipe, self.folder)
        (self.folder / "quick.json").write_text(QUICK)
        (self.folder / "campaign.sh").write_text(
            f"SEARCH=({' '.join(self.search)} {options})\nDIRECTORY={self.night}\nDRYDOCK={drydock}\n")

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for left in self.running():
            os.kill(left, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *words, code=0, **options):
        """Runs a command in the folder and returns what it printed; fails where it ends with another code."""
        result = subprocess.run([str(word) for word in words], cwd=self.folder, capture_output=True, text=True,
                                timeout=300, stdin=subprocess.DEVNULL, **options)
        if code is not None and result.returncode != code:
            raise AssertionError(f"{words} ended with {result.returncode}, not {code}:\n{result.stdout}{result.stderr}")
        return result.stdout

    def whole(self):
        """Plays the search in one piece. Returns its reports."""
        report = self.folder / "whole"
        self.run(self.drydock, "explore", *self.search, "--campaign", "whole", "--quiet", "--report",
                 f"json={report}.json", "--report", f"junit={report}.xml", code=1)
        return reports(report)

    def merged(self, code=1):
        """Unites the parts by the recipe. Returns its reports."""
        self.run("./merge.sh", "--quiet", code=code)
        return reports(self.night)

    def begun(self, element):
        """Tells whether an element has kept something."""
        return any((self.night / str(element) / "lines").glob("[0-9]*.json"))

    def running(self):
        """Returns the process ids of drydock for any element."""
        return [pid for element in range(ELEMENTS + 1) for pid in processes("explore", self.night / str(element))]

    def hold(self, element):
        """Stops drydock amid the runs of an element, once it has kept some. Returns its process id."""
        wait_for(f"element {element} to keep a line", lambda: self.begun(element))
        found = processes("explore", "--campaign", self.night / str(element))
        assert found, f"element {element} has ended before it could be disturbed"
        os.kill(found[0], signal.SIGSTOP)
        return found[0]

    def no_temporary_file(self):
        left = list(self.night.rglob(".*.tmp"))
        assert not left, left


def reports(stem):
    """Returns a search's reports with a mark for each time, and for their own names."""
    text = stem.with_suffix(".json").read_text()
    text = re.sub(r'("(?:runs_per_s|wall_s|shrink_s|found_after_s)": )[0-9.e+-]+', r"\1TIME", text)
    xml = stem.with_suffix(".xml").read_text()
    xml = xml.replace(str(stem), "REPORT")
    return text, re.sub(r'( time| timestamp)="[^"]*"', r'\1="TIME"', xml)


def equal(merged, whole, what):
    """Fails where two searches say something else, anything but times; shows the lines that differ."""
    for name, mine, other in zip(("JSON", "JUnit"), merged, whole):
        if mine != other:
            pairs = zip(mine.splitlines(), other.splitlines())
            differ = "\n".join(f"- {right}\n+ {left}" for left, right in pairs if left != right)
            raise AssertionError(f"the {name} of {what} is not that of the whole search:\n{differ[:4000]}")
    print(f"{what}: as the search in one piece")
