#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::cloud::query {

/// Tells whether XML 1.0 can hold the text: it is UTF-8, without control characters but tab and line ends, and without
/// U+FFFE and U+FFFF.
[[nodiscard]] bool fits_xml(std::string_view text);

/// Returns the text without the bytes that XML 1.0 cannot hold.
[[nodiscard]] std::string fit_for_xml(std::string_view text);

class Element;

/// An answer that is being written, from its beginning to its end. Whatever text is written, it stays well-formed: what
/// XML cannot hold is left out.
class Document {
 public:
  /// Begins the document with an empty root. Names of elements and attributes are ASCII literals of the source.
  [[nodiscard]] Element root(std::string_view name);
  /// Ends the elements that have been begun, and returns the text, with the declaration of its encoding.
  [[nodiscard]] std::string finish();

 private:
  friend class Element;

  /// An element whose end has not been written.
  struct Open {
    std::size_t name = 0;  // where it stands in the text
    std::size_t length = 0;
    std::uint32_t number = 0;
    bool is_empty = true;
  };

  void begin_line();
  void end_innermost();
  void end_below(std::size_t depth, std::uint32_t number);
  [[nodiscard]] Element begin(std::string_view name);
  void leaf(std::string_view name, std::string_view value);
  void append_escaped(std::string_view value);

  std::string text_;
  std::vector<Open> open_;
  std::uint32_t begun_ = 0;
};

/// An element of an answer that is being written, in the order in which it is read: once something has been written
/// behind an element, the element is complete. It points into its document, which outlives it.
class Element {
 public:
  Element() = default;

  /// Appends an empty element and returns it.
  Element child(std::string_view name) {
    document_->end_below(depth_, number_);
    return document_->begin(name);
  }
  void text(std::string_view name, std::string_view value) {
    document_->end_below(depth_, number_);
    document_->leaf(name, value);
  }
  void number(std::string_view name, std::uint64_t value);
  void flag(std::string_view name, bool value) { text(name, value ? "true" : "false"); }
  /// Appends an attribute to an element that is still empty.
  void attribute(std::string_view name, std::string_view value);
  /// Appends what only makes sense where there is some.
  void text_unless_empty(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }

 private:
  friend class Document;
  Element(Document& document, std::size_t depth, std::uint32_t number)
      : document_(&document), depth_(depth), number_(number) {}

  Document* document_ = nullptr;
  std::size_t depth_ = 0;
  std::uint32_t number_ = 0;
};

}  // namespace drydock::cloud::query
