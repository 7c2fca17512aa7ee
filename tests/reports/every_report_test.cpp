// Every kind of report over every run that the project keeps: the tapes of tests/regress, and each shipped scenario
// under each preset. What a report cannot render is found here, and not by the one whose run it is.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "reports/formats.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/run.hpp"
#include "tests/support/play.hpp"
#include "tests/support/sanitized.hpp"

namespace drydock::reports {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using scenarios::Outcome;

/// Tells whether a report is a document of its kind, as far as its first bytes or a parser of JSON can tell.
bool is_of_kind(std::string_view kind, const std::string& text) {
  static const std::map<std::string, std::string, std::less<>> beginnings{{"html", "<!doctype html>"},
                                                                          {"trace", "SQLite format 3"},
                                                                          {"junit", "<?xml version=\"1.0\""},
                                                                          {"markdown", "## "},
                                                                          {"mermaid", "sequenceDiagram\n"}};
  const auto begins = beginnings.find(kind);
  if (begins != beginnings.end()) return text.starts_with(begins->second);
  std::istringstream lines(text);
  if (kind != "ndjson") return Json::accept(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    if (!Json::accept(line)) return false;
  }
  return count > 1;
}

/// Tells how many arrows of a trace for Perfetto have not both their ends.
std::size_t loose_arrows(const std::string& text) {
  const Json document = Json::parse(text);
  std::map<Json, int> ends;
  for (const Json& event : document["traceEvents"]) {
    if (event["ph"] == "s") ++ends[event["id"]];
    if (event["ph"] == "f") --ends[event["id"]];
  }
  return static_cast<std::size_t>(std::count_if(ends.begin(), ends.end(), [](const auto& one) { return one.second; }));
}

/// Renders every kind of report of a run.
void expect_every_report(const CaseReport& report, const std::string& name) {
  for (const ReportKind& kind : report_kinds()) {
    std::string text;
    ASSERT_NO_THROW(text = render_report(kind, {&report, 1}, {})) << kind.name << " of " << name;
    EXPECT_TRUE(is_of_kind(kind.name, text)) << kind.name << " of " << name << ": " << text.substr(0, 80);
    if (kind.name == "perfetto") {
      EXPECT_EQ(loose_arrows(text), 0U) << name;
    }
  }
}

/// A run of days is reported by the same code as one of minutes, and a sanitizer takes a minute over it.
bool is_too_long_for_a_sanitizer(const CaseReport& report) {
  constexpr std::size_t kMost = 20'000;
  return test::kSanitized && report.outcome.events.size() > kMost;
}

CaseReport reported(const scenarios::Scenario& scenario, const scenarios::CaseSpec& spec, const sim::Tape& tape,
                    scenarios::Workbench& bench) {
  scenarios::RunOptions options;
  options.keep_trace = true;
  return {scenarios::run(scenario, spec, tape, options, bench), {.file = scenario.name + ".json"}, about(scenario)};
}

std::vector<scenarios::Scenario> shipped_scenarios() {
  std::vector<scenarios::Scenario> all;
  for (const auto& file : scenarios::embedded_files()) {
    if (file.path.find('/') == std::string_view::npos) all.push_back(test::scenario_of(file.text));
  }
  return all;
}

scenarios::CaseSpec under(scenarios::CaseSpec spec, const std::string& preset) {
  spec.policy_name = preset;
  spec.set.clear();
  spec.policy = test::policy_of(preset);
  return spec;
}

TEST(EveryReport, OfAnAnswerThatIsNotTrue) {
  const Outcome outcome = test::play_under("spring-2026", R"("horizon": "2m", "workspaces": [{"id": "w"}],
    "steps": [{"at": "1m", "request": "POST /workspaces/w/pause"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "nth": [1, 2, 3]}])");
  ASSERT_NE(test::of("answers-are-true", test::violations(outcome)), std::vector<std::string>{});
  const CaseReport report{outcome, {}};
  const std::string text = render_report(report_kind("perfetto"), {&report, 1}, {});
  EXPECT_EQ(loose_arrows(text), 0U);
  EXPECT_NE(text.find("http.response"), std::string::npos) << "the answer is where the arrow ends";
}

TEST(EveryReport, OfEveryTape) {
  std::size_t tapes = 0;
  scenarios::Workbench bench;
  for (const auto& entry : fs::directory_iterator(fs::path{DRYDOCK_SOURCE_DIR} / "tests/regress")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".tape.json")) continue;
    ++tapes;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto file = scenarios::decode_tape(name, text.str());
    ASSERT_TRUE(file.value) << name;
    expect_every_report(reported(file.value->scenario, file.value->played, file.value->tape, bench), name);
  }
  EXPECT_GE(tapes, 40U);
}

TEST(EveryReport, OfTheFirstCaseOfEveryScenario) {
  scenarios::Workbench bench;
  const std::vector<scenarios::Scenario> all = shipped_scenarios();
  EXPECT_GE(all.size(), 15U);
  for (const scenarios::Scenario& scenario : all) {
    const CaseReport report = reported(scenario, scenario.cases.front(), {}, bench);
    if (!is_too_long_for_a_sanitizer(report)) expect_every_report(report, scenario.name);
  }
}

TEST(EveryReportSlow, OfEveryCase) {
  scenarios::Workbench bench;
  for (const scenarios::Scenario& scenario : shipped_scenarios()) {
    for (const scenarios::CaseSpec& spec : scenario.cases)
      expect_every_report(reported(scenario, spec, {}, bench), scenario.name + " / " + spec.name);
  }
}

TEST(EveryReportSlow, OfEveryScenarioUnderEveryPreset) {
  scenarios::Workbench bench;
  for (const scenarios::Scenario& scenario : shipped_scenarios()) {
    for (const std::string& preset : scenarios::preset_names()) {
      const auto report = reported(scenario, under(scenario.cases.front(), preset), {}, bench);
      expect_every_report(report, scenario.name + " / " + preset);
    }
  }
}

}  // namespace
}  // namespace drydock::reports
