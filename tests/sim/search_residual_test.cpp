#include "sim/search/residual.hpp"

#include <gtest/gtest.h>

namespace drydock::sim::search {
namespace {

TEST(Residual, OfWhatWasNeverSeenIsTheExactBound) {
  // 1 - 0.05^(1/n), from tables of the "rule of three".
  EXPECT_NEAR(upper_95(1, 0), 0.95, 1e-12);
  EXPECT_NEAR(upper_95(10, 0), 0.258866, 1e-6);
  EXPECT_NEAR(upper_95(59, 0), 0.049508, 1e-6);
  EXPECT_NEAR(upper_95(100, 0), 0.029513, 1e-6);
  EXPECT_NEAR(upper_95(1000, 0), 0.0029912, 1e-7);
  EXPECT_NEAR(upper_95(1'000'000, 0), 2.99573e-6, 1e-10);
}

TEST(Residual, OfWhatWasSeenIsWilsonsOneSidedBound) {
  // Solutions of (p - k/n)^2 = z^2 p (1 - p) / n for z = 1.6448536, found by bisection.
  EXPECT_NEAR(upper_95(100, 1), 0.0435818, 1e-6);
  EXPECT_NEAR(upper_95(100, 50), 0.5811522, 1e-6);
  EXPECT_NEAR(upper_95(20, 5), 0.4322018, 1e-6);
  EXPECT_NEAR(upper_95(100, 100), 1.0, 1e-9);
}

TEST(Residual, WilsonsBoundSolvesItsEquation) {
  for (const std::uint64_t n : {5U, 40U, 1000U}) {
    for (std::uint64_t k = 1; k < n; k += n / 5) {
      const double p = upper_95(n, k);
      const auto runs = static_cast<double>(n);
      const double off = p - static_cast<double>(k) / runs;
      EXPECT_GT(off, 0);
      EXPECT_NEAR(off * off, 1.6448536269 * 1.6448536269 * p * (1 - p) / runs, 1e-9);
    }
  }
}

TEST(Residual, KnowsNothingWithoutRuns) {
  EXPECT_EQ(upper_95(0, 0), 1);
  EXPECT_EQ(unseen_chance(0, 0), 1);
  EXPECT_EQ(estimated_kinds(0, 0, 0), 0);
  EXPECT_EQ(pct_bound(0, 0, 3), 1);
  EXPECT_EQ(pct_bound(3, 0, 3), 1);
}

TEST(Residual, GrowsWithWhatWasSeenAndShrinksWithRuns) {
  for (std::uint64_t k = 0; k < 50; ++k) EXPECT_LT(upper_95(50, k), upper_95(50, k + 1) + 1e-12);
  for (std::uint64_t n = 1; n < 200; ++n) EXPECT_GT(upper_95(n, 0), upper_95(n + 1, 0));
}

TEST(Residual, GoodTuringIsTheShareOfSingletonsAndASlack) {
  // (2 sqrt 2 + sqrt 3) sqrt(ln 60 / n)
  EXPECT_NEAR(unseen_chance(1'000'000, 0), 0.0092279, 1e-6);
  EXPECT_NEAR(unseen_chance(1'000'000, 50'000), 0.0592279, 1e-6);
  EXPECT_EQ(unseen_chance(10, 0), 1) << "of ten runs nothing can be said";
}

TEST(Residual, Chao1IsTheBiasCorrectedForm) {
  EXPECT_DOUBLE_EQ(estimated_kinds(10, 0, 0), 10);
  EXPECT_DOUBLE_EQ(estimated_kinds(10, 1, 0), 10);
  EXPECT_DOUBLE_EQ(estimated_kinds(10, 5, 0), 20);     // 10 + 5·4/2
  EXPECT_DOUBLE_EQ(estimated_kinds(100, 10, 4), 109);  // 100 + 10·9/(2·5)
}

TEST(Residual, PctIsOneOfTasksTimesChoicesToTheDepthButOne) {
  EXPECT_DOUBLE_EQ(pct_bound(4, 10, 1), 0.25);
  EXPECT_DOUBLE_EQ(pct_bound(4, 10, 2), 0.025);
  EXPECT_DOUBLE_EQ(pct_bound(4, 10, 3), 0.0025);
}

}  // namespace
}  // namespace drydock::sim::search
