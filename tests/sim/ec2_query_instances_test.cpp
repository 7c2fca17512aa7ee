#include <gtest/gtest.h>

#include <string>

#include "tests/sim/ec2_query_support.hpp"

// Instances on the wire: docs/cloud.md §7.2, §7.4.

namespace drydock::cloud::query {
namespace {

constexpr const char* kOne = "RunInstances&ImageId=ami-12345678&MinCount=1&MaxCount=1&InstanceType=t3.micro";

TEST(WireLaunch, ShowsWhatWasAskedFor) {
  WiredRegion region;
  const Heard launched = region.ask(
      "RunInstances&ImageId=ami-12345678&InstanceType=m5.large&MinCount=1&MaxCount=1&KeyName=mine"
      "&Placement.AvailabilityZone=us-east-1b&Placement.Tenancy=dedicated&Monitoring.Enabled=true&EbsOptimized=true"
      "&SecurityGroupId.1=sg-0dd0c5ea000000001&ClientToken=t1&InstanceInitiatedShutdownBehavior=terminate"
      "&IamInstanceProfile.Name=role&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name"
      "&TagSpecification.1.Tag.1.Value=web&UserData=aGk%3D");
  ASSERT_EQ(launched.answer.status, 200) << launched.answer.body;
  const std::string id = launched.text("/RunInstancesResponse/instancesSet/item/instanceId");
  EXPECT_EQ(launched.text("//instanceState/name"), "pending");
  EXPECT_EQ(launched.text("//stateReason/code"), "pending");
  EXPECT_EQ(launched.text("/RunInstancesResponse/ownerId"), "123456789012");
  region.pass(1min);
  const Heard seen = region.ask("DescribeInstances&InstanceId.1=" + id);
  const std::string item = "/DescribeInstancesResponse/reservationSet/item/instancesSet/item/";
  EXPECT_EQ(seen.text(item + "instanceState/code"), "16");
  EXPECT_EQ(seen.text(item + "imageId"), "ami-12345678");
  EXPECT_EQ(seen.text(item + "instanceType"), "m5.large");
  EXPECT_EQ(seen.text(item + "keyName"), "mine");
  EXPECT_EQ(seen.text(item + "amiLaunchIndex"), "0");
  EXPECT_EQ(seen.text(item + "launchTime"), "2026-05-19T00:00:01.000Z");
  EXPECT_EQ(seen.text(item + "placement/availabilityZone"), "us-east-1b");
  EXPECT_EQ(seen.text(item + "placement/tenancy"), "dedicated");
  EXPECT_EQ(seen.text(item + "subnetId"), "subnet-0dd0c5ea00000000b");
  EXPECT_EQ(seen.text(item + "privateIpAddress"), "10.16.64.1");
  EXPECT_EQ(seen.text(item + "privateDnsName"), "ip-10-16-64-1.ec2.internal");
  EXPECT_EQ(seen.text(item + "dnsName"), "ec2-198-18-0-1.compute-1.amazonaws.com");
  EXPECT_EQ(seen.text(item + "ipAddress"), "198.18.0.1");
  EXPECT_EQ(seen.text(item + "monitoring/state"), "enabled");
  EXPECT_EQ(seen.text(item + "ebsOptimized"), "true");
  EXPECT_EQ(seen.text(item + "clientToken"), "t1");
  EXPECT_EQ(seen.text(item + "groupSet/item/groupName"), "default");
  EXPECT_EQ(seen.text(item + "iamInstanceProfile/arn"), "arn:aws:iam::123456789012:instance-profile/role");
  EXPECT_EQ(seen.text(item + "rootDeviceName"), "/dev/xvda");
  EXPECT_EQ(seen.text(item + "blockDeviceMapping/item/ebs/deleteOnTermination"), "true");
  EXPECT_EQ(seen.text(item + "tagSet/item[key='Name']/value"), "web");
  EXPECT_EQ(seen.text(item + "reason"), "");
  const auto attribute = [&](const std::string& name) {
    return region.ask("DescribeInstanceAttribute&InstanceId=" + id + "&Attribute=" + name).text("//" + name + "/value");
  };
  EXPECT_EQ(attribute("userData"), "aGk=");
  EXPECT_EQ(attribute("instanceInitiatedShutdownBehavior"), "terminate");
  EXPECT_EQ(attribute("disableApiTermination"), "false");
}

TEST(WireLaunch, OfSeveralIsOneReservation) {
  WiredRegion region;
  const Heard launched = region.ask("RunInstances&ImageId=ami-12345678&MinCount=3&MaxCount=3&InstanceType=t3.micro");
  EXPECT_EQ(launched.texts("//amiLaunchIndex"), (sim::Log{"0", "1", "2"}));
  region.launched();
  const Heard seen = region.ask("DescribeInstances");
  EXPECT_EQ(seen.count("/DescribeInstancesResponse/reservationSet/item"), 2U);
  EXPECT_EQ(seen.count("/DescribeInstancesResponse/reservationSet/item[1]/instancesSet/item"), 3U);
  EXPECT_EQ(seen.text("//reservationSet/item[1]/reservationId"), launched.text("//reservationId"));
}

TEST(WireLaunch, MakesAsManyAsThereIsRoomForButNotFewerThanTheLeast) {
  Profile profile = fixed_profile();
  profile.instance_limit = 4;
  WiredRegion region{profile};
  const std::string many = "RunInstances&ImageId=ami-12345678&InstanceType=t3.micro";
  EXPECT_EQ(region.ask(many + "&MinCount=5&MaxCount=9").code(), "InstanceLimitExceeded");
  EXPECT_EQ(region.ec2.instances().size(), 0U);
  EXPECT_EQ(region.ask(many + "&MinCount=2&MaxCount=9").count("//instanceId"), 4U);
  EXPECT_EQ(region.ask(many + "&MinCount=1&MaxCount=1").code(), "InstanceLimitExceeded");
  EXPECT_EQ(region.ask(many + "&MinCount=2&MaxCount=1").code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask(many + "&MinCount=0&MaxCount=1").code(), "InvalidParameterValue");
}

TEST(WireLaunch, WithATokenIsMadeOnce) {
  WiredRegion region;
  const std::string two = "RunInstances&ImageId=ami-12345678&InstanceType=t3.micro&MinCount=2&MaxCount=2&ClientToken=T";
  const Heard first = region.ask(two);
  region.pass(1min);
  const Heard again = region.ask(two);
  EXPECT_EQ(again.texts("//instanceId"), first.texts("//instanceId"));
  EXPECT_EQ(again.text("//reservationId"), first.text("//reservationId"));
  EXPECT_EQ(again.text("//instanceState/name"), "running");
  EXPECT_EQ(region.ask(two + "&KeyName=other").code(), "IdempotentParameterMismatch");
  EXPECT_EQ(region.ec2.instances().size(), 2U);
  const sim::Log ids = first.texts("//instanceId");
  region.ask("TerminateInstances&InstanceId.1=" + ids[0] + "&InstanceId.2=" + ids[1]);
  region.pass(1min);
  EXPECT_EQ(region.ask(two).code(), "IdempotentInstanceTerminated");
  region.pass(25h);
  EXPECT_EQ(region.ask(two).code(), "none");
  EXPECT_EQ(region.ask(two + std::string(65, 'x')).code(), "InvalidClientToken");
}

TEST(WireLaunch, RefusesWhatCannotBe) {
  WiredRegion region;
  const std::string one = kOne;
  EXPECT_EQ(region.ask("RunInstances&MinCount=1&MaxCount=1").message(),
            "The request must contain the parameter ImageId");
  EXPECT_EQ(region.ask("RunInstances&ImageId=ami-1&MinCount=1&MaxCount=1").code(), "InvalidAMIID.Malformed");
  EXPECT_EQ(region.ask("RunInstances&ImageId=ami-12345678&MaxCount=1").message(),
            "The request must contain the parameter MinCount");
  EXPECT_EQ(region.ask("RunInstances&ImageId=ami-12345678&MinCount=1&MaxCount=1&InstanceType=big").message(),
            "Invalid value 'big' for InstanceType.");
  EXPECT_EQ(region.ask(one + "&SubnetId=subnet-1").code(), "InvalidSubnetID.NotFound");
  EXPECT_EQ(region.ask(one + "&SecurityGroupId.1=sg-1").code(), "InvalidGroup.NotFound");
  EXPECT_EQ(region.ask(one + "&Placement.AvailabilityZone=us-west-9z").message(),
            "Invalid availability zone: [us-west-9z]");
  EXPECT_EQ(region.ask(one + "&UserData=%21").code(), "InvalidUserData.Malformed");
  EXPECT_EQ(region.ask(one + "&LaunchTemplate.LaunchTemplateName=x").code(), "InvalidLaunchTemplateId.NotFound");
  EXPECT_EQ(region.ask(one + "&TagSpecification.1.ResourceType=snapshot").code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask(one + "&BlockDeviceMapping.1.DeviceName=/dev/sdf&BlockDeviceMapping.1.Ebs.VolumeType=x").code(),
            "UnknownVolumeType");
  EXPECT_EQ(
      region.ask(one + "&BlockDeviceMapping.1.DeviceName=/dev/sdf&BlockDeviceMapping.2.DeviceName=/dev/sdf").code(),
      "InvalidBlockDeviceMapping");
  EXPECT_EQ(region.ec2.instances().size(), 0U);
}

TEST(WireLaunch, MayHaveAnAddressOfItsSubnet) {
  WiredRegion region;
  const std::string one = kOne;
  EXPECT_EQ(region.ask(one + "&PrivateIpAddress=10.16.1.77").text("//privateIpAddress"), "10.16.1.77");
  EXPECT_EQ(region.ask(one + "&PrivateIpAddress=10.16.1.77").code(), "InvalidIPAddress.InUse");
  EXPECT_EQ(region.ask(one + "&PrivateIpAddress=10.16.64.1").code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask(one + "&PrivateIpAddress=1.2.3.4").code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask("RunInstances&ImageId=ami-12345678&MinCount=1&MaxCount=2&PrivateIpAddress=10.16.1.7").code(),
            "InvalidParameterCombination");
  EXPECT_EQ(region.ask(one + "&MetadataOptions.HttpTokens=required").text("//metadataOptions/httpTokens"), "required");
}

TEST(WireLaunch, WithoutCapacityFailsInEitherShape) {
  Profile profile = fixed_profile();
  profile.capacity = Capacity::sync;
  WiredRegion refused{profile};
  EXPECT_EQ(refused.ask(kOne).answer.status, 500);
  profile.capacity = Capacity::async;
  WiredRegion accepted{profile};
  const std::string id = accepted.launched();
  accepted.pass(1min);
  const Heard seen = accepted.ask("DescribeInstances&InstanceId.1=" + id);
  EXPECT_EQ(seen.text("//instanceState/name"), "terminated");
  EXPECT_EQ(seen.text("//stateReason/code"), "Server.InsufficientInstanceCapacity");
  EXPECT_EQ(seen.text("//reason").substr(0, 36), "Server.InsufficientInstanceCapacity:");
}

TEST(WireLaunch, OfAWorkspaceIsMetByItsFaults) {
  WiredRegion region;
  region.launched(
      "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=workspace"
      "&TagSpecification.1.Tag.1.Value=w1");
  EXPECT_EQ(region.ec2.instances().front().request.workspace, "w1");
  region.puppet.calls.clear();
  region.ask("DescribeInstances&Filter.1.Name=tag:workspace&Filter.1.Value.1=w1");
  EXPECT_EQ(region.record.text(region.puppet.calls.front().workspace), "w1");
}

TEST(WireInstances, AreStoppedStartedRebootedAndTerminated) {
  WiredRegion region;
  const std::string id = region.launched();
  region.pass(1min);
  const Heard stopped = region.ask("StopInstances&InstanceId.1=" + id);
  EXPECT_EQ(stopped.text("/StopInstancesResponse/instancesSet/item/previousState/name"), "running");
  EXPECT_EQ(stopped.text("/StopInstancesResponse/instancesSet/item/currentState/code"), "64");
  EXPECT_EQ(region.ask("StartInstances&InstanceId.1=" + id).message(),
            "The instance '" + id + "' is not in a state from which it can be started.");
  region.pass(2min);
  const Heard seen = region.ask("DescribeInstances&InstanceId.1=" + id);
  EXPECT_EQ(seen.text("//instanceState/name"), "stopped");
  EXPECT_EQ(seen.text("//reason"), "User initiated (2026-05-19 00:01:02 GMT)");
  EXPECT_EQ(seen.text("//stateReason/message"), "Client.UserInitiatedShutdown: User initiated shutdown");
  EXPECT_EQ(seen.text("//ipAddress"), "(none)");
  EXPECT_EQ(region.ask("StartInstances&InstanceId.1=" + id).text("//currentState/name"), "pending");
  region.pass(1min);
  EXPECT_EQ(region.ask("RebootInstances&InstanceId.1=" + id).text("/RebootInstancesResponse/return"), "true");
  EXPECT_EQ(region.ask("TerminateInstances&InstanceId.1=" + id).text("//currentState/name"), "shutting-down");
  region.pass(1min);
  const Heard gone = region.ask("DescribeInstances&InstanceId.1=" + id);
  EXPECT_EQ(gone.text("//instanceState/code"), "48");
  EXPECT_EQ(gone.text("//privateDnsName"), "");
  EXPECT_EQ(gone.count("//blockDeviceMapping/item"), 0U);
}

TEST(WireInstances, ThatAreProtectedAreNotTerminated) {
  WiredRegion region;
  const std::string id = region.launched("&DisableApiTermination=true");
  region.pass(1min);
  EXPECT_EQ(region.ask("TerminateInstances&InstanceId.1=" + id).code(), "OperationNotPermitted");
  region.ask("ModifyInstanceAttribute&InstanceId=" + id + "&DisableApiTermination.Value=false");
  EXPECT_EQ(region.ask("TerminateInstances&InstanceId.1=" + id).code(), "none");
}

TEST(WireInstances, AreModified) {
  WiredRegion region;
  const std::string id = region.launched();
  region.pass(1min);
  const std::string modify = "ModifyInstanceAttribute&InstanceId=" + id;
  EXPECT_EQ(region.ask(modify + "&InstanceType.Value=t3.large").code(), "IncorrectInstanceState");
  EXPECT_EQ(region
                .ask(modify + "&BlockDeviceMapping.1.DeviceName=/dev/xvda"
                              "&BlockDeviceMapping.1.Ebs.DeleteOnTermination=false")
                .code(),
            "none");
  region.ask("StopInstances&InstanceId.1=" + id);
  region.pass(2min);
  EXPECT_EQ(region.ask(modify + "&Attribute=instanceType&Value=t3.large").code(), "none");
  EXPECT_EQ(region.ask("DescribeInstances").text("//instanceType"), "t3.large");
  region.ask("TerminateInstances&InstanceId.1=" + id);
  region.pass(1min);
  EXPECT_EQ(region.ask("DescribeVolumes").text("//volumeSet/item/status"), "available") << "the root volume stayed";
}

TEST(WireInstances, OfAScenarioAreShownToo) {
  WiredRegion region;
  RunInstancesRequest request;
  request.workspace = "reviewer";
  request.data_volume.emplace();
  const Instance& instance = region.ec2.seed_running(request, sim::kTimeZero - 10min);
  const Heard seen = region.ask("DescribeInstances&InstanceId.1=" + instance.id);
  EXPECT_EQ(seen.text("//tagSet/item[key='workspace']/value"), "reviewer");
  EXPECT_EQ(seen.text("//imageId"), "ami-0dd0c5ea000000001");
  EXPECT_EQ(seen.text("//instanceType"), "t3.small");
  EXPECT_EQ(seen.text("//launchTime"), "2026-05-18T23:50:00.000Z");
  EXPECT_EQ(seen.text("//blockDeviceMapping/item/deviceName"), "/dev/sdf");
  EXPECT_EQ(seen.text("//reservationId"), "r-" + instance.id.substr(2));
}

TEST(WireInstances, AreFiltered) {
  WiredRegion region;
  const std::string web = region.launched(
      "&KeyName=k1&TagSpecification.1.ResourceType=instance"
      "&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=web-1");
  const std::string db = region.launched(
      "&Placement.AvailabilityZone=us-east-1c&TagSpecification.1.ResourceType=instance"
      "&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=db-1");
  region.pass(1min);
  region.ask("StopInstances&InstanceId.1=" + db);
  region.pass(2min);
  const auto found = [&](const std::string& name, const sim::Log& values) {
    std::string query = "DescribeInstances&Filter.1.Name=" + name;
    for (std::size_t i = 0; i < values.size(); ++i) {
      query += "&Filter.1.Value." + std::to_string(i + 1) + "=" + values[i];
    }
    return region.ask(query).texts("//instanceId");
  };
  EXPECT_EQ(found("tag:Name", {"web-*"}), (sim::Log{web}));
  EXPECT_EQ(found("tag:Name", {"?b-1", "web-1"}), (sim::Log{web, db}));
  EXPECT_EQ(found("tag-key", {"Name"}), (sim::Log{web, db}));
  EXPECT_EQ(found("tag-value", {"db-1"}), (sim::Log{db}));
  EXPECT_EQ(found("instance-state-name", {"stopped"}), (sim::Log{db}));
  EXPECT_EQ(found("instance-state-code", {"16"}), (sim::Log{web}));
  EXPECT_EQ(found("availability-zone", {"us-east-1c"}), (sim::Log{db}));
  EXPECT_EQ(found("key-name", {"k1"}), (sim::Log{web}));
  EXPECT_EQ(found("instance-id", {db, web}), (sim::Log{web, db}));
  EXPECT_EQ(found("vpc-id", {"vpc-0dd0c5ea000000001"}), (sim::Log{web, db}));
  EXPECT_EQ(found("image-id", {"ami-none"}), sim::Log{});
  EXPECT_EQ(region
                .ask("DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value.1=*-1&Filter.2.Name=instance-state-name"
                     "&Filter.2.Value.1=running")
                .texts("//instanceId"),
            (sim::Log{web}));
  EXPECT_EQ(region.ask("DescribeInstances&InstanceId.1=" + db + "&Filter.1.Name=key-name&Filter.1.Value.1=k1").code(),
            "none");
}

TEST(WireInstances, ArePagedInTheOrderOfTheirLaunches) {
  WiredRegion region;
  for (int i = 0; i < 12; ++i) region.running("w" + std::to_string(i));
  const Heard first = region.ask("DescribeInstances&MaxResults=5");
  const std::string token = first.text("//nextToken");
  region.running("new");
  const Heard second = region.ask("DescribeInstances&MaxResults=5&NextToken=" + token);
  EXPECT_EQ(region.ask("DescribeInstances&MaxResults=5&NextToken=" + token).texts("//instanceId"),
            second.texts("//instanceId"));
  const Heard third = region.ask("DescribeInstances&MaxResults=5&NextToken=" + second.text("//nextToken"));
  EXPECT_EQ(first.count("//instanceId"), 5U);
  EXPECT_EQ(second.count("//instanceId"), 5U);
  EXPECT_EQ(third.count("//instanceId"), 3U);
  EXPECT_EQ(third.text("//nextToken"), "(none)");
  EXPECT_EQ(region.ask("DescribeVolumes&MaxResults=5&NextToken=" + token).code(), "InvalidNextToken");
}

TEST(WireStatus, IsThatOfTheRunning) {
  WiredRegion region;
  const std::string id = region.launched();
  EXPECT_EQ(region.ask("DescribeInstanceStatus").count("//instanceStatusSet/item"), 0U);
  const Heard all = region.ask("DescribeInstanceStatus&IncludeAllInstances=true");
  EXPECT_EQ(all.text("//instanceStatusSet/item/instanceState/name"), "pending");
  EXPECT_EQ(all.text("//systemStatus/status"), "not-applicable");
  region.pass(1min);
  EXPECT_EQ(region.ask("DescribeInstanceStatus&InstanceId.1=" + id).text("//instanceStatus/status"), "initializing");
  region.pass(2min);
  const Heard ok = region.ask("DescribeInstanceStatus&Filter.1.Name=system-status.status&Filter.1.Value.1=ok");
  EXPECT_EQ(ok.text("//systemStatus/details/item/status"), "passed");
  EXPECT_EQ(ok.text("//availabilityZone"), "us-east-1a");
}

TEST(WireInstances, HaveAConsole) {
  WiredRegion region;
  const std::string id = region.launched();
  EXPECT_EQ(region.ask("GetConsoleOutput&InstanceId=" + id).text("//output"), "");
  region.pass(1min);
  EXPECT_NE(region.ask("GetConsoleOutput&InstanceId=" + id).text("//output"), "");
  EXPECT_EQ(region.ask("DescribeInstanceAttribute&InstanceId=" + id + "&Attribute=colour").code(),
            "InvalidParameterValue");
}

}  // namespace
}  // namespace drydock::cloud::query
