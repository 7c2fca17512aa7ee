#pragma once

#include <string>

#include "reports/json_parts.hpp"
#include "scenarios/whatif/odds.hpp"

namespace drydock::reports {

/// `drydock.odds/1`, without the line that plays it again.
[[nodiscard]] Ordered odds_json(const scenarios::Odds& odds);
/// The same as a file: `reproduce` is the command line.
[[nodiscard]] std::string odds_document(const scenarios::Odds& odds, const std::string& reproduce);

}  // namespace drydock::reports
