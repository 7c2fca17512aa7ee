"""The rows of `controlplane.sdk` (docs/platform.md §18), each against the client that it stands for.

What a row says comes from the row: the tool `drydock_sdk_rows` prints it for each fault of the wire and each action. A
client plays each of them against `drydock serve --ec2`: once where the first answer alone is so, and once where every
answer is. What arrived, which tokens it had, how long the client paused and what its caller heard has to be the same.

A pause is what the client asked for; the drivers (tests/clients/rows) note it and do not make it. So 500 requests of
Ansible's, which take 47 minutes, are played in seconds.
"""

import http.client
import http.server
import json
import os
import pathlib
import select
import subprocess
import threading
import time

from endpoint import HERE, ClientTest, Endpoint, command, element, environment, parameters_of, scenario
from packages import cache, node_modules

DRIVERS = HERE / "rows"
PYTHON = "/usr/bin/python3"  # the packages' own, as RUBY
RUBY = "/usr/bin/ruby"
GO_SOURCES = pathlib.Path("/usr/share/gocode")
WINDOW = "20m"  # in which every answer is the same; 500 requests take some nine minutes
PATIENCE = 300  # s on the wall for an answer; the machine may be slow
AT_ONCE = 2  # s in which a call that never ends would have ended
SHORT = 1  # s: the time-out of clients that let their users set it
LONGEST_TIMEOUT = 120  # s, JavaScript v2's
CALMLY = {"snapshot_limit": "none", "pending_snapshots": 1000, "throttle": "off"}


# How long a snapshot of the region takes: no wait sees the end of the one, and each finds the other completed.
FOR_EVER = "720h"
AT_ONCE_COMPLETED = "500ms"
LONG = 600  # s that a waiter has whose user has to say so
SHORTLY = 40  # s, where every poll fails: a client's quota lasts so long


def tell(*words, said=None):
    """What the rows say."""
    tool = pathlib.Path(Endpoint.drydock).absolute().parent / "tests" / "drydock_sdk_rows"
    told = subprocess.run([tool, *words], input=said, capture_output=True, text=True, check=True).stdout
    return json.loads(told)


def told_rows():
    return tell()


class Driver:
    """A client that calls when it is asked to, a line for a call. One whose call does not end is ended with it."""

    def __init__(self, words, more):
        self.words = [str(word) for word in words]
        self.env = environment(**more)
        self.process = None

    def start(self):
        if self.process is None:
            self.process = subprocess.Popen(self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env,
                                            text=True)
            self.process.stdout.readline()  # it is there

    def send(self, **asked):
        self.start()
        self.process.stdin.write(json.dumps({"timeout": None, "times": 1, "token": None, **asked}) + "\n")
        self.process.stdin.flush()

    def receive(self, patience=PATIENCE):
        """Returns what the driver answers, or nothing where it does not within `patience` seconds: then it is ended."""
        if not select.select([self.process.stdout], [], [], patience)[0]:
            self.close()
            return None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"{self.words} ended with {self.process.wait()}")
        return json.loads(line)

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


class Dated(http.server.BaseHTTPRequestHandler):
    """Hands a request on, and gives the answer the header Date, three hours ahead.

    EC2's answers have a Date, and those of `drydock serve` have none (docs/serve.md). A client that corrects its clock
    does so by it, and sends what expired again because it did.
    """

    protocol_version = "HTTP/1.1"
    region = None

    def date_time_string(self, timestamp=None):
        return super().date_time_string(time.time() + 3 * 3600)

    def hand_on(self):
        connection = http.client.HTTPConnection(self.region.host, self.region.port, timeout=PATIENCE)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        told = answer.read()
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Encoding"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST = hand_on

    def log_message(self, *_):
        pass


class Region:
    """A served region for one client, and what arrives there."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        dated = type("DatedRegion", (Dated,), {"region": endpoint})
        self.proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), dated)
        self.proxy.daemon_threads = True
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()
        self.log = open(endpoint.session / "session.ndjson", encoding="utf-8")
        self.rest = ""
        self.volume = element("volumeId", endpoint.ec2("CreateVolume", AvailabilityZone="us-east-1a", Size=8)[1])[0]
        self.instance = self.launched()
        self.snapshot = element("snapshotId", endpoint.ec2("CreateSnapshot", VolumeId=self.volume)[1])[0]

    def close(self):
        self.log.close()
        self.proxy.shutdown()
        self.proxy.server_close()

    def url(self, fault):
        """Where a client is sent that meets this fault."""
        if fault and "RequestExpired" in fault:
            return f"http://127.0.0.1:{self.proxy.server_port}"
        return self.endpoint.url

    def launched(self):
        answer = self.endpoint.ec2("RunInstances", ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1)
        self.endpoint.advance("1m")
        return element("instanceId", answer[1])[0]

    def subject(self, action):
        """What an action is about: a terminate needs an instance of its own."""
        return {"CreateSnapshot": lambda: self.volume, "TerminateInstances": self.launched,
                "wait": lambda: self.snapshot}.get(action, lambda: self.instance)()

    def arm(self, armed, **trigger):
        told = self.endpoint.ask("POST", "/_drydock/faults", json.dumps([{**armed, **trigger}]))
        if "errors" in told:
            raise AssertionError(told)
        self.arrived()

    def arrived(self, action=None):
        """The requests for the action that arrived since this was asked last."""
        *whole, self.rest = (self.rest + self.log.read()).split("\n")  # the last line may be one that is being written
        lines = [json.loads(line) for line in whole]
        requests = [parameters_of(line) for line in lines if "method" in line]
        return [request for request in requests if request.get("Action") == action]

    def wait_for(self, action):
        """Waits for a request for the action; returns what arrived."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := self.arrived(action):
                return found
            time.sleep(0.05)
        raise AssertionError(f"no {action} arrived")


def pauses_fit(noted, ranges):
    """Whether each pause lies in its range. Some clients tell of the pauses that are none."""
    if len(noted) != len(ranges):
        noted = [pause for pause in noted if pause > 0]
    slack = 0.002
    return len(noted) == len(ranges) and all(
        lo - slack <= pause <= hi + slack for pause, (lo, hi) in zip(noted, ranges))


def heard_fits(told, code):
    """Whether the caller heard of a failure, and of EC2's code where EC2 answered with one."""
    return told is not True and code in (None, told)


class Client:
    """A client, the row that says what it does, and how it is driven."""

    def __init__(self, name, sdk, words, more=None, takes_tokens=True):
        self.name = name
        self.takes_tokens = takes_tokens
        self.sdk = sdk
        self.words = words
        self.more = more or {}


class Play:
    """A client in a region of its own, held to its row."""

    def __init__(self, client, told, region):
        self.client = client
        self.row = next(row for row in told["rows"] if row["sdk"] == client.sdk)
        self.told = told
        self.region = region
        self.driver = Driver(client.words, client.more)
        self.asked = 0

    def send(self, action, subject, fault=None, **more):
        self.driver.send(url=self.region.url(fault), action=action, id=subject, **more)

    def call(self, call, kind):
        """Plays one call whose `kind` of answers (first, every) is the fault. Returns for each thing that the row says
        what it says and what the client did."""
        action, region, says = call["action"], self.region, call["rows"][self.client.sdk][kind]
        is_silent = call["fault"] == "timeout"
        never_ends = says["hangs"] or (is_silent and self.row["timeout"] == 0)
        subject = region.subject(action)
        given = f"given-{self.asked}" if call["has_token"] else None
        self.asked += 1
        region.arm(call["armed"], **({"nth": 1} if kind == "first" else {"from": "0s", "for": WINDOW}))
        self.send(action, subject, call["fault"], timeout=SHORT if is_silent else None, token=given)
        arrived = region.wait_for(action) if never_ends else []
        answer = self.driver.receive(AT_ONCE if never_ends else PATIENCE)
        arrived += region.arrived(action)
        if kind == "every":
            region.endpoint.advance("21m")
        seen = {"requests": (1 if never_ends else says["requests"], len(arrived)),
                "ends": (not never_ends, answer is not None)}
        if action == "RunInstances":
            tokens = {request.get("ClientToken") for request in arrived}
            seen["has a token"] = (bool(given) or self.row["makes_tokens"], None not in tokens)
            seen["tokens"] = (1, len(tokens))
            if given:
                seen["token"] = ([given], list(tokens))
        if never_ends or answer is None:
            return seen
        if kind == "first" and says["succeeds"]:
            seen["told"] = (True, answer["told"])
        else:
            code = call["rows"][self.client.sdk]["every"]["code"]
            seen["told"] = (code or "a failure", (code or "a failure") if heard_fits(answer["told"], code)
                            else answer["told"])
        if kind == "every":
            fits = pauses_fit(answer["pauses"], says["pauses"])
            seen["pauses"] = (says["pauses"], says["pauses"] if fits else answer["pauses"])
        return seen

    def fault(self, name, actions=None):
        """Plays a fault with each action, for one answer and for all. Returns what differs from the row."""
        different = []
        for call in self.told["calls"]:
            if call["fault"] != name or (actions and call["action"] not in actions):
                continue
            if call["has_token"] and not self.client.takes_tokens:
                continue
            for kind in ("first", "every"):
                for what, (says, does) in self.call(call, kind).items():
                    if says != does:
                        different.append(f"{self.client.name} {call['action']}{' with a token' * call['has_token']}, {kind} answer {name}: {what}: "
                                         f"the row {says}, the client {does}")
        return different

    def asks(self, told, every, completed, most, took=0, pauses=()):
        """What the row says of a wait in which the client paused so."""
        return tell("wait", said=json.dumps({"sdk": self.client.sdk, "fault": told["fault"], "every": every,
                                             "completed": completed, "most": most, "took": took,
                                             "pauses": list(pauses)}))

    def wait(self, told, every, completed):
        """Plays one wait for a snapshot. Returns what differs from the row."""
        region = self.region
        most = SHORTLY if every else LONG
        if told["armed"]:
            region.arm(told["armed"], **({"from": "0s", "for": WINDOW} if every else {"nth": 1}))
        else:
            region.arrived()
        began = time.monotonic()
        self.send("wait", region.subject("wait"), told["fault"], most=most, volume=region.volume,
                  timeout=SHORT if told["fault"] == "timeout" else None)
        hangs = self.asks(told, every, completed, most)["hangs"]
        arrived = region.wait_for("DescribeSnapshots") if hangs else []
        answer = self.driver.receive(AT_ONCE if hangs else PATIENCE)
        took = time.monotonic() - began
        arrived += region.arrived("DescribeSnapshots")
        if every and told["armed"]:
            region.endpoint.advance("21m")
        says = self.asks(told, every, completed, most, took, answer["pauses"] if answer else [])
        seen = {"pauses": (None, says["wrong"]), "ends": (not says["hangs"], answer is not None),
                "polls": (says["requests"], len(arrived))}
        if answer:
            seen["succeeds"] = (says["succeeds"], answer["told"] is True)
        meets = f"every poll {told['fault']}" if every else f"the first poll {told['fault']}"
        return [f"{self.client.name} waits, {meets if told['armed'] else 'no fault'}, "
                f"{'completed' if completed else 'pending'}: {what}: the row {one}, the client {other}"
                for what, (one, other) in seen.items() if one != other]

    def many(self):
        """Plays many calls of one client object, which fail. Returns what differs from the row."""
        says, action = self.row["many"], "DescribeInstances"
        self.region.arm({"on": f"ec2.{action}", "error": "InternalError"}, **{"from": "0s", "for": WINDOW})
        self.send(action, self.region.instance, times=self.told["many"])
        answer = self.driver.receive()
        does = {"requests": len(self.region.arrived(action)), "hides": answer["told"] != "InternalError"}
        return [] if does == says else [f"{self.told['many']} calls: the row {says}, the client {does}"]


# A wait whose polls meet nothing.
UNDISTURBED = {"fault": "no fault", "armed": None}


def faults_of(told):
    return list(dict.fromkeys(call["fault"] for call in told["calls"]))


# --- the clients ------------------------------------------------------------------------------------------------------


class Missing(Exception):
    """A client is not there: its package, and why."""


def needs(package, *words):
    """Raises where a command that needs the package fails."""
    try:
        subprocess.run(words, capture_output=True, check=True, env=environment())
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(package) from error


def in_python(name, sdk, module, package, script, *words, **more):
    def client():
        needs(package, PYTHON, "-c", f"import {module}")
        return Client(name, sdk, [PYTHON, DRIVERS / f"drive_{script}.py", *words], **more)
    return client


def in_ruby(name, sdk, library, package, script):
    def client():
        needs(package, RUBY, "-W0", "-e", f"require '{library}'")
        return Client(name, sdk, [RUBY, "-W0", DRIVERS / f"drive_{script}.rb"])
    return client


def in_node(name, sdk, lock):
    def client():
        needs("nodejs", "node", "--version")
        try:
            modules = node_modules(lock)
        except OSError as error:
            raise Missing(f"npm's {lock} ({error})") from error
        # What it says of its own end of support is not what is tested.
        return Client(name, sdk, ["node", "--no-warnings", DRIVERS / f"drive_{lock}.cjs"],
                      {"NODE_PATH": str(modules), "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1"})
    return client


def without_sleeps():
    """Options of `go build`: a waiter of Go v2's tells of its sleeps, and does not make them. (It has no hook for that;
    version 1 has.)"""
    source = GO_SOURCES / "src/github.com/aws/smithy-go/time/time.go"
    told = cache() / "smithy-time.go"
    begin = "func SleepWithContext(ctx context.Context, dur time.Duration) error {\n"
    before, after = source.read_text().split(begin)
    told.write_text(f"{before}{begin}\tSlept(dur)\n\treturn nil\n{after}\n// Slept hears of each sleep.\n"
                    "var Slept = func(time.Duration) {}\n")
    overlay = cache() / "overlay.json"
    overlay.write_text(json.dumps({"Replace": {str(source): str(told)}}))
    return ["-overlay", overlay]


def in_go(name, sdk, folder, package, options=lambda: ()):
    def client():
        needs("golang-go", "go", "version")
        if not (GO_SOURCES / "src/github.com/aws" / package).exists():
            raise Missing(f"golang-github-aws-{package}-dev")
        program = cache() / f"{folder}-rows"
        # An SDK takes a minute or two to compile. What Debian packages has no module to download.
        command(["go", "build", *options(), "-o", program, DRIVERS / folder / "main.go"],
                env=environment(GO111MODULE="off", GOPATH=str(GO_SOURCES), GOCACHE=str(cache() / "go")))
        return Client(name, sdk, [program])
    return client


# By the name that the table of docs/clients.md has for each.
CLIENTS = {
    "CLI": in_python("CLI", "botocore-standard", "awscli", "awscli", "cli"),
    "boto3": in_python("boto3", "botocore-legacy", "boto3", "python3-boto3", "boto3", "legacy"),
    "standard": in_python("standard", "botocore-standard", "boto3", "python3-boto3", "boto3", "standard"),
    "adaptive": in_python("adaptive", "botocore-adaptive", "boto3", "python3-boto3", "boto3", "adaptive"),
    "Go 1": in_go("Go 1", "go-v1", "go1", "aws-sdk-go"),
    "Go 2": in_go("Go 2", "go-v2", "go2", "aws-sdk-go-v2", without_sleeps),
    "JS 2": in_node("JS 2", "js-v2", "js2"),
    "JS 3": in_node("JS 3", "js-v3", "js3"),
    "boto 2": in_python("boto 2", "boto2", "boto", "python3-boto", "boto2"),
    "Ruby 1": in_ruby("Ruby 1", "ruby-v1", "aws-sdk", "ruby-aws-sdk", "ruby1"),
    "fog": in_ruby("fog", "fog", "fog/aws", "ruby-fog-aws", "fog"),
    "libcloud": in_python("libcloud", "libcloud", "libcloud", "python3-libcloud", "libcloud"),
    "Ansible": in_python("Ansible", "ansible", "ansible_collections.amazon.aws", "ansible", "ansible",
                         takes_tokens=False),  # its module for instances has no option for one
}


# --- the tests --------------------------------------------------------------------------------------------------------


class RowTest(ClientTest):
    """Holds clients to their rows."""

    played = {}  # for each client, for each fault: what the table of the document has to say of it

    def client(self, name):
        try:
            return CLIENTS[name]()
        except Missing as missing:
            if os.environ.get("CI"):
                raise
            return self.skipTest(f"no {missing}")

    def open(self, client, told, **cloud):
        endpoint = self.region({**scenario(cloud={**CALMLY, **cloud}), "horizon": "600h"}, clock="step=1s")
        region = Region(endpoint)
        self.addCleanup(region.close)
        play = Play(client, told, region)
        self.addCleanup(play.driver.close)
        return play

    def check(self, name, actions=None, without=()):
        """Every fault is one boolean of the table."""
        told = told_rows()
        play = self.open(self.client(name), told)
        self.note(name, {fault: play.fault(fault, actions) for fault in faults_of(told) if fault not in without})
        return play

    def check_waits(self, name, faults=None):
        """The same of the client's waiter: for a snapshot that is pending for ever, and for one that is completed."""
        told = told_rows()
        client = self.client(name)
        waits = [{**wait, "name": f"wait: {wait['fault']}"} for wait in (UNDISTURBED, *told["waits"])
                 if faults is None or wait["fault"] in faults]
        pending = self.open(client, told, snapshot=FOR_EVER)
        completed = self.open(client, told, snapshot=AT_ONCE_COMPLETED)
        if not pending.row["waits"]:
            self.played.setdefault(name, {}).update({wait["name"]: "–" for wait in waits})
            return
        self.note(name, {wait["name"]: [*completed.wait(wait, False, True),
                                        *pending.wait(wait, wait["armed"] is not None, False)] for wait in waits})

    def note(self, name, different):
        self.played.setdefault(name, {}).update({fault: "≠" if found else "=" for fault, found in different.items()})
        self.assertEqual([line for lines in different.values() for line in lines], [])


def table(played):
    """The booleans of the clients that were played, in Markdown."""
    names = list(played)
    lines = ["| " + " | ".join(["each answer, or the first", *names]) + " |", "|---" * (len(names) + 1) + "|"]
    for fault in next(iter(played.values())):
        lines.append("| " + " | ".join([fault, *(played[name][fault] for name in names)]) + " |")
    return "\n".join(lines)
