# The script of somebody who knows the AWS SDK for Ruby, version 1. It prints what it saw as JSON.
#
#   ENDPOINT=http://127.0.0.1:8470 ruby sdk1.rb

require 'aws-sdk'
require 'json'
require 'uri'

IMAGE = 'ami-0abcdef1234567890'
where = URI(ENV.fetch('ENDPOINT'))
AWS.config(use_ssl: false, ec2_endpoint: where.host, ec2_port: where.port)
ec2 = AWS::EC2.new

# Version 1 has no waiters. The region's time passes by the requests.
def wait
  sleep 0.001 until yield
end

def code_of
  yield
  true
rescue AWS::Errors::Base => e
  e.code
end

facts = {}
one = ec2.instances.create(image_id: IMAGE, instance_type: 't3.micro', user_data: "#!/bin/sh\necho hi\n",
                           block_device_mappings: [{device_name: '/dev/sdf',
                                                    ebs: {volume_size: 20, delete_on_termination: true}}])
facts['launched'] = [one.status.to_s]
one.tags['ws'] = 'a'
wait { one.status == :running }
facts['running'] = one.status.to_s
facts['user-data'] = one.user_data
facts['disks'] = one.block_device_mappings.keys.to_a.sort

three = ec2.instances.create(image_id: IMAGE, instance_type: 't3.micro', count: 3)
facts['three'] = three.size
three.each { |each| each.tags.set(ws: 'b') }
wait { three.all? { |each| each.status == :running } }
facts['of-tag'] = ec2.instances.filter('tag:ws', 'b').filter('instance-state-name', 'running').count
health = -> { ec2.client.describe_instance_status(instance_ids: three.map(&:id))[:instance_status_set] }
wait { health.call.all? { |each| each[:instance_status][:status] == 'ok' } }
facts['status'] = health.call.map { |each| each[:instance_status][:status] }

volume = one.block_device_mappings['/dev/xvda'].volume
made = []
6.times do |number|
  made << volume.create_snapshot("backup #{number}")
rescue AWS::Errors::Base => e
  facts['sixth'] = e.code
end
facts['snapshots'] = made.size
wait { made.all? { |each| each.status == :completed } }
facts['completed'] = ec2.snapshots.with_owner(:self).filter('volume-id', volume.id).filter('status', 'completed').count

disk = ec2.volumes.create(size: 8, availability_zone: one.availability_zone)
wait { disk.status == :available }
facts['available'] = disk.status.to_s
attachment = disk.attach_to(one, '/dev/sdh')
wait { attachment.status == :attached }
facts['attached'] = attachment.status.to_s
facts['in-use'] = code_of { disk.delete }
disk.detach_from(one, '/dev/sdh')
wait { disk.status == :available }
disk.delete
wait { !disk.exists? }
facts['volume-gone'] = code_of { disk.status }

one.tags.set('owner' => 'me & <you>', 'empty' => '')
facts['tags'] = one.tags.to_h.to_hash.transform_values(&:to_s) # an empty value is nil here
one.tags.delete('owner')
facts['untagged'] = one.tags.to_h.keys.to_a.sort

one.stop
wait { one.status == :stopped }
facts['stopped'] = one.status.to_s
one.start
wait { one.status == :running }
facts['started'] = one.status.to_s
one.reboot
facts['console'] = one.console_output.include?(one.id)

facts['unknown-id'] = code_of { ec2.instances['i-0123456789abcdef0'].status }
facts['unknown-action'] = code_of { ec2.client.describe_bundle_tasks }
all = [one, *three]
all.each(&:terminate)
wait { all.all? { |each| each.status == :terminated } }
facts['terminated'] = all.map { |each| each.status.to_s }
puts JSON.generate(facts)
