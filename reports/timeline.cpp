#include "reports/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "reports/layout.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::reports {
namespace {

using scenarios::Json;
using scenarios::Outcome;
using scenarios::ShownDecision;
using scenarios::ShownEvent;

/// A reader follows a run by events of these kinds; everything else happens between them.
constexpr auto kSteps = std::to_array<std::string_view>({
    "workspace.status",
    "provision.ec2_started",
    "provision.ec2_stopped",
    "restart.cycle",
    "restart.dropped",
    "probe.dead",
    "stop.failed",
    "stop.exhausted",
    "backup.failed",
    "structure_event",
    "sweep.reaped",
    "wire.request",
    "wire.answer",
    "fault.injected",
    "process.crash",
    "process.start",
    "calm.begin",
    "violation",
});

constexpr auto kTroubles = std::to_array<std::string_view>({"fault.injected", "process.crash", "violation"});

struct Line {
  sim::Instant at{};
  char mark = ' ';
  std::string text;
};

std::vector<Line> event_lines(const Outcome& outcome, bool all) {
  std::vector<Line> lines;
  StepRequests requests;
  for (const ShownEvent& event : outcome.events) {
    requests.see(event);
    if (!all && !requests.is_of_a_step(event) && !sim::is_one_of(event.kind, kSteps)) continue;
    const char mark = sim::is_one_of(event.kind, kTroubles) ? '!' : ' ';
    lines.push_back({.at = event.at, .mark = mark, .text = requests.words(event)});
  }
  return lines;
}

std::vector<Line> decision_lines(const Outcome& outcome) {
  std::vector<Line> lines;
  for (const ShownDecision& decision : outcome.tape) {
    std::string text = in_words(decision);
    const auto name = decision_key(decision);
    if (text != name) text += fmt::format(" ({})", name);
    lines.push_back({.at = decision.at, .mark = '*', .text = std::move(text)});
  }
  return lines;
}

std::string_view colour_of(char mark) {
  if (mark == '!') return kRed;
  return mark == '*' ? kYellow : std::string_view{};
}

}  // namespace

void StepRequests::see(const ShownEvent& event) {
  if (event.kind != "http.request") return;
  Json detail = Json::parse(event.detail, nullptr, false);
  if (detail.is_object()) asked_.emplace(event.seq, std::move(detail));
}

bool StepRequests::is_of_a_step(const ShownEvent& event) const {
  const Json* detail = find(event.kind == "http.response" ? event.cause : event.seq);
  return detail != nullptr && !detail->value("step", std::string{}).empty();
}

std::string StepRequests::words(const ShownEvent& event) const {
  const Json* asked = event.kind == "http.response" ? find(event.cause) : nullptr;
  Json detail = asked == nullptr ? Json() : Json::parse(event.detail, nullptr, false);
  if (!detail.is_object()) return in_words(event);
  for (const char* key : {"method", "path"}) detail[key] = asked->value(key, Json());
  ShownEvent named = event;
  named.detail = detail.dump(-1, ' ', false, Json::error_handler_t::replace);
  return in_words(named);
}

const Json* StepRequests::find(std::uint32_t seq) const {
  const auto found = asked_.find(seq);
  return found == asked_.end() ? nullptr : &found->second;
}

std::string timeline(const Outcome& outcome, bool all, TextStyle style) {
  // A decision stands before what it leads to at the same instant.
  std::vector<Line> lines = decision_lines(outcome);
  for (Line& line : event_lines(outcome, all)) lines.push_back(std::move(line));
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.at < b.at; });
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, since_start(line.at).size());
  std::string out;
  for (const Line& line : lines) {
    const std::string time = since_start(line.at);
    const std::string head = fmt::format("  {:>{}} {} ", time, width, line.mark);
    const std::string text = paragraph(head, printable(line.text));
    const std::string_view colour = colour_of(line.mark);
    // Line breaks stay outside of the colour: a pager shows lines one by one.
    out += colour.empty() ? text : paint(text.substr(0, text.size() - 1), colour, style) + "\n";
  }
  return out;
}

std::vector<StoryLine> story_of(const Outcome& outcome, const scenarios::ShownViolation& violation) {
  std::vector<StoryLine> story;
  for (const ShownEvent* event : causes_in_order(violation))
    story.push_back({.at = event->at, .text = in_words(*event), .event = event->seq});
  if (!story.empty()) return story;
  StepRequests requests;
  for (const ShownEvent& event : outcome.events) {
    requests.see(event);
    if (event.workspace != violation.workspace || event.kind == "violation") continue;
    if (requests.is_of_a_step(event) || sim::is_one_of(event.kind, kSteps))
      story.push_back({.at = event.at, .text = requests.words(event), .event = event.seq});
  }
  return story;
}

}  // namespace drydock::reports
