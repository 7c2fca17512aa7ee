#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
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

/// Gives every chain of causes of a violation, each from its event back: that of the event that broke the promise, then
/// those of the other events that decided it. Empty where none is known.
[[nodiscard]] std::vector<std::span<const scenarios::ShownEvent>> chains_of(const scenarios::ShownViolation& violation);
/// Gives the number of the event that a reader is led to: the one that broke the promise, else the first that decided
/// it; 0 where none is known.
[[nodiscard]] std::uint32_t shown_event(const scenarios::ShownViolation& violation);
/// Gives the events of all chains of a violation, each once, oldest first.
[[nodiscard]] std::vector<const scenarios::ShownEvent*> causes_in_order(const scenarios::ShownViolation& violation);

/// Says how chains of causes are written.
struct ChainStyle {
  std::size_t margin = 0;
  std::string_view between;                     // written before each chain but the first
  const scenarios::Outcome* outcome = nullptr;  // by whose calendar the time of day is added; null: it is not
};
/// Writes the chains of causes of a violation in lines, each oldest first. Long chains are cut in the middle.
[[nodiscard]] std::string causes_text(const scenarios::ShownViolation& violation, const ChainStyle& style);

/// Tells how a violation came about, oldest first; long chains are cut in the middle. Empty where there are no causes.
[[nodiscard]] std::string violation_causes(const scenarios::ShownViolation& violation);

/// Writes the promise, the moment and the chain of causes of one violation.
[[nodiscard]] std::string violation_block(const scenarios::Outcome& outcome, const scenarios::ShownViolation& violation,
                                          TextStyle style);

}  // namespace drydock::reports
