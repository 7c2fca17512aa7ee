#!/usr/bin/env bash
# Under aws-sdk-client-mock an aborted call succeeds, a waiter polls "nothing" to its end, and no ClientToken is seen.
#
# Versions: npm aws-sdk-client-mock 4.1.0 with @aws-sdk/client-ec2 3.1169.0, Node.js 20.
# Guess:    a call whose abortSignal has fired rejects with AbortError; RunInstances shows the ClientToken that the
#           client adds; waitUntilInstanceRunning on a command that nobody stubbed fails at once.
# Seen:     the mock takes the place of send(), below which all three lie. The aborted call resolves; the input that
#           the mock recorded has no ClientToken, although every real request has one; the waiter takes the undefined
#           answer for "not yet", polls until maxWaitTime and says TIMEOUT with no observed response. The recorded
#           input is the caller's own object, so a command that is changed and sent again changes the history. Tests
#           of deadlines, idempotency and waiters against this mock prove nothing about them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-sdk-client-mock@4.1.0 @aws-sdk/client-ec2@3.1169.0

cat >calls.mjs <<'JAVASCRIPT'
import { mockClient } from 'aws-sdk-client-mock';
import {
  CreateSnapshotCommand, DescribeInstancesCommand, EC2Client, RunInstancesCommand, waitUntilInstanceRunning,
} from '@aws-sdk/client-ec2';

const client = new EC2Client({ region: 'us-east-1', credentials: { accessKeyId: 'id', secretAccessKey: 'key' } });
const mock = mockClient(client);
mock.on(CreateSnapshotCommand).resolves({ SnapshotId: 'snap-1' });
mock.on(RunInstancesCommand).resolves({ Instances: [{ InstanceId: 'i-1' }] });

const aborted = AbortSignal.abort();
const reply = await client.send(new CreateSnapshotCommand({ VolumeId: 'vol-1' }), { abortSignal: aborted });
console.log('aborted call:', reply.SnapshotId);

await client.send(new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 }));
console.log('token:', mock.commandCalls(RunInstancesCommand)[0].args[0].input.ClientToken);

mock.resetHistory();
const command = new CreateSnapshotCommand({ VolumeId: 'vol-1' });
await client.send(command);
command.input.VolumeId = 'vol-2';
await client.send(command);
console.log('history:', mock.commandCalls(CreateSnapshotCommand).map((call) => call.args[0].input.VolumeId).join(', '));

try {
  await waitUntilInstanceRunning({ client, maxWaitTime: 3, minDelay: 1, maxDelay: 1 }, { InstanceIds: ['i-1'] });
} catch (error) {
  const { state, observedResponses } = JSON.parse(error.message);
  const polls = mock.commandCalls(DescribeInstancesCommand).length;
  console.log('waiter:', error.name, state, JSON.stringify(observedResponses), polls > 1 ? 'several polls' : polls);
}
JAVASCRIPT

cat >expected <<'TEXT'
aborted call: snap-1
token: undefined
history: vol-2, vol-2
waiter: TimeoutError TIMEOUT {} several polls
TEXT
node calls.mjs 2>/dev/null >seen
diff expected seen
cat seen
