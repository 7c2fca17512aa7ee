// Lines that are text: what logcli prints by default and raw, Grafana's download as text, logs as programs write them.

#include <algorithm>

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"
#include "scenarios/logs/pieces.hpp"
#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {
namespace {

/// Drops the escapes with which a terminal is coloured.
std::string without_colours(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\x1b[")) {
      i = std::min(text.find('m', i), text.size() - 1);
    } else {
      out += text[i];
    }
  }
  return out;
}

struct TimedText {
  LogTime at;
  std::string_view rest;
};

/// Takes the first word of a text, or the first two (`2026/05/28 06:50:00`), for its time.
std::optional<TimedText> time_at_front(std::string_view text) {
  const auto first = std::min(text.find_first_of(" \t"), text.size());
  const auto second = first == text.size() ? first : std::min(text.find_first_of(" \t", first + 1), text.size());
  for (const std::size_t size : {first, second}) {
    std::string word{text.substr(0, size)};
    // Go's own log writes slashes.
    if (word.size() > 10 && word[4] == '/' && word[7] == '/') word[4] = word[7] = '-';
    const bool is_date = word.size() > 10 && word[4] == '-' && word[7] == '-';
    const auto at = is_date ? parse_utc_instant(word) : std::nullopt;
    if (at) return TimedText{*at, without_blanks(text.substr(size))};
  }
  return std::nullopt;
}

/// Grafana's text: milliseconds since 1970, the same as a date, and the line, between tabs.
std::optional<TimedText> grafana_line(std::string_view text) {
  const auto tab = text.find('\t');
  const auto second = tab == std::string_view::npos ? tab : text.find('\t', tab + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto at = parse_log_number(text.substr(0, tab));
  if (!at || !at->absolute || !parse_log_instant(text.substr(tab + 1, second - tab - 1))) return std::nullopt;
  return TimedText{*at, without_blanks(text.substr(second + 1))};
}

/// `time=2026-05-28T06:50:00Z level=INFO msg=…`: the line stays whole.
std::optional<TimedText> logfmt_time(std::string_view text) {
  for (const std::string_view key : {"time=", "ts=", "timestamp=", "@timestamp="}) {
    const auto found = text.starts_with(key) ? 0 : text.find(" " + std::string{key});
    if (found == std::string_view::npos) continue;
    std::string_view value = text.substr(text.find('=', found) + 1);
    const bool quoted = value.starts_with('"');
    if (quoted) value.remove_prefix(1);
    const auto at = parse_log_time(value.substr(0, value.find_first_of(quoted ? "\"" : " ")));
    if (at) return TimedText{*at, text};
  }
  return std::nullopt;
}

/// A line that is JSON has its time inside.
std::optional<TimedText> time_inside(std::string_view text, const std::string& time_field) {
  const Json body = body_of_line(text);
  if (!body.is_object()) return std::nullopt;
  const Json* named = time_field.empty() ? nullptr : find_path(body, time_field);
  const auto at = named == nullptr ? time_in_body(body) : time_of_value(*named);
  if (!at) return std::nullopt;
  return TimedText{*at, text};
}

/// Takes `{app="tenant", pod="p"}` off the front of a line; false where there is none.
bool take_labels(std::string_view& text, std::map<std::string, std::string>& labels) {
  if (!text.starts_with('{')) return false;
  std::string_view rest = text.substr(1);
  std::map<std::string, std::string> found;
  while (!rest.starts_with('}')) {
    const auto equals = rest.find("=\"");
    if (equals == std::string_view::npos) return false;
    const std::string key{without_blanks(rest.substr(0, equals))};
    rest.remove_prefix(equals + 1);
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    if (end >= rest.size()) return false;
    const JsonSource value(rest.substr(0, end + 1));
    if (value.error()) return false;
    found[key] = value.root().json->get<std::string>();
    rest = without_blanks(rest.substr(end + 1));
    if (rest.starts_with(',')) rest.remove_prefix(1);
    rest = without_blanks(rest);
  }
  labels.insert(found.begin(), found.end());
  text = without_blanks(rest.substr(1));
  return true;
}

class TextLog {
 public:
  TextLog(const std::string& file, DecodedLog& log) : file_(file), log_(log) {}

  void read(std::string_view text) {
    for (const LogPiece& piece : log_lines(text)) read_line(piece);
    for (LogLine& line : log_.lines) line.labels.insert(common_.begin(), common_.end());
  }

 private:
  void read_line(const LogPiece& piece) {
    const std::string whole = without_colours(without_blanks(piece.text));
    if (is_about_the_log(whole)) return;
    auto timed = grafana_line(whole);
    const bool exported = timed.has_value();
    if (!timed) timed = time_at_front(whole);
    if (!timed) timed = time_inside(whole, log_.time_field);
    if (!timed) timed = logfmt_time(whole);
    if (!timed) return go_on(piece, whole);
    LogLine line;
    line.at = timed->at;
    std::string_view rest = timed->rest;
    if (!exported) take_labels(rest, line.labels);
    line.place = {file_, piece.line, piece.column, std::string{rest}};
    line.body = body_of_line(rest);
    log_.lines.push_back(std::move(line));
  }

  /// A line without a time goes on with the entry before it: a stack trace, a message of several lines.
  void go_on(const LogPiece& piece, const std::string& text) {
    if (!log_.lines.empty()) {
      log_.lines.back().place.text += "\n" + text;
      return;
    }
    if (log_.errors.size() >= kMostLogErrors) return;
    log_.errors.push_back(problem_at({file_, piece.line, piece.column, {}}, "the line is text and has no time",
                                     "logcli's raw output prints none: --output=jsonl; a time stands first in a line, "
                                     "or as time= or ts="));
  }

  /// logcli and Grafana write above the lines what they asked, and the labels that all lines have.
  bool is_about_the_log(const std::string& text) {
    constexpr std::string_view kCommon = "Common labels:";
    if (text.starts_with(kCommon)) {
      std::string_view labels = without_blanks(std::string_view{text}.substr(kCommon.size()));
      const Json json = body_of_line(labels);
      if (!json.is_object()) return take_labels(labels, common_);
      for (const auto& [key, value] : json.items()) {
        if (value.is_string()) common_[key] = value;
      }
      return true;
    }
    if (!log_.lines.empty()) return false;
    if (text.starts_with("http://") || text.starts_with("https://")) return true;
    const auto asked_at = time_at_front(text);
    if (asked_at && asked_at->rest.starts_with("http") &&
        asked_at->rest.find("/loki/api/v1/") != std::string_view::npos)
      return true;
    for (const std::string_view head :
         {"Limit: ", "Total bytes processed: ", "Dedup count: ", "Ignoring labelset ", "Common "}) {
      if (text.starts_with(head)) return true;
    }
    return false;
  }

  const std::string& file_;
  DecodedLog& log_;
  std::map<std::string, std::string> common_;
};

}  // namespace

void decode_text_log(const std::string& file, std::string_view text, DecodedLog& log) { TextLog(file, log).read(text); }

}  // namespace drydock::scenarios
