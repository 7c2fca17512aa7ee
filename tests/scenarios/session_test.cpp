#include <gtest/gtest.h>

#include <string>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/run.hpp"
#include "scenarios/session/log.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

constexpr const char* kBase =
    R"({"format":"drydock.scenario/1","name":"s","horizon":"1m","cases":[{"policy":"latest","expect":[]}]})";

Scenario base() { return *decode_scenario("base", kBase).value; }

std::string head() {
  const Scenario scenario = base();
  return session_head(scenario, scenario.cases.front(), 7);
}

WireRequest launch(Duration at) {
  return {at,
          {"POST",
           "/",
           {{"content-type", "application/x-www-form-urlencoded"}},
           "Action=RunInstances&Version=2016-11-15&ImageId=ami-0abcdef1234567890&MinCount=1&MaxCount=1"}};
}

TEST(SessionLog, IsReadAsTheTapeOfItsRun) {
  const std::string text = head() + session_line(launch(5s)) + session_line(launch(7s)) + session_end(10min);
  ASSERT_TRUE(is_session_log(text));
  const auto decoded = decode_recording("log", text);
  ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
  EXPECT_EQ(decoded.value->tape.seed(), 7U);
  EXPECT_EQ(decoded.value->scenario.horizon, 10min);
  ASSERT_EQ(decoded.value->scenario.session.size(), 2U);
  EXPECT_EQ(decoded.value->scenario.session[1].at, 7s);
  EXPECT_EQ(decoded.value->scenario.session[1].request.body, launch(7s).request.body);
  EXPECT_EQ(decoded.value->scenario.session[1].request.headers, launch(7s).request.headers);
}

TEST(SessionLog, KeepsEveryByteOfABody) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  for (const std::string& body : {bytes, std::string{"\xC3\xA4\n\"\\"}, std::string{}}) {
    const std::string text = head() + session_line({1s, {"PUT", "/a?b", {}, body}});
    const auto decoded = decode_recording("log", text);
    ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
    EXPECT_EQ(decoded.value->scenario.session.front().request.body, body);
  }
}

// Its request was not heard: a line is written whole before that.
TEST(SessionLog, LeavesOutALineThatIsNotWhole) {
  const std::string second = session_line(launch(7s));
  const auto decoded = decode_recording("log", head() + session_line(launch(5s)) + second.substr(0, second.size() - 1));
  ASSERT_TRUE(decoded.value);
  EXPECT_EQ(decoded.value->scenario.session.size(), 1U);
}

TEST(SessionLog, EndsAMinuteAfterItsLastRequestWhereNobodyEndedIt) {
  EXPECT_EQ(decode_recording("log", head() + session_line(launch(5min))).value->scenario.horizon, 6min);
  EXPECT_EQ(decode_recording("log", head()).value->scenario.horizon, 1min);
}

TEST(SessionLog, GoesOnUntilTheHorizonOfItsScenario) {
  EXPECT_EQ(decode_recording("log", head() + session_line(launch(5s)) + session_end(6s)).value->scenario.horizon, 1min);
}

TEST(SessionLog, SaysWhereItIsWrong) {
  const auto wrong = [](const std::string& lines) {
    const auto decoded = decode_recording("log", head() + lines);
    EXPECT_FALSE(decoded.value);
    return decoded.errors.empty() ? std::string{} : to_text(decoded.errors.front());
  };
  EXPECT_EQ(wrong("nonsense\n"), "log:2:1: is no JSON object");
  EXPECT_EQ(wrong(session_line(launch(5s)) + session_line(launch(5s))),
            "log:3:1: /at: is not after 5s, when the request before it is heard");
  EXPECT_EQ(wrong(session_end(1s) + session_line(launch(5s))), "log:3:1: comes after the session's end");
  EXPECT_NE(wrong(R"({"at":"1s","method":"GET","target":"/","bodi":"x"})"
                  "\n")
                .find("log:2:1: "),
            std::string::npos);
  EXPECT_EQ(to_text(decode_recording("log", R"({"format":"drydock.session/1","sce)").errors.front()),
            "log:1:1: the head of this session is not whole");
}

// A request is heard once all that comes before its instant is done, in every play.
TEST(Session, IsPlayedTheSameEachTime) {
  std::string text = head();
  for (int i = 1; i <= 20; ++i) text += session_line(launch(i * 3s));
  const auto decoded = decode_recording("log", text);
  ASSERT_TRUE(decoded.value);
  Workbench workbench;
  const auto play = [&](const Scenario& scenario) {
    return run(scenario, decoded.value->played, decoded.value->tape, {}, workbench);
  };
  const Outcome first = play(decoded.value->scenario);
  EXPECT_EQ(first.trace_hash, play(decoded.value->scenario).trace_hash);
  EXPECT_EQ(first.counts.at("wire.request"), 20U);
  EXPECT_EQ(first.counts.at("wire.answer"), 20U);
  Scenario later = decoded.value->scenario;
  later.session[10].at += 1ms;
  EXPECT_NE(first.trace_hash, play(later).trace_hash);
}

TEST(Session, IsPartOfAScenarioAndOfATape) {
  const auto decoded = decode_recording("log", head() + session_line(launch(5s)));
  Workbench workbench;
  const Outcome outcome = run(decoded.value->scenario, decoded.value->played, decoded.value->tape, {}, workbench);
  const auto again = decode_tape("tape", encode_tape(decoded.value->scenario, decoded.value->played, outcome));
  ASSERT_TRUE(again.value) << to_text(again.errors.front());
  EXPECT_EQ(run(again.value->scenario, again.value->played, again.value->tape, {}, workbench).trace_hash,
            outcome.trace_hash);
}

// --- made-is-known ------------------------------------------------------------------------------

/// What breaks when the launch, and a snapshot of its volume, meet this fault.
std::vector<std::string> broken_by(const std::string& faults, bool looks = false) {
  std::string text = head() + session_line({1s, {"POST", "/_drydock/faults", {}, faults}}) + session_line(launch(5s));
  if (looks) text += session_line({20s, {"POST", "/", {}, "Action=DescribeInstances&Version=2016-11-15"}});
  const auto decoded = decode_recording("log", text);
  Workbench workbench;
  std::vector<std::string> broken;
  for (const ShownViolation& violation :
       run(decoded.value->scenario, decoded.value->played, decoded.value->tape, {}, workbench).violations)
    broken.push_back(violation.invariant);
  return broken;
}

TEST(MadeIsKnown, IsBrokenByALaunchWhoseAnswerIsLost) {
  const std::string lost = R"([{"on":"ec2.RunInstances","error":"closed","effect":"applied","nth":1}])";
  EXPECT_EQ(broken_by(lost), std::vector<std::string>{"made-is-known"});
  EXPECT_EQ(broken_by(lost, true), std::vector<std::string>{}) << "the client has looked, and knows of it";
}

TEST(MadeIsKnown, HoldsWhereNothingWasMade) {
  EXPECT_EQ(broken_by(R"([{"on":"ec2.RunInstances","error":"closed","nth":1}])"), std::vector<std::string>{});
  EXPECT_EQ(broken_by(R"([{"on":"ec2.RunInstances","error":"slow","nth":1}])"), std::vector<std::string>{});
}

TEST(MadeIsKnown, IsAboutWhatIsStillPaidFor) {
  EXPECT_EQ(broken_by(R"([{"on":"ec2.RunInstances","error":"closed","effect":"applied","nth":1},
                          {"on":"instance","error":"terminated","at":"40s"}])"),
            std::vector<std::string>{});
}

// What no workspace has is a client's own: the platform does not know of it, and no agent boots on it.
TEST(Session, LeavesClientsTheirInstances) {
  const auto decoded = decode_recording("log", head() + session_line(launch(5s)) + session_end(10min));
  Workbench workbench;
  const Outcome outcome = run(decoded.value->scenario, decoded.value->played, decoded.value->tape, {}, workbench);
  EXPECT_TRUE(outcome.violations.empty());
  EXPECT_EQ(outcome.counts.count("agent.register"), 0U);
  EXPECT_TRUE(outcome.final.empty());
}

}  // namespace
}  // namespace drydock::scenarios
