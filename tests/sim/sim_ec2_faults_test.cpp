#include <gtest/gtest.h>

#include <string>

#include "tests/sim/cloud_support.hpp"

namespace drydock::cloud {
namespace {

using sim::FaultPoint;
using sim::kTimeZero;
using sim::Verdict;

const std::string kRun = "ec2.RunInstances";
const std::string kTerminate = "ec2.TerminateInstances";
const std::string kDescribe = "ec2.DescribeInstances";

Verdict fail(std::string error) {
  Verdict verdict;
  verdict.what = Verdict::What::fail;
  verdict.error = std::move(error);
  return verdict;
}

Verdict lose() {
  Verdict verdict;
  verdict.what = Verdict::What::lose;
  return verdict;
}

Verdict delay(sim::Duration duration) {
  Verdict verdict;
  verdict.delay = duration;
  return verdict;
}

// --- the reply is lost: docs/cloud.md §0 fact 3, §6.3 ------------------------------------------

TEST(LostReply, TheInstanceExistsAlthoughTheCallerSawATimeout) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_reply, lose());
  const RunAnswer& answer = region.run(launch_of("w1", "t1"), {kTimeZero + 30s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_EQ(answer.result->error().http, 0);
  EXPECT_EQ(answer.at, sim::Duration{30s});
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "pending>running at 11"}));
  EXPECT_EQ(region.record.count(sim::Kind::ec2_call), 1U);
  EXPECT_EQ(region.record.count(sim::Kind::ec2_error), 0U) << "the cloud answered with success";
}

TEST(LostReply, ARetryWithTheSameTokenFindsTheInstance) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_reply, lose());
  region.run(launch_of("w1", "t1"), {kTimeZero + 30s});
  region.rig.run_until(31s);
  const RunAnswer& retry = region.run(launch_of("w1", "t1"));
  region.rig.run();
  ASSERT_TRUE(retry.ok()) << retry.code();
  EXPECT_EQ(retry.value().id, region.ec2.instances().front().id);
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(LostReply, TheTerminationGoesOn) {
  Region region;
  const std::string id = region.running("w1");
  region.puppet.next(kTerminate, FaultPoint::before_reply, lose());
  const TerminateAnswer& answer = region.terminate({id}, {kTimeZero + 2s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_EQ(answer.at, sim::Duration{2s});
  EXPECT_EQ(region.state(id), InstanceState::terminated);
}

TEST(LostReply, ACallerWithoutADeadlineWaitsForEver) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_reply, lose());
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_FALSE(answer.came());
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(LostReply, ReplacedByAnErrorTheEffectIsThereAllTheSame) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_reply, fail("http-503"));
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_EQ(answer.code(), "http-503");
  EXPECT_EQ(answer.result->error().http, 503);
  EXPECT_EQ(answer.at, sim::Duration{1s});
  EXPECT_EQ(region.states().size(), 2U);
}

// --- the request is refused or lost: the cloud did nothing at all ------------------------------

TEST(RefusedRequest, HasNoEffectAndIsAnEvent) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_effect, fail("InsufficientInstanceCapacity"));
  const RunAnswer& answer = region.run(launch_of("w1", "t1"));
  region.rig.run();
  EXPECT_EQ(answer.code(), "InsufficientInstanceCapacity");
  EXPECT_EQ(answer.result->error().http, 500);
  EXPECT_TRUE(region.ec2.instances().empty());
  EXPECT_EQ(region.record.count(sim::Kind::ec2_error), 1U);
  EXPECT_EQ(region.record.count(sim::Kind::ec2_call), 0U);

  const RunAnswer& retry = region.run(launch_of("w1", "t1"));
  region.rig.run();
  EXPECT_TRUE(retry.ok()) << "its token was not used up";
}

TEST(RefusedRequest, TerminatesNothing) {
  Region region;
  const std::string id = region.running("w1");
  region.puppet.next(kTerminate, FaultPoint::before_effect, fail("RequestLimitExceeded"));
  const TerminateAnswer& answer = region.terminate({id});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestLimitExceeded");
  EXPECT_EQ(answer.result->error().http, 503);
  EXPECT_EQ(region.state(id), InstanceState::running);
}

TEST(LostRequest, HasNoEffectAndCostsTheCallerItsDeadline) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_effect, lose());
  const RunAnswer& answer = region.run(launch_of("w1"), {kTimeZero + 30s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_EQ(answer.at, sim::Duration{30s});
  EXPECT_TRUE(region.ec2.instances().empty());
}

// --- slow calls --------------------------------------------------------------------------------

TEST(SlowCall, TheDelayComesBeforeTheEffectOrBeforeTheReply) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_effect, delay(10s));
  region.puppet.next(kRun, FaultPoint::before_reply, delay(20s));
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run();
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.at, sim::Duration{31s});
  EXPECT_EQ(region.states(), (Log{"none>pending at 11", "pending>running at 21"}));
  EXPECT_EQ(answer.value().state, InstanceState::pending) << "as it was when the call took effect";
}

// docs/cloud.md §5.3: nobody calls a request back that has left.
TEST(SlowCall, DelayedBeyondTheDeadlineItIsServedAllTheSame) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_effect, delay(10s));
  const RunAnswer& answer = region.run(launch_of("w1"), {kTimeZero + 5s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_EQ(answer.at, sim::Duration{5s});
  EXPECT_EQ(region.states(), (Log{"none>pending at 11", "pending>running at 21"}));
}

TEST(SlowCall, TooSlowAfterItsEffectOnlyTheReplyIsLost) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_reply, delay(10s));
  const RunAnswer& answer = region.run(launch_of("w1"), {kTimeZero + 5s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_EQ(answer.at, sim::Duration{5s});
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(SlowCall, ADelayMayComeWithAnError) {
  Region region;
  Verdict verdict = fail("InternalError");
  verdict.delay = 10s;
  region.puppet.next(kDescribe, FaultPoint::before_effect, verdict);
  const DescribeAnswer& answer = region.describe({region.running("w1")});
  region.rig.run();
  EXPECT_EQ(answer.code(), "InternalError");
  EXPECT_EQ(answer.at, sim::Duration{10s});
}

Profile slow_profile() {
  Profile profile = fixed_profile();
  profile.api_latency = {{10s, 10s}, {}};
  return profile;
}

// The port's promise, that every call ends at the latest with its context, and docs/cloud.md §5.3: it took effect, and
// its answer came after the client's timeout.
TEST(SlowCall, ALatencyBeyondTheDeadlineLosesTheAnswerAndNotTheEffect) {
  Region region{slow_profile()};
  const std::string other = region.running("w2");
  const RunAnswer& run = region.run(launch_of("w1"), {kTimeZero + 5s});
  const TerminateAnswer& terminated = region.terminate({other}, {kTimeZero + 6s});
  const DescribeAnswer& described = region.describe({region.running("w3")}, {kTimeZero + 7s});
  region.rig.run();
  EXPECT_EQ(run.code(), "RequestTimeout");
  EXPECT_EQ(run.result->error().http, 0);
  EXPECT_EQ(run.at, sim::Duration{5s});
  EXPECT_EQ(terminated.code(), "RequestTimeout");
  EXPECT_EQ(terminated.at, sim::Duration{6s});
  EXPECT_EQ(described.code(), "RequestTimeout");
  EXPECT_EQ(described.at, sim::Duration{7s});
  EXPECT_EQ(region.states(), (Log{"none>pending at 10", "running>shutting-down at 10", "shutting-down>terminated at 15",
                                  "pending>running at 20"}));
  EXPECT_EQ(region.errors(), Log{}) << "the cloud answered with success, to nobody";
}

TEST(SlowCall, TheTokenOfAnAnswerThatCameTooLateFindsTheInstance) {
  Region region{slow_profile()};
  region.run(launch_of("w1", "t1"), {kTimeZero + 5s});
  region.rig.run_until(6s);
  const RunAnswer& retry = region.run(launch_of("w1", "t1"));
  region.rig.run();
  ASSERT_TRUE(retry.ok()) << retry.code();
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(SlowCall, AnErrorThatCameTooLateIsAnEventAllTheSame) {
  Region region{slow_profile()};
  const TerminateAnswer& answer = region.terminate({"i-12345678"}, {kTimeZero + 5s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_EQ(region.errors(), (Log{"InvalidInstanceID.NotFound"}));
}

// Its caller may die as well as hang up.
TEST(SlowCall, ServedLateItOutlivesTheProcessThatCalled) {
  Region region{slow_profile()};
  region.run(launch_of("w1"), {kTimeZero + 5s});
  region.rig.run_until(2s);
  region.rig.tasks.kill();
  region.rig.run();
  EXPECT_EQ(region.states(), (Log{"none>pending at 10", "pending>running at 20"}));
}

// The drawn latency is cut to its typical length when calm begins: the answer may be in time again.
TEST(SlowCall, CutShortTheAnswerIsHeard) {
  Profile profile = fixed_profile();
  profile.api_latency = {{1s, 9s}, {}};
  Region region{profile, sim::tape_of({{"w1/ec2.RunInstances.latency", 1, 8}})};
  const RunAnswer& answer = region.run(launch_of("w1"), {kTimeZero + 8s});
  region.rig.run_until(1s);
  region.rig.scheduler.cut_drawn_delays();
  region.rig.run();
  EXPECT_TRUE(answer.ok()) << answer.code();
  EXPECT_EQ(answer.at, sim::Duration{6s});
}

TEST(SlowCall, WhoseDeadlineHasPassedIsNotMadeAtAll) {
  Region region;
  region.rig.run_until(5s);
  const RunAnswer& answer = region.run(launch_of("w1"), {kTimeZero + 5s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_TRUE(region.ec2.instances().empty());
  EXPECT_TRUE(region.puppet.calls.empty());
}

TEST(SlowCall, AnsweredAtItsDeadlineItIsInTime) {
  Region region;
  const RunAnswer& answer = region.run(launch_of("w1"), {kTimeZero + 1s});
  region.rig.run();
  EXPECT_TRUE(answer.ok()) << answer.code();
}

// --- what the adversary is asked ---------------------------------------------------------------

TEST(Adversary, IsAskedBeforeTheEffectAndBeforeTheReplyAndToldWhomItIsAbout) {
  Region region;
  const std::string id = region.running("w1");
  region.terminate({id});
  region.rig.run();
  ASSERT_EQ(region.puppet.calls.size(), 3U);
  EXPECT_EQ(region.puppet.calls[0].point, FaultPoint::before_effect);
  EXPECT_EQ(region.puppet.calls[1].point, FaultPoint::before_visibility);
  EXPECT_EQ(region.puppet.calls[2].point, FaultPoint::before_reply);
  for (const Puppet::Asked& asked : region.puppet.calls) {
    EXPECT_EQ(asked.on, kTerminate);
    EXPECT_EQ(region.record.text(asked.workspace), "w1");
    EXPECT_EQ(region.record.text(asked.instance), id);
  }
}

TEST(Adversary, OfALaunchTheInstanceIsKnownOnlyAfterItsEffect) {
  Region region;
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run();
  ASSERT_EQ(region.puppet.calls.size(), 4U);
  EXPECT_EQ(region.puppet.calls[0].point, FaultPoint::before_effect);
  EXPECT_EQ(region.puppet.calls[0].instance, sim::Name::none);
  EXPECT_EQ(region.puppet.calls[1].point, FaultPoint::before_visibility);
  EXPECT_EQ(region.record.text(region.puppet.calls[1].instance), answer.value().id);
  EXPECT_EQ(region.puppet.calls[2].point, FaultPoint::before_reply);
  EXPECT_EQ(region.record.text(region.puppet.calls[2].instance), answer.value().id);
  EXPECT_EQ(region.puppet.calls[3].point, FaultPoint::before_completion);
  EXPECT_EQ(region.record.text(region.puppet.calls[3].instance), answer.value().id);
}

// docs/cloud.md §4: a launch that succeeded may be followed by NotFound from any call that names its id.
TEST(Visibility, OfANewInstanceMayLagBehindItsLaunch) {
  Profile profile = fixed_profile();
  profile.visibility_lag = {5s, 5s};
  Region region{profile};
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(2s);
  const DescribeAnswer& early = region.describe({launched.value().id});
  const TerminateAnswer& end = region.terminate({launched.value().id});
  region.rig.run_until(5s);
  EXPECT_EQ(early.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(end.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(region.state(launched.value().id), InstanceState::pending);  // NotFound ended nothing
  const DescribeAnswer& late = region.describe({launched.value().id});
  region.rig.run();
  EXPECT_TRUE(late.ok());
}

TEST(Visibility, LagsByWhatTheAdversaryAdds) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_visibility, {.delay = 5s});
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(2s);
  const DescribeAnswer& early = region.describe({launched.value().id});
  region.rig.run();
  EXPECT_EQ(early.code(), "InvalidInstanceID.NotFound");
}

TEST(Visibility, OneReadMayMeetAReplicaThatLags) {
  Region region;
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(20s);
  ASSERT_EQ(region.state(launched.value().id), InstanceState::running);
  region.puppet.next(kDescribe, FaultPoint::before_visibility, {.delay = 15s});
  const DescribeAnswer& late = region.describe({launched.value().id});
  region.rig.run_until(25s);
  const DescribeAnswer& next = region.describe({launched.value().id});
  region.puppet.next(kTerminate, FaultPoint::before_visibility, {.delay = 1h});
  const TerminateAnswer& end = region.terminate({launched.value().id});
  region.rig.run();
  EXPECT_EQ(late.value().front().state, InstanceState::pending) << "as it was at 6 s";
  EXPECT_EQ(next.value().front().state, InstanceState::running);
  EXPECT_EQ(end.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(region.state(launched.value().id), InstanceState::running);
}

// docs/cloud.md §5.2
TEST(Completion, OfALaunchMayFailWithAReason) {
  Region region;
  region.puppet.next(kRun, FaultPoint::before_completion, fail("Server.InternalError"));
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_TRUE(launched.ok());
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "pending>terminated at 11"}));
  EXPECT_EQ(region.ec2.instances().front().reason, "Server.InternalError");
}

TEST(Completion, IsNotAskedForWhatEndedBefore) {
  Region region;
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(2s);
  const TerminateAnswer& ended = region.terminate({launched.value().id});
  region.rig.run();
  EXPECT_TRUE(ended.ok()) << ended.code();
  EXPECT_EQ(region.state(launched.value().id), InstanceState::terminated);
  ASSERT_EQ(region.puppet.calls.size(), 6U) << "three moments of the launch and three of its termination";
  for (const Puppet::Asked& asked : region.puppet.calls) EXPECT_NE(asked.point, FaultPoint::before_completion);
}

TEST(Adversary, ThatIsCalmLetsEverythingPass) {
  sim::Calm calm;
  for (const auto point : {FaultPoint::before_effect, FaultPoint::before_reply, FaultPoint::before_visibility,
                           FaultPoint::before_completion}) {
    const Verdict verdict = calm.decide({.on = kRun}, point);
    EXPECT_TRUE(verdict.passes());
    EXPECT_EQ(verdict.delay, sim::Duration{0});
  }
}

// --- instances that die ------------------------------------------------------------------------

TEST(Kill, TerminatesLiveInstancesOfTheWorkspaceAtOnce) {
  Region region;
  const std::string mine = region.running("w1");
  const std::string other = region.running("w2");
  const RunAnswer& pending = region.run(launch_of("w1"));
  region.rig.run_until(2s);
  EXPECT_EQ(region.ec2.kill(region.record.name("w1")), 2U);
  EXPECT_EQ(region.state(mine), InstanceState::terminated);
  EXPECT_EQ(region.ec2.find(mine)->reason, "Server.InternalError");
  EXPECT_EQ(region.ec2.find(mine)->terminated, kTimeZero + 2s);
  EXPECT_EQ(region.state(other), InstanceState::running);
  region.rig.run();
  // docs/cloud.md §1.1: pending → terminated, and never running.
  EXPECT_EQ(region.state(pending.value().id), InstanceState::terminated);
  EXPECT_EQ(region.states(), (Log{"none>pending at 1", "running>terminated at 2", "pending>terminated at 2"}));
}

TEST(Kill, WithoutAWorkspaceMeansAll) {
  Region region;
  region.running("w1");
  region.running("w2");
  EXPECT_EQ(region.ec2.kill(sim::Name::none), 2U);
  EXPECT_EQ(region.ec2.kill(sim::Name::none), 0U);
}

TEST(Kill, SparesWhatIsAlreadyShuttingDown) {
  Region region;
  const std::string id = region.running("w1");
  region.terminate({id});
  region.rig.run_until(2s);
  EXPECT_EQ(region.ec2.kill(sim::Name::none), 0U);
  EXPECT_EQ(region.state(id), InstanceState::shutting_down);
  region.rig.run();
  EXPECT_EQ(region.ec2.find(id)->reason, "Client.UserInitiatedShutdown");
}

// --- watchers ----------------------------------------------------------------------------------

/// Notes what it is told, and what its own effects would follow from.
class Watcher final : public InstanceWatcher {
 public:
  Watcher(std::string name, sim::Record* record, Log* log) : name_(std::move(name)), record_(record), log_(log) {}
  void instance_entered(const Instance& instance, std::optional<InstanceState> from, std::uint32_t event) override {
    log_->push_back(name_ + ": " + std::string{from ? to_text(*from) : "none"} + ">" +
                    std::string{to_text(instance.state)} + " #" + std::to_string(event) + " cause " +
                    std::to_string(record_->current_cause()));
  }

 private:
  std::string name_;
  sim::Record* record_;
  Log* log_;
};

TEST(Watchers, AreToldOfEveryStateInTheOrderInWhichTheyCame) {
  Log log;
  Region region;
  Watcher a{"a", &region.record, &log};
  Watcher b{"b", &region.record, &log};
  region.ec2.watch(a);
  region.ec2.watch(b);
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(15s);
  region.terminate({launched.value().id});
  region.rig.run();
  // Each with the event that says so, from which what they do about it follows.
  EXPECT_EQ(log, (Log{"a: none>pending #2 cause 2", "b: none>pending #2 cause 2", "a: pending>running #3 cause 3",
                      "b: pending>running #3 cause 3", "a: running>shutting-down #5 cause 5",
                      "b: running>shutting-down #5 cause 5", "a: shutting-down>terminated #6 cause 6",
                      "b: shutting-down>terminated #6 cause 6"}));
}

TEST(Watchers, AreToldOfSeededInstancesWithoutAnEvent) {
  Log log;
  Region region;
  Watcher a{"a", &region.record, &log};
  region.ec2.watch(a);
  region.running("w1");
  EXPECT_EQ(log, (Log{"a: none>running #0 cause 0"}));
}

}  // namespace
}  // namespace drydock::cloud
