#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "reports/fix.hpp"
#include "reports/layout.hpp"
#include "reports/sweep.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Fix;
using scenarios::FixBreak;
using scenarios::FixLevel;
using scenarios::OfferedChange;
using scenarios::PairedMetric;

constexpr std::size_t kMostNamed = 8;

std::string setting(const OfferedChange& change) { return change.key + "=" + change.to; }

std::string settings(const std::vector<OfferedChange>& changes) {
  std::vector<std::string> words;
  words.reserve(changes.size());
  for (const OfferedChange& change : changes) words.push_back(setting(change));
  return joined(words);
}

/// Says what to do: `change delete.order from tenant_first to durable_outbox`.
std::string to_do(const std::vector<OfferedChange>& changes) {
  std::vector<std::string> words;
  words.reserve(changes.size());
  for (const OfferedChange& change : changes) {
    words.push_back(change.from.empty() ? fmt::format("{} to {}", change.key, change.to)
                                        : fmt::format("{} from {} to {}", change.key, change.from, change.to));
  }
  if (words.size() == 1) return words.front();
  const std::string last = words.back();
  words.pop_back();
  return fmt::format("{} and {}", joined(words), last);
}

std::string named_promise(const FixReport& report) {
  return report.workspace.empty() ? report.fixes.invariant
                                  : fmt::format("{} of {}", report.fixes.invariant, report.workspace);
}

std::vector<std::string> broken_by(const Fix& fix) {
  std::vector<std::string> promises;
  for (const FixBreak& each : fix.breaks)
    if (std::find(promises.begin(), promises.end(), each.invariant) == promises.end())
      promises.push_back(each.invariant);
  return promises;
}

/// Names the first few, and counts the rest.
std::string first_few(const std::vector<std::string>& words) {
  const std::size_t named = std::min(words.size(), kMostNamed);
  std::string text = joined({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(named)});
  if (named < words.size()) text += fmt::format(" and {} more", words.size() - named);
  return text;
}

std::string of_level(const FixLevel& level) {
  const std::string_view what = level.changes == 1 ? "single change" : level.changes == 2 ? "pair" : "triple";
  if (level.tried == level.there_are) return fmt::format("all {}", counted(level.there_are, what));
  return fmt::format("{} of {}", level.tried, counted(level.there_are, what));
}

std::string tried(const FixReport& report) {
  std::vector<std::string> parts;
  for (const FixLevel& level : report.fixes.levels) parts.push_back(of_level(level));
  return fmt::format("tried {} ({} with a value to offer), in {}", parts.empty() ? "nothing" : joined(parts),
                     counted(report.fixes.keys, report.over == FixOver::world ? "assumption" : "knob"),
                     counted(report.fixes.runs, "run"));
}

std::string held(const FixReport& report) {
  const scenarios::Fixes& fixes = report.fixes;
  std::string text = fmt::format("{} in this run", named_promise(report));
  if (fixes.around > 0) {
    text += fmt::format(" and in all {} around it, of which {} as things are", counted(fixes.around, "run"),
                        fixes.around_broken == 0   ? "none breaks it"
                        : fixes.around_broken == 1 ? "1 breaks it"
                                                   : fmt::format("{} break it", fixes.around_broken));
  }
  return text;
}

std::string smallest(const Fix& fix) {
  if (!fix.smallest && fix.changes.size() > 3) return "none of these changes can be left out; another few may do";
  if (!fix.smallest) return "not shown: smaller changes were not all tried, though none of these can be left out";
  if (fix.changes.size() == 1) return "it is one change";
  return "none of fewer changes holds: all were tried, of constants at the offered values";
}

std::string where(const FixBreak& each) {
  switch (each.where) {
    case FixBreak::Where::here:
      return fmt::format("{} in this run", each.invariant);
    case FixBreak::Where::around:
      return fmt::format("{} in {} around it (first: {})", each.invariant, counted(each.times, "run"),
                         printable(each.what));
    case FixBreak::Where::catalogue:
      break;
  }
  return fmt::format("{} in {} of the catalogue (first: {})", each.invariant, counted(each.times, "scenario"),
                     printable(each.what));
}

std::string breaks(const FixReport& report, const Fix& fix) {
  std::vector<std::string> words;
  for (const FixBreak& each : fix.breaks) words.push_back(where(each));
  if (!words.empty()) return joined(words);
  std::string text = "nothing that is kept without it, here and around";
  if (fix.on_catalogue) text += fmt::format(" and in {} of the catalogue", counted(report.fixes.scenarios, "scenario"));
  return text;
}

std::string cost(const PairedMetric& metric, std::string_view where_) {
  return fmt::format("{} {}{} in {} ({})", metric.name, metric.difference.value < 0 ? "" : "+",
                     short_number(metric.difference.value), where_, interval_text(metric.difference));
}

std::string costs(const Fix& fix) {
  std::vector<std::string> words;
  for (const PairedMetric& metric : scenarios::clearly_worse(fix.around)) words.push_back(cost(metric, "a run around"));
  for (const PairedMetric& metric : scenarios::clearly_worse(fix.catalogue))
    words.push_back(cost(metric, "a scenario of the catalogue"));
  return words.empty() ? "no metric is clearly worse" : joined(words);
}

std::string edges(const Fix& fix) {
  std::vector<std::string> words;
  for (const scenarios::FixEdge& edge : fix.edges)
    words.push_back(fmt::format("{}: broken at {}, held at {}", edge.key, edge.broken, edge.held));
  return joined(words);
}

std::string first_fix(const FixReport& report, const Fix& fix) {
  std::string out = field("holds", held(report));
  out += field("smallest", smallest(fix));
  if (!fix.edges.empty()) out += field("edge", edges(fix));
  if (report.over != FixOver::world) out += field("breaks", breaks(report, fix));
  if (!fix.left.empty()) out += field("leaves", fmt::format("{}, broken in this run as before", joined(fix.left)));
  if (report.over != FixOver::world) out += field("costs", costs(fix));
  if (fix.unasked > 0) {
    out +=
        field("but", fmt::format("{} of the tape {} no question with it: what holds then is what the runs around say",
                                 counted(fix.unasked, "decision"), fix.unasked == 1 ? "meets" : "meet"));
  }
  out += "    " + pad("try it", 9) + "  " + report.commands.front() + "\n";
  return out;
}

std::string in_short(const FixReport& report, const Fix& fix) {
  std::vector<std::string> words;
  for (const scenarios::FixEdge& edge : fix.edges)
    words.push_back(fmt::format("edge of {} between {} and {}", edge.key, edge.broken, edge.held));
  if (report.over == FixOver::world) return joined(words);
  const std::vector<std::string> promises = broken_by(fix);
  words.push_back(promises.empty() ? "breaks nothing" : "breaks " + joined(promises));
  if (!fix.left.empty()) words.push_back("leaves " + joined(fix.left));
  std::vector<std::string> worse;
  for (const PairedMetric& metric : scenarios::clearly_worse(fix.around)) worse.push_back(metric.name);
  for (const PairedMetric& metric : scenarios::clearly_worse(fix.catalogue))
    if (std::find(worse.begin(), worse.end(), metric.name) == worse.end()) worse.push_back(metric.name);
  if (!worse.empty()) words.push_back("more " + joined(worse));
  return joined(words);
}

std::string other_fixes(const FixReport& report, TextStyle style) {
  const auto& fixes = report.fixes.fixes;
  std::string out;
  std::vector<std::string> unplayed;
  for (std::size_t i = 1; i < fixes.size(); ++i) {
    if (!fixes[i].on_catalogue && report.fixes.scenarios > 0) {
      unplayed.push_back(settings(fixes[i].changes));
      continue;
    }
    if (out.empty()) out = "\n" + heading("also holds with", style);
    const std::string more = in_short(report, fixes[i]);
    out += paragraph("    ", settings(fixes[i].changes) + (more.empty() ? "" : ": " + more));
  }
  if (!unplayed.empty())
    out += "\n" + heading("and, not played on the catalogue", style) + paragraph("    ", first_few(unplayed));
  return out;
}

std::string near_misses(const FixReport& report, TextStyle style) {
  if (report.fixes.missed.empty()) return {};
  std::vector<std::string> words;
  for (const scenarios::NearMiss& miss : report.fixes.missed)
    words.push_back(fmt::format("{} (broken again by {})", settings(miss.changes), printable(miss.broken_by)));
  return "\n" + heading("close this run and not those around it", style) + paragraph("    ", first_few(words));
}

std::string nothing(const FixReport& report) {
  const scenarios::Fixes& fixes = report.fixes;
  if (fixes.keys == 0) return fmt::format("there is nothing to change: {} is the policy", report.ablated);
  if (fixes.all_hold && !*fixes.all_hold) {
    return fmt::format("{} does not make {} hold: with all of its changes it is broken in this run or around it",
                       report.ablated, named_promise(report));
  }
  const bool all = std::all_of(fixes.levels.begin(), fixes.levels.end(),
                               [](const FixLevel& level) { return level.tried == level.there_are; });
  return fmt::format("no change that was tried makes {} hold{}", named_promise(report),
                     all ? "" : fmt::format(", within {}", counted(report.budget, "run")));
}

}  // namespace

std::string fix_sentence(const FixReport& report) {
  if (report.fixes.fixes.empty()) {
    const std::string interrupted = report.fixes.interrupted ? " (interrupted)" : "";
    return nothing(report) + interrupted;
  }
  const Fix& best = report.fixes.fixes.front();
  const std::vector<std::string> promises = broken_by(best);
  std::string text = report.over == FixOver::world    ? "it hangs on " + to_do(best.changes)
                     : report.over == FixOver::policy ? "what does the work is " + to_do(best.changes)
                                                      : "change " + to_do(best.changes);
  if (report.over != FixOver::world && !promises.empty()) text += fmt::format("; it breaks {}", joined(promises));
  return text + (report.fixes.interrupted ? " (interrupted: a better one may not be known yet)" : "");
}

std::string fix_text(const FixReport& report, TextStyle style) {
  std::string out;
  const std::string sentence = paragraph("", fix_sentence(report));
  out += paint(sentence.substr(0, sentence.size() - 1), kBold, style) + "\n";
  if (!report.fixes.fixes.empty()) out += first_fix(report, report.fixes.fixes.front());
  out += other_fixes(report, style);
  out += near_misses(report, style);
  out += "\n" + paragraph("", tried(report));
  return out;
}

}  // namespace drydock::reports
