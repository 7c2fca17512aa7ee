#pragma once

#include <string>

#include "scenarios/whatif/odds.hpp"

namespace drydock::reports {

/// Writes the odds as a page of its own: the sentence, the curve with its 95 % band over virtual time, the points as a
/// table. `outcome` is the tape's run; `reproduce` is the command that asks the same again.
[[nodiscard]] std::string odds_html(const scenarios::Odds& odds, const scenarios::Outcome& outcome,
                                    const std::string& reproduce);

}  // namespace drydock::reports
