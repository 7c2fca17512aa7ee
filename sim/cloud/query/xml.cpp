#include "sim/cloud/query/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "sim/check.hpp"
#include "sim/utf8.hpp"

namespace drydock::cloud::query {
namespace {

constexpr bool is_plain(char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t' || c == '\r'; }

bool is_forbidden_control(char c) { return static_cast<unsigned char>(c) < 0x20 && !is_plain(c); }

/// U+FFFE and U+FFFF are EF BF BE and EF BF BF.
bool is_noncharacter(std::string_view rest) {
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
}

/// Returns what stands for a character in a text or an attribute; empty: itself. A parser would read a carriage return
/// as a line end.
std::string_view escape_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\r':
      return "&#13;";
    default:
      return {};
  }
}

/// The characters that are written as they are, whatever stands beside them.
constexpr std::array<bool, 256> kAsTheyAre = [] {
  std::array<bool, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code) {
    const char c = static_cast<char>(code);
    table[code] = is_plain(c) && c != '&' && c != '<' && c != '>' && c != '"' && c != '\r';
  }
  return table;
}();

bool is_as_it_is(char c) { return kAsTheyAre[static_cast<unsigned char>(c)]; }

constexpr std::size_t kIndent = 4;
/// An answer about one instance, and what allows for a longer one.
constexpr std::size_t kUsual = 8 << 10;

}  // namespace

bool fits_xml(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) return true;
  if (std::any_of(text.begin(), text.end(), is_forbidden_control)) return false;
  if (sim::find_invalid_utf8(text) != std::string_view::npos) return false;
  for (std::size_t at = text.find('\xEF'); at != std::string_view::npos; at = text.find('\xEF', at + 1)) {
    if (is_noncharacter(text.substr(at))) return false;
  }
  return true;
}

std::string fit_for_xml(std::string_view text) {
  const std::string valid = sim::valid_utf8(text);
  const std::string_view rest = valid;
  std::string fit;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    if (is_noncharacter(rest.substr(at))) {
      at += 2;
    } else if (!is_forbidden_control(rest[at])) {
      fit += rest[at];
    }
  }
  return fit;
}

// --- documents ------------------------------------------------------------------------------------------------------

Element Document::root(std::string_view name) {
  text_.reserve(kUsual);
  text_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  open_.clear();
  return begin(name);
}

std::string Document::finish() {
  while (!open_.empty()) end_innermost();
  return std::move(text_);
}

/// Begins a line inside the innermost element.
void Document::begin_line() {
  if (!open_.empty() && open_.back().is_empty) {
    text_ += ">\n";
    open_.back().is_empty = false;
  }
  text_.append(kIndent * open_.size(), ' ');
}

Element Document::begin(std::string_view name) {
  begin_line();
  text_ += '<';
  open_.push_back({.name = text_.size(), .length = name.size(), .number = ++begun_});
  text_ += name;
  return {*this, open_.size() - 1, begun_};
}

void Document::end_innermost() {
  const Open ended = open_.back();
  open_.pop_back();
  if (ended.is_empty) {
    text_ += " />\n";
    return;
  }
  begin_line();
  text_ += "</";
  text_.append(text_, ended.name, ended.length);
  text_ += ">\n";
}

/// Ends what is inside of an element.
void Document::end_below(std::size_t depth, std::uint32_t number) {
  DRYDOCK_CHECK(depth < open_.size() && open_[depth].number == number, "an element was written to after its end");
  while (open_.size() > depth + 1) end_innermost();
}

void Document::leaf(std::string_view name, std::string_view value) {
  begin_line();
  text_ += '<';
  text_ += name;
  if (value.empty()) {
    text_ += " />\n";
    return;
  }
  text_ += '>';
  append_escaped(value);
  text_ += "</";
  text_ += name;
  text_ += ">\n";
}

void Document::append_escaped(std::string_view value) {
  if (std::all_of(value.begin(), value.end(), is_as_it_is)) {
    text_ += value;
    return;
  }
  for (const char c : fits_xml(value) ? std::string{value} : fit_for_xml(value)) {
    const std::string_view escape = escape_of(c);
    if (escape.empty()) {
      text_ += c;
    } else {
      text_ += escape;
    }
  }
}

// --- elements -------------------------------------------------------------------------------------------------------

void Element::number(std::string_view name, std::uint64_t value) {
  const fmt::format_int digits(value);
  text(name, {digits.data(), digits.size()});
}

void Element::attribute(std::string_view name, std::string_view value) {
  DRYDOCK_CHECK(depth_ + 1 == document_->open_.size() && document_->open_.back().is_empty,
                "an attribute was written after the content");
  document_->text_ += ' ';
  document_->text_ += name;
  document_->text_ += "=\"";
  document_->append_escaped(value);
  document_->text_ += '"';
}

}  // namespace drydock::cloud::query
