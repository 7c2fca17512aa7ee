#include "scenarios/fix/fixes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/policy.hpp"
#include "scenarios/fix/around.hpp"
#include "scenarios/fix/combinations.hpp"
#include "scenarios/fix/judge.hpp"
#include "scenarios/fix/offered.hpp"
#include "scenarios/metrics.hpp"
#include "tests/support/late_launch.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

OfferedChange word(std::string key, std::string from, std::string to) {
  return {.key = std::move(key), .from = std::move(from), .to = std::move(to)};
}

std::string written(const std::vector<OfferedChange>& changes) {
  std::string text;
  for (const OfferedChange& change : changes) text += (text.empty() ? "" : ", ") + change.key + "=" + change.to;
  return text;
}

std::vector<std::string> written(const std::vector<Fix>& fixes) {
  std::vector<std::string> all;
  for (const Fix& fix : fixes) all.push_back(written(fix.changes));
  return all;
}

/// The late launch: a restart, and a DELETE while its launch is on the way.
class FindFixes : public testing::Test {
 protected:
  FindFixes() {
    tape_.set("w/request", 2, 1);
    tape_.set("w/request", 4, 2);
    options_.invariant = "removed-stays-removed";
    options_.around = 4;
    options_.catalogue = false;
  }

  Fixes find(const std::vector<OfferedChange>& offered) {
    return find_fixes(scenario_, scenario_.cases.front(), tape_, offered, options_);
  }
  [[nodiscard]] const model::Policy& policy() const { return scenario_.cases.front().policy; }

  const OfferedChange works_ = word("intents.durable", "off", "on");
  const OfferedChange idle_ = word("secrets.skip_self", "off", "on");
  const OfferedChange idle_too_ = word("pause.honest", "off", "on");
  const OfferedChange idle_as_well_ = word("resume.honest", "off", "on");

  const Scenario scenario_ = test::scenario_of(test::kLateLaunch);
  sim::Tape tape_;
  FixOptions options_;
};

TEST_F(FindFixes, TheOneChangeThatHoldsIsFound) {
  const Fixes fixes = find({idle_, works_, idle_too_});
  EXPECT_EQ(written(fixes.fixes), std::vector<std::string>{"intents.durable=on"});
  EXPECT_TRUE(fixes.fixes.front().smallest);
  EXPECT_TRUE(fixes.fixes.front().breaks.empty());
  EXPECT_TRUE(fixes.fixes.front().edges.empty()) << "a word has no edge";
  EXPECT_FALSE(fixes.fixes.front().on_catalogue);
  EXPECT_EQ(fixes.keys, 3U);
  EXPECT_EQ(fixes.around, 4U);
  EXPECT_GT(fixes.around_broken, 0U) << "or else the runs around it show nothing";
  ASSERT_EQ(fixes.levels.size(), 1U) << "no pair is tried where one change holds";
  EXPECT_EQ(fixes.levels.front().there_are, 3U);
  EXPECT_EQ(fixes.levels.front().tried, 3U);
}

TEST_F(FindFixes, NothingHoldsWhereNothingDoes) {
  const Fixes fixes = find({idle_, idle_too_, idle_as_well_});
  EXPECT_TRUE(fixes.fixes.empty());
  EXPECT_TRUE(fixes.missed.empty());
  ASSERT_EQ(fixes.levels.size(), 3U);
  EXPECT_EQ(fixes.levels[1].there_are, 3U);
  EXPECT_EQ(fixes.levels[1].tried, 3U);
  EXPECT_EQ(fixes.levels[2].there_are, 1U);
  EXPECT_EQ(fixes.levels[2].tried, 1U);
  EXPECT_FALSE(fixes.all_hold.has_value()) << "nobody asked for all of them together";
}

TEST_F(FindFixes, NoMoreAtOnceThanAskedFor) {
  options_.most_changes = 2;
  EXPECT_EQ(find({idle_, idle_too_, idle_as_well_}).levels.size(), 2U);
}

TEST_F(FindFixes, TheBudgetEndsPairsAndNoSingleChange) {
  options_.budget = 1;
  const Fixes fixes = find({idle_, idle_too_, idle_as_well_});
  ASSERT_EQ(fixes.levels.size(), 3U);
  EXPECT_EQ(fixes.levels[0].tried, 3U);
  EXPECT_EQ(fixes.levels[1].tried, 0U);
  EXPECT_EQ(fixes.levels[1].there_are, 3U);
}

TEST_F(FindFixes, OfAPolicyAllChangesTogetherAreTriedFirst) {
  options_.reduce = true;
  const Fixes fixes = find({idle_, idle_too_, idle_as_well_});
  ASSERT_TRUE(fixes.all_hold.has_value());
  EXPECT_FALSE(*fixes.all_hold);
  EXPECT_TRUE(fixes.fixes.empty());
  EXPECT_TRUE(fixes.levels.empty()) << "what all of them do not close is none of its";
}

/// What nobody has tried is not said to be the smallest.
TEST_F(FindFixes, WhereNoFewHoldAllAreMadeFewer) {
  options_.reduce = true;
  options_.most_changes = 0;
  const Fixes fixes = find({idle_, idle_too_, works_, idle_as_well_, word("hibernate.honest", "off", "on")});
  EXPECT_EQ(fixes.all_hold, true);
  EXPECT_EQ(written(fixes.fixes), std::vector<std::string>{"intents.durable=on"});
  EXPECT_FALSE(fixes.fixes.front().smallest);
}

TEST_F(FindFixes, WhatIsInterruptedSaysSo) {
  options_.interrupted = [] { return true; };
  const Fixes fixes = find({works_});
  EXPECT_TRUE(fixes.interrupted);
  EXPECT_TRUE(fixes.fixes.empty());
}

TEST_F(FindFixes, ThreadsChangeNothing) {
  options_.around = 6;
  const std::vector<OfferedChange> offered = differences_between(policy(), test::policy_of("hardened"));
  const Fixes one = find(offered);
  options_.jobs = 3;
  const Fixes three = find(offered);
  EXPECT_EQ(written(one.fixes), written(three.fixes));
  EXPECT_EQ(one.runs, three.runs);
  ASSERT_FALSE(one.fixes.empty());
  for (std::size_t i = 0; i < one.fixes.size(); ++i)
    for (std::size_t metric = 0; metric < one.fixes[i].around.size(); ++metric)
      EXPECT_EQ(one.fixes[i].around[metric].difference, three.fixes[i].around[metric].difference);
}

TEST_F(FindFixes, TheCatalogueSaysWhatElseBreaks) {
  options_.catalogue = true;
  options_.shown = 1;
  const Fixes fixes = find({works_, word("backup.storage", "snapshot_before_stop", "stateless")});
  ASSERT_EQ(fixes.fixes.size(), 2U);
  EXPECT_GT(fixes.scenarios, 40U);
  EXPECT_TRUE(fixes.fixes[0].on_catalogue);
  EXPECT_FALSE(fixes.fixes[1].on_catalogue) << "only so many as are shown";
  EXPECT_EQ(fixes.fixes[0].catalogue.size(), metric_table().size());
}

/// The incident of 19 May has a window between what fires again and what does not (docs/whatif.md, Sweep).
TEST(FixEdges, OfAConstantTheEdgeIsLocated) {
  const Scenario scenario = test::scenario_of(test::shipped("reprov-thrash.json"));
  const auto played = std::find_if(scenario.cases.begin(), scenario.cases.end(),
                                   [](const CaseSpec& one) { return one.name == "pre-1556"; });
  ASSERT_NE(played, scenario.cases.end());
  OfferedChange window = word("restart.debounce_window", "0s", "1m");
  window.scale = Axis::Scale::durations;
  window.position = 60'000'000;
  FixOptions options;
  options.invariant = "no-healthy-kill";
  options.around = 4;
  options.catalogue = false;
  const Fixes fixes = find_fixes(scenario, *played, {}, {window}, options);
  ASSERT_EQ(fixes.fixes.size(), 1U);
  ASSERT_EQ(fixes.fixes.front().edges.size(), 1U);
  const FixEdge& edge = fixes.fixes.front().edges.front();
  const auto broken = parse_position(Axis::Scale::durations, edge.broken);
  const auto held = parse_position(Axis::Scale::durations, edge.held);
  ASSERT_TRUE(broken && held);
  EXPECT_LT(*broken, *held);
  EXPECT_LE(*held - *broken, 1'000'000) << edge.broken << " " << edge.held;
  EXPECT_GT(*broken, 20'000'000);
  EXPECT_LT(*held, 60'000'000);
}

// --- the order ---

PairedMetric metric(std::string name, double low, double high) {
  PairedMetric made;
  made.name = std::move(name);
  made.difference = {(low + high) / 2, low, high};
  return made;
}

Fix fix_of(std::size_t changes) {
  Fix fix;
  for (std::size_t i = 0; i < changes; ++i) fix.changes.push_back(word("k" + std::to_string(i), "a", "b"));
  return fix;
}

TEST(FixOrder, FewerChangesComeFirstWhateverTheyBreak) {
  Fix small = fix_of(1);
  small.breaks.push_back({"settles", FixBreak::Where::here, ""});
  EXPECT_TRUE(is_better(small, fix_of(2)));
  EXPECT_FALSE(is_better(fix_of(2), small));
}

TEST(FixOrder, OfAsManyTheOneThatBreaksFewerPromises) {
  Fix one = fix_of(1);
  one.left = {"settles"};
  Fix other = fix_of(1);
  other.breaks.push_back({"settles", FixBreak::Where::catalogue, "x"});
  EXPECT_TRUE(is_better(one, other));
  EXPECT_FALSE(is_better(other, one));
  // A promise counts once, wherever it is broken.
  Fix twice = other;
  twice.breaks.push_back({"settles", FixBreak::Where::around, "y"});
  EXPECT_FALSE(is_better(other, twice));
  twice.breaks.push_back({"no-orphan", FixBreak::Where::around, "y"});
  EXPECT_TRUE(is_better(other, twice));
}

TEST(FixOrder, ThenTheOneThatLeavesFewerBroken) {
  Fix one = fix_of(1);
  one.around = {metric("starts", 1, 2)};
  Fix other = fix_of(1);
  other.left = {"settles"};
  EXPECT_TRUE(is_better(one, other));
  EXPECT_FALSE(is_better(other, one));
}

TEST(FixOrder, ThenTheOneThatMakesFewerMetricsWorse) {
  Fix here = fix_of(1);
  here.around = {metric("starts", 1, 2)};
  Fix elsewhere = fix_of(1);
  elsewhere.catalogue = {metric("starts", 1, 2), metric("ec2_calls", 1, 2)};
  EXPECT_TRUE(is_better(fix_of(1), here));
  EXPECT_TRUE(is_better(here, elsewhere));
  EXPECT_FALSE(is_better(elsewhere, here));
}

TEST(FixOrder, WorseIsWhatIsClearlyMoreOfWhatNobodyWants) {
  const auto worse =
      clearly_worse({metric("starts", 0.1, 2), metric("unavailable_s", 0, 5), metric("ec2_calls", -3, -1),
                     metric("stops", 1, 2), metric("violations", 1, 2), metric("lost_writes", 1, 1)});
  ASSERT_EQ(worse.size(), 2U);
  EXPECT_EQ(worse[0].name, "starts");
  EXPECT_EQ(worse[1].name, "lost_writes");
}

// --- the tapes around ---

std::vector<std::string> told(const std::vector<NeighbourTape>& around) {
  std::vector<std::string> all;
  for (const NeighbourTape& each : around) all.push_back(each.what);
  return all;
}

TEST(TapesAround, DecisionsAreMovedByOneAndByTwoAndSeedsAnswerTheRest) {
  sim::Tape tape;
  tape.set("cp/stop.fault", 1, 7);
  tape.set("w/request", 3, 2);
  const auto around = tapes_around(tape, 10);
  EXPECT_EQ(told(around), (std::vector<std::string>{"cp/stop.fault#2=7 instead of #1", "w/request#4=2 instead of #3",
                                                    "w/request#2=2 instead of #3", "cp/stop.fault#3=7 instead of #1",
                                                    "w/request#5=2 instead of #3", "seed 1", "seed 2", "seed 3",
                                                    "seed 4", "seed 5"}));
  EXPECT_EQ(around[0].tape.entries().at({"cp/stop.fault", 2}), 7U);
  EXPECT_EQ(around[0].tape.entries().at({"w/request", 3}), 2U) << "the other decision stays";
  EXPECT_FALSE(around[0].tape.seed());
  EXPECT_EQ(around[5].tape.seed(), 1U);
  EXPECT_EQ(around[5].tape.entries(), tape.entries());
}

TEST(TapesAround, NoDecisionTakesThePlaceOfAnother) {
  sim::Tape tape;
  tape.set("w/request", 1, 1);
  tape.set("w/request", 2, 2);
  for (const NeighbourTape& each : tapes_around(tape, 8)) {
    std::size_t decisions = 0;
    for (const auto& [key, value] : each.tape.entries()) decisions += value != 0 ? 1U : 0U;
    EXPECT_EQ(decisions, 2U) << each.what;
  }
}

TEST(TapesAround, ATapeWithoutDecisionsHasSeedsAroundIt) {
  EXPECT_EQ(told(tapes_around({}, 3)), (std::vector<std::string>{"seed 1", "seed 2", "seed 3"}));
  sim::Tape seeded;
  seeded.set_seed(7);
  EXPECT_EQ(told(tapes_around(seeded, 2)), (std::vector<std::string>{"seed 8", "seed 9"})) << "its own is no other";
  EXPECT_TRUE(tapes_around({}, 0).empty());
}

// --- combinations ---

std::vector<Combination> combinations(const std::vector<std::string>& keys, std::size_t size, std::size_t most = 1000) {
  std::vector<Combination> all;
  each_combination(
      keys.size(), size, [&](std::size_t place) -> const std::string& { return keys[place]; },
      [&](const Combination& places) {
        all.push_back(places);
        return all.size() < most;
      });
  return all;
}

TEST(Combinations, TheFirstPlacesComeFirst) {
  EXPECT_EQ(combinations({"a", "b", "c", "d"}, 2),
            (std::vector<Combination>{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}));
  EXPECT_EQ(combinations({"a", "b", "c", "d"}, 3),
            (std::vector<Combination>{{0, 1, 2}, {0, 1, 3}, {0, 2, 3}, {1, 2, 3}}));
  EXPECT_EQ(combinations({"a", "b"}, 1), (std::vector<Combination>{{0}, {1}}));
  EXPECT_TRUE(combinations({"a"}, 2).empty());
  EXPECT_TRUE(combinations({}, 1).empty());
}

TEST(Combinations, TwoValuesOfOneKeyGoNotTogether) {
  EXPECT_EQ(combinations({"a", "a", "b"}, 2), (std::vector<Combination>{{0, 2}, {1, 2}}));
}

TEST(Combinations, EndWhereNoMoreAreWanted) {
  EXPECT_EQ(combinations({"a", "b", "c", "d"}, 2, 2).size(), 2U);
  EXPECT_EQ(combinations({"a", "b", "c", "d"}, 3, 1).size(), 1U);
}

TEST(Combinations, AreCountedAsTheyAreHandedOver) {
  const std::vector<std::string> keys{"a", "a", "b", "c", "c", "c", "d"};
  const std::vector<std::uint64_t> values{2, 1, 3, 1};
  for (std::size_t size = 1; size <= 3; ++size)
    EXPECT_EQ(count_combinations(values, size), combinations(keys, size).size()) << size;
}

// --- what is offered ---

TEST(OfferedKnobs, EachKnobOfThePlatformsHasOtherValuesThatItTakes) {
  const model::Policy policy = test::policy_of("spring-2026");
  std::set<std::string> keys;
  for (const OfferedChange& change : offered_knobs(policy, 15min)) {
    keys.insert(change.key);
    const model::Knob* knob = model::find_knob(change.key);
    ASSERT_NE(knob, nullptr) << change.key;
    EXPECT_EQ(change.from, model::knob_text(policy, *knob));
    model::Policy made = policy;
    EXPECT_EQ(model::set_knob(made, *knob, change.to), "") << change.key << "=" << change.to;
    EXPECT_EQ(model::knob_text(made, *knob), change.to) << change.key;
    EXPECT_NE(change.from, change.to) << change.key;
  }
  for (const model::Knob& knob : model::knobs()) {
    const bool of_the_world = knob.name == "time.db_statement" || knob.name == "time.a2a_call";
    EXPECT_EQ(keys.contains(std::string{knob.name}), !of_the_world) << knob.name;
    for (const std::string_view value : knob.values()) {
      const auto offered = offered_knobs(policy, 15min);
      const bool is_there = std::any_of(offered.begin(), offered.end(), [&](const OfferedChange& change) {
        return change.key == knob.name && change.to == value;
      });
      EXPECT_EQ(is_there, model::knob_text(policy, knob) != value) << knob.name << "=" << value;
    }
  }
}

std::vector<std::string> values_of(const std::vector<OfferedChange>& offered, std::string_view key) {
  std::vector<std::string> values;
  for (const OfferedChange& change : offered)
    if (change.key == key) values.push_back(change.to);
  return values;
}

TEST(OfferedKnobs, OfAConstantTheNearestComesFirst) {
  const auto offered = offered_knobs(test::policy_of("spring-2026"), 15min);
  // 15 s: a tenth, ten times, and off; no preset has another.
  EXPECT_EQ(values_of(offered, "restart.file_write_debounce"), (std::vector<std::string>{"1s500ms", "2m30s", "0s"}));
  const auto window = values_of(offered_knobs(test::policy_of("pre-1556"), 15min), "restart.debounce_window");
  EXPECT_EQ(window, (std::vector<std::string>{"1s", "10s", "1m", "10m"})) << "it is off, and some values are not";
}

/// What is put off beyond the end of a run is not closed by that.
TEST(OfferedKnobs, NothingIsPutOffBeyondTheEndOfTheRun) {
  const model::Policy policy = test::policy_of("spring-2026");
  const auto within = values_of(offered_knobs(policy, 50min), "time.bootstrap_watcher");
  const auto beyond = values_of(offered_knobs(policy, 49min), "time.bootstrap_watcher");
  EXPECT_NE(std::find(within.begin(), within.end(), "50m"), within.end());
  EXPECT_EQ(std::find(beyond.begin(), beyond.end(), "50m"), beyond.end());
  EXPECT_EQ(values_of(offered_knobs(test::policy_of("pre-1556"), 1min), "restart.debounce_window"),
            (std::vector<std::string>{"1s", "10s", "1m"}));
}

TEST(OfferedWorld, FieldsOfTheCloudAndKnobsThatSayHowTheWorldIs) {
  cloud::Profile profile;
  profile.capacity = cloud::Capacity::sync;
  const auto offered = offered_world(test::policy_of("latest"), profile);
  EXPECT_EQ(values_of(offered, "cloud.capacity"), (std::vector<std::string>{"none", "async"}));
  EXPECT_EQ(values_of(offered, "cloud.pending"), (std::vector<std::string>{"25s", "30s", "20s", "1m", "10s", "0s"}));
  EXPECT_EQ(values_of(offered, "cloud.visibility_lag"), (std::vector<std::string>{"1s", "10s", "1m", "10m"}));
  EXPECT_EQ(values_of(offered, "cloud.pending_snapshots"), (std::vector<std::string>{"1", "50"}));
  EXPECT_FALSE(values_of(offered, "time.db_statement").empty());
  EXPECT_TRUE(values_of(offered, "restart.async").empty());
  for (const OfferedChange& change : offered) {
    CaseSpec played;
    played.policy = test::policy_of("latest");
    played.cloud = profile;
    EXPECT_EQ(changed(played, {&change, 1}).set.size(), 1U) << change.key;
  }
}

TEST(DifferencesBetween, MakeOnePolicyTheOther) {
  CaseSpec played;
  played.policy = test::policy_of("spring-2026");
  const model::Policy other = test::policy_of("hardened");
  const auto differences = differences_between(played.policy, other);
  EXPECT_GT(differences.size(), 20U);
  model::Policy made = changed(played, differences).policy;
  made.name = other.name;
  EXPECT_EQ(made, other);
  EXPECT_TRUE(differences_between(other, other).empty());
}

}  // namespace
}  // namespace drydock::scenarios
