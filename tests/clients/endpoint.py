"""A region for the clients to talk to: `drydock serve --ec2`, its session, and the replay of that.

The tests of this folder play the scripts of somebody who knows nothing of Drydock, each with a client as it comes:
Debian's package, or npm's at a pinned version. Whatever they do, the session must replay to the same run.
"""

import collections
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77

# A stranger's environment: credentials of no account, a region, and none of this machine's configuration.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIADRYDOCK", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "",
    "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
# Variables that would lead a client elsewhere.
UNWANTED = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "AWS_RETRY_MODE",
            "AWS_MAX_ATTEMPTS", "HTTP_PROXY", "http_proxy", "BOTO_CONFIG", "PYTHONPATH")


def environment(**more):
    kept = {key: value for key, value in os.environ.items() if key not in UNWANTED}
    return {**kept, **ENVIRONMENT, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **more}


def scenario(*faults, cloud=None):
    """A region without workspaces, whose EC2 has these faults."""
    return {"format": "drydock.scenario/1", "name": "faulty", "title": "A region whose replies are lost",
            "horizon": "24h", **({"cloud": cloud} if cloud else {}), "faults": list(faults),
            "cases": [{"policy": "latest", "expect": []}]}


class Endpoint:
    """A serving `drydock`. Times of the region pass by requests alone, unless another clock is asked for."""

    drydock = None

    def __init__(self, played=None, clock="step=15s", options=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="drydock-clients-"))
        self.session = self.folder / "session"
        self.path = self.folder / "played.json"
        words = [self.drydock, "serve"]
        if played:
            self.path.write_text(json.dumps(played))
            words.append(str(self.path))
        words += ["--ec2", "--listen", "127.0.0.1:0", "--clock", clock, "--record", str(self.session), "--quiet",
                  *options]
        self.errors = open(self.folder / "stderr", "w+")
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        said = self.process.stdout.readline()
        found = re.fullmatch(r"listening on (http://(127\.0\.0\.1):(\d+))\n", said)
        if not found:
            raise AssertionError(f"{words} said {said!r}: {self.stderr()}")
        self.url, self.host, self.port = found[1], found[2], int(found[3])

    def stderr(self):
        return pathlib.Path(self.errors.name).read_text()

    def ask(self, method, path, body=""):
        """What the server says about its session."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body)
            return json.loads(connection.getresponse().read())

    def ec2(self, action, **parameters):
        """Asks EC2 as nobody's client does: without a signature. Returns the status and the XML."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        body = urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **parameters})
        with contextlib.closing(connection):
            connection.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def advance(self, by):
        self.ask("POST", "/_drydock/advance", json.dumps({"by": by}))

    def stop(self):
        """Ends the session as an init system would. Returns the verdict."""
        self.process.send_signal(signal.SIGTERM)
        verdict, _ = self.process.communicate(timeout=60)
        return verdict

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def lines(self):
        return [json.loads(line) for line in (self.session / "session.ndjson").read_text().splitlines()]

    def requests(self):
        """The requests of the session: for each its action and its parameters."""
        return [parameters_of(line) for line in self.lines() if "method" in line]

    def counts(self):
        return collections.Counter(request["Action"] for request in self.requests())

    def exist(self, action):
        """How many there are of what the action makes."""
        if action == "RunInstances":
            return len(set(element("instanceId", self.ec2("DescribeInstances")[1])))
        return len(element("snapshotId", self.ec2("DescribeSnapshots", **{"Owner.1": "self"})[1]))

    def run(self, *words):
        return subprocess.run([self.drydock, *map(str, words)], capture_output=True, text=True, timeout=120)

    def remove(self):
        if self.process.poll() is None:
            self.kill()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def parameters_of(line):
    query = urllib.parse.urlsplit(line["target"]).query
    return dict(urllib.parse.parse_qsl("&".join(filter(None, (query, line.get("body", "")))), keep_blank_values=True))


# What a script has to see, whatever the client: 1 + 3 instances, six snapshots of one volume, and so on. The scripts
# are told apart by their idioms only.
FACTS = {
    "launched": ["pending"], "user-data": "#!/bin/sh\necho hi\n", "disks": ["/dev/sdf", "/dev/xvda"],
    "running": "running", "three": 3, "of-tag": 3, "status": ["ok", "ok", "ok"],
    "snapshots": 5, "sixth": "SnapshotCreationPerVolumeRateExceeded", "completed": 5,
    "available": "available", "pages": [5, 1], "attached": "attached", "in-use": "VolumeInUse",
    "volume-gone": "InvalidVolume.NotFound",
    "tags": {"owner": "me & <you>", "ws": "a", "empty": ""}, "untagged": ["empty", "ws"],
    "stopped": "stopped", "started": "running", "console": True,
    "unknown-id": "InvalidInstanceID.NotFound", "unknown-action": "InvalidAction",
    "terminated": ["terminated"] * 4,
}

# Requests whose reply is lost, or that are refused: each with what fault, of the first of them or of all.
LOSSES = {
    "reset": {"error": "reset"},
    "reset, done": {"error": "reset", "effect": "applied"},
    "http-503": {"error": "http-503"},
    "http-503, done": {"error": "http-503", "effect": "applied"},
    "RequestLimitExceeded": {"error": "RequestLimitExceeded"},
    "timeout": {"error": "timeout"},
    "timeout, done": {"error": "timeout", "effect": "applied"},
}
FIRST = {"nth": 1}
ALWAYS = {"from": "0s", "for": "24h"}

VOLUME = {"AvailabilityZone": "us-east-1a", "Size": "8"}


def element(name, xml):
    return re.findall(f"<{name}>([^<]*)</{name}>", xml)


class ClientTest(unittest.TestCase):
    """Every region that a test opens has to replay to the same run once the test is done with it."""

    maxDiff = None

    def region(self, *args, **kwargs):
        endpoint = Endpoint(*args, **kwargs)
        self.addCleanup(endpoint.remove)
        return endpoint

    def check_replay(self, endpoint, breaks=None):
        """`breaks`: the promise that the session has to break, where it is not to keep all."""
        code = 1 if breaks else 0
        verdict = endpoint.stop()
        self.assertEqual(endpoint.process.returncode, code, endpoint.stderr())
        self.assertTrue(verdict.startswith("ok ") if code == 0 else verdict, verdict)
        again = endpoint.run("replay", endpoint.session / "session.ndjson", "--quiet")
        self.assertEqual((again.returncode, again.stdout.split()), (code, verdict.split()), again.stderr)
        tape = json.loads((endpoint.session / "session.tape.json").read_text())
        strict = endpoint.run("replay", endpoint.session / "session.tape.json", "--strict", "--quiet", "--report",
                              f"json={endpoint.folder / 'again.json'}")
        self.assertEqual(strict.returncode, code, strict.stdout + strict.stderr)
        found = (endpoint.folder / "again.json").read_text()
        self.assertIn(tape["trace_hash"], found)
        if breaks:
            self.assertIn(f'"{breaks}"', found)

    def check_facts(self, told, without=(), **other):
        """`told`: the facts that a script printed, or the JSON of them."""
        if isinstance(told, str):
            told = json.loads(told)
        expected = {key: value for key, value in FACTS.items() if key not in without}
        self.assertEqual(told, {**expected, **other})

    def table(self, action, losses, trigger, ask):
        """What a client does that asks for `action` where the replies are lost. For each of `losses`: how many requests
        arrived, how many of what it wanted are there at the end, and what the client believes.

        `ask(asked)` asks once for each (endpoint, volume), and returns the answers: True, or the code of the error.
        """
        asked = []
        for loss in losses:
            endpoint = self.region(scenario({"on": f"ec2.{action}", **LOSSES[loss], **trigger}), clock="step=1s")
            _, made = endpoint.ec2("CreateVolume", **VOLUME)
            endpoint.advance("1m")
            asked.append((endpoint, element("volumeId", made)[0]))
        rows = {}
        for loss, (endpoint, _), believed in zip(losses, asked, ask(asked)):
            arrived = endpoint.counts()[action]
            made = endpoint.exist(action)
            rows[loss] = (arrived, made, believed)
            is_paid_twice = action == "CreateSnapshot" and made > 1
            self.check_replay(endpoint, breaks="snapshot-paid-once" if is_paid_twice else None)
        return rows


def command(words, timeout=800, **options):
    """Runs a client; its standard output. What went wrong is told where it ends with a failure."""
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=timeout, **options)
    if result.returncode != 0:
        raise AssertionError(f"{words} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


def main(missing=None):
    """`missing`: the package that is not there (and why), or nothing."""
    if missing:
        print(f"skipped: no {missing}")
        return 1 if os.environ.get("CI") else SKIPPED
    Endpoint.drydock = sys.argv[1]
    program = unittest.main(module="__main__", argv=[sys.argv[0], *sys.argv[2:]], exit=False, verbosity=2,
                            warnings="ignore")
    return 0 if program.result.wasSuccessful() else 1
