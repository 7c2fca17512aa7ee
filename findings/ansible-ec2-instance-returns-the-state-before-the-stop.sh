#!/usr/bin/env bash
# Ansible's ec2_instance waits until an instance has stopped, and then returns it as it was before: running.
#
# Versions: Debian 12's ansible 7.7.0+dfsg-3+deb12u1 (amazon.aws 5.5.1) with ansible-core 2.14.18, boto3 1.26.27, Python 3.11.
# Guess:    with `state: stopped` and `wait: true`, `instances[0].state.name` of the result is `stopped`; the module has
#           looked at it, since it waited for that.
# Seen:     `running`, beside `changed: true` and `stop_success`. The module looks at the instances once more before it
#           changes their state, for what it changed of their settings, and lays that older answer over the newer one
#           of the stop. It is the same with `started`. A playbook that registers the result and goes on by its state,
#           or by an address that only a running instance has, goes by the past; ec2_instance_info has the present.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q ansible=7.7.0+dfsg-3+deb12u1 ansible-core=2.14.18-0+deb12u2 python3-boto3=1.26.27+dfsg-1 \
  python3-botocore=1.29.27+repack-1 python3-s3transfer python3-jmespath python3-dateutil python3-urllib3 \
  python3-six python3-packaging python3-distro python3-yaml python3-jinja2 python3-markupsafe \
  >download.log 2>&1 || { cat download.log >&2; exit 1; }
for package in *.deb; do dpkg -x "$package" root; done

cat >stop.py <<'PYTHON'
import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.parse

state = ["running"]
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
CODES = {"running": 16, "stopping": 64, "stopped": 80}


def state_element(name, value):
    return f"<{name}><code>{CODES[value]}</code><name>{value}</name></{name}>"


def answer(action):
    if action == "StopInstances":
        before, state[0] = state[0], "stopping"
        return ("<instancesSet><item><instanceId>i-1</instanceId>" + state_element("currentState", "stopping") +
                state_element("previousState", before) + "</item></instancesSet>")
    if action == "DescribeInstances":
        shown = state[0]
        state[0] = "stopped" if shown == "stopping" else shown
        return ("<reservationSet><item><reservationId>r-1</reservationId><instancesSet><item>"
                "<instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceType>t3.micro</instanceType>" +
                state_element("instanceState", shown) + "<tagSet/></item></instancesSet></item></reservationSet>")
    raise ValueError(action)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        action = form["Action"][0]
        body = f'<{action}Response xmlns="{NAMESPACE}">{answer(action)}</{action}Response>'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
arguments = {"instance_ids": ["i-1"], "state": "stopped", "wait": True, "region": "us-east-1", "access_key": "id",
             "secret_key": "key", "endpoint_url": f"http://127.0.0.1:{server.server_port}"}
module = subprocess.run(
    [sys.executable, "-W", "ignore", "-m", "ansible_collections.amazon.aws.plugins.modules.ec2_instance"],
    input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}), capture_output=True, text=True, env=os.environ)
if not module.stdout.startswith("\n{") and not module.stdout.startswith("{"):
    sys.exit(module.stdout + module.stderr)
result = json.loads(module.stdout)
print("changed:", result["changed"])
print("stop_success:", result.get("stop_success"))
print("state in the result:", result["instances"][0]["state"]["name"])
print("state in the region:", state[0])
PYTHON

cat >expected <<'TEXT'
changed: True
stop_success: ['i-1']
state in the result: running
state in the region: stopped
TEXT
PYTHONPATH="$folder/root/usr/lib/python3/dist-packages" AWS_EC2_METADATA_DISABLED=true HOME="$folder" \
  /usr/bin/python3 stop.py >seen
diff expected seen
cat seen
