#include "scenarios/logs/decoder.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "model/kinds.hpp"
#include "scenarios/files/decode_parts.hpp"
#include "scenarios/logs/log_time.hpp"
#include "scenarios/logs/pieces.hpp"
#include "scenarios/logs/template.hpp"
#include "scenarios/logs/unpack.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 7> kNames{"loki",        "logcli", "cloudtrail", "cloudwatch",
                                                 "eventbridge", "ndjson", "text"};

LogKind kind_of_value(const Json& value) {
  if (is_loki(value)) return LogKind::loki;
  if (is_cloudtrail(value)) return LogKind::cloudtrail;
  if (is_cloudwatch(value)) return LogKind::cloudwatch;
  if (is_eventbridge(value)) return LogKind::eventbridge;
  return is_logcli(value) ? LogKind::logcli : LogKind::ndjson;
}

/// A document that cannot be read is recognised by its first key, so that what is wrong is reported by the decoder that
/// it was meant for.
LogKind kind_by_first_key(std::string_view text) {
  const auto quote = text.find('"');
  const auto key = quote == std::string_view::npos ? std::string_view{} : text.substr(quote + 1);
  for (const std::string_view trail : {"Records\"", "Events\"", "QueryResultRows\""}) {
    if (key.starts_with(trail)) return LogKind::cloudtrail;
  }
  for (const std::string_view watch : {"logEvents\"", "messageType\""}) {
    if (key.starts_with(watch)) return LogKind::cloudwatch;
  }
  for (const std::string_view loki : {"status\"", "data\"", "streams\"", "resultType\""}) {
    if (key.starts_with(loki)) return LogKind::loki;
  }
  return LogKind::ndjson;
}

/// A line of text may begin with a bracket, too (`[info] …`), and a row of CSV with a quote.
bool is_json(std::string_view content) {
  if (content.starts_with('[')) {
    const std::string_view inside = without_blanks(content.substr(1));
    return inside.empty() || inside.find_first_of("{[\"]") == 0;
  }
  if (content.starts_with('"')) return end_of_value(content) == content.size();
  return content.starts_with('{');
}

/// Tells whether every value stands in a line of its own: then one that is broken costs no other. The first line may be
/// the broken one, unless it ends as the first line of a document does.
bool is_by_lines(std::string_view text) {
  const auto lines = log_lines(text);
  if (lines.empty()) return false;
  const std::string_view first = without_blanks(lines.front().text);
  if (end_of_value(first)) return true;
  if (lines.size() < 2 || !first.starts_with('{') || first.find_last_of("{[,") == first.size() - 1) return false;
  const std::string_view second = without_blanks(lines[1].text);
  return second.starts_with('{') && end_of_value(second) == second.size();
}

LogKind recognise(std::string_view text) {
  const auto lines = log_lines(text);
  if (lines.empty()) return LogKind::ndjson;
  if (!is_json(without_blanks(lines.front().text))) return kind_of_csv(text).value_or(LogKind::text);
  for (const LogPiece& piece : log_values(text, is_by_lines(text))) {
    const JsonSource first(piece.text);
    return first.error() ? kind_by_first_key(piece.text) : kind_of_value(*first.root().json);
  }
  return LogKind::ndjson;
}

using Decode = void (*)(DiagnosticSink&, const Node&, DecodedLog&);

Decode decoder_of(LogKind kind) {
  switch (kind) {
    case LogKind::loki:
      return decode_loki;
    case LogKind::cloudtrail:
      return decode_cloudtrail;
    case LogKind::logcli:
      return decode_logcli_line;
    case LogKind::cloudwatch:
      return decode_cloudwatch;
    case LogKind::eventbridge:
      return decode_eventbridge;
    case LogKind::ndjson:
    case LogKind::text:
      break;
  }
  return decode_ndjson_line;
}

/// Counts a place within a piece from the beginning of the file.
void move_to(const LogPiece& piece, std::size_t& line, std::size_t& column) {
  if (line == 0) return;
  if (line == 1) column += piece.column - 1;
  line += piece.line - 1;
}

void decode_piece(const std::string& file, const LogPiece& piece, DecodedLog& log) {
  const JsonSource source(piece.text);
  DiagnosticSink report(file, source);
  const std::size_t before = log.lines.size();
  if (report.check_source()) decoder_of(log.kind)(report, source.root(), log);
  for (std::size_t i = before; i < log.lines.size(); ++i) {
    move_to(piece, log.lines[i].place.line, log.lines[i].place.column);
  }
  // A line of its own is shown as it is written.
  if (log.kind == LogKind::ndjson && log.lines.size() == before + 1 && source.root().json->is_object())
    log.lines.back().place.text = without_blanks(piece.text);
  for (Diagnostic& error : report.take_errors()) {
    move_to(piece, error.line, error.column);
    log.errors.push_back(std::move(error));
  }
}

void decode_values(const std::string& file, std::string_view text, DecodedLog& log) {
  for (const LogPiece& piece : log_values(text, is_by_lines(text))) {
    if (log.errors.size() >= kMostLogErrors) return;
    decode_piece(file, piece, log);
  }
}

/// A field that the mapping names goes before the time that the log's form gives to a line.
void take_named_times(DecodedLog& log) {
  if (log.time_field.empty() || log.kind == LogKind::ndjson) return;
  for (LogLine& line : log.lines) {
    const Json* named = line.body.is_null() ? nullptr : find_path(line.body, log.time_field);
    if (named == nullptr) continue;
    if (const auto at = time_of_value(*named)) {
      line.at = *at;
    } else {
      log.errors.push_back(
          problem_at(line.place, "expected a time as " + log.time_field + ", which the mapping names"));
    }
  }
}

/// What is wrong, without where it stands and without what the line has there.
std::string kind_of_error(const Diagnostic& error) {
  std::string kind;
  bool quoted = false;
  for (const char c : error.pointer + " " + error.message) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c < '0' || c > '9')) kind += c;
  }
  return kind;
}

/// One mistake of many lines is told at the first of them.
void tell_once(std::vector<Diagnostic>& errors) {
  std::map<std::string, std::size_t> place_of_kind;
  std::vector<Diagnostic> once;
  std::vector<std::size_t> counts;
  for (Diagnostic& error : errors) {
    const auto [found, is_new] = place_of_kind.try_emplace(kind_of_error(error), once.size());
    if (is_new) {
      once.push_back(std::move(error));
      counts.push_back(1);
    } else {
      ++counts[found->second];
    }
  }
  for (std::size_t i = 0; i < once.size(); ++i) {
    if (counts[i] > 1) once[i].message += ", and so " + std::to_string(counts[i] - 1) + " more";
  }
  errors = std::move(once);
}

}  // namespace

std::vector<std::string> log_kind_names() { return to_strings(kNames); }

std::optional<LogKind> parse_log_kind(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<LogKind>(found - kNames.begin());
}

DecodedLog decode_log(const std::string& file, std::string_view bytes, std::optional<LogKind> kind,
                      const std::string& time_field) {
  DecodedLog log;
  log.time_field = time_field;
  const UnpackedLog unpacked = unpack_log(file, bytes);
  if (!unpacked.text) {
    log.errors.push_back(unpacked.error);
    return log;
  }
  const std::string_view text = *unpacked.text;
  log.kind = kind.value_or(recognise(text));
  const auto lines = log_lines(text);
  const bool table = !lines.empty() && !is_json(without_blanks(lines.front().text)) && kind_of_csv(text).has_value();
  if (log.kind == LogKind::text) {
    decode_text_log(file, text, log);
  } else if (table) {
    decode_csv(file, text, log);
  } else {
    decode_values(file, text, log);
  }
  take_named_times(log);
  tell_once(log.errors);
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
  const std::string_view content = without_blanks(line);
  if (!content.starts_with('{')) return nullptr;
  const JsonSource source(content);
  return source.error() ? Json(nullptr) : *source.root().json;
}

}  // namespace drydock::scenarios
