#include "reports/text.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "model/invariants/catalogue.hpp"
#include "reports/layout.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

std::string without_colour(const std::string& text) {
  return std::regex_replace(text, std::regex("\033\\[[0-9;]*m"), "");
}

std::string line_for(const Outcome& outcome) {
  return case_line(outcome, name_width(display_width(run_name(outcome.scenario, outcome.case_name))), {});
}

std::string promise_of(std::string_view invariant) {
  for (const auto& info : model::invariant_catalogue()) {
    if (info.name == invariant) return std::string{info.promise};
  }
  return {};
}

/// Expects that every line fits, except the command to copy.
void expect_80_columns(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("drydock run") != std::string::npos) continue;
    EXPECT_LE(display_width(line), kWidth) << line;
  }
}

TEST(CaseLine, IsOneShortLine) {
  EXPECT_EQ(line_for(held_outcome()), "ok   reprov-thrash / post-1556  421 events, 24m\n");
  EXPECT_EQ(line_for(failed_outcome()), "FAIL reprov-thrash / pre-1556  421 events, 24m       1 violated, 1 unmet\n");
}

TEST(CaseLine, SaysWhatIsUnusual) {
  Outcome outcome = held_outcome();
  outcome.violations.resize(2);
  EXPECT_EQ(line_for(outcome), "ok   reprov-thrash / post-1556  421 events, 24m       violates as listed\n");
  outcome.exercised = false;
  EXPECT_EQ(line_for(outcome), "ok?  reprov-thrash / post-1556  421 events, 24m       not exercised\n");
  outcome.stopped_by = "1000 steps";
  EXPECT_EQ(line_for(outcome), "STOP reprov-thrash / post-1556  421 events, 24m       inconclusive\n");
}

TEST(CaseLine, FitsWhateverTheNames) {
  Outcome outcome = failed_outcome();
  outcome.scenario = std::string(300, 's');
  outcome.case_name = "日本\033[31m";
  outcome.event_count = 20'000'000;
  outcome.virtual_length = std::chrono::hours{24 * 3650 - 1} + std::chrono::seconds{3599};
  const std::string line = line_for(outcome);
  expect_80_columns(line);
  EXPECT_EQ(line.find('\033'), std::string::npos);
}

TEST(CaseLine, AlignsSeveralCases) {
  const std::size_t column = name_width(28);
  const std::string first = case_line(held_outcome(), column, {});
  const std::string second = case_line(failed_outcome(), column, {});
  EXPECT_EQ(first.find("421"), second.find("421"));
}

TEST(CaseBlock, TellsEverythingAtNight) {
  const std::string promise = paragraph("    promise    ", promise_of("no-healthy-kill"));
  EXPECT_EQ(case_block(report_of(failed_outcome()), {}), R"(
  no-healthy-kill was broken
    when       +30.451s, 2026-05-19T00:05:30.451Z
    workspace  reviewer
    instance   i-000002
    what       a terminate took effect on i-000002, which was pending for
               29.251s
)" + promise + R"(    how it came about:
       +0.000s  PUT /workspaces/reviewer/secrets arrived
       +1.200s  restart_by_id was called for reviewer
      +30.451s  i-000002 of reviewer became shutting-down (was pending)

  expectation not met
    expected   provision.ec2_started of reviewer is 1
    actual     4

  what went another way than in the calm run (1 of 143 decisions)
    +1.300s  reviewer/ec2.run.pending#2=8 (30s)

  to see it again
    drydock run scenarios/reprov-thrash.json --case pre-1556

)");
}

TEST(CaseBlock, ColourChangesNoLetter) {
  const CaseReport report = report_of(failed_outcome());
  const std::string coloured = case_block(report, {.colour = true});
  EXPECT_NE(coloured, case_block(report, {}));
  EXPECT_EQ(without_colour(coloured), case_block(report, {}));
  EXPECT_EQ(without_colour(case_line(report.outcome, 30, {.colour = true})), case_line(report.outcome, 30, {}));
}

TEST(CaseBlock, ShowsListedViolationsOfACaseThatHolds) {
  Outcome outcome = failed_outcome();
  outcome.passed = true;
  outcome.unlisted.clear();
  outcome.expectations.clear();
  const std::string text = case_block(report_of(outcome), {});
  EXPECT_NE(text.find("Violated, as this case expects:"), std::string::npos);
  EXPECT_NE(text.find("no-healthy-kill was broken"), std::string::npos);
}

TEST(CaseBlock, ShowsOnlyUnlistedViolationsWhereThereAreSome) {
  Outcome outcome = failed_outcome();
  outcome.violations.push_back(outcome.violations.front());
  outcome.violations.back().invariant = "blast-radius";
  outcome.unlisted = {1};
  const std::string text = case_block(report_of(outcome), {});
  EXPECT_EQ(text.find("no-healthy-kill was broken"), std::string::npos);
  EXPECT_NE(text.find("blast-radius was broken"), std::string::npos);
}

TEST(CaseBlock, GivesEachInvariantItsFirstViolationAndTheOthersALine) {
  Outcome outcome = failed_outcome();
  for (int i = 0; i < 20; ++i) {
    outcome.violations.push_back(outcome.violations.front());
    outcome.violations.back().workspace = "w" + std::to_string(i);
    outcome.unlisted.push_back(outcome.violations.size() - 1);
  }
  outcome.violations.push_back(outcome.violations.front());
  outcome.violations.back().invariant = "settles";
  outcome.unlisted.push_back(outcome.violations.size() - 1);
  const std::string text = case_block(report_of(outcome), {});
  EXPECT_NE(text.find("no-healthy-kill was broken"), std::string::npos);
  EXPECT_NE(text.find("settles was broken"), std::string::npos);
  EXPECT_NE(text.find("no-healthy-kill, w9, i-000002"), std::string::npos);
  EXPECT_EQ(text.find("no-healthy-kill, w10"), std::string::npos);
  EXPECT_NE(text.find("… and 10 more"), std::string::npos);
  expect_80_columns(text);
}

TEST(CaseBlock, ShortensLongChainsInTheMiddle) {
  Outcome outcome = failed_outcome();
  auto& causes = outcome.violations.front().causes;
  causes.clear();
  for (std::uint32_t i = 50; i > 0; --i) causes.push_back(event(i, i - 1, i * 1000, "restart.triggered", "w"));
  const std::string text = case_block(report_of(outcome), {});
  EXPECT_NE(text.find("+5.000s"), std::string::npos);
  EXPECT_EQ(text.find("+6.000s"), std::string::npos);
  EXPECT_NE(text.find("… 36 more …"), std::string::npos);
  EXPECT_EQ(text.find("+41.000s"), std::string::npos);
  EXPECT_NE(text.find("+42.000s"), std::string::npos);
}

TEST(CaseBlock, TellsEveryChainOfAViolation) {
  const std::string text = case_block(report_of(two_sided_outcome()), {});
  EXPECT_NE(text.find("    how it came about:\n"
                      "       +0.000s  PUT /workspaces/reviewer/secrets arrived\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("    and what else decided it:\n"
                      "       +1.000s  POST /workspaces/reviewer/pause arrived\n"
                      "      +20.000s  "),
            std::string::npos)
      << text;
  expect_80_columns(text);
}

TEST(CaseBlock, SaysWhatTheScenarioIsAbout) {
  CaseReport report = report_of(failed_outcome());
  EXPECT_EQ(case_block(report, {}).find("what the scenario is about"), std::string::npos);
  report.about = {"A thrash", "It was night.", "issue 1556"};
  EXPECT_NE(
      case_block(report, {}).find("  what the scenario is about\n    title      A thrash\n    source     issue 1556\n"),
      std::string::npos)
      << case_block(report, {});
}

TEST(CaseLine, NamesThatBeginAlikeStayApart) {
  Outcome a = held_outcome();
  a.case_name = "latest,probe.confirmations=2,probe.interval=10s";
  Outcome b = a;
  b.case_name = "latest,probe.confirmations=2,probe.interval=20s";
  EXPECT_NE(case_line(a, name_width(90), {}), case_line(b, name_width(90), {}));
  expect_80_columns(case_line(a, name_width(90), {}));
}

TEST(CaseBlock, SaysWhatCutTheRunShort) {
  Outcome outcome = held_outcome();
  outcome.passed = false;
  outcome.stopped_by = "1000000 steps";
  const std::string text = case_block(report_of(outcome), {});
  EXPECT_NE(text.find("the run was cut short"), std::string::npos);
  EXPECT_NE(text.find("1000000 steps"), std::string::npos);
  EXPECT_NE(text.find("this is the calm run"), std::string::npos);
}

TEST(CaseBlock, SurvivesHostileNames) {
  Outcome outcome = failed_outcome();
  outcome.violations.front().workspace = "evil\033[2J\nname";
  outcome.violations.front().message = std::string(500, 'x') + " " + std::string(200, 'y');
  outcome.violations.front().causes.front().workspace = "\u202E" + std::string(100, 'z');
  outcome.expectations.front().actual =
      "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語";
  outcome.tape.front().site = std::string(200, 's');
  const std::string text = case_block(report_of(outcome), {});
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_EQ(text.find("\u202E"), std::string::npos);
  EXPECT_NE(text.find("evil\\x1b[2J\\nname"), std::string::npos);
  expect_80_columns(text);
}

TEST(CaseBlock, NamesDecisionsThatMetNoQuestion) {
  Outcome outcome = failed_outcome();
  outcome.misaligned = {{at_ms(0), "nobody/ec2.run.pending", 3, 0, 2, ""}};
  EXPECT_NE(case_block(report_of(outcome), {}).find("nobody/ec2.run.pending#3=2"), std::string::npos);
}

TEST(SummaryLine, CountsVerdicts) {
  const std::vector<CaseStatus> verdicts{CaseStatus::held, CaseStatus::failed, CaseStatus::held,
                                         CaseStatus::inconclusive};
  EXPECT_EQ(summary_line(verdicts), "4 cases: 2 ok, 1 inconclusive, 1 failed\n");
  EXPECT_EQ(summary_line({verdicts.data(), 1}), "1 case: 1 ok\n");
}

TEST(IdleFaults, NamesThoseThatMadeNoDifferenceInOneLine) {
  Outcome outcome = held_outcome();
  EXPECT_EQ(idle_faults_line(outcome), "");
  outcome.faults = {{"struck", true, 2, 2, true}, {"unasked", true, 0, 0, std::nullopt}};
  EXPECT_EQ(idle_faults_line(outcome), "");
  outcome.faults.push_back({"felt by nobody", true, 3, 3, false});
  outcome.faults.push_back({"absent", true, 0, 0, false});
  EXPECT_EQ(idle_faults_line(outcome), "    made no difference: felt by nobody, absent (never fired)\n");
  for (int i = 0; i < 20; ++i) outcome.faults.push_back({"one of many", true, 0, 0, false});
  expect_80_columns(idle_faults_line(outcome));
}

}  // namespace
}  // namespace drydock::reports
