#!/usr/bin/python3
"""The clients that everybody has, held to their rows of `controlplane.sdk`: what they make of the faults of the wire.

    sdk_rows_test.py DRYDOCK [NAME...]

`sdk_rows_full_test.py` has the other clients, the other actions, the other faults of a waiter's polls, and silence.
"""

import sys

from endpoint import main
from rows import RowTest

ACTIONS = ("CreateSnapshot", "RunInstances")
SLOW = ("timeout",)
WAITS = ("no fault", "closed", "503 RequestLimitExceeded", "403 UnauthorizedOperation")


class SdkRows(RowTest):
    def test_cli(self):
        self.check("CLI", ACTIONS, SLOW)

    def test_cli_waits(self):
        self.check_waits("CLI", WAITS)

    def test_boto3(self):
        self.check("boto3", ACTIONS, SLOW)

    def test_boto3_waits(self):
        self.check_waits("boto3", WAITS)

    def test_boto3_in_standard_mode(self):
        self.check("standard", ACTIONS, SLOW)

    def test_javascript_3(self):
        self.check("JS 3", ACTIONS, SLOW)

    def test_javascript_3_waits(self):
        self.check_waits("JS 3", WAITS)


if __name__ == "__main__":
    sys.exit(main())
