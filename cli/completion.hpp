#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/syntax.hpp"
#include "cli/values.hpp"

namespace drydock::cli {

/// A value of the command line that completion knows something about stands at these places.
struct CompletedValue {
  Value value;
  struct Place {
    std::string command;
    std::string option;  // empty: the command's operands
  };
  std::vector<Place> places;
};

/// Holds every value of the commands, each once, in the order in which they first occur.
class CompletedValues {
 public:
  explicit CompletedValues(std::span<const CommandSyntax> commands);

  [[nodiscard]] const std::vector<CompletedValue>& all() const { return values_; }
  /// Returns the index of the value that the option takes, or, where `option` is empty, the command's operands. There
  /// must be such a value.
  [[nodiscard]] std::size_t at(std::string_view command, std::string_view option) const;

 private:
  void add(const Value& value, CompletedValue::Place place);

  std::vector<CompletedValue> values_;
};

/// Scripts for the shells: whole, and asking nothing of drydock while one types.
[[nodiscard]] std::string bash_completion(std::span<const CommandSyntax> commands);
[[nodiscard]] std::string zsh_completion(std::span<const CommandSyntax> commands);
[[nodiscard]] std::string fish_completion(std::span<const CommandSyntax> commands);

}  // namespace drydock::cli
