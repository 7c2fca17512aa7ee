#include "reports/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "reports/html/page.hpp"
#include "reports/html/tables.hpp"
#include "reports/reproduce.hpp"
#include "reports/timeline.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"
#include "scenarios/divergence.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownEvent;
using scenarios::ShownViolation;

constexpr std::size_t kFirstLines = 5;
constexpr std::size_t kLastLines = 9;
constexpr std::size_t kFoldedLines = 200;

struct Tone {
  std::string_view word;
  std::string_view tone;  // a class of page.css
};

Tone tone_of(CaseStatus verdict) {
  switch (verdict) {
    case CaseStatus::held:
      return {"ok", "good"};
    case CaseStatus::not_exercised:
      return {"not exercised", "warn"};
    case CaseStatus::inconclusive:
      return {"inconclusive", "warn"};
    case CaseStatus::failed:
      return {"failed", "bad"};
  }
  return {};
}

std::string when(const Outcome& outcome, sim::Instant at) {
  return fmt::format("<span class=\"time\" title=\"{}\">{}</span>", date_of(outcome, at), since_start(at));
}

std::string link(std::size_t tab, std::uint32_t event, std::string_view html) {
  if (event == 0) return std::string{html};
  return fmt::format("<a href=\"#tab={}&amp;event={}\">{}</a>", tab, event, html);
}

// ---- the verdict ----

std::string in_a_sentence(const ShownViolation& violation) {
  std::string text = violation.invariant + " was broken";
  if (!violation.workspace.empty()) text += " for " + violation.workspace;
  return text;
}

std::string verdict_sentence(const Outcome& outcome) {
  const auto violations = in_reading_order(outcome);
  if (!outcome.unlisted.empty()) return in_a_sentence(*violations.front());
  if (!outcome.stopped_by.empty()) return "The run was cut short by a bound: " + outcome.stopped_by;
  const std::size_t unmet = unmet_count(outcome);
  if (unmet == 1) return "An expectation was not met";
  if (unmet > 1) return fmt::format("{} expectations were not met", unmet);
  if (!violations.empty()) return fmt::format("As this case expects, {}", in_a_sentence(*violations.front()));
  if (!outcome.exercised) return "Every promise held, but something expected to happen did not";
  return "Every promise held";
}

std::string first_violation(const Outcome& outcome, std::size_t tab) {
  const auto violations = in_reading_order(outcome);
  if (violations.empty()) return {};
  const ShownViolation& violation = *violations.front();
  std::string out = fmt::format("<p>{}: {}.</p>\n", link(tab, shown_event(violation), when(outcome, violation.at)),
                                html_text(violation.message));
  if (const auto promise = promise_of(violation); !promise.empty())
    out += fmt::format("<p class=\"soft\"><b>The promise.</b> {}</p>\n", html_text(promise));
  return out;
}

std::string unmet_expectations(const Outcome& outcome) {
  std::string out;
  for (const auto& expectation : outcome.expectations) {
    if (expectation.passed) continue;
    out +=
        fmt::format("<p>Expected: {}. Actual: {}.</p>\n", html_text(expectation.text), html_text(expectation.actual));
  }
  return out;
}

std::string played(const Outcome& outcome) {
  std::string out = fmt::format("{} / {}", html_text(outcome.scenario), html_text(outcome.case_name));
  if (outcome.policy != outcome.case_name) out += fmt::format(", policy {}", html_text(outcome.policy));
  out += fmt::format(", {}, {} events in {} of virtual time",
                     outcome.seed ? fmt::format("seed {}", *outcome.seed) : "no seed", outcome.event_count,
                     length_text(outcome.virtual_length));
  return fmt::format("<p class=\"soft\">{}, trace {:016x}</p>\n", out, outcome.trace_hash);
}

/// Writes what the scenario says of itself, its story folded.
std::string about_section(const About& about) {
  std::string out;
  if (!about.title.empty()) out += fmt::format("<p><b class=\"title\">{}</b></p>\n", html_text(about.title));
  if (!about.source.empty()) out += fmt::format("<p class=\"soft\">Source: {}</p>\n", html_text(about.source));
  if (about.story.empty()) return out;
  return out + fmt::format("<details><summary>What it is about</summary><p>{}</p></details>\n", html_text(about.story));
}

std::string verdict_card(const CaseReport& report, std::size_t tab) {
  const Outcome& outcome = report.outcome;
  std::string out = fmt::format("<div class=\"verdict {}\">\n<h2>{} {}</h2>\n", tone_of(case_status(outcome)).tone,
                                verdict_tag(outcome), html_text(verdict_sentence(outcome)));
  out += first_violation(outcome, tab);
  out += unmet_expectations(outcome);
  out += played(outcome) + about_section(report.about);
  out += fmt::format("<div class=\"copy\" aria-label=\"To see it again\"><code>{}</code></div>\n</div>\n",
                     html_text(reproduce_command(outcome, report.invocation)));
  return out;
}

// ---- the story ----

std::string story_lines(const Outcome& outcome, std::size_t tab, std::span<const StoryLine> lines) {
  std::string out;
  for (const StoryLine& line : lines) {
    out += fmt::format("<li>{} <span class=\"soft\">{}</span> {}</li>\n", when(outcome, line.at),
                       time_of_day(outcome, line.at), link(tab, line.event, html_text(line.text)));
  }
  return out;
}

/// Lists the steps of a story. The middle of a long story is folded.
std::string story_list(const Outcome& outcome, std::size_t tab, const std::vector<StoryLine>& story) {
  const std::span<const StoryLine> all = story;
  if (all.size() <= kFirstLines + kLastLines + 1)
    return fmt::format("<ol class=\"story\">\n{}</ol>\n", story_lines(outcome, tab, all));
  const auto middle = all.subspan(kFirstLines, all.size() - kFirstLines - kLastLines);
  const auto folded = middle.first(std::min(middle.size(), kFoldedLines));
  std::string out = fmt::format("<ol class=\"story\">\n{}</ol>\n", story_lines(outcome, tab, all.first(kFirstLines)));
  out += fmt::format("<details class=\"more\"><summary>{} more</summary><ol class=\"story\">\n{}</ol>\n", middle.size(),
                     story_lines(outcome, tab, folded));
  if (folded.size() < middle.size())
    out += fmt::format("<p class=\"soft\">and {} more in the timeline</p>\n", middle.size() - folded.size());
  return out +
         fmt::format("</details>\n<ol class=\"story\">\n{}</ol>\n", story_lines(outcome, tab, all.last(kLastLines)));
}

std::string also_line(const Outcome& outcome, std::size_t tab, const ShownViolation& violation) {
  return fmt::format("<li>{} {}<span class=\"soft\">: {}</span></li>\n", when(outcome, violation.at),
                     link(tab, shown_event(violation), html_text(in_a_sentence(violation))),
                     html_text(violation.message));
}

/// Tells how the first violation of each promise came about, and lists the others in a line each.
std::string stories(const Outcome& outcome, std::size_t tab) {
  std::string out;
  std::string also;
  std::size_t others = 0;
  std::set<std::string> seen;
  for (const ShownViolation* violation : in_reading_order(outcome)) {
    if (!seen.insert(violation->invariant).second) {
      also += also_line(outcome, tab, *violation);
      ++others;
      continue;
    }
    const auto story = story_of(outcome, *violation);
    if (story.empty()) {
      if (seen.size() > 1) also += also_line(outcome, tab, *violation), ++others;
      continue;
    }
    out += fmt::format("<details class=\"tale\"{}><summary>How {} ({})</summary>\n{}</details>\n",
                       seen.size() == 1 ? " open" : "", html_text(in_a_sentence(*violation)),
                       since_start(violation->at), story_list(outcome, tab, story));
  }
  if (others == 0) return out;
  return out + fmt::format(
                   "<details class=\"tale\"{}><summary>{}</summary>\n"
                   "<ul class=\"story\">\n{}</ul></details>\n",
                   others <= 4 ? " open" : "", counted(others, "more broken promise"), also);
}

// ---- two runs ----

std::string event_at(const Outcome& outcome, std::size_t tab, std::size_t index) {
  if (index >= outcome.events.size()) return "no more events";
  const ShownEvent& event = outcome.events[index];
  return fmt::format("{} {}", when(outcome, event.at), link(tab, event.seq, html_text(in_words(event))));
}

std::string parting(const Beside& pair) {
  const Outcome& a = pair.a.outcome;
  const Outcome& b = pair.b.outcome;
  const auto at = scenarios::first_divergence(a, b);
  if (!at) return "<p class=\"divergence\">Their events are the same.</p>\n";
  return fmt::format(
      "<p class=\"divergence\">They share their first {} events and part at the next one:</p>\n"
      "<ul class=\"story\"><li><b class=\"run-a\">A</b> {}</li><li><b class=\"run-b\">B</b> "
      "{}</li></ul>\n",
      *at, event_at(a, pair.tab_a, *at), event_at(b, pair.tab_b, *at));
}

std::string one_of_two(std::string_view letter, const Outcome& outcome, std::size_t tab) {
  return fmt::format("<p><b class=\"run-{0}\">{1}</b> <a href=\"#tab={2}\">{3}</a> {4} {5}</p>\n",
                     letter == "A" ? "a" : "b", letter, tab, html_text(outcome.case_name), verdict_tag(outcome),
                     html_text(verdict_sentence(outcome)));
}

/// Gives the attribute that names the event to be selected when the page is opened; empty where there is none.
std::string first_event(const Outcome& outcome) {
  const auto violations = in_reading_order(outcome);
  if (violations.empty() || shown_event(*violations.front()) == 0) return {};
  return fmt::format(" data-event=\"{}\"", shown_event(*violations.front()));
}

std::string first_event(const Outcome& a, const Outcome& b) {
  const auto at = scenarios::first_divergence(a, b);
  if (!at || *at >= a.events.size()) return {};
  return fmt::format(" data-event=\"a{}\"", a.events[*at].seq);
}

}  // namespace

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string verdict_tag(const Outcome& outcome) {
  const Tone tone = tone_of(case_status(outcome));
  return fmt::format("<span class=\"tag {}\">{}</span>", tone.tone, tone.word);
}

std::string run_section(const CaseReport& report, std::size_t tab) {
  const Outcome& outcome = report.outcome;
  std::string out = fmt::format("<section class=\"run\" role=\"tabpanel\" id=\"panel-{0}\" aria-label=\"{1}\"{2}>\n",
                                tab, html_text(run_name(outcome.scenario, outcome.case_name)), first_event(outcome));
  out += "<div class=\"head\">\n" + verdict_card(report, tab);
  out += "<div class=\"tales\">\n" + stories(outcome, tab) + "</div>\n</div>\n";
  out += outcome.events.empty() ? "<p class=\"note\">No record was kept of this run: there is no timeline.</p>\n"
                                : "<div class=\"viewer\"></div>\n";
  out += run_tables(outcome);
  return out + "</section>\n";
}

std::string pair_section(const Beside& pair) {
  const Outcome& a = pair.a.outcome;
  const Outcome& b = pair.b.outcome;
  std::string out = fmt::format(
      "<section class=\"pair\" role=\"tabpanel\" id=\"panel-{0}\" aria-label=\"{1} beside "
      "{2}\"{3}>\n<div class=\"head\"><div class=\"verdict\">\n",
      pair.tab, html_text(run_name(a.scenario, a.case_name)), html_text(b.case_name), first_event(a, b));
  out += one_of_two("A", a, pair.tab_a) + one_of_two("B", b, pair.tab_b);
  out += "</div>\n<div class=\"tales\">\n" + parting(pair) + "</div>\n</div>\n";
  if (!a.events.empty() && !b.events.empty()) out += "<div class=\"viewer\"></div>\n";
  return out + differences_table(a, b) + "</section>\n";
}

}  // namespace drydock::reports
