#pragma once

#include <string>

#include "reports/text.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// A run step by step, by virtual time: what was asked and answered, launches, stops and changes of
/// status, faults, broken promises, and between them every decision that was not the boring one.
/// With `all` every event. Faults and broken promises are marked `!`, decisions `*`. Lines of at most
/// `kWidth` columns. The outcome's record must have been kept.
[[nodiscard]] std::string timeline(const scenarios::Outcome& outcome, bool all, TextStyle style);

}  // namespace drydock::reports
