"""boto3, in the retry mode that is its argument: legacy, standard or adaptive."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from lines import IMAGE, serve


def client_of(asked):
    more = {"read_timeout": asked["timeout"]} if asked["timeout"] else {}
    # Without a mode it is the legacy one: so it is what nobody asks for.
    mode = {} if sys.argv[1] == "legacy" else {"retries": {"mode": sys.argv[1]}}
    return boto3.client("ec2", endpoint_url=asked["url"], config=Config(**mode, **more))


def call(ec2, asked):
    token = {"ClientToken": asked["token"]} if asked["token"] else {}
    calls = {"CreateSnapshot": lambda: ec2.create_snapshot(VolumeId=asked["id"]),
             "RunInstances": lambda: ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, **token),
             "DescribeInstances": lambda: ec2.describe_instances(InstanceIds=[asked["id"]]),
             "TerminateInstances": lambda: ec2.terminate_instances(InstanceIds=[asked["id"]]),
             "wait": lambda: ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[asked["id"]])}
    try:
        calls[asked["action"]]()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return True


serve(client_of, call)
