#include "reports/exploration_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/exploration_cases.hpp"
#include "reports/html.hpp"
#include "reports/html/page.hpp"
#include "reports/state_graph.hpp"
#include "reports/words.hpp"
#include "scenarios/explore/abstract_states.hpp"
#include "sim/search/residual.hpp"

namespace drydock::reports {
namespace {

using scenarios::Exploration;
using scenarios::FaultUse;
using scenarios::Finding;

std::string html_cell(std::string_view html, bool number = false) {
  return fmt::format("<td{}>{}</td>", number ? " class=\"number\"" : "", html);
}

/// Writes a table whose head and rows are HTML. `numbers` says from which to which column there are numbers.
std::string html_table(const std::vector<std::string>& head, std::pair<std::size_t, std::size_t> numbers,
                       const std::string& rows) {
  std::string out = "<div class=\"scroll\"><table><thead><tr>";
  for (std::size_t i = 0; i < head.size(); ++i) {
    const bool number = i >= numbers.first && i < numbers.second;
    out += fmt::format("<th{}>{}</th>", number ? " class=\"number\"" : "", head[i]);
  }
  return out + "</tr></thead><tbody>\n" + rows + "</tbody></table></div>\n";
}

// ---- what came of it ----

std::string verdict_words_html(const Exploration& found) {
  const std::size_t ways = found.findings.size() + found.findings_not_shrunk;
  if (ways == 0) return fmt::format("Nothing was found in {}", counted(found.runs, "run"));
  std::vector<std::string> promises;
  for (const Finding& finding : found.findings) promises.push_back(finding.invariant);
  std::sort(promises.begin(), promises.end());
  promises.erase(std::unique(promises.begin(), promises.end()), promises.end());
  return fmt::format("{} {} broken, in {}", counted(promises.size(), "promise"), promises.size() == 1 ? "was" : "were",
                     counted(ways, "way"));
}

std::string search_card(const ExplorationReport& report) {
  const Exploration& found = report.found;
  const bool broken = !found.findings.empty();
  std::string out =
      fmt::format("<div class=\"verdict {}\">\n<h2><span class=\"tag {}\">{}</span> {}</h2>\n", broken ? "bad" : "good",
                  broken ? "bad" : "good", broken ? "broken" : "ok", html_text(verdict_words_html(found)));
  out += fmt::format("<p>{}, {} different; strategy {}, seed {}; {}</p>\n", counted(found.runs, "run"), found.distinct,
                     html_text(found.strategy), found.seed,
                     html_text(report.case_name.empty() ? "policy " + found.policy : "case " + report.case_name));
  if (found.known > 0) {
    out += fmt::format("<p>It went beyond {}, which {} broke and nothing else.</p>\n",
                       counted(found.known, "known finding"), counted(found.known_runs, "run"));
  }
  if (!found.residual.law.empty()) out += fmt::format("<p class=\"soft\">Law: {}</p>\n", html_text(found.residual.law));
  return out + "</div>\n";
}

// ---- findings ----

/// Groups the findings by promise, in the order in which promises were first seen broken.
std::vector<std::vector<std::size_t>> findings_by_promise(const Exploration& found) {
  std::vector<std::vector<std::size_t>> groups;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < found.findings.size(); ++i) {
    const auto [at, is_new] = places.try_emplace(found.findings[i].invariant, groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(i);
  }
  return groups;
}

std::string finding_row(const Finding& finding, std::size_t index) {
  // The tab of a finding stands behind that of the search.
  return fmt::format("<tr><td><a href=\"#tab={}\">{}</a></td>", index + 1, html_text(finding.message)) +
         html_cell(std::to_string(finding.times), true) + html_cell(std::to_string(finding.first_run), true) +
         html_cell(std::to_string(finding.outcome.tape.size()), true) + "</tr>\n";
}

/// Writes the ways in which one promise was broken under a line that sums them up.
std::string promise_html(const Exploration& found, const std::vector<std::size_t>& group, bool is_open) {
  std::string rows;
  std::uint64_t first = UINT64_MAX;
  std::size_t fewest = SIZE_MAX;
  for (const std::size_t index : group) {
    const Finding& finding = found.findings[index];
    rows += finding_row(finding, index);
    first = std::min(first, finding.first_run);
    fewest = std::min(fewest, finding.outcome.tape.size());
  }
  return fmt::format(
      "<details class=\"promise\"{}><summary><b>{}</b> <span class=\"soft\">{}, first in run {}, {} or more"
      "</span></summary>\n{}</details>\n",
      is_open ? " open" : "", html_text(found.findings[group.front()].invariant), counted(group.size(), "way"), first,
      counted(fewest, "decision"),
      html_table({"how it was broken", "runs", "first in run", "decisions"}, {1, 4}, rows));
}

std::string findings_html(const Exploration& found) {
  constexpr std::size_t kFewWays = 12;
  if (found.findings.empty()) return {};
  std::string out = "<h2>What was found, by promise</h2>\n";
  for (const auto& group : findings_by_promise(found))
    out += promise_html(found, group, found.findings.size() <= kFewWays);
  if (const auto more = found.findings_not_shrunk; more != 0)
    out += fmt::format("<p class=\"soft\">{} {} seen and not minimised.</p>\n", counted(more, "more way"),
                       more == 1 ? "was" : "were");
  return out;
}

// ---- rates ----

/// Draws an interval of chances on a scale of powers of ten, from one in a million to all.
std::string rate_svg(const sim::search::ChanceBounds& bounds, double rate) {
  constexpr double kWide = 240;
  constexpr double kDecades = 6;
  const auto x = [&](double chance) {
    const double decades = chance <= 0 ? -kDecades : std::max(-kDecades, std::log10(chance));
    return 4 + (kWide - 8) * (1 + decades / kDecades);
  };
  std::string out = fmt::format("<svg class=\"rate\" viewBox=\"0 0 {:.0f} 16\" aria-hidden=\"true\">", kWide);
  for (int decade = 0; decade <= static_cast<int>(kDecades); ++decade) {
    out += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" y1=\"1\" x2=\"{0:.1f}\" y2=\"15\"/>",
                       x(std::pow(10, decade - kDecades)));
  }
  out += fmt::format("<line class=\"range\" x1=\"{:.1f}\" y1=\"8\" x2=\"{:.1f}\" y2=\"8\"/>", x(bounds.low),
                     x(bounds.high));
  if (rate > 0) out += fmt::format("<circle class=\"mark\" cx=\"{:.1f}\" cy=\"8\" r=\"4\"/>", x(rate));
  return out + "</svg>";
}

std::string rate_row(const Exploration& found, const std::string& promise, std::uint64_t times) {
  const auto bounds = sim::search::wilson_95(found.independent_runs, times);
  const double rate = static_cast<double>(times) / static_cast<double>(found.independent_runs);
  return "<tr>" + html_cell(html_text(promise)) + html_cell(std::to_string(times), true) +
         html_cell(small_percent(rate), true) +
         html_cell(fmt::format("{} to {}", small_percent(bounds.low), small_percent(bounds.high)), true) +
         html_cell(rate_svg(bounds, rate)) + "</tr>\n";
}

std::string rates_html(const Exploration& found) {
  if (found.independent_runs == 0) return {};
  std::string broken;
  std::vector<std::string> held;
  for (const auto& [promise, bound] : found.residual.upper_95) {
    const auto times = found.broken_runs.find(promise);
    if (times == found.broken_runs.end()) {
      held.push_back(promise);
    } else {
      broken += rate_row(found, promise, times->second);
    }
  }
  const std::vector<std::string> head{"promise", "runs that broke it", "rate", "95 % interval",
                                      "from one in a million to all, by powers of ten"};
  std::string out = fmt::format(
      "<h2>How often a drawn run breaks a promise</h2>\n<p class=\"soft\">Of {} that were drawn independently of each "
      "other; the interval is Wilson's.</p>\n",
      counted(found.independent_runs, "run"));
  if (!broken.empty()) out += html_table(head, {1, 4}, broken);
  if (held.empty()) return out;
  const double most = sim::search::wilson_95(found.independent_runs, 0).high;
  return out + fmt::format("<p>No such run broke {}: at most {}{}.</p>\n", html_text(joined(held)), small_percent(most),
                           held.size() > 1 ? " each" : "");
}

// ---- what was seen ----

std::string states_table(const Exploration& found) {
  std::vector<std::pair<sim::search::Coverage::SeenState, std::string>> states;
  for (const auto& [key, seen] : found.coverage.seen_states()) states.emplace_back(seen, seen.name);
  std::sort(states.begin(), states.end(), [](const auto& a, const auto& b) {
    return std::pair(b.first.runs, a.second) < std::pair(a.first.runs, b.second);
  });
  std::string rows;
  for (const auto& [seen, name] : states) {
    const auto state = scenarios::AbstractState::parse(name);
    const std::string work = fmt::format("{}", fmt::join(state.operations, ", "));
    rows += "<tr>" + html_cell(html_text(state.status == "none" ? "no row" : state.status)) +
            html_cell(html_text(state.instance)) +
            html_cell(std::to_string(state.live) + (state.live == 3 ? " or more" : "")) +
            html_cell(html_text(state.wished)) + html_cell(html_text(work)) +
            html_cell(std::to_string(seen.runs), true) + html_cell(std::to_string(seen.first), true) + "</tr>\n";
  }
  return fmt::format(
      "<details><summary>All {}</summary>\n{}</details>\n", counted(states.size(), "state"),
      html_table({"status", "instance", "live instances", "wished to", "work under way", "runs", "first in run"},
                 {5, 7}, rows));
}

std::string seen_html(const Exploration& found) {
  const std::string graph = state_graph_svg(found.coverage, found.runs);
  std::string out;
  if (!graph.empty()) {
    out += "<h2>States that were reached</h2>\n<figure>" + graph +
           "<figcaption>A column for each status of a workspace's row, a line of the grid for each state of the "
           "instance that the row names. A box tells in how many runs its most common state was reached, and how many "
           "states it stands for: they differ in other instances, the client's wish and the work under way. What fewer "
           "than one run in a hundred showed is drawn with broken lines; a crossing without a box was never "
           "reached.</figcaption></figure>\n" +
           states_table(found);
  }
  const std::string curve = discovery_svg(found.coverage, found.runs);
  if (curve.empty()) return out;
  const scenarios::Residual& residual = found.residual;
  return out + "<h2>States over runs</h2>\n<figure>" + curve +
         fmt::format(
             "<figcaption>{} in one run only; the next run shows a new transition with a chance of at most {}; about "
             "{:.0f} are unseen.</figcaption></figure>\n",
             residual.seen_once == 1 ? "1 transition was seen"
                                     : fmt::format("{} transitions were seen", residual.seen_once),
             small_percent(residual.unseen_transition), residual.unseen_transitions_estimate);
}

// ---- what was not seen ----

std::string names_html(std::string_view heading, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string items;
  for (const std::string& name : names) items += fmt::format("<li>{}</li>\n", html_text(name));
  return fmt::format("<details{}><summary>{}: {}</summary>\n<ul class=\"names\">\n{}</ul></details>\n",
                     names.size() <= 12 ? " open" : "", heading, names.size(), items);
}

template <typename Takes>
std::vector<std::string> fault_names(const Exploration& found, const Takes& takes) {
  std::vector<std::string> names;
  for (const FaultUse& fault : found.faults) {
    if (takes(fault)) names.push_back(fault.name);
  }
  return names;
}

std::string never_html(const Exploration& found) {
  std::string out = names_html("Faults that never struck", fault_names(found, never_fired));
  out += names_html("Faults that struck, and that nobody noticed",
                    fault_names(found, [](const FaultUse& fault) { return fault.fired > 0 && fault.noticed == 0; }));
  out +=
      names_html("Faults that were noticed and never mattered",
                 fault_names(found, [](const FaultUse& fault) { return fault.noticed > 0 && never_mattered(fault); }));
  std::vector<std::string> unsent;
  for (const auto& [request, sent] : found.requests) {
    if (sent == 0) unsent.push_back(request);
  }
  out += names_html("Requests that were never sent", unsent);
  if (found.kept) {
    std::vector<std::string> missing;
    for (const auto& [from, to] : found.kept->missing) missing.push_back(fmt::format("{} to {}", from, to - 1));
    out += names_html("Parts of the campaign that nobody has played", missing);
  }
  if (found.cut_short > 0)
    out += fmt::format("<p>{} ended by a bound: they say nothing.</p>\n", counted(found.cut_short, "run"));
  if (out.empty()) out = "<p>All that the scenario lists came, was noticed and mattered.</p>\n";
  return "<h2>What was never exercised</h2>\n" + out;
}

std::string search_section(const ExplorationReport& report) {
  return "<section class=\"search\" role=\"tabpanel\" id=\"panel-0\" aria-label=\"The search\">\n" +
         search_card(report) + findings_html(report.found) + rates_html(report.found) + seen_html(report.found) +
         never_html(report.found) + "</section>\n";
}

}  // namespace

std::string exploration_html(const ExplorationReport& report, const Ending& ending) {
  return report_html_of_search(exploration_cases(report), ending, search_section(report));
}

}  // namespace drydock::reports
