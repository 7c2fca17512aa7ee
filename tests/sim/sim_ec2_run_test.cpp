#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/sim/cloud_support.hpp"

namespace drydock::cloud {
namespace {

/// The names of all decisions of the run, in order.
Log sites(const Region& region) {
  Log log;
  for (const sim::Asked& asked : region.rig.choices.asked()) {
    log.push_back(region.rig.choices.site_name(asked.site));
  }
  return log;
}

// --- a launch ----------------------------------------------------------------------------------

// docs/cloud.md §1.1
TEST(RunInstances, AnswersPendingAndTheInstanceRunsLater) {
  Region region;
  const RunAnswer& answer = region.run(launch_of("w1", "t1"));
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  EXPECT_EQ(answer.at, sim::Duration{1s});
  EXPECT_EQ(answer.value().state, InstanceState::pending);
  EXPECT_EQ(answer.value().workspace, "w1");
  EXPECT_EQ(answer.value().client_token, "t1");
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "pending>running at 11"}));
  EXPECT_EQ(region.state(answer.value().id), InstanceState::running);
}

// docs/cloud.md §1.1
TEST(InstanceStates, HaveTheCodesAndNamesOfEc2) {
  EXPECT_EQ(static_cast<int>(InstanceState::pending), 0);
  EXPECT_EQ(static_cast<int>(InstanceState::running), 16);
  EXPECT_EQ(static_cast<int>(InstanceState::shutting_down), 32);
  EXPECT_EQ(static_cast<int>(InstanceState::terminated), 48);
  EXPECT_EQ(static_cast<int>(InstanceState::stopping), 64);
  EXPECT_EQ(static_cast<int>(InstanceState::stopped), 80);
  EXPECT_EQ(to_text(InstanceState::pending), "pending");
  EXPECT_EQ(to_text(InstanceState::running), "running");
  EXPECT_EQ(to_text(InstanceState::shutting_down), "shutting-down");
  EXPECT_EQ(to_text(InstanceState::terminated), "terminated");
  EXPECT_EQ(to_text(InstanceState::stopping), "stopping");
  EXPECT_EQ(to_text(InstanceState::stopped), "stopped");
  for (const auto state :
       {InstanceState::shutting_down, InstanceState::terminated, InstanceState::stopping, InstanceState::stopped}) {
    EXPECT_FALSE(is_live(state));
  }
  EXPECT_TRUE(is_live(InstanceState::pending));
  EXPECT_TRUE(is_live(InstanceState::running));
}

// docs/cloud.md §1.3
TEST(RunInstances, GivesEveryInstanceAWellFormedIdAndAddressOfItsOwn) {
  Profile profile = fixed_profile();
  profile.throttle = false;
  Region region{profile};
  for (int i = 0; i < 600; ++i) region.run(launch_of("w" + std::to_string(i % 3)));
  region.rig.run();
  std::set<std::string> ids;
  std::set<std::string> addresses;
  for (const Instance& instance : region.ec2.instances()) {
    EXPECT_EQ(instance.id.size(), 19U) << instance.id;
    EXPECT_TRUE(instance.id.starts_with("i-")) << instance.id;
    EXPECT_EQ(instance.id.find_first_not_of("0123456789abcdef", 2), std::string::npos) << instance.id;
    ids.insert(instance.id);
    addresses.insert(instance.private_ip);
  }
  EXPECT_EQ(ids.size(), 600U);
  EXPECT_EQ(addresses.size(), 600U);
}

// docs/cloud.md §1.6
TEST(RunInstances, ItsLatencyAndItsTimeInPendingAreDecisionsOfTheWorkspace) {
  for (const std::uint32_t value : {0U, 1U, 8U}) {
    Profile profile;
    profile.api_latency = {{1s, 1s}, {{"RunInstances", {1s, 2s}}}};
    profile.pending = {20s, 30s};
    Region region{profile, sim::tape_of({{"w1/ec2.RunInstances.latency", 1, value}, {"w1/ec2.run.pending", 1, value}})};
    region.run(launch_of("w1"));
    region.rig.run();
    EXPECT_EQ(sites(region), (Log{"w1/ec2.RunInstances.latency", "w1/ec2.run.pending"}));
    const Log expected = value == 0   ? Log{"none>pending at 1.5", "pending>running at 26.5"}
                         : value == 1 ? Log{"none>pending at 1", "pending>running at 21"}
                                      : Log{"none>pending at 2", "pending>running at 32"};
    EXPECT_EQ(region.states(), expected);
  }
}

// docs/cloud.md §1.6: a range that is a point is no decision.
TEST(RunInstances, WithFixedTimesNothingIsDecided) {
  Region region;
  region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_TRUE(region.rig.choices.asked().empty());
}

TEST(RunInstances, WhenDrawnDelaysAreCutTheLaunchEndsInTypicalTime) {
  Profile profile = fixed_profile();
  profile.pending = {10s, 100s};
  Region region{profile, sim::tape_of({{"w1/ec2.run.pending", 1, 8}})};
  region.run(launch_of("w1"));
  region.rig.run_until(10s);
  region.rig.scheduler.cut_drawn_delays();
  region.rig.run();
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "pending>running at 65"}));
}

TEST(RunInstances, IsTheCauseOfTheStatesThatFollow) {
  Region region;
  region.run(launch_of("w1"));
  region.rig.run();
  const auto& events = region.record.events();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].kind, sim::Kind::ec2_call);
  EXPECT_EQ(events[1].cause, 1U);
  EXPECT_EQ(events[2].cause, 1U);
  EXPECT_EQ(region.record.text(events[0].actor), "cloud");
  EXPECT_EQ(region.record.text(events[2].workspace), "w1");
}

// --- ClientToken: docs/cloud.md §1.5 -----------------------------------------------------------

TEST(ClientToken, TheSameWithTheSameParametersLaunchesNothingNew) {
  Region region;
  const RunAnswer& first = region.run(launch_of("w1", "t1"));
  const RunAnswer& meanwhile = region.run(launch_of("w1", "t1"));
  region.rig.run_until(20s);
  const RunAnswer& later = region.run(launch_of("w1", "t1"));
  region.rig.run();
  ASSERT_TRUE(first.ok() && meanwhile.ok() && later.ok());
  EXPECT_EQ(meanwhile.value().id, first.value().id);
  EXPECT_EQ(later.value().id, first.value().id);
  EXPECT_EQ(later.value().state, InstanceState::running) << "only its state may have changed";
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(ClientToken, WithOtherParametersIsAMismatch) {
  Region region;
  region.run(launch_of("w1", "t1"));
  region.rig.run();
  RunInstancesRequest other_data = launch_of("w1", "t1");
  other_data.user_data = "#!/bin/sh";
  const RunAnswer& data = region.run(std::move(other_data));
  const RunAnswer& workspace = region.run(launch_of("w2", "t1"));
  region.rig.run();
  EXPECT_EQ(data.code(), "IdempotentParameterMismatch");
  EXPECT_EQ(data.result->error().http, 400);
  EXPECT_EQ(workspace.code(), "IdempotentParameterMismatch");
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(ClientToken, OfAnInstanceThatEndedIsRefusedNotBefore) {
  Region region;
  const std::string id = region.running("w1", "t1");
  region.terminate({id});
  region.rig.run_until(3s);
  ASSERT_EQ(region.state(id), InstanceState::shutting_down);
  const RunAnswer& shutting_down = region.run(launch_of("w1", "t1"));
  region.rig.run_until(1min);
  ASSERT_EQ(region.state(id), InstanceState::terminated);
  const RunAnswer& terminated = region.run(launch_of("w1", "t1"));
  region.rig.run_until(3h);
  const RunAnswer& long_gone = region.run(launch_of("w1", "t1"));
  region.rig.run();
  ASSERT_TRUE(shutting_down.ok()) << shutting_down.code();
  EXPECT_EQ(shutting_down.value().id, id);
  EXPECT_EQ(shutting_down.value().state, InstanceState::shutting_down);
  EXPECT_EQ(terminated.code(), "IdempotentInstanceTerminated");
  EXPECT_EQ(terminated.result->error().http, 400);
  EXPECT_EQ(long_gone.code(), "IdempotentInstanceTerminated") << "valid for 24 h at least";
}

TEST(ClientToken, IsForgotten24HoursAfterTheTermination) {
  Region region;
  const std::string id = region.running("w1", "t1");
  region.terminate({id});  // terminated at 6 s
  region.rig.run_until(24h + 4s + 999ms);
  const RunAnswer& kept = region.run(launch_of("w1", "t1"));
  region.rig.run_until(24h + 5s);
  const RunAnswer& fresh = region.run(launch_of("w1", "t1"));
  region.rig.run_until(24h + 7s);
  const RunAnswer& again = region.run(launch_of("w1", "t1"));
  region.rig.run();
  EXPECT_EQ(kept.code(), "IdempotentInstanceTerminated");
  ASSERT_TRUE(fresh.ok()) << fresh.code();
  EXPECT_NE(fresh.value().id, id);
  EXPECT_EQ(again.value().id, fresh.value().id) << "it is the new one's now";
}

TEST(ClientToken, HasUpTo64AsciiCharacters) {
  for (const std::string& bad : {std::string(65, 'x'), std::string{"grün"}, std::string{"a b"}, std::string{"a\n"},
                                 std::string{"\x7F"}, std::string{"\x01"}}) {
    Region region;
    const RunAnswer& answer = region.run(launch_of("w1", bad));
    region.rig.run();
    EXPECT_EQ(answer.code(), "InvalidClientToken") << bad;
    EXPECT_EQ(answer.result->error().http, 400);
    EXPECT_TRUE(region.ec2.instances().empty());
    EXPECT_EQ(region.record.count(sim::Kind::ec2_error), 1U);
  }
  Region region;
  const RunAnswer& answer = region.run(launch_of("w1", std::string(64, '~')));
  region.rig.run();
  EXPECT_TRUE(answer.ok()) << answer.code();
}

TEST(ClientToken, IsCaseSensitive) {
  Region region;
  region.run(launch_of("w1", "token"));
  region.run(launch_of("w1", "Token"));
  region.rig.run();
  EXPECT_EQ(region.ec2.instances().size(), 2U);
}

TEST(ClientToken, WithoutOneEveryCallLaunches) {
  Region region;
  const RunAnswer& first = region.run(launch_of("w1"));
  const RunAnswer& second = region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_NE(first.value().id, second.value().id);
  EXPECT_EQ(region.ec2.instances().size(), 2U);
}

// --- instances from before time zero -----------------------------------------------------------

TEST(SeededInstance, RunsFromTheStartAndLeavesNoEvent) {
  Region region;
  const std::string id = region.running("w1", "t1");
  EXPECT_EQ(region.state(id), InstanceState::running);
  EXPECT_EQ(region.ec2.find(id)->launched, sim::kTimeZero - 10min);
  EXPECT_TRUE(region.record.events().empty());
  const DescribeAnswer& seen = region.describe({id});
  const RunAnswer& again = region.run(launch_of("w1", "t1"));
  region.rig.run();
  EXPECT_EQ(seen.value().front().state, InstanceState::running);
  EXPECT_EQ(again.value().id, id);
}

}  // namespace
}  // namespace drydock::cloud
