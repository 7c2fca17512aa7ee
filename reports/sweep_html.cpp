#include "reports/sweep_html.hpp"

#include <fmt/format.h>

#include "reports/html/page.hpp"
#include "reports/sweep_json.hpp"
#include "reports/sweep_svg.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::CliffLine;
using scenarios::SweepCell;

std::string element(std::string_view tag, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>", tag, html_text(text));
}

std::string head_of(const SweepReport& report) {
  const std::string what =
      report.sweep.promise ? fmt::format("{}: the share of runs that break the promise.", report.metric)
                           : fmt::format("{} ({}): the mean of a run. {}", report.metric, report.unit, report.meaning);
  return element("p", what);
}

std::string cliff_of(const SweepReport& report) {
  const auto& sweep = report.sweep;
  if (sweep.cliff.empty()) return {};
  std::string out = element("h2", "Where it holds, along " + sweep.axes.front().key) + "\n<table>\n";
  for (const CliffLine& line : sweep.cliff) {
    const std::string at = line.at ? sweep.axes[1].key + " = " + sweep.axes[1].values[*line.at] : "";
    out += "<tr>" + element("th", at) + element("td", cliff_words(report, line)) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::string cells_of(const SweepReport& report) {
  const auto& sweep = report.sweep;
  std::string out = "<details><summary>Every cell, with its interval</summary>\n<table>\n<tr>";
  for (const scenarios::Axis& axis : sweep.axes) out += element("th", axis.key);
  out += "<th>value</th><th>interval</th><th>runs</th></tr>\n";
  for (const SweepCell& cell : sweep.cells) {
    out += "<tr>";
    for (const std::string& value : sweep.values_of(cell)) out += element("td", value);
    out += element("td", short_number(cell.estimate.value)) + element("td", interval_text(cell.estimate)) +
           element("td", std::to_string(cell.samples.size())) + "</tr>\n";
  }
  return out + "</table></details>\n";
}

std::string notes_of(const SweepReport& report) {
  std::string out = element("h2", "How it was played") + "\n<ul>\n";
  for (const std::string& note : sweep_notes(report)) out += element("li", note) + "\n";
  return out + "</ul>\n<div class=\"copy\"><code>" + html_text(report.command) + "</code></div>\n";
}

}  // namespace

std::string sweep_html(const SweepReport& report) {
  HtmlPage page;
  page.title = fmt::format("Sweep of {} / {}", report.scenario, report.case_name);
  page.body = "<main class=\"sweep\">\n" + head_of(report) + "<figure>" + sweep_svg(report, SvgPlace::page) +
              "<figcaption id=\"cell\" aria-live=\"polite\">Point at a cell, or step to it with "
              "Tab.</figcaption></figure>\n" +
              cliff_of(report) + notes_of(report) + cells_of(report) + "</main>\n";
  page.data = sweep_json(report);
  page.scripts = {"sweep.js"};
  page.styles = {"sweep.css"};
  return html_page(page);
}

}  // namespace drydock::reports
