#pragma once

#include <string>

#include "reports/ending.hpp"
#include "reports/exploration.hpp"

namespace drydock::reports {

/// Writes a search as one page to look at (docs/reports.md): what it found by promise, how often that may be, what it
/// saw and what it did not; and the run of each finding as `report_html` writes it.
[[nodiscard]] std::string exploration_html(const ExplorationReport& report, const Ending& ending);

}  // namespace drydock::reports
