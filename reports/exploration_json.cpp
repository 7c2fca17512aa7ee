#include "reports/exploration_json.hpp"

#include <fmt/format.h>

#include "reports/json_parts.hpp"
#include "reports/timeline.hpp"
#include "reports/words.hpp"
#include "scenarios/tool.hpp"

namespace drydock::reports {
namespace {

using scenarios::Exploration;
using scenarios::FaultUse;
using scenarios::Finding;
using scenarios::Residual;
using scenarios::ShownDecision;
using scenarios::ShownViolation;

std::string hash_text(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

Ordered timed_decision(const ShownDecision& decision) {
  Ordered json = decision_json(decision);
  json["bound"] = decision.bound;
  json["at_s"] = seconds(decision.at);
  json["text"] = in_words(decision);
  return json;
}

Ordered explained_json(const scenarios::ExplainedDecision& explained) {
  Ordered json = timed_decision(explained.decision);
  json["others"] = explained.others;
  json["tried"] = explained.tried;
  json["still_break"] = explained.still_break;
  return json;
}

Ordered story_json(const Finding& finding, const ShownViolation& violation) {
  return array_of(story_of(finding.outcome, violation),
                  [](const StoryLine& line) { return Ordered(since_start(line.at) + " " + line.text); });
}

Ordered finding_object(const Finding& finding, const FindingFiles& files) {
  const ShownViolation& violation = violation_of(finding);
  return {{"invariant", finding.invariant},
          {"signature", finding.signature},
          {"first_run", finding.first_run},
          {"times", finding.times},
          {"at_s", seconds(violation.at)},
          {"workspace", violation.workspace},
          {"instance", violation.instance},
          {"event", violation.event},
          {"tape", array_of(finding.outcome.tape, timed_decision)},
          {"size", finding.outcome.tape.size()},
          {"size_found", finding.size_found},
          {"shrink_runs", finding.shrink_runs},
          {"minimal", finding.minimal},
          {"message", finding.message},
          {"story", story_json(finding, violation)},
          {"causes", array_of(violation.causes, event_json)},
          {"other_causes", array_of(violation.other_causes, events_json)},
          {"explained", array_of(finding.explained, explained_json)},
          {"start", sim::format_rfc3339(finding.outcome.start_unix_us)},
          {"trace_hash", hash_text(finding.outcome.trace_hash)},
          {"reproduce", files.reproduce},
          {"saved", text_or_null(files.tape)},
          {"saved_scenario", text_or_null(files.scenario)},
          {"saved_session", text_or_null(files.session)},
          {"found_after_s", finding.found_after_s},
          {"shrink_s", finding.shrink_s}};
}

Ordered findings_json(const ExplorationReport& report) {
  Ordered out = Ordered::array();
  for (std::size_t i = 0; i < report.found.findings.size(); ++i) {
    out.push_back(finding_object(report.found.findings[i], report.files[i]));
    if (const scenarios::NightFinding* known = remembered(report, report.found.findings[i]))
      out.back()["state"] = std::string{scenarios::to_text(known->now.state)};
  }
  return out;
}

Ordered fault_json(const FaultUse& fault) {
  return {{"name", fault.name},   {"planned", true},          {"runs", fault.runs},
          {"fired", fault.fired}, {"noticed", fault.noticed}, {"mattered", value_or_null(fault.mattered)}};
}

Ordered coverage_json(const Residual& residual) {
  return {{"states", residual.states},
          {"transitions", residual.transitions},
          {"seen_once", residual.seen_once},
          {"unseen_transition", residual.unseen_transition},
          {"unseen_transitions_estimate", residual.unseen_transitions_estimate}};
}

Ordered residual_json(const Residual& residual) {
  Ordered out = Ordered::object();
  for (const auto& [invariant, chance] : residual.upper_95) out[invariant] = {{"upper_95", chance}};
  return out;
}

Ordered pct_json(const Residual& residual) {
  if (!residual.pct) return nullptr;
  return {{"tasks", residual.pct->tasks},
          {"choices", residual.pct->choices},
          {"depth", residual.pct->depth},
          {"per_run", residual.pct->per_run}};
}

Ordered certificate_json(const Exploration& found) {
  if (!found.certificate) return nullptr;
  const auto site = [](const scenarios::SiteBound& one) {
    return Ordered{{"site", one.site}, {"occurrences", one.occurrences}, {"bound", one.bound}};
  };
  return {{"deviations", found.certificate->deviations},
          {"sites", array_of(found.certificate->sites, site)},
          {"hash", hash_text(found.certificate->hash)}};
}

Ordered client_json(const scenarios::ClientUse& client) {
  return {{"command", client.command},   {"sessions", client.played},   {"ends", object_of(client.ends)},
          {"compared", client.compared}, {"differed", client.differed}, {"difference", client.difference}};
}

/// Says how much of a kept search there is: intervals are `[from, to]` with `to` behind the last one.
Ordered kept_json(const scenarios::KeptExtent& kept) {
  const auto interval = [](const sim::search::Interval& one) { return Ordered::array({one.from, one.to}); };
  return {{"of", value_or_null(kept.of)}, {"missing", array_of(kept.missing, interval)}};
}

Ordered bound_json(const ExplorationReport& report) { return {{"deviations", value_or_null(report.deviations)}}; }

}  // namespace

std::string exploration_json(const ExplorationReport& report) {
  const Exploration& found = report.found;
  Ordered json{{"format", "drydock.exploration/1"},
               {"tool", scenarios::tool_name()},
               {"scenario", found.scenario},
               {"policy", found.policy},
               {"case", text_or_null(report.case_name)},
               {"inputs", hash_text(report.inputs)},
               {"strategy", found.strategy},
               {"seed", found.seed},
               {"shards", Ordered{{"of", found.shards}, {"these", report.parts}}},
               {"runs", found.runs},
               {"distinct", found.distinct},
               {"pruned", found.pruned},
               {"complete", found.complete},
               {"bound", bound_json(report)},
               {"runs_per_s", runs_per_second(found)},
               {"wall_s", found.wall_s},
               {"shrink_s", found.shrink_s},
               {"findings", findings_json(report)},
               {"findings_not_shrunk", found.findings_not_shrunk},
               {"faults", array_of(found.faults, fault_json)},
               {"requests", object_of(found.requests)},
               {"coverage", coverage_json(found.residual)},
               {"residual", residual_json(found.residual)},
               {"law", found.residual.law},
               {"pct", pct_json(found.residual)},
               {"certificate", certificate_json(found)},
               {"known", Ordered{{"findings", found.known}, {"runs", found.known_runs}}},
               {"cut_short", found.cut_short},
               {"interrupted", found.interrupted}};
  if (found.client) json["client"] = client_json(*found.client);
  if (report.memory) json["memory"] = memory_json(*report.memory);
  if (found.kept) json["kept"] = kept_json(*found.kept);
  if (!found.internal_error.empty()) json["internal_error"] = found.internal_error;
  return document_text(json);
}

std::string finding_json(const Finding& finding, const FindingFiles& files) {
  Ordered json{{"format", "drydock.finding/1"}, {"tool", scenarios::tool_name()}};
  json.update(finding_object(finding, files));
  return document_text(json);
}

}  // namespace drydock::reports
