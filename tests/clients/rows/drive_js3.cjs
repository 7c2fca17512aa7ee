// The SDK for JavaScript, version 3 (see lines.py). Its retry strategy waits before it says that a call is sent again.
'use strict';

const readline = require('readline');
const ec2 = require('@aws-sdk/client-ec2');

const INPUTS = {
  CreateSnapshot: (id) => ({VolumeId: id}),
  RunInstances: (id, ClientToken) => ({ImageId: 'ami-0abcdef1234567890', MinCount: 1, MaxCount: 1, ClientToken}),
  DescribeInstances: (id) => ({InstanceIds: [id]}),
  TerminateInstances: (id) => ({InstanceIds: [id]}),
};

async function clientOf(url, pauses) {
  const client = new ec2.EC2Client({endpoint: url});
  const strategy = await client.config.retryStrategy();
  const refresh = strategy.refreshRetryTokenForRetry.bind(strategy);
  strategy.refreshRetryTokenForRetry = async (...words) => {
    const {setTimeout} = globalThis;
    globalThis.setTimeout = (done, pause) => {
      pauses.push(pause / 1000);
      return setTimeout(done, 0);
    };
    return refresh(...words).finally(() => {
      globalThis.setTimeout = setTimeout;
    });
  };
  return client;
}

// Between two polls its waiter asks for a timer, and until its user's time ends it looks at the clock.
async function waitFor(client, id, most, pauses) {
  const {setTimeout} = globalThis;
  const {now} = Date;
  const began = now();
  let passed = 0;
  const waited = () => began + passed;  // what the machine takes for a poll is no part of the wait
  const noting = (done, pause) => {
    pauses.push(pause / 1000);
    passed += pause;
    return setTimeout(done, 0);
  };
  const polling = {
    config: client.config,
    send: async (command) => {
      globalThis.setTimeout = setTimeout;
      Date.now = now;  // by which a client corrects its clock, in each attempt
      return client.send(command).finally(() => {
        globalThis.setTimeout = noting;
        Date.now = waited;
      });
    },
  };
  Date.now = waited;
  try {
    return await ec2.waitUntilSnapshotCompleted({client: polling, maxWaitTime: most}, {SnapshotIds: [id]});
  } finally {
    globalThis.setTimeout = setTimeout;
    Date.now = now;
  }
}

async function serve() {
  console.log('{}');
  for await (const line of readline.createInterface({input: process.stdin})) {
    const {url, action, id, token, times, most} = JSON.parse(line);
    const pauses = [];
    const client = await clientOf(url, pauses);
    const call = () => {
      if (action === 'wait') return waitFor(client, id, most, pauses);
      return client.send(new ec2[`${action}Command`](INPUTS[action](id, token ?? undefined)));
    };
    let told;
    for (let i = 0; i < times; ++i) told = await call().then(() => true, (error) => error.name);
    client.destroy();
    console.log(JSON.stringify({told, pauses}));
  }
}

serve();
