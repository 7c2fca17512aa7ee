#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/selection.hpp"
#include "scenarios/files/diagnostic.hpp"

namespace drydock::cli {

/// Holds a run of a search to be played, or why there is none.
struct RunOfSearch {
  std::optional<Job> job;
  std::string note;  // for whoever plays it; empty where there is nothing to say
  scenarios::Diagnostic error;
};

/// Finds run `number` in a database of runs (`drydock explore --report trace=FILE`). A run that was drawn is drawn
/// again.
[[nodiscard]] RunOfSearch run_of_search(const std::string& path, std::uint64_t number);

/// Gives the command that plays a run of such a database, up to the run's number.
[[nodiscard]] std::string replay_run_command(const std::string& path);

}  // namespace drydock::cli
