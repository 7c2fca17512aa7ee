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

/// `scenarios::run` for one job; a test may put something else in its place.
using JobPlayer = std::function<scenarios::Outcome(const Job& job, scenarios::Workbench& workbench)>;
[[nodiscard]] scenarios::Outcome play_job(const Job& job, scenarios::Workbench& workbench);

/// What came of one job: an outcome, or Drydock's own failure.
struct JobResult {
  std::optional<scenarios::Outcome> outcome;
  std::string internal_error;
};

struct PlayOptions {
  bool twice = false;  // and compare every event
  /// Whether each listed fault that fired mattered: one more play for each.
  bool account_for_faults = false;
  bool keep_events = false;
  unsigned jobs = 1;  // threads; changes neither results nor their order
};

/// Plays the jobs and hands over each result on the calling thread, in the jobs' order, as soon as
/// it and all before it are there. Ends early, between two jobs, when the user interrupts.
void play_all(std::span<const Job> jobs, const PlayOptions& options, const JobPlayer& player,
              const std::function<void(std::size_t index, JobResult played)>& done);

}  // namespace drydock::cli
