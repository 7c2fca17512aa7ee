#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "model/invariants/catalogue.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownDecision;
using scenarios::ShownEvent;
using scenarios::ShownViolation;

constexpr std::size_t kFullViolations = 3;
constexpr std::size_t kShortViolations = 10;
constexpr std::size_t kFirstCauses = 5;
constexpr std::size_t kLastCauses = 9;
constexpr std::size_t kDecisions = 12;

constexpr std::string_view kRed = "\033[1;31m";
constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kBold = "\033[1m";

std::string paint(std::string_view text, std::string_view colour, TextStyle style) {
  return style.colour ? fmt::format("{}{}\033[0m", colour, text) : std::string{text};
}

struct Mark {
  std::string_view text;
  std::string_view colour;
};

Mark mark(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return {"ok", kGreen};
    case Verdict::not_exercised:
      return {"ok?", kYellow};
    case Verdict::inconclusive:
      return {"STOP", kYellow};
    case Verdict::failed:
      return {"FAIL", kRed};
  }
  return {};
}

std::size_t unmet(const Outcome& outcome) {
  return static_cast<std::size_t>(
      std::count_if(outcome.expectations.begin(), outcome.expectations.end(),
                    [](const auto& expectation) { return !expectation.passed; }));
}

std::string note(const Outcome& outcome, Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return outcome.violations.empty() ? "" : "violates as listed";
    case Verdict::not_exercised:
      return "not exercised";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::failed:
      break;
  }
  std::string text;
  if (!outcome.unlisted.empty()) text = fmt::format("{} violated", outcome.unlisted.size());
  if (const auto count = unmet(outcome); count > 0)
    text += fmt::format("{}{} unmet", text.empty() ? "" : ", ", count);
  return text;
}

std::string_view promise_of(std::string_view invariant) {
  for (const model::InvariantInfo& info : model::invariant_catalogue()) {
    if (info.name == invariant) return info.promise;
  }
  return {};
}

std::string field(std::string_view name, std::string_view value) {
  return paragraph("    " + pad(std::string{name}, 9) + "  ", value);
}

/// Labels and times one below the other, so that the eye finds the time that it looks for.
std::string cause_line(const ShownEvent& event, std::size_t time_width) {
  const std::string time = since_start(event.at);
  const std::string margin(time_width - std::min(time_width, time.size()), ' ');
  return paragraph("      " + margin + time + "  ", printable(in_words(event)));
}

std::string causes_text(const ShownViolation& violation) {
  std::vector<const ShownEvent*> oldest_first;
  for (const ShownEvent& event : violation.causes) oldest_first.push_back(&event);
  std::reverse(oldest_first.begin(), oldest_first.end());

  std::size_t time_width = 0;
  for (const ShownEvent* event : oldest_first)
    time_width = std::max(time_width, since_start(event->at).size());

  const std::size_t count = oldest_first.size();
  const std::size_t left_out =
      count > kFirstCauses + kLastCauses + 1 ? count - kFirstCauses - kLastCauses : 0;
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const bool shown = left_out == 0 || i < kFirstCauses || i >= kFirstCauses + left_out;
    if (shown) out += cause_line(*oldest_first[i], time_width);
    if (left_out != 0 && i == kFirstCauses) out += fmt::format("      … {} more …\n", left_out);
  }
  return out;
}

std::string heading(std::string_view text, TextStyle style) {
  return "  " + paint(text, kBold, style) + "\n";
}

/// One violation in a line or two: for those after the first ones.
std::string short_violation(const ShownViolation& violation) {
  std::string text = violation.invariant;
  for (const std::string* part : {&violation.workspace, &violation.instance, &violation.message}) {
    if (!part->empty()) text += ", " + printable(*part);
  }
  return paragraph("    " + since_start(violation.at) + "  ", text);
}

/// The first violation of each invariant comes first: a second workspace rarely teaches more than
/// another promise.
std::vector<const ShownViolation*> in_reading_order(const Outcome& outcome) {
  std::vector<const ShownViolation*> all;
  if (outcome.unlisted.empty()) {
    for (const ShownViolation& violation : outcome.violations) all.push_back(&violation);
  } else {
    for (const std::size_t index : outcome.unlisted) all.push_back(&outcome.violations[index]);
  }
  std::set<std::string> seen;
  std::stable_partition(all.begin(), all.end(), [&seen](const ShownViolation* violation) {
    return seen.insert(violation->invariant).second;
  });
  return all;
}

/// How many of them deserve their chain of causes: one per invariant, and not too many.
std::size_t full_count(const std::vector<const ShownViolation*>& violations) {
  std::set<std::string> seen;
  for (const ShownViolation* violation : violations) seen.insert(violation->invariant);
  return std::min(seen.size(), kFullViolations);
}

std::string violations_text(const Outcome& outcome, TextStyle style) {
  const auto violations = in_reading_order(outcome);
  const std::size_t full = full_count(violations);
  std::string out;
  for (std::size_t i = 0; i < full; ++i)
    out += violation_block(outcome, *violations[i], style) + "\n";
  if (violations.size() == full) return out;

  out += heading("also", style);
  const std::size_t shown = std::min(violations.size(), full + kShortViolations);
  for (std::size_t i = full; i < shown; ++i) out += short_violation(*violations[i]);
  if (shown < violations.size()) {
    out +=
        fmt::format("    … and {} more (--format json has them all)\n", violations.size() - shown);
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

std::string decision_line(const ShownDecision& decision) {
  std::string line = fmt::format("{}#{}={}", decision.site, decision.occurrence, decision.value);
  if (!decision.means.empty()) line += " (" + decision.means + ")";
  return paragraph("    ", printable(line));
}

std::string tape_text(const Outcome& outcome, TextStyle style) {
  if (outcome.tape.empty()) {
    return heading(fmt::format("this is the calm run: none of its {} decisions went another way",
                               outcome.decisions),
                   style) +
           "\n";
  }
  std::string out =
      heading(fmt::format("what went another way than in the calm run ({} of {} decisions)",
                          outcome.tape.size(), outcome.decisions),
              style);
  const std::size_t shown = std::min(outcome.tape.size(), kDecisions);
  for (std::size_t i = 0; i < shown; ++i) out += decision_line(outcome.tape[i]);
  if (shown < outcome.tape.size()) {
    out += fmt::format("    … and {} more (--format json has them all)\n",
                       outcome.tape.size() - shown);
  }
  return out + "\n";
}

std::string misaligned_text(const Outcome& outcome, TextStyle style) {
  if (outcome.misaligned.empty()) return {};
  std::string out = heading("entries of the tape that met no question of this run", style);
  const std::size_t shown = std::min(outcome.misaligned.size(), kDecisions);
  for (std::size_t i = 0; i < shown; ++i) out += decision_line(outcome.misaligned[i]);
  if (shown < outcome.misaligned.size()) {
    out += fmt::format("    … and {} more\n", outcome.misaligned.size() - shown);
  }
  return out + "\n";
}

std::string faults_text(const Outcome& outcome, TextStyle style) {
  if (outcome.faults.empty()) return {};
  std::string out = heading("faults", style);
  for (const auto& fault : outcome.faults) {
    const std::string_view mattered = !fault.mattered   ? ""
                                      : *fault.mattered ? ", mattered"
                                                        : ", made no difference";
    out += field(printable(fault.name),
                 fmt::format("fired {}, noticed {}{}", fault.fired, fault.noticed, mattered));
  }
  return out + "\n";
}

std::string length_text(sim::Duration length) {
  return sim::format_duration(std::chrono::floor<std::chrono::seconds>(length));
}

}  // namespace

Verdict verdict(const Outcome& outcome) {
  // A violation is one however the run ended; an unmet expectation of a run that was cut short may
  // be its cutting.
  if (!outcome.stopped_by.empty())
    return outcome.unlisted.empty() ? Verdict::inconclusive : Verdict::failed;
  if (!outcome.passed) return Verdict::failed;
  return outcome.exercised ? Verdict::held : Verdict::not_exercised;
}

std::size_t name_width(std::size_t widest_name) { return std::min<std::size_t>(widest_name, 30); }

std::string run_name(const std::string& scenario, const std::string& case_name) {
  return printable(scenario) + " / " + printable(case_name);
}

std::string case_line(const Outcome& outcome, std::size_t name_column, TextStyle style) {
  const Verdict found = verdict(outcome);
  const Mark sign = mark(found);
  const std::string name = fit(run_name(outcome.scenario, outcome.case_name), name_column);
  const std::string played =
      fmt::format("{} events, {}", outcome.event_count, length_text(outcome.virtual_length));
  std::string line =
      fmt::format("  {}  {}  {}", pad(name, name_column), pad(played, 20), note(outcome, found));
  line.erase(line.find_last_not_of(' ') + 1);
  // The mark is painted after fitting: colour has no width, and changes no letter.
  const std::string space(4 - sign.text.size(), ' ');
  return paint(sign.text, sign.colour, style) + space + fit(line.substr(1), kWidth - 4) + "\n";
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

std::string violation_block(const Outcome& outcome, const ShownViolation& violation,
                            TextStyle style) {
  std::string out = heading(violation.invariant + " was broken", style);
  out += field("when", fmt::format("{}, {}", since_start(violation.at),
                                   sim::format_rfc3339(outcome.start_unix_us +
                                                       violation.at.time_since_epoch().count())));
  if (!violation.workspace.empty()) out += field("workspace", printable(violation.workspace));
  if (!violation.instance.empty()) out += field("instance", printable(violation.instance));
  out += field("what", printable(violation.message));
  if (const auto promise = promise_of(violation.invariant); !promise.empty())
    out += field("promise", promise);
  if (!violation.causes.empty()) out += "    how it came about:\n" + causes_text(violation);
  return out;
}

std::string case_block(const CaseReport& report, TextStyle style) {
  const Outcome& outcome = report.outcome;
  std::string out = "\n";
  if (!outcome.stopped_by.empty()) {
    out += heading("the run was cut short", style);
    out += field("bound", printable(outcome.stopped_by)) + "\n";
  }
  if (outcome.unlisted.empty() && !outcome.violations.empty()) {
    out += paragraph("  ", "Violated, as this case expects:") + "\n";
  }
  out += violations_text(outcome, style);
  out += unmet_text(outcome, style);
  out += faults_text(outcome, style);
  out += tape_text(outcome, style);
  out += misaligned_text(outcome, style);
  out += heading("to see it again", style);
  out += "    " + reproduce_command(outcome, report.invocation) + "\n\n";
  return out;
}

std::string summary_line(std::span<const Verdict> verdicts) {
  constexpr std::array<std::pair<Verdict, std::string_view>, 4> kWords{
      {{Verdict::held, "ok"},
       {Verdict::not_exercised, "not exercised"},
       {Verdict::inconclusive, "inconclusive"},
       {Verdict::failed, "failed"}}};
  std::string out = fmt::format("{} case{}:", verdicts.size(), verdicts.size() == 1 ? "" : "s");
  std::string separator = " ";
  for (const auto& [verdict, word] : kWords) {
    const auto count = std::count(verdicts.begin(), verdicts.end(), verdict);
    if (count == 0) continue;
    out += fmt::format("{}{} {}", separator, count, word);
    separator = ", ";
  }
  return out + "\n";
}

std::string since_start(sim::Instant at) {
  using std::chrono::milliseconds;
  // Always three digits, so that a column of times lines up.
  const auto ms = std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
  return fmt::format("+{}.{:03}s", ms / 1000, ms % 1000);
}

}  // namespace drydock::reports
