#include "reports/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/layout.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::FindingState;
using scenarios::NightFinding;
using scenarios::Occasion;
using scenarios::RememberedFinding;

constexpr std::array kStates{FindingState::is_new, FindingState::reopened, FindingState::known, FindingState::fixed,
                             FindingState::does_not_replay};

std::size_t count_of(const MemoryReport& report, FindingState state) {
  return static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(),
                                                [&](const NightFinding& one) { return one.now.state == state; }));
}

Ordered occasion_json(const Occasion& seen) {
  return {{"date", text_or_null(seen.date)}, {"campaign", seen.campaign}, {"model", seen.model}};
}

Ordered night_json(const NightFinding& one) {
  Ordered json = remembered_json(one.now);
  json["before"] = one.before ? Ordered(std::string{scenarios::to_text(*one.before)}) : Ordered(nullptr);
  json["seen"] = one.was_seen;
  return json;
}

/// Says the rest of a line about a finding that stands so.
std::string words_of(const NightFinding& one) {
  switch (one.now.state) {
    case FindingState::known:
      return known_words(one.now) + (one.now.why.empty() ? "" : "; " + printable(one.now.why));
    case FindingState::fixed:
      return fmt::format("last seen {}, {}", one.now.last.date, printable(one.now.last.model));
    default:
      return printable(one.now.why);
  }
}

template <typename Take>
std::string part_of(const MemoryReport& report, std::string_view title, TextStyle style, const Take& take) {
  std::string out;
  for (const NightFinding& one : report.findings) {
    if (take(one)) out += paragraph("    ", printable(one.now.name()) + "  " + words_of(one));
  }
  return out.empty() ? out : heading(title, style) + out + "\n";
}

}  // namespace

std::string memory_line(const MemoryReport& report) {
  std::vector<std::string> counts;
  for (const FindingState state : kStates) {
    if (const std::size_t count = count_of(report, state); count > 0)
      counts.push_back(fmt::format("{} {}", count, scenarios::to_text(state)));
  }
  std::string text = printable(report.file) + ": " + (counts.empty() ? "nothing known" : joined(counts));
  text += report.by.date.empty() ? "; nothing was noted (--date)" : "; noted for " + report.by.date;
  return paragraph("     ", text);
}

std::string memory_text(const MemoryReport& report, TextStyle style) {
  std::string out =
      part_of(report, "known", style, [](const NightFinding& one) { return one.now.state == FindingState::known; });
  out += part_of(report, "breaks no longer", style,
                 [](const NightFinding& one) { return one.now.state == FindingState::fixed && one.is_changed(); });
  out += part_of(report, "does not replay", style, [](const NightFinding& one) {
    return one.now.state == FindingState::does_not_replay ||
           (one.now.state == FindingState::fixed && !one.now.why.empty());
  });
  if (report.not_judged.empty()) return out;
  out += heading("not judged: the file of the promise was not given (--invariant)", style);
  for (const std::string& name : report.not_judged) out += paragraph("    ", printable(name));
  return out + "\n";
}

std::string known_words(const RememberedFinding& finding) {
  std::string text = "known since " + printable(finding.first.date);
  if (!finding.note.empty()) text += ": " + printable(finding.note);
  if (!finding.link.empty()) text += " (" + printable(finding.link) + ")";
  return text;
}

Ordered remembered_json(const RememberedFinding& finding) {
  return {{"name", finding.name()},
          {"policy", finding.key.policy},
          {"invariant", finding.key.promise},
          {"signature", finding.key.signature},
          {"state", std::string{scenarios::to_text(finding.state)}},
          {"why", text_or_null(finding.why)},
          {"accepted", text_or_null(finding.accepted)},
          {"retired", text_or_null(finding.retired)},
          {"note", text_or_null(finding.note)},
          {"link", text_or_null(finding.link)},
          {"scenario", text_or_null(finding.scenario)},
          {"message", finding.message},
          {"size", finding.size},
          {"first", occasion_json(finding.first)},
          {"last", occasion_json(finding.last)}};
}

Ordered memory_json(const MemoryReport& report) {
  return {{"file", report.file},
          {"policy", report.policy},
          {"date", text_or_null(report.by.date)},
          {"campaign", report.by.campaign},
          {"model", report.by.model},
          {"findings", array_of(report.findings, night_json)},
          {"not_judged", report.not_judged}};
}

}  // namespace drydock::reports
