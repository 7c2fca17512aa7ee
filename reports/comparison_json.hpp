#pragma once

#include <string>

#include "reports/comparison.hpp"

namespace drydock::reports {

/// Writes runs of one tape as `drydock.comparison/1`.
[[nodiscard]] std::string comparison_json(const ComparedRuns& compared);

/// Writes a comparison over many tapes as `drydock.comparison/1`.
[[nodiscard]] std::string study_json(const ComparedTapes& compared);

}  // namespace drydock::reports
