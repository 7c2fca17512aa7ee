#include "faults/scripted.hpp"

#include <gtest/gtest.h>

#include "tests/faults/fake_world.hpp"

namespace drydock::faults {
namespace {

// --- triggers ------------------------------------------------------------------------------------

TEST(ScriptedPlan, AnEmptyPlanIsCalm) { EXPECT_EQ(five_stops({}), (Log{"ok@1s", "ok@2s", "ok@3s", "ok@4s", "ok@5s"})); }

TEST(ScriptedPlan, AWindowHoldsItsBeginningAndNotItsEnd) {
  EXPECT_EQ(five_stops({window("cp.stop", "http-503", 2s, 4s)}),
            (Log{"ok@1s", "http-503@2s", "http-503@3s", "ok@4s", "ok@5s"}));
}

TEST(ScriptedPlan, NthCountsMatchingCallsOnly) {
  FaultSpec spec = nth("cp.stop", "reset", {1, 3});
  spec.workspace = "pm";
  FakeWorld world({spec});
  world.call(100ms, "cp.stop", "other");
  world.call(200ms, "cp.start", "pm");
  world.stops(4);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@100ms", "ok@200ms", "reset@1s", "ok@2s", "reset@3s", "ok@4s"}));
}

TEST(ScriptedPlan, AtStrikesTheFirstCallFromThenOn) {
  EXPECT_EQ(five_stops({at("cp.stop", "http-500", 2s)}), (Log{"ok@1s", "http-500@2s", "ok@3s", "ok@4s", "ok@5s"}));
  EXPECT_EQ(five_stops({at("cp.stop", "http-500", 2500ms)})[2], "http-500@3s");
}

TEST(ScriptedPlan, AtWithALimitStrikesSoMany) {
  FaultSpec spec = at("cp.stop", "http-500", 2s);
  spec.limit = 2;
  EXPECT_EQ(five_stops({spec}), (Log{"ok@1s", "http-500@2s", "http-500@3s", "ok@4s", "ok@5s"}));
}

TEST(ScriptedPlan, WhenStrikesOneCallAfterTheNthEvent) {
  FakeWorld world({after("cp.stop", "http-503", {.event = "restart.cycle", .nth = 2})});
  world.event(500ms);
  world.event(1500ms);
  world.event(1600ms);
  world.stops(4);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "http-503@2s", "ok@3s", "ok@4s"}));
}

TEST(ScriptedPlan, WhenWaitsForItsDelay) {
  FaultSpec spec = after("cp.stop", "http-503", {.event = "restart.cycle", .delay = 1500ms});
  spec.limit = 2;
  FakeWorld world({spec});
  world.event(1500ms);
  world.stops(5);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "ok@2s", "http-503@3s", "http-503@4s", "ok@5s"}));
}

TEST(ScriptedPlan, WhenComparesTheDetail) {
  const std::map<std::string, std::string> where{
      {"source", "\"say \\\"hi\\\"\""}, {"n", "3"}, {"dirty", "true"}, {"body", R"({"a":1})"}};
  FakeWorld world({after("cp.stop", "http-503", {.event = "restart.cycle", .where = where})});
  world.event(500ms, "pm", "user", 3);
  world.event(1500ms, "pm", "say \"hi\"", 4);
  world.event(2500ms, "pm", "say \"hi\"", 3);
  world.stops(4);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "ok@2s", "http-503@3s", "ok@4s"}));
}

TEST(ScriptedPlan, WhenWithAKeyThatNoEventHasNeverStrikes) {
  FakeWorld world({after("cp.stop", "reset", {.event = "restart.cycle", .where = {{"nobody", "1"}}})});
  world.event(500ms);
  world.stops(1);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s"}));
}

TEST(ScriptedPlan, WhenWaitsForEventsOfItsOwnWorkspace) {
  FaultSpec spec = after("cp.stop", "reset", {.event = "restart.cycle"});
  spec.workspace = "pm";
  FakeWorld world({spec});
  world.event(500ms, "other");
  world.event(1500ms, "pm");
  world.stops(3);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "reset@2s", "ok@3s"}));
}

TEST(ScriptedPlan, WhereMayNameAnotherWorkspace) {
  const EventTrigger others{.event = "restart.cycle", .where = {{"workspace", "\"other\""}}};
  FaultSpec spec = after("cp.stop", "reset", others);
  spec.workspace = "pm";
  FakeWorld world({spec});
  world.event(500ms, "pm");
  world.event(1500ms, "other");
  world.stops(3);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "reset@2s", "ok@3s"}));
}

TEST(ScriptedPlan, AnEventOfNoWorkspaceCountsForEveryone) {
  FaultSpec spec = after("cp.stop", "reset", {.event = "restart.cycle"});
  spec.workspace = "pm";
  FakeWorld world({spec});
  world.event(500ms);
  world.stops(1);
  world.run();
  EXPECT_EQ(world.log, (Log{"reset@1s"}));
}

TEST(ScriptedPlan, OneFaultsEventArmsAnother) {
  const EventTrigger first{.event = "fault.injected", .where = {{"name", "\"cp.stop:reset\""}}};
  EXPECT_EQ(five_stops({after("cp.stop", "http-500", first), nth("cp.stop", "reset", {2})}),
            (Log{"ok@1s", "reset@2s", "http-500@3s", "ok@4s", "ok@5s"}));
}

// --- errors --------------------------------------------------------------------------------------

TEST(ScriptedPlan, ARefusalComesAtOnceAndNothingHappened) {
  for (const std::string error : {"http-503", "reset", "RequestLimitExceeded"}) {
    FakeWorld world({window("ec2.RunInstances", error)});
    world.call(1s, "ec2.RunInstances", "pm");
    world.run();
    EXPECT_EQ(world.log, (Log{error + "@1s"}));
    EXPECT_EQ(world.served, 0);
  }
}

TEST(ScriptedPlan, SilenceCostsTheCallersOwnDeadline) {
  for (const std::string error : {"timeout", "lost"}) {
    FakeWorld world({window("agent.heartbeat", error)});
    world.call(1s, "agent.heartbeat", "pm", 10s);
    world.run();
    EXPECT_EQ(world.log, (Log{"nothing@11s"}));
    EXPECT_EQ(world.served, 0);
  }
}

TEST(ScriptedPlan, AnAppliedFaultLosesTheAnswerAndNotTheEffect) {
  for (const std::string error : {"http-500", "reset", "timeout", "lost"}) {
    FaultSpec spec = window("cp.start", error);
    spec.applied = true;
    FakeWorld world({spec});
    world.call(1s, "cp.start", "pm", 30s);
    world.run();
    const bool silent = error == "timeout" || error == "lost";
    EXPECT_EQ(world.log, (Log{silent ? "nothing@31s" : error + "@1s"}));
    EXPECT_EQ(world.served, 1);
  }
}

TEST(ScriptedPlan, AnAppliedFaultCountsTheCallsThatTookEffect) {
  FaultSpec applied = nth("cp.stop", "reset", {2});
  applied.applied = true;
  EXPECT_EQ(five_stops({nth("cp.stop", "http-503", {1}), applied}),
            (Log{"http-503@1s", "ok@2s", "reset@3s", "ok@4s", "ok@5s"}));
}

TEST(ScriptedPlan, SlowDelaysAndThenServes) {
  FakeWorld usual({window("db.write", "slow")});
  usual.call(1s, "db.write", "pm");
  usual.run();
  EXPECT_EQ(usual.log, (Log{"ok@11s"}));
  FaultSpec spec = window("db.write", "slow");
  spec.slow_by = 250ms;
  FakeWorld world({spec});
  world.call(1s, "db.write", "pm");
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s250ms"}));
  EXPECT_EQ(world.served, 1);
}

TEST(ScriptedPlan, ANetworkStrikesWhatCrossesIt) {
  const Log all{"cp.start",       "cp.stop",  "cp.backup",        "cp.is_running", "agent.heartbeat",
                "agent.register", "a2a.send", "ec2.RunInstances", "db.write"};
  const auto struck = [&](const std::string& network) {
    FakeWorld world({window(network, "reset")});
    for (const std::string& on : all) world.call(1s, on, "pm");
    world.run();
    Log out;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (world.log[i] == "reset@1s") out.push_back(all[i]);
    }
    return out;
  };
  EXPECT_EQ(struck("network.platform-controlplane"), (Log{"cp.start", "cp.stop", "cp.backup", "cp.is_running"}));
  EXPECT_EQ(struck("network.agent-platform"), (Log{"agent.heartbeat", "agent.register", "a2a.send"}));
}

// --- which fault, and how often ------------------------------------------------------------------

TEST(ScriptedPlan, AWorkspaceFilterSparesTheOthers) {
  FaultSpec spec = window("cp.stop", "reset");
  spec.workspace = "pm";
  FakeWorld world({spec});
  world.call(1s, "cp.stop", "other");
  world.call(2s, "cp.stop", "pm");
  world.call(3s, "cp.stop");
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "reset@2s", "ok@3s"}));
}

TEST(ScriptedPlan, ALimitEndsAWindow) {
  FaultSpec spec = window("cp.stop", "reset");
  spec.limit = 2;
  EXPECT_EQ(five_stops({spec}), (Log{"reset@1s", "reset@2s", "ok@3s", "ok@4s", "ok@5s"}));
}

TEST(ScriptedPlan, ALimitEndsAListOfCalls) {
  FaultSpec spec = nth("cp.stop", "reset", {1, 2, 4});
  spec.limit = 2;
  EXPECT_EQ(five_stops({spec}), (Log{"reset@1s", "reset@2s", "ok@3s", "ok@4s", "ok@5s"}));
}

TEST(ScriptedPlan, TheFirstOfTheListStrikesAndTheOthersCount) {
  EXPECT_EQ(five_stops({window("cp.stop", "reset", 0s, 2s), window("cp.stop", "http-500", 0s, 4s),
                        nth("cp.stop", "http-503", {1, 5})}),
            (Log{"reset@1s", "http-500@2s", "http-500@3s", "ok@4s", "http-503@5s"}));
}

TEST(ScriptedPlan, AnArmedFaultWaitsForACallOfItsOwn) {
  FakeWorld world({at("cp.stop", "reset", 2s), at("cp.stop", "http-500", 2s)});
  world.stops(4);
  world.run();
  EXPECT_EQ(world.log, (Log{"ok@1s", "reset@2s", "http-500@3s", "ok@4s"}));
  const std::vector<FaultTally> tallies = world.plan->tallies();
  EXPECT_EQ(tallies[0].fired, 1U);
  EXPECT_EQ(tallies[1].fired, 1U);
}

}  // namespace
}  // namespace drydock::faults
