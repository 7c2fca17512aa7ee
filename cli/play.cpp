#include "cli/play.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "cli/interrupt.hpp"
#include "scenarios/account.hpp"
#include "scenarios/divergence.hpp"

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

/// What is played again is the same job but for its faults and its tape.
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

JobResult play(const Job& job, const PlayOptions& options, const JobPlayer& player, Workbench& workbench) {
  try {
    return play_once_or_twice(job, options, player, workbench);
  } catch (const std::exception& error) {
    return {std::nullopt, error.what()};
  }
}

/// Hands out jobs in their order and takes back results in any; the calling thread reads them in
/// order again.
class Board {
 public:
  explicit Board(std::size_t jobs) : jobs_(jobs) {}

  /// The next job to play; empty when there is none, or when nobody wants more.
  std::optional<std::size_t> take() {
    const std::lock_guard lock(mutex_);
    if (next_ == jobs_ || closed_ || interrupted()) return std::nullopt;
    return next_++;
  }

  void put(std::size_t index, JobResult played) {
    const std::lock_guard lock(mutex_);
    results_.emplace(index, std::move(played));
    changed_.notify_all();
  }

  void worker_left() {
    const std::lock_guard lock(mutex_);
    --workers_;
    changed_.notify_all();
  }

  void worker_came() {
    const std::lock_guard lock(mutex_);
    ++workers_;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  /// Waits for one result; empty when it will never come.
  std::optional<JobResult> wait_for(std::size_t index) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return results_.contains(index) || workers_ == 0; });
    const auto found = results_.find(index);
    if (found == results_.end()) return std::nullopt;
    JobResult played = std::move(found->second);
    results_.erase(found);
    return played;
  }

 private:
  const std::size_t jobs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, JobResult> results_;
  std::size_t next_ = 0;
  std::size_t workers_ = 0;
  bool closed_ = false;
};

/// Threads that are joined however this scope is left.
class Crew {
 public:
  explicit Crew(Board& board) : board_(board) {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    board_.close();
    for (std::thread& thread : threads_) thread.join();
  }

  template <typename Work>
  void add(Work work) {
    board_.worker_came();
    threads_.emplace_back([this, work] {
      work();
      board_.worker_left();
    });
  }

 private:
  Board& board_;
  std::vector<std::thread> threads_;
};

void work_off(std::span<const Job> jobs, const PlayOptions& options, const JobPlayer& player, Board& board) {
  std::optional<Workbench> workbench;
  while (const auto index = board.take()) {
    try {
      if (!workbench) workbench.emplace();
      board.put(*index, play(jobs[*index], options, player, *workbench));
    } catch (const std::exception& error) {
      board.put(*index, {std::nullopt, error.what()});
    }
  }
}

}  // namespace

Outcome play_job(const Job& job, Workbench& workbench) {
  return scenarios::run(*job.scenario, job.played, job.tape, job.options, workbench);
}

void play_all(std::span<const Job> jobs, const PlayOptions& options, const JobPlayer& player,
              const std::function<void(std::size_t index, JobResult played)>& done) {
  Board board(jobs.size());
  Crew crew(board);
  const std::size_t threads = std::min<std::size_t>(options.jobs, jobs.size());
  for (std::size_t i = 0; i < threads; ++i) {
    crew.add([&] { work_off(jobs, options, player, board); });
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto played = board.wait_for(i);
    if (!played) return;
    done(i, *std::move(played));
  }
}

}  // namespace drydock::cli
