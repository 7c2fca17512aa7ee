#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// Chooses at most `most` of the decisions that are not the boring ones: those that most likely had a part in the first
/// violation that the report shows. Faults and requests up to the violation are preferred, then decisions of its
/// workspace from the earliest cause on, then the others. This is a guess from places and times; no run is played. The
/// decisions come in the order of virtual time.
[[nodiscard]] std::vector<const scenarios::ShownDecision*> telling_decisions(const scenarios::Outcome& outcome,
                                                                             std::size_t most);

/// Writes these decisions in lines of at most `kWidth` columns, and says how many were left out.
[[nodiscard]] std::string decisions_text(const scenarios::Outcome& outcome);

/// Sorts the decisions by virtual time; decisions of one instant keep their order.
[[nodiscard]] std::vector<scenarios::ShownDecision> by_time(std::vector<scenarios::ShownDecision> decisions);

/// Names a decision and says what it means, where it means something: `site#n=value (meaning)`.
[[nodiscard]] std::string name_of(const scenarios::ShownDecision& decision);

}  // namespace drydock::reports
