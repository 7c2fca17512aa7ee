#include "reports/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "reports/html/data.hpp"
#include "reports/html/page.hpp"
#include "reports/html/sections.hpp"
#include "reports/json_parts.hpp"
#include "reports/text.hpp"

namespace drydock::reports {
namespace {

std::string title_of(std::span<const CaseReport> reports) {
  if (reports.empty()) return "No run";
  const std::string& first = reports.front().outcome.scenario;
  const bool one = std::all_of(reports.begin(), reports.end(),
                               [&](const CaseReport& report) { return report.outcome.scenario == first; });
  if (one) return first;
  return fmt::format("{} runs", reports.size());
}

/// Says what comes before any run: whether the end came too early, and how many cases passed.
std::string summary(std::span<const CaseReport> reports, const Ending& ending) {
  std::string out;
  if (ending.interrupted) out += "<p class=\"note bad\">Interrupted: the other cases were not played.</p>\n";
  for (const InternalFailure& error : ending.internal_errors)
    out += fmt::format("<p class=\"note bad\">Internal error in {}</p>\n", html_text(to_text(error)));
  if (reports.empty()) out += "<p class=\"note\">Nothing was run.</p>\n";
  if (reports.size() < 2) return out;
  return out + fmt::format("<p class=\"soft\">{}</p>\n", html_text(first_line(summary_line(statuses_of(reports)))));
}

/// Gives the index of the run to be looked at first.
std::size_t first_to_see(std::span<const CaseReport> reports) {
  const auto failed = std::find_if(reports.begin(), reports.end(), [](const CaseReport& report) {
    return case_status(report.outcome) == CaseStatus::failed;
  });
  return failed == reports.end() ? 0 : static_cast<std::size_t>(failed - reports.begin());
}

std::string tab(std::size_t index, std::string_view mark, std::string_view label) {
  return fmt::format("<a role=\"tab\" id=\"tab-{0}\" aria-controls=\"panel-{0}\" href=\"#tab={0}\">{1}{2}</a>\n", index,
                     mark, label);
}

std::string tabs(std::span<const CaseReport> reports, const std::vector<RunPair>& pairs) {
  if (reports.size() < 2) return {};
  const bool one_scenario = title_of(reports) == reports.front().outcome.scenario;
  std::string out = "<nav class=\"tabs\" role=\"tablist\" aria-label=\"Runs\">\n";
  std::size_t index = 0;
  for (const CaseReport& report : reports) {
    const auto& outcome = report.outcome;
    out += tab(index++, verdict_tag(outcome),
               html_text(one_scenario ? outcome.case_name : run_name(outcome.scenario, outcome.case_name)));
  }
  for (const RunPair& pair : pairs) {
    out += tab(
        index++, "<span class=\"tag\">⇄</span>",
        html_text(fmt::format("{} beside {}", reports[pair.a].outcome.case_name, reports[pair.b].outcome.case_name)));
  }
  return out + "</nav>\n";
}

/// A page of runs; where there is a search, its section stands in the place of the first run.
std::string page_of(std::span<const CaseReport> reports, const Ending& ending, const std::string* search) {
  const auto pairs = search == nullptr ? pairs_of(reports) : std::vector<RunPair>{};
  std::string body =
      fmt::format("<main data-first=\"{}\">\n", search == nullptr ? first_to_see(reports) : std::size_t{0});
  body += summary(reports, ending);
  body += tabs(reports, pairs);
  std::size_t index = 0;
  for (const CaseReport& report : reports) {
    body += search != nullptr && index == 0 ? *search : run_section(report, index);
    ++index;
  }
  for (const RunPair& pair : pairs)
    body +=
        pair_section({.a = reports[pair.a], .b = reports[pair.b], .tab_a = pair.a, .tab_b = pair.b, .tab = index++});
  body += "</main>\n<div id=\"announce\" class=\"unseen\" aria-live=\"polite\"></div>\n";
  body +=
      "<noscript><p class=\"note\">The timeline needs JavaScript; all of it is in this file.</p>"
      "</noscript>\n";
  std::vector<std::string_view> styles{"report.css"};
  if (search != nullptr) styles.emplace_back("exploration.css");
  return html_page({.title = title_of(reports),
                    .body = body,
                    .data = compact_json(HtmlData{}.of(reports)),
                    .scripts = {"run.js", "lanes.js", "paint.js", "timeline.js", "list.js", "panel.js", "report.js"},
                    .styles = styles});
}

}  // namespace

std::string report_html(std::span<const CaseReport> reports, const Ending& ending) {
  return page_of(reports, ending, nullptr);
}

std::string report_html_of_search(std::span<const CaseReport> reports, const Ending& ending,
                                  const std::string& search) {
  return page_of(reports, ending, &search);
}

}  // namespace drydock::reports
