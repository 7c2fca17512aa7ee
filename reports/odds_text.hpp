#pragma once

#include <string>

#include "reports/style.hpp"
#include "scenarios/whatif/odds.hpp"

namespace drydock::reports {

/// The odds as sentences: how likely it was at time zero, when it became likely and certain, the largest rise. One
/// paragraph without line breaks.
[[nodiscard]] std::string odds_sentence(const scenarios::Odds& odds);

/// By what law what comes after a point was drawn, how often, and whether every point was looked at.
[[nodiscard]] std::string odds_law(const scenarios::Odds& odds);

/// What the last decision before a point was, in words: `cp.stop slow (cp/stop.fault#3=7)`.
[[nodiscard]] std::string odds_cause(const scenarios::OddsPoint& point);

/// `no-orphan of qa`.
[[nodiscard]] std::string odds_title(const scenarios::OddsTarget& target);

/// Sentence, the points at which the odds changed, and the law. Lines of at most `kWidth` columns.
[[nodiscard]] std::string odds_text(const scenarios::Odds& odds, TextStyle style);

}  // namespace drydock::reports
