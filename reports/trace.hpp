#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// Gives the bytes of a run's trace database (docs/trace.md). `reports` is that one run, whose database must have been
/// kept.
[[nodiscard]] std::string trace_file(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
