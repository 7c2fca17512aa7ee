"""libcloud."""

import re

from libcloud.common.exceptions import BaseHTTPError, RateLimitReachedError
from libcloud.compute.base import Node, NodeImage, NodeSize, StorageVolume
from libcloud.compute.providers import get_driver
from libcloud.compute.types import InvalidCredsError, Provider
from lines import IMAGE, serve


def client_of(asked):
    return get_driver(Provider.EC2)("any", "any", region="us-east-1", secure=False, host=asked["host"],
                                    port=asked["port"], **({"timeout": asked["timeout"]} if asked["timeout"] else {}))


def call(ec2, asked):
    one = asked["id"]
    image = NodeImage(id=IMAGE, name=None, driver=ec2)
    size = NodeSize("t3.micro", "t3.micro", 1, None, None, None, driver=ec2)
    token = {"ex_clienttoken": asked["token"]} if asked["token"] else {}
    calls = {"CreateSnapshot": lambda: ec2.create_volume_snapshot(StorageVolume(one, "v", 1, ec2)),
             "RunInstances": lambda: ec2.create_node(name="one", image=image, size=size, **token),
             "DescribeInstances": lambda: ec2.list_nodes(ex_node_ids=[one]),
             "TerminateInstances": lambda: ec2.destroy_node(Node(one, "n", None, [], [], ec2))}
    try:
        calls[asked["action"]]()
    except RateLimitReachedError as error:
        return f"http-{error.code}"  # in place of EC2's own
    except (BaseHTTPError, InvalidCredsError) as error:
        # It knows no codes: a message begins with one.
        code = re.search(r"[A-Za-z.]+(?=: )", str(error))
        return code[0] if code else type(error).__name__
    return True


serve(client_of, call)
