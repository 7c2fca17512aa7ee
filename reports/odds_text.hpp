#pragma once

#include <string>

#include "reports/style.hpp"
#include "scenarios/whatif/odds.hpp"

namespace drydock::reports {

/// Says the odds in sentences: how likely it was at time zero, when it became likely and certain, and what the largest
/// rise was. The text is one paragraph without line breaks.
[[nodiscard]] std::string odds_sentence(const scenarios::Odds& odds);

/// Says by what law the decisions after a point were drawn, how often, and whether every point was looked at.
[[nodiscard]] std::string odds_law(const scenarios::Odds& odds);

/// Says in words what the last decision before a point was: `cp.stop slow (cp/stop.fault#3=7)`.
[[nodiscard]] std::string odds_cause(const scenarios::OddsPoint& point);

/// Names what the odds are of: `no-orphan of qa`.
[[nodiscard]] std::string odds_title(const scenarios::OddsTarget& target);

/// Writes the sentence, the points at which the odds changed, and the law. Lines have at most `kWidth` columns.
[[nodiscard]] std::string odds_text(const scenarios::Odds& odds, TextStyle style);

}  // namespace drydock::reports
