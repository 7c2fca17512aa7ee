#include "reports/ndjson.hpp"

#include <algorithm>

#include "reports/json.hpp"
#include "reports/json_parts.hpp"
#include "scenarios/tool.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownEvent;

Ordered head_json(const Outcome& outcome, std::size_t number) {
  return {{"type", "run"},
          {"format", "drydock.stream/1"},
          {"tool", scenarios::tool_name()},
          {"run", number},
          {"scenario", outcome.scenario},
          {"case", outcome.case_name},
          {"policy", outcome.policy},
          {"seed", value_or_null(outcome.seed)},
          {"start", sim::format_rfc3339(outcome.start_unix_us)}};
}

Ordered stream_event(const ShownEvent& event, std::size_t number) {
  return {{"type", "event"},
          {"run", number},
          {"seq", event.seq},
          {"at_s", seconds(event.at)},
          {"kind", event.kind},
          {"workspace", event.workspace},
          {"instance", event.instance},
          {"actor", event.actor},
          {"cause", event.cause},
          {"detail", detail_json(event.detail)}};
}

/// Puts `type` and `run` before the keys of the object.
Ordered labelled(std::string_view type, std::size_t number, const Ordered& object) {
  Ordered json{{"type", type}, {"run", number}};
  json.update(object);
  return json;
}

std::size_t count_of(CaseStatus wanted, std::span<const CaseReport> reports) {
  const auto statuses = statuses_of(reports);
  return static_cast<std::size_t>(std::count(statuses.begin(), statuses.end(), wanted));
}

}  // namespace

std::string ndjson_run(const CaseReport& report, std::size_t number) {
  std::string out = line_text(head_json(report.outcome, number));
  for (const ShownEvent& event : report.outcome.events) out += line_text(stream_event(event, number));
  const Ordered result = run_json(report, false);
  for (const Ordered& violation : result["violations"]) out += line_text(labelled("violation", number, violation));
  return out + line_text(labelled("result", number, result));
}

std::string ndjson_error(const InternalFailure& error) {
  return line_text({{"type", "internal_error"},
                    {"scenario", error.played.scenario},
                    {"case", error.played.case_name},
                    {"message", error.what}});
}

std::string ndjson_summary(std::span<const CaseReport> reports, const Ending& ending) {
  return line_text({{"type", "summary"},
                    {"passed", all_held(reports, ending)},
                    {"runs", reports.size()},
                    {"held", count_of(CaseStatus::held, reports)},
                    {"not_exercised", count_of(CaseStatus::not_exercised, reports)},
                    {"inconclusive", count_of(CaseStatus::inconclusive, reports)},
                    {"failed", count_of(CaseStatus::failed, reports)},
                    {"internal_errors", ending.internal_errors.size()},
                    {"interrupted", ending.interrupted},
                    {"not_played", ending.not_played.size()}});
}

std::string ndjson(std::span<const CaseReport> reports, const Ending& ending) {
  std::string out;
  for (std::size_t i = 0; i < reports.size(); ++i) out += ndjson_run(reports[i], i + 1);
  for (const InternalFailure& error : ending.internal_errors) out += ndjson_error(error);
  return out + ndjson_summary(reports, ending);
}

}  // namespace drydock::reports
