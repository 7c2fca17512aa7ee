#include "scenarios/whatif/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/metrics.hpp"
#include "scenarios/run.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using Kind = Difference::Kind;

const Difference* find(const Comparison& comparison, Kind kind, const std::string& name,
                       const std::string& workspace = "") {
  const auto found = std::find_if(
      comparison.differences.begin(), comparison.differences.end(),
      [&](const Difference& one) { return one.kind == kind && one.name == name && one.workspace == workspace; });
  return found == comparison.differences.end() ? nullptr : &*found;
}

class CompareTest : public testing::Test {
 protected:
  Outcome play(const std::string& case_name, std::optional<std::uint64_t> seed = {}) {
    sim::Tape tape;
    tape.set_seed(seed);
    return run(scenario_, case_of(case_name), tape, {}, workbench_);
  }
  const CaseSpec& case_of(const std::string& name) const {
    return *std::find_if(scenario_.cases.begin(), scenario_.cases.end(),
                         [&](const CaseSpec& played) { return played.name == name; });
  }

  const Scenario scenario_ = test::scenario_of(test::shipped("reprov-thrash.json"));
  Workbench workbench_;
};

TEST_F(CompareTest, ARunIsWhatItIs) {
  const Outcome outcome = play("pre-1556");
  const Comparison same = compare(outcome, outcome);
  EXPECT_FALSE(same.first.has_value());
  EXPECT_TRUE(same.differences.empty());
}

TEST_F(CompareTest, AnIncidentAndItsFix) {
  const Outcome before = play("pre-1556");
  const Outcome after = play("post-1556");
  const Comparison comparison = compare(before, after);

  const Difference* promise = find(comparison, Kind::promise, "no-healthy-kill", "reviewer");
  ASSERT_NE(promise, nullptr);
  EXPECT_TRUE(promise->a.is_number());
  EXPECT_TRUE(promise->b.is_null());
  const Difference* verdict = find(comparison, Kind::verdict, "verdict");
  ASSERT_NE(verdict, nullptr);
  EXPECT_EQ(verdict->b, "kept every promise");
  const Difference* starts = find(comparison, Kind::metric, "starts");
  ASSERT_NE(starts, nullptr);
  EXPECT_EQ(starts->a.get<double>(), *metric_of(before, "starts"));
  EXPECT_EQ(starts->b.get<double>(), *metric_of(after, "starts"));
  const Difference* dropped = find(comparison, Kind::count, "restart.dropped");
  ASSERT_NE(dropped, nullptr);
  EXPECT_EQ(dropped->a, 0);
  EXPECT_EQ(dropped->b.get<std::uint64_t>(), after.counts.at("restart.dropped"));
}

TEST_F(CompareTest, TheFirstDifferenceAndWhatLedThere) {
  const Outcome before = play("pre-1556");
  const Outcome after = play("post-1556");
  const Comparison comparison = compare(before, after);
  ASSERT_TRUE(comparison.first.has_value());
  const Divergence& first = *comparison.first;
  ASSERT_TRUE(first.a && first.b);
  EXPECT_EQ(*first.a, before.events[first.index]);
  EXPECT_EQ(*first.b, after.events[first.index]);
  EXPECT_NE(*first.a, *first.b);
  ASSERT_FALSE(first.causes_b.empty());
  EXPECT_EQ(first.causes_b.front().kind, "http.request") << "oldest first";
  EXPECT_EQ(first.causes_b.back().seq, first.b->cause);
  for (const ShownEvent& cause : first.causes_b)
    EXPECT_EQ(before.events[cause.seq - 1], cause) << "what led there is in both";
}

TEST_F(CompareTest, WhereOneRunEnds) {
  const Outcome whole = play("post-1556");
  Outcome half = whole;
  half.events = ShownEvents(std::vector<ShownEvent>(whole.events.begin(), whole.events.begin() + 10));
  const Comparison comparison = compare(half, whole);
  ASSERT_TRUE(comparison.first.has_value());
  EXPECT_EQ(comparison.first->index, 10U);
  EXPECT_FALSE(comparison.first->a.has_value());
  EXPECT_TRUE(comparison.first->b.has_value());
  EXPECT_TRUE(comparison.first->causes_a.empty());
}

TEST_F(CompareTest, RowsThatAreGone) {
  const Outcome whole = play("post-1556");
  Outcome gone = whole;
  const std::string workspace = gone.final.front().workspace;
  gone.final.front().columns.clear();
  gone.final.front().instance_state = "none";
  const Comparison comparison = compare(whole, gone);
  const Difference* status = find(comparison, Kind::row, "status", workspace);
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(status->a, "online");
  EXPECT_TRUE(status->b.is_null());
  EXPECT_NE(find(comparison, Kind::row, "instance", workspace), nullptr);
}

// --- many tapes ---

class StudyTest : public CompareTest {
 protected:
  Study ask(std::vector<std::string> names, std::uint64_t runs, unsigned jobs = 1) {
    const sim::Tape tape;
    std::vector<Variant> variants;
    for (const std::string& name : names) variants.push_back({&scenario_, &case_of(name), &tape});
    StudyOptions options;
    options.runs = runs;
    options.first_seed = 5;
    options.metrics = {"starts", "unavailable_s", "violations:no-healthy-kill"};
    options.jobs = jobs;
    return study(variants, options);
  }
};

TEST_F(StudyTest, PairsRunsOfOneSeed) {
  const Study study = ask({"pre-1556", "post-1556"}, 8);
  double starts = 0;
  std::vector<double> differences;
  for (std::uint64_t seed = 5; seed < 13; ++seed) {
    const Outcome before = play("pre-1556", seed);
    const Outcome after = play("post-1556", seed);
    starts += *metric_of(before, "starts");
    differences.push_back(*metric_of(after, "unavailable_s") - *metric_of(before, "unavailable_s"));
  }
  ASSERT_EQ(study.pairs.size(), 1U);
  const Pair& pair = study.pairs.front();
  EXPECT_DOUBLE_EQ(pair.metrics[0].a.value, starts / 8);
  EXPECT_DOUBLE_EQ(pair.metrics[1].difference.value, mean_of(differences).value);
  EXPECT_DOUBLE_EQ(pair.metrics[1].difference.low, mean_of(differences).low);
  EXPECT_EQ(study.failed, (std::vector<std::uint64_t>{8, 0}));
}

TEST_F(StudyTest, CountsWhoBrokeWhat) {
  const Study study = ask({"post-1556", "pre-1556"}, 8);
  const auto& promises = study.pairs.front().promises;
  const auto kill = std::find_if(promises.begin(), promises.end(),
                                 [](const PairedPromise& one) { return one.invariant == "no-healthy-kill"; });
  ASSERT_NE(kill, promises.end());
  EXPECT_EQ(kill->both + kill->a_alone, 0U);
  EXPECT_EQ(kill->b_alone, 8U);
  EXPECT_EQ(kill->neither, 0U);
  EXPECT_EQ(kill->seed_of_b, 5U);
  EXPECT_EQ(kill->seed_of_a, std::nullopt);
  EXPECT_DOUBLE_EQ(kill->p_value, 2.0 / 256) << "eight tosses, all heads, either side";
}

TEST_F(StudyTest, ThreadsChangeNothingAndAVariantAgainstItselfIsEven) {
  const Study one = ask({"pre-1556", "pre-1556"}, 6);
  const Study two = ask({"pre-1556", "pre-1556"}, 6, 2);
  for (const Study* each : {&one, &two}) {
    for (const PairedPromise& promise : each->pairs.front().promises) {
      EXPECT_EQ(promise.both, 6U);
      EXPECT_EQ(promise.p_value, 1);
    }
    EXPECT_EQ(each->pairs.front().metrics[1].difference.value, 0);
  }
  EXPECT_EQ(one.pairs.front().metrics[1].a, two.pairs.front().metrics[1].a);
}

}  // namespace
}  // namespace drydock::scenarios
