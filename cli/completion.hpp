#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/syntax.hpp"

namespace drydock::cli {

/// A value of the command line that completion knows something about, and where it stands.
struct CompletedValue {
  Value value;
  struct Place {
    std::string command;
    std::string option;  // empty: the command's operands
  };
  std::vector<Place> places;
};

/// Every value of the commands, each with all places that take it, in the order in which they first occur.
[[nodiscard]] std::vector<CompletedValue> completed_values(std::span<const CommandSyntax> commands);

/// Scripts for the shells: whole, and asking nothing of drydock while one types.
[[nodiscard]] std::string bash_completion(std::span<const CommandSyntax> commands);
[[nodiscard]] std::string zsh_completion(std::span<const CommandSyntax> commands);
[[nodiscard]] std::string fish_completion(std::span<const CommandSyntax> commands);

}  // namespace drydock::cli
