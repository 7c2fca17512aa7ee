#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// One value of a parsed file, with where it stands. Children are in the order of the file.
struct Node {
  const Json* json = nullptr;
  const Node* parent = nullptr;
  const std::string* key = nullptr;  // of a member of an object
  std::uint32_t index = 0;           // of an element of an array
  std::uint32_t offset = 0;
  std::uint32_t key_offset = 0;
  std::vector<Node> children;

  [[nodiscard]] const Node* find(std::string_view name) const;
};

/// Long texts of the user are shortened in messages, so that a message never costs more than a
/// line.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// A file of strict JSON in which `//` comments are allowed: its value, and the position of
/// everything in it. The library that holds the values keeps neither positions nor duplicate keys,
/// hence this reader.
class JsonSource {
 public:
  static constexpr std::size_t kMostBytes = 64U << 20U;
  static constexpr std::size_t kMostValues = 1'000'000;
  static constexpr std::size_t kDeepest = 64;

  struct SyntaxError {
    std::size_t offset = 0;
    std::string message;
    std::string hint;
  };
  struct Duplicate {
    std::size_t offset = 0;
    std::size_t first_offset = 0;
    std::string key;
    std::string pointer;
  };

  /// `text` outlives the source.
  explicit JsonSource(std::string_view text);
  JsonSource(const JsonSource&) = delete;
  JsonSource& operator=(const JsonSource&) = delete;

  /// Set when the text is not JSON; then there is no root.
  [[nodiscard]] const std::optional<SyntaxError>& error() const { return error_; }
  /// The first ones; there is no use in listing thousands.
  [[nodiscard]] const std::vector<Duplicate>& duplicates() const { return duplicates_; }
  [[nodiscard]] const Node& root() const { return root_; }
  [[nodiscard]] Position position(std::size_t offset) const;
  /// The offset in the file of a byte of a text's value: escapes are longer in the file than what they stand for.
  [[nodiscard]] std::size_t offset_within(const Node& text, std::size_t byte) const;
  /// A number as it is written: exact where a double would not be.
  [[nodiscard]] std::string_view number_text(const Node& node) const;

 private:
  std::string_view text_;
  std::vector<std::uint32_t> line_starts_;
  std::optional<SyntaxError> error_;
  std::vector<Duplicate> duplicates_;
  Json value_;
  Node root_;
};

/// Gives the value of a text that is strict JSON within JsonSource's bounds; empty for any other text. Whatever is not
/// our own writing is read by this or by JsonSource: other readers know no bound on the depth.
[[nodiscard]] std::optional<Json> read_json(std::string_view text);

/// Gives the JSON pointer of a value, shortened in the middle when it is absurdly long.
[[nodiscard]] std::string pointer_of(const Node& node);
[[nodiscard]] std::string pointer_segment(std::string_view key);
/// Gives the text of an object's member; empty where there is no such member, or where it is no text.
[[nodiscard]] std::string text_member(const Json& object, const char* key);
/// Says in words what a value is: `a number`, `a list`.
[[nodiscard]] std::string_view type_in_words(const Json& json);

}  // namespace drydock::scenarios
