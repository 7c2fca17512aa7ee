#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// Writes the runs as one page to look at (docs/reports.md): the verdict, the story and a timeline of each, and the
/// runs of one scenario side by side. The records of the outcomes should have been kept; without them there is no
/// timeline.
[[nodiscard]] std::string report_html(std::span<const CaseReport> reports, const Ending& ending);

/// Writes the same page of a search: its first case is shown as `search`, which is HTML, and is looked at first.
[[nodiscard]] std::string report_html_of_search(std::span<const CaseReport> reports, const Ending& ending,
                                                const std::string& search);

}  // namespace drydock::reports
