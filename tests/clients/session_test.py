#!/usr/bin/python3
"""What a session is worth that did not end by itself: the server is killed at some moment, under load.

    session_test.py DRYDOCK [NAME...]
"""

import http.client
import random
import sys
import threading
import time
import urllib.parse

from endpoint import ClientTest, main

LONGEST_LIFE = 0.5  # s


class Asker(threading.Thread):
    """Asks until nobody answers any more, on a connection that it keeps. Each request can be told from all others."""

    def __init__(self, endpoint, name):
        super().__init__()
        self.endpoint = endpoint
        self.name = name
        self.answered = []

    def run(self):
        connection = http.client.HTTPConnection(self.endpoint.host, self.endpoint.port, timeout=30)
        try:
            for number in range(100000):
                token = f"{self.name}-{number}."
                body = urllib.parse.urlencode({
                    "Action": "RunInstances" if number % 4 == 0 else "DescribeInstances", "Version": "2016-11-15",
                    **({"ImageId": "ami-0abcdef1234567890", "MinCount": 1, "MaxCount": 1, "ClientToken": token}
                       if number % 4 == 0 else {"Filter.1.Name": "client-token", "Filter.1.Value.1": token})})
                connection.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
                connection.getresponse().read()
                self.answered.append(token)
        except (OSError, http.client.HTTPException):
            pass


class Killed(ClientTest):
    def test_wrote_down_each_request_that_was_answered(self):
        answered = 0
        for seed in range(5):
            with self.subTest(seed=seed):
                answered += self.kill_one(random.Random(seed).uniform(0.01, LONGEST_LIFE))
        self.assertGreater(answered, 0)

    def kill_one(self, life):
        """Returns how many requests were answered in the life of the server."""
        endpoint = self.region(clock="step=1s")
        askers = [Asker(endpoint, f"asker-{number}") for number in range(4)]
        for asker in askers:
            asker.start()
        time.sleep(life)
        endpoint.kill()
        for asker in askers:
            asker.join()
        # The last line may be one that was being written.
        text = (endpoint.session / "session.ndjson").read_text()
        whole = text[:text.rfind("\n") + 1]
        for asker in askers:
            for token in asker.answered:
                self.assertIn(token, whole)
        again = endpoint.run("replay", endpoint.session / "session.ndjson", "--quiet")
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertTrue(again.stdout.startswith("ok "), again.stdout)
        twice = endpoint.run("replay", endpoint.session / "session.ndjson", "--twice", "--quiet")
        self.assertEqual(twice.returncode, 0, twice.stdout + twice.stderr)
        return sum(len(asker.answered) for asker in askers)


class Ended(ClientTest):
    def test_a_region_that_nobody_asked_replays(self):
        self.check_replay(self.region())

    def test_the_log_may_end_within_a_line(self):
        endpoint = self.region()
        for _ in range(3):
            endpoint.ec2("DescribeInstances")
        endpoint.kill()
        log = endpoint.session / "session.ndjson"
        log.write_text(log.read_text()[:-20])
        again = endpoint.run("replay", log, "--quiet")
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)

    def test_a_session_is_not_written_over(self):
        endpoint = self.region()
        again = endpoint.run("serve", "--ec2", "--listen", "127.0.0.1:0", "--record", endpoint.session)
        self.assertEqual(again.returncode, 74, again.stderr)
        self.check_replay(endpoint)


if __name__ == "__main__":
    sys.exit(main())
