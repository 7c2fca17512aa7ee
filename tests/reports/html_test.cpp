#include "reports/html.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reports/html/data.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Json;

/// Gives `failed_outcome` with a record of what it tells of.
scenarios::Outcome recorded_outcome() {
  scenarios::Outcome outcome = failed_outcome();
  outcome.events = {
      event(1, 0, 0, "http.request", "reviewer", "", R"({"method":"PUT","path":"/workspaces/reviewer/secrets"})"),
      event(2, 1, 5, "http.response", "reviewer", "", R"({"status":200})"),
      event(7, 1, 1'200, "restart.triggered", "reviewer"),
      event(9, 7, 30'451, "ec2.state", "reviewer", "i-000002", R"({"from":"pending","to":"shutting-down"})")};
  outcome.rows = {{0, at_ms(0), "reviewer", true, "online", "http://a", "i-000001"},
                  {7, at_ms(1'200), "reviewer", true, "provisioning", "", ""}};
  outcome.volumes = {{0, at_ms(0), "vol-1", "reviewer", "i-000001", "in-use"}};
  return outcome;
}

CaseReport case_of_page(scenarios::Outcome outcome) { return {std::move(outcome), {.file = "reprov-thrash"}}; }

std::string page_of(const std::vector<CaseReport>& reports) { return report_html(reports, {}); }

Json data_in(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const auto from = page.find(begin) + begin.size();
  return Json::parse(page.substr(from, page.find("</script>", from) - from));
}

/// The page without its scripts and styles, whose text is this repository's.
std::string markup_of(const std::string& page) {
  return page.substr(page.find("<body>"), page.find("<script>") - page.find("<body>"));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(HtmlReport, SaysTheVerdictAndHowToSeeItAgain) {
  const std::string page = page_of({case_of_page(recorded_outcome())});
  EXPECT_TRUE(has(page, "no-healthy-kill was broken for reviewer"));
  EXPECT_TRUE(has(page, "a terminate took effect on i-000002"));
  EXPECT_TRUE(has(page, "drydock run reprov-thrash --case pre-1556"));
  EXPECT_TRUE(has(page, "Expected: provision.ec2_started of reviewer is 1. Actual: 4."));
  EXPECT_TRUE(has(page, "data-event=\"9\""));
}

TEST(HtmlReport, TellsTheStoryWithALinkToEachEvent) {
  const std::string page = page_of({case_of_page(recorded_outcome())});
  const auto first = page.find("<a href=\"#tab=0&amp;event=1\">PUT /workspaces/reviewer/secrets");
  const auto last = page.find("<a href=\"#tab=0&amp;event=9\">i-000002 of reviewer became");
  ASSERT_NE(first, std::string::npos);
  ASSERT_NE(last, std::string::npos);
  EXPECT_LT(first, last);
}

TEST(HtmlReport, TheStoryOfTheEndIsWhatDecidedIt) {
  scenarios::Outcome outcome = two_sided_outcome();
  outcome.violations.front().event = 0;
  const std::string page = page_of({case_of_page(outcome)});
  EXPECT_TRUE(has(page, "POST /workspaces/reviewer/pause arrived"));
  EXPECT_LT(page.find("PUT /workspaces/reviewer/secrets arrived"),
            page.find("POST /workspaces/reviewer/pause arrived"));
  EXPECT_TRUE(has(page, " data-event=\"9\"")) << "the page opens where it was decided";
}

TEST(HtmlReport, SaysWhatTheScenarioIsAbout) {
  auto report = case_of_page(recorded_outcome());
  report.about = {"A <thrash>", "It was night.", "issue 1556"};
  const std::string page = page_of({report});
  EXPECT_TRUE(has(page, "<p><b class=\"title\">A &lt;thrash&gt;</b></p>"));
  EXPECT_TRUE(has(page, "Source: issue 1556"));
  EXPECT_TRUE(has(page, "<summary>What it is about</summary><p>It was night.</p>"));
}

TEST(HtmlReport, ALongStoryIsFoldedInTheMiddle) {
  scenarios::Outcome outcome = recorded_outcome();
  auto& causes = outcome.violations.front().causes;
  for (std::uint32_t seq = 100; seq < 500; ++seq) causes.push_back(event(seq, 0, 0, "restart.cycle", "reviewer"));
  const std::string page = page_of({case_of_page(outcome)});
  EXPECT_TRUE(has(page, "<summary>389 more</summary>"));
  EXPECT_TRUE(has(page, "and 189 more in the timeline"));
}

TEST(HtmlReport, DataHoldsTheRunInColumns) {
  const Json data = data_in(page_of({case_of_page(recorded_outcome())}));
  const Json& run = data["runs"][0];
  const auto text = [&](const Json& index) { return data["texts"][index.get<std::size_t>()]; };
  EXPECT_EQ(run["events"]["at"], Json({0, 5'000, 1'195'000, 29'251'000}));
  EXPECT_EQ(run["events"]["back"], Json({0, 1, 2, 1}));
  EXPECT_EQ(run["events"]["first"], 1);
  const Json& shape = data["shapes"][run["events"]["shape"][3].get<std::size_t>()];
  EXPECT_EQ(text(shape[0]), "ec2.state");
  EXPECT_EQ(text(shape[2]), "reviewer");
  EXPECT_EQ(text(shape[5]), "i-000002 of reviewer became shutting-down (was pending)");
  const Json& detail = data["details"][shape[4].get<std::size_t>()];
  EXPECT_EQ(text(detail[0]), "from");
  EXPECT_EQ(text(detail[3]), "shutting-down");
  EXPECT_EQ(run["rows"][0][0], -1);  // time zero
  EXPECT_EQ(run["rows"][1][0], 2);
  EXPECT_EQ(text(run["rows"][1][4]), "provisioning");
  EXPECT_EQ(text(run["volumes"][0][5]), "in-use");
  EXPECT_EQ(run["violations"][0][0], 3);
  EXPECT_EQ(text(run["decisions"][0][1]), "reviewer/ec2.run.pending");
}

TEST(HtmlReport, AnAnswerNamesWhatItAnswers) {
  const Json data = data_in(page_of({case_of_page(recorded_outcome())}));
  const Json& shape = data["shapes"][data["runs"][0]["events"]["shape"][1].get<std::size_t>()];
  EXPECT_EQ(data["texts"][shape[5].get<std::size_t>()],
            "the platform answered 200 to PUT /workspaces/reviewer/secrets");
}

TEST(HtmlReport, EqualEventsShareTheirShape) {
  scenarios::Outcome outcome = recorded_outcome();
  const std::size_t before = data_in(page_of({case_of_page(outcome)}))["shapes"].size();
  for (std::uint32_t seq = 10; seq < 1'000; ++seq)
    outcome.events.push_back(event(seq, 0, 40'000 + seq, "agent.heartbeat", "reviewer", "i-000002"));
  const Json data = data_in(page_of({case_of_page(outcome)}));
  EXPECT_EQ(data["shapes"].size(), before + 1);
  EXPECT_EQ(data["runs"][0]["events"]["at"].size(), 994U);
}

TEST(HtmlReport, ShowsTheCasesOfAScenarioSideBySideWhereTheyPart) {
  scenarios::Outcome fixed = held_outcome();
  fixed.events = recorded_outcome().events;
  change_event(fixed, 2, [](scenarios::ShownEvent& event) { event.kind = "restart.dropped"; });
  const std::string page = page_of({case_of_page(fixed), case_of_page(recorded_outcome())});
  const Json data = data_in(page);
  // The one that failed is A, although the other was played first.
  EXPECT_EQ(data["pairs"], Json::parse(R"([{"a":1,"b":0,"divergence":2}])"));
  EXPECT_TRUE(has(page, "They share their first 2 events and part at the next one"));
  EXPECT_TRUE(has(page, "data-event=\"a7\""));
  EXPECT_TRUE(has(page, "data-first=\"1\""));
}

TEST(HtmlReport, RunsOfDifferentScenariosAreNoPair) {
  scenarios::Outcome other = held_outcome();
  other.scenario = "another";
  EXPECT_TRUE(pairs_of(std::vector{case_of_page(other), case_of_page(recorded_outcome())}).empty());
}

TEST(HtmlReport, TheOneThatStandsOutIsBesideEachOther) {
  const std::vector<CaseReport> reports = {case_of_page(held_outcome()), case_of_page(recorded_outcome()),
                                           case_of_page(held_outcome())};
  const auto pairs = pairs_of(reports);
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].a, 1U);
  EXPECT_EQ(pairs[0].b, 2U);
  EXPECT_EQ(pairs[1].a, 1U);
  EXPECT_EQ(pairs[1].b, 0U);
}

TEST(HtmlReport, WithoutARecordThereIsNoTimelineButEverythingElse) {
  const std::string page = page_of({case_of_page(failed_outcome())});
  EXPECT_TRUE(has(page, "No record was kept of this run"));
  EXPECT_FALSE(has(markup_of(page), "class=\"viewer\""));
  EXPECT_TRUE(has(page, "no-healthy-kill was broken for reviewer"));
}

TEST(HtmlReport, OfNoRunIsAPageAllTheSame) {
  const std::string page = report_html({}, {.interrupted = true});
  EXPECT_TRUE(has(page, "Interrupted"));
  EXPECT_TRUE(has(page, "Nothing was run."));
  EXPECT_TRUE(data_in(page)["runs"].empty());
}

TEST(HtmlReport, LinksLeadNowhereButIntoThePage) {
  const std::string markup = markup_of(page_of({case_of_page(recorded_outcome()), case_of_page(held_outcome())}));
  for (const char* outside : {" src=", "url(", "<link", "<iframe", "<img", "<form"})
    EXPECT_FALSE(has(markup, outside)) << outside;
  for (auto at = markup.find(" href=\""); at != std::string::npos; at = markup.find(" href=\"", at))
    EXPECT_EQ(markup.substr(at += 7, 5), "#tab=");
}

TEST(HtmlReport, NamesOfARunAreText) {
  scenarios::Outcome outcome = recorded_outcome();
  const std::string hostile = "</script><!--<img src=x onerror=alert(1)>\u2028\u202E\xFF\"'&";
  outcome.scenario = outcome.case_name = outcome.policy = hostile;
  outcome.violations.front().message = hostile;
  outcome.violations.front().workspace = hostile;
  scenarios::ShownEvents renamed;
  for (scenarios::ShownEvent event : outcome.events) {
    event.workspace = event.kind = event.instance = hostile;
    event.detail = Json{{hostile.substr(0, 20), hostile.substr(0, 20)}}.dump();
    renamed.push_back(event);
  }
  outcome.events = renamed;
  outcome.tape.front().site = hostile;
  outcome.final = {{hostile, {{"status", hostile}}, hostile}};
  outcome.faults = {{.name = hostile}};
  outcome.responses = {{.id = hostile, .request = hostile, .as = hostile, .body = hostile}};
  const std::string page = page_of({case_of_page(outcome), case_of_page(outcome)});
  EXPECT_FALSE(has(page, "<img"));
  EXPECT_FALSE(has(page, "<!--"));
  EXPECT_FALSE(has(page, "\u202E"));
  EXPECT_FALSE(has(page, "\u2028"));
  EXPECT_FALSE(has(page, "\xFF"));
  const Json data = data_in(page);  // and it is JSON
  EXPECT_EQ(data["runs"][0]["scenario"], "</script><!--<img src=x onerror=alert(1)>\\u2028\\u202e\uFFFD\"'&");
}

}  // namespace
}  // namespace drydock::reports
