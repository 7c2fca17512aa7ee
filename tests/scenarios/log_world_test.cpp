#include "scenarios/conform/log_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "scenarios/conform/conform.hpp"
#include "scenarios/conform/log_faults.hpp"
#include "scenarios/conform/log_player.hpp"
#include "scenarios/logs/import.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

ImportedLog log_of(const std::string& text) {
  auto decoded = import_logs({{"a.log", text}}, {});
  EXPECT_TRUE(decoded.value) << to_text(decoded.errors.front());
  return decoded.value.value_or(ImportedLog{});
}

LogQuestion question_of(const ImportedLog& log, const std::string& policy, const Scenario* scenario = nullptr) {
  return {.log = &log, .scenario = scenario, .policy = policy, .set = {}, .skew = 2s};
}

Conformance conform_runs(const LogQuestion& question, std::uint64_t runs, unsigned jobs = 1) {
  ConformOptions options;
  options.runs = runs;
  options.jobs = jobs;
  auto answer = conform(question, options);
  EXPECT_TRUE(answer.value) << to_text(answer.errors.front());
  return std::move(*answer.value);
}

constexpr const char* kRefusedStop =
    R"({"visible":["stop.attempt","stop.failed","sweep.reaped","http.response"]}
{"at":"2m10s","kind":"http.request","workspace":"w","detail":{"method":"DELETE","path":"/workspaces/w?confirm=true"}}
{"at":"2m10s","within":"1s","kind":"stop.attempt","workspace":"w"}
{"at":"2m10s","within":"1s","kind":"stop.failed","workspace":"w","detail":{"http":503}}
{"at":"2m10s","within":"1s","kind":"http.response","workspace":"w","detail":{"status":500}}
{"at":"3m","kind":"stop.attempt","workspace":"w"}
{"at":"3m","kind":"sweep.reaped","workspace":"w"})";

TEST(LogWorld, WhatTheLogWasAskedIsAskedAndWhatFailedFails) {
  const ImportedLog log = log_of(kRefusedStop);
  const auto world = make_log_world(question_of(log, "pre-1932"), kLead);
  ASSERT_TRUE(world.value);
  const Scenario& scenario = world.value->scenario;
  ASSERT_EQ(scenario.workspaces.size(), 1U);
  EXPECT_EQ(scenario.workspaces[0].alias, "w");
  ASSERT_EQ(scenario.steps.size(), 1U);
  EXPECT_EQ(scenario.steps[0].at, 2min + 10s);
  EXPECT_EQ(scenario.steps[0].request->text, "DELETE /workspaces/w?confirm=true");
  ASSERT_EQ(scenario.faults.size(), 1U);
  EXPECT_EQ(scenario.faults[0].on, "cp.stop");
  EXPECT_EQ(scenario.faults[0].error, "http-503");
  EXPECT_EQ(scenario.faults[0].limit, 1U);
  EXPECT_EQ(world.value->sightings.all.size(), 5U);
}

TEST(LogWorld, ARequestThatThePlatformDoesNotHaveIsRefusedAtItsLine) {
  const ImportedLog log =
      log_of(R"({"at_s":60,"kind":"http.request","detail":{"method":"POST","path":"/workspaces/w/restrt"}})");
  const auto world = make_log_world(question_of(log, "spring-2026"), kLead);
  ASSERT_EQ(world.errors.size(), 1U);
  EXPECT_EQ(to_text(world.errors[0]).substr(0, 10), "a.log:1:1:");
}

TEST(LogWorld, AWorkspaceThatTheScenarioDoesNotHaveIsRefusedAtItsLine) {
  const Scenario scenario = test::scenario_of(test::shipped("pause-cascade.json"));
  const ImportedLog log = log_of(R"({"at_s":60,"kind":"stop.failed","workspace":"reviwer"})");
  const auto world = make_log_world(question_of(log, "spring-2026", &scenario), kLead);
  ASSERT_EQ(world.errors.size(), 1U);
  EXPECT_EQ(to_text(world.errors[0]),
            "a.log:1:1: the scenario has no workspace \"reviwer\" (did you mean \"reviewer\"?)");
}

TEST(Conform, ARefusedStopIsExplainedByOneAttemptAndNotByThree) {
  const ImportedLog log = log_of(kRefusedStop);
  const Conformance before = conform_runs(question_of(log, "pre-1932"), 1);
  EXPECT_TRUE(before.explained);
  EXPECT_EQ(before.outcome.tape.size(), 1U);
  EXPECT_TRUE(scenario_of_log(log, before).has_value());
  const Conformance after = conform_runs(question_of(log, "post-1932"), 20);
  EXPECT_FALSE(after.explained);
  ASSERT_TRUE(after.parting && after.parting->line);
  // The second attempt succeeds, and the client gets another answer.
  EXPECT_EQ(log.events[*after.parting->line].kind, "http.response");
  ASSERT_FALSE(after.parting->nearest.empty());
  EXPECT_FALSE(after.parting->nearest[0].fits);
}

constexpr const char* kTwoRestarts = R"({"format":"drydock.scenario/1","name":"two","title":"two restarts",
"horizon":"10m","start":"2026-03-02T10:00:00Z","workspaces":[{"id":"w1"},{"id":"w2"}],"steps":[
{"at":"1m","request":"POST /workspaces/w2/restart"},{"at":"4m","request":"POST /workspaces/w1/restart"}],
"cases":[{"policy":"spring-2026","expect":[]}]})";

/// A restart as CloudTrail shows it, at this minute of 10 o'clock: a snapshot, a termination, a launch.
std::vector<std::string> restart_records(int minute, const std::string& workspace, const std::string& ended) {
  const std::string tags =
      R"("tagSpecificationSet":{"items":[{"tags":[{"key":"WorkspaceId","value":")" + workspace + R"("}]}]})";
  const auto record = [&](const std::string& second, const std::string& action, const std::string& rest) {
    return R"({"eventTime":"2026-03-02T10:0)" + std::to_string(minute) + ":" + second +
           R"(Z","eventSource":"ec2.amazonaws.com","eventID":")" + action + workspace + R"(","eventName":")" + action +
           "\"," + rest + "}";
  };
  const auto instance = [](const std::string& id) {
    return R"("instancesSet":{"items":[{"instanceId":")" + id + R"("}]})";
  };
  return {
      record("00", "CreateSnapshot", R"("requestParameters":{"volumeId":"vol-)" + workspace + "\"," + tags + "}"),
      record("01", "TerminateInstances", R"("requestParameters":{)" + instance(ended) + "}"),
      record("34", "RunInstances",
             R"("requestParameters":{)" + tags + R"(},"responseElements":{)" + instance("i-new-" + workspace) + "}")};
}

bool is_explained(const std::vector<std::string>& records) {
  std::string text;
  for (const std::string& record : records) text += (text.empty() ? "" : ",") + record;
  const Scenario scenario = test::scenario_of(kTwoRestarts);
  const ImportedLog log = log_of("{\"Records\":[" + text + "]}");
  return conform_runs(question_of(log, "spring-2026", &scenario), 20).explained;
}

/// Whose instance was ended stands in a record that may come later, or twice.
TEST(Conform, ATrailIsJudgedTheSameWhateverTheOrderOfItsRecords) {
  for (const bool is_true : {true, false}) {
    std::vector<std::string> records = restart_records(1, "w2", "i-old-w2");
    const auto second = restart_records(4, "w1", is_true ? "i-old-w1" : "i-new-w2");
    records.insert(records.end(), second.begin(), second.end());
    EXPECT_EQ(is_explained(records), is_true);
    records.push_back(records[3]);
    std::reverse(records.begin(), records.end());
    EXPECT_EQ(is_explained(records), is_true);
    std::rotate(records.begin(), records.begin() + 3, records.end());
    EXPECT_EQ(is_explained(records), is_true);
  }
}

/// Whatever EC2 calls a death that nobody asked for, the model has one, and it shows one state of it.
TEST(Conform, AnInstanceThatEndsByItselfIsExplainedWhateverItsReason) {
  const char* const deaths[] = {
      R"({"at":"2m10s","kind":"ec2.state","workspace":"w",
"detail":{"to":"terminated","reason":"Server.SpotInstanceTermination"}})",
      R"({"at":"2m10s","kind":"ec2.state","workspace":"w","detail":{"from":"running","to":"shutting-down",
"reason":"Client.InstanceInitiatedShutdown: Instance initiated shutdown"}})",
      R"({"at":"2m10s","kind":"ec2.state","workspace":"w","instance":"i-1",
"detail":{"to":"stopping","reason":"Server.ScheduledStop"}}
{"at":"2m40s","kind":"ec2.state","workspace":"w","instance":"i-1","detail":{"to":"stopped","reason":"Server.ScheduledStop"}})",
      R"({"at":"2m10s","kind":"ec2.state","workspace":"w",
"detail":{"from":"running","to":"shutting-down","reason":"Server.InternalError"}}
{"at":"2m40s","kind":"ec2.state","workspace":"w",
"detail":{"from":"shutting-down","to":"terminated","reason":"Server.InternalError"}})"};
  for (std::string text : deaths) {
    text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
    if (const auto second = text.find("}}{"); second != std::string::npos) text.insert(second + 2, "\n");
    const std::string header = R"({"visible":[{"kind":"ec2.state","where":{"to":"terminated"}}],"until":"2m50s"})";
    const ImportedLog log = log_of(header + "\n" + text);
    EXPECT_TRUE(conform_runs(question_of(log, "spring-2026"), 5).explained) << text;
  }
}

/// A launch that ends says why; EC2 need not have refused anything before.
TEST(Conform, ALaunchThatEndsIsExplainedByItsReason) {
  const ImportedLog log = log_of(
      R"({"visible":[{"kind":"ec2.state","where":{"from":"pending","to":"terminated"}}]}
{"at":"60s","kind":"http.request","workspace":"w","detail":{"method":"POST","path":"/workspaces/w/restart"}}
{"at":"60s","within":"1m30s","kind":"ec2.state","workspace":"w","detail":{"from":"pending","to":"terminated","reason":"Client.VolumeLimitExceeded"}})");
  const auto world = make_log_world(question_of(log, "spring-2026"), kLead);
  ASSERT_TRUE(world.value);
  ASSERT_EQ(world.value->scenario.faults.size(), 1U);
  EXPECT_EQ(world.value->scenario.faults[0].on, "ec2.RunInstances");
  EXPECT_TRUE(conform_runs(question_of(log, "spring-2026"), 20).explained);
}

/// A termination that somebody asked for is no death, whatever follows its code.
TEST(Conform, AReasonIsItsCode) {
  const LogEvent asked{
      .place = {},
      .at = {},
      .within = {},
      .kind = "ec2.state",
      .workspace = "w",
      .instance = "",
      .detail = {{"to", "terminated"}, {"reason", "Client.UserInitiatedShutdown: User initiated shutdown"}}};
  EXPECT_EQ(state_in_model(asked)["reason"], "Client.UserInitiatedShutdown");
  LogEvent transition = asked;
  transition.detail["reason"] = "User initiated (2026-03-02 10:05:00 GMT)";
  EXPECT_EQ(state_in_model(transition)["reason"], "Client.UserInitiatedShutdown");
}

/// No fault is there that the log does not show.
TEST(Conform, NothingFailsThatTheLogDoesNotShow) {
  const ImportedLog log = log_of(
      R"({"visible":["stop.attempt"]}
{"at":"2m10s","kind":"http.request","workspace":"w","detail":{"method":"DELETE","path":"/workspaces/w?confirm=true"}}
{"at":"2m10s","within":"1s","kind":"http.response","workspace":"w","detail":{"status":500}})");
  EXPECT_FALSE(conform_runs(question_of(log, "pre-1932"), 20).explained);
}

constexpr const char* kLateStart =
    R"({"visible":["ec2.state","provision.ec2_started"]}
{"at_s":60,"kind":"http.request","workspace":"w","detail":{"method":"POST","path":"/workspaces/w/restart"}}
{"at_s":63.5,"kind":"provision.ec2_started","workspace":"w"})";

/// The calm run launches too early; delays have to be found that add up.
TEST(Conform, TheSearchFindsDelaysThatAddUp) {
  ImportedLog log = log_of(kLateStart);
  log.visible = {{"provision.ec2_started", Json::object()}, {"http.request", Json::object()}};
  LogQuestion question = question_of(log, "pre-1932");
  question.skew = 200ms;
  EXPECT_FALSE(conform_runs(question, 1).explained);
  const Conformance found = conform_runs(question, 400);
  EXPECT_TRUE(found.explained);
  EXPECT_GE(found.outcome.tape.size(), 2U);
  EXPECT_LE(found.largest_error, 200ms);
}

/// The answer, and the run that it is found in, do not depend on the number of threads.
TEST(Conform, ThreadsChangeNothing) {
  ImportedLog log = log_of(kLateStart);
  log.visible = {{"provision.ec2_started", Json::object()}, {"http.request", Json::object()}};
  LogQuestion question = question_of(log, "pre-1932");
  question.skew = 20ms;
  const Conformance one = conform_runs(question, 100, 1);
  const Conformance three = conform_runs(question, 100, 3);
  EXPECT_EQ(one.runs, three.runs);
  EXPECT_EQ(one.explained, three.explained);
  EXPECT_EQ(one.outcome.trace_hash, three.outcome.trace_hash);
}

// ---- a log of a run's own events ----

/// A run of a scenario whose delays are drawn, and what a log would show of it.
struct OwnRun {
  Scenario scenario;
  LogWorld world;
  std::vector<Happening> happenings;
};

const OwnRun& own_run() {
  static const OwnRun run = [] {
    OwnRun made;
    made.scenario = test::scenario_of(test::shipped("reprov-thrash.json"));
    const ImportedLog log =
        log_of(R"({"visible":["provision.ec2_started","provision.ec2_stopped","restart.triggered","probe.dead"],)"
               R"("since":0,"until":240})"
               "\n"
               R"({"at_s":13,"kind":"restart.triggered"})");
    auto world = make_log_world(question_of(log, "pre-1556", &made.scenario), kLead);
    made.world = *std::move(world.value);
    Workbench workbench;
    made.happenings = play_log(made.world, {}, 7, workbench).happenings;
    // So near the end the log need not show them.
    std::erase_if(made.happenings, [](const Happening& one) { return one.at > sim::kTimeZero + 4min - 5s; });
    return made;
  }();
  return run;
}

Sightings jittered(const OwnRun& run) {
  Sightings log = run.world.sightings;
  log.all.clear();
  for (const Happening& one : run.happenings) {
    const Duration off = std::chrono::milliseconds{*rc::gen::inRange(-2'000, 2'001)};
    log.all.push_back({.from = one.at + off,
                       .until = one.at + off,
                       .kind = one.kind,
                       .workspace = one.workspace,
                       .detail = one.detail});
  }
  std::stable_sort(log.all.begin(), log.all.end(),
                   [](const Sighting& a, const Sighting& b) { return a.from < b.from; });
  return log;
}

RC_GTEST_PROP(ConformProperty, ARunExplainsALogOfItsOwnEvents, ()) {
  const OwnRun& run = own_run();
  RC_ASSERT(run.happenings.size() > 20U);
  RC_ASSERT(match(jittered(run), run.happenings).explained());
}

RC_GTEST_PROP(ConformProperty, WithALineMoreOrLessItDoesNot, ()) {
  const OwnRun& run = own_run();
  Sightings log = jittered(run);
  const auto place = *rc::gen::inRange<std::size_t>(0, log.all.size());
  const auto where = log.all.begin() + static_cast<std::ptrdiff_t>(place);
  if (*rc::gen::arbitrary<bool>()) {
    log.all.erase(where);
  } else {
    log.all.insert(where, *where);
  }
  RC_ASSERT(!match(log, run.happenings).explained());
}

}  // namespace
}  // namespace drydock::scenarios
