#pragma once

#include "cli/commands.hpp"
#include "cli/play.hpp"

namespace drydock::cli {

/// Is `drydock run`, with something else in the place of the simulation where a test wants it.
int run_with(const Arguments& arguments, Console& console, const JobPlayer& player);

}  // namespace drydock::cli
