#!/usr/bin/python3
"""The AWS SDK for JavaScript, version 3, in the region of `drydock serve --ec2`.

    js3_test.py DRYDOCK [NAME...]

Exit code 77: Node.js is missing, or the packages cannot be fetched, and nothing was tested.
"""

import json
import sys

from endpoint import ALWAYS, FIRST, HERE, LOSSES, ClientTest, command, environment, main
from packages import missing_for_node

# (requests, how many are there at the end, what the SDK tells its user)
SNAPSHOT_LOST_ONCE = {
    "reset": (2, 1, True), "reset, done": (2, 2, True), "http-503": (2, 1, True), "http-503, done": (2, 2, True),
    "RequestLimitExceeded": (2, 1, True), "timeout": (2, 1, True), "timeout, done": (2, 2, True),
}
RUN_LOST_ONCE = {**SNAPSHOT_LOST_ONCE, "reset, done": (2, 1, True), "http-503, done": (2, 1, True),
                 "timeout, done": (2, 1, True)}
SNAPSHOT_LOST_ALWAYS = {"reset, done": (3, 3, "TimeoutError"), "http-503": (3, 0, "Unknown"),
                        "RequestLimitExceeded": (3, 0, "RequestLimitExceeded")}


def node(script, *words, modules, **more):
    return command(["node", HERE / "js3" / script, *words], env=environment(NODE_PATH=str(modules), **more))


class JavaScript3(ClientTest):
    modules = None

    def test_plays_its_script(self):
        endpoint = self.region()
        self.check_facts(node("script.cjs", modules=self.modules, ENDPOINT=endpoint.url))
        self.check_replay(endpoint)

    def asking(self, action):
        def ask(asked):
            wanted = {"CreateSnapshot": lambda volume: {"VolumeId": volume},
                      "RunInstances": lambda _: {"ImageId": "ami-0abcdef1234567890", "MinCount": 1, "MaxCount": 1}}
            words = [{"url": endpoint.url, "action": action, "input": wanted[action](volume)}
                     for endpoint, volume in asked]
            return json.loads(node("ask.cjs", json.dumps(words), modules=self.modules))
        return ask

    def test_a_lost_reply_of_create_snapshot_makes_a_second_one(self):
        self.assertEqual(
            self.table("CreateSnapshot", LOSSES, FIRST, self.asking("CreateSnapshot")), SNAPSHOT_LOST_ONCE)

    def test_a_lost_reply_of_run_instances_makes_one_instance(self):
        self.assertEqual(self.table("RunInstances", LOSSES, FIRST, self.asking("RunInstances")), RUN_LOST_ONCE)

    def test_gives_up_after_three_attempts(self):
        self.assertEqual(self.table("CreateSnapshot", SNAPSHOT_LOST_ALWAYS, ALWAYS, self.asking("CreateSnapshot")),
                         SNAPSHOT_LOST_ALWAYS)


if __name__ == "__main__":
    sys.exit(main(missing_for_node(JavaScript3, "js3", "@aws-sdk/client-ec2")))
