#include "reports/mermaid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <vector>

#include "reports/layout.hpp"
#include "reports/timeline.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::reports {
namespace {

using scenarios::Json;
using scenarios::Outcome;
using scenarios::ShownEvent;
using scenarios::ShownViolation;

constexpr std::size_t kFirst = 15;  // of a long diagram
constexpr std::size_t kLast = 30;
constexpr std::size_t kMostRequests = 20;   // of the middle of a long diagram
constexpr std::size_t kLongestLabel = 300;  // cells
constexpr std::size_t kLabelWidth = 60;     // cells of one of its lines
constexpr sim::Duration kLull = std::chrono::seconds{5};

/// Escapes text for mermaid, whose language has no quoting: `;` ends a statement, `#` begins an entity, `%%` a comment
/// or directive, and `:`, braces and angle brackets mean something in some places. Of ASCII only the characters that
/// never mean anything are written as they are; the rest become mermaid's entities.
std::string escaped_line(std::string_view text) {
  constexpr std::string_view kPlain = " .,/_-()+=!?*";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("#{};", static_cast<unsigned>(byte));
    }
  }
  return out.find_first_not_of(' ') == std::string::npos ? "?" : out;
}

/// Escapes a text of several lines. Mermaid breaks no lines by itself, so they are broken here.
std::string escaped(std::string_view text) {
  std::string out;
  for (const std::string& line : wrap(fit(printable(text), kLongestLabel), kLabelWidth))
    out += (out.empty() ? "" : "<br/>") + escaped_line(line);
  return out;
}

/// A `Role` is a kind of party that sends or receives; the parties stand in this order from left to right.
enum class Role : unsigned char { caller, platform, control_plane, ec2, instance };

struct Party {
  Role role = Role::platform;
  std::string name;  // a caller's, or a workspace's
  friend auto operator<=>(const Party&, const Party&) = default;
};

std::string title_of(const Party& party) {
  switch (party.role) {
    case Role::caller:
      return party.name;
    case Role::platform:
      return "platform";
    case Role::control_plane:
      return "control plane";
    case Role::ec2:
      return "EC2";
    case Role::instance:
      return party.name + " (instance)";
  }
  return {};
}

/// A row says how events of a kind are drawn. Kinds that are not listed are messages of the platform to itself.
struct Drawn {
  std::string_view kind;
  Role from = Role::platform;
  Role to = Role::platform;
  std::string_view arrow = "->>";
};
constexpr auto kDrawn = std::to_array<Drawn>({
    {"http.request", Role::caller, Role::platform, "->>"},
    {"http.response", Role::platform, Role::caller, "-->>"},
    {"stop.attempt", Role::platform, Role::control_plane, "->>"},
    {"stop.failed", Role::control_plane, Role::platform, "--x"},
    {"backup.attempt", Role::platform, Role::control_plane, "->>"},
    {"backup.failed", Role::control_plane, Role::platform, "--x"},
    {"probe.sent", Role::platform, Role::control_plane, "->>"},
    {"probe.dead", Role::control_plane, Role::platform, "-->>"},
    {"provision.ec2_started", Role::control_plane, Role::platform, "-->>"},
    {"provision.ec2_stopped", Role::control_plane, Role::platform, "-->>"},
    {"ec2.call", Role::control_plane, Role::ec2, "->>"},
    {"ec2.error", Role::ec2, Role::control_plane, "--x"},
    {"ec2.state", Role::ec2, Role::instance, "->>"},
    {"snapshot.state", Role::ec2, Role::ec2, "->>"},
    {"agent.register", Role::instance, Role::platform, "->>"},
    {"agent.heartbeat", Role::instance, Role::platform, "->>"},
    {"agent.rejected", Role::instance, Role::platform, "-x"},
});

/// Events of these kinds are nobody's message and are drawn as notes.
constexpr auto kNotes =
    std::to_array<std::string_view>({"fault.injected", "process.crash", "process.start", "calm.begin", "violation"});

bool is_note(std::string_view kind) { return sim::is_one_of(kind, kNotes); }

Drawn drawn(std::string_view kind) {
  const auto* found = std::find_if(kDrawn.begin(), kDrawn.end(), [kind](const Drawn& row) { return row.kind == kind; });
  return found == kDrawn.end() ? Drawn{.kind = kind} : *found;
}

/// Finds who sent the request that an event is, or that it answers. Events are shown to it in their order.
class Callers {
 public:
  void see(const ShownEvent& event) {
    if (event.kind != "http.request") return;
    const Json detail = Json::parse(event.detail, nullptr, false);
    const bool named = detail.is_object() && detail.contains("as") && detail["as"].is_string();
    by_request_[event.seq] = named ? detail["as"].get<std::string>() : event.actor;
  }
  [[nodiscard]] std::string of(const ShownEvent& event) const {
    const auto found = by_request_.find(event.kind == "http.request" ? event.seq : event.cause);
    return found == by_request_.end() ? "caller" : found->second;
  }

 private:
  std::map<std::uint32_t, std::string> by_request_;
};

/// A `Step` is one statement of the diagram: a message, or a note over everybody.
struct Step {
  bool note = false;
  bool is_kept = false;  // also in the middle of a long diagram
  Party from;
  Party to;
  std::string_view arrow;
  sim::Instant at{};
  std::string text;
};

Party party(Role role, const ShownEvent& event, const Callers& callers) {
  if (role == Role::caller) return {role, callers.of(event)};
  if (role == Role::instance) return {role, event.workspace};
  return {role, ""};
}

Step step_of(const ShownEvent& event, const Callers& callers) {
  Step step{.note = is_note(event.kind), .at = event.at, .text = in_words(event)};
  if (step.note) return step;
  const Drawn how = drawn(event.kind);
  step.from = party(how.from, event, callers);
  step.to = party(how.to, event, callers);
  step.arrow = how.arrow;
  return step;
}

Step broken_promise(const ShownViolation& violation) {
  return {.note = true, .at = violation.at, .text = violation.invariant + " was broken: " + violation.message};
}

/// Lists what was asked and answered, launched and stopped, as far as a reader follows a run by it.
std::vector<Step> requests_and_starts(const Outcome& outcome) {
  std::vector<Step> steps;
  Callers callers;
  StepRequests requests;
  for (const ShownEvent& event : outcome.events) {
    callers.see(event);
    requests.see(event);
    const bool launched = event.kind == "provision.ec2_started" || event.kind == "provision.ec2_stopped";
    if (launched || is_note(event.kind) || requests.is_of_a_step(event)) steps.push_back(step_of(event, callers));
  }
  return steps;
}

/// Lists what a violation came from, and between it what steps and tapes asked until then and what they were answered.
std::vector<Step> causes_and_requests(const Outcome& outcome, const ShownViolation& violation) {
  std::map<std::uint32_t, Step> steps;
  Callers callers;
  StepRequests requests;
  for (const ShownEvent& event : outcome.events) {
    callers.see(event);
    requests.see(event);
    if (event.at > violation.at || !requests.is_of_a_step(event)) continue;
    Step step = step_of(event, callers);
    step.is_kept = event.kind == "http.request";
    steps.emplace(event.seq, std::move(step));
  }
  for (const ShownEvent* cause : causes_in_order(violation)) {
    callers.see(*cause);
    steps.try_emplace(cause->seq, step_of(*cause, callers));
  }
  std::vector<Step> in_order;
  in_order.reserve(steps.size());
  for (auto& [seq, step] : steps) in_order.push_back(std::move(step));
  return in_order;
}

std::vector<Step> steps_of(const Outcome& outcome) {
  const auto violations = in_reading_order(outcome);
  if (violations.empty()) return requests_and_starts(outcome);
  const ShownViolation& first = *violations.front();
  std::vector<Step> steps;
  if (chains_of(first).empty()) {
    steps = requests_and_starts(outcome);
    std::erase_if(steps, [&](const Step& step) { return step.at > first.at; });
  } else {
    steps = causes_and_requests(outcome, first);
  }
  steps.push_back(broken_promise(first));
  return steps;
}

Step left_out(std::size_t count, sim::Instant at) {
  return {.note = true, .at = at, .text = fmt::format("… {} more …", count)};
}

/// Leaves out the middle of a long diagram, since nobody can read a long one: all of it but the first requests of steps
/// and tapes.
std::vector<Step> shortened(std::vector<Step> steps) {
  if (steps.size() <= kFirst + kLast + 1) return steps;
  std::vector<Step> out;
  std::size_t kept = 0;
  std::size_t gap = 0;
  sim::Instant gap_at{};
  const auto close_gap = [&] {
    if (gap != 0) out.push_back(left_out(gap, gap_at));
    gap = 0;
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool in_middle = i >= kFirst && i + kLast < steps.size();
    if (!in_middle || (steps[i].is_kept && ++kept <= kMostRequests)) {
      close_gap();
      out.push_back(std::move(steps[i]));
    } else if (++gap == 1) {
      gap_at = steps[i].at;
    }
  }
  close_gap();
  return out;
}

/// Holds the parties in their order, with the identifiers by which statements name them.
class Cast {
 public:
  explicit Cast(const std::vector<Step>& steps) {
    names_[{Role::platform, ""}] = "";
    for (const Step& step : steps) {
      if (step.note) continue;
      names_[step.from] = "";
      names_[step.to] = "";
    }
    std::size_t number = 0;
    for (auto& [party, id] : names_) id = fmt::format("p{}", ++number);
  }

  [[nodiscard]] const std::string& id(const Party& party) const { return names_.at(party); }
  [[nodiscard]] std::string everybody() const {
    const std::string& first = names_.begin()->second;
    const std::string& last = names_.rbegin()->second;
    return first == last ? first : first + "," + last;
  }
  [[nodiscard]] std::string declarations() const {
    std::string out;
    for (const auto& [party, id] : names_) {
      out += fmt::format("  {} {} as {}\n", party.role == Role::caller ? "actor" : "participant", id,
                         escaped(title_of(party)));
    }
    return out;
  }

 private:
  std::map<Party, std::string> names_;
};

std::string statement(const Step& step, const Cast& cast) {
  const std::string text = escaped(since_start(step.at) + " " + step.text);
  if (step.note) return fmt::format("  Note over {}: {}\n", cast.everybody(), text);
  return fmt::format("  {}{}{}: {}\n", cast.id(step.from), step.arrow, cast.id(step.to), text);
}

/// Writes a note where the diagram shows nothing for some seconds; empty where the time is short.
std::string lull(sim::Duration length, const Cast& cast) {
  if (length < kLull) return {};
  return fmt::format("  Note over {}: {} later\n", cast.everybody(), length_text(length));
}

}  // namespace

std::string mermaid(std::span<const CaseReport> reports, const Ending& /*ending*/) {
  if (reports.empty()) return {};
  const Outcome& outcome = reports.front().outcome;
  const std::vector<Step> steps = shortened(steps_of(outcome));
  const Cast cast(steps);
  const About& about = reports.front().about;
  std::string out = "sequenceDiagram\n";
  if (!about.title.empty()) out += "  title " + escaped_line(fit(printable(about.title), kLongestLabel)) + "\n";
  out += cast.declarations();
  const auto note = [&](const std::string& text) {
    out += fmt::format("  Note over {}: {}\n", cast.everybody(), escaped(text));
  };
  note(run_name(outcome.scenario, outcome.case_name) + ", under " + outcome.policy);
  if (!about.story.empty()) note(about.story);
  if (!about.source.empty()) note("source: " + about.source);
  sim::Instant now = steps.empty() ? sim::Instant{} : steps.front().at;
  for (const Step& step : steps) {
    out += lull(step.at - now, cast) + statement(step, cast);
    now = step.at;
  }
  return out;
}

}  // namespace drydock::reports
