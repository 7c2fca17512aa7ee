#pragma once

#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/trace/trace_database.hpp"

namespace drydock::scenarios {

/// Judges an outcome whose facts are filled in: expectations, unlisted violations, `passed` and
/// `exercised`. `trace` answers the `sql` expectations; without one (the record was not kept) they are not met.
void judge_expectations(const Scenario& scenario, const CaseSpec& played, const TraceDatabase* trace, Outcome& outcome);

[[nodiscard]] bool asks_sql(const CaseSpec& played);

/// Tells whether `actual` has everything that `wanted` has: objects by key, everything else by equality.
[[nodiscard]] bool is_subset(const Json& wanted, const Json& actual);

}  // namespace drydock::scenarios
