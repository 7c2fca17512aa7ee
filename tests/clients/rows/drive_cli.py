"""The AWS CLI, in one process for many commands."""

import contextlib
import io
import re

from awscli.clidriver import create_clidriver
from lines import IMAGE, serve


def call(words, asked):
    token = ["--client-token", asked["token"]] if asked["token"] else []
    words = [*words, *{"CreateSnapshot": ["create-snapshot", "--volume-id", asked["id"]],
                       "RunInstances": ["run-instances", "--image-id", IMAGE, *token],
                       "DescribeInstances": ["describe-instances", "--instance-ids", asked["id"]],
                       "TerminateInstances": ["terminate-instances", "--instance-ids", asked["id"]],
                       "wait": ["wait", "snapshot-completed", "--snapshot-ids", asked["id"]]}[asked["action"]]]
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        status = create_clidriver().main(words)
    if status == 0:
        return True
    code = re.search(r"An error occurred \(([A-Za-z0-9.]+)\)", said.getvalue())
    return code[1] if code else f"exit code {status}"


def client_of(asked):
    return ["--endpoint-url", asked["url"], *(["--cli-read-timeout", str(asked["timeout"])] if asked["timeout"] else []),
            "ec2"]


serve(client_of, call)
