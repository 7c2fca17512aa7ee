#include "reports/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/decisions.hpp"
#include "reports/layout.hpp"
#include "reports/reproduce.hpp"
#include "reports/text.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownViolation;

constexpr std::size_t kMostRows = 100;
constexpr std::size_t kMostUnmet = 5;          // of one case
constexpr std::size_t kLongestSentence = 500;  // cells
constexpr std::size_t kLongestStory = 2'000;   // cells
constexpr std::size_t kLongestLine = 4'000;    // of a command to copy; bytes

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// Names and sentences come from files. They stand in code, inline or fenced, and nowhere else: there no markup, no
// link and no mention of anybody is read.

/// Writes the text as code within a line. Its fence is longer than any run of backticks in the text.
std::string code(std::string_view text, std::size_t width = 120) {
  const std::string shown = fit(printable(text), width);
  if (shown.find_first_not_of(' ') == std::string::npos) return "` `";
  const std::string fence(longest_run(shown, '`') + 1, '`');
  const bool pads = shown.front() == '`' || shown.back() == '`' || shown.front() == ' ';
  const std::string_view pad = pads ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", fence, pad, shown);
}

/// Writes the same for a cell of a table, where a bar ends the cell even within code.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : code(fit_ends(printable(text), 60))) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

/// Writes lines, which are printable already, as a fenced block.
std::string fenced(std::string_view language, std::string_view lines) {
  const std::string fence(std::max<std::size_t>(3, longest_run(lines, '`') + 1), '`');
  return fmt::format("{}{}\n{}{}\n", fence, language, lines, fence);
}

std::string_view word(CaseStatus verdict) {
  switch (verdict) {
    case CaseStatus::held:
      return "ok";
    case CaseStatus::not_exercised:
      return "not exercised";
    case CaseStatus::inconclusive:
      return "**inconclusive**";
    case CaseStatus::failed:
      return "**FAIL**";
  }
  return {};
}

/// Sorts the runs: the gravest first, runs of the same status as they were played.
std::vector<const CaseReport*> by_gravity(std::span<const CaseReport> reports) {
  std::vector<const CaseReport*> sorted;
  for (const CaseReport& report : reports) sorted.push_back(&report);
  std::stable_sort(sorted.begin(), sorted.end(), [](const CaseReport* a, const CaseReport* b) {
    return case_status(a->outcome) > case_status(b->outcome);
  });
  return sorted;
}

/// What is known of a finding may be a user's note.
std::string note(const CaseReport& report) {
  std::string plain = verdict_note(report.outcome);
  if (report.known.empty()) return plain;
  const std::string known = cell(report.known);
  return case_status(report.outcome) == CaseStatus::failed ? plain + "; " + known : known;
}

std::string row(const CaseReport& report) {
  const Outcome& outcome = report.outcome;
  const CaseStatus found = case_status(outcome);
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", word(found), cell(outcome.scenario), cell(outcome.case_name),
                     outcome.event_count, length_text(outcome.virtual_length), note(report));
}

std::string table(const std::vector<const CaseReport*>& sorted) {
  if (sorted.empty()) return {};
  std::string out =
      "| verdict | scenario | case | events | virtual time | |\n"
      "|---|---|---|---:|---:|---|\n";
  const std::size_t shown = std::min(sorted.size(), kMostRows);
  for (std::size_t i = 0; i < shown; ++i) out += row(*sorted[i]);
  if (shown < sorted.size()) {
    out += fmt::format("\n… and {}, no worse than the last of these.\n", counted(sorted.size() - shown, "more case"));
  }
  return out + "\n";
}

std::string folded(std::string_view summary, const std::string& block) {
  // The empty lines let markdown begin and end within HTML.
  return fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n\n", summary, block);
}

std::string violation_part(const Outcome& outcome, const ShownViolation& violation) {
  std::string out = fmt::format("**{}** was broken at {}", code(violation.invariant), since_start(violation.at));
  if (!violation.workspace.empty()) out += " for " + code(violation.workspace);
  if (!violation.instance.empty()) out += ", instance " + code(violation.instance);
  out += ".\n\n- What happened: " + code(violation.message, kLongestSentence) + "\n";
  // A promise of the catalogue is our own prose.
  const std::string promise =
      violation.promise.empty() ? std::string{promise_of(violation)} : code(violation.promise, kLongestSentence);
  if (!promise.empty()) out += "- The promise: " + promise + "\n";
  out += "\n";
  if (violation.causes.empty()) return out;
  return out + folded(fmt::format("how it came about ({})", counted(causes_in_order(violation).size(), "step")),
                      fenced("text",
                             causes_text(violation, {.between = "and what else decided it:\n", .outcome = &outcome})));
}

std::string violations_part(const Outcome& outcome) {
  const auto violations = in_reading_order(outcome);
  const std::size_t full = full_count(violations);
  std::string out;
  for (std::size_t i = 0; i < full; ++i) out += violation_part(outcome, *violations[i]);
  if (full < violations.size()) out += fmt::format("… and {} more of the same.\n\n", violations.size() - full);
  return out;
}

std::string expectations_part(const Outcome& outcome) {
  std::string out;
  std::size_t unmet = 0;
  for (const auto& expectation : outcome.expectations) {
    if (expectation.passed || ++unmet > kMostUnmet) continue;
    out += fmt::format("- expected {}, found {}\n", code(expectation.text, kLongestSentence),
                       code(expectation.actual, kLongestSentence));
  }
  if (unmet > kMostUnmet) out += fmt::format("- … and {} more expectations not met\n", unmet - kMostUnmet);
  return out.empty() ? out : out + "\n";
}

std::string reproduce_part(const CaseReport& report) {
  const std::string line = reproduce_command(report.outcome, report.invocation);
  if (line.size() > kLongestLine) return "The line that plays it again is too long for here.\n\n";
  return "To see it again:\n\n" + fenced("sh", line + "\n") + "\n";
}

/// Writes what the scenario is about, its story folded.
std::string about_part(const About& about) {
  std::string out;
  if (!about.title.empty()) out += code(about.title, kLongestSentence) + "\n\n";
  if (!about.source.empty()) out += "- Source: " + code(about.source, kLongestSentence) + "\n\n";
  if (about.story.empty()) return out;
  std::string lines;
  for (const std::string& line : wrap(fit(printable(about.story), kLongestStory), kWidth)) lines += line + "\n";
  return out + folded("the story", fenced("text", lines));
}

std::string case_part(const CaseReport& report) {
  const Outcome& outcome = report.outcome;
  std::string out = fmt::format("### {} / {}\n\n", code(outcome.scenario), code(outcome.case_name));
  out += about_part(report.about);
  if (!outcome.stopped_by.empty()) out += fmt::format("The run was cut short: {}.\n\n", code(outcome.stopped_by));
  if (!outcome.unlisted.empty()) out += violations_part(outcome);
  out += expectations_part(outcome);
  if (!outcome.tape.empty()) {
    out += folded(fmt::format("decisions that went another way ({} of {})", outcome.tape.size(), outcome.decisions),
                  fenced("text", decisions_text(outcome)));
  }
  return out + reproduce_part(report);
}

std::string title(std::span<const CaseReport> reports, const Ending& ending) {
  std::string out = all_held(reports, ending) ? "## ✅ drydock: " : "## ❌ drydock: ";
  out += reports.empty() ? "no case was played\n" : summary_line(statuses_of(reports));
  return out + "\n";
}

std::string troubles(const Ending& ending) {
  std::string out;
  if (ending.interrupted) {
    out += fmt::format("**Interrupted**: {} case{} not played.\n\n", ending.not_played.size(),
                       ending.not_played.size() == 1 ? " was" : "s were");
  }
  constexpr std::size_t kMost = 5;
  const std::size_t count = ending.internal_errors.size();
  for (std::size_t i = 0; i < std::min(count, kMost); ++i) {
    out += "**Internal error**: " + code(to_text(ending.internal_errors[i]), kLongestSentence) + "\n\n";
  }
  if (count > kMost) out += fmt::format("… and {} more internal errors.\n\n", count - kMost);
  return out;
}

}  // namespace

std::string markdown(std::span<const CaseReport> reports, const Ending& ending) {
  constexpr std::size_t kNotice = 200;
  const auto sorted = by_gravity(reports);
  std::string out = title(reports, ending) + troubles(ending) + table(sorted);
  std::size_t left_out = 0;
  for (const CaseReport* report : sorted) {
    const CaseStatus found = case_status(report->outcome);
    if (found == CaseStatus::held || found == CaseStatus::not_exercised) break;
    const std::string part = case_part(*report);
    if (left_out > 0 || out.size() + part.size() + kNotice > kMostMarkdown) {
      ++left_out;
    } else {
      out += part;
    }
  }
  if (left_out > 0) {
    out += fmt::format("> **Cut here**: {} that did not pass would not fit; the other reports have all of them.\n",
                       counted(left_out, "more case"));
  }
  return out;
}

}  // namespace drydock::reports
