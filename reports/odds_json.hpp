#pragma once

#include <string>

#include "reports/json_parts.hpp"
#include "scenarios/whatif/odds.hpp"

namespace drydock::reports {

/// Gives the odds as `drydock.odds/1`, without the command that plays it again.
[[nodiscard]] Ordered odds_json(const scenarios::Odds& odds);
/// Writes the same as a file, with `reproduce`, the command that asks the same again.
[[nodiscard]] std::string odds_document(const scenarios::Odds& odds, const std::string& reproduce);

}  // namespace drydock::reports
