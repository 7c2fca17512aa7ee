#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "cli/selection.hpp"
#include "scenarios/run.hpp"
#include "tests/mutants/catalogue.hpp"

namespace drydock::mutants {

/// The catalogue that this program was woven with.
[[nodiscard]] const std::vector<Mutant>& woven_mutants();

enum class Result : std::uint8_t { killed, survived, equivalent };
[[nodiscard]] std::string_view to_text(Result result);

struct Judgement {
  Result result = Result::survived;
  bool by_invariant = false;
  std::string by;      // an invariant, else an expectation's text; empty where nothing killed it
  std::string played;  // SCENARIO/CASE, with the seed where there was one, that killed it
};

/// Tells whether the bench notices a mutant. First every case of every built-in scenario is played, and judged as
/// `drydock run` judges it; then the open world under `hardened` is searched (ten swarm runs for each of `seeds`); then
/// every case is played with the seeds 1 to `seeds`. In both a promise counts that the unmutated program breaks in none
/// of the same runs. An invariant is preferred to an expectation.
class Bench {
 public:
  /// Plays the unmutated program once. Throws std::invalid_argument when a case of it fails.
  explicit Bench(std::uint64_t seeds);

  /// A pure function of the mutant. May be called from several threads, each with a workbench of its own.
  [[nodiscard]] Judgement judge(const Mutant& mutant, scenarios::Workbench& workbench) const;

 private:
  using Invariants = std::set<std::string>;
  struct Case {
    cli::Job job;
    std::uint64_t steps = 0;  // of the unmutated program
    Invariants broken;        // by the unmutated program, in the calm run
  };
  /// What the unmutated program breaks in a case with any of the seeds, found out when first asked for.
  struct Known {
    std::once_flag once;
    Invariants broken;
  };

  [[nodiscard]] scenarios::Outcome play(const Case& one, const sim::Tape& tape, bool keep_record,
                                        scenarios::Workbench& workbench) const;
  [[nodiscard]] Judgement play_catalogue(scenarios::Workbench& workbench) const;
  [[nodiscard]] Judgement search_open_world() const;
  [[nodiscard]] Judgement play_seeds(scenarios::Workbench& workbench) const;
  [[nodiscard]] const Invariants& known(std::size_t index, scenarios::Workbench& workbench) const;

  std::uint64_t seeds_;
  std::vector<Case> cases_;  // the cheap ones first
  std::unique_ptr<Known[]> known_;
  cli::Job open_world_;
  mutable Known known_in_open_world_;
};

/// Judges each of `mutants` on `jobs` threads; the answers are in their order and do not depend on `jobs`. `done` is
/// told how many are ready, on any thread, one call at a time. An interrupt leaves the rest out, by shortening the
/// answer.
[[nodiscard]] std::vector<Judgement> judge_all(const Bench& bench, std::span<const Mutant* const> mutants,
                                               unsigned jobs, const std::function<void(std::size_t)>& done);

}  // namespace drydock::mutants
