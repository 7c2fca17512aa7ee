#include "scenarios/whatif/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "sim/check.hpp"

namespace drydock::scenarios {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Gives the share that an interval may miss on each side.
double one_tail(double confidence) { return (1 - confidence) / 2; }

double average(std::span<const double> samples) {
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

/// Gives the standard error of the mean of at least two samples.
double standard_error(std::span<const double> samples, double mean) {
  const double squares = std::transform_reduce(samples.begin(), samples.end(), 0.0, std::plus<>{},
                                               [&](double sample) { return (sample - mean) * (sample - mean); });
  const auto n = static_cast<double>(samples.size());
  return std::sqrt(squares / (n - 1) / n);
}

bool all_equal(std::span<const double> samples) {
  return std::adjacent_find(samples.begin(), samples.end(), std::not_equal_to<>{}) == samples.end();
}

}  // namespace

Estimate mean_of(std::span<const double> samples, double confidence) {
  if (samples.empty()) return {kNaN, -kInfinity, kInfinity};
  const auto n = static_cast<double>(samples.size());
  const double mean = average(samples);
  if (all_equal(samples)) {
    if (samples.size() >= kEnoughEqual) return {mean, mean, mean};
    return {mean, -kInfinity, kInfinity};
  }
  const boost::math::students_t law(n - 1);
  const double reach =
      boost::math::quantile(boost::math::complement(law, one_tail(confidence))) * standard_error(samples, mean);
  return {mean, mean - reach, mean + reach};
}

Estimate paired_difference(std::span<const double> a, std::span<const double> b, double confidence) {
  DRYDOCK_CHECK(a.size() == b.size(), "{} samples are paired with {}", a.size(), b.size());
  std::vector<double> differences(a.size());
  std::transform(b.begin(), b.end(), a.begin(), differences.begin(), std::minus<>{});
  return mean_of(differences, confidence);
}

Estimate unpaired_difference(std::span<const double> a, std::span<const double> b, double confidence) {
  if (a.empty() || b.empty()) return {kNaN, -kInfinity, kInfinity};
  const double mean_a = average(a);
  const double mean_b = average(b);
  const double difference = mean_b - mean_a;
  if (a.size() < 2 || b.size() < 2) return {difference, -kInfinity, kInfinity};
  const double square_a = std::pow(standard_error(a, mean_a), 2);
  const double square_b = std::pow(standard_error(b, mean_b), 2);
  const double square = square_a + square_b;
  if (square <= 0) {
    if (std::min(a.size(), b.size()) >= kEnoughEqual) return {difference, difference, difference};
    return {difference, -kInfinity, kInfinity};
  }
  const double freedom = square * square /
                         (square_a * square_a / static_cast<double>(a.size() - 1) +
                          square_b * square_b / static_cast<double>(b.size() - 1));
  const boost::math::students_t law(freedom);
  const double reach = boost::math::quantile(boost::math::complement(law, one_tail(confidence))) * std::sqrt(square);
  return {difference, difference - reach, difference + reach};
}

Estimate proportion_of(std::uint64_t hits, std::uint64_t trials, double confidence) {
  DRYDOCK_CHECK(hits <= trials, "{} of {} trials", hits, trials);
  if (trials == 0) return {kNaN, 0, 1};
  using Law = boost::math::binomial_distribution<double>;
  const auto n = static_cast<double>(trials);
  const auto k = static_cast<double>(hits);
  return {k / n, hits == 0 ? 0 : Law::find_lower_bound_on_p(n, k, one_tail(confidence)),
          hits == trials ? 1 : Law::find_upper_bound_on_p(n, k, one_tail(confidence))};
}

}  // namespace drydock::scenarios
