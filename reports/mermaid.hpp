#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// Draws a sequence diagram in mermaid's language, for an issue's comment: the chain of causes of the run's first
/// violation; where there is none, what was asked, answered and launched. The diagram shows the first of the runs,
/// whose events must have been kept.
[[nodiscard]] std::string mermaid(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
