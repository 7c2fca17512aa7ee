#include "scenarios/whatif/odds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/explore/tape_player.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/run.hpp"
#include "sim/hash.hpp"
#include "sim/search/fills.hpp"
#include "tests/support/late_launch.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

class OddsTest : public testing::Test {
 protected:
  OddsTest() {
    tape_.set("w/request", 2, 1);
    tape_.set("w/request", 4, 2);
    outcome_ = play(tape_, nullptr);
    options_.target = {.invariant = "removed-stays-removed", .workspace = "w", .signature = {}};
    options_.tails = 16;
  }

  Outcome play(const sim::Tape& tape, sim::Fill* fill) {
    RunOptions options;
    options.fill = fill;
    return run(scenario_, scenario_.cases.front(), tape, options, workbench_);
  }
  Odds ask() { return odds(scenario_, scenario_.cases.front(), tape_, outcome_, options_); }

  const Scenario scenario_ = test::scenario_of(test::kLateLaunch);
  Workbench workbench_;
  sim::Tape tape_;
  Outcome outcome_;
  OddsOptions options_;
};

bool is_request(const ShownDecision& decision, std::uint32_t nth) {
  return decision.site == "w/request" && decision.occurrence == nth;
}

std::vector<std::uint64_t> hits_of(const Odds& odds) {
  std::vector<std::uint64_t> all;
  for (const OddsPoint& point : odds.points) all.push_back(point.hits);
  return all;
}

TEST_F(OddsTest, TheLargestRiseIsTheDecisionThatLeftNothingToChance) {
  const Odds odds = ask();
  ASSERT_GT(odds.jump, 0U);
  EXPECT_TRUE(is_request(odds.points[odds.jump].last, 4)) << odds.points[odds.jump].last.site;
  EXPECT_LT(odds.points[odds.jump - 1].probability.value, 0.4);
  EXPECT_GT(odds.points[odds.jump].probability.value, 0.6);
  EXPECT_EQ(odds.likely, odds.jump);
  EXPECT_TRUE(odds.complete);
}

TEST_F(OddsTest, PointZeroIsTheSearchsOwnLaw) {
  // The same tails, played without anything of odds.
  const sim::search::FillParameters parameters = fill_parameters_of(scenario_);
  std::uint64_t hits = 0;
  for (std::uint64_t tail = 0; tail < options_.tails; ++tail) {
    const auto fill = sim::search::random_fill(sim::mix(sim::mix(0, options_.seed), tail), parameters);
    const Outcome outcome = play({}, fill.get());
    hits += std::any_of(outcome.violations.begin(), outcome.violations.end(),
                        [&](const auto& one) { return options_.target.matches(one); })
                ? 1
                : 0;
  }
  const Odds odds = ask();
  EXPECT_EQ(odds.points.front().decisions, 0U);
  EXPECT_EQ(odds.points.front().hits, hits);
}

TEST_F(OddsTest, WhatHasComeTrueIsCertainWithoutPlaying) {
  const Odds odds = ask();
  const OddsPoint& last = odds.points.back();
  EXPECT_EQ(last.probability, (Estimate{1, 1, 1}));
  EXPECT_EQ(last.tails, 0U);
  EXPECT_LE(last.last.at, outcome_.violations.front().at);
  EXPECT_LE(odds.certain, odds.points.size() - 1);
  // The question before the launch lands is still open.
  EXPECT_GT(last.decisions, 10U);
}

TEST_F(OddsTest, PointsAreInOrderAndSayWhatTheyRestOn) {
  const Odds odds = ask();
  EXPECT_EQ(odds.questions, outcome_.decisions);
  for (std::size_t i = 0; i < odds.points.size(); ++i) {
    const OddsPoint& point = odds.points[i];
    EXPECT_LE(point.probability.low, point.probability.value);
    EXPECT_GE(point.probability.high, point.probability.value);
    if (i > 0) {
      EXPECT_GT(point.decisions, odds.points[i - 1].decisions);
    }
    if (point.tails > 0) {
      EXPECT_EQ(point.probability, proportion_of(point.hits, point.tails));
    }
    if (point.event > 0) {
      EXPECT_GE(outcome_.events[point.event - 1].at, point.last.at);
    }
  }
  // Each decision of the tape is one of them, with its words.
  for (const std::uint32_t nth : {2U, 4U}) {
    const auto found = std::find_if(odds.points.begin(), odds.points.end(),
                                    [nth](const OddsPoint& point) { return is_request(point.last, nth); });
    ASSERT_NE(found, odds.points.end());
    EXPECT_EQ(found->last.means.substr(0, 4), nth == 2 ? "POST" : "DELE");
  }
}

TEST_F(OddsTest, PointsThatAreNotThereLieBetweenTwoThatAgree) {
  options_.tails = 48;
  const Odds odds = ask();
  std::size_t gaps = 0;
  for (std::size_t i = 1; i < odds.points.size(); ++i) {
    const OddsPoint& before = odds.points[i - 1];
    const OddsPoint& after = odds.points[i];
    if (after.decisions == before.decisions + 1) continue;
    ++gaps;
    EXPECT_GE(after.probability.value, before.probability.low);
    EXPECT_LE(after.probability.value, before.probability.high);
  }
  EXPECT_GT(gaps, 0U) << "all points are there";
  ASSERT_GT(odds.certain, 0U);
  EXPECT_EQ(odds.points[odds.certain].decisions, odds.points[odds.certain - 1].decisions + 1)
      << "the moment is placed at a single decision";
}

TEST_F(OddsTest, ThreadsChangeNothing) {
  const Odds alone = ask();
  options_.jobs = 3;
  const Odds together = ask();
  ASSERT_GT(alone.points.size(), 10U);
  ASSERT_EQ(alone.points.size(), together.points.size());
  for (std::size_t i = 0; i < alone.points.size(); ++i) {
    EXPECT_EQ(alone.points[i].decisions, together.points[i].decisions);
    EXPECT_EQ(alone.points[i].hits, together.points[i].hits);
  }
}

TEST_F(OddsTest, AnotherSeedDrawsOtherTails) {
  options_.tails = 32;
  const Odds one = ask();
  options_.seed = 2;
  const Odds other = ask();
  EXPECT_NE(hits_of(one), hits_of(other));
}

TEST_F(OddsTest, TimeThatRunsOutIsSaid) {
  options_.time_s = 0;
  const Odds odds = ask();
  EXPECT_FALSE(odds.complete);
  EXPECT_EQ(odds.points.size(), 1U) << "what has come true needs no time";
  options_.time_s.reset();
  options_.interrupted = [] { return true; };
  EXPECT_TRUE(ask().interrupted);
}

TEST_F(OddsTest, ATargetIsAsNarrowAsItSays) {
  const ShownViolation& violation = outcome_.violations.front();
  EXPECT_TRUE(options_.target.matches(violation));
  OddsTarget other = options_.target;
  other.workspace = "v";
  EXPECT_FALSE(other.matches(violation));
  other = options_.target;
  other.workspace.clear();
  other.signature = violation.signature;
  EXPECT_TRUE(other.matches(violation));
  other.signature += "<http.request";
  EXPECT_FALSE(other.matches(violation));
}

TEST_F(OddsTest, SwarmIsAnotherLaw) {
  EXPECT_EQ(parse_tail_law("swarm"), TailLaw::swarm);
  EXPECT_EQ(parse_tail_law("swam"), std::nullopt);
  const Odds random = ask();
  options_.law = TailLaw::swarm;
  const Odds swarm = ask();
  EXPECT_EQ(swarm.law, TailLaw::swarm);
  EXPECT_TRUE(is_request(swarm.points[swarm.jump].last, 4));
  EXPECT_NE(hits_of(swarm), hits_of(random));
}

// --- docs/odds.md: the cause was written down before it was asked --------------------------------

struct Predicted {
  const char* tape;
  const char* site;
  std::uint32_t occurrence;
};
constexpr Predicted kPredicted[] = {
    {"removed-stays-removed-sleeping-cycle", "solo/request", 5},
    {"no-state-loss-overlapping-launch", "dev/request", 18},
    {"no-orphan-sweeper-forgets", "cp/stop.fault", 3},
    {"settles-crash-after-verdict", "platform/process.fault", 6},
    {"online-is-real-missed-expiry", "platform/process.fault", 37},
};

TapeFile regress(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path{DRYDOCK_SOURCE_DIR} / "tests/regress" / (name + ".tape.json")).rdbuf();
  return *decode_tape(name, text.str()).value;
}

void expect_predicted(const Predicted& predicted, std::uint64_t tails) {
  const TapeFile file = regress(predicted.tape);
  Workbench workbench;
  const Outcome outcome = run(file.scenario, file.played, file.tape, {}, workbench);
  const auto meant = std::find_if(
      outcome.violations.begin(), outcome.violations.end(),
      [&](const ShownViolation& violation) { return violation.signature == file.finding.value("signature", ""); });
  ASSERT_NE(meant, outcome.violations.end());
  OddsOptions options;
  options.target = {meant->invariant, meant->workspace, {}};
  options.tails = tails;
  options.jobs = 2;
  const Odds asked = odds(file.scenario, file.played, file.tape, outcome, options);
  ASSERT_GT(asked.jump, 0U);
  const ShownDecision& rise = asked.points[asked.jump].last;
  EXPECT_EQ(rise.site, predicted.site);
  EXPECT_EQ(rise.occurrence, predicted.occurrence);
}

TEST(PredictedOdds, TheRiseIsWhereItWasPredicted) { expect_predicted(kPredicted[0], 8); }

TEST(PredictedOddsSlow, TheRisesAreWhereTheyWerePredicted) {
  for (const Predicted& predicted : kPredicted) {
    SCOPED_TRACE(predicted.tape);
    expect_predicted(predicted, 60);
  }
}

}  // namespace
}  // namespace drydock::scenarios
