#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// The runs as one page to look at (docs/reports.md): of each its verdict, its story and a timeline, and side by side
/// the runs of one scenario. The outcomes' records should have been kept; without them there is no timeline.
[[nodiscard]] std::string report_html(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
