#!/usr/bin/python3
"""A user's own control plane, in Go, searched by `drydock explore --client`.

    controlplane_test.py DRYDOCK [NAME...]

Without its fixes both incidents are found, #1990 (no-state-loss) and #2989 (no-orphan); with them nothing is, by the
same searches. Exit code 77: Go or the SDK is missing, and nothing was tested.
"""

import json
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

from endpoint import HERE, ClientTest, Endpoint, command, environment, main
from packages import cache

SOURCES = pathlib.Path("/usr/share/gocode")
REGION = HERE / "controlplane" / "region.json"
INCIDENTS = {"no-state-loss", "no-orphan"}
# A second of two processors is enough for this many sessions, client and all. Time on the wall says little where other
# tests run.
SESSIONS_A_SECOND = 20
PROCESSORS = 2


def processor_time():
    """What the processes that have ended by now have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class ControlPlane(ClientTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="drydock-controlplane-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        go = environment(GO111MODULE="off", GOPATH=str(SOURCES), GOCACHE=str(cache() / "go"))
        command(["go", "build", "-o", cls.folder / "controlplane", HERE / "controlplane" / "main.go"], env=go)

    def search(self, *options, fixed=False, code=None):
        """Searches, and returns the result."""
        client = f"{self.folder / 'controlplane'} -pause 1ms{' -fix' if fixed else ''}"
        words = [Endpoint.drydock, "explore", REGION, "--client", client, "--clock", "step=5s", "--format", "json",
                 "--quiet", "--time", "10m", *options]
        result = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=800)
        self.assertEqual(result.returncode, code, result.stdout[-2000:] + result.stderr)
        found = json.loads(result.stdout)
        self.assertEqual(found["client"]["ends"], {"exit code 0": found["client"]["sessions"]})
        self.assertGreater(found["client"]["compared"], 0)
        self.assertEqual(found["client"]["differed"], 0, found["client"]["difference"])
        return found

    def test_both_incidents_are_found_and_kept(self):
        saved = self.folder / "found"
        found = self.search("--strategy", "exhaustive", "--deviations", "1", "--save", saved, code=1)
        takes = {promise: json.dumps([finding["tape"] for finding in found["findings"]
                                      if finding["invariant"] == promise]) for promise in INCIDENTS}
        self.assertIn("SnapshotCreationPerVolumeRateExceeded", takes["no-state-loss"])
        self.assertIn("ec2.TerminateInstances http-503", takes["no-orphan"])
        for finding in found["findings"]:
            with self.subTest(promise=finding["invariant"], signature=finding["signature"]):
                self.assertTrue(finding["minimal"])
                self.assertEqual(finding["size"], 1)
                for recording in (finding["saved"], finding["saved_session"]):
                    again = subprocess.run([Endpoint.drydock, "replay", recording, "--format", "json"],
                                           capture_output=True, text=True, timeout=120)
                    self.assertEqual(again.returncode, 1, again.stderr)
                    self.assertIn(finding["trace_hash"], again.stdout)
                    self.assertIn(finding["invariant"], again.stdout)

    def test_both_incidents_are_found_by_chance(self):
        found = self.search("--runs", "300", "--seed", "1", code=1)
        self.assertLessEqual(INCIDENTS, {finding["invariant"] for finding in found["findings"]})

    def test_its_fix_holds_in_the_same_runs(self):
        found = self.search("--runs", "300", "--seed", "1", fixed=True, code=0)
        self.assertEqual(found["runs"], 300)

    def test_its_fix_holds_in_every_tape_of_two_decisions(self):
        before = processor_time()
        found = self.search("--strategy", "exhaustive", "--deviations", "2", fixed=True, code=0)
        self.assertTrue(found["complete"])
        each = (processor_time() - before) / found["client"]["sessions"]
        print(f"{found['runs']} sessions, {found['runs_per_s']:.0f} a second, {each * 1000:.0f} ms of a processor each")
        self.assertLess(each, PROCESSORS / SESSIONS_A_SECOND)


def missing():
    if shutil.which("go") is None:
        return "golang-go"
    if not (SOURCES / "src/github.com/aws/aws-sdk-go-v2").exists():
        return "golang-github-aws-aws-sdk-go-v2-dev"
    return None


if __name__ == "__main__":
    sys.exit(main(missing()))
