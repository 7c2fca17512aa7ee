#pragma once

#include <string>

#include "reports/comparison.hpp"
#include "reports/style.hpp"

namespace drydock::reports {

/// The verdicts; of each pair the first difference with what led there, what changed, and the chain of causes of each
/// promise that only one of the two broke. Lines of at most `kWidth` columns, except the one to copy. Needs the
/// records.
[[nodiscard]] std::string comparison_text(const ComparedRuns& compared, TextStyle style);

/// The first part of it alone: one line for each run.
[[nodiscard]] std::string compared_verdicts(const ComparedRuns& compared, TextStyle style);

/// Over many tapes: which variant broke what in how many of them, and the paired differences of the metrics.
[[nodiscard]] std::string study_text(const ComparedTapes& compared, TextStyle style);

}  // namespace drydock::reports
