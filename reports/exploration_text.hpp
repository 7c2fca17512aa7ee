#pragma once

#include <cstdint>
#include <string>

#include "reports/exploration.hpp"
#include "reports/style.hpp"

namespace drydock::reports {

/// What was searched and what that came to: a line, and the numbers below it.
[[nodiscard]] std::string exploration_head(const ExplorationReport& report, TextStyle style);

/// The findings: those of one invariant together, the first of each before the others in full, the
/// rest in a line each.
[[nodiscard]] std::string exploration_findings(const ExplorationReport& report, TextStyle style);

/// What the search did not see: faults that never struck or never mattered, the risk that remains,
/// and for an exhaustive one what exactly was counted through.
[[nodiscard]] std::string exploration_rest(const ExplorationReport& report, TextStyle style);

/// One finding in full: the promise, the moment, the decisions that it takes and how each could vary,
/// the chain of causes and the line that plays it again. `of_runs` 0: not from a search.
[[nodiscard]] std::string finding_block(const scenarios::Finding& finding, const FindingFiles& files,
                                        std::uint64_t of_runs, TextStyle style);

}  // namespace drydock::reports
