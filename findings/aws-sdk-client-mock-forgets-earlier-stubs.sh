#!/usr/bin/env bash
# A second on() for one command of aws-sdk-client-mock takes away all that the first one said.
#
# Versions: npm aws-sdk-client-mock 4.1.0 with @aws-sdk/client-ec2 3.1169.0, Node.js 20.
# Guess:    a default set by on(C).resolves(...) answers whatever a later on(C).resolvesOnce(...) leaves over; a stub
#           for particular parameters wins over a general one in whatever order they are given.
# Seen:     after on(C).resolves(d); on(C).resolvesOnce(x) the first call gets x and the second undefined, not d. In
#           the other order the once-answer is never given. A general stub that is given later hides one for
#           particular parameters. Chained on one on(C), resolvesOnce(x).resolves(d) does what one expects. What no
#           stub answers is undefined and no error, so a control plane under test sees "no reservations" at best.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-sdk-client-mock@4.1.0 @aws-sdk/client-ec2@3.1169.0

cat >stubs.mjs <<'JAVASCRIPT'
import { mockClient } from 'aws-sdk-client-mock';
import { DescribeInstancesCommand as Describe, EC2Client } from '@aws-sdk/client-ec2';

const client = new EC2Client({ region: 'us-east-1', credentials: { accessKeyId: 'id', secretAccessKey: 'key' } });
const mock = mockClient(client);
const answer = (id) => ({ Reservations: [{ ReservationId: id }] });
const two = async (input) => {
  const ids = [];
  for (let call = 0; call < 2; ++call) {
    const reply = await client.send(new Describe(input));
    ids.push(reply === undefined ? 'undefined' : reply.Reservations[0].ReservationId);
  }
  mock.reset();
  return ids.join(', ');
};

mock.on(Describe).resolves(answer('default'));
mock.on(Describe).resolvesOnce(answer('once'));
console.log('default, then once:', await two({}));
mock.on(Describe).resolvesOnce(answer('once'));
mock.on(Describe).resolves(answer('default'));
console.log('once, then default:', await two({}));
mock.on(Describe).resolvesOnce(answer('once')).resolves(answer('default'));
console.log('chained:', await two({}));
mock.on(Describe, { InstanceIds: ['i-1'] }).resolves(answer('particular'));
mock.on(Describe).resolves(answer('general'));
console.log('particular, then general:', await two({ InstanceIds: ['i-1'] }));
JAVASCRIPT

cat >expected <<'TEXT'
default, then once: once, undefined
once, then default: default, default
chained: once, default
particular, then general: general, general
TEXT
node stubs.mjs 2>/dev/null >seen
diff expected seen
cat seen
