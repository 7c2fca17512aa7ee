#pragma once

#include <string>

#include "scenarios/whatif/sweep.hpp"
#include "scenarios/whatif/variation.hpp"

namespace drydock::scenarios {

/// Plays a case on the tape that a seed fills, and takes its metric: for one of broken promises (`is_promise_metric`)
/// whether there was any. The metric is one that `metric_of` knows.
[[nodiscard]] Point point_of(const Varied& varied, const std::string& metric);

}  // namespace drydock::scenarios
