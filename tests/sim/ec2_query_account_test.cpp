#include <gtest/gtest.h>

#include <string>

#include "sim/cloud/query/types.hpp"
#include "tests/sim/ec2_query_support.hpp"

// What tools ask before they launch: docs/cloud.md §7.6.

namespace drydock::cloud::query {
namespace {

TEST(WireAccount, HasOneNetworkThatFitsTogether) {
  WiredRegion region;
  const std::string vpc = region.ask("DescribeVpcs&Filter.1.Name=isDefault&Filter.1.Value.1=true").text("//vpcId");
  const Heard subnets = region.ask("DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=" + vpc);
  EXPECT_EQ(subnets.texts("//availabilityZone"), (sim::Log{"us-east-1a", "us-east-1b", "us-east-1c"}));
  EXPECT_EQ(region.ask("DescribeAvailabilityZones").texts("//zoneName"), subnets.texts("//availabilityZone"));
  EXPECT_EQ(region.ask("DescribeAvailabilityZones").texts("//zoneId"), subnets.texts("//availabilityZoneId"));
  const Heard groups = region.ask("DescribeSecurityGroups&GroupName.1=default");
  EXPECT_EQ(groups.text("//securityGroupInfo/item/vpcId"), vpc);
  const std::string group = groups.text("//securityGroupInfo/item/groupId");
  for (const std::string& subnet : subnets.texts("//subnetId")) {
    const std::string id = region.launched("&SubnetId=" + subnet + "&SecurityGroupId.1=" + group);
    const Heard seen = region.ask("DescribeInstances&InstanceId.1=" + id);
    EXPECT_EQ(seen.text("//instancesSet/item/subnetId"), subnet);
    EXPECT_EQ(seen.text("//instancesSet/item/vpcId"), vpc);
    const Heard its = region.ask("DescribeSubnets&SubnetId.1=" + subnet);
    EXPECT_EQ(its.text("//availabilityZone"), seen.text("//placement/availabilityZone"));
  }
  const std::string interface =
      "&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SubnetId=" + subnets.text("//subnetId");
  EXPECT_NE(region.launched(interface), "(none)");
}

TEST(WireAccount, RefusesWhatItDoesNotHave) {
  WiredRegion region;
  EXPECT_EQ(region.ask("DescribeVpcs&VpcId.1=vpc-1").message(), "The vpc ID 'vpc-1' does not exist");
  EXPECT_EQ(region.ask("DescribeSubnets&SubnetId.1=subnet-1").code(), "InvalidSubnetID.NotFound");
  EXPECT_EQ(region.ask("DescribeSecurityGroups&GroupId.1=sg-1").code(), "InvalidGroup.NotFound");
  EXPECT_EQ(region.ask("DescribeSecurityGroups&GroupName.1=web").code(), "InvalidGroup.NotFound");
  EXPECT_EQ(region.ask("DescribeAvailabilityZones&ZoneName.1=moon").message(), "Invalid availability zone: [moon]");
  EXPECT_EQ(region.ask("DescribeRegions&RegionName.1=moon").code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask("DescribeAddresses&PublicIp.1=1.2.3.4").code(), "InvalidAddress.NotFound");
  EXPECT_EQ(region.ask("DescribeVpcs&Filter.1.Name=colour&Filter.1.Value.1=x").code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask("DescribeVpcs&Filter.1.Name=tag:Name&Filter.1.Value.1=x").count("//vpcSet/item"), 0U);
  EXPECT_EQ(region.ask("DescribeAddresses").count("//addressesSet"), 1U);
}

TEST(WireAccount, ListsRegionsKeysAndAttributes) {
  WiredRegion region;
  EXPECT_EQ(region.ask("DescribeRegions&RegionName.1=eu-west-1").text("//regionEndpoint"),
            "ec2.eu-west-1.amazonaws.com");
  EXPECT_EQ(region.ask("DescribeKeyPairs").count("//keySet/item"), 0U);
  region.launched("&KeyName=mine");
  EXPECT_EQ(region.ask("DescribeKeyPairs").texts("//keyName"), (sim::Log{"mine"}));
  EXPECT_EQ(region.ask("DescribeKeyPairs&KeyName.1=other").text("//keyFingerprint").size(), 23U);
  EXPECT_EQ(region.ask("DescribeAccountAttributes&AttributeName.1=default-vpc").text("//attributeValue"),
            "vpc-0dd0c5ea000000001");
}

TEST(WireImages, AreFoundByNameOwnerAndId) {
  WiredRegion region;
  const Heard amazon =
      region.ask("DescribeImages&Owner.1=amazon&Filter.1.Name=name&Filter.1.Value.1=al2023-ami-*-x86_64");
  EXPECT_EQ(amazon.texts("//imageId"), (sim::Log{"ami-0dd0c5ea000000002"}));
  EXPECT_EQ(region.ask("DescribeImages&Owner.1=self").count("//imagesSet/item"), 0U);
  EXPECT_EQ(region.ask("DescribeImages&ImageId.1=ami-12345678").text("//imageId"), "ami-12345678");
  EXPECT_EQ(region.ask("DescribeImages&ImageId.1=ami-1").code(), "InvalidAMIID.Malformed");
  const std::string ubuntu =
      region.ask("DescribeImages&Owner.1=099720109477&Filter.1.Name=name&Filter.1.Value.1=ubuntu/images/*jammy*")
          .text("//imageId");
  const Heard launched = region.ask("RunInstances&MinCount=1&MaxCount=1&ImageId=" + ubuntu);
  EXPECT_EQ(launched.text("//rootDeviceName"), "/dev/sda1");
}

TEST(WireTypes, AreFamiliesAndSizes) {
  WiredRegion region;
  const Heard two = region.ask("DescribeInstanceTypes&InstanceType.1=t3.micro&InstanceType.2=m5.xlarge");
  EXPECT_EQ(two.texts("//instanceType"), (sim::Log{"m5.xlarge", "t3.micro"}));
  EXPECT_EQ(two.texts("//defaultVCpus"), (sim::Log{"4", "2"}));
  EXPECT_EQ(two.texts("//sizeInMiB"), (sim::Log{"16384", "1024"}));
  EXPECT_EQ(region.ask("DescribeInstanceTypes&InstanceType.1=big").code(), "InvalidInstanceType");
  const Heard arm = region.ask(
      "DescribeInstanceTypes&MaxResults=5&Filter.1.Name=processor-info.supported-architecture"
      "&Filter.1.Value.1=arm64");
  EXPECT_EQ(arm.count("//instanceTypeSet/item"), 5U);
  EXPECT_NE(arm.text("//nextToken"), "(none)");
  EXPECT_EQ(region
                .ask("DescribeInstanceTypeOfferings&LocationType=availability-zone&Filter.1.Name=instance-type"
                     "&Filter.1.Value.1=t3.micro")
                .texts("//location"),
            (sim::Log{"us-east-1a", "us-east-1b", "us-east-1c"}));
  for (const std::string type : {"m1.small", "t2.nano", "c5.4xlarge", "t4g.medium"})
    EXPECT_TRUE(is_instance_type(type));
  for (const std::string type : {"m5.nano", "t3", "t3.", ".micro", ""}) EXPECT_FALSE(is_instance_type(type)) << type;
}

}  // namespace
}  // namespace drydock::cloud::query
