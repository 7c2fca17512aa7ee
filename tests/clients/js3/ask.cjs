// Asks once in each of several regions, all at a time: `node ask.cjs '[{"url": …, "action": …, "input": …}, …]'`
// prints what the client believes of each, true or the name of the error.
'use strict';

const {NodeHttpHandler} = require('@smithy/node-http-handler');
const ec2 = require('@aws-sdk/client-ec2');

async function ask({url, action, input}) {
  const requestHandler = new NodeHttpHandler({requestTimeout: 2000, throwOnRequestTimeout: true});
  const client = new ec2.EC2Client({endpoint: url, requestHandler});
  return client.send(new ec2[`${action}Command`](input)).then(() => true, (error) => error.name);
}

Promise.all(JSON.parse(process.argv[2]).map(ask)).then((told) => console.log(JSON.stringify(told)));
