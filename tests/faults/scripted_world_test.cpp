#include "faults/scripted.hpp"

#include <gtest/gtest.h>

#include "tests/faults/fake_world.hpp"

namespace drydock::faults {
namespace {

// --- probability ---------------------------------------------------------------------------------

TEST(ScriptedPlanInItsWorld, AProbabilityDoesNotHappenOnTheEmptyTape) {
  FaultSpec spec = window("cp.stop", "reset");
  spec.probability = {999'999};
  FakeWorld world({spec});
  world.stops(3);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "ok@2s", "ok@3s"}));
  EXPECT_EQ(world.plan->tallies()[0].fired, 0U);
}

TEST(ScriptedPlanInItsWorld, AProbabilityFollowsTheSeed) {
  const auto strikes = [](std::uint32_t ppm, std::uint64_t seed) {
    FaultSpec spec = window("cp.stop", "reset");
    spec.probability = {ppm};
    FakeWorld world({spec}, seeded(seed));
    world.stops(200);
    world.run();
    return world.plan->tallies()[0].fired;
  };
  EXPECT_EQ(strikes(300'000, 7), strikes(300'000, 7));
  EXPECT_NEAR(static_cast<double>(strikes(300'000, 7)), 60, 25);
  EXPECT_EQ(strikes(1'000'000, 7), 200U);
  EXPECT_EQ(strikes(0, 7), 0U);
}

TEST(ScriptedPlanInItsWorld, ATapeNamesTheCallThatIsStruck) {
  FaultSpec spec = window("cp.stop", "reset");
  spec.probability = {1};
  sim::Tape tape;
  tape.set("cp/stop.fault", 2, 1);
  FakeWorld world({spec}, tape);
  world.stops(3);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "reset@2s", "ok@3s"}));
  EXPECT_TRUE(world.choices.misaligned().empty());
  EXPECT_EQ(world.choices.consumed(), (std::vector<sim::Decision>{{"cp/stop.fault", 2, 1}}));
}

TEST(ScriptedPlanInItsWorld, ACertainFaultAsksNothing) {
  FakeWorld world({nth("cp.stop", "reset", {1}), window("cp.stop", "http-500")});
  world.call(1s, "cp.stop", "pm");
  world.run();
  EXPECT_TRUE(world.choices.asked().empty());
}

TEST(ScriptedPlanInItsWorld, ALimitCountsStrikesAndNotTries) {
  FaultSpec spec = window("cp.stop", "reset");
  spec.probability = {500'000};
  spec.limit = 1;
  sim::Tape tape;
  tape.set("cp/stop.fault", 3, 1);
  FakeWorld world({spec}, tape);
  world.stops(5);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "ok@2s", "reset@3s", "ok@4s", "ok@5s"}));
}

TEST(ScriptedPlanInItsWorld, AnOccasionThatDoesNotHappenIsSpent) {
  FaultSpec spec = at("cp.stop", "reset", 2s);
  spec.probability = {500'000};
  sim::Tape tape;
  tape.set("cp/stop.fault", 2, 1);
  FakeWorld world({spec}, tape);
  world.stops(4);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "ok@2s", "ok@3s", "ok@4s"}));
  EXPECT_EQ(world.choices.misaligned().size(), 1U);
}

TEST(ScriptedPlanInItsWorld, EveryCallHasItsSite) {
  const auto site = [](std::string_view on, std::string_view workspace) {
    const Place place = place_of(on, workspace);
    return std::string{place.actor} + "/" + place.point;
  };
  EXPECT_EQ(site("cp.stop", "pm"), "cp/stop.fault");
  EXPECT_EQ(site("ec2.RunInstances", "pm"), "cloud/RunInstances.fault");
  EXPECT_EQ(site("db.write", "pm"), "platform/db.write.fault");
  EXPECT_EQ(site("agent.heartbeat", "pm"), "pm/heartbeat.fault");
  EXPECT_EQ(site("agent", "pm"), "pm/agent.fault");
  EXPECT_EQ(site("a2a.send", "pm"), "pm/a2a.send.fault");
  EXPECT_EQ(site("a2a.send", ""), "world/a2a.send.fault");
  EXPECT_EQ(site("process.platform", ""), "platform/process.fault");
  EXPECT_EQ(site("process.controlplane", ""), "cp/process.fault");
  EXPECT_EQ(site("instance", "pm"), "pm/instance.fault");
  EXPECT_EQ(site("instance", ""), "world/instance.fault");
}

// --- what goes down ------------------------------------------------------------------------------

TEST(ScriptedPlanInItsWorld, AProcessCrashesAtItsTime) {
  FaultSpec platform = at("process.platform", "crash", 2s);
  platform.down = 40s;
  FakeWorld world({platform, window("process.controlplane", "crash", 3s, 1min)});
  world.stops(5);
  world.run();
  EXPECT_EQ(world.effects, (Log{"crash platform 40s@2s", "crash cp 5s@3s"}));
  // The fake processes share their tasks: whatever had not been served by then died.
  EXPECT_EQ(world.log.size(), 1U);
  EXPECT_EQ(world.plan->tallies()[0].noticed, 1U);
}

TEST(ScriptedPlanInItsWorld, AClockIsWrongForItsWindow) {
  FaultSpec behind = window("process.platform", "clock-behind", 10s, 30s);
  behind.slow_by = 90s;
  FakeWorld world({at("process.platform", "clock-ahead", 2s), behind});
  world.run();
  EXPECT_EQ(world.effects, (Log{"clock 15m@2s", "clock -1m30s@10s", "clock 0s@30s"}));
  EXPECT_EQ(world.plan->tallies()[1].noticed, 1U);
}

TEST(ScriptedPlanInItsWorld, AnInstanceDiesAtItsTime) {
  FaultSpec spec = at("instance", "dies", 0s);
  spec.workspace = "pm";
  FakeWorld world({spec, window("instance", "dies", 3s, 1min)});
  world.run();
  EXPECT_EQ(world.effects, (Log{"kill pm@0s", "kill @3s"}));
}

TEST(ScriptedPlanInItsWorld, AnEventBringsAProcessDownFromOutsideOfIt) {
  FakeWorld world({after("process.platform", "crash", {.event = "restart.cycle"})});
  world.event(2s, "pm");
  world.stops(3);
  world.run();
  EXPECT_EQ(world.effects, (Log{"crash platform 5s@2s"}));
}

TEST(ScriptedPlanInItsWorld, AnEventKillsTheInstanceThatItIsAbout) {
  FaultSpec named = after("instance", "dies", {.event = "restart.cycle", .delay = 10s});
  named.workspace = "pm";
  FakeWorld world({named, after("instance", "dies", {.event = "restart.cycle", .nth = 2})});
  world.event(1s, "pm");
  world.event(2s, "other");
  world.event(3s, "pm");
  world.run();
  EXPECT_EQ(world.effects, (Log{"kill other@2s", "kill pm@11s"}));
}

TEST(ScriptedPlanInItsWorld, ACrashIsADecisionWhenItIsNotCertain) {
  FaultSpec spec = at("process.platform", "crash", 2s);
  spec.probability = {500'000};
  FakeWorld calm({spec});
  calm.run();
  EXPECT_TRUE(calm.effects.empty());
  sim::Tape tape;
  tape.set("platform/process.fault", 1, 1);
  FakeWorld world({spec}, tape);
  world.run();
  EXPECT_EQ(world.effects, (Log{"crash platform 5s@2s"}));
}

TEST(ScriptedPlanInItsWorld, NobodyNoticesWhatWasAlreadyDown) {
  FakeWorld world({at("process.platform", "crash", 1s), at("instance", "dies", 1s)});
  world.up = false;
  world.run();
  const std::vector<FaultTally> tallies = world.plan->tallies();
  ASSERT_EQ(tallies.size(), 2U);
  EXPECT_EQ(world.effects, (Log{"crash platform 5s@1s", "kill @1s"}));
  for (const FaultTally& tally : tallies) {
    EXPECT_EQ(tally.fired, 1U) << tally.name;
    EXPECT_EQ(tally.noticed, 0U) << tally.name;
  }
}

// --- the record ----------------------------------------------------------------------------------

TEST(ScriptedPlanInItsWorld, EachStrikeIsAnEvent) {
  FaultSpec spec = nth("network.platform-controlplane", "timeout", {1});
  spec.name = "cut";
  spec.applied = true;
  FakeWorld world({spec});
  world.call(1s, "cp.stop", "pm");
  world.run();
  ASSERT_EQ(world.injected().size(), 1U);
  const sim::Event& event = *world.injected()[0];
  EXPECT_EQ(world.record.text(event.actor), "world");
  EXPECT_EQ(world.record.text(event.workspace), "pm");
  EXPECT_EQ(sim::to_json(world.record.details(event)),
            R"({"name":"cut","on":"network.platform-controlplane","error":"timeout",)"
            R"("effect":"applied"})");
}

TEST(ScriptedPlanInItsWorld, WhatFollowsFromAStrikeNamesItAsItsCause) {
  FakeWorld world({window("cp.stop", "reset"), at("instance", "dies", 3s)});
  world.call(1s, "cp.stop", "pm");
  world.run();
  const auto injected = world.injected();
  ASSERT_EQ(injected.size(), 2U);
  EXPECT_EQ(world.record.event(injected[0]->seq + 1).cause, injected[0]->seq);
  EXPECT_EQ(world.record.event(injected[1]->seq + 1).cause, injected[1]->seq);
}

TEST(ScriptedPlanInItsWorld, WhatAnEventSetOffIsNotItsDoing) {
  FakeWorld world({window("cp.stop", "reset"), after("instance", "dies", {.event = "ec2.call"})});
  world.call(1s, "cp.stop", "pm");
  world.run();
  const auto injected = world.injected();
  ASSERT_EQ(injected.size(), 2U);
  EXPECT_EQ(world.record.event(injected[0]->seq + 1).cause, injected[0]->seq);
  EXPECT_EQ(injected[1]->cause, 0U);
}

TEST(ScriptedPlanInItsWorld, AHeartbeatsLoopDoesNotFollowFromTheBeatThatFailed) {
  FakeWorld world({window("agent.heartbeat", "reset")});
  world.call(1s, "agent.heartbeat", "pm");
  world.run();
  ASSERT_EQ(world.record.events().size(), 2U);
  EXPECT_EQ(world.record.events()[1].cause, 0U);
}

TEST(ScriptedPlanInItsWorld, TalliesWhatFiredAndWhatWasNoticed) {
  FaultSpec unfelt = nth("cp.start", "slow", {1});
  unfelt.slow_by = 0s;
  FakeWorld world({nth("cp.stop", "reset", {1, 2}), unfelt, nth("cp.backup", "reset", {1})});
  world.stops(3);
  world.call(4s, "cp.start", "pm");
  world.run();
  const std::vector<FaultTally> tallies = world.plan->tallies();
  ASSERT_EQ(tallies.size(), 3U);
  EXPECT_EQ(tallies[0].name, "cp.stop:reset");
  EXPECT_EQ(tallies[0].fired, 2U);
  EXPECT_EQ(tallies[0].noticed, 2U);
  EXPECT_EQ(tallies[1].fired, 1U);
  EXPECT_EQ(tallies[1].noticed, 0U);
  EXPECT_EQ(tallies[2].fired, 0U);
}

TEST(ScriptedPlanInItsWorld, AListenerThatKeepsNothingSeesTheSameWithoutDetails) {
  const EventTrigger third{.event = "restart.cycle", .where = {{"n", "3"}}};
  const auto struck = [&](bool keep) {
    sim::Choices choices{sim::Tape{}};
    sim::Scheduler scheduler(choices);
    sim::Record record(scheduler, sim::world_kinds(), keep, 100);
    FakeWorld effects({});
    EventTrigger trigger = third;
    trigger.event = "ec2.state";
    ScriptedPlan plan(scheduler, choices, record, effects, {after("cp.stop", "reset", trigger)});
    record.emit(sim::Kind::ec2_state, record.name("cloud"), {}, {{"n", 3}});
    return plan.decide({"cp.stop"}, sim::FaultPoint::before_effect).error;
  };
  EXPECT_EQ(struck(true), "reset");
  EXPECT_EQ(struck(false), "reset");
}

TEST(ScriptedPlanInItsWorld, ItsRecordOutlivesIt) {
  FakeWorld world({after("cp.stop", "reset", {.event = "restart.cycle"})});
  world.plan.reset();
  world.event(1s);
  world.run();
  EXPECT_EQ(world.record.events().size(), 1U);
}

// --- calm ----------------------------------------------------------------------------------------

TEST(ScriptedPlanInItsWorld, NothingStrikesOnceLifted) {
  FakeWorld world({window("cp.stop", "reset"), at("process.platform", "crash", 5s),
                   after("instance", "dies", {.event = "restart.cycle"}),
                   after("instance", "dies", {.event = "restart.cycle", .nth = 2})});
  world.event(1s);
  world.event(4s);
  world.stops(5);
  world.run(3s);
  EXPECT_EQ(world.effects, (Log{"kill @1s"}));
  world.plan->lift();
  world.run();
  EXPECT_EQ(world.log, (Log{"reset@1s", "reset@2s", "ok@3s", "ok@4s", "ok@5s"}));
  EXPECT_EQ(world.effects, (Log{"kill @1s"}));
  EXPECT_EQ(world.injected().size(), 3U);
}

}  // namespace
}  // namespace drydock::faults
