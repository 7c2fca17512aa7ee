#include "reports/ndjson.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/json.hpp"
#include "reports/json_parts.hpp"
#include "scenarios/tool.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

std::vector<Ordered> lines_of(const std::string& text) {
  EXPECT_TRUE(text.ends_with('\n'));
  std::vector<Ordered> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(Ordered::parse(line));
  return lines;
}

std::vector<std::string> types_of(const std::vector<Ordered>& lines) {
  std::vector<std::string> types;
  for (const Ordered& line : lines) types.push_back(line["type"]);
  return types;
}

Outcome with_events(Outcome outcome) {
  outcome.events = {
      event(1, 0, 0, "http.request", "reviewer", "", R"({"method":"PUT"})"),
      event(7, 1, 1'200, "restart.triggered", "reviewer"),
  };
  return outcome;
}

using Types = std::vector<std::string>;

TEST(Ndjson, IsOneObjectALineInTheOrderOfTheRun) {
  const std::vector<CaseReport> reports{{held_outcome(), {}}, {with_events(failed_outcome()), {}}};
  const auto lines = lines_of(ndjson(reports, {}));
  EXPECT_EQ(types_of(lines), (Types{"run", "result", "run", "event", "event", "violation", "result", "summary"}));
  EXPECT_EQ(lines[2].dump(), R"({"type":"run","format":"drydock.stream/1","tool":")" + scenarios::tool_name() +
                                 R"(","run":2,"scenario":"reprov-thrash","case":"pre-1556","policy":"pre-1556",)"
                                 R"("seed":null,"start":"2026-05-19T00:05:00Z"})");
  EXPECT_EQ(lines[3].dump(), R"({"type":"event","run":2,"seq":1,"at_s":0.0,"kind":"http.request",)"
                             R"("workspace":"reviewer","instance":"","actor":"platform","cause":0,)"
                             R"("detail":{"method":"PUT"}})");
  EXPECT_EQ(lines[5]["run"], 2);
  EXPECT_EQ(lines[5]["invariant"], "no-healthy-kill");
  EXPECT_EQ(lines[7].dump(), R"({"type":"summary","passed":false,"runs":2,"held":1,"not_exercised":0,)"
                             R"("inconclusive":0,"failed":1,"internal_errors":0,"interrupted":false,)"
                             R"("not_played":0})");
}

TEST(Ndjson, AResultIsThatOfTheJsonReportWithoutItsTimeline) {
  const CaseReport report{with_events(failed_outcome()), {.file = "a.json"}};
  Ordered result = lines_of(ndjson_run(report, 1)).back();
  EXPECT_EQ(result["type"], "result");
  result.erase("type");
  result.erase("run");
  Ordered expected = Ordered::parse(result_json({&report, 1}, {}))["results"][0];
  EXPECT_EQ(expected.erase("timeline"), 1U);
  EXPECT_EQ(result, expected);
}

TEST(Ndjson, TheSummarySaysWhatCutTheStream) {
  const Ending ending{
      .interrupted = true, .not_played = {{"a", "b"}, {"a", "c"}}, .internal_errors = {{{"a", "x"}, "oops"}}};
  const auto lines = lines_of(ndjson(std::vector{CaseReport{held_outcome(), {}}}, ending));
  EXPECT_EQ(types_of(lines), (Types{"run", "result", "internal_error", "summary"}));
  EXPECT_EQ(lines[2].dump(), R"({"type":"internal_error","scenario":"a","case":"x","message":"oops"})");
  EXPECT_EQ(lines[3]["passed"], false);
  EXPECT_EQ(lines[3]["interrupted"], true);
  EXPECT_EQ(lines[3]["not_played"], 2);
}

TEST(Ndjson, NoNameBreaksALine) {
  Outcome outcome = with_events(failed_outcome());
  outcome.case_name = "two\nlines \xFF \u2028";
  change_event(outcome, 0, [](scenarios::ShownEvent& one) {
    one.workspace = "\n{}\n";
    one.detail = "not json\n";
  });
  const auto lines = lines_of(ndjson(std::vector{CaseReport{outcome, {}}}, {}));
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[1]["workspace"], "\n{}\n");
  EXPECT_EQ(lines[1]["detail"], "not json\n");
}

}  // namespace
}  // namespace drydock::reports
