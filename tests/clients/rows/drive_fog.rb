# fog (see lines.py).

require 'fog/aws'
require 'json'

IMAGE = 'ami-0abcdef1234567890'
PAUSES = []

# fog sleeps as itself, and so it does for 210 s where it is throttled.
class Fog::AWS::Compute::Real
  def sleep(seconds)
    PAUSES << seconds
  end
end
Fog::Logger[:warning] = nil

def call(ec2, asked)
  case asked['action']
  when 'CreateSnapshot' then ec2.create_snapshot(asked['id'])
  when 'RunInstances' then ec2.run_instances(IMAGE, 1, 1, 'ClientToken' => asked['token'])
  when 'DescribeInstances' then ec2.describe_instances('instance-id' => asked['id'])
  when 'TerminateInstances' then ec2.terminate_instances([asked['id']])
  end
  true
rescue StandardError => e
  e.message[/([A-Za-z.]+)(?= => )/] || e.class.name.split('::').last
end

puts '{}'
$stdout.flush
$stdin.each_line do |line|
  asked = JSON.parse(line)
  PAUSES.clear
  limit = asked['timeout'] ? {connection_options: {read_timeout: asked['timeout']}} : {}
  ec2 = Fog::AWS::Compute.new(endpoint: asked['url'], region: 'us-east-1', aws_access_key_id: 'any',
                              aws_secret_access_key: 'any', **limit)
  told = nil
  asked['times'].times { told = call(ec2, asked) }
  puts JSON.generate(told: told, pauses: PAUSES)
  $stdout.flush
end
