#!/usr/bin/python3
"""Ansible's modules for EC2 in the region of `drydock serve --ec2`.

    ansible_test.py DRYDOCK [NAME...]

Exit code 77: Ansible is missing, and nothing was tested.
"""

import json
import os
import sys

from endpoint import HERE, ClientTest, command, environment, main

PLAYBOOK = "/usr/bin/ansible-playbook"


class Ansible(ClientTest):
    def test_plays_its_playbook(self):
        # What a module waits for has come by its first poll: between two it would sleep for 15 s.
        endpoint = self.region(clock="step=2m")
        facts = endpoint.folder / "facts.json"
        words = [PLAYBOOK, "-i", "localhost,", "-c", "local", "-e", "ansible_python_interpreter=/usr/bin/python3",
                 "-e", f"endpoint={endpoint.url}", "-e", f"facts={facts}", HERE / "ansible" / "playbook.yml"]
        folder = str(endpoint.folder)
        command(words, env=environment(ANSIBLE_HOME=folder, ANSIBLE_LOCAL_TEMP=folder, ANSIBLE_REMOTE_TEMP=folder,
                                       ANSIBLE_LOCALHOST_WARNING="false"))
        told = json.loads(facts.read_text())
        self.assertIn("does not exist", told.pop("unknown"))
        self.assertEqual(told, {
            "made": "1", "changed_again": False, "found": "1", "disks": ["/dev/sdf", "/dev/xvda"], "snapshot": True,
            "volume": True, "tags": {"Name": "one", "owner": "me & <you>", "ws": "a"}, "stopped": "stopped",
            "started": "running", "ended": "terminated"})
        self.check_replay(endpoint)


if __name__ == "__main__":
    sys.exit(main(None if os.access(PLAYBOOK, os.X_OK) else "ansible"))
