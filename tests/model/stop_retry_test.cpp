// The bounded retry core of the stop (docs/platform.md §10.2), and the stop that it repeats (§4.2).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::StopResult;

StopResult stop_with_retry(Rig& rig, sim::Context context = {}) {
  model::StopPermit permit = rig.platform().backups().of_removed();
  return rig.await(rig.platform().cp_stop_with_retry_err(context, rig.key(), "Delete", &permit));
}

std::vector<Duration> gaps(const std::vector<Duration>& times) {
  std::vector<Duration> between;
  for (std::size_t i = 1; i < times.size(); ++i) between.push_back(times[i] - times[i - 1]);
  return between;
}

TEST(StopRetryCore, FirstTrySucceeds) {
  Rig rig("post-1556");
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 1U);
  EXPECT_EQ(rig.instance_state(), "shutting-down");
}

TEST(StopRetryCore, CPRetriesTransientThenSucceeds) {
  Rig rig("post-1556");
  rig.adversary().fail("cp.stop", "http-503", 2);
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(rig.count("stop.failed"), 2U);
  EXPECT_EQ(rig.count("stop.exhausted"), 0U);
  EXPECT_EQ(rig.count("structure_event"), 0U);
  // A second after the first failure, two after the second; each attempt reads the row anew (1 ms).
  EXPECT_EQ(gaps(rig.times("stop.attempt")), (std::vector<Duration>{1001ms, 2001ms}));
}

TEST(StopRetryCore, CPExhausts) {
  Rig rig("post-1556");
  for (const char* error : {"http-500", "http-502", "http-503"}) {
    rig.adversary().fail("cp.stop", error);
  }
  const StopResult stopped = stop_with_retry(rig);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_FALSE(stopped.error().abandoned);
  EXPECT_NE(stopped.error().message.find("503"), std::string::npos) << stopped.error().message;
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(rig.count("stop.failed"), 3U);
  ASSERT_EQ(rig.count("stop.exhausted"), 1U);
  EXPECT_EQ(rig.count("stop.exhausted", "w", R"("source":"Delete","attempts":3)"), 1U);
  EXPECT_EQ(rig.count("stop.exhausted", "w", "503"), 1U);
  EXPECT_EQ(rig.instance_state(), "running");
}

TEST(StopRetryCore, DoesNotSleepAfterTheLastAttempt) {
  Rig rig("post-1556");
  rig.adversary().fail("cp.stop", "http-503", 3);
  EXPECT_FALSE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.elapsed(), 3s + 3 * 1ms);
}

TEST(StopRetryCore, ContextEndsInTheSleep) {
  Rig rig("post-1556");
  rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways);
  const StopResult stopped = stop_with_retry(rig, {sim::kTimeZero + 1500ms});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_TRUE(stopped.error().abandoned);
  EXPECT_EQ(rig.count("stop.attempt"), 2U);
  EXPECT_EQ(rig.count("stop.exhausted"), 0U);
  EXPECT_EQ(rig.count("platform.log", "w", "abandoned mid-retry"), 1U);
  EXPECT_EQ(rig.elapsed(), 1500ms);
}

TEST(StopRetryCore, ADeadContextMakesTheAttemptFailByItselfAndTheSleepGiveUp) {
  Rig rig("post-1556");
  rig.run_for(10s);
  const StopResult stopped = stop_with_retry(rig, {sim::kTimeZero + 5s});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_TRUE(stopped.error().abandoned);
  EXPECT_EQ(rig.count("stop.exhausted"), 0U);
  EXPECT_EQ(rig.adversary().calls("cp.stop"), 0);
  EXPECT_EQ(rig.elapsed(), 10s);
}

TEST(StopRetryCore, AContextThatEndsInTheLastAttemptIsExhaustion) {
  Rig rig("post-1556");
  rig.adversary().fail("cp.stop", "http-503", 2);
  rig.adversary().lose("cp.stop");
  const StopResult stopped = stop_with_retry(rig, {sim::kTimeZero + 10s});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_FALSE(stopped.error().abandoned);
  EXPECT_EQ(rig.count("stop.exhausted"), 1U);
  EXPECT_EQ(rig.elapsed(), 10s);
}

TEST(StopRetryCore, ATransportErrorIsRetriedToo) {
  Rig rig("post-1556");
  rig.adversary().fail("cp.stop", "reset", 1);
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 2U);
}

TEST(StopRetryCore, AnAttemptThatGetsNoAnswerEndsWithTheClientsTimeout) {
  Rig rig("post-1556", {{"stop.attempts", "1"}});
  rig.adversary().lose("cp.stop");
  EXPECT_FALSE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.elapsed(), 120s + 1ms);
}

TEST(StopRetryCore, NothingToStopIsSuccessWithoutACall) {
  Rig rig("post-1556", {}, {{.status = Status::failed}});
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.adversary().calls("cp.stop"), 0);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 0U);
}

TEST(StopRetryCore, AStopNeverClearsTheInstanceId) {
  Rig rig("post-1556");
  const std::string before = rig.row("instance_id");
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  rig.run_for(1min);
  EXPECT_EQ(rig.row("instance_id"), before);
}

TEST(StopRetryCore, StoppingWhatIsTerminatedSucceeds) {
  Rig rig("post-1556");
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  rig.run_for(1min);
  ASSERT_EQ(rig.instance_state(), "terminated");
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  // An hour later EC2 does not know the id any more; that reads as gone as well.
  rig.run_for(61min);
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("stop.failed"), 0U);
}

TEST(StopStatusCheck, OffAnyAnswerIsSuccess) {
  Rig rig("post-1556", {{"stop.checks_status", "off"}});
  rig.adversary().fail("cp.stop", "http-500");
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 1U);
  EXPECT_EQ(rig.instance_state(), "running");
}

TEST(StopStatusCheck, OffATransportErrorStillFails) {
  Rig rig("post-1556", {{"stop.checks_status", "off"}});
  rig.adversary().fail("cp.stop", "reset", 3);
  EXPECT_FALSE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("stop.exhausted"), 1U);
}

TEST(StopStatusCheck, OnARefusalFails) {
  Rig rig("post-1556", {{"stop.attempts", "1"}});
  rig.adversary().fail("cp.stop", "http-500");
  EXPECT_FALSE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 0U);
}

TEST(RestartFlavour, DiscardsTheErrorAndProvisions) {
  Rig rig("post-1556");
  rig.adversary().fail("cp.stop", "http-503", 3);
  const std::string before = rig.row("instance_id");
  EXPECT_EQ(rig.request("POST /workspaces/w/restart").status, 200);
  rig.run_for(20s);
  EXPECT_EQ(rig.count("stop.exhausted", "w", "Restart"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_NE(rig.row("instance_id"), before);
}

TEST(RestartFlavour, MakesOneAttemptBeforeRetriesWereAdded) {
  Rig rig("april-2026");
  rig.adversary().fail("cp.stop", "reset");
  EXPECT_EQ(rig.request("POST /workspaces/w/restart").status, 200);
  rig.run_for(20s);
  EXPECT_EQ(rig.count("stop.attempt"), 1U);
  EXPECT_EQ(rig.count("stop.failed"), 1U);
  EXPECT_EQ(rig.count("stop.exhausted"), 0U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
}

TEST(RestartFlavour, AStopThatTookEffectAndWasNotAnsweredIsTriedAgainAndSucceeds) {
  Rig rig("post-1556");
  rig.adversary().meet("cp.stop", {.what = sim::Verdict::What::fail, .error = "http-502", .delay = {}}, 1,
                       sim::FaultPoint::before_reply);
  EXPECT_TRUE(stop_with_retry(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 2U);
  EXPECT_EQ(rig.count("ec2.call", "w", "TerminateInstances"), 2U);
  EXPECT_EQ(rig.count("ec2.state", "w", R"("to":"shutting-down")"), 1U);
}

}  // namespace
}  // namespace drydock::test
