#pragma once

#include "cli/commands.hpp"
#include "cli/play.hpp"

namespace drydock::cli {

/// `drydock replay`, with something else in the place of the simulation where a test wants it.
int replay_with(const Arguments& arguments, Console& console, const JobPlayer& player);

/// Names each decision of the tape that met no question, and why.
void print_misaligned(const Job& job, const scenarios::Outcome& outcome, const JobPlayer& player, Console& console);

/// 0, 1 or 3: what a single run that is judged bare comes to.
[[nodiscard]] int exit_code_of(const scenarios::Outcome& outcome);

}  // namespace drydock::cli
