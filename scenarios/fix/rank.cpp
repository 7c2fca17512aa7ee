#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>

#include "scenarios/fix/fixes.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::scenarios {
namespace {

/// Of these, less is better. Stops are neither: a stop that is owed should be made.
constexpr auto kLessIsBetter = std::to_array<std::string_view>(
    {"starts", "orphan_instance_hours", "instance_hours", "unavailable_s", "lost_writes", "ec2_calls", "ec2_errors"});

std::size_t promises_broken_by(const Fix& fix) {
  std::set<std::string_view> promises;
  for (const FixBreak& each : fix.breaks) promises.insert(each.invariant);
  return promises.size();
}

std::size_t worse_metrics_of(const Fix& fix) {
  return clearly_worse(fix.around).size() + clearly_worse(fix.catalogue).size();
}

}  // namespace

std::vector<PairedMetric> clearly_worse(const std::vector<PairedMetric>& metrics) {
  std::vector<PairedMetric> worse;
  std::copy_if(metrics.begin(), metrics.end(), std::back_inserter(worse), [](const PairedMetric& metric) {
    return sim::is_one_of(metric.name, kLessIsBetter) && metric.difference.low > 0;
  });
  return worse;
}

bool is_better(const Fix& one, const Fix& other) {
  const auto rank = [](const Fix& fix) {
    return std::tuple{fix.changes.size(), promises_broken_by(fix), fix.left.size(), worse_metrics_of(fix)};
  };
  return rank(one) < rank(other);
}

}  // namespace drydock::scenarios
