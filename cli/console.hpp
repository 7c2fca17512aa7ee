#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace drydock::cli {

/// A command ends with one of these exit codes.
enum Exit : int {
  kHeld = 0,
  kFailed = 1,        // an expectation unmet or a promise broken
  kBadInput = 2,      // the command line or a file is wrong; nothing was run
  kInconclusive = 3,  // a bound ended a run; or, under --strict, something was not exercised
  kNothingSelected = 4,
  kIncomplete = 5,      // under --partial: a part of what was to be merged is bad or missing
  kInternalError = 70,  // Drydock is broken; also two plays of one tape that differ
  kCannotWrite = 74,    // sysexits' EX_IOERR: a full disk, a closed pipe
  kInterrupted = 130,   // by SIGINT; the program ends with 143 after SIGTERM and 129 after SIGHUP
};

/// Holds the words of a command line behind the command's name.
using Arguments = std::vector<std::string>;

/// Names how a command prints what it has to say.
enum class Format : unsigned char { text, json, ndjson, junit };

/// Tells what the streams are connected to. main() finds it out; a test says it.
struct Terminal {
  bool out = false;
  bool err = false;
  bool no_colour = false;  // NO_COLOR is set, or the terminal is dumb
};

struct Description;  // cli/usage.hpp

/// A command prints to these streams.
struct Console {
  std::ostream& out;
  std::ostream& err;
  Terminal terminal;
  /// Takes a command's description; a command that finds it set describes itself instead of acting (see describe()).
  std::optional<Description>* describe = nullptr;
};

}  // namespace drydock::cli
