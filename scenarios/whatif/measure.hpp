#pragma once

#include <string>

#include "scenarios/whatif/sweep.hpp"
#include "scenarios/whatif/variation.hpp"

namespace drydock::scenarios {

struct Measurement {
  std::string metric;      // one that `metric_of` knows
  bool full_calm = false;  // see RunOptions; a metric that counts on in a world at rest has all of it anyway
};

/// Makes the point that plays a case on the tape that a seed fills, and takes its metric: of a metric of broken
/// promises (`is_promise_metric`), 1 where there was any and else 0.
[[nodiscard]] Point point_of(const Varied& varied, const Measurement& measurement);

}  // namespace drydock::scenarios
