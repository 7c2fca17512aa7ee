#include "reports/exploration_html.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "reports/state_graph.hpp"
#include "tests/reports/explorations.hpp"

namespace drydock::reports {
namespace {

using sim::search::Coverage;

bool is_in(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::size_t times_in(const std::string& text, std::string_view part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

/// Four states in three places of the grid, and steps between them.
Coverage small_coverage() {
  return {{{1, {400, 0, "provisioning | pending | live 1 | run | provision"}},
           {2, {400, 0, "online url | running | live 1 | run"}},
           {3, {2, 77, "online url | running | live 2 | run | restart cycle"}},
           {4, {9, 12, "removed | shutting-down | live 0 | rest | delete cleanup"}}},
          {{11, {400, 0, {1, 2, "row"}}},
           {12, {2, 77, {2, 3, "instance"}}},
           {13, {9, 12, {2, 4, "row"}}},
           {14, {3, 99, {2, 4, "answer"}}},
           {15, {400, 0, {0, 1, "row"}}},
           {16, {50, 3, {0, 0, "answer"}}}}};
}

ExplorationReport seen_report() {
  ExplorationReport report = broken_report();
  report.found.coverage = small_coverage();
  report.found.independent_runs = 400;
  report.found.broken_runs = {{"no-healthy-kill", 31}};
  report.found.faults = {{.name = "cp.stop:http-503", .runs = 4, .fired = 5, .noticed = 5, .mattered = true},
                         {.name = "cp.stop:<never>"},
                         {.name = "instance:unnoticed", .runs = 1, .fired = 1, .noticed = 0, .mattered = false},
                         {.name = "agent.turn:idle", .runs = 1, .fired = 1, .noticed = 1, .mattered = false}};
  report.found.requests = {{"DELETE /workspaces/{w}", 0}, {"POST /workspaces/{w}/restart", 7}};
  return report;
}

TEST(ExplorationHtml, ListsFindingsByPromiseWithLinksToTheirRuns) {
  ExplorationReport report = seen_report();
  add_finding(report, finding("blast-radius", "b"));
  add_finding(report, finding("no-healthy-kill", "c"));
  const std::string page = exploration_html(report, {});
  const auto table = page.find("What was found, by promise");
  ASSERT_NE(table, std::string::npos);
  const auto first = page.find("<a href=\"#tab=1\">", table);
  const auto second = page.find("<a href=\"#tab=3\">", table);
  const auto third = page.find("<a href=\"#tab=2\">", table);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third) << "findings of one promise stand together";
  EXPECT_NE(third, std::string::npos);
  EXPECT_TRUE(is_in(page, "2 promises were broken, in 3 ways"));
  EXPECT_TRUE(is_in(page, "<b>no-healthy-kill</b> <span class=\"soft\">2 ways, first in run 7, 3 decisions or more"));
  EXPECT_TRUE(is_in(page, "<code>drydock replay found/no-healthy-kill-12345678.tape.json</code>")) << "in its tab";
  EXPECT_TRUE(is_in(page, "id=\"panel-3\""));
  EXPECT_TRUE(is_in(page, "data-first=\"0\"")) << "the search is looked at first";
}

TEST(ExplorationHtml, GivesRatesWithTheirIntervals) {
  const std::string page = exploration_html(seen_report(), {});
  EXPECT_TRUE(is_in(page,
                    "<td class=\"number\">31</td><td class=\"number\">7.75 %</td>"
                    "<td class=\"number\">5.51 % to 10.8 %</td>"));
  EXPECT_TRUE(is_in(page, "<p>No such run broke blast-radius, settles: at most 0.951 % each.</p>")) << page;
  ExplorationReport none = seen_report();
  none.found.independent_runs = 0;
  EXPECT_FALSE(is_in(exploration_html(none, {}), "How often a drawn run")) << "nothing was drawn by a law";
}

TEST(ExplorationHtml, NamesWhatWasNeverExercised) {
  ExplorationReport report = seen_report();
  report.found.kept = scenarios::KeptExtent{.of = 600, .missing = {{500, 600}}};
  const std::string page = exploration_html(report, {});
  EXPECT_TRUE(
      is_in(page, "Faults that never struck: 1</summary>\n<ul class=\"names\">\n<li>cp.stop:&lt;never&gt;</li>"));
  EXPECT_TRUE(is_in(page, "nobody noticed: 1</summary>\n<ul class=\"names\">\n<li>instance:unnoticed</li>"));
  EXPECT_TRUE(is_in(page, "never mattered: 1</summary>\n<ul class=\"names\">\n<li>agent.turn:idle</li>"));
  EXPECT_TRUE(is_in(page, "never sent: 1</summary>\n<ul class=\"names\">\n<li>DELETE /workspaces/{w}</li>"));
  EXPECT_TRUE(is_in(page, "<li>500 to 599</li>"));
  EXPECT_FALSE(is_in(page, "<li>cp.stop:http-503</li>"));
  ExplorationReport all = seen_report();
  all.found.faults.resize(1);
  all.found.requests.erase("DELETE /workspaces/{w}");
  EXPECT_TRUE(is_in(exploration_html(all, {}), "All that the scenario lists came, was noticed and mattered."));
}

TEST(ExplorationHtml, EscapesWhatStatesAndFindingsSay) {
  ExplorationReport report = seen_report();
  report.found.findings[0].message = "<script>x</script>";
  report.found.coverage = Coverage({{1, {1, 0, "<b>online</b> | running | live 1 | run | <i>"}}}, {});
  const std::string page = exploration_html(report, {});
  EXPECT_FALSE(is_in(page, "<script>x"));
  EXPECT_FALSE(is_in(page, "<b>online"));
  EXPECT_FALSE(is_in(page, "<i>"));
}

TEST(StateGraph, HasANodeForEachStatusAndInstanceState) {
  const std::string svg = state_graph_svg(small_coverage(), 400);
  EXPECT_EQ(times_in(svg, "<rect "), 3U);
  EXPECT_TRUE(is_in(svg, ">2 states</text>"));
  EXPECT_TRUE(is_in(svg,
                    "online, instance running → removed, instance shutting-down: 2.25 % of runs, 2 transitions "
                    "(answer, row)"));
  EXPECT_EQ(times_in(svg, "<path class=\"step"), 2U) << "a step within a node is none, nor is one from nothing";
  EXPECT_EQ(times_in(svg, "class=\"axis-name\""), 6U) << "what nobody reached has no column";
  EXPECT_EQ(svg, state_graph_svg(small_coverage(), 400));
  EXPECT_EQ(state_graph_svg({}, 400), "");
}

TEST(StateGraph, DrawsWhatIsRareWithBrokenLines) {
  const std::string svg = state_graph_svg(small_coverage(), 4000);
  EXPECT_EQ(times_in(svg, "class=\"node rare\""), 1U) << "9 of 4000";
  EXPECT_EQ(times_in(svg, "class=\"step rare\""), 1U);
  EXPECT_EQ(times_in(state_graph_svg(small_coverage(), 400), " rare\""), 0U);
}

TEST(DiscoveryCurve, RisesWhereARunShowedSomethingNew) {
  const std::string svg = discovery_svg(small_coverage(), 1000);
  EXPECT_TRUE(is_in(svg, ">4 states</text>"));
  EXPECT_TRUE(is_in(svg, ">6 transitions</text>"));
  // Run 0 showed two of four states; run 12, a third; run 77, the last. 620 units are three decades.
  EXPECT_TRUE(is_in(svg, "d=\"M48.0 232.0H48.0V158.7H278.2V122.0H439.0V85.3H668.0\"")) << svg;
  EXPECT_EQ(discovery_svg({}, 1000), "");
}

}  // namespace
}  // namespace drydock::reports
