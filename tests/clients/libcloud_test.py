#!/usr/bin/python3
"""libcloud in the region of `drydock serve --ec2`.

    libcloud_test.py DRYDOCK [NAME...]

Exit code 77: libcloud is missing, and nothing was tested.
"""

import re
import sys

from endpoint import ENVIRONMENT, FACTS, ClientTest, main

try:
    from libcloud.common.exceptions import BaseHTTPError
    from libcloud.compute.base import NodeImage
    from libcloud.compute.providers import get_driver
    from libcloud.compute.types import Provider
except ImportError:
    get_driver = None

IMAGE = "ami-0abcdef1234567890"


def code_of(call, *args, **parameters):
    """libcloud knows no codes: its message begins with one."""
    try:
        call(*args, **parameters)
    except BaseHTTPError as error:
        return re.match(r"[A-Za-z.]+", str(error))[0]
    return True


def wait(done):
    """The region's time passes by the requests."""
    while not done():
        pass


def play(ec2):
    def node_of(node, **filters):
        return next(each for each in ec2.list_nodes(ex_filters=filters) if each.id == node.id)

    def state(node):
        return str(node_of(node).extra["status"])

    facts = {}
    image = NodeImage(id=IMAGE, name=None, driver=ec2)
    size = next(each for each in ec2.list_sizes() if each.id == "t3.micro")
    one = ec2.create_node(
        name="one", image=image, size=size, ex_userdata="#!/bin/sh\necho hi\n", ex_metadata={"ws": "a"},
        ex_blockdevicemappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 20, "DeleteOnTermination": True}}])
    facts["launched"] = [one.extra["status"]]
    (one, _), = ec2.wait_until_running([one], wait_period=0.001)
    facts["running"] = state(one)
    facts["disks"] = sorted(disk["device_name"] for disk in node_of(one).extra["block_device_mapping"])

    three = ec2.create_node(name="three", image=image, size=size, ex_mincount=3, ex_maxcount=3,
                            ex_metadata={"ws": "b"})
    facts["three"] = len(three)
    ec2.wait_until_running(three, wait_period=0.001)
    facts["of-tag"] = len(ec2.list_nodes(ex_filters={"tag:ws": "b", "instance-state-name": "running"}))

    volume = next(each for each in ec2.list_volumes(node=one) if each.extra["device"] == "/dev/xvda")
    made = []
    for number in range(6):
        try:
            made.append(ec2.create_volume_snapshot(volume, name=f"backup {number}"))
        except BaseHTTPError as error:
            facts["sixth"] = re.match(r"[A-Za-z.]+", str(error))[0]
    facts["snapshots"] = len(made)
    wait(lambda: all(each.extra["state"] == "completed" for each in ec2.list_volume_snapshots(volume)))
    facts["completed"] = len(ec2.list_volume_snapshots(volume))

    zone = next(each for each in ec2.list_locations() if each.name == one.extra["availability"])
    disk = ec2.create_volume(8, "disk", location=zone)

    def the_disk():
        return next((each for each in ec2.list_volumes() if each.id == disk.id), None)

    wait(lambda: the_disk().extra["state"] == "available")
    facts["available"] = the_disk().extra["state"]
    ec2.attach_volume(one, disk, "/dev/sdh")
    wait(lambda: the_disk().extra["state"] == "in-use")
    facts["attached"] = "attached" if the_disk().extra["instance_id"] == one.id else None
    facts["in-use"] = code_of(ec2.destroy_volume, disk)
    ec2.detach_volume(disk)
    wait(lambda: the_disk().extra["state"] == "available")
    ec2.destroy_volume(disk)
    wait(lambda: the_disk() is None)
    facts["volume-gone"] = code_of(ec2.create_volume_snapshot, disk)

    ec2.ex_create_tags(one, {"owner": "me & <you>", "empty": ""})
    facts["tags"] = ec2.ex_describe_tags(one)
    ec2.ex_delete_tags(one, {"owner": "me & <you>"})
    facts["untagged"] = sorted(ec2.ex_describe_tags(one))

    ec2.ex_stop_node(one)
    wait(lambda: state(one) == "stopped")
    facts["stopped"] = state(one)
    ec2.ex_start_node(one)
    wait(lambda: state(one) == "running")
    facts["started"] = state(one)
    ec2.reboot_node(one)
    facts["console"] = one.id in str(ec2.ex_get_console_output(one)["output"])

    facts["unknown-id"] = code_of(ec2.list_nodes, ex_node_ids=["i-0123456789abcdef0"])
    facts["unknown-action"] = code_of(ec2.ex_list_reserved_nodes)
    everyone = [one, *three]
    for node in everyone:
        ec2.destroy_node(node)
    wait(lambda: all(state(node) == "terminated" for node in everyone))
    facts["terminated"] = [state(node) for node in everyone]
    return facts


class Libcloud(ClientTest):
    def test_plays_its_script(self):
        endpoint = self.region()
        driver = get_driver(Provider.EC2)
        ec2 = driver(ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"], region="us-east-1",
                     secure=False, host=endpoint.host, port=endpoint.port)
        # The name of a node is a tag.
        self.check_facts(play(ec2), without=("pages", "user-data", "status"),
                         tags={"Name": "one", **FACTS["tags"]}, untagged=["Name", *FACTS["untagged"]])
        self.check_replay(endpoint)


if __name__ == "__main__":
    sys.exit(main(None if get_driver else "python3-libcloud"))
