#pragma once

#include <vector>

#include "scenarios/explore/exploration.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "sim/search/reading.hpp"

namespace drydock::scenarios {

/// Tries, for each decision of a minimal tape, other answers, and says which still break the same promise in the same
/// way. `full_calm` is that of RunOptions. Throws RunStopped where one of its runs is stopped.
[[nodiscard]] std::vector<ExplainedDecision> explain(const Scenario& scenario, const CaseSpec& played,
                                                     const std::vector<sim::search::SearchDecision>& tape,
                                                     const sim::search::Broken& broken, bool full_calm,
                                                     Workbench& workbench);

}  // namespace drydock::scenarios
