#include <algorithm>

#include "cli/run.hpp"
#include "reports/formats.hpp"
#include "reports/layout.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;

/// What `run` and `replay` print and write, of the real run and of runs that go wrong.
class FormatsTest : public CliTest {
 protected:
  static Said broken(Arguments more = {}) {
    Arguments arguments{"run", "reprov-thrash", "--policy", "pre-1556"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return drydock(arguments);
  }
  /// Plays what the player makes of each case of `small`.
  Said played(const JobPlayer& player, const std::string& format) const {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, {}};
    const int code = run_with({write("small.json", kSmall), "--format", format}, console, player);
    return {code, out.str(), err.str()};
  }
};

Outcome passed_outcome(const Job& job) {
  Outcome outcome;
  outcome.scenario = job.scenario->name;
  outcome.case_name = job.played.name;
  outcome.passed = true;
  outcome.events = {{.seq = 1, .kind = "calm.begin"}};
  return outcome;
}

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

std::vector<std::string> types_of(const std::vector<Json>& lines) {
  std::vector<std::string> types;
  for (const Json& line : lines) {
    if (types.empty() || types.back() != line["type"]) types.push_back(line["type"]);
  }
  return types;
}

std::string without_wall_ms(const std::string& lines) {
  return std::regex_replace(lines, std::regex("\"wall_ms\":[^,]*"), "");
}

using Types = std::vector<std::string>;

TEST_F(FormatsTest, NdjsonIsTheStreamOfEveryEvent) {
  const Said said = broken({"--format", "ndjson"});
  EXPECT_EQ(said.code, kFailed);
  const auto lines = lines_of(said.out);
  EXPECT_EQ(types_of(lines), (Types{"run", "event", "violation", "result", "summary"}));
  const Json& result = lines[lines.size() - 2];
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](const Json& line) { return line["type"] == "event"; }),
            result["events"].get<int>());
  const std::string file = path("r.ndjson");
  EXPECT_EQ(broken({"--report", "ndjson=" + file}).code, kFailed);
  EXPECT_TRUE(without_wall_ms(read(file)) == without_wall_ms(said.out));
}

/// Runs are printed when they are over, so an interruption or an internal error cuts nothing that was said.
TEST_F(FormatsTest, NdjsonIsPrintedRunByRun) {
  const auto second_breaks = [](const Job& job, scenarios::Workbench&) {
    if (job.played.name == "seeded") throw std::runtime_error("the clock went back");
    return passed_outcome(job);
  };
  const Said said = played(second_breaks, "ndjson");
  EXPECT_EQ(said.code, kInternalError);
  const auto lines = lines_of(said.out);
  EXPECT_EQ(types_of(lines), (Types{"run", "event", "result", "internal_error", "run", "event", "result", "summary"}));
  EXPECT_EQ(lines[3]["case"], "seeded");
  EXPECT_EQ(lines.back()["internal_errors"], 1);
}

Outcome interrupting(const Job& job, scenarios::Workbench& /*workbench*/) {
  set_interrupted(true);
  return passed_outcome(job);
}

TEST_F(FormatsTest, WhatAnInterruptionLeftOverIsSaid) {
  const Said stream = played(interrupting, "ndjson");
  EXPECT_EQ(stream.code, kInterrupted);
  EXPECT_EQ(lines_of(stream.out).back()["interrupted"], true);
  EXPECT_EQ(lines_of(stream.out).back()["not_played"], 2);
  set_interrupted(false);
  const Said junit = played(interrupting, "junit");
  EXPECT_EQ(junit.code, kInterrupted);
  EXPECT_TRUE(contains(junit.out, R"(<testsuite name="small" tests="3" failures="0" errors="0" )"
                                  R"(skipped="2")"))
      << junit.out;
}

TEST_F(FormatsTest, JunitGoesToTheOutputOrToAFile) {
  const std::string file = path("j.xml");
  const Said said = broken({"--format", "junit", "--report", "junit=" + file});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, R"(<failure message="no-healthy-kill was broken for reviewer at )"));
  EXPECT_TRUE(contains(said.out, " timestamp=\"20")) << "the wall's";
  EXPECT_EQ(read(file), said.out);
}

TEST_F(FormatsTest, NothingSelectedIsAnEmptyListAndExitFour) {
  const Said junit = drydock({"run", "reprov-thrash", "--case", "none", "--format", "junit"});
  EXPECT_EQ(junit.code, kNothingSelected);
  EXPECT_TRUE(contains(junit.out, R"(tests="0")"));
  const Said stream = drydock({"run", "reprov-thrash", "--case", "none", "--format", "ndjson"});
  EXPECT_EQ(stream.code, kNothingSelected);
  EXPECT_EQ(types_of(lines_of(stream.out)), Types{"summary"});
  EXPECT_EQ(lines_of(stream.out).back()["passed"], false);
}

TEST_F(FormatsTest, OtherCommandsHaveTextAndJson) {
  const Said said = drydock({"list", "knobs", "--format", "junit"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "--format is one of text, json, not 'junit'")) << said.err;
  EXPECT_EQ(broken({"--format", "xml"}).code, kBadInput);
  EXPECT_TRUE(contains(drydock({"run", "--help"}).out, "text|json|ndjson|junit"));
}

TEST_F(FormatsTest, BadInputLeavesNoReportBehind) {
  const std::string file = path("j.xml");
  const Said said = drydock({"run", write("bad.json", "{"), "--report", "junit=" + file});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_FALSE(std::filesystem::exists(file));
}

/// Each kind of the table, of a run that breaks a promise and of one that does not.
TEST_F(FormatsTest, EveryKindIsWrittenAndItsPathIsSaid) {
  for (const std::string policy : {"pre-1556", "latest"}) {
    Arguments arguments{"run", "reprov-thrash", "--policy", policy};
    for (const auto& kind : reports::report_kinds()) {
      arguments.emplace_back("--report");
      arguments.push_back(std::string{kind.name} + "=" + path(policy + "." + std::string{kind.name}));
    }
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, policy == "latest" ? kHeld : kFailed);
    EXPECT_EQ(contains(said.out, "\n  reports\n"), policy != "latest");
    for (const auto& kind : reports::report_kinds()) {
      const std::string file = path(policy + "." + std::string{kind.name});
      EXPECT_NE(read(file), "") << file;
      EXPECT_EQ(contains(said.out, "  " + file + "\n"), policy != "latest") << said.out;
    }
  }
}

TEST_F(FormatsTest, OfSeveralRunsTheListSaysWhichAReportHolds) {
  const Said said = drydock({"run", "reprov-thrash", "--policy", "latest", "--policy", "pre-1556", "--report",
                             "mermaid=" + path("m"), "--report", "json=" + path("j")});
  EXPECT_TRUE(said.out.ends_with("2 cases: 1 ok, 1 failed\n\n  reports\n    mermaid    " + path("m") +
                                 " (reprov-thrash / pre-1556)\n    json       " + path("j") + "\n"))
      << said.out;
}

/// NO_COLOR, a pipe and a terminal: the same letters, 80 columns.
TEST_F(FormatsTest, TheTextIsTheSameEverywhere) {
  const Arguments arguments{"run", "reprov-thrash", "--policy", "pre-1556", "--seed", "7"};
  const std::string piped = drydock(arguments).out;
  const std::string plain = drydock(arguments, {.out = true, .no_colour = true}).out;
  const std::string coloured = drydock(arguments, {.out = true}).out;
  EXPECT_EQ(plain, piped);
  EXPECT_NE(coloured, piped);
  EXPECT_EQ(std::regex_replace(coloured, std::regex("\033\\[[0-9;]*m"), ""), piped);
  std::istringstream lines(piped);
  for (std::string line; std::getline(lines, line);) {
    if (!contains(line, "drydock run")) {
      EXPECT_LE(reports::display_width(line), 80U) << line;
    }
  }
}

}  // namespace
}  // namespace drydock::cli
