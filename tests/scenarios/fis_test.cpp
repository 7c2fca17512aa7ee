// What the AWS Fault Injection Service does to instances, alone and in whole experiment templates.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

#include "scenarios/files/decode.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using test::Outcome;

std::string fis_scenario(const std::string& faults) {
  return R"({"format": "drydock.scenario/1", "name": "fis", "horizon": "30m",
             "workspaces": [{"id": "w1"}, {"id": "w2"}, {"id": "w3"},
                            {"id": "w4", "uuid": "11111111-2222-3333-4444-555555555555"}],
             "faults": [)" +
         faults + R"(], "cases": [{"policy": "spring-2026", "expect": []}]})";
}

std::string fis_errors(const std::string& faults) {
  std::string text;
  for (const Diagnostic& error : decode_scenario("fis.json", fis_scenario(faults)).errors)
    text += error.pointer + ": " + error.message + (error.hint.empty() ? "" : " (" + error.hint + ")") + "\n";
  return text;
}

std::vector<faults::FaultSpec> fis_specs(const std::string& faults) {
  return test::scenario_of(fis_scenario(faults)).faults;
}

/// `state reason` of each state that the workspace's first instance entered.
std::vector<std::string> fis_states(const Outcome& outcome, const std::string& workspace) {
  std::vector<std::string> states;
  std::string first;
  for (const ShownEvent& event : test::events_of(outcome, "ec2.state", workspace)) {
    if (first.empty()) first = event.instance;
    if (event.instance != first) continue;
    const Json detail = Json::parse(event.detail);
    states.push_back(detail["to"].get<std::string>() + " " + detail["reason"].get<std::string>());
  }
  return states;
}

using States = std::vector<std::string>;

// ---- single actions ----

TEST(Fis, TerminateInstancesIsTheCall) {
  const Outcome outcome =
      test::play(fis_scenario(R"({"fis": "aws:ec2:terminate-instances", "workspace": "w1", "at": "3m"})"));
  EXPECT_EQ(fis_states(outcome, "w1"),
            (States{"shutting-down Client.UserInitiatedShutdown", "terminated Client.UserInitiatedShutdown"}));
  EXPECT_EQ(test::first_at(outcome, "ec2.call", "w1", R"("action":"TerminateInstances")"), "3m");
  EXPECT_TRUE(fis_states(outcome, "w2").empty());
  EXPECT_EQ(outcome.faults.at(0).noticed, 1U);
}

TEST(Fis, StopInstancesStopsAndStartsAgain) {
  const Outcome stopped =
      test::play(fis_scenario(R"({"fis": "aws:ec2:stop-instances", "workspace": "w1", "at": "29m"})"));
  EXPECT_EQ(fis_states(stopped, "w1").front(), "stopping Client.UserInitiatedShutdown");
  EXPECT_EQ(test::count(stopped, "ec2.call", "w1", R"("action":"StopInstances")"), 1U);
  EXPECT_EQ(test::count(stopped, "ec2.call", "w1", R"("action":"StartInstances")"), 0U);
  const Outcome back = test::play(fis_scenario(
      R"({"fis": "aws:ec2:stop-instances", "workspace": "w1", "at": "3m",
          "parameters": {"startInstancesAfterDuration": "PT10S"}})"));
  EXPECT_EQ(test::first_at(back, "ec2.call", "w1", R"("action":"StopInstances")"), "3m");
  EXPECT_EQ(test::count(back, "ec2.call", "w1", R"("action":"StartInstances")"), 1U);
}

/// The same agent, on the same instance, that serves again.
TEST(Fis, RebootInstancesLeavesTheInstanceRunningAndBootsItsAgent) {
  const Outcome outcome =
      test::play(fis_scenario(R"({"fis": "aws:ec2:reboot-instances", "workspace": "w1", "at": "3m"})"));
  EXPECT_EQ(test::count(outcome, "ec2.call", "w1", R"("action":"RebootInstances")"), 1U);
  EXPECT_TRUE(fis_states(outcome, "w1").empty()) << "a reboot does not leave running";
  EXPECT_EQ(test::count(outcome, "agent.register", "w1"), 1U);
  EXPECT_EQ(test::count(outcome, "agent.register", "w2"), 0U);
}

TEST(Fis, ASpotInterruptionGivesNoticeAndHasAReasonOfItsOwn) {
  const Outcome outcome =
      test::play(fis_scenario(R"({"fis": "aws:ec2:send-spot-instance-interruptions", "workspace": "w1", "at": "3m"})"));
  EXPECT_EQ(test::first_at(outcome, "fault.injected", "w1"), "3m");
  EXPECT_EQ(test::first_at(outcome, "ec2.state", "w1"), "5m");
  EXPECT_EQ(fis_states(outcome, "w1").front(), "shutting-down Server.SpotInstanceTermination");
  const Outcome sooner = test::play(fis_scenario(
      R"({"fis": "aws:ec2:send-spot-instance-interruptions", "workspace": "w1", "at": "3m",
          "parameters": {"durationBeforeInterruption": "PT3M"}})"));
  EXPECT_EQ(test::first_at(sooner, "ec2.state", "w1"), "6m");
}

TEST(Fis, WhatIsDoneByHandCanBeWrittenWithoutFis) {
  const Outcome outcome = test::play(fis_scenario(
      R"({"on": "instance", "workspace": "w1", "error": "interrupted", "notice": "1m", "at": "3m"},
         {"on": "instance", "workspace": "w2", "error": "stopped", "down": "10s", "at": "3m"})"));
  EXPECT_EQ(test::first_at(outcome, "ec2.state", "w1"), "4m");
  EXPECT_EQ(test::count(outcome, "ec2.call", "w2", R"("action":"StartInstances")"), 1U);
  EXPECT_NE(fis_errors(R"({"on": "instance", "error": "dies", "notice": "1m", "at": "3m"})"), "");
}

TEST(Fis, WhatCannotBePlayedIsRefusedByName) {
  const auto network = [](const std::string& parameters) {
    return fis_errors(R"({"fis": "aws:network:disrupt-connectivity", "at": "3m",
                          "parameters": {"duration": "PT2M")" +
                      parameters + "}}");
  };
  EXPECT_EQ(network(""), "");
  EXPECT_EQ(network(R"(, "scope": "all")"), "");
  EXPECT_EQ(network(R"(, "scope": "s3")"),
            "/faults/0/parameters/scope: scope \"s3\" cuts nothing that is simulated "
            "(\"all\" cuts agents and platform apart)\n");
  EXPECT_NE(network(R"(, "prefixListIdentifier": "pl-1")"), "");
  EXPECT_EQ(fis_errors(R"({"fis": "aws:fis:wait", "parameters": {"duration": "PT1M"}})"),
            "/faults/0/fis: aws:fis:wait alone does nothing (in a \"fis_template\" it delays what starts after it)\n");
  EXPECT_EQ(fis_errors(R"({"fis": "aws:ebs:pause-volume-io"})"),
            "/faults/0/fis: aws:ebs:pause-volume-io has nothing to act on in this simulation\n");
}

TEST(Fis, AZoneIsTakenForTheOneThatThereIs) {
  const auto decoded = decode_scenario(
      "fis.json", fis_scenario(R"({"fis": "aws:ec2:api-insufficient-instance-capacity-error", "at": "1m",
                                   "parameters": {"duration": "PT1M", "availabilityZoneIdentifiers": "us-east-1b"}})"));
  ASSERT_TRUE(decoded.value);
  ASSERT_EQ(decoded.warnings.size(), 1U);
  EXPECT_EQ(decoded.warnings[0].pointer, "/faults/0/parameters/availabilityZoneIdentifiers");
}

// ---- templates ----

constexpr const char* kTargets = R"("targets": {
    "some": {"resourceType": "aws:ec2:instance", "resourceTags": {"a": "w1", "b": "w2", "c": "w3",
             "d": "11111111-2222-3333-4444-555555555555"}, "selectionMode": "%"},
    "role": {"resourceType": "aws:iam:role", "resourceArns": ["arn:aws:iam::1:role/cp"], "selectionMode": "ALL"}})";

/// A template with the target `some`, selected so, and these actions.
std::string fis_template(const std::string& selection, const std::string& actions, const std::string& beside = "") {
  std::string targets = kTargets;
  targets.replace(targets.find('%'), 1, selection);
  return R"({"at": "1m", "name": "night")" + beside + R"(, "fis_template": {"description": "d", "roleArn": "r",
             "stopConditions": [{"source": "none"}], "tags": {}, )" +
         targets + R"(, "actions": {)" + actions + "}}}";
}

std::string fis_terminate(const std::string& more = "") {
  return R"("end": {"actionId": "aws:ec2:terminate-instances", "targets": {"Instances": "some"})" + more + "}";
}

std::vector<std::string> fis_workspaces(const std::string& selection) {
  std::vector<std::string> names;
  for (const auto& spec : fis_specs(fis_template(selection, fis_terminate()))) names.push_back(*spec.workspace);
  return names;
}

TEST(FisTemplate, SelectsAllACountOrAShareOfTheTarget) {
  EXPECT_EQ(fis_workspaces("ALL"), (std::vector<std::string>{"w1", "w2", "w3", "w4"}));
  EXPECT_EQ(fis_workspaces("COUNT(2)"), (std::vector<std::string>{"w1", "w2"}));
  EXPECT_EQ(fis_workspaces("COUNT(9)").size(), 4U);
  EXPECT_EQ(fis_workspaces("PERCENT(75)").size(), 3U);
  for (const char* wrong : {"COUNT", "COUNT(0)", "PERCENT(101)", "SOME(1)", "COUNT(2", "PERCENT(10)"})
    EXPECT_NE(fis_errors(fis_template(wrong, fis_terminate())), "") << wrong;
}

TEST(FisTemplate, ActionsStartAfterOthersHaveEnded) {
  const auto specs = fis_specs(fis_template("COUNT(1)", fis_terminate(R"(, "startAfter": ["pause", "errors"])") + R"(,
      "pause": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT2M"}, "startAfter": ["errors"]},
      "errors": {"actionId": "aws:fis:inject-api-internal-error", "targets": {"Roles": "role"},
                 "parameters": {"duration": "PT5M", "service": "ec2", "percentage": "100",
                                "operations": "RunInstances"}})"));
  ASSERT_EQ(specs.size(), 2U);
  EXPECT_EQ(specs[0].on, "ec2.RunInstances");
  EXPECT_EQ(specs[0].window->first, std::chrono::minutes{1});
  EXPECT_EQ(specs[0].name, "night:errors");
  EXPECT_EQ(specs[1].name, "night:end:w1");
  EXPECT_EQ(specs[1].at, std::chrono::minutes{8}) << "1 m, 5 m of errors, 2 m of waiting";
}

TEST(FisTemplate, MistakesAreNamed) {
  EXPECT_NE(fis_errors(fis_template("ALL", fis_terminate(R"(, "startAfter": ["end"])"))).find("starts after itself"),
            std::string::npos);
  EXPECT_NE(fis_errors(fis_template("ALL", fis_terminate(R"(, "startAfter": ["ends"])"))).find("did you mean \"end\"?"),
            std::string::npos);
  EXPECT_NE(fis_errors(fis_template("ALL", R"("a": {"actionId": "aws:ec2:stop-instances",
                                                    "targets": {"Instances": "sone"}})"))
                .find("did you mean \"some\"?"),
            std::string::npos);
  EXPECT_NE(fis_errors(fis_template("ALL", R"("a": {"actionId": "aws:ec2:stop-instances",
                                                    "targets": {"Instances": "role"}})"))
                .find("it acts on aws:ec2:instance"),
            std::string::npos);
  EXPECT_NE(fis_errors(fis_template("ALL", R"("a": {"actionId": "aws:ebs:pause-volume-io",
                                                    "targets": {"Volumes": "some"}})"))
                .find("has nothing to act on"),
            std::string::npos);
}

/// What tags do not name, the scenario does.
TEST(FisTemplate, TheScenarioMayNameTheWorkspacesOfATarget) {
  const std::string bare = R"({"experimentTemplate": {"targets": {"t": {"resourceType": "aws:ec2:instance",
      "resourceArns": ["arn:aws:ec2:us-east-1:1:instance/i-1"], "selectionMode": "ALL"}}, "actions": {
      "reboot": {"actionId": "aws:ec2:reboot-instances", "targets": {"Instances": "t"}}}}})";
  const std::string refused = fis_errors(R"({"fis_template": )" + bare + "}");
  EXPECT_NE(refused.find(R"("targets": {"t": ["w1"]})"), std::string::npos) << refused;
  const auto specs = fis_specs(R"({"targets": {"t": ["w2"]}, "fis_template": )" + bare + "}");
  ASSERT_EQ(specs.size(), 1U);
  EXPECT_EQ(specs[0].workspace, "w2");
  EXPECT_EQ(specs[0].error, "rebooted");
}

TEST(FisTemplate, WhatTheScenarioNamesIsChecked) {
  const auto refused = [](const std::string& targets) {
    return fis_errors(fis_template("ALL", fis_terminate(), R"(, "targets": )" + targets));
  };
  EXPECT_EQ(refused(R"({"some": ["w2", "w1"]})"), "");
  EXPECT_NE(refused(R"({"sone": ["w2"]})").find("did you mean \"some\"?"), std::string::npos);
  EXPECT_NE(refused(R"({"some": []})").find("names no workspace"), std::string::npos);
  EXPECT_NE(refused(R"({"some": ["w9"]})"), "");
  EXPECT_NE(refused(R"({"some": "w1"})"), "");
}

TEST(FisTemplate, AWorkspaceThatTwoTagsNameIsStruckOnce) {
  std::string text = fis_template("ALL", fis_terminate());
  text.replace(text.find("\"w2\""), 4, "\"w1\"");
  EXPECT_EQ(fis_specs(text).size(), 3U);
}

TEST(FisTemplate, AChainOfActionsHasABound) {
  std::string actions = fis_terminate();
  for (int i = 0; i < 100'000; ++i) {
    actions += fmt::format(R"(,"a{}": {{"actionId": "aws:fis:wait", "parameters": {{"duration": "PT1M"}},
                              "startAfter": ["a{}"]}})",
                           i, i + 1);
  }
  EXPECT_NE(fis_errors(fis_template("ALL", actions)).find("at most 100 actions"), std::string::npos);
}

TEST(FisTemplate, AnAlarmIsWarnedOf) {
  std::string text = fis_template("ALL", fis_terminate());
  text.replace(text.find("\"none\""), 6, "\"aws:cloudwatch:alarm\"");
  const auto decoded = decode_scenario("fis.json", fis_scenario(text));
  ASSERT_TRUE(decoded.value);
  ASSERT_EQ(decoded.warnings.size(), 1U);
  EXPECT_NE(decoded.warnings[0].message.find("there are no alarms"), std::string::npos);
}

}  // namespace
}  // namespace drydock::scenarios
