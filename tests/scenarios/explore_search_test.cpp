// Searches of a real world, small enough to be searched whole.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/explore/explorer.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "scenarios/run.hpp"
#include "tests/scenarios/explore_worlds.hpp"
#include "tests/sim/search_plain.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;
namespace search = sim::search;

/// Six or so questions, and those that their answers bring.
constexpr const char* kSmall =
    R"("faults": ["cp.stop:http-503", "network.agent-platform:lost"], "max_faults": 2,
       "requests": ["POST /workspaces/{w}/restart"], "max_requests": 2, "every": "25s",
       "ranges": ["cloud.pending"])";
// --- the whole of it -----------------------------------------------------------------------------

struct Space {
  std::string explore;
  std::uint32_t deviations;
};

void expect_plain(const Space& space) {
  const Scenario scenario = test::scenario_of(open_scenario(space.explore, "pre-1556"));
  const search::FillParameters parameters = fill_parameters_of(scenario);
  const auto make = [&] { return std::make_unique<TapePlayer>(scenario, scenario.cases.at(0), parameters); };
  const auto player = make();
  const search::PlainEnumeration plain = search::enumerate_plainly(*player, space.deviations);
  EXPECT_GT(plain.size(), 50U);
  search::Played played;
  search::Crew crew(search::recorded(make, played), 2);
  const search::Enumeration all = search::enumerate(crew, space.deviations, {});
  EXPECT_TRUE(all.complete);
  EXPECT_GT(all.tally.pruned, 0U);
  search::expect_covers(plain, played, all);
  search::Shards sum;
  for (std::uint32_t shard = 1; shard <= 3; ++shard) {
    search::Played part;
    search::Crew own(search::recorded(make, part), 1);
    search::CampaignOptions options;
    options.shard = shard;
    options.shards = 3;
    sum.add(search::enumerate(own, space.deviations, options), part);
  }
  sum.expect_is(all, played);
  std::cout << plain.size() << " tapes of at most " << space.deviations << " decisions, " << all.tally.pruned
            << " of them known without being played\n";
}

TEST(ExploreExhaustive, PlaysWhatThePlainEnumeratorPlays) { expect_plain({kSmall, 2}); }

TEST(ExploreExhaustive, DoesSoWithEveryFault) {
  expect_plain({R"("faults": "*", "max_faults": 2, "every": "40s", "max_requests": 1,
                   "requests": ["POST /workspaces/dev/restart"])",
                1});
}

TEST(ExploreExhaustiveSlow, DoesSoWithMoreDecisions) {
  expect_plain({kSmall, 3});
  expect_plain({R"("faults": ["cp.stop:http-503", "cp.stop:timeout:applied", "agent.heartbeat:timeout",
                              "process.platform:crash", "instance:dies"],
                   "max_faults": 2, "every": "25s",
                   "requests": ["POST /workspaces/{w}/restart", "POST /workspaces/{w}/pause"])",
                2});
}

TEST(ExploreExhaustiveSlow, DoesSoWithTwoOfEveryFault) {
  expect_plain({R"("faults": "*", "max_faults": 2, "every": "40s", "max_requests": 1,
                   "requests": ["POST /workspaces/dev/restart"])",
                2});
}

// --- explore -------------------------------------------------------------------------------------

void expect_same(const Exploration& a, const Exploration& b) {
  EXPECT_EQ(a.internal_error, "");
  EXPECT_EQ(a.runs, b.runs);
  EXPECT_EQ(a.distinct, b.distinct);
  EXPECT_EQ(a.pruned, b.pruned);
  EXPECT_EQ(a.complete, b.complete);
  EXPECT_EQ(a.requests, b.requests);
  EXPECT_EQ(a.residual.upper_95, b.residual.upper_95);
  EXPECT_EQ(a.residual.states, b.residual.states);
  EXPECT_EQ(a.residual.transitions, b.residual.transitions);
  ASSERT_EQ(a.faults.size(), b.faults.size());
  for (std::size_t i = 0; i < a.faults.size(); ++i) {
    EXPECT_EQ(a.faults[i].name, b.faults[i].name);
    EXPECT_EQ(a.faults[i].fired, b.faults[i].fired);
    EXPECT_EQ(a.faults[i].noticed, b.faults[i].noticed);
    EXPECT_EQ(a.faults[i].mattered, b.faults[i].mattered);
  }
  ASSERT_EQ(a.findings.size(), b.findings.size());
  for (std::size_t i = 0; i < a.findings.size(); ++i) {
    EXPECT_EQ(a.findings[i].signature, b.findings[i].signature);
    EXPECT_EQ(a.findings[i].first_run, b.findings[i].first_run);
    EXPECT_EQ(a.findings[i].times, b.findings[i].times);
    EXPECT_EQ(a.findings[i].shrink_runs, b.findings[i].shrink_runs);
    EXPECT_EQ(a.findings[i].outcome.trace_hash, b.findings[i].outcome.trace_hash);
  }
}

ExploreOptions options_of(Strategy strategy, std::uint64_t runs, unsigned jobs) {
  ExploreOptions options;
  options.strategy = strategy;
  options.runs = runs;
  options.jobs = jobs;
  options.explain = false;
  options.most_findings = 3;
  return options;
}

TEST(Explore, DoesNotDependOnThreads) {
  const Scenario scenario = test::scenario_of(open_scenario(kBusy, "pre-1556"));
  for (const Strategy strategy : {Strategy::mixed, Strategy::exhaustive}) {
    const std::uint64_t runs = strategy == Strategy::mixed ? 130 : 60;
    const Exploration one = explore(scenario, scenario.cases[0], options_of(strategy, runs, 1));
    EXPECT_EQ(one.runs, runs);
    EXPECT_EQ(one.complete, false);
    EXPECT_TRUE(strategy != Strategy::mixed || !one.findings.empty());
    expect_same(one, explore(scenario, scenario.cases[0], options_of(strategy, runs, 2)));
  }
}

TEST(Explore, FindingsBreakWhatTheySayAndNeedEveryDecision) {
  const Scenario scenario = test::scenario_of(open_scenario(kBusy, "pre-1556"));
  const Exploration found = explore(scenario, scenario.cases[0], options_of(Strategy::swarm, 200, 2));
  ASSERT_FALSE(found.findings.empty());
  Workbench workbench;
  for (const Finding& finding : found.findings) {
    EXPECT_TRUE(finding.minimal);
    EXPECT_LE(finding.outcome.tape.size(), finding.size_found);
    const ShownViolation& shown = finding.outcome.violations.at(finding.violation);
    EXPECT_EQ(shown.invariant, finding.invariant);
    EXPECT_EQ(shown.signature, finding.signature);
    EXPECT_TRUE(finding.outcome.misaligned.empty());
    for (std::size_t without = 0; without < finding.outcome.tape.size(); ++without) {
      sim::Tape tape;
      for (std::size_t i = 0; i < finding.outcome.tape.size(); ++i) {
        const ShownDecision& each = finding.outcome.tape[i];
        if (i != without) tape.set(each.site, each.occurrence, each.value);
      }
      const Outcome less = run(scenario, scenario.cases[0], tape, {}, workbench);
      const bool breaks = std::any_of(less.violations.begin(), less.violations.end(), [&](const auto& violation) {
        return violation.invariant == finding.invariant && violation.signature == finding.signature;
      });
      EXPECT_FALSE(breaks) << finding.signature << " does not need decision " << without;
    }
  }
}

TEST(Explore, UntilFirstReportsTheLowestNumberedRun) {
  const Scenario scenario = test::scenario_of(open_scenario(kBusy, "pre-1556"));
  ExploreOptions options = options_of(Strategy::swarm, 200, 2);
  options.shrink = false;
  const Exploration all = explore(scenario, scenario.cases[0], options);
  options.until_first = true;
  const Exploration first = explore(scenario, scenario.cases[0], options);
  ASSERT_FALSE(first.findings.empty());
  EXPECT_EQ(first.runs, first.findings[0].first_run + 1);
  EXPECT_EQ(first.findings[0].first_run, all.findings.at(0).first_run);
}

TEST(Explore, InterruptedReportsWhatIsKnown) {
  const Scenario scenario = test::scenario_of(open_scenario(kBusy, "pre-1556"));
  ExploreOptions options = options_of(Strategy::swarm, 100'000, 2);
  bool found = false;
  options.progress = [&](const SearchProgress& progress) { found = progress.findings > 0; };
  options.interrupted = [&] { return found; };
  const Exploration some = explore(scenario, scenario.cases[0], options);
  EXPECT_TRUE(some.interrupted);
  EXPECT_LT(some.runs, 100'000U);
  ASSERT_FALSE(some.findings.empty()) << "what was found is not lost for want of time to shrink it";
  for (const Finding& finding : some.findings) {
    EXPECT_EQ(finding.outcome.violations.at(finding.violation).signature, finding.signature);
    EXPECT_FALSE(finding.minimal);
  }
}

TEST(Explore, TimeBoundsSearchAndShrinkingTogether) {
  const Scenario scenario = test::scenario_of(open_scenario(kBusy, "pre-1556"));
  ExploreOptions options = options_of(Strategy::swarm, 100'000'000, 1);
  options.time_s = 1.0;
  const Exploration some = explore(scenario, scenario.cases[0], options);
  ASSERT_FALSE(some.findings.empty());
  EXPECT_FALSE(some.interrupted);
  EXPECT_GT(some.shrink_s, 0.0);
  // The whole shrinking takes many times as long; a busy machine may be late.
  EXPECT_LT(some.wall_s + some.shrink_s, 10.0);
  for (const Finding& finding : some.findings)
    EXPECT_EQ(finding.outcome.violations.at(finding.violation).signature, finding.signature);
}

TEST(Explore, TheTimeOfASearchThatFindsNothingIsTheSearchs) {
  const Scenario scenario = test::scenario_of(open_scenario(""));
  ExploreOptions options = options_of(Strategy::mixed, 100'000'000, 1);
  options.time_s = 0.5;
  const Exploration none = explore(scenario, scenario.cases[0], options);
  EXPECT_TRUE(none.findings.empty());
  EXPECT_GE(none.wall_s, 0.5);
}

TEST(Explore, AccountsForFaultsByPlayingWithoutThem) {
  // A refused stop matters under the old policy; a fault that no call ever meets is never injected.
  const Scenario scenario = test::scenario_of(open_scenario(
      R"("faults": ["cp.stop:http-503", "cp.backup:http-503"], "requests":
         ["POST /workspaces/{w}/restart"], "max_requests": 2)",
      "pre-1556"));
  ExploreOptions options = options_of(Strategy::random, 150, 2);
  options.shrink = false;
  const Exploration found = explore(scenario, scenario.cases[0], options);
  ASSERT_EQ(found.faults.size(), 2U);
  EXPECT_GT(found.faults[0].fired, 0U);
  EXPECT_GE(found.faults[0].fired, found.faults[0].runs);
  EXPECT_EQ(found.faults[0].mattered, std::optional<bool>{true});
  EXPECT_EQ(found.faults[1].fired, 0U);
  EXPECT_EQ(found.faults[1].mattered, std::nullopt);
  EXPECT_GT(found.requests.at("POST /workspaces/{w}/restart"), 0U);
}

TEST(Explore, FindsNothingWithoutAnythingToAdd) {
  const Scenario scenario = test::scenario_of(open_scenario(""));
  const Exploration found = explore(scenario, scenario.cases[0], options_of(Strategy::mixed, 40, 2));
  EXPECT_EQ(found.internal_error, "");
  EXPECT_EQ(found.runs, 40U);
  EXPECT_TRUE(found.faults.empty());
  EXPECT_TRUE(found.findings.empty());
  EXPECT_GT(found.distinct, 1U) << "order and delays vary all the same";
}

}  // namespace
}  // namespace drydock::scenarios
