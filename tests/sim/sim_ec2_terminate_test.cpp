#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/cloud/errors.hpp"
#include "tests/sim/cloud_support.hpp"

namespace drydock::cloud {
namespace {

const std::string kUnknown = "i-0123456789abcdef0";
const std::string kUnknownToo = "i-12345678";

// --- termination: docs/cloud.md §1.1, §1.2 -----------------------------------------------------

TEST(TerminateInstances, ShutsDownAtOnceAndTerminatesLater) {
  Region region;
  const std::string id = region.running("w1");
  const TerminateAnswer& answer = region.terminate({id});
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  EXPECT_EQ(answer.at, sim::Duration{1s});
  ASSERT_EQ(answer.value().size(), 1U);
  EXPECT_EQ(answer.value()[0].id, id);
  EXPECT_EQ(answer.value()[0].previous, InstanceState::running);
  EXPECT_EQ(answer.value()[0].current, InstanceState::shutting_down);
  EXPECT_EQ(region.states(), (Log{"running>shutting-down at 1", "shutting-down>terminated at 6"}));
  EXPECT_EQ(region.ec2.find(id)->reason, "Client.UserInitiatedShutdown");
}

TEST(TerminateInstances, InPendingTheInstanceNeverRuns) {
  Region region;
  const RunAnswer& launched = region.run(launch_of("w1"));
  region.rig.run_until(8s);
  const TerminateAnswer& answer = region.terminate({launched.value().id});
  region.rig.run();
  EXPECT_EQ(answer.value()[0].previous, InstanceState::pending);
  // It would have been running at 11 s, in the midst of its shutting down.
  EXPECT_EQ(region.states(),
            (Log{"none>pending at 1", "pending>shutting-down at 9", "shutting-down>terminated at 14"}));
}

TEST(TerminateInstances, AgainItSucceedsAndChangesNothing) {
  Region region;
  const std::string id = region.running("w1");
  region.terminate({id});
  region.rig.run_until(3s);
  const TerminateAnswer& second = region.terminate({id});
  region.rig.run_until(1min);
  const TerminateAnswer& third = region.terminate({id});
  region.rig.run();
  ASSERT_TRUE(second.ok() && third.ok()) << second.code() << third.code();
  EXPECT_EQ(second.value()[0].previous, InstanceState::shutting_down);
  EXPECT_EQ(second.value()[0].current, InstanceState::shutting_down);
  EXPECT_EQ(third.value()[0].previous, InstanceState::terminated);
  EXPECT_EQ(third.value()[0].current, InstanceState::terminated);
  EXPECT_EQ(region.states(), (Log{"running>shutting-down at 1", "shutting-down>terminated at 6"}));
}

TEST(TerminateInstances, AnIdNamedTwiceIsTerminatedOnce) {
  Region region;
  const std::string id = region.running("w1");
  const TerminateAnswer& answer = region.terminate({id, id});
  region.rig.run();
  EXPECT_EQ(answer.value().size(), 2U);
  EXPECT_EQ(region.states().size(), 2U);
}

// docs/cloud.md §1.6
TEST(TerminateInstances, ItsDurationIsADecisionOfTheWorkspace) {
  Profile profile = fixed_profile();
  profile.terminate = {5s, 45s};
  Region region{profile, sim::tape_of({{"w1/ec2.terminate.duration", 1, 8}})};
  const std::string one = region.running("w1");
  const std::string two = region.running("w2");
  region.terminate({one, two});
  region.rig.run();
  EXPECT_EQ(region.states(), (Log{"running>shutting-down at 1", "running>shutting-down at 1",
                                  "shutting-down>terminated at 26", "shutting-down>terminated at 46"}));
}

// docs/cloud.md §1.6
TEST(TerminateInstances, ItsLatencyIsADecisionOfTheWorkspace) {
  Profile profile = fixed_profile();
  profile.api_latency = {{1s, 3s}, {}};
  Region region{
      profile, sim::tape_of({{"w1/ec2.TerminateInstances.latency", 1, 8}, {"w1/ec2.DescribeInstances.latency", 1, 1}})};
  const std::string id = region.running("w1");
  const TerminateAnswer& terminated = region.terminate({id});
  const DescribeAnswer& described = region.describe({id});
  region.rig.run();
  EXPECT_EQ(terminated.at, sim::Duration{3s});
  EXPECT_EQ(described.at, sim::Duration{1s});
}

// Every site is `actor/point`: what is about no workspace is the cloud's own.
TEST(TerminateInstances, OfAnUnknownInstanceTheLatencyIsTheCloudsDecision) {
  Profile profile = fixed_profile();
  profile.api_latency = {{1s, 3s}, {}};
  Region region{profile, sim::tape_of({{"cloud/ec2.TerminateInstances.latency", 1, 8}})};
  const TerminateAnswer& answer = region.terminate({kUnknown});
  region.rig.run();
  EXPECT_EQ(answer.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(answer.at, sim::Duration{3s});
  EXPECT_TRUE(region.rig.choices.misaligned().empty());
}

// --- ids: docs/cloud.md §1.3 -------------------------------------------------------------------

TEST(InstanceIds, AreEightOrSeventeenHexDigits) {
  for (const std::string& id : {std::string{}, std::string{"i-"}, std::string{"i-1234567"}, std::string{"i-123456789"},
                                std::string{"i-1234567g"}, std::string{"x-12345678"}, std::string{"12345678"},
                                std::string{"i-0123456789abcdef"}, std::string{"i-0123456789abcdef01"},
                                std::string{"i_12345678"}, std::string{" i-12345678"}}) {
    Region region;
    const TerminateAnswer& terminated = region.terminate({id});
    const DescribeAnswer& described = region.describe({id});
    region.rig.run();
    EXPECT_EQ(terminated.code(), "InvalidInstanceID.Malformed") << id;
    EXPECT_EQ(terminated.result->error().http, 400);
    EXPECT_EQ(described.code(), "InvalidInstanceID.Malformed") << id;
  }
}

TEST(InstanceIds, WellFormedButUnknownAreNotFound) {
  Region region;
  const TerminateAnswer& one = region.terminate({kUnknown});
  const DescribeAnswer& several = region.describe({kUnknown, kUnknownToo});
  region.rig.run();
  EXPECT_EQ(one.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(one.result->error().http, 400);
  EXPECT_EQ(one.result->error().message, "no instance 'i-0123456789abcdef0' exists");
  EXPECT_EQ(several.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(several.result->error().message, "no instances 'i-0123456789abcdef0, i-12345678' exist");
}

TEST(InstanceIds, NoneAtAllIsAMissingParameter) {
  Region region;
  const TerminateAnswer& terminated = region.terminate({});
  region.rig.run();
  EXPECT_EQ(terminated.code(), "MissingParameter");
  EXPECT_EQ(terminated.result->error().http, 400);
}

TEST(InstanceIds, OneBadOneFailsTheWholeRequest) {
  for (const std::string& bad : {kUnknown, std::string{"nonsense"}}) {
    Region region;
    const std::string first = region.running("w1");
    const std::string last = region.running("w2");
    const TerminateAnswer& answer = region.terminate({first, bad, last});
    region.rig.run();
    EXPECT_FALSE(answer.ok());
    EXPECT_EQ(region.state(first), InstanceState::running);
    EXPECT_EQ(region.state(last), InstanceState::running);
    EXPECT_TRUE(region.states().empty());
  }
}

TEST(InstanceIds, AllGoodOnesAreDoneInTheOrderOfTheRequest) {
  Region region;
  const std::string first = region.running("w1");
  const std::string last = region.running("w2");
  const TerminateAnswer& answer = region.terminate({last, first});
  region.rig.run();
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.value()[0].id, last);
  EXPECT_EQ(answer.value()[1].id, first);
  EXPECT_EQ(region.state(first), InstanceState::terminated);
  EXPECT_EQ(region.state(last), InstanceState::terminated);
}

TEST(InstanceIds, ARefusalIsAnEventWithItsCode) {
  Region region;
  region.terminate({kUnknown});
  region.rig.run();
  ASSERT_EQ(region.record.count(sim::Kind::ec2_error), 1U);
  const sim::Event& event = region.record.events().front();
  EXPECT_EQ(region.record.text(event.instance), kUnknown);
  EXPECT_EQ(to_json(region.record.details(event)),
            R"({"action":"TerminateInstances","code":"InvalidInstanceID.NotFound",)"
            R"("message":"no instance 'i-0123456789abcdef0' exists"})");
}

// --- visibility: docs/cloud.md §1.4 ------------------------------------------------------------

TEST(TerminatedInstance, IsVisibleForAnHourAndThenUnknown) {
  Region region;
  const std::string id = region.running("w1");
  region.terminate({id});
  region.rig.run_until(1h);  // it terminated at 6 s; a call arrives 1 s after it was made
  region.rig.run_until(1h + 5s - 1us);
  const DescribeAnswer& last = region.describe({id});
  const TerminateAnswer& last_too = region.terminate({id});
  region.rig.run_until(1h + 5s);
  const DescribeAnswer& late = region.describe({id});
  const TerminateAnswer& late_too = region.terminate({id});
  region.rig.run();
  ASSERT_TRUE(last.ok() && last_too.ok()) << last.code() << last_too.code();
  EXPECT_EQ(last.value()[0].state, InstanceState::terminated);
  EXPECT_EQ(last.value()[0].workspace, "w1");
  EXPECT_EQ(late.code(), "InvalidInstanceID.NotFound");
  EXPECT_EQ(late_too.code(), "InvalidInstanceID.NotFound");
}

TEST(TerminatedInstance, IsVisibleForAsLongAsTheProfileSays) {
  Profile profile = fixed_profile();
  profile.terminated_visible = 10s;
  Region region{profile};
  const std::string id = region.running("w1");
  region.terminate({id});
  region.rig.run_until(20s);
  const DescribeAnswer& answer = region.describe({id});
  region.rig.run();
  EXPECT_EQ(answer.code(), "InvalidInstanceID.NotFound");
}

// docs/cloud.md §1.2, §1.5
TEST(DescribeInstances, ShowsEveryStateAndTheClientToken) {
  Region region;
  const RunAnswer& launched = region.run(launch_of("w1", "t1"));
  region.rig.run_until(2s);
  const std::string id = launched.value().id;
  const DescribeAnswer& pending = region.describe({id});
  region.rig.run_until(15s);
  const DescribeAnswer& running = region.describe({id});
  region.rig.run_until(20s);
  region.terminate({id});
  region.rig.run_until(22s);
  const DescribeAnswer& shutting_down = region.describe({id});
  region.rig.run_until(30s);
  const std::string other = region.running("w2");
  const DescribeAnswer& both = region.describe({other, id});
  region.rig.run();
  EXPECT_EQ(pending.value()[0].state, InstanceState::pending);
  EXPECT_EQ(pending.value()[0].client_token, "t1");
  EXPECT_EQ(running.value()[0].state, InstanceState::running);
  EXPECT_EQ(shutting_down.value()[0].state, InstanceState::shutting_down);
  ASSERT_EQ(both.value().size(), 2U);
  EXPECT_EQ(both.value()[0].id, other);
  EXPECT_EQ(both.value()[1].state, InstanceState::terminated);
}

// --- status codes: docs/cloud.md §5.1 ----------------------------------------------------------

TEST(ErrorStatus, IsWhatEc2SendsWithACode) {
  EXPECT_EQ(error_status("RequestLimitExceeded"), 503);
  EXPECT_EQ(error_status("ServiceUnavailable"), 503);
  EXPECT_EQ(error_status("InternalError"), 500);
  EXPECT_EQ(error_status("InsufficientInstanceCapacity"), 500);
  EXPECT_EQ(error_status("UnauthorizedOperation"), 403);
  EXPECT_EQ(error_status("SnapshotCreationPerVolumeRateExceeded"), 400);
  EXPECT_EQ(error_status("InvalidInstanceID.NotFound"), 400);
  EXPECT_EQ(error_status("http-502"), 502);
  EXPECT_EQ(error_status("reset"), 0);
  EXPECT_EQ(error_status("RequestTimeout"), 0);
}

}  // namespace
}  // namespace drydock::cloud
