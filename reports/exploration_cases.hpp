#pragma once

#include <string>
#include <vector>

#include "reports/case_report.hpp"
#include "reports/exploration.hpp"

namespace drydock::reports {

/// Gives a search as cases, for the reports that show cases: each finding is one that failed, named after its promise
/// and a hash of its signature, and before them stands the case `search`, which holds. That one is not exercised where
/// a listed fault never fired or never mattered, or where an exhaustive search is not complete.
[[nodiscard]] std::vector<CaseReport> exploration_cases(const ExplorationReport& report);

/// Tells whether a search did all that it was asked to: every listed fault fired and mattered at some time, no bound
/// ended a run, and an exhaustive search is complete.
[[nodiscard]] bool was_exercised(const ExplorationReport& report);

/// Tells whether a known tape fits no longer.
[[nodiscard]] bool has_unfit(const ExplorationReport& report);

/// Names a finding after its promise and a hash of its signature: `no-orphan 1f9b2c07`.
[[nodiscard]] std::string finding_name(const scenarios::Finding& finding);

}  // namespace drydock::reports
