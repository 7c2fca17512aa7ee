#pragma once

#include <string>

#include "reports/comparison.hpp"

namespace drydock::reports {

/// `drydock.comparison/1` of runs of one tape.
[[nodiscard]] std::string comparison_json(const ComparedRuns& compared);

/// `drydock.comparison/1` over many tapes.
[[nodiscard]] std::string study_json(const ComparedTapes& compared);

}  // namespace drydock::reports
