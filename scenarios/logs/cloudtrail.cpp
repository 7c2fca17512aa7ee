// CloudTrail's log files: `{"Records": […]}`, a record for each API call.

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"

namespace drydock::scenarios {
namespace {

/// `RunInstances of ec2.amazonaws.com: InsufficientInstanceCapacity`; of what is no call, its type.
std::string in_short(const Json& record) {
  if (!record.contains("eventName")) return text_member(record, "eventType");
  std::string text = text_member(record, "eventName") + " of " + text_member(record, "eventSource");
  const std::string code = text_member(record, "errorCode");
  return code.empty() ? text : text + ": " + code;
}

void decode_record(DiagnosticSink& report, const Node& record, DecodedLog& log) {
  if (!is_object(report, record)) return;
  // Insights and configuration items are no calls; their type says so.
  const bool is_call = record.find("eventType") == nullptr || record.find("eventName") != nullptr;
  for (const char* key : {"eventTime", "eventSource", "eventName"}) {
    const Node* found = record.find(key);
    if (found == nullptr && !is_call && key != std::string_view{"eventTime"}) continue;
    if (found == nullptr) return report.error(record, "missing key " + in_quotes(key));
    if (!read_string(report, *found)) return;
  }
  const Node& time = *record.find("eventTime");
  const auto at = parse_log_instant(time.json->get_ref<const std::string&>());
  if (!at) return report.error(time, "expected an instant (RFC 3339)");
  LogLine line{place_of(report, record, in_short(*record.json)), *at, {}, *record.json};
  line.labels["eventSource"] = text_member(*record.json, "eventSource");
  line.labels["eventName"] = text_member(*record.json, "eventName");
  log.lines.push_back(std::move(line));
}

}  // namespace

void decode_cloudtrail(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (!is_object(report, root)) return;
  const Node* records = root.find("Records");
  if (records == nullptr) return report.error(root, "missing key \"Records\"");
  if (!is_list(report, *records)) return;
  for (const Node& record : records->children) decode_record(report, record, log);
}

}  // namespace drydock::scenarios
