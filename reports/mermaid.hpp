#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// A sequence diagram in mermaid's language, for an issue's comment: the chain of causes of the run's first violation;
/// where there is none, what was asked, answered and launched. Of the runs given it shows the first, whose events were
/// kept.
[[nodiscard]] std::string mermaid(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
