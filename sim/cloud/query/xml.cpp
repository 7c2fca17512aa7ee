#include "sim/cloud/query/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "sim/utf8.hpp"

namespace drydock::cloud::query {
namespace {

bool is_plain(char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t' || c == '\r'; }

bool is_forbidden_control(char c) { return static_cast<unsigned char>(c) < 0x20 && !is_plain(c); }

/// U+FFFE and U+FFFF are EF BF BE and EF BF BF.
bool is_noncharacter(std::string_view rest) {
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
}

/// Collects a document. A carriage return stands only in texts, where pugixml leaves it as it is; a parser would read
/// it as a line end.
class StringWriter final : public pugi::xml_writer {
 public:
  void write(const void* data, std::size_t size) override {
    std::string_view rest(static_cast<const char*>(data), size);
    for (std::size_t at = rest.find('\r'); at != std::string_view::npos; at = rest.find('\r')) {
      text.append(rest.substr(0, at)).append("&#13;");
      rest.remove_prefix(at + 1);
    }
    text.append(rest);
  }
  std::string text;
};

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

void Element::text(const char* name, std::string_view value) {
  pugi::xml_node element = node_.append_child(name);
  if (value.empty()) return;
  const std::string kept = fits_xml(value) ? std::string{value} : fit_for_xml(value);
  element.append_child(pugi::node_pcdata).set_value(kept.c_str());
}

void Element::number(const char* name, std::uint64_t value) { text(name, fmt::format_int(value).c_str()); }

std::string written(const pugi::xml_document& document) {
  StringWriter writer;
  writer.text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  document.save(writer, "    ", pugi::format_indent | pugi::format_no_declaration, pugi::encoding_utf8);
  return std::move(writer.text);
}

}  // namespace drydock::cloud::query
