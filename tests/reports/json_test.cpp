#include "reports/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenarios/tool.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using Ordered = nlohmann::ordered_json;
using scenarios::Outcome;

std::vector<std::string> keys(const Ordered& object) {
  std::vector<std::string> out;
  for (const auto& item : object.items()) out.push_back(item.key());
  return out;
}

Ordered document(const std::vector<CaseReport>& reports, const Ending& ending = {}) {
  return Ordered::parse(result_json(reports, ending));
}

Ordered only_result(const Outcome& outcome) { return document({{outcome, {.file = "a.json"}}})["results"][0]; }

TEST(ResultJson, HasTheDocumentedKeysInOrder) {
  const Ordered json = document({{failed_outcome(), {.file = "a.json"}}});
  EXPECT_EQ(keys(json), (std::vector<std::string>{"format", "tool", "seed", "passed", "results"}));
  EXPECT_EQ(json["format"], "drydock.result/1");
  EXPECT_EQ(json["tool"], scenarios::tool_name());
  EXPECT_EQ(json["seed"], nullptr);
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(keys(json["results"][0]),
            (std::vector<std::string>{"scenario",   "case",       "policy",    "title",      "story",
                                      "source",     "passed",     "exercised", "trace_hash", "virtual_s",
                                      "events",     "wall_ms",    "counts",    "metrics",    "expectations",
                                      "violations", "responses",  "final",     "faults",     "decisions",
                                      "tape",       "misaligned", "seed",      "stopped_by", "reproduce"}));
}

TEST(ResultJson, WritesNumbersAsDocumented) {
  const Ordered json = only_result(held_outcome());
  EXPECT_EQ(json["trace_hash"], "0000000000000abc");
  EXPECT_EQ(json["virtual_s"], 1440.0);
  EXPECT_EQ(json["wall_ms"], 1.25);
  EXPECT_EQ(json["events"], 421);
  EXPECT_EQ(json["counts"].dump(), R"({"provision.ec2_started":2,"restart.dropped":0})");
  EXPECT_EQ(json["metrics"]["lost_writes"].dump(), "0");
  EXPECT_EQ(json["metrics"]["orphan_instance_hours"].dump(), "1.5");
  EXPECT_EQ(json["seed"], nullptr);
  EXPECT_EQ(json["stopped_by"], nullptr);
}

TEST(ResultJson, TellsViolationsBackToWhatTheyBeganWith) {
  const Ordered violation = only_result(failed_outcome())["violations"][0];
  EXPECT_EQ(keys(violation), (std::vector<std::string>{"invariant", "at_s", "workspace", "instance", "message", "event",
                                                       "causes", "other_causes", "signature", "listed"}));
  EXPECT_EQ(violation["at_s"].dump(), "30.451");
  EXPECT_EQ(violation["listed"], false);
  ASSERT_EQ(violation["causes"].size(), 3U);
  EXPECT_EQ(violation["causes"][2].dump(),
            R"({"event":1,"at_s":0.0,"kind":"http.request","actor":"platform","workspace":"reviewer","instance":"",)"
            R"("detail":{"method":"PUT","path":"/workspaces/reviewer/secrets"},)"
            R"("text":"PUT /workspaces/reviewer/secrets arrived"})");
  EXPECT_EQ(violation["causes"][0]["event"], 9);
  EXPECT_EQ(violation["other_causes"], Ordered::array());
  const Ordered both = only_result(two_sided_outcome())["violations"][0];
  ASSERT_EQ(both["other_causes"].size(), 1U);
  EXPECT_EQ(both["other_causes"][0][0]["kind"], "stop.failed");
}

TEST(ResultJson, RendersResponsesFinalsFaultsAndTape) {
  Outcome outcome = failed_outcome();
  outcome.responses = {
      {at_ms(500), "save", 1, "PUT /workspaces/pm/secrets", "user", 200, {{"X-A", "b"}}, {{"status", "saved"}}}};
  outcome.final = {{"pm", {{"status", "online"}, {"instance_id", "i-1"}, {"url", "u"}}, "running"},
                   {"gone", {}, "none"}};
  outcome.faults = {{"flaky", true, 3, 2, true}, {"quiet", false, 0, 0, std::nullopt}};
  const Ordered json = only_result(outcome);
  EXPECT_EQ(json["responses"].dump(),
            R"([{"at_s":0.5,"id":"save","nth":1,"request":"PUT /workspaces/pm/secrets","as":"user","status":200,)"
            R"("headers":{"X-A":"b"},"body":{"status":"saved"}}])");
  EXPECT_EQ(json["final"].dump(),
            R"([{"workspace":"pm","status":"online","instance_id":"i-1","instance_state":"running"},)"
            R"({"workspace":"gone","status":null,"instance_id":null,"instance_state":"none"}])");
  EXPECT_EQ(json["faults"].dump(), R"([{"name":"flaky","planned":true,"fired":3,"noticed":2,"mattered":true},)"
                                   R"({"name":"quiet","planned":false,"fired":0,"noticed":0,"mattered":null}])");
  EXPECT_EQ(json["tape"].dump(), R"([{"site":"reviewer/ec2.run.pending","occurrence":2,"value":8,"means":"30s"}])");
  EXPECT_EQ(json["expectations"][0].dump(),
            R"({"text":"provision.ec2_started of reviewer is 1","passed":false,"actual":"4"})");
}

TEST(ResultJson, SeedIsTheOneThatAllShare) {
  Outcome seven = held_outcome();
  seven.seed = 7;
  EXPECT_EQ(document({{seven, {}}, {seven, {}}})["seed"], 7);
  EXPECT_EQ(document({{seven, {}}, {held_outcome(), {}}})["seed"], nullptr);
  EXPECT_EQ(document({{seven, {}}, {held_outcome(), {}}})["results"][0]["seed"], 7);
  seven.seed = 0xFFFF'FFFF'FFFF'FFFFULL;
  EXPECT_EQ(document({{seven, {}}})["seed"], 0xFFFF'FFFF'FFFF'FFFFULL);
}

TEST(ResultJson, PassesOnlyWhatWasPlayedToTheEnd) {
  const CaseReport held{held_outcome(), {}};
  EXPECT_EQ(document({held})["passed"], true);
  EXPECT_EQ(document({})["passed"], false);
  EXPECT_EQ(document({held}, {.interrupted = true})["passed"], false);
  EXPECT_EQ(document({held}, {.interrupted = true})["interrupted"], true);
  const Ordered broken = document({held}, {.internal_errors = {{{"a", "b"}, "oops"}}});
  EXPECT_EQ(broken["passed"], false);
  EXPECT_EQ(broken["internal_errors"][0], "a / b: oops");
}

TEST(ResultJson, IsJsonWhateverTheNames) {
  Outcome outcome = failed_outcome();
  outcome.case_name = "bad \xFF utf-8 \033 \"quoted\"";
  outcome.violations.front().causes.front().detail = "{oops";
  outcome.responses.resize(1);  // a body that is null
  const Ordered json = only_result(outcome);
  EXPECT_EQ(json["case"], "bad \uFFFD utf-8 \033 \"quoted\"");
  EXPECT_EQ(json["violations"][0]["causes"][0]["detail"], "{oops");
  EXPECT_EQ(json["responses"][0]["body"], nullptr);
}

TEST(ErrorsJson, HasTheDocumentedKeys) {
  const scenarios::Diagnostic error{"a.json", 3, 7, "/cases/0", "unknown key", "case"};
  const Ordered json = Ordered::parse(errors_json({&error, 1}));
  EXPECT_EQ(json.dump(), R"({"errors":[{"file":"a.json","line":3,"column":7,"pointer":"/cases/0",)"
                         R"("message":"unknown key","hint":"case"}]})");
}

}  // namespace
}  // namespace drydock::reports
