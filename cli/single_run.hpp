#pragma once

#include <string>

#include "cli/console.hpp"
#include "cli/play.hpp"
#include "cli/selection.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::cli {

// The commands that show runs one by one say these things of each: run, replay, compare, odds.

/// Returns the outcome as it is for somebody who asks whether a broken promise is still there: the run fails by a
/// promise that its case lists, too.
[[nodiscard]] scenarios::Outcome judged_bare(scenarios::Outcome outcome);

/// Returns the exit code of a single run that is judged bare: 0, 1 or 3.
[[nodiscard]] int exit_code_of(const scenarios::Outcome& outcome);

/// Says that the model has changed since the job's tape was recorded; empty where it has not.
[[nodiscard]] std::string changed_model_note(const Job& job, const scenarios::Outcome& outcome);

/// Says how many decisions of the tape met no question, and names the first; empty where there is none.
[[nodiscard]] std::string misaligned_note(const scenarios::Outcome& outcome);

/// Prints each decision of the tape that met no question, and why. That takes a play of the job for each.
void print_misaligned(const Job& job, const scenarios::Outcome& outcome, const JobPlayer& player, Console& console);

}  // namespace drydock::cli
