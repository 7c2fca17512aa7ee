#include "scenarios/files/json_reader.hpp"

#include <fmt/format.h>

#include <charconv>

namespace drydock::scenarios {
namespace {

constexpr std::size_t kMostDuplicates = 200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }

void append_utf8(std::string& out, unsigned code) {
  const auto byte = [&](unsigned value) { out.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0U | (code >> 6U));
    byte(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    byte(0xE0U | (code >> 12U));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  } else {
    byte(0xF0U | (code >> 18U));
    byte(0x80U | ((code >> 12U) & 0x3FU));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  }
}

}  // namespace

std::optional<JsonSource::SyntaxError> JsonReader::read(Json& out, Node& node) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // a byte order mark
  if (!skip_blank()) return error_;
  if (at_end()) {
    fail(at_, "the file is empty");
    return error_;
  }
  if (!value(out, node) || !skip_blank()) return error_;
  if (!at_end()) fail(at_, "something follows the end of the JSON value", "remove it");
  return error_;
}

bool JsonReader::fail(std::size_t offset, std::string message, std::string hint) {
  if (!error_) error_ = JsonSource::SyntaxError{offset, std::move(message), std::move(hint)};
  return false;
}

/// Skips white space and `//` comments.
bool JsonReader::skip_blank() {
  while (!at_end()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '/' && text_.substr(at_).starts_with("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/') {
      return fail(at_, "only // begins a comment", "// to the end of the line");
    } else {
      break;
    }
  }
  return true;
}

bool JsonReader::unexpected(const char* wanted) {
  if (at_end()) return fail(at_, fmt::format("the file ends here, where {} should be", wanted));
  const char c = text_[at_];
  if (is_word(c)) {
    std::size_t end = at_;
    while (end < text_.size() && end - at_ < 40 && is_word(text_[end])) ++end;
    return fail(at_, fmt::format("found {} where {} should be", in_quotes(text_.substr(at_, end - at_)), wanted));
  }
  if (c == '\'') return fail(at_, "strings stand in double quotes");
  // A multi-byte character is quoted whole; the text is known to be UTF-8.
  std::size_t end = at_ + 1;
  while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
  const auto character = text_.substr(at_, end - at_);
  const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
  return fail(at_, printable
                       ? fmt::format("found '{}' where {} should be", character, wanted)
                       : fmt::format("found byte 0x{:02x} where {} should be", static_cast<unsigned char>(c), wanted));
}

bool JsonReader::value(Json& out, Node& node) {
  if (++values_ > JsonSource::kMostValues) {
    return fail(at_, fmt::format("the file holds more than {} values", JsonSource::kMostValues));
  }
  node.offset = static_cast<std::uint32_t>(at_);
  const char c = here();
  if (c == '{') return object(out, node);
  if (c == '[') return array(out, node);
  if (c == '"') {
    out = std::string{};
    return string(out.get_ref<std::string&>());
  }
  if (c == '-' || is_digit(c)) return number(out);
  return literal(out);
}

bool JsonReader::enter(std::size_t open_at) {
  if (steps_.size() >= JsonSource::kDeepest) {
    return fail(open_at, fmt::format("nested deeper than {} levels", JsonSource::kDeepest));
  }
  steps_.push_back({nullptr, 0});
  ++at_;
  return true;
}

/// After an item: a comma and another item (true, `here` is not `close`), or the end (true, `here`
/// is `close`).
bool JsonReader::after_item(char close, const char* inside) {
  if (!skip_blank()) return false;
  if (here() == close && !at_end()) return true;
  if (at_end() || here() != ',') return unexpected(inside);
  const std::size_t comma = at_++;
  if (!skip_blank()) return false;
  if (!at_end() && here() == close) {
    return fail(comma, fmt::format("a comma before '{}'", close), "remove the comma");
  }
  return true;
}

bool JsonReader::object(Json& out, Node& node) {
  if (!enter(at_)) return false;
  out = Json::object();
  auto& members = out.get_ref<Json::object_t&>();
  if (!skip_blank()) return false;
  while (at_end() || here() != '}') {
    if (!member(members, node)) return false;
    if (!after_item('}', "',' or '}'")) return false;
  }
  ++at_;
  steps_.pop_back();
  return true;
}

bool JsonReader::member(Json::object_t& members, Node& node) {
  const std::size_t key_offset = at_;
  if (at_end() || here() != '"') return unexpected("a key in double quotes");
  std::string key;
  if (!string(key) || !skip_blank()) return false;
  if (at_end() || here() != ':') return unexpected("':' after a key");
  ++at_;
  if (!skip_blank()) return false;
  const auto [place, inserted] = members.try_emplace(std::move(key));
  if (!inserted) note_duplicate(place->first, key_offset, node);
  steps_.back().key = &place->first;
  Node child;
  Json ignored;
  if (!value(inserted ? place->second : ignored, child)) return false;
  if (!inserted) return true;
  child.key = &place->first;
  child.json = &place->second;
  child.key_offset = static_cast<std::uint32_t>(key_offset);
  node.children.push_back(std::move(child));
  return true;
}

bool JsonReader::array(Json& out, Node& node) {
  if (!enter(at_)) return false;
  out = Json::array();
  auto& elements = out.get_ref<Json::array_t&>();
  if (!skip_blank()) return false;
  while (at_end() || here() != ']') {
    if (at_end()) return unexpected("a value or ']'");
    steps_.back().index = elements.size();
    elements.emplace_back();
    node.children.emplace_back();
    node.children.back().index = static_cast<std::uint32_t>(elements.size() - 1);
    if (!value(elements.back(), node.children.back())) return false;
    if (!after_item(']', "',' or ']'")) return false;
  }
  ++at_;
  steps_.pop_back();
  return true;
}

bool JsonReader::string(std::string& out) {
  const std::size_t start = at_++;
  while (true) {
    const std::size_t run = at_;
    while (!at_end() && here() != '"' && here() != '\\' && static_cast<unsigned char>(here()) >= 0x20) {
      ++at_;
    }
    out.append(text_.substr(run, at_ - run));
    if (at_end()) return fail(start, "this string is never closed");
    if (here() == '"') {
      ++at_;
      return true;
    }
    if (here() == '\n' || here() == '\r') {
      return fail(start, "this string is not closed on its line", "write a line break as \\n");
    }
    if (here() != '\\') {
      return fail(at_, fmt::format("control character 0x{:02x} in a string", static_cast<unsigned char>(here())),
                  fmt::format("write it as \\u{:04x}", static_cast<unsigned char>(here())));
    }
    if (!escape(out, start)) return false;
  }
}

bool JsonReader::escape(std::string& out, std::size_t string_start) {
  const std::size_t start = at_++;
  if (at_end()) return fail(string_start, "this string is never closed");
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const auto found = letters.find(here());
  if (here() != 'u' && found == std::string_view::npos) {
    return fail(start, "unknown escape in a string", R"(\" \\ \/ \b \f \n \r \t \uXXXX)");
  }
  ++at_;
  if (found == std::string_view::npos) return code_point(out, start);
  out.push_back(meanings[found]);
  return true;
}

bool JsonReader::hex4(unsigned& out, std::size_t escape_start) {
  const auto digits = text_.substr(std::min(at_, text_.size()), 4);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
  if (digits.size() < 4 || error != std::errc{} || end != digits.data() + 4) {
    return fail(escape_start, "\\u needs four hexadecimal digits");
  }
  at_ += 4;
  return true;
}

bool JsonReader::code_point(std::string& out, std::size_t escape_start) {
  unsigned code = 0;
  if (!hex4(code, escape_start)) return false;
  if (code >= 0xDC00 && code <= 0xDFFF) return fail(escape_start, "half of a surrogate pair");
  if (code >= 0xD800 && code <= 0xDBFF) {
    unsigned low = 0;
    if (!text_.substr(at_).starts_with("\\u")) {
      return fail(escape_start, "half of a surrogate pair");
    }
    at_ += 2;
    if (!hex4(low, escape_start)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return fail(escape_start, "half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
  }
  append_utf8(out, code);
  return true;
}

bool JsonReader::number(Json& out) {
  const std::size_t start = at_;
  const auto digits = [&] {
    const std::size_t from = at_;
    while (!at_end() && is_digit(here())) ++at_;
    return at_ - from;
  };
  bool whole = true;
  if (here() == '-') ++at_;
  const std::size_t integer_at = at_;
  const auto integer_digits = digits();
  bool ok = integer_digits == 1 || (integer_digits > 1 && text_[integer_at] != '0');
  if (!at_end() && here() == '.') {
    ++at_;
    whole = false;
    ok = digits() > 0 && ok;
  }
  if (!at_end() && (here() == 'e' || here() == 'E')) {
    ++at_;
    whole = false;
    if (!at_end() && (here() == '+' || here() == '-')) ++at_;
    ok = digits() > 0 && ok;
  }
  if (!at_end() && (is_word(here()) || here() == '.')) {
    while (!at_end() && (is_word(here()) || here() == '.')) ++at_;
    ok = false;
  }
  const auto text = text_.substr(start, at_ - start);
  if (!ok) return fail(start, fmt::format("{} is not a number", in_quotes(text)), "a text stands in double quotes");
  const auto parse = [&](auto& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
  };
  std::int64_t negative = 0;
  std::uint64_t positive = 0;
  double real = 0;
  if (whole && text.front() == '-' && parse(negative)) {
    out = negative;
  } else if (whole && text.front() != '-' && parse(positive)) {
    out = positive;
  } else if (!whole && parse(real)) {
    out = real;
  } else {
    return fail(start, fmt::format("the number {} is out of range", in_quotes(text)));
  }
  return true;
}

bool JsonReader::literal(Json& out) {
  const auto rest = text_.substr(std::min(at_, text_.size()));
  const auto is = [&](std::string_view word) {
    return rest.starts_with(word) && (rest.size() == word.size() || !is_word(rest[word.size()]));
  };
  if (is("true")) {
    out = true;
    at_ += 4;
  } else if (is("false")) {
    out = false;
    at_ += 5;
  } else if (is("null")) {
    out = nullptr;
    at_ += 4;
  } else {
    return unexpected("a value");
  }
  return true;
}

void JsonReader::note_duplicate(const std::string& key, std::size_t offset, const Node& object) {
  if (duplicates_.size() >= kMostDuplicates) return;
  std::size_t first = offset;
  for (const Node& child : object.children) {
    if (child.key == &key) first = child.key_offset;
  }
  steps_.back().key = &key;
  duplicates_.push_back({offset, first, key.substr(0, 100), path()});
}

std::string JsonReader::path() const {
  std::string out;
  for (const Step& step : steps_) {
    out += '/';
    out += step.key != nullptr ? pointer_segment(*step.key) : std::to_string(step.index);
  }
  return out;
}

}  // namespace drydock::scenarios
