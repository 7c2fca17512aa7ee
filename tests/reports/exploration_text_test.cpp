#include "reports/exploration_text.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "reports/layout.hpp"
#include "tests/reports/explorations.hpp"

namespace drydock::reports {
namespace {

std::string all_of(const ExplorationReport& report, TextStyle style = {}) {
  return exploration_head(report, style) + "\n" + exploration_findings(report, style) + exploration_rest(report, style);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Gives the text with line breaks and indentation as single spaces.
std::string flowing(const std::string& text) { return std::regex_replace(text, std::regex("\\s+"), " "); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

void expect_80_columns(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (contains(line, "drydock r") || contains(line, "saved  ")) continue;  // to copy
    EXPECT_LE(display_width(line), kWidth) << line;
  }
}

TEST(ExplorationHead, SaysWhatWasSearchedAndWhatCameOfIt) {
  EXPECT_EQ(exploration_head(quiet_report(), {}),
            "ok   reprov-thrash / latest  nothing found\n"
            "     500 runs (mixed, seed 1), 480 distinct, 231 states\n"
            "     in 4.0 s, 125 runs per second\n");
  ExplorationReport broken = broken_report();
  add_finding(broken, finding("no-healthy-kill", "b"));
  broken.case_name = "night";
  EXPECT_TRUE(exploration_head(broken, {}).starts_with("FAIL reprov-thrash / night  1 promise broken in 2 ways\n"));
}

TEST(ExplorationHead, SaysHowLongTheShrinkingTookAndWhatItDidNotFinish) {
  ExplorationReport report = broken_report();
  add_finding(report, finding("no-healthy-kill", "b"));
  report.found.shrink_s = 1.25;
  EXPECT_TRUE(contains(flowing(exploration_head(report, {})), "runs per second; shrunk in 1.2 s"));
  EXPECT_FALSE(contains(exploration_head(report, {}), "not to the end"));
  report.found.findings[1].minimal = false;
  EXPECT_TRUE(contains(flowing(exploration_head(report, {})), "1 of 2 findings not to the end"));
}

TEST(ExplorationHead, SaysHowFarAnExhaustiveSearchCame) {
  ExplorationReport report = quiet_report();
  report.found.strategy = "exhaustive";
  report.found.pruned = 70;
  report.deviations = 1;
  report.found.shards = 4;
  report.parts = {1, 3};
  EXPECT_TRUE(contains(flowing(exploration_head(report, {})),
                       "500 runs (exhaustive, at most 1 deviation, seed 1), 480 distinct, 70 "
                       "pruned, 231 states; not complete; shards 1, 3 of 4"));
  report.found.complete = true;
  report.found.interrupted = true;
  EXPECT_TRUE(contains(flowing(exploration_head(report, {})), "231 states; complete; interrupted"));
}

TEST(ExplorationRest, TellsHowClientsEndedAndWhetherTheyAskedTheSame) {
  ExplorationReport report = quiet_report();
  EXPECT_FALSE(contains(exploration_rest(report, {}), "the client"));
  report.found.client = scenarios::ClientUse{"./client", 12, {{"exit code 0", 11}, {"signal 9", 1}}, 5, 0, ""};
  const std::string same = flowing(exploration_rest(report, {}));
  EXPECT_TRUE(contains(same, "12 sessions: 11 exit code 0, 1 signal 9.")) << same;
  EXPECT_TRUE(contains(same, "5 sessions played twice: it asked the same.")) << same;
  report.found.client->differed = 2;
  report.found.client->difference = "GET /a\nGET /b";
  const std::string other = flowing(exploration_rest(report, {}));
  EXPECT_TRUE(contains(other, "5 sessions played twice, and in 2 of these it asked something else")) << other;
  EXPECT_TRUE(contains(other, "The first difference: GET /a GET /b")) << other;
}

TEST(FindingBlock, TellsEverythingAtNight) {
  const ExplorationReport report = broken_report();
  const std::string text = exploration_findings(report, {});
  std::size_t at = 0;
  for (const char* part :
       {"  no-healthy-kill was broken\n", "+30.451s, 2026-05-19T00:05:30.451Z", "workspace  reviewer", "i-000002",
        "a terminate took effect", "seen       in 31 of 500 runs, first in run 7\n",
        "what it takes (3 decisions, none can be left out):\n", "       +1.300s  reviewer: ec2.run.pending is 30s\n",
        "                varies: any from 28s to 30s (2 of 8 tried break it too)\n",
        "      +40.000s  user: DELETE /workspaces/w1?confirm=true\n", "      +41.200s  cp.stop fails with http-503\n",
        "                nothing else breaks it (3 tried)\n", "how it came about:\n",
        "restart_by_id was called for reviewer\n",
        "to see it again:\n      drydock replay found/no-healthy-kill-12345678.tape.json\n",
        "saved      found/no-healthy-kill-12345678.tape.json\n",
        "saved      found/no-healthy-kill-12345678.scenario.json\n"}) {
    const auto found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << "\nafter\n" << text.substr(at);
    at = found;
  }
  expect_80_columns(all_of(report));
}

TEST(FindingBlock, OfTheCalmRunTakesNothing) {
  scenarios::Finding calm = finding();
  calm.outcome.tape.clear();
  calm.explained.clear();
  const std::string text = finding_block(calm, {}, 0, {});
  EXPECT_TRUE(contains(text, "it takes nothing: the calm run breaks it\n"));
  EXPECT_FALSE(contains(text, "seen "));
  EXPECT_FALSE(contains(text, "to see it again"));
}

TEST(FindingBlock, OfTheEndTellsWhatHappenedBefore) {
  scenarios::Finding end = finding("no-orphan");
  auto& violation = end.outcome.violations.front();
  end.outcome.events = {event(1, 0, 0, "http.request", "reviewer", "",
                              R"({"method":"POST","path":"/workspaces/reviewer/restart","step":"searched-1"})"),
                        event(2, 0, 5, "workspace.status", "other", "", R"({"to":"offline"})"),
                        event(3, 0, 1'000, "provision.ec2_started", "reviewer", "i-1")};
  EXPECT_FALSE(contains(finding_block(end, {}, 0, {}), "what happened before"));
  violation.causes.clear();
  EXPECT_TRUE(contains(finding_block(end, {}, 0, {}),
                       "    what happened before:\n"
                       "      +0.000s  POST /workspaces/reviewer/restart arrived\n"
                       "      +1.000s  the control plane launched i-1 for reviewer\n"));
  for (std::uint32_t i = 0; i < 40; ++i) end.outcome.events.push_back(event(i + 4, 0, 2'000, "probe.dead", "reviewer"));
  EXPECT_TRUE(contains(finding_block(end, {}, 0, {}), "      … 24 more …\n"));
}

TEST(FindingBlock, PromisesNoMinimumThatTheShrinkerDidNotReach) {
  scenarios::Finding cut = finding();
  cut.minimal = false;
  EXPECT_TRUE(contains(finding_block(cut, {}, 0, {}), "what it takes (3 decisions):\n"));
}

TEST(ExplorationFindings, StandTogetherByInvariant) {
  ExplorationReport report = broken_report();
  add_finding(report, finding("settles", "a"));
  add_finding(report, finding("no-healthy-kill", "b"));
  const std::string text = exploration_findings(report, {});
  EXPECT_EQ(count(text, " was broken\n"), 3U);
  EXPECT_GT(text.find("settles was broken"), text.rfind("no-healthy-kill was broken"));
}

TEST(ExplorationFindings, BeyondADozenAreOneLineEach) {
  ExplorationReport report = broken_report();
  for (int i = 0; i < 19; ++i) add_finding(report, finding("no-healthy-kill", std::to_string(i)));
  add_finding(report, finding("settles", "a"));
  const std::string text = exploration_findings(report, {});
  EXPECT_EQ(count(text, " was broken\n"), 12U);
  EXPECT_TRUE(contains(text, "settles was broken\n")) << "the first of each comes in full";
  const auto rest = text.substr(text.find("no-healthy-kill was also broken so\n"));
  EXPECT_EQ(count(rest.substr(0, rest.find("settles")), "    +30.451s  a terminate"), 9U);
  expect_80_columns(text);
}

TEST(ExplorationFindings, SayWhatWasNotMinimised) {
  ExplorationReport report = broken_report();
  EXPECT_FALSE(contains(all_of(report), "not minimised"));
  report.found.findings_not_shrunk = 3;
  EXPECT_TRUE(contains(all_of(report), "3 more ways were seen and not minimised."));
}

TEST(ExplorationRest, NamesFaultsThatSayNothing) {
  ExplorationReport report = quiet_report();
  report.found.faults = {{"cp.stop:http-503", 12, 31, 30, true},
                         {"cp.start:timeout:applied", 0, 0, 0, std::nullopt},
                         {"instance:dies", 12, 31, 0, false}};
  const std::string text = exploration_rest(report, {});
  EXPECT_TRUE(contains(text, "    1 never fired: cp.start:timeout:applied\n")) << text;
  EXPECT_TRUE(contains(text, "    1 fired and never mattered: instance:dies\n")) << text;
  EXPECT_FALSE(contains(text, "cp.stop:http-503"));
  for (int i = 0; i < 20; ++i) report.found.faults.push_back({std::to_string(i), 0, 0, 0, {}});
  EXPECT_TRUE(contains(flowing(exploration_rest(report, {})), "5, 6 and 13 more (--format json"));
}

TEST(ExplorationRest, SaysTheRiskThatRemains) {
  const std::string text = flowing(exploration_rest(broken_report(), {}));
  EXPECT_TRUE(contains(text,
                       "No violation in 500 runs of blast-radius, settles: with 95 % confidence "
                       "fewer than 1 run in 167, each."))
      << text;
  EXPECT_TRUE(contains(text, "no-healthy-kill: with 95 % confidence at most 1 run in 11.")) << text;
  EXPECT_TRUE(contains(text, "12 of them in one run only")) << text;
  EXPECT_TRUE(contains(text, "a chance of at most 3.1 %; about 34 transitions are unseen.")) << text;
  EXPECT_TRUE(contains(text, "Law: half the runs random, half pct")) << text;
  EXPECT_FALSE(contains(text, "PCT")) << text;
}

TEST(ExplorationRest, DoesNotBoundWhatAFewRunsCannot) {
  ExplorationReport report = quiet_report();
  report.found.residual.upper_95 = {{"settles", 0.8}};
  report.found.residual.unseen_transition = 1;
  const std::string text = flowing(exploration_rest(report, {}));
  EXPECT_TRUE(contains(text, "Too few runs to say anything of settles.")) << text;
  EXPECT_TRUE(contains(text, "a chance of at most 100 %")) << text;
}

TEST(ExplorationRest, StatesThePctBound) {
  ExplorationReport report = quiet_report();
  report.found.residual.pct = scenarios::PctBound{14, 900, 2, 1.0 / 12'600};
  EXPECT_TRUE(contains(flowing(exploration_rest(report, {})),
                       "PCT: a bug of depth 2 (so many ordering constraints) among 14 tasks and the first "
                       "900 choices of one instant is shown by one in 12600 of the runs that come to it, or more."));
}

TEST(ExplorationRest, CertifiesWhatWasCountedThrough) {
  ExplorationReport report = quiet_report();
  report.deviations = 2;
  report.found.pruned = 70;
  report.found.complete = true;
  report.found.certificate = scenarios::Certificate{2, {{"world/order", 40, 14}, {"w1/agent.boot", 1, 9}}, 0xBEEF};
  const std::string text = exploration_rest(report, {});
  EXPECT_TRUE(contains(flowing(text),
                       "certificate Every tape with at most 2 decisions other than 0 at these "
                       "sites: 500 played, 70 pruned, hash 000000000000beef"))
      << text;
  EXPECT_TRUE(contains(flowing(text), "world/order asked 40 times at most, up to 14 answers"));
  report.found.complete = false;
  EXPECT_FALSE(contains(exploration_rest(report, {}), "certificate"));
  expect_80_columns(text);
}

TEST(ExplorationText, ColourChangesNoLetter) {
  const std::string plain = all_of(broken_report());
  const std::string coloured = all_of(broken_report(), {.colour = true});
  EXPECT_NE(plain, coloured);
  EXPECT_EQ(std::regex_replace(coloured, std::regex("\033\\[[0-9;]*m"), ""), plain);
}

TEST(ExplorationText, SurvivesHostileNames) {
  ExplorationReport report = broken_report();
  report.found.scenario = "\033[2J" + std::string(200, 'x');
  report.found.findings[0].outcome.violations[0].invariant = "\r\n\033[2J";
  report.found.findings[0].outcome.tape[0].means = "\033[2J";
  report.found.findings[0].explained[1].others = "\033[2J";
  report.found.residual.law = "\033[2J";
  report.found.faults = {{"\033[2J", 0, 0, 0, std::nullopt}};
  const std::string text = all_of(report);
  EXPECT_FALSE(contains(text, "\033"));
  expect_80_columns(text);
}

}  // namespace
}  // namespace drydock::reports
