#!/usr/bin/env bash
# fog-aws' run_instances returns an entry for each network interface and private address beside those of the instances.
#
# Versions: Debian 12's ruby-fog-aws 3.15.0-1 with ruby-fog-core 2.3.0-1, Ruby 3.1.
# Guess:    RunInstances with a count of 2 returns two entries in instancesSet, as DescribeInstances of the same answer
#           does.
# Seen:     six entries, four of them without an instanceId. The parser of RunInstances ends an instance at each closing
#           `item` outside of five lists that it knows. `networkInterfaces` is one of them, but EC2's elements are
#           `networkInterfaceSet` and `privateIpAddressesSet`, so what stands behind an interface in the document goes
#           to the next entry. DescribeInstances, of the same instances, returns two. Who takes the first entry (as
#           `servers.create` does) does not notice; who counts, or takes the last, does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q ruby-fog-aws=3.15.0-1 ruby-fog-core=2.3.0-1 ruby-fog-xml=0.1.1-5.1 ruby-fog-json=1.2.0-1 \
  ruby-excon=0.88.0-1 ruby-builder ruby-formatador ruby-mime-types ruby-mime-types-data \
  ruby-multi-json ruby-nokogiri ruby-pkg-config >download.log 2>&1 || { cat download.log >&2; exit 1; }
for package in *.deb; do dpkg -x "$package" root; done

cat >count.rb <<'RUBY'
require 'socket'
require 'fog/aws'

def instance(number)
  <<~XML
    <item><instanceId>i-#{number}</instanceId><instanceState><code>0</code><name>pending</name></instanceState>
    <networkInterfaceSet><item><networkInterfaceId>eni-#{number}</networkInterfaceId>
    <privateIpAddressesSet><item><privateIpAddress>10.0.0.#{number}</privateIpAddress></item></privateIpAddressesSet>
    </item></networkInterfaceSet><ebsOptimized>false</ebsOptimized></item>
  XML
end

reservation = "<reservationId>r-1</reservationId><ownerId>1</ownerId><groupSet/>" \
              "<instancesSet>#{instance(1)}#{instance(2)}</instancesSet>"
server = TCPServer.new('127.0.0.1', 0)
Thread.new do
  loop do
    client = server.accept
    length = 0
    while (line = client.gets) && line != "\r\n"
      length = line.split(':')[1].to_i if line.downcase.start_with?('content-length:')
    end
    action = client.read(length)[/Action=(\w+)/, 1]
    inner = action == 'RunInstances' ? reservation : "<reservationSet><item>#{reservation}</item></reservationSet>"
    body = "<#{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">#{inner}</#{action}Response>"
    client.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: #{body.bytesize}\r\n\r\n#{body}")
    client.close
  end
end

compute = Fog::AWS::Compute.new(aws_access_key_id: 'id', aws_secret_access_key: 'key', region: 'us-east-1',
                                endpoint: "http://127.0.0.1:#{server.addr[1]}")
launched = compute.run_instances('ami-1', 2, 2).body['instancesSet']
puts "run_instances: #{launched.size} entries: #{launched.map { |one| one['instanceId'] || 'none' }.join(', ')}"
shown = compute.describe_instances.body['reservationSet'][0]['instancesSet']
puts "describe_instances: #{shown.size} entries: #{shown.map { |one| one['instanceId'] || 'none' }.join(', ')}"
RUBY

cat >expected <<'TEXT'
run_instances: 6 entries: i-1, none, none, i-2, none, none
describe_instances: 2 entries: i-1, i-2
TEXT
libraries=$(find root/usr -type d \( -path '*/gems/*/lib' -o -name vendor_ruby \) -printf "$folder/%p:")
natives=$(find root/usr/lib -type d -path '*/vendor_ruby/3.1.0' -printf "$folder/%p:")
RUBYLIB="$libraries$natives" /usr/bin/ruby -W0 count.rb >seen
diff expected seen
cat seen
