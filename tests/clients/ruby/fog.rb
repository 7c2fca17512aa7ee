# The script of somebody who knows fog. It prints what it saw as JSON.
#
#   ENDPOINT=http://127.0.0.1:8470 ruby fog.rb

require 'fog/aws'
require 'json'

IMAGE = 'ami-0abcdef1234567890'
Fog.interval = 0.001 # the region's time passes by the requests
ec2 = Fog::AWS::Compute.new(endpoint: ENV.fetch('ENDPOINT'), region: 'us-east-1',
                            aws_access_key_id: ENV.fetch('AWS_ACCESS_KEY_ID'),
                            aws_secret_access_key: ENV.fetch('AWS_SECRET_ACCESS_KEY'))

# fog has a class for some codes; what it has none for stands in its message, `Code => message`.
def code_of
  yield
  true
rescue Fog::AWS::Compute::NotFound, Fog::Errors::Error => e
  e.message[/\A[A-Za-z.]+(?= => )/] || e.class.name.split('::').last
end

facts = {}
one = ec2.servers.create(image_id: IMAGE, flavor_id: 't3.micro', user_data: "#!/bin/sh\necho hi\n", tags: {'ws' => 'a'},
                         block_device_mapping: [{'DeviceName' => '/dev/sdf', 'Ebs.VolumeSize' => 20,
                                                 'Ebs.DeleteOnTermination' => true}])
facts['launched'] = [one.state]
one.wait_for { ready? }
facts['running'] = one.state
facts['disks'] = one.block_device_mapping.map { |each| each['deviceName'] }.sort

# fog-aws 3.15.0 takes each address and each network interface for one more instance, which has no id.
launched = ec2.run_instances(IMAGE, 3, 3, 'InstanceType' => 't3.micro').body['instancesSet']
three = launched.filter_map { |each| each['instanceId'] }
facts['three'] = three.size
three.each { |id| ec2.create_tags(id, 'ws' => 'b') }
Fog.wait_for { three.all? { |id| ec2.servers.get(id).ready? } }
facts['of-tag'] = ec2.servers.all('tag:ws' => 'b', 'instance-state-name' => 'running').size
health = -> { ec2.describe_instance_status('InstanceId' => three).body['instanceStatusSet'] }
Fog.wait_for { health.call.all? { |each| each['instanceStatus']['status'] == 'ok' } }
facts['status'] = health.call.map { |each| each['instanceStatus']['status'] }

volume = one.block_device_mapping.find { |each| each['deviceName'] == '/dev/xvda' }['volumeId']
made = []
6.times do |number|
  code = code_of { made << ec2.snapshots.create(volume_id: volume, description: "backup #{number}") }
  facts['sixth'] = code unless code == true
end
facts['snapshots'] = made.size
made.each { |each| each.wait_for { ready? } }
facts['completed'] = ec2.snapshots.all('volume-id' => volume, 'status' => 'completed').size

disk = ec2.volumes.create(availability_zone: one.availability_zone, size: 8)
disk.wait_for { ready? }
facts['available'] = disk.state
disk.attach(one, '/dev/sdh')
disk.wait_for { state == 'in-use' }
facts['attached'] = 'attached' if disk.server_id == one.id
facts['in-use'] = code_of { ec2.delete_volume(disk.id) }
disk.force_detach
disk.wait_for { ready? }
disk.destroy
Fog.wait_for { ec2.volumes.get(disk.id).nil? }
facts['volume-gone'] = code_of { ec2.delete_volume(disk.id) }

ec2.create_tags(one.id, 'owner' => 'me & <you>', 'empty' => '')
facts['tags'] = ec2.tags.all('resource-id' => one.id).to_h { |each| [each.key, each.value.to_s] }
ec2.delete_tags(one.id, 'owner' => 'me & <you>')
facts['untagged'] = ec2.tags.all('resource-id' => one.id).map(&:key).sort

one.stop
one.wait_for { state == 'stopped' }
facts['stopped'] = one.state
one.start
one.wait_for { ready? }
facts['started'] = one.state
one.reboot
facts['console'] = one.console_output.body['output'].include?(one.id)

facts['unknown-id'] = code_of { ec2.describe_instances('instance-id' => 'i-0123456789abcdef0').body }
facts['unknown-action'] = code_of { ec2.describe_reserved_instances }
all = [one.id, *three]
ec2.terminate_instances(all)
Fog.wait_for { all.all? { |id| ec2.servers.get(id).state == 'terminated' } }
facts['terminated'] = all.map { |id| ec2.servers.get(id).state }
puts JSON.generate(facts)
