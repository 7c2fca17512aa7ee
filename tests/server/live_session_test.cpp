#include "server/live_session.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/files/decode.hpp"
#include "scenarios/session/log.hpp"
#include "server/front.hpp"

namespace drydock::server {
namespace {

using namespace std::chrono_literals;
using cloud::query::Answer;
using cloud::query::Ending;
using cloud::query::Request;
using scenarios::Json;

constexpr const char* kAlone =
    R"({"format":"drydock.scenario/1","name":"alone","horizon":"10m","workspaces":[{"id":"w"}],
        "traffic":[{"kind":"a2a","to":"w","every":"20s"}],
        "cases":[{"policy":"latest","expect":[]}]})";

scenarios::Scenario scenario_of(const std::string& text) {
  auto decoded = scenarios::decode_scenario("test", text);
  EXPECT_TRUE(decoded.value) << (decoded.errors.empty() ? "" : to_text(decoded.errors.front()));
  return std::move(*decoded.value);
}

Request form(std::string body) {
  return {"POST", "/", {{"content-type", "application/x-www-form-urlencoded"}}, std::move(body)};
}

constexpr const char* kRun =
    "Action=RunInstances&Version=2016-11-15&ImageId=ami-0abcdef1234567890&MinCount=1&MaxCount=1";
constexpr const char* kDescribe = "Action=DescribeInstances&Version=2016-11-15";

/// A session over a scenario, with its log in a nameless file.
struct Served {
  explicit Served(const SessionClock& clock, const std::string& scenario = kAlone,
                  std::optional<std::uint64_t> seed = {})
      : log(""),
        tape(with_seed(seed)),
        session(scenario_of(scenario), scenario_of(scenario).cases.front(), tape, clock, log) {}

  static sim::Tape with_seed(std::optional<std::uint64_t> seed) {
    sim::Tape tape;
    tape.set_seed(seed);
    return tape;
  }

  SessionLog log;
  sim::Tape tape;
  LiveSession session;
};

SessionClock step_of(sim::Duration step) { return {.kind = SessionClock::Kind::step, .step = step, .scale = 1}; }
const SessionClock kManual{.kind = SessionClock::Kind::manual, .step = {}, .scale = 1};

TEST(LiveSession, AnswersAsEc2Does) {
  Served served(step_of(5s));
  const Answer launched = served.session.ask(form(kRun));
  EXPECT_EQ(launched.status, 200);
  EXPECT_NE(launched.body.find("<instanceId>i-"), std::string::npos) << launched.body;
  const Answer shown = served.session.ask(form(kDescribe));
  EXPECT_NE(shown.body.find("<name>pending</name>"), std::string::npos) << shown.body;
}

TEST(LiveSession, IsARunThatCanBePlayedAgain) {
  for (const SessionClock& clock : {step_of(5s), kManual, SessionClock{SessionClock::Kind::scale, {}, 10'000}}) {
    Served served(clock, kAlone, 7);
    for (int i = 0; i < 20; ++i) static_cast<void>(served.session.ask(form(i % 3 == 0 ? kRun : kDescribe)));
    static_cast<void>(served.session.ask({"POST", "/workspaces/w/restart", {}, ""}));
    const PlayedSession played = served.session.finish();  // throws where it is another run
    EXPECT_GT(played.outcome.event_count, 40U);
    EXPECT_EQ(played.outcome.counts.at("wire.request"), 21U);
  }
}

TEST(LiveSession, IsTheSameSessionForTheSameRequests) {
  const auto log_of = [](const SessionClock& clock) {
    Served served(clock);
    for (int i = 0; i < 10; ++i) static_cast<void>(served.session.ask(form(kRun)));
    static_cast<void>(served.session.advance(3min));
    static_cast<void>(served.session.ask(form(kDescribe)));
    static_cast<void>(served.session.finish());
    return served.log.text();
  };
  EXPECT_EQ(log_of(step_of(5s)), log_of(step_of(5s)));
  EXPECT_EQ(log_of(kManual), log_of(kManual));
}

// Whatever the order in which they came, it is written down.
TEST(LiveSession, HearsSeveralClientsOneAfterAnother) {
  Served served(step_of(1s));
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&served] {
      for (int i = 0; i < 25; ++i) EXPECT_EQ(served.session.ask(form(i % 5 == 0 ? kRun : kDescribe)).status, 200);
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(served.session.finish().outcome.counts.at("wire.answer"), 200U);
}

TEST(LiveSession, LetsTimePassOnlyWhenAsked) {
  Served served(kManual);
  static_cast<void>(served.session.ask(form(kRun)));
  EXPECT_LT(served.session.now() - sim::kTimeZero, 10s);
  EXPECT_NE(served.session.ask(form(kDescribe)).body.find("<name>pending</name>"), std::string::npos);
  static_cast<void>(served.session.advance(1min));
  const Answer later = served.session.ask(form(kDescribe));
  EXPECT_EQ(later.body.find("<name>pending</name>"), std::string::npos) << later.body;
}

TEST(LiveSession, GoesByTheClockOnTheWall) {
  Served served({.kind = SessionClock::Kind::scale, .step = {}, .scale = 1'000});
  const auto before = served.session.now();
  std::this_thread::sleep_for(20ms);
  EXPECT_GE(served.session.now() - before, 20s);
}

TEST(LiveSession, DoesWhatWasAskedThoughNobodyHearsOfIt) {
  Served served(step_of(1s));
  const Answer armed = served.session.ask(
      {"POST", "/_drydock/faults", {}, R"([{"on":"ec2.RunInstances","error":"reset","effect":"applied","nth":1}])"});
  ASSERT_EQ(armed.status, 200) << armed.body;
  EXPECT_EQ(served.session.ask(form(kRun)).ending, Ending::reset);
  const Answer shown =
      served.session.ask(form(std::string{kDescribe} + "&Filter.1.Name=instance-state-name&Filter.1.Value.1=pending"));
  EXPECT_NE(shown.body.find("<instanceId>"), std::string::npos) << shown.body;
}

TEST(LiveSession, AnswersFaultsWithTheirStatusAndRetryAfter) {
  Served served(step_of(1s));
  static_cast<void>(served.session.ask(
      {"POST",
       "/_drydock/faults",
       {},
       R"([{"on":"ec2.CreateSnapshot","error":"RequestLimitExceeded","status":429,"retry_after":"7s","nth":1},
           {"on":"ec2.DescribeVolumes","error":"http-503","nth":1}])"}));
  const Answer throttled =
      served.session.ask(form("Action=CreateSnapshot&Version=2016-11-15&VolumeId=vol-0123456789abcdef0"));
  EXPECT_EQ(throttled.status, 429);
  EXPECT_NE(throttled.body.find("<Code>RequestLimitExceeded</Code>"), std::string::npos);
  bool told = false;
  for (const auto& [name, value] : throttled.headers) told = told || (name == "Retry-After" && value == "7");
  EXPECT_TRUE(told);
  const Answer bare = served.session.ask(form("Action=DescribeVolumes&Version=2016-11-15"));
  EXPECT_EQ(bare.status, 503);
  EXPECT_EQ(bare.body, "");
}

TEST(LiveSession, RefusesFaultsThatThereAreNot) {
  Served served(step_of(1s));
  const Answer refused =
      served.session.ask({"POST", "/_drydock/faults", {}, R"([{"on":"ec2.RunInstance","error":"reset","nth":1}])"});
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("ec2.RunInstances"), std::string::npos) << refused.body;
}

TEST(LiveSession, ServesTheControlPlaneToo) {
  Served served(step_of(1s));
  const Answer launched = served.session.ask({"POST", "/cp/workspaces/provision", {}, R"({"workspace_id":"w"})"});
  EXPECT_EQ(launched.status, 201) << launched.body;
  const std::string id = Json::parse(launched.body).at("instance_id");
  const Answer shown = served.session.ask({"GET", "/cp/workspaces/w/status?instance_id=" + id, {}, ""});
  EXPECT_EQ(Json::parse(shown.body).at("state"), "pending");
  EXPECT_EQ(served.session.ask({"DELETE", "/cp/workspaces/w?instance_id=" + id, {}, ""}).status, 200);
  EXPECT_EQ(served.session.ask({"GET", "/cp/workspaces/nobody/status", {}, ""}).status, 404);
}

TEST(LiveSession, ServesThePlatformToo) {
  Served served(step_of(1s));
  EXPECT_EQ(served.session.ask({"POST", "/workspaces/w/restart", {}, ""}).status, 200);
  EXPECT_EQ(served.session.ask({"POST", "/workspaces/w/frobnicate", {}, ""}).status, 404);
  EXPECT_EQ(served.session.ask({"GET", "/admin/workspaces/w/status", {}, ""}).status, 200);
  EXPECT_EQ(served.session.ask({"PUT", "/workspaces/w/secrets", {}, "no json"}).status, 400);
}

TEST(LiveSession, IsOverOnceItIsFinished) {
  Served served(step_of(1s));
  static_cast<void>(served.session.finish());
  EXPECT_EQ(served.session.ask(form(kDescribe)).status, 503);
}

TEST(LiveSession, TellsOfItselfWhileItLasts) {
  Served served(step_of(1s));
  Front front(served.session, false);
  EXPECT_EQ(front.answer(form(kRun)).status, 200);
  const auto get = [&](const std::string& what) { return front.answer({"GET", "/_drydock/" + what, {}, ""}); };
  EXPECT_EQ(Json::parse(get("status").body).at("time").get<std::string>().substr(0, 10), "2026-01-01");
  EXPECT_GT(Json::parse(get("status").body).at("events").get<int>(), 2);
  EXPECT_NE(get("events").body.find("\"wire.request\""), std::string::npos);
  EXPECT_EQ(Json::parse(get("violations").body).at("violations").size(), 0U);
  EXPECT_EQ(get("trace").body.substr(0, 15), "SQLite format 3");
  EXPECT_NE(get("report").body.find("<html"), std::string::npos);
  EXPECT_EQ(get("nothing").status, 404);
  EXPECT_EQ(front.answer({"POST", "/_drydock/advance", {}, R"({"by":"5m"})"}).status, 200);
  EXPECT_EQ(front.answer({"POST", "/_drydock/advance", {}, R"({"by":"soon"})"}).status, 400);
  EXPECT_GE(served.session.now() - sim::kTimeZero, 5min);
}

TEST(Front, SaysWhichAnswersTakeLong) {
  Served at_once(step_of(1s));
  const Front front(at_once.session, false);
  EXPECT_FALSE(front.waits(form(kDescribe)));
  EXPECT_TRUE(front.waits({"GET", "/_drydock/events", {}, ""}));
  Served by_the_wall({.kind = SessionClock::Kind::scale, .step = {}, .scale = 60});
  EXPECT_TRUE(Front(by_the_wall.session, false).waits(form(kDescribe)));
}

TEST(Front, ForgetsWhatSignsARequest) {
  const Request heard = as_heard({"POST",
                                  "/x?Action=A&AWSAccessKeyId=AKIA&Signature=s%3D&Timestamp=t",
                                  {{"Authorization",
                                    "AWS4-HMAC-SHA256 Credential=AKIA/20261130/eu-west-1/ec2/aws4_request, "
                                    "SignedHeaders=host, Signature=abc"},
                                   {"X-Amz-Date", "20261130T000000Z"},
                                   {"X-Amz-Security-Token", "secret"},
                                   {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                                  "Action=A&Signature=s&B=1"});
  EXPECT_EQ(heard.target, "/x?Action=A");
  EXPECT_EQ(heard.body, "Action=A&B=1");
  ASSERT_EQ(heard.headers.size(), 2U);
  EXPECT_EQ(heard.headers[0].second, "AWS4-HMAC-SHA256 Credential=-/-/eu-west-1/ec2/aws4_request");
}

TEST(Front, KeepsTheRegionThatAPresignedRequestIsFor) {
  const std::string signing = "Action=A&X-Amz-Credential=AKIA%2F20261130%2Feu-west-1%2Fec2%2Faws4_request&B=1";
  const std::string kept = "AWS4-HMAC-SHA256 Credential=-/-/eu-west-1/ec2/aws4_request";
  const Request got = as_heard({"GET", "/?" + signing, {}, ""});
  EXPECT_EQ(got.target, "/?Action=A&B=1");
  ASSERT_EQ(got.headers.size(), 1U);
  EXPECT_EQ(got.headers[0].second, kept);
  const Request posted = as_heard({"POST", "/", {{"Content-Type", "application/x-www-form-urlencoded"}}, signing});
  ASSERT_EQ(posted.headers.size(), 2U);
  EXPECT_EQ(posted.headers[0].second, kept);
}

TEST(Front, ComparesClocksWhereItIsAskedTo) {
  Served served(step_of(1s));
  Front strict(served.session, true);
  const auto signed_at = [&](const char* date) {
    Request request = form(kDescribe);
    request.headers.emplace_back("X-Amz-Date", date);
    return strict.answer(std::move(request));
  };
  EXPECT_EQ(signed_at("20260101T000000Z").status, 200);
  EXPECT_EQ(signed_at("20260101T001400Z").status, 200);
  const Answer late = signed_at("20260101T001700Z");
  EXPECT_EQ(late.status, 400);
  EXPECT_NE(late.body.find("RequestExpired"), std::string::npos);
  EXPECT_EQ(signed_at("soon").status, 400);
}

TEST(SessionClock, IsReadFromOneWord) {
  EXPECT_EQ(parse_session_clock("step=5s")->step, 5s);
  EXPECT_EQ(parse_session_clock("scale=0.5")->scale, 0.5);
  EXPECT_EQ(parse_session_clock("manual")->kind, SessionClock::Kind::manual);
  for (const char* wrong :
       {"", "step", "step=", "step=-1s", "scale=0", "scale=-1", "scale=nan", "scale=1e9", "manually"})
    EXPECT_FALSE(parse_session_clock(wrong)) << wrong;
}

}  // namespace
}  // namespace drydock::server
