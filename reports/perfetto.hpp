#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// Writes a run as ui.perfetto.dev (and chrome://tracing) reads it: states and operations as slices, events as
/// instants, causes as arrows, live instances as a counter, and each violation's chain of causes as a track of its own.
/// The trace shows the first of the runs, whose events must have been kept. docs/reports.md describes the tracks.
[[nodiscard]] std::string perfetto(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
