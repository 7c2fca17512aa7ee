#pragma once

#include <string>

#include "reports/style.hpp"
#include "reports/sweep.hpp"

namespace drydock::reports {

/// Writes a table for people, every line within `kWidth` columns. Two axes go from left to right and from top to
/// bottom, in blocks where the table is too wide; one axis is a line for each value with its interval. Then come the
/// cliff, and how it was played.
[[nodiscard]] std::string sweep_text(const SweepReport& report, TextStyle style);

/// Writes one line of CSV (RFC 4180) for each cell: the values of the axes, then `value,low,high,runs,decided`.
[[nodiscard]] std::string sweep_csv(const SweepReport& report);

}  // namespace drydock::reports
