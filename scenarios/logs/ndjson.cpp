// One event a line, as other programs and `drydock import` write it.

#include <array>

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"
#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 6> kTimeKeys{"at_s", "at", "ts", "time", "timestamp", "@timestamp"};

std::optional<LogTime> read_time(DiagnosticSink& report, const Node& node) {
  if (node.json->is_number()) {
    if (const auto at = parse_log_number(report.source().number_text(node))) return at;
    report.error(node, "expected seconds, or milliseconds since 1970, without sign and exponent");
    return std::nullopt;
  }
  const auto text = read_string(report, node);
  if (!text) return std::nullopt;
  const auto at = parse_log_time(*text);
  if (at) return at;
  const bool lacks_zone = parse_utc_instant(*text).has_value();
  report.error(node, "expected an instant (RFC 3339) or seconds, found " + in_quotes(*text),
               lacks_zone ? "it has no offset: Z, or +02:00" : "");
  return std::nullopt;
}

const Node* find_time(const Node& root) {
  for (const std::string_view key : kTimeKeys) {
    if (const Node* found = root.find(key)) return found;
  }
  return nullptr;
}

/// A line without a time of its own: what the log shows, and from when to when.
void read_header(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (const Node* visible = root.find("visible")) {
    for (VisibleKind& kind : read_visible(report, *visible)) log.visible.push_back(std::move(kind));
  }
  if (const Node* since = root.find("since")) keep_earlier(log.since, read_time(report, *since));
  if (const Node* until = root.find("until")) keep_later(log.until, read_time(report, *until));
}

bool is_header(const Node& root) {
  return root.find("visible") != nullptr || root.find("since") != nullptr || root.find("until") != nullptr;
}

}  // namespace

std::optional<LogTime> time_in_body(const Json& body) {
  for (const std::string_view key : kTimeKeys) {
    const auto found = body.find(key);
    if (found != body.end()) return time_of_value(*found);
  }
  return std::nullopt;
}

void decode_ndjson_line(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (root.json->is_array()) {
    for (const Node& child : root.children) decode_ndjson_line(report, child, log);
    return;
  }
  if (!is_object(report, root)) return;
  if (const Node* events = root.find("events");
      events != nullptr && text_member(*root.json, "format") == "drydock.log/1") {
    read_header(report, root, log);
    return decode_ndjson_line(report, *events, log);
  }
  if (root.find("digestStartTime") != nullptr)
    return report.error(root, "the file looks like a digest of CloudTrail, which holds no records",
                        "the log files that it lists do");
  if (root.find("awslogs") != nullptr)
    return report.error(root, "the file looks like the event of a Lambda function, which holds lines in base64",
                        "jq -r .awslogs.data FILE | base64 -d > log.json.gz");
  std::optional<LogTime> at;
  if (const Json* named = log.time_field.empty() ? nullptr : find_path(*root.json, log.time_field)) {
    at = time_of_value(*named);
    if (!at) return report.error(root, "expected a time as " + log.time_field + ", which the mapping names");
  } else {
    const Node* time = find_time(root);
    if (time == nullptr && is_header(root)) return read_header(report, root, log);
    if (time == nullptr) {
      return report.error(root, "the line has no time",
                          "one of at_s, at, ts, time, timestamp, @timestamp, or what a mapping's \"time\" names");
    }
    at = read_time(report, *time);
    if (!at) return;
  }
  const std::string text = root.json->dump(-1, ' ', false, Json::error_handler_t::replace);
  log.lines.push_back({place_of(report, root, text), *at, {}, *root.json});
}

}  // namespace drydock::scenarios
