#include "scenarios/files/json_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/files/json_reader.hpp"
#include "sim/utf8.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::size_t kLongestPointer = 400;
constexpr std::size_t kLongestQuote = 80;

/// At most `most` bytes of `text`, cut between characters.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

/// Gives every node its parent and its value: while the file was being read both still moved.
void link(Node& node) {
  const bool is_array = node.json->is_array();
  for (Node& child : node.children) {
    child.parent = &node;
    if (is_array) child.json = &(*node.json)[child.index];
    link(child);
  }
}

}  // namespace

const Node* Node::find(std::string_view name) const {
  for (const Node& child : children) {
    if (child.key != nullptr && *child.key == name) return &child;
  }
  return nullptr;
}

std::string in_quotes(std::string_view text) {
  const auto shown = cut(text, kLongestQuote);
  std::string out = "\"";
  // What comes from a file is UTF-8; what comes from a command line need not be.
  for (const char c : sim::valid_utf8(shown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + (shown.size() < text.size() ? "…\"" : "\"");
}

JsonSource::JsonSource(std::string_view text) : text_(text) {
  if (text.size() > kMostBytes) {
    error_ = SyntaxError{0, fmt::format("the file has {} bytes, at most {} are read", text.size(), kMostBytes), {}};
    return;
  }
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
  if (const auto bad = sim::find_invalid_utf8(text); bad != std::string_view::npos) {
    error_ = SyntaxError{bad, fmt::format("byte 0x{:02x} is not valid UTF-8", static_cast<unsigned char>(text[bad])),
                         "save the file as UTF-8"};
    return;
  }
  error_ = JsonReader{text, duplicates_}.read(value_, root_);
  if (error_) return;
  root_.json = &value_;
  link(root_);
}

Position JsonSource::position(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  if (after == line_starts_.begin()) return {1, 1};
  const auto line = static_cast<std::size_t>(after - line_starts_.begin());
  return {line, offset - line_starts_[line - 1] + 1};
}

std::string_view JsonSource::number_text(const Node& node) const {
  const auto rest = text_.substr(node.offset);
  return rest.substr(0, rest.find_first_not_of("+-.0123456789eE"));
}

namespace {

/// One character of a text as it is written: how long it is there, and how long what it stands for is in UTF-8.
struct Written {
  std::size_t length = 1;
  std::size_t bytes = 1;
};

/// `rest` begins with the character. The reader has found it right.
Written written_at(std::string_view rest) {
  if (rest[0] != '\\') return {};
  if (rest[1] != 'u') return {.length = 2, .bytes = 1};
  const unsigned long unit = std::stoul(std::string{rest.substr(2, 4)}, nullptr, 16);
  constexpr unsigned long kSurrogates = 0xD800;
  constexpr unsigned long kBehindSurrogates = 0xE000;
  if (unit >= kSurrogates && unit < kBehindSurrogates) return {.length = 12, .bytes = 4};
  return {.length = 6, .bytes = unit < 0x80 ? 1U : unit < 0x800 ? 2U : 3U};
}

}  // namespace

std::size_t JsonSource::offset_within(const Node& text, std::size_t byte) const {
  std::size_t at = text.offset + 1;
  std::size_t seen = 0;
  while (seen < byte && at < text_.size() && text_[at] != '"') {
    const Written next = written_at(text_.substr(at));
    seen += next.bytes;
    if (seen > byte) break;
    at += next.length;
  }
  return at;
}

std::optional<Json> read_json(std::string_view text) {
  const JsonSource source(text);
  if (source.error() || !source.duplicates().empty()) return std::nullopt;
  return *source.root().json;
}

std::string pointer_segment(std::string_view key) {
  std::string out;
  for (const char c : cut(key, kLongestPointer)) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string pointer_of(const Node& node) {
  std::vector<const Node*> chain;
  for (const Node* at = &node; at->parent != nullptr; at = at->parent) chain.push_back(at);
  std::string out;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    out += '/';
    out += (*at)->key != nullptr ? pointer_segment(*(*at)->key) : std::to_string((*at)->index);
  }
  return out;
}

std::string_view type_in_words(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::boolean:
      return "a boolean";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return "a number";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "nothing";
}

std::string text_member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace drydock::scenarios
