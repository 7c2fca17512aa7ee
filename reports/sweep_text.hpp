#pragma once

#include <string>

#include "reports/style.hpp"
#include "reports/sweep.hpp"

namespace drydock::reports {

/// A table for people, every line within `kWidth` columns: the first axis from left to right and the second from top to
/// bottom, in blocks where it is too wide; or one line for each value with its interval, where there is one axis. Then
/// the cliff, and how it was played.
[[nodiscard]] std::string sweep_text(const SweepReport& report, TextStyle style);

/// One line for each cell: the values of the axes, then `value,low,high,runs,decided`. RFC 4180.
[[nodiscard]] std::string sweep_csv(const SweepReport& report);

}  // namespace drydock::reports
