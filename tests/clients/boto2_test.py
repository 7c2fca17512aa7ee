#!/usr/bin/python3
"""boto 2, which has waited for its retirement since 2018, in the region of `drydock serve --ec2`.

    boto2_test.py DRYDOCK [NAME...]

Exit code 77: boto is missing, and nothing was tested.
"""

import base64
import sys

from endpoint import ENVIRONMENT, ClientTest, main

try:
    from boto.ec2.blockdevicemapping import BlockDeviceMapping, BlockDeviceType
    from boto.ec2.connection import EC2Connection
    from boto.exception import EC2ResponseError
    from boto.regioninfo import RegionInfo
except ImportError:
    EC2Connection = None

IMAGE = "ami-0abcdef1234567890"


def code_of(call, *args, **parameters):
    try:
        call(*args, **parameters)
    except EC2ResponseError as error:
        return error.error_code
    return True


def wait(done):
    """boto 2 has no waiters. The region's time passes by the requests."""
    while not done():
        pass


def play(ec2):
    facts = {}
    disks = BlockDeviceMapping()
    disks["/dev/sdf"] = BlockDeviceType(size=20, delete_on_termination=True)
    one = ec2.run_instances(IMAGE, instance_type="t3.micro", user_data="#!/bin/sh\necho hi\n",
                            block_device_map=disks).instances[0]
    facts["launched"] = [one.state]
    one.add_tag("ws", "a")
    wait(lambda: one.update() == "running")
    facts["running"] = one.state
    facts["disks"] = sorted(one.block_device_mapping)
    facts["user-data"] = base64.b64decode(one.get_attribute("userData")["userData"]).decode()

    three = ec2.run_instances(IMAGE, min_count=3, max_count=3, instance_type="t3.micro").instances
    facts["three"] = len(three)
    names = [each.id for each in three]
    ec2.create_tags(names, {"ws": "b"})
    wait(lambda: all(each.update() == "running" for each in three))
    facts["of-tag"] = len(ec2.get_only_instances(filters={"tag:ws": "b", "instance-state-name": "running"}))
    wait(lambda: all(each.instance_status.status == "ok" for each in ec2.get_all_instance_status(names)))
    facts["status"] = [each.instance_status.status for each in ec2.get_all_instance_status(names)]

    volume = one.block_device_mapping["/dev/xvda"].volume_id
    made = []
    for number in range(6):
        try:
            made.append(ec2.create_snapshot(volume, f"backup {number}"))
        except EC2ResponseError as error:
            facts["sixth"] = error.error_code
    facts["snapshots"] = len(made)
    wait(lambda: all(each.update() == "100%" for each in made))
    facts["completed"] = len(ec2.get_all_snapshots(owner="self", filters={"volume-id": volume, "status": "completed"}))

    disk = ec2.create_volume(8, one.placement)
    wait(lambda: disk.update() == "available")
    facts["available"] = disk.status
    disk.attach(one.id, "/dev/sdh")
    wait(lambda: disk.update() == "in-use" and disk.attachment_state() == "attached")
    facts["attached"] = disk.attachment_state()
    facts["in-use"] = code_of(disk.delete)
    disk.detach()
    wait(lambda: disk.update() == "available")
    disk.delete()
    wait(lambda: code_of(ec2.get_all_volumes, [disk.id]) is not True)
    facts["volume-gone"] = code_of(ec2.get_all_volumes, [disk.id])

    one.add_tags({"owner": "me & <you>", "empty": ""})
    mine = {"resource-id": one.id}
    facts["tags"] = {tag.name: tag.value for tag in ec2.get_all_tags(filters=mine)}
    one.remove_tag("owner")
    facts["untagged"] = sorted(tag.name for tag in ec2.get_all_tags(filters=mine))

    one.stop()
    wait(lambda: one.update() == "stopped")
    facts["stopped"] = one.state
    one.start()
    wait(lambda: one.update() == "running")
    facts["started"] = one.state
    one.reboot()
    facts["console"] = one.id in one.get_console_output().output.decode()

    facts["unknown-id"] = code_of(ec2.get_only_instances, ["i-0123456789abcdef0"])
    facts["unknown-action"] = code_of(ec2.get_all_bundle_tasks)
    everyone = [one, *three]
    ec2.terminate_instances([each.id for each in everyone])
    wait(lambda: all(each.update() == "terminated" for each in everyone))
    facts["terminated"] = [each.state for each in everyone]
    return facts


class Boto2(ClientTest):
    def test_plays_its_script(self):
        endpoint = self.region()
        ec2 = EC2Connection(ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"], is_secure=False,
                            port=endpoint.port, region=RegionInfo(name="us-east-1", endpoint=endpoint.host))
        self.check_facts(play(ec2), without=("pages",))
        self.check_replay(endpoint)


if __name__ == "__main__":
    sys.exit(main(None if EC2Connection else "python3-boto"))
