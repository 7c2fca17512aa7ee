#include <gtest/gtest.h>

#include <string>

#include "tests/sim/ec2_query_support.hpp"

// Volumes, snapshots and tags on the wire: docs/cloud.md §7.2, §7.4.

namespace drydock::cloud::query {
namespace {

/// The root volume of the first instance.
std::string root_of(WiredRegion& region) {
  return region.ask("DescribeInstances").text("//blockDeviceMapping/item[1]/ebs/volumeId");
}

TEST(WireVolumes, OfALaunchAreRootAndData) {
  WiredRegion region;
  const std::string id = region.launched(
      "&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda&BlockDeviceMapping.1.Ebs.VolumeSize=20"
      "&BlockDeviceMapping.1.Ebs.VolumeType=gp3&BlockDeviceMapping.2.DeviceName=%2Fdev%2Fsdh"
      "&BlockDeviceMapping.2.Ebs.VolumeSize=100&BlockDeviceMapping.2.Ebs.Encrypted=true"
      "&BlockDeviceMapping.3.DeviceName=%2Fdev%2Fsdi&BlockDeviceMapping.3.Ebs.DeleteOnTermination=true"
      "&BlockDeviceMapping.4.DeviceName=%2Fdev%2Fsdb&BlockDeviceMapping.4.VirtualName=ephemeral0"
      "&TagSpecification.1.ResourceType=volume&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b");
  const Heard seen = region.ask("DescribeVolumes&Filter.1.Name=attachment.instance-id&Filter.1.Value.1=" + id);
  EXPECT_EQ(seen.texts("//volumeSet/item/attachmentSet/item/device"), (sim::Log{"/dev/xvda", "/dev/sdh", "/dev/sdi"}));
  EXPECT_EQ(seen.texts("//volumeSet/item/size"), (sim::Log{"20", "100", "8"}));
  EXPECT_EQ(seen.texts("//volumeSet/item/encrypted"), (sim::Log{"false", "true", "false"}));
  EXPECT_EQ(seen.texts("//volumeSet/item/volumeType"), (sim::Log{"gp3", "gp2", "gp2"}));
  EXPECT_EQ(seen.texts("//volumeSet/item/iops"), (sim::Log{"3000", "300", "100"}));
  EXPECT_EQ(seen.texts("//volumeSet/item/status"), (sim::Log{"in-use", "in-use", "in-use"}));
  EXPECT_EQ(seen.texts("//deleteOnTermination"), (sim::Log{"true", "false", "true"}));
  EXPECT_EQ(seen.count("//tagSet/item[key='a']"), 3U);
  region.pass(1min);
  region.ask("TerminateInstances&InstanceId.1=" + id);
  region.pass(1min);
  const Heard left = region.ask("DescribeVolumes");
  EXPECT_EQ(left.texts("//volumeSet/item/size"), (sim::Log{"100"}));
  EXPECT_EQ(left.text("//volumeSet/item/status"), "available");
}

TEST(WireVolumes, AreMadeAttachedDetachedAndDeleted) {
  WiredRegion region;
  const std::string id = region.launched();
  const Heard made = region.ask(
      "CreateVolume&AvailabilityZone=us-east-1a&Size=12&VolumeType=io1&Iops=500"
      "&TagSpecification.1.ResourceType=volume&TagSpecification.1.Tag.1.Key=k"
      "&TagSpecification.1.Tag.1.Value=v");
  EXPECT_EQ(made.text("/CreateVolumeResponse/status"), "creating");
  EXPECT_EQ(made.text("/CreateVolumeResponse/iops"), "500");
  EXPECT_EQ(made.text("/CreateVolumeResponse/tagSet/item/value"), "v");
  const std::string volume = made.text("/CreateVolumeResponse/volumeId");
  region.pass(1min);
  const Heard attached = region.ask("AttachVolume&VolumeId=" + volume + "&InstanceId=" + id + "&Device=/dev/sdg");
  EXPECT_EQ(attached.text("/AttachVolumeResponse/device"), "/dev/sdg");
  EXPECT_EQ(attached.text("/AttachVolumeResponse/instanceId"), id);
  EXPECT_EQ(region.ask("DeleteVolume&VolumeId=" + volume).code(), "VolumeInUse");
  EXPECT_EQ(region.ask("DescribeInstances").texts("//blockDeviceMapping/item/deviceName"),
            (sim::Log{"/dev/xvda", "/dev/sdg"}));
  const Heard detached = region.ask("DetachVolume&VolumeId=" + volume);
  EXPECT_EQ(detached.text("/DetachVolumeResponse/status"), "detaching");
  EXPECT_EQ(detached.text("/DetachVolumeResponse/instanceId"), id);
  EXPECT_EQ(region.ask("DetachVolume&VolumeId=" + volume).code(), "IncorrectState");
  EXPECT_EQ(region.ask("DeleteVolume&VolumeId=" + volume).text("//return"), "true");
  region.pass(1min);
  EXPECT_EQ(region.ask("DescribeVolumes&VolumeId.1=" + volume).code(), "InvalidVolume.NotFound");
}

TEST(WireVolumes, AreAttachedOncePerDeviceAndInTheirZone) {
  WiredRegion region;
  const std::string id = region.launched();
  const auto make = [&](const std::string& zone) {
    return region.ask("CreateVolume&Size=1&AvailabilityZone=" + zone).text("//volumeId");
  };
  const std::string first = make("us-east-1a");
  const std::string second = make("us-east-1a");
  const std::string third = make("us-east-1a");
  const std::string far = make("us-east-1b");
  region.pass(1min);
  const auto attach = [&](const std::string& volume, const std::string& device) {
    return region.ask("AttachVolume&VolumeId=" + volume + "&InstanceId=" + id + "&Device=" + device).code();
  };
  EXPECT_EQ(attach(first, "/dev/sdg"), "none");
  EXPECT_EQ(attach(second, "/dev/sdg"), "InvalidParameterValue");
  EXPECT_EQ(attach(second, "/dev/xvda"), "InvalidParameterValue");
  EXPECT_EQ(attach(second, "/dev/sdh"), "none");
  EXPECT_EQ(attach(third, "/dev/sdi"), "none");
  EXPECT_EQ(attach(third, "/dev/sdj"), "VolumeInUse");
  EXPECT_EQ(attach(far, "/dev/sdj"), "InvalidVolume.ZoneMismatch");
  EXPECT_EQ(region.ask("DescribeInstances").count("//blockDeviceMapping/item"), 4U);
  region.ask("TerminateInstances&InstanceId.1=" + id);
  region.pass(1min);
  EXPECT_EQ(region.ask("DescribeVolumes").texts("//volumeSet/item/status"),
            (sim::Log{"available", "available", "available", "available"}));
}

TEST(WireVolumes, ThatARunningInstanceBootsFromStay) {
  WiredRegion region;
  const std::string id = region.launched();
  region.pass(1min);
  const std::string root = root_of(region);
  EXPECT_EQ(region.ask("DetachVolume&VolumeId=" + root).code(), "OperationNotPermitted");
  region.ask("StopInstances&InstanceId.1=" + id);
  region.pass(2min);
  EXPECT_EQ(region.ask("DetachVolume&VolumeId=" + root).code(), "none");
  EXPECT_EQ(region.ask("StartInstances&InstanceId.1=" + id).code(), "IncorrectInstanceState");
  EXPECT_EQ(region.ask("AttachVolume&VolumeId=" + root + "&InstanceId=" + id + "&Device=/dev/xvda").code(), "none");
  EXPECT_EQ(region.ask("StartInstances&InstanceId.1=" + id).code(), "none");
}

TEST(WireVolumes, WithATokenAreMadeOnce) {
  WiredRegion region;
  const std::string query = "CreateVolume&AvailabilityZone=us-east-1a&Size=1&ClientToken=T";
  EXPECT_EQ(region.ask(query).text("//volumeId"), region.ask(query).text("//volumeId"));
  EXPECT_EQ(region.ask("CreateVolume&AvailabilityZone=us-east-1a&Size=2&ClientToken=T").code(),
            "IdempotentParameterMismatch");
  EXPECT_EQ(region.ask("CreateVolume&AvailabilityZone=us-east-1a").message(),
            "The request must contain the parameter size/snapshot");
  EXPECT_EQ(region.ask("CreateVolume&Size=1").code(), "MissingParameter");
  EXPECT_EQ(region.ask("CreateVolume&Size=1&AvailabilityZone=moon").code(), "InvalidZone.NotFound");
}

TEST(WireSnapshots, AreTakenShownAndRestored) {
  WiredRegion region;
  region.launched("&BlockDeviceMapping.1.DeviceName=/dev/xvda&BlockDeviceMapping.1.Ebs.VolumeSize=30");
  region.pass(1min);
  const Heard taken = region.ask("CreateSnapshot&VolumeId=" + root_of(region) + "&Description=before+the+change");
  EXPECT_EQ(taken.text("/CreateSnapshotResponse/status"), "pending");
  EXPECT_EQ(taken.text("/CreateSnapshotResponse/volumeSize"), "30");
  EXPECT_EQ(taken.text("/CreateSnapshotResponse/description"), "before the change");
  EXPECT_EQ(taken.text("/CreateSnapshotResponse/progress"), "0%");
  EXPECT_EQ(taken.count("/CreateSnapshotResponse/tagSet"), 1U) << "Ansible needs it, even empty";
  const std::string id = taken.text("/CreateSnapshotResponse/snapshotId");
  region.pass(10s);
  const Heard half = region.ask("DescribeSnapshots&SnapshotId.1=" + id);
  EXPECT_EQ(half.text("//progress"), "55%");
  region.pass(1min);
  const Heard whole = region.ask("DescribeSnapshots&Owner.1=self&Filter.1.Name=status&Filter.1.Value.1=completed");
  EXPECT_EQ(whole.text("//snapshotSet/item/progress"), "100%");
  EXPECT_EQ(whole.text("//snapshotSet/item/startTime"), taken.text("//startTime"));
  EXPECT_EQ(region.ask("DescribeSnapshots&RestorableBy.1=123456789012").count("//snapshotSet/item"), 1U);
  EXPECT_EQ(region.ask("DescribeSnapshots&Owner.1=amazon").count("//snapshotSet/item"), 0U);
  EXPECT_EQ(region.ask("CreateVolume&AvailabilityZone=us-east-1a&SnapshotId=" + id).text("//size"), "30");
  EXPECT_EQ(region.ask("CreateVolume&AvailabilityZone=us-east-1a&Size=10&SnapshotId=" + id).code(),
            "InvalidParameterValue");
  const Heard copied = region.ask("CopySnapshot&SourceRegion=us-east-1&SourceSnapshotId=" + id + "&Encrypted=true");
  const Heard copy = region.ask("DescribeSnapshots&SnapshotId.1=" + copied.text("//snapshotId"));
  EXPECT_EQ(copy.text("//volumeSize"), "30");
  EXPECT_EQ(copy.text("//encrypted"), "true");
  EXPECT_EQ(region.ask("DescribeSnapshotAttribute&Attribute=createVolumePermission&SnapshotId=" + id)
                .count("//createVolumePermission"),
            1U);
  EXPECT_EQ(region.ask("DeleteSnapshot&SnapshotId=" + id).text("//return"), "true");
  EXPECT_EQ(region.ask("DeleteSnapshot&SnapshotId=" + id).code(), "InvalidSnapshot.NotFound");
}

TEST(WireSnapshots, OfDifferentVolumesDoNotShareALimit) {
  WiredRegion region;
  region.launched("&BlockDeviceMapping.1.DeviceName=/dev/sdf");
  region.pass(1min);
  const sim::Log volumes = region.ask("DescribeVolumes").texts("//volumeSet/item/volumeId");
  for (const std::string& volume : volumes) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(region.ask("CreateSnapshot&VolumeId=" + volume).code(), "none");
    const Heard sixth = region.ask("CreateSnapshot&VolumeId=" + volume);
    EXPECT_EQ(sixth.code(), "SnapshotCreationPerVolumeRateExceeded");
    EXPECT_EQ(sixth.answer.status, 400);
  }
}

TEST(WireTags, AreSetShownAndDeleted) {
  WiredRegion region;
  const std::string id = region.launched();
  const std::string volume = root_of(region);
  EXPECT_EQ(region
                .ask("CreateTags&ResourceId.1=" + id + "&ResourceId.2=" + volume +
                     "&Tag.1.Key=Name&Tag.1.Value=x&Tag.2.Key=e&Tag.2.Value=")
                .text("/CreateTagsResponse/return"),
            "true");
  const Heard all = region.ask("DescribeTags");
  EXPECT_EQ(all.texts("//resourceType"), (sim::Log{"instance", "instance", "volume", "volume"}));
  EXPECT_EQ(region.ask("DescribeTags&Filter.1.Name=resource-type&Filter.1.Value.1=volume").count("//tagSet/item"), 2U);
  EXPECT_EQ(region.ask("DescribeTags&Filter.1.Name=resource-id&Filter.1.Value.1=" + id).count("//tagSet/item"), 2U);
  EXPECT_EQ(region.ask("DescribeTags&Filter.1.Name=tag:Name&Filter.1.Value.1=x").count("//tagSet/item"), 2U);
  EXPECT_EQ(region.ask("DescribeTags&Filter.1.Name=value&Filter.1.Value.1=x").count("//tagSet/item"), 2U);
  region.ask("DeleteTags&ResourceId.1=" + id + "&Tag.1.Key=Name&Tag.1.Value=y&Tag.2.Key=e&Tag.2.Value=");
  EXPECT_EQ(region.ask("DescribeInstances").texts("//instancesSet/item/tagSet/item/key"), (sim::Log{"Name"}));
  region.ask("DeleteTags&ResourceId.1=" + id + "&Tag.1.Key=Name");
  EXPECT_EQ(region.ask("DescribeInstances").count("//instancesSet/item/tagSet/item"), 0U);
}

TEST(WireTags, HaveRules) {
  WiredRegion region;
  const std::string tag = "CreateTags&ResourceId.1=" + region.launched();
  EXPECT_EQ(region.ask(tag).code(), "MissingParameter");
  EXPECT_EQ(region.ask(tag + "&Tag.1.Key=aws:x&Tag.1.Value=y").code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask(tag + "&Tag.1.Key=" + std::string(129, 'k')).code(), "InvalidParameterValue");
  EXPECT_EQ(region.ask(tag + "&Tag.1.Key=a&Tag.2.Key=a").message(), "Duplicate tag key 'a' specified.");
  EXPECT_EQ(region.ask("CreateTags&ResourceId.1=x-1&Tag.1.Key=a").code(), "InvalidID");
  EXPECT_EQ(region.ask("CreateTags&ResourceId.1=i-12345678&Tag.1.Key=a").code(), "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace drydock::cloud::query
