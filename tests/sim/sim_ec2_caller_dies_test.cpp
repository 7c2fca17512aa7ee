#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/cloud_support.hpp"

// A request that has left is served, also when the process that sent it dies (docs/cloud.md §5.3).

namespace drydock::cloud {
namespace {

using sim::FaultPoint;
using sim::kTimeZero;

/// A region, and a process that calls it and can die. A call takes 1 s.
struct Mortal : Region {
  explicit Mortal(const Profile& its_profile = fixed_profile(), sim::Tape tape = {})
      : Region(its_profile, std::move(tape)) {}

  const RunAnswer& launch(std::string workspace, std::string token, sim::Context context = {}) {
    RunAnswer& answer = runs.emplace_back();
    sim::Task<Result<InstanceDescription>> call =
        ec2.run_instances(context, launch_of(std::move(workspace), std::move(token)));
    rig.scheduler.spawn(process, "call", hear<InstanceDescription>(rig.scheduler, std::move(call), &answer));
    return answer;
  }
  void die_at(sim::Duration at) {
    rig.run_until(at);
    ec2.caller_dies(process);
    process.kill();
  }
  [[nodiscard]] sim::Duration launched() const { return ec2.instances().front().launched - kTimeZero; }

  sim::TaskGroup process{rig.scheduler};
};

TEST(CallerDies, WhatIsOnItsWayTakesEffectInItsTimeAndNobodyHears) {
  Mortal region;
  const RunAnswer& answer = region.launch("w1", "t1");
  region.die_at(400ms);
  EXPECT_TRUE(region.ec2.instances().empty());
  region.rig.run();
  EXPECT_FALSE(answer.result.has_value());
  ASSERT_EQ(region.ec2.instances().size(), 1U);
  EXPECT_EQ(region.launched(), sim::Duration{1s});
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "pending>running at 11"}));
  // Its own parameters arrived, the token among them.
  EXPECT_EQ(region.ec2.instances().front().request.client_token, "t1");
}

TEST(CallerDies, ARequestThatTheAdversaryHoldsBackArrivesAsMuchLater) {
  Mortal region;
  region.puppet.next("ec2.RunInstances", FaultPoint::before_effect, {.delay = 5s});
  region.launch("w1", "t1");
  region.die_at(2s);
  region.rig.run();
  ASSERT_EQ(region.ec2.instances().size(), 1U);
  EXPECT_EQ(region.launched(), sim::Duration{6s});
}

TEST(CallerDies, ItsLatencyIsAskedForOnce) {
  Profile profile = fixed_profile();
  profile.api_latency = {{1s, 8s}, {}};
  sim::Tape tape;
  tape.set("w1/ec2.RunInstances.latency", 1, 8);
  Mortal region{profile, tape};
  region.launch("w1", "t1");
  region.die_at(2s);
  region.rig.run();
  ASSERT_EQ(region.ec2.instances().size(), 1U);
  EXPECT_EQ(region.launched(), sim::Duration{8s});
}

TEST(CallerDies, WhatTookEffectBeforeDoesNotTakeEffectAgain) {
  Mortal region;
  region.puppet.next("ec2.RunInstances", FaultPoint::before_reply, {.delay = 5s});
  region.launch("w1", "");
  region.die_at(2s);
  region.rig.run();
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(CallerDies, WhatWasStoppedOnItsWayNeverArrives) {
  Mortal region;
  region.puppet.next("ec2.RunInstances", FaultPoint::before_effect,
                     {.what = sim::Verdict::What::lose, .error = "lost", .delay = {}});
  region.launch("w1", "t1", {kTimeZero + 30s});
  region.die_at(400ms);
  region.rig.run();
  EXPECT_TRUE(region.ec2.instances().empty());
}

TEST(CallerDies, ARequestThatOutlastsItsCallerIsServedOnce) {
  Mortal region;
  region.launch("w1", "", {kTimeZero + 500ms});
  region.die_at(200ms);
  region.rig.run();
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(CallerDies, OnlyItsOwnRequestsLoseTheirCaller) {
  Mortal region;
  region.launch("w1", "t1");
  const RunAnswer& other = region.run(launch_of("w2"));  // without a token it counts each time
  region.die_at(400ms);
  region.rig.run();
  EXPECT_TRUE(other.ok());
  EXPECT_EQ(region.ec2.instances().size(), 2U);
}

TEST(CallerDies, TheLimitsOfTheApiStillHold) {
  Mortal region;
  for (int i = 0; i < 7; ++i) region.launch("w1", "t" + std::to_string(i));
  region.die_at(400ms);
  region.rig.run();
  EXPECT_EQ(region.ec2.instances().size(), 5U);  // docs/cloud.md §3: a bucket of five
  EXPECT_EQ(region.errors(), (Log{"RequestLimitExceeded", "RequestLimitExceeded"}));
}

sim::Task<void> launch_because(Mortal* region, std::uint32_t event) {
  region->record.follow(event);
  sim::Task<Result<InstanceDescription>> call = region->ec2.run_instances({}, launch_of("w1", "t1"));
  co_await std::move(call);
}

TEST(CallerDies, TheEffectFollowsFromWhatTheCallerWasDoing) {
  Mortal region;
  const auto why = region.record.emit(sim::Kind::fault_injected, region.record.name("world"), {});
  region.rig.scheduler.spawn(region.process, "call", launch_because(&region, why));
  region.die_at(400ms);
  region.rig.run();
  const auto& events = region.record.events();
  const auto call = std::find_if(events.begin(), events.end(),
                                 [](const sim::Event& each) { return each.kind == sim::Kind::ec2_call; });
  ASSERT_NE(call, events.end());
  EXPECT_EQ(call->cause, why);
}

}  // namespace
}  // namespace drydock::cloud
