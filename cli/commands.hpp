#pragma once

#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::cli {

/// The process's answer, as every command gives it.
enum Exit : int {
  kHeld = 0,
  kFailed = 1,        // an expectation unmet or an invariant violated
  kBadInput = 2,      // the command line or a file is wrong; nothing was run
  kInconclusive = 3,  // a bound ended a run; or, under --strict, something was not exercised
  kNothingSelected = 4,
  kInternalError = 70,  // Drydock is broken; also two plays of one tape that differ
  kCannotWrite = 74,    // sysexits' EX_IOERR: a full disk, a closed pipe
  kInterrupted = 130,
};

/// What the streams are connected to. A test says it; main() looks.
struct Terminal {
  bool out = false;
  bool err = false;
  bool no_colour = false;  // NO_COLOR is set, or the terminal is dumb
};

struct Description;  // cli/options.hpp

struct Console {
  std::ostream& out;
  std::ostream& err;
  Terminal terminal;
  /// Where a command puts its description instead of acting; see describe().
  std::optional<Description>* describe = nullptr;
};

using Arguments = std::vector<std::string>;

struct Command {
  std::string_view name;
  std::string_view operands;
  std::string_view summary;
  int (*run)(const Arguments& arguments, Console& console);
};

/// Every command, in the order of the help.
[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] std::vector<std::string> command_names();

/// What a command reads and says of itself. Nobody writes it beside the command: it is what the command itself hands to
/// read_options(), so that help, completion and manual cannot know of an option that the command does not, or the
/// other way round.
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

/// The whole program: reads the arguments (without the program's name), acts and returns the exit
/// code.
int drydock_main(const Arguments& arguments, std::ostream& out, std::ostream& err, Terminal terminal);

}  // namespace drydock::cli
