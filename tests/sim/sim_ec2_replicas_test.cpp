#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/storage_support.hpp"

// Eventual consistency: docs/cloud.md §4.

namespace drydock::cloud {
namespace {

/// Replicas 2 s, 4 s and 6 s behind.
Profile lagging() {
  Profile profile = fixed_profile();
  profile.visibility_lag = {2s, 6s};
  return profile;
}

/// The first reads of w1 meet these replicas; its first launch is known after `launch` (1: 2 s).
sim::Tape replicas(const std::vector<std::uint32_t>& read, std::uint32_t launch = 1) {
  std::vector<sim::Decision> decisions{{"w1/ec2.run.visibility", 1, launch}};
  for (std::size_t i = 0; i < read.size(); ++i)
    decisions.push_back({"w1/ec2.read.replica", static_cast<std::uint32_t>(i + 1), read[i]});
  return sim::tape_of(decisions);
}

std::size_t asked(Region& region) {
  std::size_t count = 0;
  for (const sim::Asked& asked : region.rig.choices.asked()) {
    if (!region.rig.choices.site_name(asked.site).ends_with("/ec2.read.replica")) continue;
    EXPECT_EQ(asked.bound, 3U);
    ++count;
  }
  return count;
}

TEST(Replicas, ShowTheStateAsItWasWhenTheyLastHeard) {
  Region region{lagging(), replicas({0, 0, 1, 2})};
  const std::string id = region.running("w1");
  region.terminate({id});  // reads one; shutting-down at 1 s, terminated at 6 s
  region.rig.run_until(6s);
  for (int i = 0; i < 3; ++i) region.describe({id});  // at 7 s: as of 5 s, 3 s, 1 s
  region.rig.run_until(8s);
  for (int i = 0; i < 2; ++i) region.describe({id});  // at 9 s: as of 7 s
  region.rig.run();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(region.describes[i].value()[0].state, InstanceState::shutting_down);
  EXPECT_EQ(region.describes[3].value()[0].state, InstanceState::terminated);
  EXPECT_EQ(region.describes[3].value()[0].state_reason, "Client.UserInitiatedShutdown");
}

TEST(Replicas, ThatReadsMeetAreNotAlwaysTheSame) {
  Region region{lagging(), replicas({0, 2, 0})};
  const RunAnswer& launched = region.run(launch_of("w1"));  // at 1 s; running at 11 s
  region.rig.run_until(12s);
  const std::string id = launched.value().id;
  for (int i = 0; i < 3; ++i) region.describe({id});  // at 13 s: as of 11 s, 7 s, 11 s
  region.rig.run();
  EXPECT_EQ(region.describes[0].value()[0].state, InstanceState::running);
  EXPECT_EQ(region.describes[1].value()[0].state, InstanceState::pending);
  EXPECT_EQ(region.describes[2].value()[0].state, InstanceState::running);
}

TEST(Replicas, MayLoseSightOfANewInstanceAgain) {
  Region region{lagging(), replicas({0, 1, 2, 2, 1})};
  const RunAnswer& launched = region.run(launch_of("w1"));  // at 1 s
  region.rig.run_until(4s);
  const std::string id = launched.value().id;
  for (int i = 0; i < 3; ++i) region.describe({id});  // at 5 s: as of 3 s, 1 s, -1 s
  InstanceFilter mine;
  mine.workspace = "w1";
  for (int i = 0; i < 2; ++i) region.list(mine);  // as of -1 s, 1 s
  region.rig.run();
  EXPECT_TRUE(region.describes[0].ok());
  EXPECT_TRUE(region.describes[1].ok());
  EXPECT_EQ(region.describes[2].code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(region.describes[3].value().size(), 0U);
  EXPECT_EQ(region.describes[4].value().size(), 1U);
}

// docs/cloud.md §0, fact 4
TEST(Replicas, MakeTerminateAnswerNotFoundOfWhatGoesOnRunning) {
  Region region{lagging(), replicas({2})};
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(4s);
  const TerminateAnswer& end = region.terminate({launched.value().id});
  region.rig.run();
  EXPECT_EQ(end.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(region.state(launched.value().id), InstanceState::running);
}

TEST(Replicas, AreOnlyReadACallActsOnTheInstanceAsItIs) {
  Region region{lagging(), replicas({2})};
  const std::string id = region.running("w1");
  region.terminate({id});
  region.rig.run_until(1s + 1ms);
  const TerminateAnswer& again = region.terminate({id});
  region.rig.run();
  EXPECT_EQ(again.value()[0].previous, InstanceState::shutting_down);
}

TEST(Replicas, FilterByTheStateThatTheyShow) {
  Region region{lagging(), replicas({0, 2})};
  const std::string id = region.running("w1");
  region.terminate({id});  // shutting-down at 1 s
  region.rig.run_until(3s);
  InstanceFilter running;
  running.workspace = "w1";
  running.states = {InstanceState::running};
  const DescribeAnswer& stale = region.list(running);  // as of -2 s
  region.rig.run();
  ASSERT_EQ(stale.value().size(), 1U);
  EXPECT_EQ(stale.value()[0].state_reason, "");
}

TEST(Replicas, AreBehindWithVolumesAndSnapshotsToo) {
  Profile profile = lagging();
  StorageRegion region{profile, replicas({0, 2, 0, 2, 2, 0})};
  const Instance& instance = region.seeded("w1");
  region.snapshot(instance.data_volume->id);  // at 1 s
  region.terminate({instance.id});            // terminated at 6 s
  region.rig.run_until(3s);
  region.list_snapshots("w1");  // at 4 s: as of -2 s, 2 s
  region.list_snapshots("w1");
  region.rig.run_until(8s);
  region.list_volumes("w1");  // at 9 s: as of 3 s, 3 s, 7 s
  region.describe({instance.id});
  region.list_volumes("w1");
  region.rig.run();
  EXPECT_EQ(region.snapshot_lists[0].value().size(), 0U);
  ASSERT_EQ(region.snapshot_lists[1].value().size(), 1U);
  EXPECT_EQ(region.snapshot_lists[1].value()[0].state, SnapshotState::pending);
  EXPECT_EQ(region.volume_lists[0].value()[0].state, VolumeState::in_use);
  EXPECT_EQ(region.volume_lists[0].value()[0].instance_id, instance.id);
  EXPECT_EQ(region.describes[0].value()[0].volume_id, instance.data_volume->id);
  EXPECT_EQ(region.volume_lists[1].value()[0].state, VolumeState::available);
}

TEST(Replicas, ShowACompletedSnapshotAsPendingForAWhile) {
  StorageRegion region{lagging(), replicas({2, 0})};
  const Instance& instance = region.seeded("w1");
  region.snapshot(instance.data_volume->id);  // pending at 1 s, completed at 21 s
  region.rig.run_until(22s);
  region.list_snapshots("w1");
  region.list_snapshots("w1");
  region.rig.run();
  EXPECT_EQ(region.snapshot_lists[0].value()[0].state, SnapshotState::pending);
  EXPECT_EQ(region.snapshot_lists[1].value()[0].state, SnapshotState::completed);
}

TEST(Replicas, AreTheCloudsDecisionWhereACallIsAboutNoWorkspace) {
  Region region{lagging(), sim::tape_of({{"cloud/ec2.read.replica", 1, 2}})};
  const std::string id = region.running("w1");
  region.ec2.kill(sim::Name::none);
  region.list({});
  region.list({});
  region.rig.run_until(1s + 1ms);
  EXPECT_EQ(asked(region), 2U);
  EXPECT_EQ(region.describes[0].value()[0].state, InstanceState::running);
}

TEST(Replicas, AreNoDecisionWhereAllLagAlike) {
  Region prompt;
  Profile profile = fixed_profile();
  profile.visibility_lag = {3s, 3s};
  Region slow{profile};
  for (Region* region : {&prompt, &slow}) {
    const std::string id = region->running("w1");
    region->terminate({id});  // shutting-down at 1 s
    region->rig.run_until(2s);
    region->describe({id});  // as of 3 s, or 0 s
    region->rig.run();
    EXPECT_EQ(asked(*region), 0U);
  }
  EXPECT_EQ(prompt.describes[0].value()[0].state, InstanceState::shutting_down);
  EXPECT_EQ(slow.describes[0].value()[0].state, InstanceState::running);
}

TEST(Replicas, AreSettledOnceTheSlowestHasHeardOfEverything) {
  Region region{lagging()};
  const std::string id = region.running("w1");
  EXPECT_TRUE(region.ec2.is_settled());
  region.terminate({id});  // shutting-down at 1 s, terminated at 6 s
  region.rig.run_until(6s);
  EXPECT_FALSE(region.ec2.is_settled());
  region.rig.run_until(12s - 1us);
  EXPECT_FALSE(region.ec2.is_settled());
  region.rig.run_until(12s);
  EXPECT_TRUE(region.ec2.is_settled());
}

TEST(Replicas, ShowAnInstanceUntilItIsForgotten) {
  Region region{lagging()};
  const std::string id = region.running("w1");
  EXPECT_TRUE(region.ec2.shows_until(id, sim::kTimeZero + 24h));
  EXPECT_FALSE(region.ec2.shows_until("i-0123456789abcdef0", sim::kTimeZero)) << "nobody knows it";
  region.terminate({id});  // terminated at 6 s
  region.rig.run_until(10s);
  EXPECT_TRUE(region.ec2.shows_until(id, sim::kTimeZero + 1h));
  EXPECT_FALSE(region.ec2.shows_until(id, sim::kTimeZero + 1h + 6s));
}

TEST(Replicas, AdmitAsManyDescribesAsTheBucketHolds) {
  Region region{lagging()};
  const std::string id = region.running("w1");
  EXPECT_TRUE(region.ec2.admits_describes(100));
  EXPECT_FALSE(region.ec2.admits_describes(101));
  region.describe({id});
  region.rig.run_until(1s + 1us);
  EXPECT_FALSE(region.ec2.admits_describes(100));
}

}  // namespace
}  // namespace drydock::cloud
