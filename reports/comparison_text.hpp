#pragma once

#include <string>

#include "reports/comparison.hpp"
#include "reports/style.hpp"

namespace drydock::reports {

/// Writes a line with the verdict of each run. Then it says of each pair where the two runs first differ, what led
/// there, what changed in the results, and by which chain of causes each promise was broken that only one of the two
/// broke. Lines have at most `kWidth` columns, except the command to copy. The records of the runs must have been kept.
[[nodiscard]] std::string comparison_text(const ComparedRuns& compared, TextStyle style);

/// Writes only the first part of `comparison_text`: one line for each run.
[[nodiscard]] std::string compared_verdicts(const ComparedRuns& compared, TextStyle style);

/// Says, over many tapes, which variant broke what in how many of them, and how the metrics of the pairs differ.
[[nodiscard]] std::string study_text(const ComparedTapes& compared, TextStyle style);

}  // namespace drydock::reports
