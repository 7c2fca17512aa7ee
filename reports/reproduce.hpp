#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// Says how a run was asked for. A run is a pure function of these values, so they are all that is needed to see it
/// again.
struct Invocation {
  std::string command;  // that plays it again, where it is known already; empty: the rest says it
  std::string file;     // as the user named it; empty where the tape's own scenario is played
  std::optional<std::string> policy;
  std::optional<std::string> tape;
  std::optional<std::uint64_t> seed;
  bool no_seed = false;
  std::vector<std::string> set;
  std::vector<std::string> deviate;
  std::vector<std::string> invariants;  // files of users' invariants
};

/// Gives the command that plays the run again, in one line.
[[nodiscard]] std::string reproduce_command(const scenarios::Outcome& outcome, const Invocation& invocation);

/// Quotes a word so that a POSIX shell (or, for control characters, bash) reads it back.
[[nodiscard]] std::string shell_quote(std::string_view word);

/// Writes a case's name as a pattern that matches this name alone.
[[nodiscard]] std::string as_pattern(std::string_view case_name);

}  // namespace drydock::reports
