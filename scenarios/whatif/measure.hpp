#pragma once

#include <string>

#include "scenarios/whatif/sweep.hpp"
#include "scenarios/whatif/variation.hpp"

namespace drydock::scenarios {

/// Makes the point that plays a case on the tape that a seed fills, and takes its metric: of a metric of broken
/// promises (`is_promise_metric`), 1 where there was any and else 0. The metric is one that `metric_of` knows.
[[nodiscard]] Point point_of(const Varied& varied, const std::string& metric);

}  // namespace drydock::scenarios
