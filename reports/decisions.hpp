#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// Of the decisions that were not the boring one, the `most` likeliest to have had a part in the first violation that
/// the report shows, in the order of time: faults and requests before it, then what was decided along its chain of
/// causes, then the rest. A guess from places and times: nothing is played. All of them where there are no more.
[[nodiscard]] std::vector<const scenarios::ShownDecision*> telling_decisions(const scenarios::Outcome& outcome,
                                                                             std::size_t most);

/// These in lines of at most `kWidth` columns, and how many were left out.
[[nodiscard]] std::string decisions_text(const scenarios::Outcome& outcome);

/// The decisions in the order of virtual time; decisions of one instant keep their order.
[[nodiscard]] std::vector<scenarios::ShownDecision> by_time(std::vector<scenarios::ShownDecision> decisions);

/// `site#n=value (what it means)`.
[[nodiscard]] std::string name_of(const scenarios::ShownDecision& decision);

}  // namespace drydock::reports
