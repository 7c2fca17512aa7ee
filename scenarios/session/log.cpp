#include "scenarios/session/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

#include "scenarios/files/fields.hpp"
#include "scenarios/files/names.hpp"
#include "sim/utf8.hpp"

namespace drydock::scenarios {
namespace {

using OrderedLine = nlohmann::ordered_json;

constexpr std::string_view kSessionFormat = R"({"format":"drydock.session/1")";

/// A session that nobody ended ends so long after its last request.
constexpr Duration kAfterTheLast = std::chrono::minutes{1};

/// Writes bytes as the characters U+0000 to U+00FF.
std::string characters_of(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80) {
      text.push_back(byte);
    } else {
      text.push_back(static_cast<char>(0xC0 | (code >> 6U)));
      text.push_back(static_cast<char>(0x80 | (code & 0x3FU)));
    }
  }
  return text;
}

/// Appends a text as JSON has it. Most of a request is such that it needs no escapes, and each request is written down.
void append_text(std::string& line, std::string_view text) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    line.append("\"").append(text).append("\"");
  } else {
    line += Json(text).dump();
  }
}

void append_headers(std::string& line, const std::vector<cloud::query::Header>& headers) {
  std::string_view before = R"(,"headers":{)";
  for (const auto& [name, value] : headers) {
    line += before;
    append_text(line, name);
    line += ':';
    append_text(line, value);
    before = ",";
  }
  if (!headers.empty()) line += '}';
}

std::string as_line(const OrderedLine& line) { return line.dump() + "\n"; }

OrderedLine decisions_of(const sim::Tape& tape) {
  OrderedLine list = OrderedLine::array();
  for (const auto& [key, value] : tape.entries())
    list.push_back({{"site", key.first}, {"occurrence", key.second}, {"value", value}});
  return list;
}

/// The lines of a text that end in a line break.
std::vector<std::string_view> whole_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = text.find('\n', from);
    if (to == std::string_view::npos) break;
    lines.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return lines;
}

Diagnostic wrong_line(const std::string& file, std::size_t line, std::string message) {
  Diagnostic found;
  found.file = file;
  found.line = line;
  found.column = 1;
  found.message = std::move(message);
  return found;
}

/// Says where in the log something is that was found in the document made of it.
void place_in_log(Diagnostic& found) {
  constexpr std::string_view kRequests = "/scenario/session/";
  found.line = 1;
  found.column = 1;
  if (!found.pointer.starts_with(kRequests)) return;
  std::size_t index = 0;
  const std::string_view rest = std::string_view(found.pointer).substr(kRequests.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
  if (error != std::errc{}) return;
  found.line = index + 2;
  found.pointer = std::string{end, rest.data() + rest.size()};
}

/// What the lines after the head say.
struct SessionLines {
  Json requests = Json::array();
  std::optional<Duration> end;
  std::vector<Diagnostic> errors;
};

SessionLines read_lines(const std::string& file, const std::vector<std::string_view>& lines) {
  SessionLines read;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    Json line = Json::parse(lines[i], nullptr, false);
    if (!line.is_object()) {
      read.errors.push_back(wrong_line(file, i + 1, "is no JSON object"));
    } else if (const auto end = line.find("end"); end == line.end()) {
      read.requests.push_back(std::move(line));
    } else if (end->is_string()) {
      read.end = sim::parse_duration(end->get<std::string>());
      if (i + 1 != lines.size()) read.errors.push_back(wrong_line(file, i + 2, "comes after the session's end"));
    }
  }
  return read;
}

Duration end_of(const SessionLines& lines) {
  if (lines.end) return *lines.end;
  if (lines.requests.empty()) return kAfterTheLast;
  const Json& last = lines.requests.back();
  const auto at = last.find("at");
  const bool told = at != last.end() && at->is_string();
  return sim::parse_duration(told ? at->get<std::string>() : "").value_or(Duration{}) + kAfterTheLast;
}

}  // namespace

std::string session_head(const Scenario& scenario, const CaseSpec& played, const sim::Tape& decided) {
  Outcome nothing;
  nothing.seed = decided.seed();
  const auto tape = OrderedLine::parse(encode_tape(scenario, played, nothing));
  OrderedLine head;
  head["format"] = "drydock.session/1";
  for (const char* key : {"tool", "case", "policy", "knobs", "set", "seed", "scenario"}) {
    if (tape.contains(key)) head[key] = tape[key];
  }
  if (!decided.entries().empty()) head["decisions"] = decisions_of(decided);
  return as_line(head);
}

std::string with_decisions(std::string_view log, const sim::Tape& tape) {
  const std::size_t end = log.find('\n');
  auto head = OrderedLine::parse(log.substr(0, end));
  head["decisions"] = decisions_of(tape);
  return as_line(head) + std::string{log.substr(end + 1)};
}

std::string session_line(const WireRequest& request) {
  const std::string& body = request.request.body;
  std::string line = R"({"at":)";
  append_text(line, sim::format_duration(request.at));
  line += R"(,"method":)";
  append_text(line, request.request.method);
  line += R"(,"target":)";
  append_text(line, request.request.target);
  append_headers(line, request.request.headers);
  if (!body.empty()) {
    const bool text = sim::find_invalid_utf8(body) == std::string::npos;
    line += text ? R"(,"body":)" : R"(,"bytes":)";
    append_text(line, text ? std::string_view(body) : characters_of(body));
  }
  return line += "}\n";
}

std::string session_end(Duration at) {
  OrderedLine line;
  line["end"] = sim::format_duration(at);
  return as_line(line);
}

bool is_session_log(std::string_view text) { return text.starts_with(kSessionFormat); }

Decoded<TapeFile> decode_session_log(const std::string& file, std::string_view text) {
  const std::vector<std::string_view> lines = whole_lines(text);
  Decoded<TapeFile> wrong;
  Json head = lines.empty() ? Json() : Json::parse(lines.front(), nullptr, false);
  if (!head.is_object() || !head.contains("scenario") || !head["scenario"].is_object()) {
    wrong.errors.push_back(wrong_line(file, 1, "the head of this session is not whole"));
    return wrong;
  }
  SessionLines read = read_lines(file, lines);
  if (!read.errors.empty()) {
    wrong.errors = std::move(read.errors);
    return wrong;
  }
  head["format"] = "drydock.tape/1";
  if (!head.contains("decisions")) head["decisions"] = Json::array();
  Json& horizon = head["scenario"]["horizon"];
  const auto before = horizon.is_string() ? sim::parse_duration(horizon.get<std::string>()) : std::nullopt;
  horizon = sim::format_duration(std::max(end_of(read), before.value_or(Duration{})));
  head["scenario"]["session"] = std::move(read.requests);
  Decoded<TapeFile> decoded = decode_tape(file, head.dump());
  for (Diagnostic& error : decoded.errors) place_in_log(error);
  if (decoded.value && head.contains("seed") && head["seed"].is_number_unsigned()) {
    decoded.value->tape.set_seed(head["seed"].get<std::uint64_t>());
  }
  return decoded;
}

Decoded<TapeFile> decode_recording(const std::string& file, std::string_view text) {
  return is_session_log(text) ? decode_session_log(file, text) : decode_tape(file, text);
}

std::optional<std::string> bytes_of(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x80) {
      bytes.push_back(text[i]);
      continue;
    }
    if (first > 0xC3 || i + 1 == text.size()) return std::nullopt;
    const auto second = static_cast<unsigned char>(text[++i]);
    bytes.push_back(static_cast<char>(((first & 0x03U) << 6U) | (second & 0x3FU)));
  }
  return bytes;
}

}  // namespace drydock::scenarios
