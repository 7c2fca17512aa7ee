#include <gtest/gtest.h>

#include <vector>

#include "sim/cloud/limiter.hpp"

namespace drydock::cloud {
namespace {

using sim::Instant;
using sim::kNever;
using sim::kTimeZero;
using Kind = SnapshotLimit::Kind;

constexpr SnapshotLimit kBucket{Kind::bucket, 5, 720s};
constexpr SnapshotLimit kWindow{Kind::window, 5, 3600s};
constexpr SnapshotLimit kSpacing{Kind::spacing, 1, 15s};
constexpr SnapshotLimit kNone{Kind::none, 0, 0s};

std::vector<Instant> at(std::initializer_list<Duration> times) {
  std::vector<Instant> instants;
  for (const Duration time : times) instants.push_back(kTimeZero + time);
  return instants;
}

/// When the next is accepted, as the time since zero.
Duration next(const SnapshotLimit& limit, std::initializer_list<Duration> accepted, Duration now) {
  return next_accept(limit, at(accepted), kTimeZero + now) - kTimeZero;
}

// --- the pure rule: docs/cloud.md §2.4 ---------------------------------------------------------

TEST(SnapshotLimitRule, WithNothingAcceptedTheNextIsNow) {
  for (const SnapshotLimit& limit : {kBucket, kWindow, kSpacing, kNone}) {
    EXPECT_EQ(next(limit, {}, 0s), Duration{0s});
    EXPECT_EQ(next(limit, {}, 77s), Duration{77s});
  }
}

// The honest Retry-After of the table: 15 s, 720 s and 3600 s after a burst of 5 at t=0.
TEST(SnapshotLimitRule, AfterABurstOfFive) {
  EXPECT_EQ(next(kSpacing, {0s}, 0s), Duration{15s});
  EXPECT_EQ(next(kBucket, {0s, 0s, 0s, 0s, 0s}, 0s), Duration{720s});
  EXPECT_EQ(next(kWindow, {0s, 0s, 0s, 0s, 0s}, 0s), Duration{3600s});
  EXPECT_EQ(next(kNone, {0s, 0s, 0s, 0s, 0s}, 0s), Duration{0s});
}

TEST(SnapshotLimitRule, WithFourTheFifthIsFree) {
  EXPECT_EQ(next(kBucket, {0s, 0s, 0s, 0s}, 0s), Duration{0s});
  EXPECT_EQ(next(kWindow, {0s, 0s, 0s, 0s}, 0s), Duration{0s});
}

// The refill clock starts with the first token taken, not with the last.
TEST(SnapshotLimitRule, ABucketRefillsWhileItIsBeingEmptied) {
  EXPECT_EQ(next(kBucket, {0s, 120s, 240s, 360s, 480s}, 480s), Duration{720s});
}

TEST(SnapshotLimitRule, ABucketGivesOneTokenBackEachPeriod) {
  EXPECT_EQ(next(kBucket, {0s, 0s, 0s, 0s, 0s, 720s}, 720s), Duration{1440s});
  // Taken late, the token after it is back no later for it.
  EXPECT_EQ(next(kBucket, {0s, 0s, 0s, 0s, 0s, 1000s}, 1000s), Duration{1440s});
  EXPECT_EQ(next(kBucket, {0s, 0s, 0s, 0s, 0s, 1440s}, 1440s), Duration{1440s});
}

// It does not run ahead while the bucket is full: five again, and no more.
TEST(SnapshotLimitRule, TheRefillClockStandsStillWhileTheBucketIsFull) {
  EXPECT_EQ(next(kBucket, {0s, 1000s, 1000s, 1000s, 1000s, 1000s}, 1000s), Duration{1720s});
  EXPECT_EQ(next(kBucket, {0s, 719s, 719s, 719s, 719s}, 719s), Duration{720s});
}

TEST(SnapshotLimitRule, AWindowIsHalfOpen) {
  EXPECT_EQ(next(kWindow, {0s, 1s, 2s, 3s, 4s}, 3599s), Duration{3600s});
  EXPECT_EQ(next(kWindow, {0s, 1s, 2s, 3s, 4s}, 3600s), Duration{3600s});
  EXPECT_EQ(next(kWindow, {0s, 1s, 2s, 3s, 4s, 3600s}, 3600s), Duration{3601s});
}

TEST(SnapshotLimitRule, SpacingCountsFromTheLast) {
  EXPECT_EQ(next(kSpacing, {0s, 20s}, 21s), Duration{35s});
  EXPECT_EQ(next(kSpacing, {0s, 20s}, 35s), Duration{35s});
  EXPECT_EQ(next(kSpacing, {0s, 20s}, 36s), Duration{36s});
}

TEST(SnapshotLimitRule, ABucketOrWindowOfNoneNeverAccepts) {
  EXPECT_EQ(next_accept({Kind::bucket, 0, 720s}, {}, kTimeZero), kNever);
  EXPECT_EQ(next_accept({Kind::window, 0, 720s}, {}, kTimeZero), kNever);
}

// --- the limiter that keeps count --------------------------------------------------------------

/// Which of these calls are accepted, each of which takes what it is given.
std::vector<bool> accepted(const SnapshotLimit& limit, std::initializer_list<Duration> times) {
  SnapshotLimiter limiter{limit};
  std::vector<bool> answers;
  for (const Instant now : at(times)) {
    answers.push_back(limiter.accepts(now));
    if (answers.back()) limiter.take(now);
  }
  return answers;
}

using Answers = std::vector<bool>;

TEST(SnapshotLimiter, OfABucketRefusesTheSixthUntilATokenIsBack) {
  EXPECT_EQ(accepted(kBucket, {0s, 0s, 1s, 1s, 2s, 3s, 719s, 720s, 720s, 1440s}),
            (Answers{true, true, true, true, true, false, false, true, false, true}));
}

TEST(SnapshotLimiter, OfAWindowRefusesTheSixthUntilTheFirstIsAPeriodOld) {
  EXPECT_EQ(accepted(kWindow, {0s, 1s, 2s, 3s, 4s, 720s, 3599s, 3600s, 3600s, 3601s}),
            (Answers{true, true, true, true, true, false, false, true, false, true}));
}

TEST(SnapshotLimiter, OfSpacingRefusesTheSecond) {
  EXPECT_EQ(accepted(kSpacing, {0s, 1s, 14s, 15s, 29s, 30s}), (Answers{true, false, false, true, false, true}));
}

TEST(SnapshotLimiter, OfNoneAcceptsAll) { EXPECT_EQ(accepted(kNone, {0s, 0s, 0s}), (Answers{true, true, true})); }

/// Tokens counted one by one, second by second.
class NaiveBucket {
 public:
  void tick() {
    if (tokens_ == 3) return;
    if (++since_ < 7) return;
    since_ = 0;
    ++tokens_;
  }
  bool take() {
    if (tokens_ == 0) return false;
    --tokens_;
    return true;
  }

 private:
  int tokens_ = 3;
  int since_ = 0;  // seconds of the refill clock
};

TEST(SnapshotLimiter, OfABucketCountsAsTokensDo) {
  for (std::uint32_t calls = 0; calls < 1U << 14U; ++calls) {
    SnapshotLimiter limiter{{Kind::bucket, 3, 7s}};
    NaiveBucket naive;
    for (std::uint32_t second = 0; second < 28; ++second) {
      const Instant now = kTimeZero + std::chrono::seconds{second};
      if (second > 0) naive.tick();
      if ((calls >> (second / 2) & 1U) == 0) continue;
      const bool accepts = limiter.accepts(now);
      ASSERT_EQ(accepts, naive.take()) << calls << " at " << second;
      if (accepts) limiter.take(now);
    }
  }
}

// What it forgets makes no difference: it agrees with the rule on the whole history, at any time.
TEST(SnapshotLimiter, AgreesWithTheRuleOnEveryHistory) {
  const SnapshotLimit bucket{Kind::bucket, 3, 7s};
  const SnapshotLimit window{Kind::window, 3, 7s};
  const SnapshotLimit spacing{Kind::spacing, 1, 3s};
  for (const SnapshotLimit& limit : {bucket, window, spacing, kNone}) {
    for (std::uint32_t calls = 0; calls < 1U << 14U; ++calls) {
      SnapshotLimiter limiter{limit};
      std::vector<Instant> taken;
      for (std::uint32_t second = 0; second < 14; ++second) {
        const Instant now = kTimeZero + std::chrono::seconds{2 * second};
        if ((calls >> second & 1U) == 0) continue;
        const bool accepts = limiter.accepts(now);
        ASSERT_EQ(accepts, next_accept(limit, taken, now) == now);
        if (!accepts) continue;
        limiter.take(now);
        taken.push_back(now);
      }
    }
  }
}

}  // namespace
}  // namespace drydock::cloud
