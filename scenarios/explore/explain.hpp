#pragma once

#include <vector>

#include "scenarios/explore/exploration.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "sim/search/reading.hpp"

namespace drydock::scenarios {

/// For each decision of a minimal tape, which other answers still break the same promise in the same way.
[[nodiscard]] std::vector<ExplainedDecision> explain(const Scenario& scenario, const CaseSpec& played,
                                                     const std::vector<sim::search::SearchDecision>& tape,
                                                     const sim::search::Broken& broken, Workbench& workbench);

}  // namespace drydock::scenarios
