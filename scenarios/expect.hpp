#pragma once

#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Judges an outcome whose facts are filled in: expectations, unlisted violations, `passed` and `exercised`.
void judge_expectations(const Scenario& scenario, const CaseSpec& played, Outcome& outcome);

/// Whether `actual` has everything that `wanted` has: objects by key, everything else by equality.
[[nodiscard]] bool is_subset(const Json& wanted, const Json& actual);

}  // namespace drydock::scenarios
