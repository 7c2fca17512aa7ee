#pragma once

#include <span>
#include <string>

#include "reports/ending.hpp"
#include "reports/reproduce.hpp"

namespace drydock::reports {

/// A sequence diagram in mermaid's language, for an issue's comment: the chain of causes of the run's first violation;
/// where there is none, what was asked, answered and launched. Of the runs given it shows the first, whose events were
/// kept.
[[nodiscard]] std::string mermaid(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
