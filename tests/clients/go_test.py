#!/usr/bin/python3
"""The AWS SDKs for Go, versions 1 and 2, in the region of `drydock serve --ec2`.

    go_test.py DRYDOCK [NAME...]

Exit code 77: Go or an SDK is missing, and nothing was tested.
"""

import pathlib
import shutil
import sys

from endpoint import HERE, ClientTest, command, environment, main
from packages import cache

SOURCES = pathlib.Path("/usr/share/gocode")
PACKAGES = {"go1": "aws-sdk-go", "go2": "aws-sdk-go-v2"}


class Go(ClientTest):
    def play(self, name):
        endpoint = self.region()
        program = endpoint.folder / name
        # An SDK takes a minute or two to compile. What Debian packages has no module to download.
        go = environment(GO111MODULE="off", GOPATH=str(SOURCES), GOCACHE=str(cache() / "go"))
        command(["go", "build", "-o", program, HERE / name / "main.go"], timeout=800, env=go)
        self.check_facts(command([program], env=environment(ENDPOINT=endpoint.url)))
        self.check_replay(endpoint)

    def test_version_1_plays_its_script(self):
        self.play("go1")

    def test_version_2_plays_its_script(self):
        self.play("go2")


def missing():
    if shutil.which("go") is None:
        return "golang-go"
    for package in PACKAGES.values():
        if not (SOURCES / "src/github.com/aws" / package).exists():
            return f"golang-github-aws-{package}-dev"
    return None


if __name__ == "__main__":
    sys.exit(main(missing()))
