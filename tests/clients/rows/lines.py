"""What the drivers in Python have in common: a line of JSON in, a line of JSON out, and pauses that are noted, not made.

    {"url": …, "action": "RunInstances", "id": …, "token": text or null, "timeout": seconds or null,
     "times": 1}
    {"told": true | the error's code, or its class, "pauses": [seconds…]}

The action `wait` waits until the snapshot `id` is completed, with the client's own waiter as it comes; where its user
has to say for how long, that is `most` seconds. Ansible's makes the snapshot itself, of `volume`.

A client is made for each line and calls so often; `told` is of its last call. At first a driver says {}: it is there.
"""

import json
import sys
import time
import urllib.parse

IMAGE = "ami-0abcdef1234567890"
PAUSES = []


def note(seconds):
    PAUSES.append(seconds)


def heard(call, client, asked):
    try:
        return call(client, asked)
    except Exception as error:  # pylint: disable=broad-except
        return type(error).__name__


def serve(client_of, call):
    """`call(client, asked)` returns what its caller heard; an error is told by its class."""
    time.sleep = note
    print("{}", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        where = urllib.parse.urlsplit(asked["url"])
        asked.update(host=where.hostname, port=where.port)
        PAUSES.clear()
        client = client_of(asked)
        for _ in range(asked["times"]):
            told = heard(call, client, asked)
        print(json.dumps({"told": told, "pauses": PAUSES}), flush=True)
