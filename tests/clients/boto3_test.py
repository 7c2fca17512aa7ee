#!/usr/bin/python3
"""boto3, with its default retry mode, in the region of `drydock serve --ec2`.

    boto3_test.py DRYDOCK [NAME...]

Exit code 77: boto3 is missing, and nothing was tested.
"""

import base64
import sys
import threading
import unittest.mock

from endpoint import ALWAYS, ENVIRONMENT, FIRST, LOSSES, ClientTest, main

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    boto3 = None

IMAGE = "ami-0abcdef1234567890"
AT_ONCE = {"Delay": 0, "MaxAttempts": 40}


def session():
    return boto3.session.Session(ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
                                 region_name=ENVIRONMENT["AWS_REGION"])


def client_of(endpoint, **config):
    return session().client("ec2", endpoint_url=endpoint.url, config=Config(**config))


def error_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    except BotoCoreError as error:
        return type(error).__name__
    return True


def tags_of(what, **tags):
    return {"ResourceType": what, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def play(ec2):
    """The script of a stranger. Returns the facts."""

    def wait(name, **parameters):
        ec2.get_waiter(name).wait(WaiterConfig=AT_ONCE, **parameters)

    def instances(**parameters):
        pages = ec2.get_paginator("describe_instances").paginate(**parameters)
        return [one for page in pages for reservation in page["Reservations"] for one in reservation["Instances"]]

    facts = {}
    launched = ec2.run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType="t3.micro", UserData="#!/bin/sh\necho hi\n",
        TagSpecifications=[tags_of("instance", ws="a"), tags_of("volume", ws="a")],
        BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 20, "DeleteOnTermination": True}}])
    facts["launched"] = [one["State"]["Name"] for one in launched["Instances"]]
    one = launched["Instances"][0]["InstanceId"]
    wait("instance_exists", InstanceIds=[one])
    wait("instance_running", InstanceIds=[one])
    described = instances(InstanceIds=[one])[0]
    facts["running"] = described["State"]["Name"]
    facts["disks"] = sorted(disk["DeviceName"] for disk in described["BlockDeviceMappings"])
    attribute = ec2.describe_instance_attribute(InstanceId=one, Attribute="userData")
    facts["user-data"] = base64.b64decode(attribute["UserData"]["Value"]).decode()

    three = [instance["InstanceId"] for instance in ec2.run_instances(
        ImageId=IMAGE, MinCount=3, MaxCount=3, InstanceType="t3.micro",
        TagSpecifications=[tags_of("instance", ws="b")])["Instances"]]
    facts["three"] = len(three)
    wait("instance_running", InstanceIds=three)
    wait("instance_status_ok", InstanceIds=three)
    facts["of-tag"] = len(instances(Filters=[{"Name": "tag:ws", "Values": ["b"]},
                                             {"Name": "instance-state-name", "Values": ["running"]}]))
    facts["status"] = [status["InstanceStatus"]["Status"]
                       for status in ec2.describe_instance_status(InstanceIds=three)["InstanceStatuses"]]

    volume = next(disk["Ebs"]["VolumeId"] for disk in described["BlockDeviceMappings"]
                  if disk["DeviceName"] == "/dev/xvda")
    made = []
    for number in range(6):
        try:
            made.append(ec2.create_snapshot(VolumeId=volume, Description=f"backup {number}",
                                            TagSpecifications=[tags_of("snapshot", n=str(number))])["SnapshotId"])
        except ClientError as error:
            facts["sixth"] = error.response["Error"]["Code"]
    facts["snapshots"] = len(made)
    wait("snapshot_completed", SnapshotIds=made)
    facts["completed"] = len(ec2.describe_snapshots(OwnerIds=["self"], Filters=[
        {"Name": "volume-id", "Values": [volume]}, {"Name": "status", "Values": ["completed"]}])["Snapshots"])

    disk = ec2.create_volume(AvailabilityZone=described["Placement"]["AvailabilityZone"], Size=8)["VolumeId"]
    wait("volume_available", VolumeIds=[disk])
    facts["available"] = ec2.describe_volumes(VolumeIds=[disk])["Volumes"][0]["State"]
    pages = ec2.get_paginator("describe_volumes").paginate(PaginationConfig={"PageSize": 5})
    facts["pages"] = [len(page["Volumes"]) for page in pages]
    ec2.attach_volume(VolumeId=disk, InstanceId=one, Device="/dev/sdh")
    wait("volume_in_use", VolumeIds=[disk])
    facts["attached"] = ec2.describe_volumes(VolumeIds=[disk])["Volumes"][0]["Attachments"][0]["State"]
    facts["in-use"] = error_of(ec2.delete_volume, VolumeId=disk)
    ec2.detach_volume(VolumeId=disk)
    wait("volume_available", VolumeIds=[disk])
    ec2.delete_volume(VolumeId=disk)
    wait("volume_deleted", VolumeIds=[disk])
    facts["volume-gone"] = error_of(ec2.describe_volumes, VolumeIds=[disk])

    ec2.create_tags(Resources=[one], Tags=[{"Key": "owner", "Value": "me & <you>"}, {"Key": "empty", "Value": ""}])
    mine = [{"Name": "resource-id", "Values": [one]}]
    facts["tags"] = {tag["Key"]: tag["Value"] for tag in ec2.describe_tags(Filters=mine)["Tags"]}
    ec2.delete_tags(Resources=[one], Tags=[{"Key": "owner"}])
    facts["untagged"] = sorted(tag["Key"] for tag in ec2.describe_tags(Filters=mine)["Tags"])

    ec2.stop_instances(InstanceIds=[one])
    wait("instance_stopped", InstanceIds=[one])
    facts["stopped"] = instances(InstanceIds=[one])[0]["State"]["Name"]
    ec2.start_instances(InstanceIds=[one])
    wait("instance_running", InstanceIds=[one])
    facts["started"] = instances(InstanceIds=[one])[0]["State"]["Name"]
    ec2.reboot_instances(InstanceIds=[one])
    facts["console"] = one in ec2.get_console_output(InstanceId=one)["Output"]

    facts["unknown-id"] = error_of(ec2.describe_instances, InstanceIds=["i-0123456789abcdef0"])
    facts["unknown-action"] = error_of(ec2.describe_bundle_tasks)
    ec2.terminate_instances(InstanceIds=[one, *three])
    wait("instance_terminated", InstanceIds=[one, *three])
    facts["terminated"] = [instance["State"]["Name"] for instance in instances(InstanceIds=[one, *three])]
    return facts


# (requests, how many are there at the end, what boto3 tells its user)
SNAPSHOT_LOST_ONCE = {
    "reset": (2, 1, True), "reset, done": (2, 2, True), "http-503": (2, 1, True), "http-503, done": (2, 2, True),
    "RequestLimitExceeded": (2, 1, True), "timeout": (2, 1, True), "timeout, done": (2, 2, True),
}
RUN_LOST_ONCE = {**SNAPSHOT_LOST_ONCE, "reset, done": (2, 1, True), "http-503, done": (2, 1, True),
                 "timeout, done": (2, 1, True)}
SNAPSHOT_LOST_ALWAYS = {"reset, done": (5, 5, "ConnectionClosedError"), "http-503": (5, 0, "503"),
                        "RequestLimitExceeded": (5, 0, "RequestLimitExceeded")}


class Boto3(ClientTest):
    def test_plays_its_script(self):
        endpoint = self.region()
        self.check_facts(play(client_of(endpoint)))
        self.check_replay(endpoint)

    def test_plays_its_script_in_standard_mode(self):
        endpoint = self.region()
        self.check_facts(play(client_of(endpoint, retries={"mode": "standard"})))
        self.check_replay(endpoint)

    def test_two_of_the_same_script_share_a_region(self):
        endpoint = self.region()
        failures = []

        def launch():
            try:
                ec2 = client_of(endpoint)
                made = ec2.run_instances(ImageId=IMAGE, MinCount=2, MaxCount=2)["Instances"]
                ids = [one["InstanceId"] for one in made]
                ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig=AT_ONCE)
                ec2.terminate_instances(InstanceIds=ids)
                ec2.get_waiter("instance_terminated").wait(InstanceIds=ids, WaiterConfig=AT_ONCE)
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)

        threads = [threading.Thread(target=launch) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.check_replay(endpoint)

    def test_resources_are_the_same_region(self):
        endpoint = self.region()
        ec2 = session().resource("ec2", endpoint_url=endpoint.url)
        one = ec2.create_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)[0]
        endpoint.advance("2m")
        one.wait_until_running()
        one.reload()
        self.assertEqual(one.state["Name"], "running")
        self.assertEqual(len(list(one.volumes.all())), 1)
        one.create_tags(Tags=[{"Key": "Name", "Value": "x"}])
        found = list(ec2.instances.filter(Filters=[{"Name": "tag:Name", "Values": ["x"]}]))
        self.assertEqual([instance.id for instance in found], [one.id])
        one.terminate()
        self.check_replay(endpoint)

    def asking(self, action):
        def ask(endpoint, volume):
            ec2 = client_of(endpoint, read_timeout=1)
            if action == "CreateSnapshot":
                return error_of(ec2.create_snapshot, VolumeId=volume)
            return error_of(ec2.run_instances, ImageId=IMAGE, MinCount=1, MaxCount=1)

        def ask_each(asked):
            with unittest.mock.patch("botocore.endpoint.time.sleep"):  # its pauses between two attempts
                return [ask(*one) for one in asked]
        return ask_each

    def test_a_lost_reply_of_create_snapshot_makes_a_second_one(self):
        self.assertEqual(
            self.table("CreateSnapshot", LOSSES, FIRST, self.asking("CreateSnapshot")), SNAPSHOT_LOST_ONCE)

    def test_a_lost_reply_of_run_instances_makes_one_instance(self):
        self.assertEqual(
            self.table("RunInstances", LOSSES, FIRST, self.asking("RunInstances")), RUN_LOST_ONCE)

    def test_gives_up_after_five_attempts(self):
        self.assertEqual(
            self.table("CreateSnapshot", SNAPSHOT_LOST_ALWAYS, ALWAYS, self.asking("CreateSnapshot")),
            SNAPSHOT_LOST_ALWAYS)


if __name__ == "__main__":
    sys.exit(main(None if boto3 else "python3-boto3"))
