#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "scenarios/explore/explorer.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/run.hpp"
#include "scenarios/signature.hpp"

#include "scenarios/trace/sql_invariants.hpp"

namespace drydock::scenarios {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string time_of(const ShownDecision& decision) { return sim::format_duration(decision.at.time_since_epoch()); }

/// Gives the actor of a site: the part before the first slash.
std::string_view actor_of(std::string_view site) { return site.substr(0, site.find('/')); }

/// Finds the request that a decision sends; null where it sends none.
const RequestSpec* request_of(const ExploreSpec& explore, const ShownDecision& decision) {
  if (decision.site == "world/arrival" && decision.value <= explore.any.requests.size())
    return &explore.any.requests[decision.value - 1];
  for (const SearchedRequests& open : explore.open) {
    if (decision.site == open.actor + "/request" && decision.value <= open.requests.size())
      return &open.requests[decision.value - 1];
  }
  return nullptr;
}

/// Gives how long the client waits whom a decision has hang up; empty where it is about something else.
std::optional<Duration> patience_of(const ShownDecision& decision) {
  if (decision.site.ends_with("/request.hang_up")) return kPatience.front().lasts;
  const bool known = decision.site.ends_with("/request.patience") && decision.value < kPatience.size();
  return known ? std::optional{kPatience[decision.value].lasts} : std::nullopt;
}

OrderedJson step_json(const ShownDecision& decision, const RequestSpec& request, std::size_t nth) {
  OrderedJson step{{"at", time_of(decision)}, {"id", fmt::format("searched-{}", nth)}, {"request", request.text}};
  if (request.as != "user") step["as"] = request.as;
  if (request.headers) step["headers"] = *request.headers;
  if (request.body) step["body"] = OrderedJson(*request.body);
  return step;
}

/// Finds the fault that a decision injects, among all of its site; null where it injects none.
const faults::SearchedFault* fault_of(const faults::SearchSpace& space, const ShownDecision& decision) {
  const auto chosen = [&](const faults::SearchedMoment& moment) -> const faults::SearchedFault* {
    if (decision.value > moment.options.size()) return nullptr;
    const faults::SearchedFault& fault = moment.options[decision.value - 1];
    return fault.means == decision.means ? &fault : nullptr;
  };
  for (const faults::SearchedMoment* moment : space.moments()) {
    if (const auto* fault = chosen(*moment)) return fault;
  }
  return nullptr;
}

/// Writes a fault as a script: from the moment at which it struck, for as long as it lasted, or once.
OrderedJson fault_json(const ShownDecision& decision, const faults::SearchedFault& fault) {
  OrderedJson json{{"on", fault.spec.on}, {"error", fault.spec.error}};
  if (fault.spec.applied) json["effect"] = "applied";
  switch (faults::target_of(fault.spec.on)) {
    case faults::Target::platform:
    case faults::Target::control_plane:
      json["at"] = time_of(decision);
      json["down"] = sim::format_duration(fault.lasts);
      break;
    case faults::Target::instance:
      json["workspace"] = std::string{actor_of(decision.site)};
      json["at"] = time_of(decision);
      break;
    case faults::Target::call:
      json["from"] = time_of(decision);
      json["for"] = fault.lasts > Duration{} ? sim::format_duration(fault.lasts) : "1ms";
      if (fault.lasts == Duration{}) json["limit"] = 1;
      break;
  }
  return json;
}

class FindingScenario {
 public:
  FindingScenario(const Scenario& scenario, const CaseSpec& played, const Finding& finding)
      : scenario_(scenario), played_(played), finding_(finding) {}

  std::optional<std::string> text() {
    // A case's own faults are not in the document that is carried over.
    if (!scenario_.explore || played_.faults.size() != scenario_.faults.size()) return std::nullopt;
    if (!add_decisions()) return std::nullopt;
    OrderedJson document = head();
    const std::optional<OrderedJson> expect = what_it_breaks(document);
    if (!expect) return std::nullopt;
    document["cases"][0]["expect"] = *expect;
    return document.dump(2) + "\n";
  }

 private:
  bool add_decisions() {
    std::vector<ShownDecision> decisions = finding_.outcome.tape;
    std::stable_sort(decisions.begin(), decisions.end(),
                     [](const ShownDecision& a, const ShownDecision& b) { return a.at < b.at; });
    for (const ShownDecision& decision : decisions) {
      if (const auto patience = patience_of(decision)) {
        // Those of one request follow upon it: the order is that of time, and then of sites.
        if (!steps_.empty()) steps_.back()["timeout"] = sim::format_duration(*patience);
      } else if (const RequestSpec* request = request_of(*scenario_.explore, decision)) {
        steps_.push_back(step_json(decision, *request, steps_.size() + 1));
      } else if (const auto* fault = fault_of(*scenario_.explore->space, decision)) {
        faults_.push_back(fault_json(decision, *fault));
      } else {
        return false;  // order, or a single delay
      }
    }
    return true;
  }

  [[nodiscard]] OrderedJson head() const {
    OrderedJson document;
    document["format"] = "drydock.scenario/1";
    document["name"] = fmt::format("{}-{}-{}", scenario_.name, finding_.invariant, signature_tag(finding_.signature));
    document["title"] = finding_.message;
    document["story"] = {"Found by a search of " + scenario_.name + ", and shrunk.", finding_.signature};
    const Json& from = scenario_.document;
    for (const char* key : {"start", "horizon", "calm", "cloud", "workspaces", "traffic", "owner_tag", "session"}) {
      if (from.contains(key)) document[key] = OrderedJson(from.at(key));
    }
    document["steps"] = from.contains("steps") ? OrderedJson(from.at("steps")) : OrderedJson::array();
    // The search did not judge what steps expect: in a world where something goes wrong they may be answered otherwise.
    for (OrderedJson& step : document["steps"]) step.erase("expect");
    for (const OrderedJson& step : steps_) document["steps"].push_back(step);
    document["faults"] = from.contains("faults") ? OrderedJson(from.at("faults")) : OrderedJson::array();
    for (const OrderedJson& fault : faults_) document["faults"].push_back(fault);
    OrderedJson played{{"policy", played_.policy_name}};
    for (const auto& [key, value] : played_.set) played["set"][key] = value;
    played["expect"] = OrderedJson::array();
    document["cases"] = OrderedJson::array({std::move(played)});
    return document;
  }

  /// Plays the scenario alone; every promise that it breaks is listed. Empty where ours is not among them.
  std::optional<OrderedJson> what_it_breaks(const OrderedJson& document) {
    const auto decoded = decode_scenario(scenario_.name + ".json", document.dump());
    if (!decoded.value) return std::nullopt;
    // A scenario can name the promises of the catalogue only.
    if (is_own_invariant(played_, finding_.invariant)) return std::nullopt;
    Workbench workbench;
    RunOptions options;
    options.keep_record = false;
    const Outcome outcome = run(*decoded.value, decoded.value->cases.front(), {}, options, workbench);
    std::set<std::string> broken;
    for (const ShownViolation& violation : outcome.violations) broken.insert(violation.invariant);
    if (!broken.contains(finding_.invariant)) return std::nullopt;
    OrderedJson expect = OrderedJson::array();
    for (const std::string& promise : broken) expect.push_back({{"violates", promise}});
    return expect;
  }

  const Scenario& scenario_;
  const CaseSpec& played_;
  const Finding& finding_;
  std::vector<OrderedJson> steps_;
  std::vector<OrderedJson> faults_;
};

}  // namespace

std::optional<std::string> scenario_of(const Scenario& scenario, const CaseSpec& played, const Finding& finding) {
  return FindingScenario(scenario, played, finding).text();
}

}  // namespace drydock::scenarios
