#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// JUnit XML as GitLab and Jenkins read it: a suite per scenario, a test case per case. Failed is `<failure>`;
/// inconclusive, and what Drydock itself failed at, is `<error>`; not exercised, and not played, is `<skipped>`. XML
/// 1.0 in UTF-8 whatever the names. Times and timestamps are the wall's, so two reports of the same runs differ in
/// them.
[[nodiscard]] std::string junit(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
