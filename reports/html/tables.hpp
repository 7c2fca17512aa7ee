#pragma once

#include <string>

#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// Writes the tables below a run's timeline: decisions, expectations, faults, answers, rows at the end, metrics and
/// counts. Decisions and answers may be many, so scripts fill in their tables.
[[nodiscard]] std::string run_tables(const scenarios::Outcome& outcome);

/// Lists the metrics and counts in which two runs differ.
[[nodiscard]] std::string differences_table(const scenarios::Outcome& a, const scenarios::Outcome& b);

}  // namespace drydock::reports
