#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "reports/decisions.hpp"
#include "reports/layout.hpp"
#include "reports/reproduce.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownViolation;

constexpr std::size_t kShortViolations = 10;
constexpr std::size_t kMisaligned = 12;

struct Mark {
  std::string_view text;
  std::string_view colour;
};

Mark mark(CaseStatus verdict) {
  switch (verdict) {
    case CaseStatus::held:
      return {"ok", kGreen};
    case CaseStatus::not_exercised:
      return {"ok?", kYellow};
    case CaseStatus::inconclusive:
      return {"STOP", kYellow};
    case CaseStatus::failed:
      return {"FAIL", kRed};
  }
  return {};
}

/// Writes one violation in a line or two, for those that are not shown in full.
std::string short_violation(const ShownViolation& violation) {
  std::string text = violation.invariant;
  for (const std::string* part : {&violation.workspace, &violation.instance, &violation.message}) {
    if (!part->empty()) text += ", " + printable(*part);
  }
  return paragraph("    " + since_start(violation.at) + "  ", text);
}

std::string violations_text(const Outcome& outcome, TextStyle style) {
  const auto violations = in_reading_order(outcome);
  const std::size_t full = full_count(violations);
  std::string out;
  for (std::size_t i = 0; i < full; ++i) out += violation_block(outcome, *violations[i], style) + "\n";
  if (violations.size() == full) return out;

  out += heading("also", style);
  const std::size_t shown = std::min(violations.size(), full + kShortViolations);
  for (std::size_t i = full; i < shown; ++i) out += short_violation(*violations[i]);
  if (shown < violations.size()) {
    out += fmt::format("    … and {} more (--format json has them all)\n", violations.size() - shown);
  }
  return out + "\n";
}

std::string unmet_text(const Outcome& outcome, TextStyle style) {
  std::string out;
  for (const auto& expectation : outcome.expectations) {
    if (expectation.passed) continue;
    out += heading("expectation not met", style);
    out += field("expected", printable(expectation.text));
    out += field("actual", printable(expectation.actual)) + "\n";
  }
  return out;
}

std::string tape_text(const Outcome& outcome, TextStyle style) {
  if (outcome.tape.empty()) {
    return heading(fmt::format("this is the calm run: none of its {} decisions went another way", outcome.decisions),
                   style) +
           "\n";
  }
  std::string out = heading(fmt::format("what went another way than in the calm run ({} of {} decisions)",
                                        outcome.tape.size(), outcome.decisions),
                            style);
  return out + decisions_text(outcome) + "\n";
}

std::string misaligned_text(const Outcome& outcome, TextStyle style) {
  if (outcome.misaligned.empty()) return {};
  std::string out = heading("entries of the tape that met no question of this run", style);
  const std::size_t shown = std::min(outcome.misaligned.size(), kMisaligned);
  for (std::size_t i = 0; i < shown; ++i) {
    out += paragraph("    ", printable(name_of(outcome.misaligned[i])));
  }
  if (shown < outcome.misaligned.size()) {
    out += fmt::format("    … and {} more\n", outcome.misaligned.size() - shown);
  }
  return out + "\n";
}

std::string faults_text(const Outcome& outcome, TextStyle style) {
  if (outcome.faults.empty()) return {};
  std::string out = heading("faults", style);
  for (const auto& fault : outcome.faults) {
    const std::string_view mattered = !fault.mattered ? "" : *fault.mattered ? ", mattered" : ", made no difference";
    out += field(printable(fault.name), fmt::format("fired {}, noticed {}{}", fault.fired, fault.noticed, mattered));
  }
  return out + "\n";
}

std::string about_text(const About& about, TextStyle style) {
  std::string out;
  if (!about.title.empty()) out += field("title", printable(about.title));
  if (!about.source.empty()) out += field("source", printable(about.source));
  return out.empty() ? out : heading("what the scenario is about", style) + out + "\n";
}

/// Fits `scenario / case` into the columns. A long scenario is cut before its case, because lines of one scenario
/// differ in the case.
std::string fit_name(const std::string& scenario, const std::string& case_name, std::size_t columns) {
  constexpr std::size_t kLeast = 8;
  const std::string behind = " / " + printable(case_name);
  const std::size_t taken = display_width(behind);
  if (taken + kLeast > columns) return fit_ends(run_name(scenario, case_name), columns);
  return fit_ends(printable(scenario), columns - taken) + behind;
}

}  // namespace

std::size_t name_width(std::size_t widest_name) { return std::min<std::size_t>(widest_name, 30); }

namespace {

std::string line_of(const Outcome& outcome, const std::string& note, std::size_t name_column, TextStyle style) {
  const CaseStatus found = case_status(outcome);
  const Mark sign = mark(found);
  const std::string name = fit_name(outcome.scenario, outcome.case_name, name_column);
  const std::string played = fmt::format("{} events, {}", outcome.event_count, length_text(outcome.virtual_length));
  std::string line = fmt::format("  {}  {}  {}", pad(name, name_column), pad(played, 20), note);
  line.erase(line.find_last_not_of(' ') + 1);
  // The mark is painted after fitting: colour has no width, and changes no letter.
  const std::string space(4 - sign.text.size(), ' ');
  return paint(sign.text, sign.colour, style) + space + fit(line.substr(1), kWidth - 4) + "\n";
}

}  // namespace

std::string case_line(const Outcome& outcome, std::size_t name_column, TextStyle style) {
  return line_of(outcome, verdict_note(outcome), name_column, style);
}

std::string case_line(const CaseReport& report, std::size_t name_column, TextStyle style) {
  return line_of(report.outcome, verdict_note(report), name_column, style);
}

std::string idle_faults_line(const Outcome& outcome) {
  std::string names;
  for (const auto& fault : outcome.faults) {
    if (fault.mattered.value_or(true)) continue;
    names += fmt::format("{}{}{}", names.empty() ? "" : ", ", printable(fault.name),
                         fault.fired == 0 ? " (never fired)" : "");
  }
  if (names.empty()) return {};
  return "    " + fit("made no difference: " + names, kWidth - 4) + "\n";
}

std::string case_block(const CaseReport& report, TextStyle style) {
  const Outcome& outcome = report.outcome;
  std::string out = "\n";
  if (!outcome.stopped_by.empty()) {
    out += heading("the run was cut short", style);
    out += field("bound", printable(outcome.stopped_by)) + "\n";
  }
  if (outcome.unlisted.empty() && !outcome.violations.empty()) {
    const std::string how = report.known.empty() ? "as this case expects:" : "as is known: " + report.known;
    out += paragraph("  ", "Violated, " + how) + "\n";
  }
  out += violations_text(outcome, style);
  out += unmet_text(outcome, style);
  out += faults_text(outcome, style);
  out += tape_text(outcome, style);
  out += misaligned_text(outcome, style);
  out += about_text(report.about, style);
  out += heading("to see it again", style);
  out += "    " + reproduce_command(outcome, report.invocation) + "\n\n";
  return out;
}

std::string report_files_text(std::span<const CaseReport> reports, const Ending& ending, TextStyle style) {
  std::string out;
  for (const WrittenReport& file : ending.files) {
    if (file.one_run && reports.empty()) continue;  // then it was not written
    std::string text = printable(file.path);
    if (file.one_run && reports.size() > 1) {
      const Outcome& shown = reports[shown_run(reports)].outcome;
      text += " (" + run_name(shown.scenario, shown.case_name) + ")";
    }
    out += "    " + pad(file.kind, 9) + "  " + text + "\n";  // a path is copied, so it is not wrapped
  }
  return out.empty() ? out : heading("reports", style) + out;
}

std::string summary_line(std::span<const CaseStatus> verdicts) {
  constexpr std::array<std::pair<CaseStatus, std::string_view>, 4> kWords{{{CaseStatus::held, "ok"},
                                                                           {CaseStatus::not_exercised, "not exercised"},
                                                                           {CaseStatus::inconclusive, "inconclusive"},
                                                                           {CaseStatus::failed, "failed"}}};
  std::string out = counted(verdicts.size(), "case") + ":";
  std::string separator = " ";
  for (const auto& [verdict, word] : kWords) {
    const auto count = std::count(verdicts.begin(), verdicts.end(), verdict);
    if (count == 0) continue;
    out += fmt::format("{}{} {}", separator, count, word);
    separator = ", ";
  }
  return out + "\n";
}

}  // namespace drydock::reports
