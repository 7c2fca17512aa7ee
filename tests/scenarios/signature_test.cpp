// The ways in which a promise is broken have signatures of their own, and tell what decided them.

#include "scenarios/signature.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "scenarios/explore/explorer.hpp"
#include "tests/scenarios/explore_worlds.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

/// One workspace, what is asked of it and what goes wrong.
Outcome one_workspace(const std::string& steps, const std::string& faults, const std::string& policy = "spring-2026") {
  return test::play_under(policy, R"("horizon": "5m", "workspaces": [{"id": "w"}], "steps": [)" + steps +
                                      R"(], "faults": [)" + faults + "]");
}

const ShownViolation& first_broken(const Outcome& outcome, const std::string& invariant) {
  const auto found = std::find_if(outcome.violations.begin(), outcome.violations.end(),
                                  [&](const ShownViolation& one) { return one.invariant == invariant; });
  if (found == outcome.violations.end()) throw std::invalid_argument(invariant + " was kept");
  return *found;
}

std::vector<std::string> kinds_along(const std::vector<ShownEvent>& chain) {
  std::vector<std::string> names;
  for (const ShownEvent& event : chain) names.push_back(event.kind);
  return names;
}

const std::string kRestart = R"({"at": "10s", "request": "POST /workspaces/w/restart"})";
const std::string kPause = R"({"at": "10s", "request": "POST /workspaces/w/pause"})";
const std::string kHibernate = R"({"at": "10s", "request": "POST /workspaces/w/hibernate?force=true"})";
const std::string kStopFails = R"({"on": "cp.stop", "error": "http-503", "nth": [1, 2, 3, 4]})";
const std::string kLostLaunch = R"({"on": "cp.start", "error": "reset", "effect": "applied", "nth": [1]})";

TEST(Signature, OfAnEventualPromiseTellsItsWaysApart) {
  const std::vector<Outcome> ways{one_workspace(kPause, kStopFails), one_workspace(kHibernate, ""),
                                  one_workspace(kRestart, kLostLaunch)};
  std::set<std::string> signatures;
  for (const Outcome& way : ways) {
    const ShownViolation& orphan = first_broken(way, "no-orphan");
    EXPECT_FALSE(orphan.causes.empty());
    EXPECT_EQ(orphan.event, 0U) << "no event breaks it";
    signatures.insert(orphan.signature);
  }
  EXPECT_EQ(signatures.size(), 3U);
  EXPECT_EQ(first_broken(ways[1], "no-orphan").signature, "no-orphan:workspace.status<http.request");
}

/// Restarts are dropped all the time. One is a setback of a secret whose restart it was, and not of a hibernation.
TEST(Signature, ADroppedRestartIsToldWhereItWasTheOne) {
  const auto secret = [](const std::string& at) {
    return R"({"at": ")" + at + R"(", "request": "PUT /workspaces/w/secrets", "body": {"key": "K", "value": ")" + at +
           R"("}})";
  };
  const Outcome stale = one_workspace(secret("10s") + ", " + secret("40s"), "", "post-1556");
  EXPECT_NE(first_broken(stale, "latest-secrets-run").signature.find("|restart.dropped<"), std::string::npos)
      << first_broken(stale, "latest-secrets-run").signature;
  const Outcome beside =
      test::play_under("spring-2026", R"("horizon": "3m", "workspaces": [{"id": "w"}, {"id": "v"}],
    "traffic": [{"kind": "a2a", "from": "v", "to": "w", "every": "5s", "start": "4s"}], "steps": [)" +
                                          kHibernate + ", " + secret("20s") + ", " + secret("25s") + "]");
  ASSERT_GT(test::count(beside, "restart.dropped"), 0U);
  EXPECT_EQ(first_broken(beside, "no-orphan").signature, "no-orphan:workspace.status<http.request");
}

TEST(Signature, OfTheSameWayIsTheSameAtAnotherTime) {
  const std::string later = R"({"at": "1m10s", "request": "POST /workspaces/w/pause"})";
  EXPECT_EQ(first_broken(one_workspace(kPause, kStopFails), "no-orphan").signature,
            first_broken(one_workspace(later, kStopFails), "no-orphan").signature);
}

/// A pause that cannot stop the instance: what made the row dormant, and what spared the instance.
TEST(Signature, AnOrphanTellsOfItsRowAndOfTheStopThatFailed) {
  const Outcome outcome = one_workspace(kPause, kStopFails);
  const ShownViolation& orphan = first_broken(outcome, "no-orphan");
  EXPECT_EQ(kinds_along(orphan.causes), (std::vector<std::string>{"workspace.status", "http.request"}));
  ASSERT_EQ(orphan.other_causes.size(), 1U);
  EXPECT_EQ(orphan.other_causes[0].front().kind, "stop.failed");
  EXPECT_NE(orphan.other_causes[0].back().kind, "http.request") << "the request is told already";
}

TEST(Signature, ACrashIsToldWhereItCutSomethingOff) {
  const std::string crash = R"({"on": "process.platform", "error": "crash", "at": "10s3ms"})";
  const Outcome cut = one_workspace(kHibernate, crash);
  EXPECT_NE(first_broken(cut, "settles").signature.find("|process.crash"), std::string::npos)
      << first_broken(cut, "settles").signature;
  const std::string before = R"({"on": "process.platform", "error": "crash", "at": "1s"})";
  EXPECT_EQ(first_broken(one_workspace(kHibernate, before), "no-orphan").signature.find("process.crash"),
            std::string::npos);
}

/// Two instances of one workspace: the launch of the second, and the failed stop that the first one lives on by.
TEST(Signature, TwoLiveInstancesTellBothStories) {
  const Outcome outcome = one_workspace(kPause + R"(, {"at": "30s", "request": "POST /workspaces/w/resume"})",
                                        R"({"on": "cp.stop", "error": "reset", "nth": [1, 2, 3]})");
  const ShownViolation& two = first_broken(outcome, "single-live-instance");
  EXPECT_EQ(two.causes.front().kind, "ec2.state");
  ASSERT_EQ(two.other_causes.size(), 1U);
  const std::vector<std::string> told = kinds_along(two.other_causes[0]);
  EXPECT_NE(std::find(told.begin(), told.end(), "stop.attempt"), told.end()) << "the stop that failed";
  EXPECT_EQ(told.back(), "http.request") << "the pause, which is not the resume";
  EXPECT_EQ(two.signature.find('|'), std::string::npos) << "an event broke it: its chain is the signature";
}

TEST(Signature, OfNothingThatDecidedIsTheNameAlone) {
  EXPECT_EQ(signature_of("no-orphan", {}), "no-orphan:");
  EXPECT_EQ(signature_tag("no-orphan:").size(), 8U);
  EXPECT_NE(signature_tag("no-orphan:"), signature_tag("no-orphan:workspace.status"));
}

Finding finding_in(const Scenario& scenario, const std::string& invariant, const sim::Tape& tape) {
  auto found = shrink_tape(scenario, scenario.cases.front(), tape, invariant, "", {});
  if (!found) throw std::invalid_argument(invariant + " was kept");
  return *found;
}

/// A search judges promises, not what steps expect; a scenario that it saves fails for nothing else.
TEST(FindingScenario, IsNamedAfterItsSignatureAndExpectsWhatTheSearchJudged) {
  const Scenario scenario = test::scenario_of(
      R"({"format": "drydock.scenario/1", "name": "small", "title": "Small", "horizon": "1m",
    "workspaces": [{"id": "w"}],
    "steps": [{"at": "50s", "request": "GET /admin/workspaces/w/status", "as": "ops", "expect": {"status": 299}}],
    "explore": {"requests": ["POST /workspaces/{w}/hibernate?force=true"]},
    "cases": [{"policy": "spring-2026", "expect": []}]})");
  sim::Tape tape;
  tape.set("w/request", 1, 1);
  const Finding finding = finding_in(scenario, "no-orphan", tape);
  const auto text = scenario_of(scenario, scenario.cases.front(), finding);
  ASSERT_TRUE(text);
  const Scenario saved = test::scenario_of(*text);
  EXPECT_EQ(saved.name, "small-no-orphan-" + signature_tag(finding.signature));
  const Outcome outcome = test::play(*text);
  EXPECT_TRUE(outcome.passed);
  EXPECT_EQ(first_broken(outcome, "no-orphan").signature, finding.signature);
}

/// A promise that is broken in many ways must not push the others out of what is kept.
TEST(Explore, KeepsTheFirstFindingOfEachPromise) {
  const Scenario scenario = test::scenario_of(
      open_scenario(R"("faults": ["cp.stop:http-503", "cp.start:reset:applied", "process.platform:crash"],
    "requests": ["POST /workspaces/{w}/restart", "POST /workspaces/{w}/pause",
                 "POST /workspaces/{w}/hibernate?force=true"])",
                    "spring-2026", "2m"));
  ExploreOptions options;
  options.runs = 200;
  options.shrink = false;
  const Exploration all = explore(scenario, scenario.cases.front(), options);
  std::set<std::string> promises;
  for (const Finding& finding : all.findings) promises.insert(finding.invariant);
  ASSERT_GT(promises.size(), 2U);
  ASSERT_GT(all.findings.size(), promises.size());
  options.most_findings = promises.size();
  const Exploration some = explore(scenario, scenario.cases.front(), options);
  std::set<std::string> kept;
  std::vector<std::uint64_t> runs;
  for (const Finding& finding : some.findings) {
    kept.insert(finding.invariant);
    runs.push_back(finding.first_run);
  }
  EXPECT_EQ(kept, promises);
  EXPECT_TRUE(std::is_sorted(runs.begin(), runs.end())) << "first found first";
  EXPECT_EQ(some.findings_not_shrunk, all.findings.size() + all.findings_not_shrunk - promises.size());
}

}  // namespace
}  // namespace drydock::scenarios
