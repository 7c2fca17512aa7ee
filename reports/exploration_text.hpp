#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reports/exploration.hpp"
#include "reports/style.hpp"

namespace drydock::reports {

/// Says in a line what was searched and what came of it, and writes the numbers below.
[[nodiscard]] std::string exploration_head(const ExplorationReport& report, TextStyle style);

/// Writes the findings of one invariant together: the first of each invariant in full before the second of any, the
/// rest in a line each.
[[nodiscard]] std::string exploration_findings(const ExplorationReport& report, TextStyle style);

/// Says what the search did not see: faults that never struck or never mattered, the risk that remains, and for an
/// exhaustive search what exactly was counted through.
[[nodiscard]] std::string exploration_rest(const ExplorationReport& report, TextStyle style);

/// Writes one finding in full: the promise, the moment, the decisions that it takes and how each could vary, the chain
/// of causes and the command that plays it again. `of_runs` is the number of runs of the search; 0 where the finding is
/// not from a search. `state` says how the finding stands, where that is known.
[[nodiscard]] std::string finding_block(const scenarios::Finding& finding, const FindingFiles& files,
                                        std::uint64_t of_runs, TextStyle style, std::string_view state = {});

}  // namespace drydock::reports
