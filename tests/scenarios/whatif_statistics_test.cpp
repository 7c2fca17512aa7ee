// Intervals against values that are known from tables, and against their own promise: that they cover the truth in 95 %
// of all repetitions.

#include "scenarios/whatif/statistics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "scenarios/whatif/trials.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Uniform in [0, 1).
double chance(std::uint64_t seed, std::uint32_t n) {
  return static_cast<double>(sim::random_bits(seed, 1, n) >> 11U) / 9007199254740992.0;
}

TEST(MeanOf, IsStudentsIntervalAsTheTablesHaveIt) {
  // Mean 3, s = 1.5811, t(4) at 97.5 % = 2.7764: 3 ± 1.9632.
  const std::array samples{1.0, 2.0, 3.0, 4.0, 5.0};
  const Estimate estimate = mean_of(samples);
  EXPECT_DOUBLE_EQ(estimate.value, 3);
  EXPECT_NEAR(estimate.low, 1.0368, 1e-4);
  EXPECT_NEAR(estimate.high, 4.9632, 1e-4);
  // t(4) at 99.5 % = 4.6041.
  EXPECT_NEAR(mean_of(samples, 0.99).high, 3 + 4.6041 * std::sqrt(0.5), 1e-4);
}

TEST(MeanOf, SaysNothingFromTooLittle) {
  EXPECT_TRUE(std::isnan(mean_of({}).value));
  const std::array one{7.0};
  EXPECT_EQ(mean_of(one), (Estimate{7, -kInfinity, kInfinity}));
  const std::vector<double> seven(kEnoughEqual - 1, 4);
  EXPECT_EQ(mean_of(seven), (Estimate{4, -kInfinity, kInfinity}));
  const std::vector<double> eight(kEnoughEqual, 4);
  EXPECT_EQ(mean_of(eight), (Estimate{4, 4, 4}));
}

TEST(PairedDifference, LooksAtTheDifferencesOnly) {
  const std::array a{10.0, 20.0, 30.0, 40.0};
  const std::array b{11.0, 22.0, 31.0, 42.0};
  // 1, 2, 1, 2: mean 1.5, s = 0.57735, t(3) = 3.1824: ± 0.9187.
  const Estimate paired = paired_difference(a, b);
  EXPECT_DOUBLE_EQ(paired.value, 1.5);
  EXPECT_NEAR(paired.low, 0.5813, 1e-4);
  EXPECT_NEAR(paired.high, 2.4187, 1e-4);
}

TEST(UnpairedDifference, IsWelchsInterval) {
  // Means 3 and 8, squares of the standard errors 0.5 and 2, freedom 6.25/(0.0625 + 1) = 5.882, t = 2.4590: ± 3.888.
  const std::array a{1.0, 2.0, 3.0, 4.0, 5.0};
  const std::array b{4.0, 6.0, 8.0, 10.0, 12.0};
  const Estimate unpaired = unpaired_difference(a, b);
  EXPECT_DOUBLE_EQ(unpaired.value, 5);
  EXPECT_NEAR(unpaired.high - unpaired.low, 2 * 3.888, 2e-3);
  EXPECT_EQ(unpaired_difference(a, std::array{1.0}).high, kInfinity);
  const std::vector<double> same(kEnoughEqual, 4);
  EXPECT_EQ(unpaired_difference(same, same), (Estimate{0, 0, 0}));
  EXPECT_EQ(unpaired_difference(std::array{4.0, 4.0}, same).high, kInfinity);
}

TEST(ProportionOf, IsCloppersAndPearsonsInterval) {
  const Estimate some = proportion_of(3, 10);
  EXPECT_DOUBLE_EQ(some.value, 0.3);
  EXPECT_NEAR(some.low, 0.0667, 1e-4);
  EXPECT_NEAR(some.high, 0.6525, 1e-4);
  const Estimate none = proportion_of(0, 20);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 1 - std::pow(0.025, 1.0 / 20), 1e-9);
  const Estimate all = proportion_of(20, 20);
  EXPECT_EQ(all.high, 1);
  EXPECT_NEAR(all.low, std::pow(0.025, 1.0 / 20), 1e-9);
  const Estimate unknown = proportion_of(0, 0);
  EXPECT_TRUE(std::isnan(unknown.value));
  EXPECT_EQ(unknown.low, 0);
  EXPECT_EQ(unknown.high, 1);
}

TEST(Intervals, CoverTheTruthAsOftenAsTheySay) {
  constexpr std::uint64_t kRepetitions = 2000;
  std::uint64_t mean_covered = 0;
  std::uint64_t share_covered = 0;
  std::uint64_t difference_covered = 0;
  for (std::uint64_t seed = 0; seed < kRepetitions; ++seed) {
    std::vector<double> a;
    std::vector<double> b;
    std::uint64_t hits = 0;
    for (std::uint32_t n = 0; n < 20; ++n) {
      a.push_back(chance(seed, 3 * n));
      b.push_back(2 + 3 * chance(seed, 3 * n + 1));
      if (chance(seed, 3 * n + 2) < 0.3) ++hits;
    }
    const Estimate mean = mean_of(a);
    const Estimate share = proportion_of(hits, 20);
    const Estimate difference = unpaired_difference(a, b);
    mean_covered += mean.low <= 0.5 && 0.5 <= mean.high ? 1 : 0;
    share_covered += share.low <= 0.3 && 0.3 <= share.high ? 1 : 0;
    difference_covered += difference.low <= 3 && 3 <= difference.high ? 1 : 0;
  }
  // ± 4 standard deviations of what 2000 repetitions show; the exact interval of a share covers more, never less.
  EXPECT_NEAR(static_cast<double>(mean_covered) / kRepetitions, 0.95, 0.02);
  EXPECT_NEAR(static_cast<double>(difference_covered) / kRepetitions, 0.95, 0.02);
  EXPECT_GE(static_cast<double>(share_covered) / kRepetitions, 0.93);
}

TEST(Trials, EachIsPlayedOnceOnWhateverThread) {
  for (const unsigned threads : {0U, 1U, 3U}) {
    Trials trials(threads);
    std::vector<std::uint64_t> played(50);
    const auto done = trials.play(
        played.size(), [&](Workbench&, std::uint64_t index) { played[index] += index + 1; }, [] { return false; });
    EXPECT_EQ(done, 50U);
    for (std::uint64_t i = 0; i < played.size(); ++i) EXPECT_EQ(played[i], i + 1) << threads;
  }
}

TEST(Trials, ThoseThatWereBegunWhenItStopsAreDone) {
  Trials trials(1);
  std::vector<int> played(50);
  std::atomic<bool> told = false;
  const auto done = trials.play(
      played.size(),
      [&](Workbench&, std::uint64_t index) {
        while (index >= 7 && !told) std::this_thread::yield();
        if (told) std::this_thread::sleep_for(std::chrono::milliseconds{5});
        played[index] = 1;
      },
      [&] { return told = true; });
  EXPECT_LT(done, 50U);
  for (std::uint64_t i = 0; i < played.size(); ++i) EXPECT_EQ(played[i], i < done ? 1 : 0);
}

}  // namespace
}  // namespace drydock::scenarios
