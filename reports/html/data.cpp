#include "reports/html/data.hpp"

#include <algorithm>
#include <optional>

#include "reports/decisions.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "scenarios/divergence.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownEvent;

constexpr std::int64_t kNone = -1;

std::int64_t micros(sim::Instant at) { return at.time_since_epoch().count(); }

/// Gives the index of the event with that number among the outcome's events; -1 for time zero and for an event that was
/// not kept.
std::int64_t index_of(const Outcome& outcome, std::uint32_t seq) {
  const auto found = std::lower_bound(outcome.events.begin(), outcome.events.end(), seq,
                                      [](const ShownEvent& event, std::uint32_t wanted) { return event.seq < wanted; });
  if (found == outcome.events.end() || found->seq != seq) return kNone;
  return found - outcome.events.begin();
}

std::string value_text(const Ordered& value) {
  return value.is_string() ? value.get<std::string>() : compact_json(value);
}

bool stands_out(const Outcome& outcome) { return !outcome.passed || !outcome.violations.empty(); }

std::vector<std::size_t> runs_of(std::span<const CaseReport> reports, const std::string& scenario) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].outcome.scenario == scenario) found.push_back(i);
  }
  return found;
}

Ordered pair_json(std::span<const CaseReport> reports, const RunPair& pair) {
  const Outcome& a = reports[pair.a].outcome;
  const Outcome& b = reports[pair.b].outcome;
  const auto at = scenarios::first_divergence(a, b);
  Ordered json{{"a", pair.a}, {"b", pair.b}, {"divergence", nullptr}};
  if (at) json["divergence"] = *at;
  return json;
}

}  // namespace

std::size_t HtmlData::text(const std::string& raw) {
  const auto [entry, added] = text_ids_.try_emplace(raw, texts_.size());
  if (added) texts_.push_back(printable(raw));
  return entry->second;
}

/// Gives the index of a detail. An object is stored as its keys and values by turns, anything else as one text.
std::size_t HtmlData::detail(const std::string& json) {
  const auto [entry, added] = detail_ids_.try_emplace(json, details_.size());
  if (!added) return entry->second;
  Ordered fields = Ordered::array();
  const Ordered parsed = Ordered::parse(json.empty() ? "{}" : json, nullptr, false);
  if (parsed.is_object()) {
    for (const auto& [key, value] : parsed.items()) {
      fields.push_back(text(key));
      fields.push_back(text(value_text(value)));
    }
  } else {
    fields.push_back(text(json));
  }
  details_.push_back(std::move(fields));
  return entry->second;
}

std::size_t HtmlData::shape(const ShownEvent& event, StepRequests& requests) {
  requests.see(event);
  const bool answers = event.kind == "http.response";
  const Shape key{text(event.kind),     text(event.actor),    text(event.workspace),
                  text(event.instance), detail(event.detail), answers ? text(requests.words(event)) : 0};
  const auto [entry, added] = shape_ids_.try_emplace(key, shapes_.size());
  if (!added) return entry->second;
  const auto& [kind, actor, workspace, instance, fields, words] = key;
  shapes_.push_back({kind, actor, workspace, instance, fields, answers ? words : text(in_words(event))});
  return entry->second;
}

Ordered HtmlData::events(const Outcome& outcome) {
  Ordered at = Ordered::array();
  Ordered shapes = Ordered::array();
  Ordered back = Ordered::array();
  StepRequests requests;
  std::int64_t before = 0;
  std::int64_t index = 0;
  for (const ShownEvent& event : outcome.events) {
    at.push_back(micros(event.at) - before);
    before = micros(event.at);
    shapes.push_back(shape(event, requests));
    const auto cause = event.cause == 0 ? kNone : index_of(outcome, event.cause);
    back.push_back(cause == kNone ? 0 : index - cause);
    ++index;
  }
  const std::uint32_t first = outcome.events.empty() ? 1 : outcome.events.front().seq;
  return {{"first", first}, {"at", at}, {"shape", shapes}, {"back", back}};
}

Ordered HtmlData::rows(const Outcome& outcome) {
  return array_of(outcome.rows, [&](const scenarios::ShownRow& row) {
    return Ordered::array({index_of(outcome, row.event), micros(row.at), text(row.workspace), row.exists ? 1 : 0,
                           text(row.status), text(row.url), text(row.instance_id)});
  });
}

Ordered HtmlData::volumes(const Outcome& outcome) {
  return array_of(outcome.volumes, [&](const scenarios::ShownVolume& volume) {
    return Ordered::array({index_of(outcome, volume.event), micros(volume.at), text(volume.volume),
                           text(volume.workspace), text(volume.instance_id), text(volume.state)});
  });
}

Ordered HtmlData::violations(const Outcome& outcome) {
  Ordered out = Ordered::array();
  for (const scenarios::ShownViolation& violation : outcome.violations) {
    out.push_back(Ordered::array({index_of(outcome, violation.event), micros(violation.at), text(violation.invariant),
                                  text(violation.message), text(violation.workspace), text(violation.instance)}));
  }
  return out;
}

Ordered HtmlData::decisions(const Outcome& outcome) {
  return array_of(by_time(outcome.tape), [&](const scenarios::ShownDecision& decision) {
    return Ordered::array({micros(decision.at), text(decision.site), decision.occurrence, decision.bound,
                           decision.value, text(in_words(decision))});
  });
}

Ordered HtmlData::responses(const Outcome& outcome) {
  return array_of(outcome.responses, [&](const scenarios::ShownResponse& response) {
    return Ordered::array({micros(response.at), text(response.id), response.nth, text(response.request),
                           text(response.as), response.status, text(compact_json(object_of(response.headers))),
                           text(compact_json(Ordered(response.body)))});
  });
}

Ordered HtmlData::run(const CaseReport& report) {
  const Outcome& outcome = report.outcome;
  return {{"scenario", printable(outcome.scenario)},
          {"case", printable(outcome.case_name)},
          {"policy", printable(outcome.policy)},
          {"length", outcome.virtual_length.count()},
          {"start", outcome.start_unix_us},
          {"events", events(outcome)},
          {"rows", rows(outcome)},
          {"volumes", volumes(outcome)},
          {"violations", violations(outcome)},
          {"decisions", decisions(outcome)},
          {"responses", responses(outcome)}};
}

Ordered HtmlData::of(std::span<const CaseReport> reports) {
  Ordered runs = Ordered::array();
  for (const CaseReport& report : reports) runs.push_back(run(report));
  const Ordered pairs = array_of(pairs_of(reports), [&](const RunPair& pair) { return pair_json(reports, pair); });
  return {{"format", "drydock.page/1"}, {"texts", texts_}, {"details", details_},
          {"shapes", shapes_},          {"runs", runs},    {"pairs", pairs}};
}

std::vector<RunPair> pairs_of(std::span<const CaseReport> reports) {
  std::vector<RunPair> pairs;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const auto runs = runs_of(reports, reports[i].outcome.scenario);
    if (runs.front() != i) continue;  // the scenario has been seen
    const auto found =
        std::find_if(runs.begin(), runs.end(), [&](std::size_t run) { return stands_out(reports[run].outcome); });
    const auto anchor = found == runs.end() ? runs.begin() : found;
    for (auto other = anchor + 1; other != runs.end(); ++other) pairs.push_back({*anchor, *other});
    for (auto other = runs.begin(); other != anchor; ++other) pairs.push_back({*anchor, *other});
  }
  return pairs;
}

}  // namespace drydock::reports
