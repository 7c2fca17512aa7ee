#include "scenarios/files/decode.hpp"

#include <fmt/format.h>

#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/decode_parts.hpp"
#include "scenarios/files/presets.hpp"

namespace drydock::scenarios {
namespace {

/// 2026-01-01T00:00:00Z.
constexpr std::int64_t kDefaultStart = 1'767'225'600'000'000;

std::int64_t decode_start(DiagnosticSink& report, const Node& node) {
  const auto text = read_string(report, node);
  if (!text) return kDefaultStart;
  const auto start = sim::parse_rfc3339(*text);
  if (!start) {
    report.error(node, fmt::format("{} is not an RFC 3339 instant in UTC", in_quotes(*text)),
                 R"(for instance "2026-05-19T00:05:00Z")");
  }
  return start.value_or(kDefaultStart);
}

void decode_head(DecodeContext& context, const Fields& fields, Scenario& scenario) {
  DiagnosticSink& report = context.report;
  if (const Node* node = fields.find("name")) scenario.name = read_name(report, *node).value_or("");
  scenario.title = fields.line("title").value_or("");
  if (const Node* node = fields.find("story")) {
    scenario.story = read_prose(report, *node).value_or("");
  }
  if (const Node* node = fields.find("source")) {
    scenario.source = read_prose(report, *node).value_or("");
  }
  const Node* start = fields.find("start");
  scenario.start_unix_us = start == nullptr ? kDefaultStart : decode_start(report, *start);
  // A horizon that cannot be read must not make every later time look late.
  scenario.horizon = fields.duration("horizon", Duration{1}).value_or(sim::kLongestDuration);
  scenario.calm = fields.duration("calm");
  scenario.owner_tag = fields.line("owner_tag").value_or("");
  context.horizon = scenario.horizon;
}

}  // namespace

Scenario decode_scenario_at(DiagnosticSink& report, const Node& node, const std::string& directory) {
  Scenario scenario;
  if (!is_format(report, node, "drydock.scenario/1")) return scenario;
  DecodeContext context(report, directory);
  const Fields fields(report, node, shape::scenario);
  decode_head(context, fields, scenario);
  if (const Node* part = fields.find("cloud")) decode_cloud(report, *part, scenario.cloud);
  if (const Node* part = fields.find("workspaces")) decode_workspaces(context, *part, scenario);
  if (const Node* part = fields.find("steps")) declare_steps(context, *part);
  if (const Node* part = fields.find("traffic")) decode_traffic(context, *part, scenario);
  if (const Node* part = fields.find("steps")) decode_steps(context, *part, scenario);
  if (const Node* part = fields.find("session")) decode_session(context, *part, scenario);
  if (const Node* part = fields.find("faults")) scenario.faults = decode_faults(context, *part, {});
  if (const Node* part = fields.find("explore")) scenario.explore = decode_explore(context, *part);
  if (const Node* part = fields.find("cases")) decode_cases(context, *part, scenario);
  if (report.count() == 0) scenario.document = *node.json;
  return scenario;
}

Decoded<Scenario> decode_scenario(const std::string& file, std::string_view text) {
  return decode_text<Scenario>(file, text, [&](DiagnosticSink& report, const Node& root) {
    return decode_scenario_at(report, root, folder_of(file));
  });
}

}  // namespace drydock::scenarios
