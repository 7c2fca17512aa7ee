#include "reports/formats.hpp"

#include <algorithm>
#include <array>

#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/markdown.hpp"
#include "reports/mermaid.hpp"
#include "reports/ndjson.hpp"
#include "reports/perfetto.hpp"
#include "reports/trace.hpp"
#include "sim/check.hpp"

namespace drydock::reports {
namespace {

constexpr auto kKinds = std::to_array<ReportKind>({
    {.name = "json", .meaning = "drydock.result/1: everything that was found, for programs", .render = result_json},
    {.name = "html",
     .meaning = "one page to look at: verdicts, stories, timelines; needs no network",
     .needs_events = true,
     .render = report_html},
    {.name = "trace",
     .meaning = "SQLite database of one run: tables, record, causes; drydock query reads it",
     .one_run = true,
     .needs_trace = true,
     .render = trace_file},
    {.name = "ndjson",
     .meaning = "drydock.stream/1: every event, violation and result, one JSON object a line",
     .needs_events = true,
     .render = ndjson},
    {.name = "junit", .meaning = "JUnit XML, as GitLab and Jenkins read it", .render = junit},
    {.name = "markdown", .meaning = "a summary for a CI step or a comment, below 64 KiB", .render = markdown},
    {.name = "mermaid",
     .meaning = "one run's chain of causes as a sequence diagram",
     .one_run = true,
     .needs_events = true,
     .render = mermaid},
    {.name = "perfetto",
     .meaning = "one run for ui.perfetto.dev: states, operations, causes as arrows",
     .one_run = true,
     .needs_events = true,
     .render = perfetto},
});

}  // namespace

std::span<const ReportKind> report_kinds() { return kKinds; }

std::vector<std::string> report_kind_names() {
  std::vector<std::string> names;
  names.reserve(kKinds.size());
  for (const ReportKind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

const ReportKind& report_kind(std::string_view name) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const ReportKind& kind) { return kind.name == name; });
  DRYDOCK_CHECK(found != kKinds.end(), "there is no report kind {}", name);
  return *found;
}

std::vector<WrittenReport> written_reports(std::span<const ReportFile> files) {
  std::vector<WrittenReport> written;
  for (const ReportFile& file : files) written.push_back({file.kind, file.path, report_kind(file.kind).one_run});
  return written;
}

std::string render_report(const ReportKind& kind, std::span<const CaseReport> reports, const Ending& ending) {
  if (!kind.one_run) return kind.render(reports, ending);
  if (reports.empty()) return {};
  return kind.render(reports.subspan(shown_run(reports), 1), ending);
}

}  // namespace drydock::reports
