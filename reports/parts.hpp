#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/text.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

// What the text reports of a run and of a search are made of. Every line fits `kWidth` columns.

inline constexpr std::string_view kRed = "\033[1;31m";
inline constexpr std::string_view kGreen = "\033[32m";
inline constexpr std::string_view kYellow = "\033[33m";
inline constexpr std::string_view kBold = "\033[1m";

/// The text in a colour, where the style has any.
[[nodiscard]] std::string paint(std::string_view text, std::string_view colour, TextStyle style);

/// A line that begins a part of a block.
[[nodiscard]] std::string heading(std::string_view text, TextStyle style);

/// `name  value`, the value wrapped below itself.
[[nodiscard]] std::string field(std::string_view name, std::string_view value);

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

}  // namespace drydock::reports
