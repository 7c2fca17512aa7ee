#include "scenarios/whatif/compare.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "scenarios/divergence.hpp"
#include "scenarios/metrics.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::scenarios {
namespace {

using Kind = Difference::Kind;

std::string_view verdict(const Outcome& outcome) {
  if (!outcome.stopped_by.empty()) return "inconclusive";
  return outcome.violations.empty() ? "kept every promise" : "broke a promise";
}

std::optional<ShownEvent> event_at(const Outcome& outcome, std::size_t index) {
  if (index >= outcome.events.size()) return std::nullopt;
  return outcome.events[index];
}

std::vector<ShownEvent> causes_of(const Outcome& outcome, const std::optional<ShownEvent>& event) {
  std::vector<ShownEvent> causes;
  if (!event) return causes;
  for (std::uint32_t seq = event->cause; seq != 0; seq = causes.back().cause) causes.push_back(outcome.events[seq - 1]);
  std::reverse(causes.begin(), causes.end());
  return causes;
}

std::optional<Divergence> divergence_of(const Outcome& a, const Outcome& b) {
  const auto index = first_divergence(a, b);
  if (!index) return std::nullopt;
  Divergence first;
  first.index = *index;
  first.a = event_at(a, *index);
  first.b = event_at(b, *index);
  first.causes_a = causes_of(a, first.a);
  first.causes_b = causes_of(b, first.b);
  return first;
}

/// Says what an event is, whenever it happens and whatever the names are that a run makes up.
std::string what_happens(const ShownEvent& event) {
  constexpr auto kOutward = std::to_array<const char*>(
      {"method", "path", "as", "status", "from", "to", "action", "error", "code", "name", "source", "type", "process"});
  std::string text = event.kind + "\n" + event.actor + "\n" + event.workspace;
  const Json detail = Json::parse(event.detail, nullptr, false);
  if (!detail.is_object()) return text;
  for (const char* key : kOutward) {
    const auto value = detail.find(key);
    text +=
        "\n" + (value == detail.end() ? std::string{} : value->dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return text;
}

/// Gives the first event of `mine` that happens oftener than `other` has it. Rounds that come by the clock are left
/// out.
std::optional<ShownEvent> first_alone(const Outcome& mine, const Outcome& other) {
  constexpr auto kRounds = std::to_array<std::string_view>({"agent.heartbeat", "sweep.tick"});
  std::map<std::string, std::size_t> there;
  for (const ShownEvent& event : other.events) ++there[what_happens(event)];
  for (const ShownEvent& event : mine.events) {
    if (sim::is_one_of(event.kind, kRounds)) continue;
    const auto counterpart = there.find(what_happens(event));
    if (counterpart == there.end() || counterpart->second == 0) return event;
    --counterpart->second;
  }
  return std::nullopt;
}

class Differences {
 public:
  Differences(const Outcome& a, const Outcome& b) : a_(a), b_(b) {}

  std::vector<Difference> find() && {
    add(Kind::verdict, "verdict", "", Json(verdict(a_)), Json(verdict(b_)));
    promises();
    for (const MetricInfo& metric : metric_table()) {
      add(Kind::metric, std::string{metric.name}, "", Json(*metric_of(a_, metric.name)),
          Json(*metric_of(b_, metric.name)));
    }
    rows();
    counts();
    return std::move(found_);
  }

 private:
  using Broken = std::map<std::pair<std::string, std::string>, double>;

  void add(Kind kind, std::string name, std::string workspace, Json a, Json b) {
    if (a == b) return;
    found_.push_back({kind, std::move(name), std::move(workspace), std::move(a), std::move(b)});
  }

  /// Gives, by promise and workspace, the second at which the promise was broken first. Instances have names of their
  /// own in each run.
  static Broken broken(const Outcome& outcome) {
    Broken found;
    for (const ShownViolation& violation : outcome.violations) {
      const double at_s = static_cast<double>(violation.at.time_since_epoch().count()) / 1e6;
      const auto [entry, fresh] = found.emplace(std::pair{violation.invariant, violation.workspace}, at_s);
      if (!fresh) entry->second = std::min(entry->second, at_s);
    }
    return found;
  }

  void promises() {
    const Broken a = broken(a_);
    const Broken b = broken(b_);
    std::set<std::pair<std::string, std::string>> keys;
    for (const Broken* each : {&a, &b}) {
      for (const auto& [key, at_s] : *each) keys.insert(key);
    }
    const auto when = [](const Broken& found, const auto& key) {
      const auto entry = found.find(key);
      return entry == found.end() ? Json(nullptr) : Json(entry->second);
    };
    for (const auto& key : keys) {
      add(Kind::promise, key.first, key.second, when(a, key), when(b, key));
    }
  }

  static Json status(const FinalWorkspace& workspace) {
    const auto column = workspace.columns.find("status");
    return column == workspace.columns.end() ? Json(nullptr) : column->second;
  }

  void rows() {
    const auto find = [](const Outcome& outcome, const std::string& workspace) {
      const auto found = std::find_if(outcome.final.begin(), outcome.final.end(),
                                      [&](const FinalWorkspace& final) { return final.workspace == workspace; });
      return found == outcome.final.end() ? nullptr : &*found;
    };
    std::vector<std::string> names;
    names.reserve(a_.final.size());
    for (const FinalWorkspace& final : a_.final) names.push_back(final.workspace);
    for (const FinalWorkspace& final : b_.final) {
      if (find(a_, final.workspace) == nullptr) names.push_back(final.workspace);
    }
    for (const std::string& name : names) {
      const FinalWorkspace* a = find(a_, name);
      const FinalWorkspace* b = find(b_, name);
      add(Kind::row, "status", name, a ? status(*a) : Json(nullptr), b ? status(*b) : Json(nullptr));
      add(Kind::row, "instance", name, Json(a ? a->instance_state : "none"), Json(b ? b->instance_state : "none"));
    }
  }

  void counts() {
    std::set<std::string> kinds;
    for (const Outcome* each : {&a_, &b_}) {
      for (const auto& [kind, count] : each->counts) kinds.insert(kind);
    }
    const auto count = [](const Outcome& outcome, const std::string& kind) {
      const auto found = outcome.counts.find(kind);
      return Json(found == outcome.counts.end() ? std::uint64_t{0} : found->second);
    };
    for (const std::string& kind : kinds) add(Kind::count, kind, "", count(a_, kind), count(b_, kind));
  }

  const Outcome& a_;
  const Outcome& b_;
  std::vector<Difference> found_;
};

}  // namespace

std::string_view to_text(Kind kind) {
  constexpr auto kNames = std::to_array<std::string_view>({"verdict", "promise", "metric", "row", "count"});
  return kNames[static_cast<std::size_t>(kind)];
}

Comparison compare(const Outcome& a, const Outcome& b) {
  return {.first = divergence_of(a, b),
          .alone = {.a = first_alone(a, b), .b = first_alone(b, a)},
          .differences = Differences(a, b).find()};
}

}  // namespace drydock::scenarios
