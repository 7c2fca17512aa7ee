#!/usr/bin/env bash
# vcrpy replays a DescribeInstances as the answer to a TerminateInstances, and boto3 reports success.
#
# Versions: Debian 12's python3-vcr 4.2.1-1 with python3-boto3 1.26.27+dfsg-1 and python3-botocore 1.29.27+repack-1.
# Guess:    a cassette that holds DescribeInstances and TerminateInstances answers each by its own recording, and a
#           call that was never recorded raises.
# Seen:     the EC2 Query API puts the action and its parameters into the body of one POST to one address, and vcrpy
#           compares method and address only, unless it is told to compare bodies. Requests are therefore answered in
#           the order of the recording, whatever they ask. botocore reads what it knows in the foreign answer, which is
#           nothing, and returns an empty result without an error: a terminate of another instance "succeeds". With
#           match_on=[..., "body"] the same replay raises (botocore makes an HTTPClientError of it).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q python3-vcr=4.2.1-1 python3-boto3=1.26.27+dfsg-1 python3-botocore=1.29.27+repack-1 \
  python3-s3transfer=0.6.0-1 python3-jmespath=1.0.1-1 python3-dateutil=2.8.2-2 python3-six=1.16.0-4 \
  python3-wrapt=1.14.1-2+b2 python3-yaml=6.0-3+b2 python3-yarl=1.8.2-1+b1 python3-multidict=6.0.4-1+b1 \
  python3-urllib3 python3-requests python3-certifi python3-chardet python3-charset-normalizer python3-idna \
  >download.log 2>&1 || { cat download.log >&2; exit 1; }
for package in *.deb; do dpkg -x "$package" root; done

cat >replay.py <<'PYTHON'
import http.server
import os
import threading
import urllib.parse

import boto3
import vcr

BODIES = {
    "DescribeInstances": "<reservationSet><item><reservationId>r-1</reservationId></item></reservationSet>",
    "TerminateInstances": "<instancesSet><item><instanceId>i-1</instanceId></item></instancesSet>",
}
asked = []


class Region(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action = urllib.parse.parse_qs(form)["Action"][0]
        asked.append(action)
        answer = f"<{action}Response>{BODIES[action]}</{action}Response>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Region)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ.update(AWS_ACCESS_KEY_ID="id", AWS_SECRET_ACCESS_KEY="key", AWS_EC2_METADATA_DISABLED="true")


def client():
    return boto3.client("ec2", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{server.server_port}")


def told(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


with vcr.use_cassette("cassette.yaml", record_mode="once"):
    client().describe_instances()
    client().terminate_instances(InstanceIds=["i-1"])
recorded = len(asked)
with vcr.use_cassette("cassette.yaml", record_mode="none") as cassette:
    print("terminate i-9:", told(client().terminate_instances(InstanceIds=["i-9"])))
    print("describe:", told(client().describe_instances()))
    print("played", cassette.play_count, "of", len(cassette))
strict = ["method", "scheme", "host", "port", "path", "query", "body"]
with vcr.use_cassette("cassette.yaml", record_mode="none", match_on=strict):
    try:
        client().terminate_instances(InstanceIds=["i-9"])
    except Exception as error:
        print("with bodies compared:", type(error).__name__)
print("sent to the server meanwhile:", len(asked) - recorded)
PYTHON

cat >expected <<'TEXT'
terminate i-9: {}
describe: {}
played 2 of 2
with bodies compared: HTTPClientError
sent to the server meanwhile: 0
TEXT
PYTHONPATH="$folder/root/usr/lib/python3/dist-packages" /usr/bin/python3 replay.py >seen
diff expected seen
cat seen
