#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// Writes JUnit XML as GitLab and Jenkins read it: a suite per scenario, a test case per case. A failed case is
/// `<failure>`; an inconclusive one, and one in which Drydock itself failed, is `<error>`; one that was not exercised,
/// or not played, is `<skipped>`. The document is XML 1.0 in UTF-8 whatever the names are. Times and timestamps are
/// those of the wall clock, so two reports of the same runs differ in them.
[[nodiscard]] std::string junit(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
