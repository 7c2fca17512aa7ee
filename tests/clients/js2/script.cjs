// The script of somebody who knows the SDK for JavaScript, version 2. It prints what it saw as JSON.
//
//   ENDPOINT=http://127.0.0.1:8470 NODE_PATH=…/node_modules node script.cjs
'use strict';

const AWS = require('aws-sdk');

const IMAGE = 'ami-0abcdef1234567890';
const ONCE = '#!/bin/sh\necho hi\n';
const ec2 = new AWS.EC2({endpoint: process.env.ENDPOINT});

// The region's time passes by the waiters' requests, so their pauses may be short.
const $waiter = {delay: 0.001, maxAttempts: 40};
const wait = (state, input) => ec2.waitFor(state, {...input, $waiter}).promise();
const send = (name, input = {}) => ec2[name[0].toLowerCase() + name.slice(1)](input).promise();
const codeOf = (name, input) => send(name, input).then(() => true, (error) => error.code);
const tagged = (what, tags) => [{ResourceType: what, Tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))}];

function pages(name, input) {
  return new Promise((resolve, reject) => {
    const found = [];
    ec2[name](input).eachPage((error, page) => {
      if (error) reject(error);
      else if (page === null) resolve(found);
      else found.push(page);
      return !error;
    });
  });
}

async function instances(input) {
  const found = await pages('describeInstances', input);
  return found.flatMap((page) => page.Reservations).flatMap((reservation) => reservation.Instances);
}

async function play() {
  const facts = {};
  const launched = await send('RunInstances', {
    ImageId: IMAGE, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', UserData: Buffer.from(ONCE).toString('base64'),
    TagSpecifications: tagged('instance', {ws: 'a'}),
    BlockDeviceMappings: [{DeviceName: '/dev/sdf', Ebs: {VolumeSize: 20, DeleteOnTermination: true}}]});
  facts.launched = launched.Instances.map((one) => one.State.Name);
  const one = launched.Instances[0].InstanceId;
  await wait('instanceRunning', {InstanceIds: [one]});
  const [described] = await instances({InstanceIds: [one]});
  facts.running = described.State.Name;
  facts.disks = described.BlockDeviceMappings.map((disk) => disk.DeviceName).sort();
  const attribute = await send('DescribeInstanceAttribute', {InstanceId: one, Attribute: 'userData'});
  facts['user-data'] = Buffer.from(attribute.UserData.Value, 'base64').toString();

  const three = (await send('RunInstances', {
    ImageId: IMAGE, MinCount: 3, MaxCount: 3, InstanceType: 't3.micro',
    TagSpecifications: tagged('instance', {ws: 'b'})})).Instances.map((instance) => instance.InstanceId);
  facts.three = three.length;
  await wait('instanceRunning', {InstanceIds: three});
  await wait('instanceStatusOk', {InstanceIds: three});
  facts['of-tag'] = (await instances({Filters: [{Name: 'tag:ws', Values: ['b']},
    {Name: 'instance-state-name', Values: ['running']}]})).length;
  facts.status = (await send('DescribeInstanceStatus', {InstanceIds: three})).InstanceStatuses
    .map((status) => status.InstanceStatus.Status);

  const volume = described.BlockDeviceMappings.find((disk) => disk.DeviceName === '/dev/xvda').Ebs.VolumeId;
  const made = [];
  for (let number = 0; number < 6; ++number) {
    try {
      made.push((await send('CreateSnapshot', {VolumeId: volume, Description: `backup ${number}`,
        TagSpecifications: tagged('snapshot', {n: String(number)})})).SnapshotId);
    } catch (error) {
      facts.sixth = error.code;
    }
  }
  facts.snapshots = made.length;
  await wait('snapshotCompleted', {SnapshotIds: made});
  facts.completed = (await send('DescribeSnapshots', {OwnerIds: ['self'], Filters: [
    {Name: 'volume-id', Values: [volume]}, {Name: 'status', Values: ['completed']}]})).Snapshots.length;

  const disk = (await send('CreateVolume', {AvailabilityZone: described.Placement.AvailabilityZone, Size: 8})).VolumeId;
  const theDisk = async () => (await send('DescribeVolumes', {VolumeIds: [disk]})).Volumes[0];
  await wait('volumeAvailable', {VolumeIds: [disk]});
  facts.available = (await theDisk()).State;
  facts.pages = (await pages('describeVolumes', {MaxResults: 5})).map((page) => page.Volumes.length);
  await send('AttachVolume', {VolumeId: disk, InstanceId: one, Device: '/dev/sdh'});
  await wait('volumeInUse', {VolumeIds: [disk]});
  facts.attached = (await theDisk()).Attachments[0].State;
  facts['in-use'] = await codeOf('DeleteVolume', {VolumeId: disk});
  await send('DetachVolume', {VolumeId: disk});
  await wait('volumeAvailable', {VolumeIds: [disk]});
  await send('DeleteVolume', {VolumeId: disk});
  await wait('volumeDeleted', {VolumeIds: [disk]});
  facts['volume-gone'] = await codeOf('DescribeVolumes', {VolumeIds: [disk]});

  const tags = async () => (await send('DescribeTags', {Filters: [{Name: 'resource-id', Values: [one]}]})).Tags;
  await send('CreateTags', {Resources: [one], Tags: [{Key: 'owner', Value: 'me & <you>'}, {Key: 'empty', Value: ''}]});
  facts.tags = Object.fromEntries((await tags()).map((tag) => [tag.Key, tag.Value]));
  await send('DeleteTags', {Resources: [one], Tags: [{Key: 'owner'}]});
  facts.untagged = (await tags()).map((tag) => tag.Key).sort();

  await send('StopInstances', {InstanceIds: [one]});
  await wait('instanceStopped', {InstanceIds: [one]});
  facts.stopped = (await instances({InstanceIds: [one]}))[0].State.Name;
  await send('StartInstances', {InstanceIds: [one]});
  await wait('instanceRunning', {InstanceIds: [one]});
  facts.started = (await instances({InstanceIds: [one]}))[0].State.Name;
  await send('RebootInstances', {InstanceIds: [one]});
  const output = (await send('GetConsoleOutput', {InstanceId: one})).Output;
  facts.console = Buffer.from(output, 'base64').toString().includes(one);

  facts['unknown-id'] = await codeOf('DescribeInstances', {InstanceIds: ['i-0123456789abcdef0']});
  facts['unknown-action'] = await codeOf('DescribeBundleTasks');
  await send('TerminateInstances', {InstanceIds: [one, ...three]});
  await wait('instanceTerminated', {InstanceIds: [one, ...three]});
  facts.terminated = (await instances({InstanceIds: [one, ...three]})).map((instance) => instance.State.Name);
  return facts;
}

play().then((facts) => console.log(JSON.stringify(facts)), (error) => {
  console.error(error);
  process.exitCode = 1;
});
