#include "sim/search/residual.hpp"

#include <algorithm>
#include <cmath>

namespace drydock::sim::search {

double upper_95(std::uint64_t runs, std::uint64_t times) {
  if (runs == 0) return 1;
  const auto n = static_cast<double>(runs);
  if (times == 0) return 1 - std::pow(0.05, 1 / n);
  constexpr double kZ = 1.6448536269514722;  // one-sided 95 %
  const double p = static_cast<double>(times) / n;
  const double centre = p + kZ * kZ / (2 * n);
  const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  return std::min(1.0, (centre + spread) / (1 + kZ * kZ / n));
}

ChanceBounds wilson_95(std::uint64_t runs, std::uint64_t times) {
  if (runs == 0) return {};
  constexpr double kZ = 1.959963984540054;  // two-sided 95 %
  const auto n = static_cast<double>(runs);
  const double p = static_cast<double>(times) / n;
  const double scale = 1 + kZ * kZ / n;
  const double centre = (p + kZ * kZ / (2 * n)) / scale;
  const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n)) / scale;
  return {.low = times == 0 ? 0 : std::max(0.0, centre - spread),
          .high = times == runs ? 1 : std::min(1.0, centre + spread)};
}

double unseen_chance(std::uint64_t runs, std::uint64_t seen_once) {
  if (runs == 0) return 1;
  const auto n = static_cast<double>(runs);
  const double slack = (2 * std::sqrt(2.0) + std::sqrt(3.0)) * std::sqrt(std::log(3 / 0.05) / n);
  return std::min(1.0, static_cast<double>(seen_once) / n + slack);
}

double estimated_kinds(std::uint64_t seen, std::uint64_t once, std::uint64_t twice) {
  const auto f1 = static_cast<double>(once);
  const auto f2 = static_cast<double>(twice);
  return static_cast<double>(seen) + f1 * std::max(f1 - 1, 0.0) / (2 * (f2 + 1));
}

double pct_bound(std::uint64_t tasks, std::uint64_t choices, std::uint32_t depth) {
  if (tasks == 0 || choices == 0) return 1;
  const double power = std::pow(static_cast<double>(choices), static_cast<double>(depth) - 1);
  return 1 / (static_cast<double>(tasks) * power);
}

}  // namespace drydock::sim::search
