#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/style.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

// What reports say of broken promises. Every line of text fits `kWidth` columns.

/// Says what was promised, in the words of the user's own invariant or of the catalogue. Empty where neither has an
/// invariant of that name.
[[nodiscard]] std::string_view promise_of(const scenarios::ShownViolation& violation);

/// Gives the violations that a report shows. Those that the case lists are shown only where there are no others. The
/// first of each invariant comes first: a second workspace rarely teaches more than another promise.
[[nodiscard]] std::vector<const scenarios::ShownViolation*> in_reading_order(const scenarios::Outcome& outcome);

/// Says how many of these, from the first, deserve their chain of causes: one per invariant, and not too many.
[[nodiscard]] std::size_t full_count(const std::vector<const scenarios::ShownViolation*>& violations);

/// Writes when, for whom and what was promised: a violation without its causes.
[[nodiscard]] std::string violation_head(const scenarios::Outcome& outcome, const scenarios::ShownViolation& violation,
                                         TextStyle style);

/// Writes the chain of causes of a violation in lines with this margin, oldest first. Long chains are cut in the
/// middle.
[[nodiscard]] std::string causes_text(const scenarios::ShownViolation& violation, std::size_t margin);

/// Tells how a violation came about, oldest first; long chains are cut in the middle. Empty where there are no causes.
[[nodiscard]] std::string violation_causes(const scenarios::ShownViolation& violation);

/// Writes the promise, the moment and the chain of causes of one violation.
[[nodiscard]] std::string violation_block(const scenarios::Outcome& outcome, const scenarios::ShownViolation& violation,
                                          TextStyle style);

}  // namespace drydock::reports
