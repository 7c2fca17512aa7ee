#pragma once

#include <span>
#include <string>
#include <string_view>

#include "reports/json.hpp"
#include "reports/reproduce.hpp"

namespace drydock::reports {

/// A kind of report that `--report KIND=PATH` writes.
struct ReportKind {
  std::string_view name;
  std::string (*render)(std::span<const CaseReport> reports, const Ending& ending);
};

/// All of them: one row each.
[[nodiscard]] std::span<const ReportKind> report_kinds();

}  // namespace drydock::reports
