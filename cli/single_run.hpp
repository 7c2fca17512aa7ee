#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/play.hpp"
#include "cli/selection.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::cli {

// The commands that show runs one by one say these things of each: run, replay, compare, odds.

/// Returns the outcome as it is for somebody who asks whether a broken promise is still there: the run fails by a
/// promise that its case lists, too.
[[nodiscard]] scenarios::Outcome judged_bare(scenarios::Outcome outcome);

/// Returns the exit code of a single run that is judged bare: 0, 1 or 3. Where it is `strict`, a tape that does not fit
/// is 3.
[[nodiscard]] int exit_code_of(const scenarios::Outcome& outcome, bool strict);

/// Returns what is wrong with the `given` decisions of these jobs (--deviate, --fork), as `site#n=value`: a workspace
/// that there is not, an answer out of the range of its question. A decision is right where one of the jobs takes it;
/// one that merely meets no question is not wrong. Plays each job, and once more for each decision that it does not
/// take.
[[nodiscard]] std::vector<scenarios::Diagnostic> wrong_decisions(std::span<const Job> jobs,
                                                                 const std::vector<std::string>& given,
                                                                 const JobPlayer& player);

/// Says that the model has changed since the job's tape was recorded; empty where it has not.
[[nodiscard]] std::string changed_model_note(const Job& job, const scenarios::Outcome& outcome);

/// Says how many decisions of the tape met no question, and names the first; empty where there is none.
[[nodiscard]] std::string misaligned_note(const scenarios::Outcome& outcome);

/// Prints each decision of the tape that met no question, and why. That takes a play of the job for each.
void print_misaligned(const Job& job, const scenarios::Outcome& outcome, const JobPlayer& player, Console& console);

}  // namespace drydock::cli
