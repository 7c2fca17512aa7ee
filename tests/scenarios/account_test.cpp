#include "scenarios/account.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/run.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using test::scenario_of;

CaseSpec with_faults(const std::vector<std::string>& names) {
  CaseSpec played;
  for (const std::string& name : names) {
    faults::FaultSpec spec;
    spec.name = name;
    played.faults.push_back(spec);
  }
  return played;
}

Outcome fired_once(const std::vector<std::string>& names) {
  Outcome outcome;
  for (const std::string& name : names) outcome.faults.push_back({name, true, 1, 1, std::nullopt});
  FinalWorkspace row;
  row.workspace = "w";
  row.columns = {{"status", "online"}, {"updated_at", 7}, {"uptime_seconds", 3}};
  row.instance_state = "running";
  outcome.final.push_back(row);
  return outcome;
}

/// What the account says of one fault when the run without it comes out as `change` makes it.
template <typename Change>
bool mattered(Change change, Judged judged = Judged::expectations_and_promises) {
  Outcome outcome = fired_once({"f"});
  outcome.expectations = {{"counted", true, "1"}};
  Outcome other = outcome;
  change(other);
  account_for_faults(
      with_faults({"f"}), judged, [&](const CaseSpec&, const sim::Tape&) { return other; }, outcome);
  return outcome.faults[0].mattered.value();
}

TEST(Account, WhatNeverFiredDidNotMatterAndIsNotPlayed) {
  Outcome outcome = fired_once({"f"});
  outcome.faults[0].fired = 0;
  int plays = 0;
  account_for_faults(
      with_faults({"f"}), Judged::promises,
      [&](const CaseSpec&, const sim::Tape&) {
        ++plays;
        return Outcome{};
      },
      outcome);
  EXPECT_EQ(outcome.faults[0].mattered, false);
  EXPECT_EQ(plays, 0);
}

TEST(Account, EachThatFiredIsLeftOutOnceFromTheTapeThatWasConsumed) {
  Outcome outcome = fired_once({"a", "b", "c"});
  outcome.faults[1].fired = 0;
  outcome.seed = 7;
  outcome.tape = {{.at = {}, .site = "w/x", .occurrence = 2, .bound = 9, .value = 5, .means = {}}};
  std::vector<std::vector<std::string>> plays;
  account_for_faults(
      with_faults({"a", "b", "c"}), Judged::promises,
      [&](const CaseSpec& played, const sim::Tape& tape) {
        EXPECT_FALSE(tape.seed().has_value()) << "it would answer anew what is asked otherwise";
        EXPECT_EQ(tape.entries().size(), 1U);
        EXPECT_EQ(tape.entries().at({"w/x", 2}), 5U);
        std::vector<std::string>& names = plays.emplace_back();
        for (const auto& spec : played.faults) names.push_back(spec.name);
        return outcome;
      },
      outcome);
  EXPECT_EQ(plays, (std::vector<std::vector<std::string>>{{"b", "c"}, {"a", "b"}}));
  for (const FaultAccount& account : outcome.faults) EXPECT_EQ(account.mattered, false);
}

TEST(Account, FaultsThatTheCaseDoesNotListAreLeftAlone) {
  Outcome outcome = fired_once({"listed", "searched"});
  account_for_faults(
      with_faults({"listed"}), Judged::promises, [](const CaseSpec&, const sim::Tape&) { return Outcome{}; }, outcome);
  EXPECT_EQ(outcome.faults[0].mattered, true);
  EXPECT_EQ(outcome.faults[1].mattered, std::nullopt);
}

TEST(Account, AnotherVerdictMatters) {
  EXPECT_FALSE(mattered([](Outcome&) {}));
  EXPECT_TRUE(mattered([](Outcome& other) { other.expectations[0].passed = false; }));
  EXPECT_TRUE(mattered([](Outcome& other) { other.stopped_by = "steps"; }));
  const auto violate = [](Outcome& other) {
    other.violations.emplace_back();
    other.violations.back().invariant = "settles";
  };
  EXPECT_TRUE(mattered(violate));
  EXPECT_TRUE(mattered(violate, Judged::promises));
}

TEST(Account, ExpectationsThatAreNotJudgedDoNotMatter) {
  EXPECT_FALSE(mattered([](Outcome& other) { other.expectations[0].passed = false; }, Judged::promises));
}

TEST(Account, AnotherFinalStateMatters) {
  EXPECT_TRUE(mattered([](Outcome& other) { other.final[0].columns["status"] = "failed"; }));
  EXPECT_TRUE(mattered([](Outcome& other) { other.final[0].instance_state = "none"; }));
  EXPECT_TRUE(mattered([](Outcome& other) { other.final[0].columns.clear(); }));
  EXPECT_TRUE(mattered([](Outcome& other) { other.final.clear(); }));
}

TEST(Account, WhatOnlyTookLongerDidNotMatter) {
  EXPECT_FALSE(mattered([](Outcome& other) {
    other.final[0].columns["updated_at"] = 8;
    other.final[0].columns["uptime_seconds"] = 4;
    other.trace_hash = 9;
    other.event_count = 9;
  }));
}

/// A case that asks whether its fault was injected would otherwise be its own proof.
TEST(Account, AskingForTheFaultItselfDoesNotMatter) {
  const auto scenario = scenario_of(R"({"format": "drydock.scenario/1", "name": "n", "horizon": "5m",
    "workspaces": [{"id": "w"}],
    "faults": [{"on": "agent.heartbeat", "error": "lost", "nth": 1}],
    "cases": [{"policy": "spring-2026", "expect": [{"count": "fault.injected", "is": 1},
                                              {"count": "agent.heartbeat", "at_least": 1}]}]})");
  Workbench workbench;
  const CaseSpec& played = scenario.cases[0];
  const Replay replay = [&](const CaseSpec& other, const sim::Tape& tape) {
    return run(scenario, other, tape, {}, workbench);
  };
  Outcome outcome = replay(played, {});
  ASSERT_TRUE(outcome.passed);
  account_for_faults(played, Judged::expectations_and_promises, replay, outcome);
  ASSERT_EQ(outcome.faults.size(), 1U);
  EXPECT_EQ(outcome.faults[0].fired, 1U);
  EXPECT_EQ(outcome.faults[0].mattered, false);
}

TEST(Account, OfARealRunSaysWhichFaultMadeTheDifference) {
  const auto scenario = scenario_of(R"({"format": "drydock.scenario/1", "name": "n", "horizon": "10m",
    "workspaces": [{"id": "w"}, {"id": "v"}],
    "steps": [{"at": "1m", "request": "DELETE /workspaces/w?confirm=true"}],
    "faults": [{"name": "refused", "on": "cp.stop", "error": "http-503", "from": "0s", "for": "10m"},
               {"name": "unheard", "on": "agent.heartbeat", "workspace": "v", "error": "lost", "nth": 1},
               {"name": "unmet", "on": "cp.start", "error": "http-503", "nth": 1}],
    "cases": [{"policy": "pre-2989", "expect": []}]})");
  Workbench workbench;
  const CaseSpec& played = scenario.cases[0];
  const Replay replay = [&](const CaseSpec& other, const sim::Tape& tape) {
    return run(scenario, other, tape, {}, workbench);
  };
  Outcome outcome = replay(played, {});
  const auto hash = outcome.trace_hash;
  account_for_faults(played, Judged::expectations_and_promises, replay, outcome);
  ASSERT_EQ(outcome.faults.size(), 3U);
  EXPECT_EQ(outcome.faults[0].mattered, true);
  EXPECT_GT(outcome.faults[1].fired, 0U);
  EXPECT_EQ(outcome.faults[1].mattered, false);
  EXPECT_EQ(outcome.faults[2].mattered, false);
  EXPECT_EQ(outcome.trace_hash, hash);
}

}  // namespace
}  // namespace drydock::scenarios
