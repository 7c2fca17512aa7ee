#pragma once

#include <string>

#include "scenarios/explore/exploration.hpp"

namespace drydock::scenarios {

/// Says what a database of runs is to know of its search beside what the search says.
struct RunsOrigin {
  std::string case_name;  // empty where a policy was searched without any case
  std::string document;   // JSON: all that it takes to play its runs again
  std::string again;      // the command that plays a run again, up to its number
};

/// Writes the rows of a search (`ExploreOptions::sample`) as the bytes of an SQLite database, which `drydock query`
/// reads (docs/trace.md). The same search has the same bytes, however it was shared out.
[[nodiscard]] std::string runs_database(const Exploration& found, const RunsOrigin& origin);

}  // namespace drydock::scenarios
