#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"

namespace drydock::cli {

/// A row of the table of commands.
struct Command {
  std::string_view name;
  std::string_view operands;
  std::string_view summary;
  int (*run)(const Arguments& arguments, Console& console);
};

/// Returns every command, in the order of the help.
[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] std::vector<std::string> command_names();

/// Returns what a command reads and says of itself. Nobody writes that beside the command: it is what the command
/// itself hands to read_options(), so that help, completion and manual cannot know of an option that the command does
/// not, or the other way round.
[[nodiscard]] Description describe(const Command& command);

// What help and the manual page say of the whole program.

struct ExitCode {
  Exit code = kHeld;
  std::string_view meaning;
};

[[nodiscard]] std::string_view purpose();
[[nodiscard]] std::string_view examples();
[[nodiscard]] std::span<const ExitCode> exit_codes();
inline constexpr std::string_view kHelpSummary = "examples and options of a command";

/// Is the whole program: reads the arguments (without the program's name), acts and returns the exit code.
int drydock_main(const Arguments& arguments, std::ostream& out, std::ostream& err, Terminal terminal);

}  // namespace drydock::cli
