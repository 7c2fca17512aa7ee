#pragma once

#include <cstdint>
#include <functional>

#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {

/// Plays a case again, with other faults and from another tape.
using Replay = std::function<Outcome(const CaseSpec& played, const sim::Tape& tape)>;

/// The things on which the verdict of a run rests.
enum class Judged : std::uint8_t { expectations_and_promises, promises };

/// Fills `mattered` of the faults that `played` lists, found by their names: whether the run goes otherwise without the
/// fault. Each that fired costs one replay, with the decisions that the run consumed and without that fault; one that
/// never fired did not matter and costs nothing. Accounts of other faults stay as they are.
///
/// Otherwise means: another verdict (which expectations are unmet, which invariant is violated for which workspace,
/// whether a bound ended the run), or another final state (the rows, but for their instants, and the states of the
/// instances). Expectations that ask for `fault.injected` itself do not count: they only repeat that it fired.
void account_for_faults(const CaseSpec& played, Judged judged, const Replay& replay, Outcome& outcome);

/// Tells whether two runs of one case differ in verdict or final state, as `account_for_faults` says.
[[nodiscard]] bool went_otherwise(const CaseSpec& played, Judged judged, const Outcome& a, const Outcome& b);

}  // namespace drydock::scenarios
