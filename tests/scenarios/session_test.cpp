#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

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
  sim::Tape tape;
  tape.set_seed(7);
  tape.set("cp/ec2.RunInstances.fault", 1, 2);
  return session_head(scenario, scenario.cases.front(), tape);
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
  EXPECT_EQ(decoded.value->tape.entries().at({"cp/ec2.RunInstances.fault", 1}), 2U);
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

// --- owners -------------------------------------------------------------------------------------

constexpr const char* kOwned =
    R"({"format":"drydock.scenario/1","name":"s","horizon":"1m","owner_tag":"team",
        "cases":[{"policy":"latest","expect":[]}]})";

WireRequest form(Duration at, const std::string& body) {
  return {at, {"POST", "/", {{"content-type", "application/x-www-form-urlencoded"}}, body}};
}

/// Asks for an instance of `team`, with a data volume that goes with it.
WireRequest launch_of(Duration at, const std::string& team, const std::string& snapshot = "") {
  std::string body =
      "Action=RunInstances&Version=2016-11-15&ImageId=ami-0abcdef1234567890&MinCount=1&MaxCount=1"
      "&BlockDeviceMapping.1.DeviceName=/dev/sdf&BlockDeviceMapping.1.Ebs.DeleteOnTermination=true"
      "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=team"
      "&TagSpecification.1.Tag.1.Value=" +
      team;
  body +=
      snapshot.empty() ? "&BlockDeviceMapping.1.Ebs.VolumeSize=20" : "&BlockDeviceMapping.1.Ebs.SnapshotId=" + snapshot;
  return form(at, body);
}
WireRequest terminate(Duration at, const std::string& instance) {
  return form(at, "Action=TerminateInstances&Version=2016-11-15&InstanceId.1=" + instance);
}
WireRequest snapshot_of(Duration at, const std::string& volume) {
  return form(at, "Action=CreateSnapshot&Version=2016-11-15&VolumeId=" + volume);
}
WireRequest look(Duration at, const std::string& action) {
  return form(at, "Action=" + action + "&Version=2016-11-15");
}

/// A client that asks one thing after another, and reads what it is told.
class Asker {
 public:
  explicit Asker(const std::string& faults = "") {
    const Scenario scenario = *decode_scenario("owned", kOwned).value;
    text_ = session_head(scenario, scenario.cases.front(), {});
    if (!faults.empty()) ask({1s, {"POST", "/_drydock/faults", {}, faults}});
  }

  void ask(const WireRequest& request) { text_ += session_line(request); }
  [[nodiscard]] Outcome outcome() const {
    const auto decoded = decode_recording("log", text_);
    EXPECT_TRUE(decoded.value) << to_text(decoded.errors.front());
    Workbench workbench;
    return run(decoded.value->scenario, decoded.value->played, decoded.value->tape, {}, workbench);
  }
  /// The ids of this kind (`i-`, `snap-`) that events name, in their order.
  [[nodiscard]] std::vector<std::string> ids(const std::string& kind) const {
    const auto all = outcome().events;
    std::vector<std::string> found;
    const auto take = [&](const std::string& id) {
      if (id.starts_with(kind) && std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
      const ShownEvent event = all[i];
      take(event.instance);
      const Json detail = Json::parse(event.detail);
      for (const Json& value : detail) {
        if (value.is_string()) take(value.get<std::string>());
      }
    }
    return found;
  }
  /// The data volume of the first instance.
  [[nodiscard]] std::string volume() const { return outcome().volumes.at(0).volume; }
  [[nodiscard]] std::vector<std::string> broken() const {
    std::vector<std::string> broken;
    for (const ShownViolation& violation : outcome().violations) broken.push_back(violation.invariant);
    return broken;
  }

 private:
  std::string text_;
};

using Broken = std::vector<std::string>;

/// Has a team's instance terminated and another one launched; `faults` meet it, `saves` takes a snapshot before.
Asker restarted(const std::string& faults, bool saves) {
  Asker asker(faults);
  asker.ask(launch_of(5s, "red"));
  const std::string instance = asker.ids("i-").at(0);
  std::string snapshot;
  if (saves) {
    asker.ask(snapshot_of(65s, asker.volume()));
    const auto taken = asker.ids("snap-");
    if (!taken.empty()) snapshot = taken.front();
  }
  asker.ask(terminate(70s, instance));
  asker.ask(launch_of(130s, "red", snapshot));
  return asker;
}

TEST(NoStateLoss, IsBrokenByAnOwnersNextInstanceWithoutWhatTheLastOneWrote) {
  EXPECT_EQ(restarted("", false).broken(), Broken{"no-state-loss"});
  EXPECT_EQ(restarted(R"([{"on":"ec2.CreateSnapshot","error":"SnapshotCreationPerVolumeRateExceeded","nth":1}])", true)
                .broken(),
            Broken{"no-state-loss"});
}

TEST(NoStateLoss, HoldsWhereTheNextInstanceBootsFromTheSnapshot) { EXPECT_EQ(restarted("", true).broken(), Broken{}); }

TEST(NoStateLoss, IsNotAboutWhatIsDeletedNorAboutWhatHasEndedByItself) {
  Asker deleted;
  deleted.ask(launch_of(5s, "red"));
  deleted.ask(terminate(70s, deleted.ids("i-").at(0)));
  EXPECT_EQ(deleted.broken(), Broken{});
  Asker other = deleted;
  other.ask(launch_of(130s, "blue"));
  EXPECT_EQ(other.broken(), Broken{}) << "another owner's";
}

TEST(NoOrphan, IsBrokenByAnOwnersInstanceThatAClientAskedToTerminate) {
  for (const std::string fault : {"http-503", "reset", "InvalidInstanceID.NotFound"}) {
    Asker asker(R"([{"on":"ec2.TerminateInstances","error":")" + fault + R"(","nth":1}])");
    asker.ask(launch_of(5s, "red"));
    const std::string instance = asker.ids("i-").at(0);
    EXPECT_EQ(asker.broken(), Broken{}) << "nobody wants it gone";
    asker.ask(terminate(70s, instance));
    EXPECT_EQ(asker.broken(), Broken{"no-orphan"}) << fault;
    asker.ask(terminate(75s, instance));
    EXPECT_EQ(asker.broken(), Broken{}) << "it was asked again";
  }
}

TEST(NoOrphan, IsBrokenByAnOwnersInstanceThatWasReplaced) {
  Asker asker;
  asker.ask(launch_of(5s, "red"));
  asker.ask(launch_of(10s, "red"));
  const auto instances = asker.ids("i-");
  asker.ask(terminate(50s, instances.at(1)));
  EXPECT_EQ(asker.broken(), Broken{"no-orphan"});
  asker.ask(terminate(55s, instances.at(0)));
  EXPECT_EQ(asker.broken(), Broken{});
}

TEST(SingleLiveInstance, IsBrokenByTwoInstancesOfAnOwnerForMoreThanAMinute) {
  Asker asker;
  asker.ask(launch_of(5s, "red"));
  asker.ask(launch_of(10s, "blue"));
  EXPECT_EQ(asker.broken(), Broken{});
  asker.ask(launch_of(20s, "red"));
  const std::string first = asker.ids("i-").at(0);
  Asker in_time = asker;
  in_time.ask(terminate(75s, first));
  EXPECT_EQ(in_time.broken(), Broken{}) << "a hand-over";
  asker.ask(terminate(90s, first));
  EXPECT_EQ(asker.broken(), Broken{"single-live-instance"});
}

TEST(SnapshotPaidOnce, IsBrokenByASnapshotThatIsAskedForAgainBecauseTheAnswerWasLost) {
  const auto asked = [](const std::string& faults, int times) {
    Asker asker(faults);
    asker.ask(launch_of(5s, "red"));
    const std::string volume = asker.volume();
    for (int i = 0; i < times; ++i) asker.ask(snapshot_of(65s + i * 30s, volume));
    asker.ask(look(5min, "DescribeSnapshots"));  // so each is known
    return asker.broken();
  };
  const std::string lost = R"([{"on":"ec2.CreateSnapshot","error":"reset","effect":"applied","nth":1}])";
  EXPECT_EQ(asked(lost, 2), Broken{"snapshot-paid-once"});
  EXPECT_EQ(asked(lost, 3), Broken{"snapshot-paid-once"}) << "the third is another call";
  EXPECT_EQ(asked(lost, 1), Broken{});
  EXPECT_EQ(asked("", 2), Broken{}) << "both were told";
  EXPECT_EQ(asked(R"([{"on":"ec2.CreateSnapshot","error":"reset","nth":1}])", 2), Broken{}) << "only one was taken";
  const std::string denied = R"([{"on":"ec2.CreateSnapshot","error":"http-503","effect":"applied","nth":1}])";
  EXPECT_EQ(asked(denied, 2), Broken{"snapshot-paid-once"}) << "the answer said that there is none";
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
