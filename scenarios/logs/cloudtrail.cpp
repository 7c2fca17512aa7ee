// CloudTrail's records, a record for each API call, in the forms in which people have them (docs/conform.md, *Logs*).

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"
#include "scenarios/logs/trail_record.hpp"

namespace drydock::scenarios {
namespace {

/// `RunInstances of ec2.amazonaws.com: InsufficientInstanceCapacity`; of what is no call, its type.
std::string in_short(const Json& record) {
  if (!record.contains("eventName")) return text_member(record, "eventType");
  std::string text = text_member(record, "eventName") + " of " + text_member(record, "eventSource");
  const std::string code = text_member(record, "errorCode");
  return code.empty() ? text : text + ": " + code;
}

/// Gives what a record lacks, in words; empty where it is whole.
std::string missing_in(const Json& record) {
  // Insights and configuration items are no calls; their type says so.
  const bool is_call = !record.contains("eventType") || record.contains("eventName");
  for (const char* key : {"eventTime", "eventSource", "eventName"}) {
    const auto found = record.find(key);
    if (found != record.end() && found->is_string()) continue;
    if (found != record.end()) return std::string{key} + " is a string, not " + std::string{type_in_words(*found)};
    if (is_call || key == std::string_view{"eventTime"}) return "missing key " + in_quotes(key);
  }
  return {};
}

/// Reads a record; gives what is wrong, in words, or nothing.
std::string add_record(const Json& exported, LogPlace place, DecodedLog& log) {
  Json record = plain_record(exported);
  if (std::string missing = missing_in(record); !missing.empty()) return missing;
  const std::string time = text_member(record, "eventTime");
  const auto at = parse_utc_instant(time);
  if (!at) return "expected an instant (RFC 3339) as eventTime, found " + in_quotes(time);
  place.text = in_short(record);
  LogLine line{std::move(place), *at, {}, std::move(record), LogContent::record};
  line.labels["eventSource"] = text_member(line.body, "eventSource");
  line.labels["eventName"] = text_member(line.body, "eventName");
  log.lines.push_back(std::move(line));
  return {};
}

/// Reads a record that stands in a string, or one that is an object.
std::string add_any(const Json& value, const LogPlace& place, DecodedLog& log) {
  const std::string* inside = value.is_string() ? value.get_ptr<const std::string*>() : whole_record_in(value);
  if (inside == nullptr) return add_record(value, place, log);
  const JsonSource source(*inside);
  if (source.error()) return "the record in this string is not JSON: " + source.error()->message;
  if (!source.root().json->is_object()) return "the string does not hold a record";
  return add_record(*source.root().json, place, log);
}

/// A row of CloudTrail Lake: a list of objects, each of which has one column.
Json merged(const Json& row) {
  Json record = Json::object();
  for (const Json& column : row) {
    if (column.is_object()) record.update(column);
  }
  return record;
}

void decode_list(DiagnosticSink& report, const Node& list, DecodedLog& log) {
  if (!is_list(report, list)) return;
  for (const Node& child : list.children) {
    const bool is_row = child.json->is_array();
    if (!is_row && !child.json->is_string() && !is_object(report, child)) continue;
    const std::string wrong = add_any(is_row ? merged(*child.json) : *child.json, place_of(report, child, {}), log);
    if (!wrong.empty()) report.error(child, wrong);
  }
}

}  // namespace

bool is_cloudtrail(const Json& value) {
  if (value.is_array())
    return !value.empty() && is_cloudtrail(value.front().is_array() ? merged(value.front()) : value.front());
  if (value.is_string()) {
    const JsonSource source(value.get_ref<const std::string&>());
    return !source.error() && is_record(*source.root().json);
  }
  if (!value.is_object()) return false;
  for (const char* list : {"Records", "Events", "QueryResultRows"}) {
    if (const auto found = value.find(list); found != value.end() && found->is_array()) return true;
  }
  return value.contains("Records") || whole_record_in(value) != nullptr || is_record(value);
}

void decode_cloudtrail(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (root.json->is_array()) return decode_list(report, root, log);
  for (const char* key : {"Records", "Events", "QueryResultRows"}) {
    if (const Node* records = root.find(key)) return decode_list(report, *records, log);
  }
  if (!root.json->is_string() && !is_object(report, root)) return;
  if (root.json->is_object() && !is_record(*root.json) && whole_record_in(*root.json) == nullptr)
    return report.error(root, "missing key \"Records\"");
  const std::string wrong = add_any(*root.json, place_of(report, root, {}), log);
  if (!wrong.empty()) report.error(root, wrong);
}

std::string decode_cloudtrail_row(const Json& row, LogPlace place, DecodedLog& log) { return add_any(row, place, log); }

}  // namespace drydock::scenarios
