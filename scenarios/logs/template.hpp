#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// A text with places to be filled: `{name}` and `{1}` stand for a group of the rule's regular expression, `{$.path}`
/// for a field of the line's JSON, `{labels.name}` for a label; `{{` and `}}` for braces.
class Template {
 public:
  struct Part {
    enum class Kind : std::uint8_t { literal, group, field, label };
    Kind kind = Kind::literal;
    std::string text;
  };

  /// Gives the value that a place stands for in one line; empty where the line has nothing of that name.
  using Lookup = std::function<std::optional<Json>(const Part& part)>;

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// Tells whether the text has no places, so that it says the same of every line.
  [[nodiscard]] bool is_constant() const;
  /// Gives the filled text. A place without a value becomes nothing.
  [[nodiscard]] std::string text(const Lookup& lookup) const;
  /// Gives the filled text; a template that is one place keeps the type of its value, and is null without one.
  [[nodiscard]] Json value(const Lookup& lookup) const;

 private:
  friend struct ParsedTemplate parse_template(std::string_view text);
  std::vector<Part> parts_;
};

/// A template, or why a text is none.
struct ParsedTemplate {
  std::optional<Template> value;
  std::string error;
};
[[nodiscard]] ParsedTemplate parse_template(std::string_view text);

/// Finds the value at a path such as `request.id` or `items.0.name`; a key that holds dots itself goes first. Null
/// pointer where there is none.
[[nodiscard]] const Json* find_path(const Json& value, std::string_view path);

/// Gives a value as text: texts as they are, everything else as JSON.
[[nodiscard]] std::string plain_text(const Json& value);

}  // namespace drydock::scenarios
