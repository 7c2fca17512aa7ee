// The trace database of a run: what is in it, and that it is the same for the same run.

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include "model/store/database.hpp"
#include "scenarios/account.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "scenarios/run.hpp"
#include "scenarios/trace/sql_invariants.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_database.hpp"
#include "scenarios/trace/trace_schema.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

constexpr const char* kFaulty = R"json({
  "format": "drydock.scenario/1", "name": "faulty", "horizon": "10m",
  "workspaces": [{"id": "pm"}],
  "steps": [{"at": "1m", "request": "DELETE /workspaces/pm?confirm=true"}],
  "faults": [{"name": "refused", "on": "cp.stop", "error": "http-503", "from": "0s", "for": "10m"}],
  "cases": [{"policy": "pre-2989", "expect": [{"violates": "no-orphan"}, {"violates": "terminate-failure-recorded"},
                                              {"sql": "SELECT * FROM orphans", "rows": 1}]}]
})json";

Outcome traced(const Scenario& scenario, RunOptions options = {}) {
  options.keep_trace = true;
  Workbench workbench;
  return run(scenario, scenario.cases.front(), {}, options, workbench);
}

std::string answer(const Outcome& outcome, std::string_view sql) {
  const TraceDatabase::Answer said = outcome.trace->query(sql);
  EXPECT_EQ(said.error, "") << sql;
  return said.evidence.empty() ? "no rows" : said.evidence.front();
}

std::set<std::string> names_in(const std::string& schema, const std::string& pattern) {
  std::set<std::string> names;
  const std::regex create(pattern);
  for (std::sregex_iterator at(schema.begin(), schema.end(), create), end; at != end; ++at) names.insert((*at)[1]);
  return names;
}

TEST(Trace, HasEveryTableOfTheSystem) {
  const auto theirs = names_in(model::schema_sql(), R"(CREATE TABLE (\w+))");
  const auto ours = names_in(trace_schema(), R"(CREATE TABLE (\w+))");
  EXPECT_GE(theirs.size(), 13U);
  for (const std::string& table : theirs) EXPECT_TRUE(ours.contains(table)) << table;
}

/// Times are integers of microseconds or say otherwise; every table says what it is.
TEST(Trace, TheSchemaExplainsItself) {
  const TraceDatabase empty;
  SqlReading tables(empty.handle(), "SELECT name, sql FROM sqlite_schema ORDER BY rowid");
  std::size_t seen = 0;
  while (tables.step()) {
    ++seen;
    const std::string name = tables.text(0);
    const std::string sql = tables.text(1);
    EXPECT_TRUE(std::regex_search(sql, std::regex(R"(^CREATE (TABLE|VIEW) \w+ (\(|AS)\n  -- [A-Z])"))) << sql;
    const std::regex time(R"(\n  (\w+_(at|us)|since) INTEGER([^\n]*))");
    for (std::sregex_iterator at(sql.begin(), sql.end(), time), end; at != end; ++at)
      EXPECT_NE((*at)[3].str().find("-- µs of virtual time"), std::string::npos) << name << "." << (*at)[1];
  }
  EXPECT_EQ(seen, 28U);
}

TEST(Trace, TheSameRunHasTheSameBytes) {
  const Scenario scenario = test::scenario_of(kFaulty);
  Outcome first = traced(scenario);
  Outcome second = traced(scenario);
  const std::string bytes = first.trace->file(first);
  EXPECT_EQ(bytes, second.trace->file(second));
  EXPECT_EQ(bytes, first.trace->file(first)) << "however often it is asked for";
  EXPECT_EQ(bytes.substr(0, 15), "SQLite format 3");
  EXPECT_EQ(answer(first, "PRAGMA integrity_check"), "integrity_check=ok");
}

TEST(Trace, SaysWhatBecameOfTheRun) {
  const Scenario scenario = test::scenario_of(kFaulty);
  Outcome outcome = traced(scenario);
  EXPECT_TRUE(outcome.passed) << outcome.expectations.front().actual;
  EXPECT_EQ(answer(outcome, "SELECT value FROM run WHERE key = 'passed' -- one row"), "value=NULL");
  EXPECT_EQ(answer(outcome, "SELECT mattered FROM fault ORDER BY name"), "mattered=NULL");
  const Replay replay = [&](const CaseSpec& played, const sim::Tape& tape) {
    Workbench workbench;
    return run(scenario, played, tape, {}, workbench);
  };
  account_for_faults(scenario.cases.front(), Judged::expectations_and_promises, replay, outcome);
  (void)outcome.trace->file(outcome);
  EXPECT_EQ(answer(outcome, "SELECT value FROM run WHERE key = 'passed' -- one row"), "value=1");
  EXPECT_EQ(answer(outcome, "SELECT mattered FROM fault ORDER BY name"), "mattered=1");
  EXPECT_EQ(answer(outcome, "SELECT count(*) AS n FROM event"), "n=" + std::to_string(outcome.event_count));
  EXPECT_EQ(answer(outcome, "SELECT value FROM run WHERE key = 'metric.violations' -- one row"),
            "value=" + std::to_string(outcome.violations.size()));
}

/// Gives the events of the chains that `why` has of a violation, chain after chain.
std::vector<std::string> why(const Outcome& outcome, std::size_t violation) {
  SqlReading rows(outcome.trace->handle(), "SELECT chain, depth, seq FROM why WHERE violation = " +
                                               std::to_string(violation + 1) + " ORDER BY chain, depth");
  std::vector<std::string> all;
  while (rows.step()) all.push_back(rows.text(0) + " " + rows.text(1) + " " + rows.text(2));
  EXPECT_FALSE(rows.error().has_value()) << rows.error()->message;
  return all;
}

/// The same, as reports tell it.
std::vector<std::string> told(const ShownViolation& violation) {
  std::vector<std::vector<ShownEvent>> chains{violation.causes};
  chains.insert(chains.end(), violation.other_causes.begin(), violation.other_causes.end());
  std::vector<std::string> all;
  for (std::size_t chain = 0; chain < chains.size(); ++chain) {
    for (std::size_t depth = 0; depth < chains[chain].size(); ++depth) {
      all.push_back(std::to_string(chain) + " " + std::to_string(depth) + " " +
                    std::to_string(chains[chain][depth].seq));
    }
  }
  return all;
}

/// Promises that are judged at the end are decided by several events, and `why` tells each chain as reports do.
TEST(Trace, WhyTellsTheChainsThatReportsTell) {
  std::set<std::string> at_the_end;
  bool several = false;
  const Scenario scenarios[] = {test::scenario_of(kFaulty),
                                test::scenario_of(test::shipped("split-brain-after-stop-exhaustion.json"))};
  for (const Scenario& scenario : scenarios) {
    const Outcome outcome = traced(scenario);
    ASSERT_FALSE(outcome.violations.empty());
    for (std::size_t i = 0; i < outcome.violations.size(); ++i) {
      const ShownViolation& violation = outcome.violations[i];
      EXPECT_EQ(why(outcome, i), told(violation)) << violation.invariant;
      EXPECT_FALSE(violation.causes.empty()) << violation.invariant;
      if (violation.event == 0) at_the_end.insert(violation.invariant);
      several = several || (violation.event != 0 && !violation.other_causes.empty());
    }
  }
  EXPECT_TRUE(at_the_end.contains("no-orphan"));
  EXPECT_TRUE(several) << "none is about two things";
}

TEST(Trace, ARequestHasItsAnswer) {
  const Outcome outcome = traced(test::scenario_of(kFaulty));
  EXPECT_EQ(answer(outcome,
                   "SELECT step, caller, method, path, status > 0 AS answered, "
                   "json_valid(headers) AND json_valid(body) AS valid FROM request "
                   "WHERE step IS NOT NULL ORDER BY seq"),
            "step=step-1, caller=user, method=DELETE, path=/workspaces/pm?confirm=true, answered=1, "
            "valid=1");
}

TEST(Trace, ARunThatABoundEndedHasOne) {
  RunOptions options;
  options.event_limit = 20;
  Outcome outcome = traced(test::scenario_of(kFaulty), options);
  EXPECT_NE(outcome.stopped_by, "");
  EXPECT_GT(outcome.trace->file(outcome).size(), 4096U);
  EXPECT_EQ(answer(outcome, "SELECT value FROM run WHERE key = 'stopped_by' -- one row"),
            "value=" + outcome.stopped_by);
}

/// A run is given back in a destructor: nothing is thrown there, and no other run gets what is left of it.
TEST(Trace, ADatabaseThatCannotBeRolledBackServesNoOtherRun) {
  model::Database database;
  database.begin_run();
  database.query("RELEASE run").run();
  database.end_run();
  EXPECT_THROW(database.begin_run(), sim::InternalError);
}

/// Bytes are counted the same with either compiler: the run ends at the same event everywhere.
TEST(Trace, ABoundInBytesEndsARunAtTheSameEvent) {
  RunOptions options;
  options.limits.bytes = 1 << 20;
  Outcome first;
  do {
    options.limits.bytes = options.limits.bytes * 3 / 4;
    first = traced(test::scenario_of(kFaulty), options);
  } while (first.stopped_by.empty() && options.limits.bytes > 0);
  EXPECT_EQ(first.stopped_by, "bytes");
  EXPECT_GT(first.event_count, 0U);
  EXPECT_EQ(traced(test::scenario_of(kFaulty), options).trace_hash, first.trace_hash);
}

bool always() { return true; }

constexpr const char* kEndlessSql =
    "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT max(i) FROM x -- one row";

TEST(Trace, AnInterruptEndsAStatement) {
  const Scenario scenario = test::scenario_of(kFaulty);
  RunOptions options;
  options.limits.stop = always;
  const Outcome outcome = traced(scenario, options);
  EXPECT_EQ(outcome.trace->query(kEndlessSql).error, "it takes too long and was ended");
}

/// What was not judged to the end is no outcome, and no reading of a search.
TEST(Trace, ARunWhoseStatementIsStoppedHasNoOutcome) {
  const Scenario scenario = test::scenario_of(kFaulty);
  CaseSpec played = scenario.cases.front();
  played.sql_invariants = {{.name = "endless", .promise = "Never.", .sql = kEndlessSql}};
  RunOptions options;
  options.limits.stop = always;
  Workbench workbench;
  EXPECT_THROW((void)run(scenario, played, {}, options, workbench), sim::RunStopped);
  const sim::search::FillParameters parameters;
  TapePlayer player(scenario, played, parameters, {.stop = always});
  sim::search::Reading reading = player.play({}, nullptr, {});
  ASSERT_FALSE(reading.stopped) << "the run itself is short";
  player.confirm(reading);
  EXPECT_TRUE(reading.stopped);
  EXPECT_EQ(reading.broken.size(), 2U) << "those of the run alone";
}

TEST(Trace, IsKeptWhereItIsAskedForOnly) {
  const Scenario scenario = test::scenario_of(kFaulty);
  Workbench workbench;
  EXPECT_EQ(run(scenario, scenario.cases.front(), {}, {}, workbench).trace, nullptr);
}

/// A search plays runs without their record: SQL is not asked of them.
TEST(Trace, WithoutTheRecordNoSqlIsAsked) {
  const Scenario scenario = test::scenario_of(kFaulty);
  Workbench workbench;
  RunOptions options;
  options.keep_record = false;
  options.keep_trace = true;
  CaseSpec played = scenario.cases.front();
  played.sql_invariants = {{.name = "never", .promise = "Never.", .sql = "SELECT 1"}};
  const Outcome outcome = run(scenario, played, {}, options, workbench);
  EXPECT_EQ(outcome.trace, nullptr);
  EXPECT_EQ(outcome.expectations.back().actual, "not asked: the run's record is not kept");
  for (const ShownViolation& violation : outcome.violations) EXPECT_NE(violation.invariant, "never");
}

TEST(Trace, ATapePlayerAsksWhenItConfirms) {
  const Scenario scenario = test::scenario_of(kFaulty);
  CaseSpec played = scenario.cases.front();
  played.sql_invariants = {{.name = "never", .promise = "Never.", .sql = "SELECT 1"}};
  const sim::search::FillParameters parameters;
  TapePlayer player(scenario, played, parameters);
  sim::search::Reading reading = player.play({}, nullptr, {});
  const std::size_t quick = reading.broken.size();
  EXPECT_EQ(quick, 2U) << "those that the case lists";
  player.confirm(reading);
  ASSERT_EQ(reading.broken.size(), quick + 1);
  EXPECT_TRUE(std::any_of(reading.broken.begin(), reading.broken.end(), [](const auto& broken) {
    return broken == sim::search::Broken{"never", "never:"};
  }));
}

}  // namespace
}  // namespace drydock::scenarios
