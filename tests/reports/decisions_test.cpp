#include "reports/decisions.hpp"

#include <gtest/gtest.h>

#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

std::vector<std::string> told(const Outcome& outcome, std::size_t most) {
  std::vector<std::string> names;
  for (const auto* decision : telling_decisions(outcome, most)) names.push_back(name_of(*decision));
  return names;
}

using Names = std::vector<std::string>;

/// A seeded run: the violation is at 30.451 s, and began at 0 s; it is the reviewer's.
Outcome seeded() {
  Outcome outcome = failed_outcome();
  outcome.tape = {
      {at_ms(50'000), "cp/stop.fault", 9, 3, 1, "the stop hangs"},
      {at_ms(9'000), "cp/stop.fault", 1, 3, 1, "the stop fails"},
      {at_ms(2'000), "dev/ec2.run.boot", 1, 9, 4, "40s"},
      {at_ms(1'300), "reviewer/ec2.run.pending", 2, 9, 8, "30s"},
      {at_ms(3'000), "reviewer/ec2.run.boot", 1, 9, 4, "41s"},
      {at_ms(4'000), "world/order", 3, 2, 1, "a sweep goes first of 2"},
      {at_ms(60'000), "reviewer/ec2.run.pending", 3, 9, 8, "30s"},
  };
  return outcome;
}

TEST(TellingDecisions, AreAllOfThemWhereThereAreFew) {
  const Outcome outcome = seeded();
  EXPECT_EQ(told(outcome, 7).size(), 7U);
  EXPECT_EQ(told(outcome, 7).front(), "reviewer/ec2.run.pending#2=8 (30s)");
  EXPECT_EQ(told(outcome, 7).back(), "reviewer/ec2.run.pending#3=8 (30s)");
}

TEST(TellingDecisions, PutFaultsFirstThenItsWorkspaceThenTheRest) {
  const Outcome outcome = seeded();
  EXPECT_EQ(told(outcome, 1), Names{"cp/stop.fault#1=1 (the stop fails)"});
  EXPECT_EQ(told(outcome, 2), (Names{"reviewer/ec2.run.boot#1=4 (41s)", "cp/stop.fault#1=1 (the stop fails)"}));
  EXPECT_EQ(told(outcome, 4), (Names{"reviewer/ec2.run.pending#2=8 (30s)", "dev/ec2.run.boot#1=4 (40s)",
                                     "reviewer/ec2.run.boot#1=4 (41s)", "cp/stop.fault#1=1 (the stop fails)"}));
  EXPECT_EQ(told(outcome, 5).back(), "cp/stop.fault#1=1 (the stop fails)") << "what came afterwards had no part in it";
}

TEST(TellingDecisions, AreCutWithACount) {
  Outcome outcome = seeded();
  for (std::uint32_t i = 0; i < 100; ++i)
    outcome.tape.push_back({at_ms(5'000 + i), "world/order", 100 + i, 2, 1, "x goes first of 2"});
  const std::string text = decisions_text(outcome);
  EXPECT_NE(text.find("  +9.000s  cp/stop.fault#1=1 (the stop fails)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("    … and 95 more, less telling (--format json has them all)\n"), std::string::npos) << text;
}

TEST(TellingDecisions, WithoutAViolationAreFaultsFirst) {
  Outcome outcome = seeded();
  outcome.violations.clear();
  outcome.unlisted.clear();
  EXPECT_EQ(told(outcome, 2), (Names{"cp/stop.fault#1=1 (the stop fails)", "cp/stop.fault#9=1 (the stop hangs)"}));
}

}  // namespace
}  // namespace drydock::reports
