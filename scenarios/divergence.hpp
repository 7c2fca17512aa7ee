#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

/// Where two runs part: the index of the first event that they do not share. Of the two outcomes' events, whose records
/// were kept; an index at the end of one means that it has no more. Empty where all events are the same.
[[nodiscard]] std::optional<std::size_t> first_divergence(const Outcome& a, const Outcome& b);

/// The first event in which two runs differ, in words; empty when their events are the same.
[[nodiscard]] std::string first_difference(const Outcome& a, const Outcome& b);

}  // namespace drydock::scenarios
