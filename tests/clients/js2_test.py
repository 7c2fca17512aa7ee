#!/usr/bin/python3
"""The AWS SDK for JavaScript, version 2, in the region of `drydock serve --ec2`.

    js2_test.py DRYDOCK [NAME...]

Exit code 77: Node.js is missing, or the packages cannot be fetched, and nothing was tested.
"""

import sys

from endpoint import HERE, ClientTest, command, environment, main
from packages import missing_for_node


class JavaScript2(ClientTest):
    modules = None

    def test_plays_its_script(self):
        endpoint = self.region()
        told = command(["node", "--no-deprecation", HERE / "js2" / "script.cjs"],
                       env=environment(NODE_PATH=str(self.modules), ENDPOINT=endpoint.url))
        self.check_facts(told)
        self.check_replay(endpoint)


if __name__ == "__main__":
    sys.exit(main(missing_for_node(JavaScript2, "js2", "aws-sdk")))
