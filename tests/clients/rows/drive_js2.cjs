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

async function serve() {
  console.log('{}');
  for await (const line of readline.createInterface({input: process.stdin})) {
    const {url, action, id, token, timeout, times} = JSON.parse(line);
    const pauses = [];
    const client = clientOf(url, timeout, pauses);
    let told;
    for (let i = 0; i < times; ++i) {
      const name = action[0].toLowerCase() + action.slice(1);
      told = await client[name](INPUTS[action](id, token ?? undefined)).promise().then(() => true, (error) => error.code);
    }
    console.log(JSON.stringify({told, pauses}));
  }
}

serve();
