#pragma once

#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace drydock::cli {

struct OptionSyntax {
  std::string name;    // `--policy`
  std::string letter;  // `-h`; empty where there is none
  std::string value_name;
  std::string meaning;
  bool repeatable = false;
  boost::shared_ptr<po::option_description> option;  // what this was made from
};

/// Describes a command as completion scripts and the manual page show it.
struct CommandSyntax {
  std::string name;
  std::string summary;
  Usage usage;
  std::vector<OptionSyntax> options;
  Operands operands;
};

/// Returns all commands in the order of the help, and `help` itself.
[[nodiscard]] std::vector<CommandSyntax> syntax();

/// Returns the options that stand without a command.
[[nodiscard]] std::vector<OptionSyntax> options_without_command();

}  // namespace drydock::cli
