#include "reports/json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/reproduce.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/tool.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

Ordered violations_json(const CaseReport& report) {
  const Outcome& outcome = report.outcome;
  Ordered out = Ordered::array();
  for (std::size_t i = 0; i < outcome.violations.size(); ++i) {
    const scenarios::ShownViolation& violation = outcome.violations[i];
    const bool is_known = sim::is_one_of(i, report.known_violations);
    const bool listed = !is_known && !sim::is_one_of(i, outcome.unlisted);
    out.push_back({{"invariant", violation.invariant},
                   {"at_s", seconds(violation.at)},
                   {"workspace", violation.workspace},
                   {"instance", violation.instance},
                   {"message", violation.message},
                   {"event", violation.event},
                   {"causes", array_of(violation.causes, event_json)},
                   {"other_causes", array_of(violation.other_causes, events_json)},
                   {"signature", violation.signature},
                   {"listed", listed}});
    if (is_known) out.back()["known"] = true;
  }
  return out;
}

Ordered response_json(const scenarios::ShownResponse& response) {
  return {{"at_s", seconds(response.at)},
          {"id", response.id},
          {"nth", response.nth},
          {"request", response.request},
          {"as", response.as},
          {"status", response.status},
          {"headers", object_of(response.headers)},
          {"body", Ordered(response.body)}};
}

Ordered column(const scenarios::FinalWorkspace& workspace, const std::string& name) {
  const auto found = workspace.columns.find(name);
  return found == workspace.columns.end() ? Ordered(nullptr) : Ordered(found->second);
}

Ordered final_json(const scenarios::FinalWorkspace& workspace) {
  return {{"workspace", workspace.workspace},
          {"status", column(workspace, "status")},
          {"instance_id", column(workspace, "instance_id")},
          {"instance_state", workspace.instance_state}};
}

Ordered fault_json(const scenarios::FaultAccount& fault) {
  return {{"name", fault.name},
          {"planned", fault.planned},
          {"fired", fault.fired},
          {"noticed", fault.noticed},
          {"mattered", value_or_null(fault.mattered)}};
}

Ordered expectation_json(const scenarios::ExpectationResult& expectation) {
  return {{"text", expectation.text}, {"passed", expectation.passed}, {"actual", expectation.actual}};
}

Ordered timeline_json(const scenarios::ShownEvent& event) {
  Ordered json = event_json(event);
  json["cause"] = event.cause;
  return json;
}

Ordered metrics_json(const Outcome& outcome) {
  Ordered json = Ordered::object();
  for (const scenarios::MetricInfo& metric : scenarios::metric_table()) {
    json[std::string{metric.name}] = number(*scenarios::metric_of(outcome, metric.name));
  }
  return json;
}

/// Gives the seed that all runs share; null where they have none, or not the same one.
Ordered common_seed(std::span<const CaseReport> reports) {
  if (reports.empty()) return nullptr;
  const auto seed = reports.front().outcome.seed;
  const bool same = std::all_of(reports.begin(), reports.end(),
                                [&seed](const CaseReport& report) { return report.outcome.seed == seed; });
  return same ? value_or_null(seed) : Ordered(nullptr);
}

}  // namespace

Ordered run_json(const CaseReport& report, bool with_timeline) {
  const Outcome& outcome = report.outcome;
  Ordered json{{"scenario", outcome.scenario},
               {"case", outcome.case_name},
               {"policy", outcome.policy},
               {"title", report.about.title},
               {"story", report.about.story},
               {"source", report.about.source},
               {"passed", outcome.passed},
               {"exercised", outcome.exercised},
               {"trace_hash", fmt::format("{:016x}", outcome.trace_hash)},
               {"virtual_s", seconds(outcome.virtual_length)},
               {"events", outcome.event_count},
               {"wall_ms", static_cast<double>(outcome.wall_us) / 1e3},
               {"counts", object_of(outcome.counts)},
               {"metrics", metrics_json(outcome)},
               {"expectations", array_of(outcome.expectations, expectation_json)},
               {"violations", violations_json(report)},
               {"responses", array_of(outcome.responses, response_json)},
               {"final", array_of(outcome.final, final_json)},
               {"faults", array_of(outcome.faults, fault_json)},
               {"decisions", outcome.decisions},
               {"tape", array_of(outcome.tape, decision_json)},
               {"misaligned", array_of(outcome.misaligned, decision_json)},
               {"seed", value_or_null(outcome.seed)},
               {"stopped_by", text_or_null(outcome.stopped_by)},
               {"reproduce", reproduce_command(outcome, report.invocation)}};
  if (with_timeline && !outcome.events.empty()) json["timeline"] = array_of(outcome.events, timeline_json);
  return json;
}

std::string result_json(std::span<const CaseReport> reports, const Ending& ending) {
  Ordered document{{"format", "drydock.result/1"},
                   {"tool", scenarios::tool_name()},
                   {"seed", common_seed(reports)},
                   {"passed", all_held(reports, ending)},
                   {"results", array_of(reports, [](const CaseReport& report) { return run_json(report); })}};
  if (!ending.memory.empty()) document["memory"] = array_of(ending.memory, memory_json);
  if (ending.interrupted) document["interrupted"] = true;
  if (!ending.internal_errors.empty()) document["internal_errors"] = array_of(ending.internal_errors, to_text);
  return document_text(document);
}

std::string errors_json(std::span<const scenarios::Diagnostic> errors) {
  const Ordered list = array_of(errors, [](const scenarios::Diagnostic& error) {
    return Ordered{{"file", error.file},       {"line", error.line},       {"column", error.column},
                   {"pointer", error.pointer}, {"message", error.message}, {"hint", error.hint}};
  });
  return document_text(Ordered{{"errors", list}});
}

}  // namespace drydock::reports
