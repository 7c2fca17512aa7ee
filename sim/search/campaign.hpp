#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/search/corpus.hpp"
#include "sim/search/crew.hpp"
#include "sim/search/fills.hpp"
#include "sim/search/reading.hpp"
#include "sim/search/run_rows.hpp"
#include "sim/search/strategy.hpp"

namespace drydock::sim::search {

/// Says which broken promises are findings of a search.
struct Sought {
  std::string promise{};     // only this one; empty: any
  std::set<Broken> known{};  // and none of these
  /// These are findings like any others, but end no search that is to end with its first finding.
  std::set<Broken> expected{};
  [[nodiscard]] bool takes(const Broken& broken) const {
    return (promise.empty() || broken.promise == promise) && !known.contains(broken);
  }
};

/// A promise that some run broke, with the first run that did.
struct Found {
  Broken broken;
  std::uint64_t first_run = 0;
  std::uint64_t times = 0;
  double after_s = 0;                // wall time
  std::vector<SearchDecision> tape;  // empty also where the run was drawn and nobody has its tape at hand
  bool drawn = false;                // the seed and the number of the first run make its tape again (`play_drawn`)
};

/// A run in which a family was noticed, and how it ended.
struct Witness {
  std::shared_ptr<const std::vector<SearchDecision>> tape;  // null: the run was drawn, and nobody has its tape at hand
  std::uint64_t verdict = 0;
  std::uint64_t run = 0;  // its number
  bool drawn = false;     // the seed and the number make the tape again (`play_drawn`)
};
using Witnesses = std::map<std::uint32_t, std::vector<Witness>>;  // per family, in the order of their numbers

/// The result of a search so far.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t cut_short = 0;
  std::uint64_t pruned = 0;
  std::set<std::uint64_t> hashes;  // of different runs
  std::vector<Found> found;        // in the order of their first runs
  std::uint64_t known_runs = 0;    // that broke something, all of it known
  /// Counts the runs that were drawn independently of each other by one law, and (below), for each promise, how many of
  /// those runs broke it.
  std::uint64_t independent_runs = 0;
  std::map<std::string, std::uint64_t, std::less<>> broken_runs;
  std::map<std::uint32_t, Use> uses;                // per family
  std::map<std::uint32_t, std::uint64_t> use_runs;  // in how many runs
  /// The first runs in which a family was noticed. They are used to find out whether the family mattered.
  Witnesses witnesses;
  Coverage coverage;
  Contention contention;     // the greatest
  std::vector<RunRow> rows;  // of the sampled runs, in the order of their numbers
  bool interrupted = false;
};

/// The progress of a search, for whoever watches it.
struct CampaignProgress {
  std::uint64_t runs = 0;
  std::uint64_t states = 0;
  std::size_t found = 0;
  std::optional<double> share;
};

struct CampaignOptions {
  Strategy strategy = Strategy::mixed;
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> runs;  // of all shards together
  std::uint32_t shard = 1;            // this one of `shards`
  std::uint32_t shards = 1;
  std::uint64_t first = 0;  // the number of the first of these runs
  /// Counts no epoch that the search ended amid: the state is then one from which the same search can go on.
  bool whole_epochs = false;
  bool until_first = false;
  Sought sought;
  bool twice = false;  // each run again from its tape; throws InternalError where they differ
  /// Confirms (Player::confirm) each run that shows a new transition or a new finding before the run is counted; an
  /// enumeration confirms every run.
  bool confirm = false;
  std::uint64_t sample = 0;  // of so many runs the row of one is kept (`is_sampled`); 0: none is
  std::function<bool()> out_of_time;
  std::function<bool()> interrupted;
  std::function<void(const CampaignProgress&)> watch;
  /// Is told of a finding that these lines (sim/search/lines.hpp) did not show before.
  std::function<void(const Found&)> found;
};

/// Plays numbered runs. What run n plays depends on the seed, on n and, with the strategy `coverage`, on all earlier
/// epochs of its shard, but never on threads or time. A search that the clock ends has played the first so many of
/// these runs. Throws InternalError when `twice` is set and two plays of one tape differ.
[[nodiscard]] Tally campaign(Crew& crew, const FillParameters& parameters, const CampaignOptions& options);

/// Says how many runs of an epoch are drawn from the same corpus; the corpus grows between two epochs.
inline constexpr std::uint64_t kEpoch = 64;

/// A campaign between two epochs.
struct CampaignState {
  Tally tally;
  Corpus corpus;
  std::uint64_t played = 0;  // how many runs of the shard
};

/// Plays the runs that are left of the campaign whose state this is. `between` is called on this thread after each
/// epoch; it may be empty.
void go_on(Crew& crew, const FillParameters& parameters, const CampaignOptions& options, CampaignState& state,
           const std::function<void()>& between);

/// The place of a run in a search.
struct RunPlace {
  std::uint64_t number = 0;
  double after_s = 0;        // wall time
  bool independent = false;  // drawn by a law of its own, whatever was played before
  Strategy strategy = Strategy::random;
  bool sampled = false;  // its row is kept
};

/// Adds a run to the tally. Runs are added in the order of their numbers. Only what is `sought` is a finding.
void count(Tally& tally, const Reading& reading, const RunPlace& place, const Sought& sought);

/// Adds the tally of other runs of the same search, as if all had been counted in the order of their numbers.
void unite(Tally& all, const Tally& more);
/// Adds the witnesses of other runs: the first few of each family stay.
void unite(Witnesses& all, const Witnesses& more);

/// Keeps so many of the findings, in their order: the first of each promise, then the second of each, and so on. A
/// promise that can be broken in many ways takes no other's place.
[[nodiscard]] std::vector<Found> fair_share(std::vector<Found> found, std::size_t kept);

/// Tells whether the run broke something, all of it known.
[[nodiscard]] bool breaks_the_known_alone(const Reading& reading, const Sought& sought);

/// Tells whether of the findings from this place on one is not expected.
[[nodiscard]] bool finds_the_unexpected(const Tally& tally, std::size_t from, const Sought& sought);

/// Tells whether the run broke something that the tally does not know yet.
[[nodiscard]] bool breaks_anew(const Tally& tally, const Reading& reading);

/// Plays a tape without the decisions of a family. Returns true when its run has another verdict than this one.
[[nodiscard]] bool differs_without(Player& player, std::uint32_t family, std::vector<SearchDecision> tape,
                                   std::uint64_t verdict);

/// Plays the tape of a run again, as the run consumed it, without the fill. Throws InternalError unless both runs are
/// the same.
void check_twin(Player& player, const Reading& reading);

/// Plays run `number` of a search by a strategy that needs no more than that: `random`, `pct` or `swarm`.
[[nodiscard]] Reading play_drawn(Player& player, Strategy strategy, std::uint64_t seed, std::uint64_t number,
                                 const FillParameters& parameters, const ReadingOptions& wanted);

/// Tells whether some runs of a strategy are made of what earlier ones have shown.
[[nodiscard]] bool grows_corpus(Strategy strategy);

/// Returns the strategy that plays run `number` of a campaign.
[[nodiscard]] Strategy strategy_of(Strategy strategy, std::uint64_t number);

}  // namespace drydock::sim::search
