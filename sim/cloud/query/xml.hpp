#pragma once

#include <cstdint>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace drydock::cloud::query {

/// Tells whether XML 1.0 can hold the text: it is UTF-8, without control characters but tab and line ends, and without
/// U+FFFE and U+FFFF.
[[nodiscard]] bool fits_xml(std::string_view text);

/// Returns the text without the bytes that XML 1.0 cannot hold.
[[nodiscard]] std::string fit_for_xml(std::string_view text);

/// An element of an answer that is being written. It points into its document, which outlives it. Whatever text is
/// written, the document stays well-formed: what XML cannot hold is left out.
class Element {
 public:
  Element() = default;
  explicit Element(pugi::xml_node node) : node_(node) {}

  /// Appends an empty element and returns it. Names are ASCII literals of the source.
  Element child(const char* name) { return Element{node_.append_child(name)}; }
  void text(const char* name, std::string_view value);
  void number(const char* name, std::uint64_t value);
  void flag(const char* name, bool value) { text(name, value ? "true" : "false"); }
  void attribute(const char* name, const std::string& value) { node_.append_attribute(name) = value.c_str(); }
  /// Appends what only makes sense where there is some.
  void text_unless_empty(const char* name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }

 private:
  pugi::xml_node node_;
};

/// Writes the document, with the declaration of its encoding.
[[nodiscard]] std::string written(const pugi::xml_document& document);

}  // namespace drydock::cloud::query
