#include "reports/perfetto.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "reports/chrome_trace.hpp"
#include "reports/json_parts.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"
#include "scenarios/tool.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownEvent;
using scenarios::ShownRow;
using scenarios::ShownViolation;

constexpr std::size_t kMostStories = 20;

// Of Chrome's palette, which is all that the format knows.
constexpr std::string_view kTerrible = "terrible";
constexpr std::string_view kBad = "bad";
constexpr std::string_view kGood = "good";
constexpr std::string_view kGrey = "grey";

using Track = ChromeTrace::Track;
using Slice = ChromeTrace::Slice;
using Label = ChromeTrace::Label;

/// Events of these kinds begin an operation: it lasts until the last event that belongs to it.
constexpr auto kOperations =
    std::to_array<std::string_view>({"restart.cycle", "provision.start", "stop.attempt", "backup.attempt"});
/// The platform causes these events by an operation, and they are no part of it: each begins something new, or waits.
constexpr auto kNotPartOfIt = std::to_array<std::string_view>(
    {"http.request", "http.response", "restart.triggered", "restart.dropped", "restart.coalesced", "context.sent",
     "context.dropped", "agent.register", "agent.heartbeat", "agent.rejected", "violation"});
constexpr auto kCallsOut = std::to_array<std::string_view>({"stop.attempt", "backup.attempt"});
constexpr auto kLive = std::to_array<std::string_view>({"pending", "running"});

/// Gives a key of an event's detail as text; empty where there is no such key.
std::string detail_of(const ShownEvent& event, const char* key) {
  const scenarios::Json detail = scenarios::Json::parse(event.detail, nullptr, false);
  if (!detail.is_object()) return {};
  const auto found = detail.find(key);
  return found != detail.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string_view colour_of_event(std::string_view kind) {
  if (kind == "violation") return kTerrible;
  return kind == "fault.injected" || kind == "process.crash" ? kBad : std::string_view{};
}

std::string_view colour_of_state(std::string_view state) {
  if (state == "running" || state == "online") return kGood;
  if (state == "failed" || state == "degraded") return kBad;
  return state == "pending" || state == "provisioning" ? std::string_view{"yellow"} : kGrey;
}

Label label_of(const ShownEvent& event) {
  Label label{.name = event.kind,
              .category = event.kind,
              .args = {{"text", in_words(event)}, {"event", event.seq}, {"cause", event.cause}},
              .colour = colour_of_event(event.kind)};
  if (event.kind == "violation") label.name = "violation: " + detail_of(event, "invariant");
  if (event.kind == "fault.injected") label.name = "fault: " + detail_of(event, "name");
  label.args["detail"] = detail_json(event.detail);
  return label;
}

/// Finds how long operations take. What an operation causes counts as part of it while the platform itself is at work
/// on it.
class Operations {
 public:
  explicit Operations(const std::vector<ShownEvent>& events) {
    for (const ShownEvent& event : events) see(event);
    for (auto at = parents_.rbegin(); at != parents_.rend(); ++at) extend(at->second, ends_[at->first]);
  }

  /// Gives the instant at which the operation that begins with this event is over.
  [[nodiscard]] sim::Instant end_of(const ShownEvent& event) const { return ends_.at(event.seq); }

 private:
  void see(const ShownEvent& event) {
    const bool begins = sim::is_one_of(event.kind, kOperations);
    const bool part = event.actor == "platform" && event.cause != 0 && !sim::is_one_of(event.kind, kNotPartOfIt);
    const auto cause = owners_.find(event.cause);
    const std::uint32_t owner = part && cause != owners_.end() ? cause->second : 0;
    extend(owner, event.at);
    if (begins) {
      ends_[event.seq] = event.at;
      if (owner != 0) parents_[event.seq] = owner;
    }
    if (begins || owner != 0) owners_[event.seq] = begins ? event.seq : owner;
  }

  void extend(std::uint32_t operation, sim::Instant until) {
    if (operation != 0) ends_[operation] = std::max(ends_[operation], until);
  }

  std::map<std::uint32_t, sim::Instant> ends_;      // by the event that begins it
  std::map<std::uint32_t, std::uint32_t> parents_;  // operation → the one that it is part of
  std::map<std::uint32_t, std::uint32_t> owners_;   // event → operation
};

/// A `State` says what an instance, a workspace or a process was from `at` on.
struct State {
  sim::Instant at{};
  std::string name;  // empty: nothing to show
};
using States = std::vector<State>;

/// Gives the states of each instance. An instance whose first event leaves a state was in that state at time zero. An
/// instance without events that a row names at the end was in its last state all the time.
std::map<std::string, States> instance_states(const Outcome& outcome) {
  std::map<std::string, States> all;
  for (const ShownEvent& event : outcome.events) {
    if (event.kind != "ec2.state" || event.instance.empty()) continue;
    States& states = all[event.instance];
    const std::string from = detail_of(event, "from");
    if (states.empty() && from != "none") states.push_back({sim::kTimeZero, from});
    const std::string to = detail_of(event, "to");
    states.push_back({event.at, to == "terminated" ? "" : to});
  }
  for (const auto& last : outcome.final) {
    const auto id = last.columns.find("instance_id");
    if (id == last.columns.end() || !id->second.is_string()) continue;
    const auto name = id->second.get<std::string>();
    const bool known = name.empty() || all.contains(name) || last.instance_state == "none";
    if (!known) all[name] = {{sim::kTimeZero, last.instance_state}};
  }
  return all;
}

std::map<std::string, States> row_states(const Outcome& outcome) {
  std::map<std::string, States> all;
  for (const ShownRow& row : outcome.rows) {
    States& states = all[row.workspace];
    const std::string status = row.exists ? row.status : "";
    if (states.empty() || states.back().name != status) states.push_back({row.at, status});
  }
  return all;
}

std::map<std::string, States> process_states(const Outcome& outcome) {
  std::map<std::string, States> all;
  for (const ShownEvent& event : outcome.events) {
    const bool crash = event.kind == "process.crash";
    if (!crash && event.kind != "process.start") continue;
    const std::string process = detail_of(event, "process");
    all[process.empty() ? event.actor : process].push_back({event.at, crash ? "down" : ""});
  }
  return all;
}

/// Draws an outcome on the tracks of a trace.
class PerfettoPicture {
 public:
  PerfettoPicture(const Outcome& outcome, const About& about)
      : outcome_(outcome),
        about_(about),
        events_(outcome.events.begin(), outcome.events.end()),
        end_(sim::kTimeZero + outcome.virtual_length) {
    for (const ShownEvent& event : events_) {
      by_seq_[event.seq] = &event;
      if (!event.instance.empty()) owners_.emplace(event.instance, event.workspace);
    }
  }

  std::string draw() && {
    name_tracks();
    add_about();
    find_arrows();
    add_states();
    add_stories();
    add_requests();
    add_operations();
    for (const ShownEvent& event : events_) add_event(event);
    add_arrows();
    count_live_instances();
    Ordered about{{"tool", scenarios::tool_name()},
                  {"scenario", outcome_.scenario},
                  {"case", outcome_.case_name},
                  {"policy", outcome_.policy},
                  {"start", sim::format_rfc3339(outcome_.start_unix_us)}};
    for (const auto& [key, text] : said()) about[key] = text;
    return trace_.text(about);
  }

 private:
  /// Lists what the scenario says of itself, as far as it does.
  [[nodiscard]] std::vector<std::pair<const char*, std::string>> said() const {
    std::vector<std::pair<const char*, std::string>> all{
        {"title", about_.title}, {"story", about_.story}, {"source", about_.source}};
    std::erase_if(all, [](const auto& one) { return one.second.empty(); });
    return all;
  }

  /// Draws a slice over the whole run that says what the scenario is about: the viewer shows no `otherData`.
  void add_about() {
    if (said().empty()) return;
    Label label{.name = about_.title.empty() ? outcome_.scenario : about_.title, .category = "about"};
    for (const auto& [key, text] : said()) label.args[key] = text;
    trace_.slice(trace_.track("story", "about"), sim::kTimeZero, end_, label);
  }

  /// Names the tracks. The order in which they are named is their order on the screen.
  void name_tracks() {
    for (const char* process :
         {"story", "workspaces", "instances", "clients", "platform", "control plane", "cloud", "sweepers", "world"}) {
      trace_.process(process);
    }
    for (const auto& [workspace, states] : row_states(outcome_)) of_workspace(workspace);
    std::set<std::pair<std::string, std::string>> instances;
    for (const auto& [id, workspace] : owners_) instances.emplace(workspace, id);
    for (const auto& [workspace, id] : instances) of_instance(id);
  }

  Track of_workspace(const std::string& name) { return trace_.track("workspaces", name); }
  Track of_instance(const std::string& id) {
    const auto owner = owners_.find(id);
    const std::string workspace = owner == owners_.end() ? "" : owner->second;
    return trace_.track("instances", workspace.empty() ? id : workspace + " " + id);
  }
  Track of_client(const ShownEvent& request) {
    const std::string as = detail_of(request, "as");
    return trace_.track("clients", as.empty() ? request.actor : as);
  }

  /// Gives the track on which an event is shown.
  Track track_of(const ShownEvent& event) {
    if (event.kind == "http.request") return of_client(event);
    if (event.kind == "http.response") {
      const ShownEvent* request = find(event.cause);
      return of_client(request == nullptr ? event : *request);
    }
    if (event.kind.starts_with("sweep.")) {
      const std::string sweeper = detail_of(event, "sweeper");
      return trace_.track("sweepers", sweeper.empty() ? event.actor : sweeper);
    }
    const bool of_its_own = event.kind == "ec2.state" || event.kind.starts_with("agent.");
    if (of_its_own && !event.instance.empty()) return of_instance(event.instance);
    if (event.actor == "cloud") return trace_.track("cloud", "EC2");
    if (event.kind.starts_with("process.")) {
      const std::string process = detail_of(event, "process");
      return of_process(process.empty() ? event.actor : process);
    }
    if (!event.workspace.empty()) return of_workspace(event.workspace);
    return event.actor == "platform" ? of_process("platform") : trace_.track("world", event.actor);
  }

  Track of_process(const std::string& process) {
    const std::string name = process == "cp" ? "control plane" : process;
    return trace_.track(name, name);
  }

  [[nodiscard]] const ShownEvent* find(std::uint32_t seq) const {
    const auto found = by_seq_.find(seq);
    return found == by_seq_.end() ? nullptr : found->second;
  }

  /// Notes an arrow. It needs a slice at either end, so it must be known before the events are drawn.
  void add_arrow(std::uint32_t from, std::uint32_t to) {
    if (from == to || find(from) == nullptr || find(to) == nullptr) return;
    arrows_.emplace(from, to);
    ends_.insert({from, to});
  }

  void find_arrows() {
    for (const ShownViolation& violation : outcome_.violations) {
      for (const auto chain : chains_of(violation)) {
        for (std::size_t i = 1; i < chain.size(); ++i) add_arrow(chain[i].seq, chain[i - 1].seq);
      }
    }
    for (const ShownEvent& event : events_) {
      const ShownEvent* cause = find(event.cause);
      if (cause == nullptr || event.kind == "http.response") continue;
      if (cause->kind == "http.request" || event.kind == "violation") add_arrow(event.cause, event.seq);
    }
  }

  void add_arrows() {
    for (const auto& [from, to] : arrows_) trace_.flow(anchors_.at(from), anchors_.at(to), "cause");
    for (const auto& [story, event] : told_) {
      const auto anchor = anchors_.find(event);
      if (anchor != anchors_.end()) trace_.flow(story, anchor->second, "story");
    }
  }

  void add_states(Track track, const States& states, std::string_view category) {
    for (std::size_t i = 0; i < states.size(); ++i) {
      const sim::Instant until = i + 1 < states.size() ? states[i + 1].at : end_;
      if (states[i].name.empty() || until <= states[i].at) continue;
      trace_.slice(
          track, states[i].at, until,
          {.name = states[i].name, .category = std::string{category}, .colour = colour_of_state(states[i].name)});
    }
  }

  void add_states() {
    for (const auto& [workspace, states] : row_states(outcome_)) add_states(of_workspace(workspace), states, "status");
    for (const auto& [id, states] : instance_states(outcome_)) add_states(of_instance(id), states, "ec2.state");
    for (const auto& [process, states] : process_states(outcome_)) add_states(of_process(process), states, "process");
  }

  /// Draws how each promise came to be broken, one step after the other, to be read from left to right.
  void add_stories() {
    std::size_t shown = 0;
    for (const ShownViolation* violation : in_reading_order(outcome_)) {
      if (violation->causes.empty() || ++shown > kMostStories) continue;
      const std::string name =
          fmt::format("{} {} {}", violation->invariant, violation->workspace, since_start(violation->at));
      const Track track = trace_.track("story", name);
      const std::vector<const ShownEvent*> causes = causes_in_order(*violation);
      for (std::size_t i = 0; i < causes.size(); ++i) {
        const ShownEvent& cause = *causes[i];
        const sim::Instant until = i + 1 == causes.size() ? violation->at : causes[i + 1]->at;
        const Slice slice = trace_.slice(
            track, cause.at, until, {.name = in_words(cause), .category = "story", .args = {{"event", cause.seq}}});
        if (find(cause.seq) == nullptr) continue;
        told_.emplace_back(slice, cause.seq);
        ends_.insert(cause.seq);
      }
      trace_.instant(track, violation->at, {.name = violation->message, .category = "violation", .colour = kTerrible});
    }
  }

  void add_requests() {
    std::map<std::uint32_t, const ShownEvent*> answers;
    for (const ShownEvent& event : events_) {
      if (event.kind == "http.response") answers.emplace(event.cause, &event);
    }
    for (const ShownEvent& event : events_) {
      if (event.kind != "http.request") continue;
      const auto answer = answers.find(event.seq);
      const bool answered = answer != answers.end();
      Label label = label_of(event);
      label.name = detail_of(event, "method") + " " + detail_of(event, "path");
      label.args["answer"] = answered ? detail_json(answer->second->detail) : Ordered(nullptr);
      anchors_[event.seq] =
          trace_.slice(of_client(event), event.at, answered ? answer->second->at : end_, label, event.seq);
    }
  }

  void add_operations() {
    const Operations operations(events_);
    for (const ShownEvent& event : events_) {
      if (!sim::is_one_of(event.kind, kOperations)) continue;
      const char* process = sim::is_one_of(event.kind, kCallsOut) ? "control plane" : "platform";
      const std::string name = event.workspace.empty() ? process : event.workspace;
      anchors_[event.seq] =
          trace_.slice(trace_.track(process, name), event.at, operations.end_of(event), label_of(event), event.seq);
    }
  }

  /// Draws an event as an instant. An event that an arrow touches is a slice of a microsecond as well, because arrows
  /// cannot touch instants. An answer is the end of its request's slice, and is drawn only where an arrow touches it.
  void add_event(const ShownEvent& event) {
    const bool touched = ends_.contains(event.seq);
    if (anchors_.contains(event.seq) || (event.kind == "http.response" && !touched)) return;
    const Track track = track_of(event);
    const Label label = label_of(event);
    if (touched) anchors_[event.seq] = trace_.slice(track, event.at, event.at, label, event.seq);
    if (!touched || !label.colour.empty()) trace_.instant(track, event.at, label);
  }

  void count_live_instances() {
    std::map<sim::Instant, std::int64_t> changes{{sim::kTimeZero, 0}};
    for (const auto& [id, states] : instance_states(outcome_)) {
      bool live = false;
      for (const State& state : states) {
        const bool now = sim::is_one_of(state.name, kLive);
        if (now != live) changes[state.at] += now ? 1 : -1;
        live = now;
      }
    }
    std::int64_t live = 0;
    for (const auto& [at, change] : changes) trace_.counter("instances", "live instances", at, live += change);
  }

  const Outcome& outcome_;
  const About& about_;
  const std::vector<ShownEvent> events_;
  sim::Instant end_;
  ChromeTrace trace_;
  std::map<std::uint32_t, const ShownEvent*> by_seq_;
  std::map<std::string, std::string> owners_;                 // instance → its workspace
  std::set<std::pair<std::uint32_t, std::uint32_t>> arrows_;  // cause → effect
  std::set<std::uint32_t> ends_;                              // events that an arrow touches
  std::map<std::uint32_t, Slice> anchors_;                    // event → the slice that it begins
  std::vector<std::pair<Slice, std::uint32_t>> told_;         // step of a story → event
};

}  // namespace

std::string perfetto(std::span<const CaseReport> reports, const Ending& /*ending*/) {
  if (reports.empty()) return {};
  return PerfettoPicture(reports.front().outcome, reports.front().about).draw();
}

}  // namespace drydock::reports
