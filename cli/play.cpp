#include "cli/play.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <variant>
#include <vector>

#include "cli/interrupt.hpp"
#include "scenarios/account.hpp"
#include "scenarios/divergence.hpp"
#include "sim/share_out.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;
using scenarios::Workbench;

std::string difference(const Outcome& first, const Outcome& second) {
  if (auto words = scenarios::first_difference(first, second); !words.empty()) return words;
  return first.trace_hash == second.trace_hash ? "" : "their trace hashes differ";
}

/// A kind that a case names is counted even where it never occurred: readers of results need not
/// tell 0 from absent.
void count_what_is_named(Outcome& outcome, const scenarios::CaseSpec& played) {
  for (const scenarios::Expectation& expectation : played.expect) {
    if (const auto* count = std::get_if<scenarios::CountExpectation>(&expectation.what)) {
      outcome.counts.try_emplace(count->kind, 0);
    }
    if (const auto* sometimes = std::get_if<scenarios::SometimesExpectation>(&expectation.what)) {
      outcome.counts.try_emplace(sometimes->kind, 0);
    }
  }
}

/// Plays the same job again, but for its faults and its tape, to account for each fault.
void account_for_faults(const Job& job, const JobPlayer& player, Workbench& workbench, Outcome& outcome) {
  using scenarios::Judged;
  const scenarios::Replay replay = [&](const scenarios::CaseSpec& played, const sim::Tape& tape) {
    Job again = job;
    again.options.keep_trace = false;
    again.played = played;
    again.tape = tape;
    return player(again, workbench);
  };
  const Judged judged = job.judges_expectations ? Judged::expectations_and_promises : Judged::promises;
  scenarios::account_for_faults(job.played, judged, replay, outcome);
}

JobResult play_once_or_twice(const Job& job, const PlayOptions& options, const JobPlayer& player,
                             Workbench& workbench) {
  const auto started = std::chrono::steady_clock::now();
  Outcome outcome = player(job, workbench);
  const auto took = std::chrono::steady_clock::now() - started;
  if (options.twice) {
    Job twin = job;
    twin.options.keep_trace = false;
    const Outcome again = player(twin, workbench);
    if (const auto words = difference(outcome, again); !words.empty()) {
      return {std::nullopt, "two plays of one tape differ: " + words};
    }
  }
  if (options.account_for_faults) account_for_faults(job, player, workbench, outcome);
  if (!job.judges_expectations) {
    // The scenario's steps may expect something: it is shown, and judged only where the file's own
    // cases are played.
    outcome.passed = outcome.unlisted.empty() && outcome.stopped_by.empty();
    outcome.exercised = true;
  }
  count_what_is_named(outcome, job.played);
  outcome.wall_us = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  // The events of a thousand runs are gigabytes.
  if (!options.keep_events) {
    outcome.events = {};
    outcome.rows = {};
    outcome.volumes = {};
  }
  return {std::move(outcome), ""};
}

/// Makes the thread's workbench where there is none yet. What goes wrong is a result too.
JobResult play(const Job& job, const PlayOptions& options, const JobPlayer& player,
               std::optional<Workbench>& workbench) {
  try {
    if (!workbench) workbench.emplace();
    return play_once_or_twice(job, options, player, *workbench);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    return {std::nullopt, error.what()};
  }
}

}  // namespace

Outcome play_job(const Job& job, Workbench& workbench) {
  scenarios::RunOptions options = job.options;
  options.limits.stop = interrupted;
  try {
    return scenarios::run(*job.scenario, job.played, job.tape, options, workbench);
  } catch (const sim::RunStopped&) {
    throw Interrupted();
  }
}

void play_all(std::span<const Job> jobs, const PlayOptions& options, const JobPlayer& player,
              const std::function<void(std::size_t index, JobResult played)>& done) {
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(options.jobs, jobs.size()));
  std::vector<std::optional<Workbench>> workbenches(threads);
  std::vector<JobResult> results(jobs.size());
  const sim::SharedJob job = [&](unsigned worker, std::uint64_t index) {
    results[index] = play(jobs[index], options, player, workbenches[worker]);
  };
  try {
    sim::share_out_in_order(jobs.size(), threads, job, interrupted,
                            [&](std::uint64_t index) { done(index, std::exchange(results[index], {})); });
  } catch (const Interrupted&) {
    // The job that was being played was not played, and neither were those behind it.
  }
}

}  // namespace drydock::cli
