// Events of EventBridge: API calls, whose detail is a record of CloudTrail, and states that instances enter
// (docs/conform.md, *Logs*).

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"
#include "scenarios/logs/trail_record.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::string_view kStateChange = "EC2 Instance State-change Notification";

/// Gives what an event lacks, in words; empty where it is whole.
std::string missing_in(const Json& event, bool is_state_change) {
  for (const char* key : {"time", "detail"}) {
    if (!event.contains(key)) return "missing key " + in_quotes(key);
  }
  const Json& detail = event["detail"];
  if (!detail.is_object()) return "detail is an object, not " + std::string{type_in_words(detail)};
  for (const char* key : {"instance-id", "state"}) {
    if (is_state_change && text_member(detail, key).empty()) return "missing text " + in_quotes(key) + " in detail";
  }
  return {};
}

}  // namespace

bool is_eventbridge(const Json& value) {
  if (value.is_array()) return !value.empty() && is_eventbridge(value.front());
  return value.is_object() && value.contains("detail-type") && value.contains("detail");
}

std::string decode_bridged_event(const Json& event, LogPlace place, DecodedLog& log) {
  const std::string type = text_member(event, "detail-type");
  const bool is_state_change = type == kStateChange;
  if (std::string missing = missing_in(event, is_state_change); !missing.empty()) return missing;
  if (is_record(event["detail"])) return decode_cloudtrail_row(event["detail"], std::move(place), log);
  const std::string time = text_member(event, "time");
  const auto at = parse_utc_instant(time);
  if (!at) return "expected an instant (RFC 3339) as time, found " + in_quotes(time);
  place.text = type;
  if (is_state_change)
    place.text = text_member(event["detail"], "instance-id") + " is " + text_member(event["detail"], "state");
  LogLine line{std::move(place), *at, {}, event, is_state_change ? LogContent::state_change : LogContent::line};
  line.labels["detail-type"] = type;
  line.labels["source"] = text_member(event, "source");
  log.lines.push_back(std::move(line));
  return {};
}

void decode_eventbridge(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (root.json->is_array()) {
    for (const Node& child : root.children) decode_eventbridge(report, child, log);
    return;
  }
  if (!is_object(report, root)) return;
  const std::string wrong = decode_bridged_event(*root.json, place_of(report, root, {}), log);
  if (!wrong.empty()) report.error(root, wrong);
}

}  // namespace drydock::scenarios
