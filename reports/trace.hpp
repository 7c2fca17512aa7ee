#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// The bytes of a run's trace database (docs/trace.md), which was kept: `reports` is that one run.
[[nodiscard]] std::string trace_file(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
