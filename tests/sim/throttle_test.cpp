#include "sim/cloud/throttle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "tests/sim/cloud_support.hpp"

// The request and resource buckets of docs/cloud.md §3.

namespace drydock::cloud {
namespace {

using sim::kTimeZero;

constexpr std::string_view kThrottled = "RequestLimitExceeded";

TEST(TokenBucket, IsFullAtFirstAndGetsItsTokensBackOneByOne) {
  TokenBucket bucket{Rate{5, 2}};
  EXPECT_TRUE(bucket.holds(5, kTimeZero));
  EXPECT_FALSE(bucket.holds(6, kTimeZero));
  bucket.take(5, kTimeZero);
  EXPECT_FALSE(bucket.holds(1, kTimeZero + 499ms));
  EXPECT_TRUE(bucket.holds(1, kTimeZero + 500ms));
  EXPECT_FALSE(bucket.holds(2, kTimeZero + 999ms));
  EXPECT_TRUE(bucket.holds(2, kTimeZero + 1s));
}

TEST(TokenBucket, DiscardsWhatDoesNotFit) {
  TokenBucket bucket{Rate{5, 2}};
  bucket.take(1, kTimeZero);
  EXPECT_TRUE(bucket.holds(5, kTimeZero + 1h));
  EXPECT_FALSE(bucket.holds(6, kTimeZero + 1h));
  bucket.take(5, kTimeZero + 1h);
  EXPECT_FALSE(bucket.holds(1, kTimeZero + 1h));
}

TEST(Throttle, TakesNothingForARequestThatLacksEitherToken) {
  constexpr ActionLimits limits{"A", {2, 1}, {3, 1}};
  Throttle throttle;
  EXPECT_FALSE(throttle.admit(limits, 4, kTimeZero));  // as often as one likes
  EXPECT_FALSE(throttle.admit(limits, 4, kTimeZero));
  EXPECT_TRUE(throttle.admit(limits, 3, kTimeZero));
  throttle.charge(limits, 3, kTimeZero);
  EXPECT_FALSE(throttle.admit(limits, 1, kTimeZero));  // no instance's token is left
  EXPECT_TRUE(throttle.admit(limits, 1, kTimeZero + 1s));
  EXPECT_TRUE(throttle.admit(limits, 1, kTimeZero + 1s));
  EXPECT_FALSE(throttle.admit(limits, 1, kTimeZero + 1s));  // no request's token is left
}

TEST(Throttle, ChargesOnlyTheInstancesThatWereAffected) {
  constexpr ActionLimits limits{"A", {100, 1}, {3, 1}};
  Throttle throttle;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(throttle.admit(limits, 3, kTimeZero));
}

TEST(Throttle, SaysHowManyItWouldAdmitAndTakesNone) {
  constexpr ActionLimits limits{"A", {3, 1}};
  Throttle throttle;
  EXPECT_TRUE(throttle.would_admit(limits, 3, kTimeZero));
  EXPECT_FALSE(throttle.would_admit(limits, 4, kTimeZero));
  EXPECT_TRUE(throttle.admit(limits, 1, kTimeZero));
  EXPECT_TRUE(throttle.would_admit(limits, 2, kTimeZero));
  EXPECT_FALSE(throttle.would_admit(limits, 3, kTimeZero));
  EXPECT_TRUE(throttle.would_admit(limits, 3, kTimeZero + 1s));
}

TEST(Throttle, KeepsABucketForEachAction) {
  constexpr ActionLimits one{"A", {1, 1}};
  constexpr ActionLimits other{"B", {1, 1}};
  Throttle throttle;
  EXPECT_TRUE(throttle.admit(one, 1, kTimeZero));
  EXPECT_TRUE(throttle.admit(other, 1, kTimeZero));
  EXPECT_FALSE(throttle.admit(one, 1, kTimeZero));
}

template <typename T>
std::size_t refused(const std::deque<Answer<T>>& answers) {
  return static_cast<std::size_t>(std::count_if(answers.begin(), answers.end(),
                                                [](const Answer<T>& answer) { return answer.code() == kThrottled; }));
}

TEST(RunInstances, IsLetInFiveTimesAtOnceAndTwiceASecondThen) {
  Region region;
  for (int i = 0; i < 7; ++i) region.run(launch_of("w1"));
  region.rig.run_until(500ms);
  region.run(launch_of("w1"));
  region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_EQ(refused(region.runs), 3U);
  EXPECT_EQ(region.runs[4].code(), "none");
  EXPECT_EQ(region.runs[5].code(), kThrottled);
  EXPECT_EQ(region.runs[5].result->error().http, 503);
  EXPECT_EQ(region.runs[6].code(), kThrottled);
  EXPECT_EQ(region.runs[7].code(), "none");
  EXPECT_EQ(region.runs[8].code(), kThrottled);
  EXPECT_EQ(region.ec2.instances().size(), 6U);
  EXPECT_EQ(region.errors(), (Log{std::string{kThrottled}, std::string{kThrottled}, std::string{kThrottled}}));
}

// 100 workspaces take 47.5 s at least.
TEST(RunInstances, OfAWholeFleetTakesItsTime) {
  Region region;
  for (int half = 0; half <= 95; ++half) {
    for (int i = 0; i < 5; ++i) region.run(launch_of("w1"));
    region.rig.run_until((half + 1) * 500ms);
  }
  region.rig.run();
  ASSERT_EQ(region.ec2.instances().size(), 100U);
  EXPECT_EQ(region.ec2.instances()[4].launched, kTimeZero + 1s);
  EXPECT_EQ(region.ec2.instances()[5].launched, kTimeZero + 1s + 500ms);
  EXPECT_EQ(region.ec2.instances()[99].launched, kTimeZero + 1s + 47s + 500ms);
}

TEST(ThrottleSwitch, OffLetsEverythingIn) {
  Profile profile = fixed_profile();
  profile.throttle = false;
  Region region{profile};
  for (int i = 0; i < 50; ++i) region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_EQ(refused(region.runs), 0U);
}

TEST(DescribeInstances, OfEverythingHasASmallerBucketBesideTheOtherOne) {
  Region region;
  region.running("w1");
  InstanceFilter filter;
  filter.workspace = "w1";
  for (int i = 0; i < 51; ++i) region.list({});
  for (int i = 0; i < 101; ++i) region.list(filter);
  region.rig.run();
  EXPECT_EQ(refused(region.describes), 2U);
  EXPECT_EQ(region.describes[50].code(), kThrottled);
  EXPECT_EQ(region.describes[151].code(), kThrottled);
}

TEST(DescribeInstances, ByIdTakesTheLargeBucket) {
  Region region;
  const std::string id = region.running("w1");
  for (int i = 0; i < 101; ++i) region.describe({id});
  region.rig.run();
  EXPECT_EQ(refused(region.describes), 1U);
}

TEST(TerminateInstances, CountsItsRequests) {
  Region region;
  const std::string id = region.running("w1");
  for (int i = 0; i < 101; ++i) region.terminate({id});
  region.rig.run();
  EXPECT_EQ(refused(region.terminates), 1U);
}

TEST(TerminateInstances, CountsTheInstancesThatItEnds) {
  Region region;
  std::vector<std::string> many;
  for (int i = 0; i < 600; ++i) many.push_back(region.running("w1"));
  const TerminateAnswer& first = region.terminate(many);
  region.rig.run_until(1s);
  const TerminateAnswer& second = region.terminate(many);
  region.rig.run_until(2s + 1ms);
  EXPECT_EQ(first.code(), "none");
  EXPECT_EQ(second.code(), kThrottled);  // 420 are left
  region.rig.run_until(11s);             // 20 come back each second
  const TerminateAnswer& third = region.terminate(many);
  region.rig.run();
  EXPECT_EQ(third.code(), "none");
}

TEST(TerminateInstances, ThatFailsAffectsNoInstance) {
  Region region;
  std::vector<std::string> many(600, "i-12345678");
  region.terminate(many);
  region.terminate(many);
  region.rig.run();
  EXPECT_EQ(region.terminates[1].code(), "InvalidInstanceID.NotFound");
}

TEST(CreateSnapshot, HasABucketBesideItsLimiters) {
  Profile profile = fixed_profile();
  profile.snapshot_limit.kind = SnapshotLimit::Kind::none;
  profile.pending_snapshots = 1000;
  Region region{profile};
  RunInstancesRequest request = launch_of("w1");
  request.data_volume = BlockDevice{};
  const Instance& instance = region.ec2.seed_running(request, kTimeZero - 10min);
  for (int i = 0; i < 101; ++i) region.snapshot(instance.data_volume->id);
  for (int i = 0; i < 101; ++i) region.list_volumes("w1");
  for (int i = 0; i < 101; ++i) region.list_snapshots("w1");
  region.rig.run();
  EXPECT_EQ(refused(region.snapshots), 1U);
  EXPECT_EQ(refused(region.volume_lists), 1U);
  EXPECT_EQ(refused(region.snapshot_lists), 1U);
}

}  // namespace
}  // namespace drydock::cloud
