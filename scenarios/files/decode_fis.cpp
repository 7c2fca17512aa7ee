#include <fmt/format.h>

#include <algorithm>

#include "faults/physics.hpp"
#include "scenarios/files/decode_fis.hpp"
#include "scenarios/files/decode_parts.hpp"

namespace drydock::scenarios {
namespace {

using faults::FaultSpec;
using faults::FisAction;

/// The action's parameters as texts; unknown ones are reported.
std::map<std::string, std::string> decode_parameters(DiagnosticSink& report, const Node* node,
                                                     const FisAction& action) {
  if (node == nullptr || !is_object(report, *node)) return {};
  const auto known = to_strings(action.parameters);
  for (const Node& child : node->children) {
    const bool fits = std::find(known.begin(), known.end(), *child.key) != known.end();
    if (!fits && !is_users_key(*child.key)) report.unknown_key(child, known);
  }
  return read_texts(report, *node);
}

struct Parameters {
  DiagnosticSink& report;
  const Node& node;  // where complaints go when there are no parameters
  const Node* object{};
  std::map<std::string, std::string> texts;

  [[nodiscard]] const Node& at(const std::string& key) const {
    const Node* found = object == nullptr ? nullptr : object->find(key);
    return found != nullptr ? *found : object != nullptr ? *object : node;
  }
  [[nodiscard]] std::optional<std::string> get(const std::string& key) const {
    const auto found = texts.find(key);
    return found == texts.end() ? std::nullopt : std::optional{found->second};
  }
  [[nodiscard]] std::optional<Duration> duration(const std::string& key) const {
    const auto text = get(key);
    if (!text) return std::nullopt;
    const auto value = sim::parse_duration(*text);
    if (value && *value > Duration{}) return value;
    report.error(at(key), fmt::format("{} is not a duration of more than 0s", in_quotes(*text)),
                 "for instance \"PT5M\"");
    return std::nullopt;
  }
  [[nodiscard]] sim::Probability percentage() const {
    const auto text = get("percentage");
    if (!text) return {sim::Probability::kOne};
    const bool digits =
        !text->empty() && text->size() <= 3 && text->find_first_not_of("0123456789") == std::string::npos;
    const std::uint32_t percent = digits ? static_cast<std::uint32_t>(std::stoul(*text)) : 0;
    if (percent >= 1 && percent <= 100) return {percent * 10'000};
    report.error(at("percentage"), fmt::format("expected a whole number from 1 to 100, found {}", in_quotes(*text)));
    return {sim::Probability::kOne};
  }
};

std::vector<std::string> operations(const Parameters& parameters) {
  const auto text = parameters.get("operations");
  if (!text) {
    parameters.report.error(parameters.at("operations"), "missing parameter \"operations\"",
                            "API actions, separated by commas");
    return {};
  }
  std::vector<std::string> names;
  std::string_view rest = *text;
  while (names.size() < kMostFaults) {
    const auto comma = rest.find(',');
    std::string name{rest.substr(0, comma)};
    name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
    name.erase(name.find_last_not_of(' ') + 1);
    const auto actions = faults::ec2_actions();
    if (std::find(actions.begin(), actions.end(), name) == actions.end()) {
      parameters.report.unknown(parameters.at("operations"), "API action", name, to_strings(actions));
    } else if (std::find(names.begin(), names.end(), name) != names.end()) {
      parameters.report.error(parameters.at("operations"), fmt::format("names {} twice", name));
    } else {
      warn_if_never_called(parameters.report, parameters.at("operations"), "ec2." + name);
      names.push_back(std::move(name));
    }
    if (comma == std::string_view::npos || parameters.report.full()) break;
    rest.remove_prefix(comma + 1);
  }
  return names;
}

void check_service(const Parameters& parameters) {
  const auto service = parameters.get("service");
  if (service && *service != "ec2") {
    parameters.report.error(parameters.at("service"), fmt::format("service {} is not simulated", in_quotes(*service)),
                            "ec2");
  }
}

/// The window that `duration` spans from the start.
void set_window(const Parameters& parameters, Duration start, FaultSpec& spec) {
  const auto length = parameters.duration("duration");
  if (length) {
    spec.window = std::pair{start, start + *length};
  } else if (!parameters.get("duration")) {
    parameters.report.error(parameters.at("duration"), "missing parameter \"duration\"", "for instance \"PT5M\"");
  }
}

/// There is one network here: between agents and platform.
void check_scope(const Parameters& parameters) {
  const auto scope = parameters.get("scope");
  if (scope && *scope != "all") {
    parameters.report.error(parameters.at("scope"),
                            fmt::format("scope {} cuts nothing that is simulated", in_quotes(*scope)),
                            "\"all\" cuts agents and platform apart");
  }
  if (parameters.get("prefixListIdentifier")) {
    parameters.report.error(parameters.at("prefixListIdentifier"), "no prefix list is simulated");
  }
}

void check_zones(const Parameters& parameters) {
  if (!parameters.get("availabilityZoneIdentifiers")) return;
  parameters.report.warning(parameters.at("availabilityZoneIdentifiers"),
                            "there is one zone here: it is taken to be among these");
}

/// What happens to instances happens at once, or is announced then.
void set_moment(const Parameters& parameters, Duration start, FaultSpec& spec) {
  spec.at = start;
  spec.notice = parameters.duration("durationBeforeInterruption").value_or(spec.notice);
  spec.back_after = parameters.duration("startInstancesAfterDuration");
}

}  // namespace

const FisAction* read_fis_action(DiagnosticSink& report, const Node& node, const std::string& id) {
  const FisAction* action = faults::find_fis_action(id);
  if (action != nullptr) return action;
  const auto others = faults::fis_not_simulated();
  if (std::find(others.begin(), others.end(), id) != others.end()) {
    report.error(node, fmt::format("{} has nothing to act on in this simulation", id));
    return nullptr;
  }
  std::vector<std::string> ids;
  for (const FisAction& known : faults::fis_actions()) ids.emplace_back(known.id);
  report.unknown(node, "FIS action", id, ids);
  return nullptr;
}

std::vector<FaultSpec> fis_faults(DiagnosticSink& report, const FisUse& use, Duration start) {
  const Parameters parameters{report, use.node, use.parameters, decode_parameters(report, use.parameters, use.action)};
  FaultSpec spec;
  spec.error = use.action.error;
  spec.probability = parameters.percentage();
  std::vector<std::string> points;
  switch (use.action.target) {
    case FisAction::Target::api:
      check_service(parameters);
      for (const auto& operation : operations(parameters)) points.push_back("ec2." + operation);
      set_window(parameters, start, spec);
      break;
    case FisAction::Target::launches:
      points = {"ec2.RunInstances"};
      check_zones(parameters);
      set_window(parameters, start, spec);
      break;
    case FisAction::Target::instances:
      points = {"instance"};
      set_moment(parameters, start, spec);
      break;
    case FisAction::Target::network:
      points = {"network.agent-platform"};
      check_scope(parameters);
      set_window(parameters, start, spec);
      break;
  }
  std::vector<FaultSpec> all;
  for (std::string& point : points) {
    all.push_back(spec);
    all.back().on = std::move(point);
  }
  return all;
}

Duration fis_length(const FaultSpec& fault) {
  if (fault.window) return fault.window->second - fault.window->first;
  if (faults::gives_notice(fault.error)) return fault.notice;
  return fault.back_after.value_or(Duration{});
}

std::vector<FaultSpec> decode_fis(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  const Fields fields(report, node, shape::fis_fault);
  const auto id = fields.line("fis");
  const auto name = fields.line("name");
  const auto workspace = workspace_field(context, fields, "workspace");
  const auto limit = fields.count32("limit", 1);
  if (fields.has("at") && fields.has("from"))
    report.error(node, "has both \"at\" and \"from\"", "either says when it begins");
  const Duration start = fields.duration("at").value_or(fields.duration("from").value_or(Duration{}));
  if (id == "aws:fis:wait") {
    report.error(*fields.find("fis"), "aws:fis:wait alone does nothing",
                 "in a \"fis_template\" it delays what starts after it");
    return {};
  }
  const FisAction* action = id ? read_fis_action(report, *fields.find("fis"), *id) : nullptr;
  if (action == nullptr) return {};
  std::vector<FaultSpec> all = fis_faults(report, {*action, node, fields.find("parameters")}, start);
  for (FaultSpec& one : all) {
    one.workspace = workspace;
    one.limit = limit;
    if (name) one.name = all.size() == 1 ? *name : *name + ":" + one.on;
  }
  return all;
}

}  // namespace drydock::scenarios
