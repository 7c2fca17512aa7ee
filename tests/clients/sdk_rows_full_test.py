#!/usr/bin/python3
"""Every client held to its row of `controlplane.sdk`: what it makes of each fault of the wire, with each action.

    sdk_rows_full_test.py DRYDOCK [NAME...]

Prints the table of docs/clients.md, and fails where that is another one.
"""

import re
import sys
import threading
import time

from endpoint import ROOT, main
from rows import CLIENTS, LONGEST_TIMEOUT, RowTest, table, told_rows

SLACK = 15  # s on the wall: the machine may be slow


def documented():
    """The table of the document: for each client, for each fault, what stands there: =, ≠, or – without a waiter."""
    text = (ROOT / "docs" / "clients.md").read_text()
    lines = re.search(r"<!-- rows: begin -->\n(.*?)<!-- rows: end -->", text, re.S)[1].strip().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: {row[0]: row[place] for row in cells[2:]}
            for place, name in enumerate(cells[0]) if place > 0}


class SdkRows(RowTest):
    def play(self, name):
        play = self.check(name)
        if play.row["quota"] and name != "CLI":  # a command of the CLI's is a client of its own
            self.assertEqual(play.many(), [])
        self.check_waits(name)
        self.assertEqual(documented()[name], self.played[name])

    def test_silence(self):
        """How long a client waits whose time-outs nobody has set: all at once, since they wait for two minutes."""
        told = told_rows()
        call = next(one for one in told["calls"] if one["fault"] == "timeout" and one["action"] == "CreateSnapshot")
        waited = {}

        def wait(name, play):
            play.region.arm(call["armed"], nth=1)
            began = time.monotonic()
            play.send("CreateSnapshot", play.region.volume)
            answer = play.driver.receive(LONGEST_TIMEOUT + SLACK)
            seconds = time.monotonic() - began
            arrived = len(play.region.arrived("CreateSnapshot"))
            limit = play.row["timeout"]
            fits = answer is None if limit == 0 else answer is not None and limit - 1 < seconds < limit + SLACK
            waited[name] = (limit if fits else seconds, arrived)

        plays = {name: self.open(self.client(name), told) for name in CLIENTS}
        for play in plays.values():
            play.driver.start()
        threads = [threading.Thread(target=wait, args=item) for item in plays.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        says = {name: (play.row["timeout"], call["rows"][play.client.sdk]["first"]["requests"]
                       if play.row["timeout"] else 1) for name, play in plays.items()}
        self.assertEqual(waited, says)


def test_of(name):
    def test(self):
        self.play(name)
    return test


for each in CLIENTS:
    setattr(SdkRows, f"test_{each.lower().replace(' ', '_')}", test_of(each))


if __name__ == "__main__":
    status = main()
    if SdkRows.played:
        print(table({name: SdkRows.played[name] for name in CLIENTS if name in SdkRows.played}))
    sys.exit(status)
