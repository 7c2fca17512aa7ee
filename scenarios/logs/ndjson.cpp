// One event a line, as other programs and `drydock import` write it.

#include <array>

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 5> kTimeKeys{"at_s", "at", "ts", "time", "timestamp"};

std::optional<LogTime> read_time(DiagnosticSink& report, const Node& node) {
  if (node.json->is_number()) {
    if (const auto at = parse_log_seconds(report.source().number_text(node))) return at;
    report.error(node, "expected seconds, without sign and exponent");
    return std::nullopt;
  }
  const auto text = read_string(report, node);
  if (!text) return std::nullopt;
  const auto at = parse_log_time(*text);
  if (!at) report.error(node, "expected an instant (RFC 3339) or seconds, found " + in_quotes(*text));
  return at;
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

void decode_ndjson_line(DiagnosticSink& report, const Node& root, DecodedLog& log) {
  if (!is_object(report, root)) return;
  const Node* time = find_time(root);
  if (time == nullptr && is_header(root)) return read_header(report, root, log);
  if (time == nullptr) return report.error(root, "the line has no time", "one of at_s, at, ts, time, timestamp");
  const auto at = read_time(report, *time);
  if (!at) return;
  log.lines.push_back({place_of(report, root, {}), *at, {}, *root.json});
}

}  // namespace drydock::scenarios
