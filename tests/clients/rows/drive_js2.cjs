// The SDK for JavaScript, version 2 (see lines.py). Its pauses are short, and are made.
'use strict';

const readline = require('readline');
const AWS = require('aws-sdk');

const INPUTS = {
  CreateSnapshot: (id) => ({VolumeId: id}),
  RunInstances: (id, ClientToken) => ({ImageId: 'ami-0abcdef1234567890', MinCount: 1, MaxCount: 1, ClientToken}),
  DescribeInstances: (id) => ({InstanceIds: [id]}),
  TerminateInstances: (id) => ({InstanceIds: [id]}),
};

function clientOf(url, timeout, pauses) {
  const client = new AWS.EC2({endpoint: url, ...(timeout ? {httpOptions: {timeout: timeout * 1000}} : {})});
  const delays = client.retryDelays.bind(client);
  client.retryDelays = (count, error) => {
    const delay = delays(count, error);
    if (error.retryable) pauses.push(delay / 1000);
    return delay;
  };
  return client;
}

// A wait asks for its pauses as its calls do: by a timer, which no socket of Node's uses.
async function waitFor(client, id, pauses) {
  const {setTimeout} = globalThis;
  globalThis.setTimeout = (done, pause) => {
    pauses.push(pause / 1000);
    return setTimeout(done, 0);
  };
  try {
    return await client.waitFor('snapshotCompleted', {SnapshotIds: [id]}).promise();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}

async function serve() {
  console.log('{}');
  for await (const line of readline.createInterface({input: process.stdin})) {
    const {url, action, id, token, timeout, times} = JSON.parse(line);
    const pauses = [];
    const waits = action === 'wait';
    const client = clientOf(url, timeout, waits ? [] : pauses);
    const call = () => {
      if (waits) return waitFor(client, id, pauses);
      return client[action[0].toLowerCase() + action.slice(1)](INPUTS[action](id, token ?? undefined)).promise();
    };
    let told;
    for (let i = 0; i < times; ++i) told = await call().then(() => true, (error) => error.code);
    console.log(JSON.stringify({told, pauses}));
  }
}

serve();
