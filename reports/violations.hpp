#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/style.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

// What reports say of broken promises. Every line of text fits `kWidth` columns.

/// What was promised: by the user's own invariant, or by the catalogue's. Empty where neither has one of that name.
[[nodiscard]] std::string_view promise_of(const scenarios::ShownViolation& violation);

/// The violations that a report shows, those that the case lists only where there are no others. The first of each
/// invariant comes first: a second workspace rarely teaches more than another promise.
[[nodiscard]] std::vector<const scenarios::ShownViolation*> in_reading_order(const scenarios::Outcome& outcome);

/// How many of these, from the first, deserve their chain of causes: one per invariant, and not too many.
[[nodiscard]] std::size_t full_count(const std::vector<const scenarios::ShownViolation*>& violations);

/// When, for whom and what was promised: a violation without its causes.
[[nodiscard]] std::string violation_head(const scenarios::Outcome& outcome, const scenarios::ShownViolation& violation,
                                         TextStyle style);

/// The chain of causes of a violation in lines with this margin, oldest first; long chains are cut in the middle.
[[nodiscard]] std::string causes_text(const scenarios::ShownViolation& violation, std::size_t margin);

/// How a violation came about, oldest first; long chains are cut in the middle. Empty without causes.
[[nodiscard]] std::string violation_causes(const scenarios::ShownViolation& violation);

/// The promise, the moment and the chain of causes of one violation.
[[nodiscard]] std::string violation_block(const scenarios::Outcome& outcome, const scenarios::ShownViolation& violation,
                                          TextStyle style);

}  // namespace drydock::reports
