// What Loki answers to `query_range` and `tail`, what `logcli --output=jsonl` prints, and Grafana's JSON of the same.

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"

namespace drydock::scenarios {
namespace {

/// The member of this name, or null and an error.
const Node* need(DiagnosticSink& report, const Node& node, std::string_view key) {
  if (!is_object(report, node)) return nullptr;
  const Node* found = node.find(key);
  if (found == nullptr) report.error(node, "missing key " + in_quotes(key));
  return found;
}

/// Tells whether the member is this very word; reports it otherwise.
bool need_word(DiagnosticSink& report, const Node& node, std::string_view key, std::string_view word) {
  const Node* found = need(report, node, key);
  if (found == nullptr) return false;
  const auto text = read_string(report, *found);
  if (!text) return false;
  if (*text == word) return true;
  const bool numbers = *text == "matrix" || *text == "vector";
  report.error(*found, "expected " + in_quotes(word) + ", found " + in_quotes(*text),
               numbers ? "a metric query gives numbers; ask for the lines themselves" : "");
  return false;
}

/// Reads the labels that a line has beside its stream's: structured metadata, or, where labels are categorized, what is
/// under `structuredMetadata` and `parsed`.
void read_own_labels(DiagnosticSink& report, const Node& node, std::map<std::string, std::string>& labels) {
  if (!is_object(report, node)) return;
  for (const Node& child : node.children) {
    const bool is_category = *child.key == "structuredMetadata" || *child.key == "parsed";
    if (is_category && child.json->is_object()) {
      read_labels(report, child, labels);
    } else if (auto text = read_string(report, child)) {
      labels[*child.key] = *std::move(text);
    }
  }
}

/// `["ns", "line"]`; a third element holds further labels.
void decode_value(DiagnosticSink& report, const Node& value, const std::map<std::string, std::string>& labels,
                  DecodedLog& log) {
  if (!is_list(report, value)) return;
  if (value.children.size() != 2 && value.children.size() != 3)
    return report.error(value, "expected [nanoseconds, line]");
  const auto ns = read_string(report, value.children[0]);
  const auto line = read_string(report, value.children[1]);
  if (!ns || !line) return;
  const auto at = parse_log_nanoseconds(*ns);
  if (!at) return report.error(value.children[0], "expected nanoseconds since 1970 as text, found " + in_quotes(*ns));
  LogLine& made = log.lines.emplace_back(LogLine{place_of(report, value, *line), *at, labels, body_of_line(*line)});
  if (value.children.size() == 3) read_own_labels(report, value.children[2], made.labels);
}

void decode_stream(DiagnosticSink& report, const Node& stream, DecodedLog& log) {
  const Node* labels = need(report, stream, "stream");
  const Node* values = labels == nullptr ? nullptr : need(report, stream, "values");
  if (values == nullptr || !is_list(report, *values)) return;
  std::map<std::string, std::string> texts;
  read_labels(report, *labels, texts);
  for (const Node& value : values->children) decode_value(report, value, texts, log);
}

/// The time of a line: RFC 3339 of logcli, or nanoseconds as Grafana writes them.
std::optional<LogTime> read_timestamp(DiagnosticSink& report, const Node& node) {
  if (node.json->is_number()) return parse_log_number(report.source().number_text(node));
  const auto text = read_string(report, node);
  return text ? parse_log_time(*text) : std::nullopt;
}

void decode_streams(DiagnosticSink& report, const Node& streams, DecodedLog& log) {
  if (!is_list(report, streams)) return;
  for (const Node& stream : streams.children) decode_stream(report, stream, log);
}

}  // namespace

bool is_loki(const Json& value) {
  if (!value.is_object()) return false;
  if (value.contains("status") && (value.contains("data") || value.contains("error"))) return true;
  return value.contains("resultType") || (value.contains("streams") && value["streams"].is_array());
}

bool is_logcli(const Json& value) {
  if (value.is_array()) return !value.empty() && is_logcli(value.front());
  if (!value.is_object() || !value.contains("line")) return false;
  return value.contains("labels") || value.contains("timestamp");
}

void decode_loki(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  // A tail answers streams alone, message after message.
  if (const Node* streams = root.find("streams")) return decode_streams(report, *streams, log);
  const Node* data = &root;
  if (root.find("resultType") == nullptr) {
    if (!need_word(report, root, "status", "success")) return;
    data = need(report, root, "data");
  }
  if (data == nullptr || !need_word(report, *data, "resultType", "streams")) return;
  const Node* result = need(report, *data, "result");
  if (result != nullptr) decode_streams(report, *result, log);
}

void decode_logcli_line(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (root.json->is_array()) {
    for (const Node& child : root.children) decode_logcli_line(report, child, log);
    return;
  }
  const Node* line = need(report, root, "line");
  const Node* timestamp = line == nullptr ? nullptr : need(report, root, "timestamp");
  if (timestamp == nullptr) return;
  const auto text = read_string(report, *line);
  if (!text) return;
  const auto at = read_timestamp(report, *timestamp);
  if (!at) {
    const std::string found =
        timestamp->json->is_string() ? ", found " + in_quotes(timestamp->json->get<std::string>()) : "";
    return report.error(*timestamp, "expected an instant (RFC 3339) or nanoseconds since 1970" + found);
  }
  LogLine& made = log.lines.emplace_back(LogLine{place_of(report, root, *text), *at, {}, body_of_line(*text)});
  for (const char* key : {"labels", "fields"}) {
    if (const Node* labels = root.find(key)) read_labels(report, *labels, made.labels);
  }
}

}  // namespace drydock::scenarios
