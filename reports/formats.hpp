#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// A kind of report that `--report KIND=PATH` writes.
struct ReportKind {
  std::string_view name;
  std::string_view meaning;
  /// It holds one run: the first that did not pass, else the first.
  bool one_run = false;
  bool needs_events = false;  // the outcomes' events must have been kept
  bool needs_trace = false;   // the outcomes' trace databases must have been kept
  std::string (*render)(std::span<const CaseReport> reports, const Ending& ending) = nullptr;
};

/// All of them: one row each.
[[nodiscard]] std::span<const ReportKind> report_kinds();
[[nodiscard]] std::vector<std::string> report_kind_names();
/// The kind of that name, which exists.
[[nodiscard]] const ReportKind& report_kind(std::string_view name);

/// The files, whose kinds are all in the table, as an `Ending` has them.
[[nodiscard]] std::vector<WrittenReport> written_reports(std::span<const ReportFile> files);

/// The report's text, of the runs that it holds. Empty where it holds one run and there is none.
[[nodiscard]] std::string render_report(const ReportKind& kind, std::span<const CaseReport> reports,
                                        const Ending& ending);

}  // namespace drydock::reports
