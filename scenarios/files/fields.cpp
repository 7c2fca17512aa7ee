#include "scenarios/files/fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/files/names.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::size_t kMostListed = 12;

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<Diagnostic> in_order(std::vector<Diagnostic> all) {
  std::stable_sort(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair{a.line, a.column} < std::pair{b.line, b.column};
  });
  return all;
}

}  // namespace

void DiagnosticSink::place(std::size_t offset, std::string pointer, std::string message, std::string hint) {
  if (full()) {
    ++uncounted_;
    return;
  }
  errors_.push_back(placed(offset, std::move(pointer), std::move(message), std::move(hint)));
}

Diagnostic DiagnosticSink::placed(std::size_t offset, std::string pointer, std::string message,
                                  std::string hint) const {
  const Position at = source_.position(offset);
  return {file_, at.line, at.column, std::move(pointer), std::move(message), std::move(hint)};
}

void DiagnosticSink::error(const Node& node, std::string message, std::string hint) {
  place(node.offset, full() ? std::string{} : pointer_of(node), std::move(message), std::move(hint));
}

void DiagnosticSink::error_within(const Node& text, std::size_t byte, std::string message, std::string hint) {
  place(source_.offset_within(text, byte), full() ? std::string{} : pointer_of(text), std::move(message),
        std::move(hint));
}

void DiagnosticSink::error_at_key(const Node& node, std::string message, std::string hint) {
  const auto offset = node.key != nullptr ? node.key_offset : node.offset;
  place(offset, full() ? std::string{} : pointer_of(node), std::move(message), std::move(hint));
}

void DiagnosticSink::warning(const Node& node, std::string message, std::string hint) {
  if (warnings_.size() >= kMostErrors) return;
  warnings_.push_back(placed(node.offset, pointer_of(node), std::move(message), std::move(hint)));
}

void DiagnosticSink::unknown(const Node& node, std::string_view what, const std::string& word,
                             const std::vector<std::string>& candidates) {
  if (full()) return error(node, {});
  error(node, fmt::format("unknown {} {}", what, in_quotes(word)), suggestion(word, candidates));
}

void DiagnosticSink::unknown_key(const Node& node, const std::vector<std::string>& candidates) {
  if (full()) return error(node, {});
  error_at_key(node, fmt::format("unknown key {}", in_quotes(*node.key)), suggestion(*node.key, candidates));
}

void DiagnosticSink::wrong_type(const Node& node, std::string_view wanted, std::string hint) {
  error(node, fmt::format("expected {}, found {}", wanted, type_in_words(*node.json)), std::move(hint));
}

void DiagnosticSink::add(std::vector<Diagnostic> others) {
  for (Diagnostic& other : others) {
    if (full()) {
      ++uncounted_;
    } else {
      errors_.push_back(std::move(other));
    }
  }
}

bool DiagnosticSink::check_source() {
  if (source_.error()) {
    const auto& error = *source_.error();
    place(error.offset, {}, error.message, error.hint);
    return false;
  }
  for (const auto& duplicate : source_.duplicates()) {
    const Position first = source_.position(duplicate.first_offset);
    place(duplicate.offset, duplicate.pointer, fmt::format("duplicate key {}", in_quotes(duplicate.key)),
          fmt::format("first at line {}, column {}", first.line, first.column));
  }
  return true;
}

std::vector<Diagnostic> DiagnosticSink::take_errors() {
  auto all = in_order(std::move(errors_));
  if (uncounted_ > 0) {
    all.push_back(problem_in(file_, fmt::format("{} more errors are not listed", uncounted_)));
  }
  return all;
}

std::vector<Diagnostic> DiagnosticSink::take_warnings() { return in_order(std::move(warnings_)); }

std::string quoted_list(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += in_quotes(words[i]);
  }
  return out;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? near : fmt::format("did you mean {}?", in_quotes(near));
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  std::string hint = did_you_mean(word, candidates);
  if (!hint.empty() || candidates.empty() || candidates.size() > kMostListed) return hint;
  hint = "known: ";
  for (const auto& name : candidates) hint += name + (&name == &candidates.back() ? "" : ", ");
  return hint;
}

std::optional<std::string> read_string(DiagnosticSink& report, const Node& node) {
  if (node.json->is_string()) return node.json->get_ref<const std::string&>();
  report.wrong_type(node, "a string");
  return std::nullopt;
}

std::optional<std::string> read_line(DiagnosticSink& report, const Node& node) {
  auto text = read_string(report, node);
  if (!text) return text;
  const bool one_line = std::none_of(text->begin(), text->end(),
                                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (one_line && !text->empty()) return text;
  report.error(node, text->empty() ? "must not be empty" : "must be one line without control characters");
  return std::nullopt;
}

std::optional<std::string> read_name(DiagnosticSink& report, const Node& node) {
  auto text = read_line(report, node);
  if (!text) return text;
  if (is_kebab_case(*text)) return text;
  report.error(node, fmt::format("{} is not in kebab-case", in_quotes(*text)),
               "lower-case letters and digits, words joined by -");
  return std::nullopt;
}

std::optional<std::string> read_prose(DiagnosticSink& report, const Node& node) {
  if (!node.json->is_array()) {
    if (node.json->is_string()) return read_string(report, node);
    report.wrong_type(node, "a string or a list of strings");
    return std::nullopt;
  }
  std::string text;
  for (const Node& line : node.children) {
    const auto part = read_string(report, line);
    if (!part) return std::nullopt;
    if (&line != &node.children.front()) text += '\n';
    text += *part;
  }
  return text;
}

std::string duration_hint(std::string_view text) {
  if (all_digits(text)) return fmt::format("\"{}s\"?", text.substr(0, 20));
  return R"(for instance "15s", "2m30s" or "250ms")";
}

std::optional<Duration> read_duration(DiagnosticSink& report, const Node& node, Duration least) {
  if (node.json->is_number()) {
    const auto digits = report.source().number_text(node);
    report.error(node, "a duration needs a unit", duration_hint(digits));
    return std::nullopt;
  }
  if (!node.json->is_string()) {
    report.wrong_type(node, "a duration", R"(for instance "15s")");
    return std::nullopt;
  }
  const auto& text = node.json->get_ref<const std::string&>();
  const auto value = sim::parse_duration(text);
  if (!value) {
    report.error(node, fmt::format("{} is not a duration of at most 10 years", in_quotes(text)), duration_hint(text));
  } else if (*value < least) {
    report.error(node,
                 least == Duration{1} ? "must be more than 0s" : "must be at least " + sim::format_duration(least));
    return std::nullopt;
  }
  return value;
}

std::optional<std::uint64_t> read_count(DiagnosticSink& report, const Node& node, std::uint64_t least,
                                        std::uint64_t most) {
  if (!node.json->is_number()) {
    report.wrong_type(node, "a whole number");
    return std::nullopt;
  }
  const bool whole = node.json->is_number_unsigned();
  const auto value = whole ? node.json->get<std::uint64_t>() : 0;
  if (whole && value >= least && value <= most) return value;
  const auto range =
      most == UINT64_MAX ? fmt::format("of at least {}", least) : fmt::format("from {} to {}", least, most);
  report.error(node, fmt::format("expected a whole number {}, found {}", range,
                                 report.source().number_text(node).substr(0, 40)));
  return std::nullopt;
}

std::optional<std::string> read_word(DiagnosticSink& report, const Node& node,
                                     std::span<const std::string_view> words) {
  if (!node.json->is_string()) {
    report.wrong_type(node, quoted_list(words));
    return std::nullopt;
  }
  const auto& text = node.json->get_ref<const std::string&>();
  if (std::find(words.begin(), words.end(), text) != words.end()) return text;
  if (report.full()) {
    report.error(node, {});
  } else {
    report.error(node, fmt::format("expected {}, found {}", quoted_list(words), in_quotes(text)),
                 did_you_mean(text, to_strings(words)));
  }
  return std::nullopt;
}

bool is_list(DiagnosticSink& report, const Node& node, std::size_t most) {
  if (!node.json->is_array()) {
    report.wrong_type(node, "a list");
    return false;
  }
  if (node.children.size() <= most) return true;
  report.error(node, fmt::format("has {} entries, at most {} are allowed", node.children.size(), most));
  return false;
}

bool is_object(DiagnosticSink& report, const Node& node) {
  if (node.json->is_object()) return true;
  report.wrong_type(node, "an object");
  return false;
}

std::map<std::string, std::string> read_texts(DiagnosticSink& report, const Node& node) {
  std::map<std::string, std::string> out;
  if (!is_object(report, node)) return out;
  for (const Node& child : node.children) {
    if (child.key->empty()) report.error_at_key(child, "the empty name");
    if (child.json->is_number()) {
      out[*child.key] = std::string{report.source().number_text(child)};
    } else if (const auto text = read_string(report, child)) {
      out[*child.key] = *text;
    }
  }
  return out;
}

std::map<std::string, Json> read_values(DiagnosticSink& report, const Node& node) {
  std::map<std::string, Json> out;
  if (!is_object(report, node)) return out;
  for (const Node& child : node.children) out[*child.key] = *child.json;
  return out;
}

bool is_format(DiagnosticSink& report, const Node& node, std::string_view wanted) {
  const Node* found = node.find("format");
  if (found == nullptr) return true;
  const auto text = read_string(report, *found);
  if (!text || *text == wanted) return true;
  report.error(*found, fmt::format("expected format {}, found {}", in_quotes(wanted), in_quotes(*text)));
  return false;
}

bool is_users_key(std::string_view key) { return key.starts_with("x-"); }

std::vector<std::string> key_names(const Shape& shape) {
  std::vector<std::string> names;
  for (const Key& key : shape.keys) names.emplace_back(key.name);
  return names;
}

Fields::Fields(DiagnosticSink& report, const Node& node, const Shape& shape) : report_(report), node_(node) {
  if (!is_object(report, node)) return;
  for (const Node& child : node.children) {
    const bool known =
        std::any_of(shape.keys.begin(), shape.keys.end(), [&](const Key& key) { return key.name == *child.key; });
    if (!known && !is_users_key(*child.key)) report.unknown_key(child, key_names(shape));
  }
  for (const Key& key : shape.keys) {
    if (key.required && node.find(key.name) == nullptr) {
      report.error(node, fmt::format("missing key {}", in_quotes(key.name)), std::string{key.meaning});
    }
  }
}

const Node* Fields::find(std::string_view key) const { return node_.find(key); }

std::optional<std::string> Fields::string(std::string_view key) const {
  const Node* found = find(key);
  return found == nullptr ? std::nullopt : read_string(report_, *found);
}

std::optional<std::string> Fields::line(std::string_view key) const {
  const Node* found = find(key);
  return found == nullptr ? std::nullopt : read_line(report_, *found);
}

std::optional<Duration> Fields::duration(std::string_view key, Duration least) const {
  const Node* found = find(key);
  return found == nullptr ? std::nullopt : read_duration(report_, *found, least);
}

std::optional<std::uint64_t> Fields::count(std::string_view key, std::uint64_t least, std::uint64_t most) const {
  const Node* found = find(key);
  return found == nullptr ? std::nullopt : read_count(report_, *found, least, most);
}

std::optional<std::uint32_t> Fields::count32(std::string_view key, std::uint32_t least, std::uint32_t most) const {
  const auto value = count(key, least, most);
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::optional<std::string> Fields::word(std::string_view key, std::span<const std::string_view> words) const {
  const Node* found = find(key);
  return found == nullptr ? std::nullopt : read_word(report_, *found, words);
}

}  // namespace drydock::scenarios
