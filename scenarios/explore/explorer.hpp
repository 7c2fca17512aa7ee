#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/explore/exploration.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"
#include "sim/search/campaign.hpp"
#include "sim/search/lines.hpp"
#include "sim/search/reading.hpp"

namespace drydock::scenarios {

class Theatre;

using Strategy = sim::search::Strategy;
[[nodiscard]] std::optional<Strategy> parse_strategy(std::string_view name);
[[nodiscard]] std::string_view to_text(Strategy strategy);
[[nodiscard]] std::vector<std::string> strategy_names();
/// Says in one line how the runs of a strategy are drawn.
[[nodiscard]] std::string_view law_of(Strategy strategy);

struct SearchProgress {
  std::uint64_t runs = 0;
  double runs_per_s = 0;
  std::uint64_t distinct = 0;  // abstract states
  std::size_t findings = 0;
  std::optional<double> share;  // exhaustive: how much of the space is done, 0 to 1
  std::string_view phase;       // `searching`, `shrinking`
};

/// A finding that is known already: the promise, the signature under which it is known, and a tape that breaks it.
struct KnownFinding {
  std::string invariant;
  std::string signature;  // empty: that of the tape's run
  sim::Tape tape;
};

struct ExploreOptions {
  Strategy strategy = Strategy::mixed;
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> runs;
  /// Bounds the wall time of search and shrinking together; the runs are the first of those that there would be without
  /// it. Once something is found, a quarter of it is kept for the shrinking. What was not shrunk by its end is given as
  /// it is by then.
  std::optional<double> time_s;
  std::uint32_t deviations = 2;  // exhaustive
  bool until_first = false;
  std::string promise;  // only what breaks this invariant is a finding; empty: any
  /// What is no finding any more. A search keeps away from it: runs that break nothing else are not varied, and a swarm
  /// mostly leaves out one of the faults and requests of each tape.
  std::vector<KnownFinding> beyond{};
  /// Findings that are no news: they are counted and not shrunk, take no other's place, and end no search that is to
  /// end with its first finding. Which runs are played does not depend on them.
  std::set<sim::search::Broken> expected{};
  bool full_calm = false;    // see RunOptions
  std::uint64_t sample = 0;  // keeps the row of one run in so many (sim/search/run_rows.hpp); 0: of none
  bool twice = false;        // each run is played again from its tape; a difference is an internal error
  std::uint32_t shard = 1;   // this one of `shards`
  std::uint32_t shards = 1;
  unsigned jobs = 1;
  Theatre* theatre = nullptr;  // plays the runs; null: the scenario alone is played
  bool shrink = true;
  bool explain = true;
  std::size_t most_findings = 50;  // kept and shrunk, first found first
  std::function<bool()> interrupted;
  /// Keeps what is played, and what was played before is part of the result; null: nothing is kept. It outlives the
  /// search.
  sim::search::Ledger* ledger = nullptr;
  /// Called on the caller's thread for each finding of a search that is kept, as soon as a run has shown it: it is not
  /// shrunk yet.
  std::function<void(const Finding&)> found{};
  /// Called on the caller's thread, a few times a second at most.
  std::function<void(const SearchProgress&)> progress;
};

/// Searches for broken promises: tapes of the scenario's `explore` section under this case's policy. Without one, only
/// delays and order vary.
[[nodiscard]] Exploration explore(const Scenario& scenario, const CaseSpec& played, const ExploreOptions& options);

/// Returns the tape of run `number` of this search, which was drawn by `random`, `pct` or `swarm`.
[[nodiscard]] sim::Tape drawn_tape(const Scenario& scenario, const CaseSpec& played, const ExploreOptions& options,
                                   Strategy strategy, std::uint64_t number);

struct ShrinkOptions {
  /// Once it says so, which this thread asks now and then, the smallest tape by then is given, not explained.
  std::function<bool()> stop{};
  bool full_calm = false;  // see RunOptions
};

/// Minimises a tape that breaks a promise: the named invariant and signature, or (both empty) the first violation that
/// its run shows. Empty when the tape breaks nothing of the kind, or when it was not known by then that it does.
[[nodiscard]] std::optional<Finding> shrink_tape(const Scenario& scenario, const CaseSpec& played,
                                                 const sim::Tape& tape, const std::string& invariant,
                                                 const std::string& signature, const ShrinkOptions& options);

/// Writes the finding's tape as a scenario of its own: its requests as steps, its faults scripted, one case that
/// violates the promise. Empty where decisions remain that a scenario cannot say (order, single delays), and where the
/// scenario played alone does not break the same promise.
[[nodiscard]] std::optional<std::string> scenario_of(const Scenario& scenario, const CaseSpec& played,
                                                     const Finding& finding);

}  // namespace drydock::scenarios
