#include <fmt/format.h>

#include <algorithm>

#include "faults/vocabulary.hpp"
#include "scenarios/files/decode_parts.hpp"

namespace drydock::scenarios {
namespace {

using faults::FaultSpec;
using faults::FisAction;

const FisAction* find_action(DiagnosticSink& report, const Node& node, const std::string& id) {
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

}  // namespace

std::vector<FaultSpec> decode_fis(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  const Fields fields(report, node, shape::fis_fault);
  const auto id = fields.line("fis");
  FaultSpec spec;
  const auto name = fields.line("name");
  spec.workspace = workspace_field(context, fields, "workspace");
  spec.limit = fields.count32("limit", 1);
  if (fields.has("at") && fields.has("from"))
    report.error(node, "has both \"at\" and \"from\"", "either says when it begins");
  const Duration start = fields.duration("at").value_or(fields.duration("from").value_or(Duration{}));
  const FisAction* action = id ? find_action(report, *fields.find("fis"), *id) : nullptr;
  if (action == nullptr) return {};
  const Node* object = fields.find("parameters");
  const Parameters parameters{report, node, object, decode_parameters(report, object, *action)};
  spec.error = action->error;
  spec.probability = parameters.percentage();
  std::vector<std::string> points;
  switch (action->target) {
    case FisAction::Target::api:
      check_service(parameters);
      for (const auto& operation : operations(parameters)) points.push_back("ec2." + operation);
      set_window(parameters, start, spec);
      break;
    case FisAction::Target::launches:
      points = {"ec2.RunInstances"};
      set_window(parameters, start, spec);
      break;
    case FisAction::Target::instances:
      points = {"instance"};
      // A spot interruption comes two minutes after its notice, unless the experiment says
      // otherwise.
      spec.at = start;
      if (!action->parameters.empty()) {
        spec.at = start + parameters.duration("durationBeforeInterruption").value_or(std::chrono::minutes{2});
      }
      break;
    case FisAction::Target::network:
      points = {"network.agent-platform"};
      set_window(parameters, start, spec);
      break;
  }
  std::vector<FaultSpec> all;
  for (const auto& point : points) {
    FaultSpec one = spec;
    one.on = point;
    if (name) one.name = points.size() == 1 ? *name : *name + ":" + point;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace drydock::scenarios
