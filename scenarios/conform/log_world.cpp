#include "scenarios/conform/log_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "scenarios/conform/log_faults.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/fields.hpp"
#include "scenarios/files/names.hpp"
#include "scenarios/files/request_patterns.hpp"

namespace drydock::scenarios {
namespace {

using OrderedJson = nlohmann::ordered_json;
using namespace std::chrono_literals;

/// A run goes on after the log's end, so that the search sees how much too late something is.
constexpr Duration kAfterwards = 1min;

bool is_request(const LogEvent& event) { return event.kind == "http.request"; }

class Maker {
 public:
  Maker(const LogQuestion& question, Duration lead)
      : question_(question), log_(*question.log), faults_(log_, question.skew), lead_(lead) {}

  Decoded<LogWorld> make() {
    Decoded<LogWorld> made;
    world_.asks_as_logged = shows("http.request");
    find_zero();
    add_sightings();
    if (errors_.empty()) build();
    made.errors = std::move(errors_);
    if (made.errors.empty()) made.value = std::move(world_);
    return made;
  }

 private:
  void error_at(const LogPlace& place, std::string message, std::string hint = {}) {
    errors_.push_back(problem_at(place, std::move(message), std::move(hint)));
  }

  [[nodiscard]] bool shows(std::string_view kind) const {
    return std::any_of(log_.visible.begin(), log_.visible.end(),
                       [&](const VisibleKind& visible) { return visible.kind == kind; });
  }

  // ---- times ----

  void find_zero() {
    if (question_.scenario != nullptr) {
      zero_us_ = log_.absolute ? question_.scenario->start_unix_us : 0;
    } else if (log_.absolute) {
      zero_us_ = log_.events.front().at.us - lead_.count();
    }
    if (log_.events.front().at.us < zero_us_) {
      error_at(log_.events.front().place, "the line is older than the scenario's start",
               fmt::format("\"start\" is {}", sim::format_rfc3339(zero_us_)));
    }
  }

  [[nodiscard]] Instant at(const LogEvent& event) const { return sim::kTimeZero + Duration{event.at.us - zero_us_}; }

  // ---- what is to be seen ----

  void add_sightings() {
    Sightings& seen = world_.sightings;
    seen.skew = question_.skew;
    seen.begins = at(log_.events.front());
    seen.ends = seen.begins;
    for (std::size_t i = 0; i < log_.events.size(); ++i) {
      const LogEvent& event = log_.events[i];
      seen.ends = std::max(seen.ends, at(event) + event.within);
      if (is_request(event) || faults_.ends_a_death(i)) continue;
      Json detail = state_in_model(event);
      // The model's instances have names of their own, and so have the faults of this world.
      detail.erase("instance_id");
      if (event.kind == "fault.injected") detail.erase("name");
      seen.all.push_back({.from = at(event),
                          .until = at(event) + event.within,
                          .kind = event.kind,
                          .workspace = known_workspace(event),
                          .detail = std::move(detail)});
      world_.line_of.push_back(i);
    }
    if (log_.since) seen.begins = sim::kTimeZero + Duration{log_.since->us - zero_us_};
    if (log_.until) seen.ends = sim::kTimeZero + Duration{log_.until->us - zero_us_};
    for (const VisibleKind& visible : log_.visible) {
      if (visible.kind != "http.request") world_.visible.push_back(visible);
    }
    if (seen.ends - sim::kTimeZero > sim::kLongestDuration / 2)
      error_at(log_.events.back().place, "the log is longer than five years");
  }

  /// Finds the scenario's alias for the workspace of a line: an alias of it, or one's UUID.
  std::string known_workspace(const LogEvent& event) {
    if (question_.scenario == nullptr || event.workspace.empty()) return event.workspace;
    if (alias_of_.empty()) find_aliases();
    const auto found = alias_of_.find(event.workspace);
    if (found != alias_of_.end()) return found->second;
    if (errors_.size() >= DiagnosticSink::kMostErrors) return event.workspace;
    std::vector<std::string> known;
    for (const auto& [name, alias] : alias_of_) {
      if (name == alias) known.push_back(alias);
    }
    error_at(event.place, "the scenario has no workspace " + in_quotes(event.workspace),
             suggestion(event.workspace, known));
    return event.workspace;
  }

  void find_aliases() {
    for (const LogEvent& event : log_.events) {
      if (is_request(event) && is_create(event)) alias_of_[event.workspace] = event.workspace;
    }
    for (const StepSpec& step : question_.scenario->steps) {
      if (step.alias) alias_of_[*step.alias] = *step.alias;
    }
    for (const WorkspaceSpec& workspace : question_.scenario->workspaces) {
      alias_of_[workspace.alias] = workspace.alias;
      alias_of_[workspace.uuid] = workspace.alias;
    }
  }

  // ---- the scenario ----

  void build() {
    OrderedJson document = head();
    add_steps(document);
    add_faults(document);
    OrderedJson played{{"policy", question_.policy}};
    for (const auto& [key, value] : question_.set) played["set"][key] = value;
    played["expect"] = OrderedJson::array();
    document["cases"] = OrderedJson::array({std::move(played)});
    if (!errors_.empty()) return;
    auto decoded = decode_scenario("conform.json", document.dump());
    for (const Diagnostic& error : decoded.errors) {
      error_at({log_.events.front().place.file, 0, 0, ""},
               "the world that the log makes: " + error.pointer + ": " + error.message, error.hint);
    }
    if (!decoded.value) return;
    world_.scenario = *std::move(decoded.value);
    world_.quick = world_.scenario;
    world_.quick.calm = 1s;
  }

  OrderedJson head() {
    OrderedJson document{{"format", "drydock.scenario/1"}, {"name", "conform"}};
    document["title"] = "What a log says, as a run of the model";
    document["source"] = log_.events.front().place.file;
    const Duration horizon = world_.sightings.ends - sim::kTimeZero + question_.skew + kAfterwards;
    if (question_.scenario != nullptr) {
      const Json& from = question_.scenario->document;
      document["name"] = question_.scenario->name;
      for (const char* key : {"title", "story", "source", "start", "calm", "cloud", "workspaces"}) {
        if (from.contains(key)) document[key] = OrderedJson(from.at(key));
      }
      add_traffic(document, from, horizon);
    } else {
      if (log_.absolute) document["start"] = sim::format_rfc3339(zero_us_);
      document["workspaces"] = OrderedJson::array();
      for (const std::string& alias : named_workspaces()) document["workspaces"].push_back({{"id", alias}});
    }
    document["horizon"] = sim::format_duration(horizon);
    return document;
  }

  /// Traffic that would begin after the log's end is none.
  static void add_traffic(OrderedJson& document, const Json& from, Duration horizon) {
    if (!from.contains("traffic")) return;
    document["traffic"] = OrderedJson::array();
    for (const Json& traffic : from.at("traffic")) {
      const auto start = sim::parse_duration(traffic.value("start", "0s"));
      if (start && *start < horizon) document["traffic"].push_back(OrderedJson(traffic));
    }
  }

  /// Lists every workspace that a line or a request's path names, except those that the log creates.
  std::vector<std::string> named_workspaces() {
    std::set<std::string> named;
    std::set<std::string> created;
    for (const LogEvent& event : log_.events) {
      if (is_request(event) && is_create(event)) created.insert(event.workspace);
      for (const std::string& name : {event.workspace, in_path(event)}) {
        if (name.empty()) continue;
        if (is_alias(name) && !is_actor(name)) {
          named.insert(name);
        } else {
          error_at(event.place, in_quotes(name) + " cannot be a workspace's alias",
                   "name it in the mapping's \"workspaces\"");
        }
      }
    }
    std::vector<std::string> all;
    std::set_difference(named.begin(), named.end(), created.begin(), created.end(), std::back_inserter(all));
    return all;
  }

  static bool is_create(const LogEvent& event) {
    return detail_text(event, "method") == "POST" && detail_text(event, "path") == "/workspaces";
  }

  /// Gives the workspace in a request's path; empty where there is none.
  static std::string in_path(const LogEvent& event) {
    if (!is_request(event)) return {};
    const std::string path = detail_text(event, "path");
    constexpr std::string_view kBefore = "/workspaces/";
    const auto found = path.find(kBefore);
    if (found == std::string::npos) return {};
    const auto from = found + kBefore.size();
    return path.substr(from, path.find_first_of("/?", from) - from);
  }

  // ---- requests ----

  void add_steps(OrderedJson& document) {
    document["steps"] = OrderedJson::array();
    if (!world_.asks_as_logged) return keep_steps(document);
    for (std::size_t i = 0; i < log_.events.size(); ++i) {
      if (is_request(log_.events[i])) document["steps"].push_back(step(log_.events[i], i));
    }
  }

  /// The log does not show requests: those of the scenario were asked, as far as the log goes.
  void keep_steps(OrderedJson& document) const {
    if (question_.scenario == nullptr) return;
    const Json& from = question_.scenario->document;
    if (!from.contains("steps")) return;
    const auto ends = world_.sightings.ends - sim::kTimeZero;
    for (const Json& written : from.at("steps")) {
      const auto when = sim::parse_duration(written.value("at", "0s"));
      if (!when || *when > ends) continue;
      OrderedJson step(written);
      step.erase("expect");
      document["steps"].push_back(std::move(step));
    }
  }

  OrderedJson step(const LogEvent& event, std::size_t place) {
    const std::string text = detail_text(event, "method") + " " + detail_text(event, "path");
    const ParsedRequest parsed = parse_request(text);
    if (!parsed.request) {
      error_at(event.place, parsed.error, parsed.hint.empty() ? "a mapping can ignore the line" : parsed.hint);
      return {};
    }
    OrderedJson step{{"at", sim::format_duration(at(event) - sim::kTimeZero)},
                     {"id", fmt::format("{}{}", kLogStep, place + 1)},
                     {"request", text}};
    const std::string as = detail_text(event, "as");
    if (!as.empty()) step["as"] = as;
    if (is_create(event) && !event.workspace.empty()) step["alias"] = event.workspace;
    if (const auto body = event.detail.find("body"); body != event.detail.end()) {
      step["body"] = OrderedJson(*body);
    } else if (const auto made_up = body_for(event, *parsed.request, place); !made_up.is_null()) {
      step["body"] = made_up;
    }
    return step;
  }

  /// Makes up a body that the log does not tell, where the request prescribes one: each write has a value of its own.
  static OrderedJson body_for(const LogEvent& event, const RequestSpec& request, std::size_t place) {
    const std::string value = fmt::format("{}{}", kLogStep, place + 1);
    if (is_create(event)) return {{"name", event.workspace.empty() ? value : event.workspace}};
    if (request.method == "DELETE" || request.path.empty()) return nullptr;
    if (request.path.front() == "secrets") return {{"value", value}};
    if (request.path.back() == "secrets") return {{"key", "LOGGED"}, {"value", value}};
    if (request.path.back() == "model") return {{"model", value}};
    return nullptr;
  }

  void add_faults(OrderedJson& document) {
    document["faults"] = OrderedJson::array();
    for (std::size_t i = 0; i < log_.events.size(); ++i) {
      auto fault = faults_.of(i, at(log_.events[i]) - sim::kTimeZero);
      if (!fault) continue;
      if (log_.events[i].kind == "fault.injected") world_.injected_names.insert((*fault)["name"]);
      document["faults"].push_back(*std::move(fault));
    }
  }

  const LogQuestion& question_;
  const ImportedLog& log_;
  const LogFaults faults_;
  Duration lead_;
  std::int64_t zero_us_ = 0;
  std::map<std::string, std::string> alias_of_;  // each name of a workspace
  LogWorld world_;
  std::vector<Diagnostic> errors_;
};

}  // namespace

Decoded<LogWorld> make_log_world(const LogQuestion& question, Duration lead) { return Maker(question, lead).make(); }

}  // namespace drydock::scenarios
