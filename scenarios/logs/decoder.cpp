#include "scenarios/logs/decoder.hpp"

#include <algorithm>
#include <array>

#include "model/kinds.hpp"
#include "scenarios/files/decode_parts.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 4> kNames{"loki", "logcli", "cloudtrail", "ndjson"};

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const auto from = line.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return line.substr(from, line.find_last_not_of(kBlank) - from + 1);
}

/// Calls `each(number, line)` for every line that holds something; lines of comment are not among them.
template <typename Each>
void for_each_line(std::string_view text, Each each) {
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const std::string_view content = trimmed(line);
    if (content.empty() || content.starts_with("//")) continue;
    if (!each(number, line)) return;
  }
}

std::optional<LogKind> kind_of_object(const Json& value) {
  if (!value.is_object()) return std::nullopt;
  if (value.contains("Records")) return LogKind::cloudtrail;
  if (value.contains("status") && value.contains("data")) return LogKind::loki;
  if (value.contains("line") && (value.contains("labels") || value.contains("timestamp"))) return LogKind::logcli;
  return std::nullopt;
}

/// A document of many lines is recognised by its first key, so that what is wrong further down is reported by the
/// decoder that it was meant for.
LogKind kind_by_first_key(std::string_view text) {
  const auto quote = text.find('"');
  const auto key = quote == std::string_view::npos ? std::string_view{} : text.substr(quote + 1);
  if (key.starts_with("Records\"")) return LogKind::cloudtrail;
  if (key.starts_with("status\"") || key.starts_with("data\"")) return LogKind::loki;
  return LogKind::ndjson;
}

LogKind recognise(std::string_view text) {
  LogKind kind = LogKind::ndjson;
  for_each_line(text, [&](std::size_t, std::string_view line) {
    const JsonSource first(line);
    if (first.error()) {
      kind = kind_by_first_key(text.substr(static_cast<std::size_t>(line.data() - text.data())));
    } else {
      kind = kind_of_object(*first.root().json).value_or(LogKind::ndjson);
    }
    return false;
  });
  return kind;
}

using Decode = void (*)(DiagnosticSink&, const Node&, DecodedLog&);

void decode_document(const std::string& file, std::string_view text, Decode decode, DecodedLog& log) {
  const JsonSource source(text);
  DiagnosticSink report(file, source);
  if (report.check_source()) decode(report, source.root(), log);
  log.errors = report.take_errors();
}

void decode_lines(const std::string& file, std::string_view text, Decode decode, DecodedLog& log) {
  for_each_line(text, [&](std::size_t number, std::string_view line) {
    const JsonSource source(line);
    DiagnosticSink report(file, source);
    const std::size_t before = log.lines.size();
    if (report.check_source()) decode(report, source.root(), log);
    for (std::size_t i = before; i < log.lines.size(); ++i) {
      log.lines[i].place.line = number;
      if (log.kind == LogKind::ndjson) log.lines[i].place.text = trimmed(line);
    }
    for (Diagnostic& error : report.take_errors()) {
      error.line = number;
      log.errors.push_back(std::move(error));
    }
    return log.errors.size() < DiagnosticSink::kMostErrors;
  });
}

}  // namespace

std::vector<std::string> log_kind_names() { return to_strings(kNames); }

std::optional<LogKind> parse_log_kind(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<LogKind>(found - kNames.begin());
}

DecodedLog decode_log(const std::string& file, std::string_view text, std::optional<LogKind> kind) {
  DecodedLog log;
  log.kind = kind.value_or(recognise(text));
  switch (log.kind) {
    case LogKind::loki:
      decode_document(file, text, decode_loki, log);
      break;
    case LogKind::cloudtrail:
      decode_document(file, text, decode_cloudtrail, log);
      break;
    case LogKind::logcli:
      decode_lines(file, text, decode_logcli_line, log);
      break;
    case LogKind::ndjson:
      decode_lines(file, text, decode_ndjson_line, log);
      break;
  }
  return log;
}

std::vector<std::string> event_kind_names() {
  std::vector<std::string> names;
  for (const sim::KindInfo& kind : model::kind_table()) names.emplace_back(kind.name);
  return names;
}

std::vector<VisibleKind> read_visible(DiagnosticSink& report, const Node& node) {
  std::vector<VisibleKind> visible;
  if (!is_list(report, node)) return visible;
  for (const Node& child : node.children) {
    if (child.json->is_string()) {
      if (auto kind = read_event_kind(report, child)) visible.push_back({*std::move(kind), Json::object()});
      continue;
    }
    const Fields fields(report, child, shape::visible_kind);
    const Node* name = fields.find("kind");
    if (name == nullptr) continue;
    const Node* where = fields.find("where");
    auto kind = read_event_kind(report, *name);
    if (!kind || (where != nullptr && !is_object(report, *where))) continue;
    visible.push_back({*std::move(kind), where == nullptr ? Json::object() : *where->json});
  }
  return visible;
}

LogPlace place_of(const DiagnosticSink& report, const Node& node, std::string text) {
  const Position at = report.source().position(node.offset);
  return {report.file(), at.line, at.column, std::move(text)};
}

void read_labels(DiagnosticSink& report, const Node& node, std::map<std::string, std::string>& labels) {
  if (!is_object(report, node)) return;
  for (const Node& child : node.children) {
    if (auto text = read_string(report, child)) labels[*child.key] = *std::move(text);
  }
}

Json body_of_line(std::string_view line) {
  const std::string_view content = trimmed(line);
  if (!content.starts_with('{')) return nullptr;
  const JsonSource source(content);
  return source.error() ? Json(nullptr) : *source.root().json;
}

}  // namespace drydock::scenarios
