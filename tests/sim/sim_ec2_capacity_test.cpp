#include <gtest/gtest.h>

#include <string>

#include "tests/sim/storage_support.hpp"

// Want of capacity, and the account's quotas (docs/cloud.md §0 fact 5, §5.1).

namespace drydock::cloud {
namespace {

Profile short_of(Capacity capacity) {
  Profile profile = fixed_profile();
  profile.capacity = capacity;
  return profile;
}

TEST(Capacity, SyncRefusesTheLaunchAtOnce) {
  Region region{short_of(Capacity::sync)};
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run();
  ASSERT_EQ(answer.code(), "InsufficientInstanceCapacity");
  EXPECT_EQ(answer.result->error().http, 500);
  EXPECT_TRUE(region.ec2.instances().empty());
  EXPECT_EQ(region.errors(), Log{"InsufficientInstanceCapacity"});
}

TEST(Capacity, AsyncAcceptsTheLaunchAndEndsItInsteadOfRunning) {
  Region region{short_of(Capacity::async)};
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  EXPECT_EQ(answer.value().state, InstanceState::pending);
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "pending>terminated at 11"}));
  const DescribeAnswer& after = region.describe({answer.value().id});
  region.rig.run();
  EXPECT_EQ(after.value()[0].state_reason, "Server.InsufficientInstanceCapacity");
}

TEST(Capacity, AsyncLetsGoOfTheDataVolume) {
  StorageRegion region{short_of(Capacity::async)};
  const RunAnswer& kept = region.run(launch_with("w1"));
  const RunAnswer& deleted = region.run(launch_with("w2", deleted_with_it()));
  region.rig.run();
  EXPECT_EQ(region.ec2.find(kept.value().id)->data_volume->state, VolumeState::available);
  EXPECT_EQ(region.ec2.find(deleted.value().id)->data_volume->state, VolumeState::deleted);
}

TEST(Capacity, AsyncLeavesAnInstanceAloneThatWasEndedBefore) {
  Region region{short_of(Capacity::async)};
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run_until(2s);
  region.terminate({answer.value().id});
  region.rig.run();
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "pending>shutting-down at 3", "shutting-down>terminated at 8"}));
}

// docs/cloud.md §1.5: the same token launches nothing, so it needs no room.
TEST(Capacity, IsNotAskedForByALaunchThatWasMadeBefore) {
  Profile profile = fixed_profile();
  profile.instance_limit = 1;
  Region region{profile};
  const std::string id = region.running("w1", "token");
  const RunAnswer& again = region.run(launch_of("w1", "token"));
  const RunAnswer& other = region.run(launch_of("w1", "another"));
  region.rig.run();
  ASSERT_TRUE(again.ok()) << again.code();
  EXPECT_EQ(again.value().id, id);
  EXPECT_EQ(other.code(), "InstanceLimitExceeded");
}

// docs/cloud.md §1.4, §4
TEST(InstanceLimit, CountsTerminatedOnesForAsLongAsTheyAreVisible) {
  Profile profile = fixed_profile();
  profile.instance_limit = 2;
  Region region{profile};
  const std::string id = region.running("w1");
  region.running("w2");
  region.terminate({id});  // terminated at 6 s
  region.rig.run_until(6s + 1h - 2s);
  const RunAnswer& early = region.run(launch_of("w3"));
  region.rig.run_until(6s + 1h - 1s);
  const RunAnswer& late = region.run(launch_of("w3"));
  region.rig.run();
  EXPECT_EQ(early.code(), "InstanceLimitExceeded");
  EXPECT_EQ(early.result->error().http, 400);
  EXPECT_TRUE(late.ok()) << late.code();
}

TEST(VcpuLimit, CountsWhatHasNotEnded) {
  Profile profile = fixed_profile();
  profile.vcpu_limit = 2 * kVcpus + 1;
  Region region{profile};
  const std::string id = region.running("w1");
  region.running("w2");
  const RunAnswer& full = region.run(launch_of("w3"));
  region.terminate({id});
  region.rig.run_until(2s);  // shutting-down
  const RunAnswer& ending = region.run(launch_of("w3"));
  region.rig.run();
  const RunAnswer& room = region.run(launch_of("w3"));
  region.rig.run();
  EXPECT_EQ(full.code(), "VcpuLimitExceeded");
  EXPECT_EQ(full.result->error().http, 400);
  EXPECT_EQ(ending.code(), "VcpuLimitExceeded");
  EXPECT_TRUE(room.ok()) << room.code();
}

}  // namespace
}  // namespace drydock::cloud
