#include "tests/mutants/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <thread>

#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "sim/check.hpp"
#include "sim/hash.hpp"
#include "tests/mutants/active.hpp"

namespace drydock::mutants {
namespace {

using scenarios::Outcome;
using scenarios::Workbench;

/// A mutant that needs so many times the steps of the program as it is will never end.
constexpr std::uint64_t kPatience = 20;
constexpr std::uint64_t kLeastSteps = 200'000;

std::string name_of(const cli::Job& job) {
  const std::string name = fmt::format("{}/{}", job.scenario->name, job.played.name);
  return job.tape.seed() ? fmt::format("{} with seed {}", name, *job.tape.seed()) : name;
}

std::vector<cli::Job> every_case() {
  cli::SelectionRequest wanted;
  wanted.files = cli::built_in_names();
  cli::Selection selection = cli::select(wanted);
  if (!selection.errors.empty()) throw std::invalid_argument(to_text(selection.errors.front()));
  return std::move(selection.jobs);
}

/// The first unmet expectation; an unlisted violation is named by its invariant.
Judgement judged(const Outcome& outcome, const cli::Job& job) {
  Judgement judgement;
  if (outcome.passed) return judgement;
  judgement.result = Result::killed;
  judgement.played = name_of(job);
  if (!outcome.unlisted.empty()) {
    judgement.by_invariant = true;
    judgement.by = outcome.violations[outcome.unlisted.front()].invariant;
    return judgement;
  }
  const auto unmet = std::find_if(outcome.expectations.begin(), outcome.expectations.end(),
                                  [](const scenarios::ExpectationResult& result) { return !result.passed; });
  judgement.by = unmet == outcome.expectations.end() ? "bound: " + outcome.stopped_by : unmet->text;
  return judgement;
}

/// A mutant that breaks Drydock itself is noticed, but is not what the catalogue is for.
Judgement broken(const sim::InternalError& error, const cli::Job& job) {
  return {Result::killed, false, fmt::format("internal error: {}", error.what()), name_of(job)};
}

}  // namespace

std::string_view to_text(Result result) {
  switch (result) {
    case Result::killed:
      return "killed";
    case Result::survived:
      return "survived";
    case Result::equivalent:
      return "equivalent";
  }
  return "unknown";
}

Bench::Bench(std::uint64_t seeds) : seeds_(seeds) {
  const Selected none(0);
  Workbench workbench;
  for (cli::Job& job : every_case()) {
    Case one;
    one.job = std::move(job);
    const Outcome outcome = play(one, one.job.tape, true, workbench);
    if (!outcome.passed) throw std::invalid_argument(name_of(one.job) + " fails without any mutant");
    one.steps = outcome.steps;
    for (const scenarios::ShownViolation& violation : outcome.violations) one.broken.insert(violation.invariant);
    cases_.push_back(std::move(one));
  }
  std::stable_sort(cases_.begin(), cases_.end(), [](const Case& a, const Case& b) { return a.steps < b.steps; });
  known_ = std::make_unique<Known[]>(cases_.size());
  cli::SelectionRequest wanted;
  wanted.files = {"open-world"};
  wanted.policies = {"hardened"};
  open_world_ = cli::select(wanted).jobs.at(0);
}

Outcome Bench::play(const Case& one, const sim::Tape& tape, bool keep_record, Workbench& workbench) const {
  scenarios::RunOptions options;
  options.keep_record = keep_record;
  if (one.steps > 0) options.limits.steps = std::max(kLeastSteps, one.steps * kPatience);
  return scenarios::run(*one.job.scenario, one.job.played, tape, options, workbench);
}

Judgement Bench::judge(const Mutant& mutant, Workbench& workbench) const {
  const Selected selected(number_of(mutant.name));
  Judgement catalogue = play_catalogue(workbench);
  if (catalogue.by_invariant) return catalogue;
  if (Judgement found = search_open_world(); found.result == Result::killed) return found;
  if (catalogue.result == Result::survived) catalogue = play_seeds(workbench);
  if (catalogue.result == Result::survived && !mutant.equivalent.empty()) catalogue.result = Result::equivalent;
  return catalogue;
}

/// The first case in which an invariant tells, else the first in which anything does.
Judgement Bench::play_catalogue(Workbench& workbench) const {
  Judgement best;
  for (const Case& one : cases_) {
    Judgement now;
    try {
      now = judged(play(one, one.job.tape, true, workbench), one.job);
    } catch (const sim::InternalError& error) {
      now = broken(error, one.job);
    }
    if (now.by_invariant) return now;
    if (best.result == Result::survived) best = std::move(now);
  }
  return best;
}

namespace {

/// Hands the runs of the search to `use`, until it has seen enough.
template <typename Use>
void search_runs(const cli::Job& world, std::uint64_t runs, const Use& use) {
  sim::search::FillParameters parameters;
  parameters.horizon = world.scenario->horizon;
  scenarios::TapePlayer player(*world.scenario, world.played, parameters);
  for (std::uint64_t run = 0; run < runs; ++run) {
    const auto fill = sim::search::swarm_fill(sim::mix(0x0BE4C4, run), parameters);
    const sim::search::Reading reading = player.play({}, fill.get(), {});
    if (!use(run, reading)) return;
  }
}

constexpr std::uint64_t kRunsPerSeed = 10;

}  // namespace

/// What the unmutated program breaks in the same runs does not count.
Judgement Bench::search_open_world() const {
  std::call_once(known_in_open_world_.once, [&] {
    const Selected none(0);
    search_runs(open_world_, seeds_ * kRunsPerSeed, [&](std::uint64_t, const auto& reading) {
      for (const auto& broken : reading.broken) known_in_open_world_.broken.insert(broken.promise);
      return true;
    });
  });
  Judgement judgement;
  try {
    search_runs(open_world_, seeds_ * kRunsPerSeed, [&](std::uint64_t run, const auto& reading) {
      for (const auto& broken : reading.broken) {
        if (known_in_open_world_.broken.contains(broken.promise)) continue;
        judgement = {Result::killed, true, broken.promise, fmt::format("open-world/hardened, swarm run {}", run)};
        return false;
      }
      return true;
    });
  } catch (const sim::InternalError& error) {
    judgement = broken(error, open_world_);
  }
  return judgement;
}

/// Stops at the first promise that is broken and that the program as it is keeps in that case.
Judgement Bench::play_seeds(Workbench& workbench) const {
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const Invariants& expected = known(i, workbench);
    for (std::uint64_t seed = 1; seed <= seeds_; ++seed) {
      cli::Job job = cases_[i].job;
      job.tape.set_seed(seed);
      try {
        const Outcome outcome = play(cases_[i], job.tape, false, workbench);
        for (const scenarios::ShownViolation& violation : outcome.violations) {
          if (!expected.contains(violation.invariant)) return {Result::killed, true, violation.invariant, name_of(job)};
        }
      } catch (const sim::InternalError& error) {
        return broken(error, job);
      }
    }
  }
  return {};
}

const Bench::Invariants& Bench::known(std::size_t index, Workbench& workbench) const {
  Known& known = known_[index];
  std::call_once(known.once, [&] {
    const Selected none(0);
    const Case& one = cases_[index];
    known.broken = one.broken;
    for (std::uint64_t seed = 1; seed <= seeds_; ++seed) {
      sim::Tape tape = one.job.tape;
      tape.set_seed(seed);
      const Outcome outcome = play(one, tape, false, workbench);
      for (const scenarios::ShownViolation& violation : outcome.violations) known.broken.insert(violation.invariant);
    }
  });
  return known.broken;
}

// --- side by side ---------------------------------------------------------------------------------------------------

namespace {

/// Hands out places and keeps what comes back.
class Board {
 public:
  Board(std::size_t size, const std::function<void(std::size_t)>& done) : answers_(size), done_(done) {}

  std::optional<std::size_t> take() {
    const std::lock_guard lock(mutex_);
    if (next_ == answers_.size() || !failure_.empty() || cli::interrupted()) return std::nullopt;
    return next_++;
  }
  void put(std::size_t index, Judgement judgement) {
    const std::lock_guard lock(mutex_);
    answers_[index] = std::move(judgement);
    done_(++ready_);
  }
  void failed(const std::string& what) {
    const std::lock_guard lock(mutex_);
    failure_ = what;
  }
  /// All threads have left. What was taken was also judged.
  std::vector<Judgement> answers() {
    if (!failure_.empty()) throw std::runtime_error(failure_);
    answers_.resize(next_);
    return std::move(answers_);
  }

 private:
  std::mutex mutex_;
  std::vector<Judgement> answers_;
  const std::function<void(std::size_t)>& done_;
  std::size_t next_ = 0;
  std::size_t ready_ = 0;
  std::string failure_;
};

void work_off(const Bench& bench, std::span<const Mutant* const> mutants, Board& board) {
  try {
    Workbench workbench;
    while (const auto index = board.take()) board.put(*index, bench.judge(*mutants[*index], workbench));
  } catch (const std::exception& error) {
    board.failed(error.what());
  }
}

}  // namespace

std::vector<Judgement> judge_all(const Bench& bench, std::span<const Mutant* const> mutants, unsigned jobs,
                                 const std::function<void(std::size_t)>& done) {
  Board board(mutants.size(), done);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::min<std::size_t>(jobs, mutants.size()); ++i)
    threads.emplace_back([&] { work_off(bench, mutants, board); });
  for (std::thread& thread : threads) thread.join();
  return board.answers();
}

}  // namespace drydock::mutants
