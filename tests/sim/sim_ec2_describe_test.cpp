#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/storage_support.hpp"

// DescribeInstances by what matches. By explicit id it is tested with TerminateInstances.

namespace drydock::cloud {
namespace {

using sim::kTimeZero;

InstanceFilter of_workspace(std::string workspace) {
  InstanceFilter filter;
  filter.workspace = std::move(workspace);
  return filter;
}

std::vector<std::string> ids(const DescribeAnswer& answer) {
  std::vector<std::string> found;
  for (const InstanceDescription& instance : answer.value()) found.push_back(instance.id);
  return found;
}

using Ids = std::vector<std::string>;

TEST(DescribeByFilter, WithoutAnyAllAreListedInTheOrderOfTheirLaunch) {
  Region region;
  const std::string one = region.running("w1");
  const std::string two = region.running("w2");
  const RunAnswer& three = region.run(launch_of("w1"));
  region.rig.run();
  const DescribeAnswer& answer = region.list({});
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  EXPECT_EQ(ids(answer), (Ids{one, two, three.value().id}));
  EXPECT_EQ(answer.value()[0].launched, kTimeZero - 10min);
  EXPECT_EQ(answer.value()[2].launched, kTimeZero + 1s);
}

TEST(DescribeByFilter, TakesTheWorkspaceAndAnyOfTheStates) {
  Region region;
  const std::string one = region.running("w1");
  const std::string two = region.running("w1");
  const std::string three = region.running("w2");
  region.terminate({one});
  region.rig.run_until(2s);
  const DescribeAnswer& mine = region.list(of_workspace("w1"));
  InstanceFilter running;
  running.states = {InstanceState::running};
  const DescribeAnswer& live = region.list(running);
  InstanceFilter both = of_workspace("w1");
  both.states = {InstanceState::running, InstanceState::pending};
  const DescribeAnswer& mine_live = region.list(both);
  both.states = {InstanceState::shutting_down, InstanceState::running};
  const DescribeAnswer& either = region.list(both);
  region.rig.run_until(4s);
  EXPECT_EQ(ids(mine), (Ids{one, two}));
  EXPECT_EQ(ids(live), (Ids{two, three}));
  EXPECT_EQ(ids(mine_live), (Ids{two}));
  EXPECT_EQ(ids(either), (Ids{one, two}));
}

// docs/cloud.md §4: 200 with an empty list, where explicit ids are 400 NotFound.
TEST(DescribeByFilter, ThatFindsNothingIsAnsweredWithAnEmptyList) {
  Region region;
  region.running("w1");
  const DescribeAnswer& answer = region.list(of_workspace("w2"));
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  EXPECT_TRUE(answer.value().empty());
  EXPECT_EQ(region.errors(), Log{});
}

// docs/cloud.md §1.4
TEST(DescribeByFilter, ListsTerminatedOnesForAsLongAsTheyAreVisible) {
  Region region;
  const std::string id = region.running("w1");
  region.terminate({id});  // terminated at 6 s
  region.rig.run_until(6s + 1h - 1100ms);
  const DescribeAnswer& last = region.list(of_workspace("w1"));
  region.rig.run_until(6s + 1h - 1s);
  const DescribeAnswer& late = region.list(of_workspace("w1"));
  region.rig.run();
  ASSERT_EQ(ids(last), (Ids{id}));
  EXPECT_EQ(last.value()[0].state, InstanceState::terminated);
  EXPECT_EQ(last.value()[0].state_reason, "Client.UserInitiatedShutdown");
  EXPECT_TRUE(late.value().empty());
}

// docs/cloud.md §4
TEST(DescribeByFilter, LeavesOutWhatIsNotVisibleYet) {
  Profile profile = fixed_profile();
  profile.visibility_lag = {5s, 5s};
  Region region{profile};
  region.run(launch_of("w1"));
  region.rig.run_until(2s);
  const DescribeAnswer& early = region.list(of_workspace("w1"));
  region.rig.run_until(6s);
  const DescribeAnswer& late = region.list(of_workspace("w1"));
  region.rig.run();
  EXPECT_TRUE(early.ok());
  EXPECT_TRUE(early.value().empty());
  EXPECT_EQ(late.value().size(), 1U);
}

TEST(DescribeByFilter, NarrowsTheExplicitIdsOfWhichNoneMayBeUnknown) {
  Region region;
  const std::string one = region.running("w1");
  const std::string two = region.running("w2");
  InstanceFilter filter = of_workspace("w2");
  filter.ids = {one, two};
  const DescribeAnswer& narrowed = region.list(filter);
  filter.ids = {two, "i-12345678"};
  const DescribeAnswer& unknown = region.list(filter);
  region.rig.run();
  EXPECT_EQ(ids(narrowed), (Ids{two}));
  EXPECT_EQ(unknown.code(), "InvalidInstanceID.NotFound");
}

TEST(DescribeByFilter, IsTheWorkspacesCallAndOfNoneTheClouds) {
  Profile profile = fixed_profile();
  profile.api_latency = {{1s, 3s}, {}};
  Region region{profile, sim::tape_of({{"w1/ec2.DescribeInstances.latency", 1, 8},
                                       {"cloud/ec2.DescribeInstances.latency", 1, 1}})};
  const DescribeAnswer& mine = region.list(of_workspace("w1"));
  const DescribeAnswer& all = region.list({});
  region.rig.run();
  EXPECT_EQ(mine.at, sim::Duration{3s});
  EXPECT_EQ(all.at, sim::Duration{1s});
  EXPECT_EQ(region.record.text(region.puppet.calls[0].workspace), "w1");
  EXPECT_EQ(region.puppet.calls[1].workspace, sim::Name::none);
}

TEST(DescribeInstances, TellsTheDataVolumeWhileItIsAttached) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  const DescribeAnswer& attached = region.describe({instance.id});
  region.rig.run();
  region.ec2.kill(sim::Name::none);
  const DescribeAnswer& after = region.describe({instance.id});
  region.rig.run();
  EXPECT_EQ(attached.value()[0].volume_id, instance.data_volume->id);
  EXPECT_EQ(attached.value()[0].state_reason, "");
  EXPECT_EQ(after.value()[0].volume_id, "");
  EXPECT_EQ(after.value()[0].state_reason, "Server.InternalError");
}

}  // namespace
}  // namespace drydock::cloud
