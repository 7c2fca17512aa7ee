"""boto 2."""

from boto.ec2.connection import EC2Connection
from boto.exception import BotoServerError
from boto.regioninfo import RegionInfo
from lines import IMAGE, serve


def client_of(asked):
    ec2 = EC2Connection("any", "any", is_secure=False, port=asked["port"],
                        region=RegionInfo(name="us-east-1", endpoint=asked["host"]))
    if asked["timeout"]:
        ec2.http_connection_kwargs["timeout"] = asked["timeout"]
    return ec2


def call(ec2, asked):
    calls = {"CreateSnapshot": lambda: ec2.create_snapshot(asked["id"]),
             "RunInstances": lambda: ec2.run_instances(IMAGE, client_token=asked["token"]),
             "DescribeInstances": lambda: ec2.get_all_reservations([asked["id"]]),
             "TerminateInstances": lambda: ec2.terminate_instances([asked["id"]])}
    try:
        calls[asked["action"]]()
    except BotoServerError as error:
        return error.error_code or type(error).__name__
    return True


serve(client_of, call)
