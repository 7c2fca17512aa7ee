"""Ansible's modules of amazon.aws, each call in a process of its own as Ansible has it, without the playbook."""

import contextlib
import importlib
import io
import json
import os
import re

from ansible.module_utils import basic
from lines import IMAGE, PAUSES, serve

NAMES = ("ec2_snapshot", "ec2_instance", "ec2_instance_info")
MODULES = {name: importlib.import_module(f"ansible_collections.amazon.aws.plugins.modules.{name}") for name in NAMES}


def play(asked):
    """Runs the module; returns what Ansible would read from it."""
    module, options = {
        "CreateSnapshot": ("ec2_snapshot", {"volume_id": asked["id"], "wait": False}),
        "RunInstances": ("ec2_instance", {"image_id": IMAGE, "instance_type": "t3.micro", "state": "present",
                                          "wait": False, "name": f"one-{os.getpid()}"}),
        "DescribeInstances": ("ec2_instance_info", {"instance_ids": [asked["id"]]}),
        "TerminateInstances": ("ec2_instance", {"instance_ids": [asked["id"]], "state": "absent", "wait": False}),
        "wait": ("ec2_snapshot", {"volume_id": asked.get("volume")}),
    }[asked["action"]]
    where = {"endpoint_url": asked["url"], "region": "us-east-1"}
    if asked["timeout"]:
        where["aws_config"] = {"read_timeout": asked["timeout"]}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": {**where, **options}}).encode()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            MODULES[module].main()
        except SystemExit:
            pass
    return json.loads(said.getvalue())


def told_by(asked):
    try:
        answer = play(asked)
    except Exception as error:  # pylint: disable=broad-except
        return type(error).__name__
    if not answer.get("failed"):
        return True
    said = answer.get("msg", "failed")
    code = re.search(r"An error occurred \(([A-Za-z0-9.]+)\)", said)  # some failures have it in their text alone
    return answer.get("error", {}).get("code") or (code[1] if code else said)


def call(_, asked):
    reader, writer = os.pipe()
    if os.fork() == 0:
        with os.fdopen(writer, "w") as out:
            json.dump([told_by(asked), PAUSES], out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        told, pauses = json.load(answer)
    os.wait()
    PAUSES[:] = pauses
    return told


serve(lambda asked: None, call)
