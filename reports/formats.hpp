#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// A `ReportKind` is a kind of report that `--report KIND=PATH` writes.
struct ReportKind {
  std::string_view name;
  std::string_view meaning;
  /// True where the report holds one run: the one that `shown_run` names.
  bool one_run = false;
  bool needs_events = false;  // the outcomes' events must have been kept
  bool needs_trace = false;   // the outcomes' trace databases must have been kept
  std::string (*render)(std::span<const CaseReport> reports, const Ending& ending) = nullptr;
};

/// Gives the table of all kinds: one row each.
[[nodiscard]] std::span<const ReportKind> report_kinds();
[[nodiscard]] std::vector<std::string> report_kind_names();
/// Gives the kind of that name, which must exist.
[[nodiscard]] const ReportKind& report_kind(std::string_view name);

/// Makes the entries of `Ending::files`. Every kind must be in the table.
[[nodiscard]] std::vector<WrittenReport> written_reports(std::span<const ReportFile> files);

/// Renders the report of the runs that it holds. Empty where the report holds one run and there is none.
[[nodiscard]] std::string render_report(const ReportKind& kind, std::span<const CaseReport> reports,
                                        const Ending& ending);

}  // namespace drydock::reports
