# The AWS SDK for Ruby, version 1 (see lines.py).

require 'aws-sdk'
require 'json'
require 'uri'

IMAGE = 'ami-0abcdef1234567890'
PAUSES = []
Kernel.define_singleton_method(:sleep) { |seconds| PAUSES << seconds }

def call(ec2, asked)
  token = asked['token'] ? {client_token: asked['token']} : {}
  case asked['action']
  when 'CreateSnapshot' then ec2.create_snapshot(volume_id: asked['id'])
  when 'RunInstances' then ec2.run_instances(image_id: IMAGE, min_count: 1, max_count: 1, **token)
  when 'DescribeInstances' then ec2.describe_instances(instance_ids: [asked['id']])
  when 'TerminateInstances' then ec2.terminate_instances(instance_ids: [asked['id']])
  end
  true
rescue AWS::Errors::Base => e
  e.code || e.class.name
rescue StandardError, Timeout::Error => e
  e.class.name
end

puts '{}'
$stdout.flush
$stdin.each_line do |line|
  asked = JSON.parse(line)
  where = URI(asked['url'])
  PAUSES.clear
  limit = asked['timeout'] ? {http_read_timeout: asked['timeout']} : {}
  ec2 = AWS::EC2.new(use_ssl: false, ec2_endpoint: where.host, ec2_port: where.port, **limit).client
  told = nil
  asked['times'].times { told = call(ec2, asked) }
  puts JSON.generate(told: told, pauses: PAUSES)
  $stdout.flush
end
