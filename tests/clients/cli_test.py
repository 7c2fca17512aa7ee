#!/usr/bin/python3
"""The AWS CLI in the region of `drydock serve --ec2`: a script for the shell, and what becomes of lost replies.

    cli_test.py DRYDOCK [NAME...]

Exit code 77: the CLI is missing, and nothing was tested.
"""

import concurrent.futures
import os
import re
import subprocess
import sys

from endpoint import ALWAYS, FIRST, HERE, ClientTest, command, environment, main

AWS = "/usr/bin/aws"  # the package's: another may come first on PATH

# (requests, how many are there at the end, what the CLI tells its user)
SNAPSHOT_LOST_ONCE = {
    "reset": (2, 1, True), "reset, done": (2, 2, True), "http-503": (2, 1, True), "http-503, done": (2, 2, True),
    "RequestLimitExceeded": (2, 1, True), "timeout, done": (2, 2, True),
}
RUN_LOST_ONCE = {"reset, done": (2, 1, True), "http-503, done": (2, 1, True)}
SNAPSHOT_LOST_ALWAYS = {"reset, done": (3, 3, 255), "RequestLimitExceeded": (3, 0, "RequestLimitExceeded")}


def asking(action):
    def ask(asked):
        endpoint, volume = asked
        words = {"CreateSnapshot": ["create-snapshot", "--volume-id", volume],
                 "RunInstances": ["run-instances", "--image-id", "ami-0abcdef1234567890"]}[action]
        result = subprocess.run([AWS, "--endpoint-url", endpoint.url, "--cli-read-timeout", "3", "ec2", *words],
                                env=environment(), capture_output=True, text=True, timeout=300)
        if result.returncode == 0:
            return True
        code = re.search(r"An error occurred \(([A-Za-z0-9.]+)\)", result.stderr)
        return code[1] if code else result.returncode

    def ask_all(asked):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(ask, asked))
    return ask_all


class Cli(ClientTest):
    def test_plays_its_script(self):
        endpoint = self.region()
        # What the script waits for has come by the first poll: between two the CLI would sleep for 15 s.
        later = f"{sys.executable} {HERE / 'later.py'} {endpoint.url} 5m"
        told = command(["bash", HERE / "cli.sh"], env=environment(ENDPOINT=endpoint.url, AWS=AWS, WAIT=later))
        self.check_facts(told, without=("pages",))
        self.check_replay(endpoint)

    def test_pages_through_what_there_is(self):
        endpoint = self.region()
        for _ in range(6):
            endpoint.ec2("CreateVolume", AvailabilityZone="us-east-1a", Size=8)
        words = [AWS, "--endpoint-url", endpoint.url, "ec2", "describe-volumes", "--output", "text"]
        found = command([*words, "--page-size", "5", "--query", "length(Volumes)"], env=environment())
        self.assertEqual(sum(map(int, found.split())), 6, found)
        self.assertEqual(endpoint.counts()["DescribeVolumes"], 2)
        self.check_replay(endpoint)

    def test_a_lost_reply_of_create_snapshot_makes_a_second_one(self):
        self.assertEqual(
            self.table("CreateSnapshot", SNAPSHOT_LOST_ONCE, FIRST, asking("CreateSnapshot")), SNAPSHOT_LOST_ONCE)

    def test_a_lost_reply_of_run_instances_makes_one_instance(self):
        self.assertEqual(
            self.table("RunInstances", RUN_LOST_ONCE, FIRST, asking("RunInstances")), RUN_LOST_ONCE)

    def test_gives_up_after_three_attempts(self):
        self.assertEqual(
            self.table("CreateSnapshot", SNAPSHOT_LOST_ALWAYS, ALWAYS, asking("CreateSnapshot")), SNAPSHOT_LOST_ALWAYS)


if __name__ == "__main__":
    sys.exit(main(None if os.access(AWS, os.X_OK) else "awscli"))
