#include <fmt/format.h>

#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/decode_parts.hpp"

namespace drydock::scenarios {
namespace {

/// A fault that the empty tape never plays: legal, and probably not meant.
void warn_of_chance(DecodeContext& context, const Node& node, const CaseSpec& spec) {
  if (spec.seed) return;
  for (const faults::FaultSpec& fault : spec.faults) {
    if (fault.probability.certain() || fault.probability.ppm == 0) continue;
    context.report.warning(
        node, fmt::format("fault {} happens by chance, and without a seed it never does", in_quotes(fault.name)),
        "give the case a \"seed\"");
    return;
  }
}

CaseSpec decode_case(DecodeContext& context, const Node& node, const Scenario& scenario) {
  DiagnosticSink& report = context.report;
  CaseSpec spec;
  spec.in_file = true;
  const Fields fields(report, node, shape::scenario_case);
  if (const Node* policy = fields.find("policy")) {
    if (const auto name = read_line(report, *policy)) {
      const model::Policy* loaded = read_policy(context, *policy, *name);
      spec.policy_name = context.policies.full_name(*name);
      if (loaded != nullptr) {
        spec.policy = *loaded;
        spec.name = loaded->name;
      }
    }
  }
  if (fields.has("name")) spec.name = fields.line("name").value_or("");
  spec.seed = fields.count("seed", 0, UINT64_MAX);
  spec.cloud = scenario.cloud;
  if (const Node* set = fields.find("set")) {
    spec.set = decode_settings(report, *set, spec.policy, spec.cloud);
  }
  spec.faults = scenario.faults;
  if (const Node* own = fields.find("faults")) spec.faults = decode_faults(context, *own, scenario.faults);
  if (const Node* expect = fields.find("expect")) spec.expect = decode_expectations(context, *expect);
  warn_of_chance(context, node, spec);
  return spec;
}

}  // namespace

void decode_cases(DecodeContext& context, const Node& node, Scenario& scenario) {
  DiagnosticSink& report = context.report;
  if (!is_list(report, node, kMostCases)) return;
  if (node.children.empty()) report.error(node, "a scenario has at least one case");
  std::set<std::string> names;
  for (const Node& child : node.children) {
    CaseSpec spec = decode_case(context, child, scenario);
    if (!spec.name.empty() && !names.insert(spec.name).second) {
      const Node* name = child.find("name");
      report.error(name != nullptr ? *name : child, fmt::format("case {} is there already", in_quotes(spec.name)),
                   name != nullptr ? "" : "an unnamed case is called after its policy");
    }
    scenario.cases.push_back(std::move(spec));
  }
}

}  // namespace drydock::scenarios
