#!/usr/bin/python3
"""Ruby in the region of `drydock serve --ec2`: the AWS SDK's version 1, and fog.

    ruby_test.py DRYDOCK [NAME...]

Exit code 77: Ruby, the SDK or fog is missing, and nothing was tested.
"""

import os
import subprocess
import sys

from endpoint import HERE, ClientTest, command, environment, main

RUBY = "/usr/bin/ruby"  # the package's: it finds the libraries that are packages


class Ruby(ClientTest):
    def play(self, name):
        endpoint = self.region()
        told = command([RUBY, "-W0", HERE / "ruby" / name], env=environment(ENDPOINT=endpoint.url))
        return endpoint, told.splitlines()[-1]

    def test_the_sdk_of_version_1_plays_its_script(self):
        endpoint, told = self.play("sdk1.rb")
        self.check_facts(told, without=("pages",))
        self.check_replay(endpoint)

    def test_fog_plays_its_script(self):
        endpoint, told = self.play("fog.rb")
        # What is not found is a class of its own, without the code.
        self.check_facts(told, without=("pages", "user-data"),
                         **{"unknown-id": "NotFound", "volume-gone": "NotFound"})
        self.check_replay(endpoint)


def missing():
    if not os.access(RUBY, os.X_OK):
        return "ruby"
    for library, package in (("aws-sdk", "ruby-aws-sdk"), ("fog/aws", "ruby-fog-aws")):
        if subprocess.run([RUBY, "-W0", "-e", f"require '{library}'"], capture_output=True, check=False).returncode:
            return package
    return None


if __name__ == "__main__":
    sys.exit(main(missing()))
