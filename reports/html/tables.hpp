#pragma once

#include <string>

#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// The tables below a run's timeline: decisions, expectations, faults, answers, rows at the end, metrics and counts.
/// Decisions and answers may be many: scripts fill in those.
[[nodiscard]] std::string run_tables(const scenarios::Outcome& outcome);

/// Which metrics and counts two runs differ in.
[[nodiscard]] std::string differences_table(const scenarios::Outcome& a, const scenarios::Outcome& b);

}  // namespace drydock::reports
