#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

/// Finds the index of the first event that two runs do not share. Both outcomes' records were kept; an index at the end
/// of one means that it has no more. Empty where all events are the same.
[[nodiscard]] std::optional<std::size_t> first_divergence(const Outcome& a, const Outcome& b);

/// Describes the first event in which two runs differ; empty when their events are the same.
[[nodiscard]] std::string first_difference(const Outcome& a, const Outcome& b);

}  // namespace drydock::scenarios
