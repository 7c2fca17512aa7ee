#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "cli/selection.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/run.hpp"

namespace drydock::cli {

/// Is `scenarios::run` for one job; a test may put something else in its place.
using JobPlayer = std::function<scenarios::Outcome(const Job& job, scenarios::Workbench& workbench)>;
/// Throws Interrupted where the user interrupts meanwhile.
[[nodiscard]] scenarios::Outcome play_job(const Job& job, scenarios::Workbench& workbench);

/// Holds what came of one job: an outcome or, where that is empty, what went wrong in Drydock itself.
struct JobResult {
  std::optional<scenarios::Outcome> outcome;
  std::string internal_error;
};

struct PlayOptions {
  bool twice = false;  // and compare every event
  /// Each listed fault that fired costs one more play, which tells whether the fault mattered.
  bool account_for_faults = false;
  bool keep_events = false;
  unsigned jobs = 1;  // threads; changes neither results nor their order
};

/// Plays the jobs and hands over each result on the calling thread, in the jobs' order, as soon as
/// it and all before it are there. Ends early when the user interrupts; the job that is being played
/// then has no result.
void play_all(std::span<const Job> jobs, const PlayOptions& options, const JobPlayer& player,
              const std::function<void(std::size_t index, JobResult played)>& done);

}  // namespace drydock::cli
