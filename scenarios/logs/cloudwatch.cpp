// Lines of CloudWatch Logs: what filter-log-events and get-log-events answer, and what a subscription delivers
// (docs/conform.md, *Logs*). A line may be anything: text, a record of CloudTrail, an event of EventBridge.

#include <algorithm>

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/trail_record.hpp"

namespace drydock::scenarios {
namespace {

using Labels = std::map<std::string, std::string>;

/// Tells whether a value is a line of an answer. A line of plain JSON may have a time and a message, too.
bool is_watched_line(const Json& value) {
  if (!value.is_object() || !value.contains("message") || !value.contains("timestamp")) return false;
  return value.contains("ingestionTime") || value.contains("logStreamName");
}

/// Reads a text member of an envelope as a label of its lines.
void read_label(const Node& from, const char* key, const char* label, Labels& labels) {
  const Node* found = from.find(key);
  if (found != nullptr && found->json->is_string()) labels[label] = *found->json;
}

/// Reads milliseconds since 1970.
std::optional<LogTime> time_of(const Json& value) {
  constexpr std::uint64_t kLatest = 100'000'000'000'000;  // ms; the year 5138
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kLatest) return std::nullopt;
  return LogTime{value.get<std::int64_t>() * 1000, true};
}

void decode_line(DiagnosticSink& report, const Node& node, Labels labels, DecodedLog& log) {
  if (!is_object(report, node)) return;
  const Node* message = node.find("message");
  const Node* timestamp = node.find("timestamp");
  if (message == nullptr) return report.error(node, "missing key \"message\"");
  if (timestamp == nullptr) return report.error(node, "missing key \"timestamp\"");
  const auto text = read_string(report, *message);
  if (!text) return;
  const auto at = time_of(*timestamp->json);
  if (!at) return report.error(*timestamp, "expected milliseconds since 1970, a whole number");
  read_label(node, "logStreamName", "logStream", labels);
  Json body = body_of_line(*text);
  LogPlace place = place_of(report, node, *text);
  const bool is_event = is_eventbridge(body);
  if (!is_event && !is_record(body)) {
    log.lines.push_back({std::move(place), *at, std::move(labels), std::move(body)});
    return;
  }
  const std::string wrong =
      is_event ? decode_bridged_event(body, std::move(place), log) : decode_cloudtrail_row(body, std::move(place), log);
  if (!wrong.empty()) return report.error(*message, wrong);
  log.lines.back().labels.insert(labels.begin(), labels.end());
}

/// Finds the lines of an envelope; null where it has none.
const Node* lines_of(const Node& root) {
  const Node* lines = root.find("logEvents");
  return lines != nullptr ? lines : root.find("events");
}

}  // namespace

bool is_cloudwatch(const Json& value) {
  if (value.is_array()) return !value.empty() && is_cloudwatch(value.front());
  if (!value.is_object()) return false;
  if (is_watched_line(value) || (value.contains("logEvents") && value["logEvents"].is_array())) return true;
  const auto events = value.find("events");
  if (events == value.end() || !events->is_array() || value.contains("format")) return false;
  if (!events->empty()) return is_watched_line(events->front());
  return value.contains("searchedLogStreams") || value.contains("nextForwardToken") || value.contains("nextToken");
}

void decode_cloudwatch(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (root.json->is_array()) {
    for (const Node& child : root.children) decode_cloudwatch(report, child, log);
    return;
  }
  if (!is_object(report, root)) return;
  const Node* lines = lines_of(root);
  if (lines == nullptr) return decode_line(report, root, {}, log);
  // Asks whether the destination is there: nobody logged it.
  if (text_member(*root.json, "messageType") == "CONTROL_MESSAGE" || !is_list(report, *lines)) return;
  Labels labels;
  read_label(root, "logGroup", "logGroup", labels);
  read_label(root, "logStream", "logStream", labels);
  for (const Node& line : lines->children) decode_line(report, line, labels, log);
}

}  // namespace drydock::scenarios
