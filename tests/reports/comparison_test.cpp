#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "reports/comparison_json.hpp"
#include "reports/comparison_text.hpp"
#include "reports/json_parts.hpp"
#include "reports/layout.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

ComparedRuns incident_and_fix() {
  ComparedRuns compared;
  compared.names = {"pre-1556", "post-1556"};
  compared.runs = {{failed_outcome(), {}}, {held_outcome(), {}}};
  for (CaseReport& run : compared.runs) {
    run.outcome.events = {
        event(1, 0, 0, "http.request", "reviewer", "", R"({"method":"PUT","path":"/workspaces/reviewer/secrets"})")};
  }
  compared.runs[0].outcome.events.push_back(event(2, 1, 1'200, "restart.triggered", "reviewer"));
  compared.runs[1].outcome.events.push_back(
      event(2, 1, 1'200, "restart.dropped", "reviewer", "", R"({"reason":"debounce"})"));
  compared.comparisons = {scenarios::compare(compared.runs[0].outcome, compared.runs[1].outcome)};
  compared.reproduce = "drydock compare reprov-thrash";
  return compared;
}

TEST(ComparisonText, TellsTheFirstDifferenceAndItsCauses) {
  const std::string text = comparison_text(incident_and_fix(), {});
  for (const char* part : {"FAIL reprov-thrash / pre-1556", "  the first difference is event 2\n",
                           "    pre-1556: +1.200s restart_by_id was called for reviewer\n",
                           "    post-1556: +1.200s a restart of reviewer was dropped: debounce\n",
                           "    both came of:\n          +0.000s  PUT /workspaces/reviewer/secrets arrived\n",
                           "no-healthy-kill of reviewer", "broken +30.451s     kept\n", "  only in pre-1556:\n",
                           "    drydock compare reprov-thrash\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(text.find("only in post-1556"), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), kWidth) << line;
}

/// What only one run has says more than the heartbeat that came a millisecond later.
TEST(ComparisonText, TellsFirstWhatHappenedInOneRunAlone) {
  ComparedRuns compared = incident_and_fix();
  auto& a = compared.runs[0].outcome.events;
  auto& b = compared.runs[1].outcome.events;
  a = {event(1, 0, 1'000, "agent.heartbeat", "reviewer"), event(2, 0, 2'000, "restart.triggered", "reviewer"),
       event(3, 0, 3'000, "restart.triggered", "reviewer"), event(4, 0, 4'000, "restart.cycle", "reviewer")};
  b = {event(1, 0, 1'001, "agent.heartbeat", "reviewer"), event(2, 0, 2'001, "restart.triggered", "reviewer"),
       event(3, 0, 4'001, "restart.cycle", "reviewer"), event(4, 0, 5'000, "agent.heartbeat", "reviewer")};
  compared.comparisons = {scenarios::compare(compared.runs[0].outcome, compared.runs[1].outcome)};
  const std::string text = comparison_text(compared, {});
  EXPECT_NE(
      text.find("  what only one of them has, first\n    pre-1556: +3.000s restart_by_id was called for reviewer\n\n"
                "  the first difference is event 1\n"),
      std::string::npos)
      << text;
  const Ordered json = Ordered::parse(comparison_json(compared));
  EXPECT_EQ(json["comparisons"][0]["first_alone"]["a"]["event"], 3);
  EXPECT_EQ(json["comparisons"][0]["first_alone"]["b"], nullptr);
}

TEST(ComparisonText, NamesOfAnyLengthFit) {
  ComparedRuns compared = incident_and_fix();
  compared.names = {std::string(90, 'x') + "\n", "\033[31m" + std::string(60, 'y')};
  const std::string text = comparison_text(compared, {});
  EXPECT_EQ(text.find('\033'), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), kWidth) << line;
}

TEST(ComparisonText, ColourChangesNoLetter) {
  const ComparedRuns compared = incident_and_fix();
  std::string painted = comparison_text(compared, {.colour = true});
  for (auto at = painted.find('\033'); at != std::string::npos; at = painted.find('\033'))
    painted.erase(at, painted.find('m', at) - at + 1);
  EXPECT_EQ(painted, comparison_text(compared, {}));
}

TEST(ComparisonJson, HasTheDocumentedKeys) {
  const Ordered json = Ordered::parse(comparison_json(incident_and_fix()));
  EXPECT_EQ(json["runs"].size(), 2U);
  EXPECT_EQ(json["runs"][0]["name"], "pre-1556");
  EXPECT_FALSE(json["runs"][0].contains("timeline"));
  EXPECT_EQ(json["first_divergence"]["event"], 2);
  EXPECT_EQ(json["first_divergence"]["a"]["kind"], "restart.triggered");
  EXPECT_EQ(json["first_divergence"]["causes_b"].size(), 1U);
  bool promise = false;
  for (const Ordered& each : json["differences"]) {
    promise |= each["what"] == "promise" && each["a"] == 30.451 && each["b"] == nullptr;
  }
  EXPECT_TRUE(promise);
}

ComparedTapes tapes() {
  scenarios::Pair pair;
  const double infinity = std::numeric_limits<double>::infinity();
  pair.metrics = {{"unavailable_s", {10, 8, 12}, {7.5, 6, 9}, {-2.5, -3.123456, -1.9}},
                  {"starts", {2, 2, 2}, {2, 2, 2}, {0, -infinity, infinity}},
                  {"lost_writes", {0, 0, 0}, {0, 0, 0}, {0, 0, 0}}};
  scenarios::PairedPromise promise;
  promise.invariant = "no-orphan";
  promise.both = 1;
  promise.a_alone = 9;
  promise.neither = 20;
  promise.p_value = 0.00390625;
  promise.seed_of_a = 4;
  pair.promises = {promise};
  ComparedTapes compared;
  compared.names = {"latest", "hardened"};
  compared.scenario = "open-world";
  compared.study.runs = 30;
  compared.study.failed = {10, 1};
  compared.study.inconclusive = {0, 2};
  compared.study.pairs = {pair};
  compared.reproduce = "drydock compare open-world --runs 30";
  return compared;
}

TEST(StudyText, CountsRunsAndPairsDifferences) {
  const std::string text = study_text(tapes(), {});
  for (const char* part : {"filled from the seeds 1 to 30", "  latest: 10 of 30 runs broke a promise\n",
                           "  hardened: 1 of 30 runs broke a promise, 2 inconclusive\n",
                           "      p = 0.0039; only latest: --seed 4\n", " -3.12 to -1.9\n", " -inf to inf\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(text.find("lost_writes"), std::string::npos) << "0 everywhere";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), kWidth) << line;
}

TEST(StudyJson, AnInfiniteBoundIsNull) {
  const Ordered json = Ordered::parse(study_json(tapes()));
  EXPECT_EQ(json["differences"][0]["a_alone"], 9);
  EXPECT_EQ(json["differences"][0]["seed_of_b"], nullptr);
  EXPECT_EQ(json["differences"][2]["low"], nullptr);
  EXPECT_EQ(json["differences"][1]["difference"], -2.5);
  EXPECT_EQ(json["first_divergence"], nullptr);
}

}  // namespace
}  // namespace drydock::reports
