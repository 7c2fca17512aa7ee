#include "reports/formats.hpp"

#include <algorithm>
#include <array>

#include "reports/html.hpp"
#include "sim/check.hpp"

namespace drydock::reports {
namespace {

constexpr auto kKinds = std::to_array<ReportKind>({
    {.name = "json",
     .meaning = "drydock.result/1: everything that was found, for programs",
     .render = result_json},
    {.name = "html",
     .meaning = "one page to look at: verdicts, stories, timelines; needs no network",
     .needs_events = true,
     .render = report_html},
});

bool passed(const CaseReport& report) { return report.outcome.passed; }

}  // namespace

std::span<const ReportKind> report_kinds() { return kKinds; }

std::vector<std::string> report_kind_names() {
  std::vector<std::string> names;
  for (const ReportKind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

const ReportKind& report_kind(std::string_view name) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [&](const ReportKind& kind) { return kind.name == name; });
  DRYDOCK_CHECK(found != kKinds.end(), "there is no report kind {}", name);
  return *found;
}

std::string render_report(const ReportKind& kind, std::span<const CaseReport> reports,
                          const Ending& ending) {
  if (!kind.one_run) return kind.render(reports, ending);
  if (reports.empty()) return {};
  const auto failed = std::find_if_not(reports.begin(), reports.end(), passed);
  const auto index = failed == reports.end() ? 0 : failed - reports.begin();
  return kind.render(reports.subspan(static_cast<std::size_t>(index), 1), ending);
}

}  // namespace drydock::reports
