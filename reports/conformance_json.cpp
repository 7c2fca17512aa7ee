#include "reports/conformance.hpp"
#include "reports/json_parts.hpp"
#include "reports/log_report.hpp"

namespace drydock::reports {
namespace {

using scenarios::Conformance;
using scenarios::NearEvent;
using scenarios::Parting;

Ordered line_json(const scenarios::LogEvent& event) {
  Ordered json = log_event_json(event);
  json["file"] = event.place.file;
  json["line"] = event.place.line;
  json["text"] = event.place.text;
  return json;
}

Ordered near_json(const NearEvent& near) {
  Ordered json = event_json(near.event);
  json["off_s"] = seconds(near.off);
  json["fits"] = near.fits;
  json["taken"] = near.taken;
  return json;
}

Ordered parting_json(const scenarios::ImportedLog& log, const Parting& parting) {
  return {{"explained", parting.explained},
          {"line", parting.line ? line_json(log.events[*parting.line]) : Ordered(nullptr)},
          {"surplus", parting.surplus ? event_json(*parting.surplus) : Ordered(nullptr)},
          {"nearest", array_of(parting.nearest, near_json)},
          {"instead", array_of(parting.instead, event_json)},
          {"grid_step_s", parting.grid_step ? Ordered(seconds(*parting.grid_step)) : Ordered(nullptr)}};
}

/// Lists each line of the log with the event of the run that explains it.
Ordered pairs_json(const ConformReport& report) {
  Ordered pairs = Ordered::array();
  const Conformance& found = report.found;
  for (std::size_t i = 0; i < found.event_of.size(); ++i) {
    if (!found.event_of[i]) continue;
    const auto& event = found.outcome.events[*found.event_of[i] - 1];
    pairs.push_back(
        {{"source", place_text(report.log.events[i].place)}, {"event", event.seq}, {"at_s", seconds(event.at)}});
  }
  return pairs;
}

}  // namespace

std::string conform_json(const ConformReport& report) {
  const Conformance& found = report.found;
  Ordered json{{"format", "drydock.conformance/1"},
               {"explained", found.explained},
               {"interrupted", found.interrupted},
               {"policy", report.question.policy},
               {"skew_s", seconds(report.question.skew)},
               {"lines", report.log.events.size()},
               {"runs", found.runs},
               {"wall_s", found.wall_s},
               {"start", sim::format_rfc3339(found.outcome.start_unix_us)},
               {"largest_error_s", seconds(found.largest_error)}};
  json["parting"] = found.parting ? parting_json(report.log, *found.parting) : Ordered(nullptr);
  json["tape"] = array_of(found.outcome.tape, decision_json);
  json["pairs"] = pairs_json(report);
  json["ignored"] = report.log.ignored;
  json["unmatched"] = unmatched_json(report.log);
  json["saved"] = text_or_null(report.tape);
  json["scenario"] = text_or_null(report.scenario);
  return document_text(json);
}

}  // namespace drydock::reports
