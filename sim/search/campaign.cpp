#include "sim/search/campaign.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "sim/check.hpp"
#include "sim/hash.hpp"
#include "sim/search/stopwatch.hpp"

namespace drydock::sim::search {
namespace {

/// Says how many different findings are kept, and (below) how many witnesses of a family.
constexpr std::size_t kMostFound = 10'000;
constexpr std::size_t kMostWitnesses = 4;

/// `mix` joins its two by xor: unmixed, the runs of neighbouring seeds would be the same ones in another order.
std::uint64_t seed_of_run(std::uint64_t seed, std::uint64_t run) { return mix(mix(0, seed), run); }

class Campaign {
 public:
  Campaign(Crew& crew, const FillParameters& parameters, const CampaignOptions& options, CampaignState& state)
      : crew_(crew),
        parameters_(parameters),
        options_(options),
        tally_(state.tally),
        corpus_(state.corpus),
        nth_(state.played) {}

  void run(const std::function<void()>& between) {
    while (!ended_) {
      play_epoch();
      if (between) between();
    }
  }

 private:
  /// Returns the number of this shard's nth run, counted over all shards.
  [[nodiscard]] std::uint64_t number(std::uint64_t nth) const {
    return options_.first + nth * options_.shards + options_.shard - 1;
  }
  /// Returns how many runs are this shard's.
  [[nodiscard]] std::uint64_t share() const {
    if (!options_.runs) return UINT64_MAX;
    return (*options_.runs + options_.shards - options_.shard) / options_.shards;
  }

  void play_epoch() {
    const std::uint64_t count_here = std::min(kEpoch, share() - nth_);
    std::vector<Reading> readings(count_here);
    const std::uint64_t begun = crew_.work(
        count_here, [&](Player& player, std::uint64_t index) { readings[index] = play(player, number(nth_ + index)); },
        [this] { return out_of_time(); }, [this] { watch(); });
    std::uint64_t done = played_to_the_end({readings.data(), begun});
    if (options_.confirm) {
      confirm({readings.data(), done});
      done = played_to_the_end({readings.data(), done});
    }
    if (options_.whole_epochs && done < count_here) {
      ended_ = true;
      return;
    }
    for (std::uint64_t i = 0; i < done && !ended_; ++i) take(readings[i], number(nth_ + i));
    nth_ += done;
    const bool over = out_of_time();
    if (done < count_here || nth_ == share() || over) ended_ = true;
    watch();
  }

  /// Returns how many of the first readings are whole runs.
  static std::uint64_t played_to_the_end(std::span<const Reading> readings) {
    const auto stopped =
        std::find_if(readings.begin(), readings.end(), [](const Reading& reading) { return reading.stopped; });
    return static_cast<std::uint64_t>(stopped - readings.begin());
  }

  /// Confirms the runs that show something new. A run is new when it shows what the earlier epochs did not; two runs of
  /// this epoch that show the same new thing are both confirmed. Those that there is no time for are `stopped`.
  void confirm(std::span<Reading> readings) {
    std::vector<Reading*> anew;
    for (Reading& reading : readings) {
      if (tally_.coverage.is_new(reading) || breaks_anew(tally_, reading)) anew.push_back(&reading);
    }
    crew_.work(
        anew.size(), [&](Player& player, std::uint64_t index) { player.confirm(*anew[index]); },
        [this] {
          (void)out_of_time();  // lets the player know
          return false;
        },
        [this] { watch(); });
  }

  /// Tells whether the search is to end: its time is over, or the user interrupted it.
  bool out_of_time() {
    if (options_.interrupted && options_.interrupted()) tally_.interrupted = true;
    return tally_.interrupted || (options_.out_of_time && options_.out_of_time());
  }

  void watch() const {
    if (!options_.watch) return;
    options_.watch(
        {.runs = tally_.runs, .states = tally_.coverage.states(), .found = tally_.found.size(), .share = std::nullopt});
  }

  Reading play(Player& player, std::uint64_t run) const {
    Reading reading = play_once(player, run);
    if (options_.twice && !reading.stopped) check_twin(player, reading);
    return reading;
  }

  Reading play_once(Player& player, std::uint64_t run) const {
    const ReadingOptions wanted{.asked = false, .coverage = true};
    const Strategy strategy = strategy_of(options_.strategy, run);
    if (strategy != Strategy::coverage) return play_drawn(player, strategy, options_.seed, run, parameters_, wanted);
    if (corpus_.empty()) return play_drawn(player, Strategy::swarm, options_.seed, run, parameters_, wanted);
    const std::uint64_t seed = seed_of_run(options_.seed, run);
    return player.play(corpus_.mutant(seed), mutant_fill(seed, parameters_).get(), wanted);
  }

  void take(Reading& reading, std::uint64_t run) {
    const std::size_t before = tally_.found.size();
    const Strategy strategy = strategy_of(options_.strategy, run);
    const RunPlace place{.number = run,
                         .after_s = stopwatch_.seconds(),
                         .independent = strategy != Strategy::coverage,
                         .strategy = strategy,
                         .sampled = is_sampled(run, options_.sample)};
    count(tally_, reading, place, options_.sought);
    // Mutants of what breaks the known alone would mostly do so again.
    const bool leads_on = !breaks_the_known_alone(reading, options_.sought);
    if (tally_.coverage.add(reading, run) && leads_on && grows_corpus(options_.strategy))
      corpus_.add(std::move(reading.tape));
    if (options_.until_first && finds_the_unexpected(tally_, before, options_.sought)) ended_ = true;
  }

  Crew& crew_;
  const FillParameters& parameters_;
  const CampaignOptions& options_;
  Tally& tally_;
  Corpus& corpus_;
  std::uint64_t& nth_;  // the runs that were played
  bool ended_ = false;
  Stopwatch stopwatch_;
};

void count_uses(Tally& tally, const Reading& reading, const RunPlace& place) {
  std::set<std::uint32_t> seen;
  std::shared_ptr<const std::vector<SearchDecision>> tape;  // one for all families
  for (const Use& use : reading.uses) {
    Use& total = tally.uses[use.family];
    total.family = use.family;
    total.fired += use.fired;
    total.noticed += use.noticed;
    if (use.fired > 0 && seen.insert(use.family).second) ++tally.use_runs[use.family];
    auto& witnesses = tally.witnesses[use.family];
    if (use.noticed == 0 || witnesses.size() >= kMostWitnesses) continue;
    if (!tape) tape = std::make_shared<const std::vector<SearchDecision>>(reading.tape);
    witnesses.push_back({tape, reading.verdict, place.number, place.independent});
  }
}

void count_broken(Tally& tally, const Reading& reading, const RunPlace& place, const Sought& sought) {
  std::set<std::string_view> promises;
  for (const Broken& broken : reading.broken) {
    if (place.independent && promises.insert(broken.promise).second) ++tally.broken_runs[broken.promise];
    if (!sought.takes(broken)) continue;
    const auto known = std::find_if(tally.found.begin(), tally.found.end(),
                                    [&](const Found& found) { return found.broken == broken; });
    if (known != tally.found.end()) {
      ++known->times;
    } else if (tally.found.size() < kMostFound) {
      tally.found.push_back({broken, place.number, 1, place.after_s, reading.tape, place.independent});
    }
  }
}

void unite_found(std::vector<Found>& all, const std::vector<Found>& more) {
  std::map<Broken, std::size_t> places;
  for (std::size_t i = 0; i < all.size(); ++i) places.emplace(all[i].broken, i);
  for (const Found& found : more) {
    const auto [at, is_new] = places.try_emplace(found.broken, all.size());
    if (is_new) {
      all.push_back(found);
      continue;
    }
    Found& known = all[at->second];
    const std::uint64_t times = known.times + found.times;
    const double after_s = std::min(known.after_s, found.after_s);
    if (found.first_run < known.first_run) known = found;
    known.times = times;
    known.after_s = after_s;
  }
  // What one run found comes from one tally, in the order of that tally.
  std::stable_sort(all.begin(), all.end(), [](const Found& a, const Found& b) { return a.first_run < b.first_run; });
  if (all.size() > kMostFound) all.resize(kMostFound);
}

void unite_uses(Tally& all, const Tally& more) {
  for (const auto& [family, use] : more.uses) {
    Use& total = all.uses[family];
    total.family = family;
    total.fired += use.fired;
    total.noticed += use.noticed;
  }
  for (const auto& [family, runs] : more.use_runs) all.use_runs[family] += runs;
  unite(all.witnesses, more.witnesses);
}

}  // namespace

void unite(Witnesses& all, const Witnesses& more) {
  for (const auto& [family, runs] : more) {
    auto& witnesses = all[family];
    witnesses.insert(witnesses.end(), runs.begin(), runs.end());
    std::sort(witnesses.begin(), witnesses.end(), [](const Witness& a, const Witness& b) { return a.run < b.run; });
    if (witnesses.size() > kMostWitnesses) witnesses.resize(kMostWitnesses);
  }
}

void unite(Tally& all, const Tally& more) {
  all.runs += more.runs;
  all.cut_short += more.cut_short;
  all.pruned += more.pruned;
  all.hashes.insert(more.hashes.begin(), more.hashes.end());
  unite_found(all.found, more.found);
  all.known_runs += more.known_runs;
  all.independent_runs += more.independent_runs;
  for (const auto& [promise, runs] : more.broken_runs) all.broken_runs[promise] += runs;
  unite_uses(all, more);
  all.coverage.unite(more.coverage);
  all.contention.merge(more.contention);
  unite_rows(all.rows, more.rows);
  all.interrupted = all.interrupted || more.interrupted;
}

bool breaks_the_known_alone(const Reading& reading, const Sought& sought) {
  return !reading.broken.empty() && std::all_of(reading.broken.begin(), reading.broken.end(),
                                                [&](const Broken& broken) { return sought.known.contains(broken); });
}

void count(Tally& tally, const Reading& reading, const RunPlace& place, const Sought& sought) {
  ++tally.runs;
  if (place.independent) ++tally.independent_runs;
  tally.hashes.insert(reading.hash);
  tally.contention.merge(reading.contention);
  if (reading.cut_short) ++tally.cut_short;
  count_uses(tally, reading, place);
  if (breaks_the_known_alone(reading, sought)) ++tally.known_runs;
  count_broken(tally, reading, place, sought);
  if (place.sampled) tally.rows.push_back(row_of(reading, place.number, place.strategy));
}

std::vector<Found> fair_share(std::vector<Found> found, std::size_t kept) {
  using Rank = std::pair<std::size_t, std::size_t>;  // which of its promise, and its place
  std::map<std::string, std::size_t> seen;
  std::vector<Rank> ranks;
  for (std::size_t i = 0; i < found.size(); ++i) ranks.emplace_back(seen[found[i].broken.promise]++, i);
  std::sort(ranks.begin(), ranks.end());
  ranks.resize(kept);
  std::sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) { return a.second < b.second; });
  std::vector<Found> share;
  share.reserve(ranks.size());
  for (const auto& [nth, place] : ranks) share.push_back(std::move(found[place]));
  return share;
}

bool finds_the_unexpected(const Tally& tally, std::size_t from, const Sought& sought) {
  return std::any_of(tally.found.begin() + static_cast<std::ptrdiff_t>(from), tally.found.end(),
                     [&](const Found& found) { return !sought.expected.contains(found.broken); });
}

bool breaks_anew(const Tally& tally, const Reading& reading) {
  return std::any_of(reading.broken.begin(), reading.broken.end(), [&](const Broken& broken) {
    return std::none_of(tally.found.begin(), tally.found.end(),
                        [&](const Found& found) { return found.broken == broken; });
  });
}

bool differs_without(Player& player, std::uint32_t family, std::vector<SearchDecision> tape, std::uint64_t verdict) {
  std::erase_if(tape, [&](const SearchDecision& met) { return met.family == family; });
  return player.play(tape_of(tape), nullptr, {}).verdict != verdict;
}

void check_twin(Player& player, const Reading& reading) {
  const Reading twin = player.play(tape_of(reading.tape), nullptr, {});
  DRYDOCK_CHECK(twin.stopped || (twin.hash == reading.hash && twin.verdict == reading.verdict),
                "two plays of one tape of {} decisions differ", reading.tape.size());
}

Reading play_drawn(Player& player, Strategy strategy, std::uint64_t seed, std::uint64_t number,
                   const FillParameters& parameters, const ReadingOptions& wanted) {
  const std::uint64_t drawn_by = seed_of_run(seed, number);
  switch (strategy) {
    case Strategy::pct:
      return player.play({}, pct_fill(drawn_by, parameters).get(), wanted);
    case Strategy::swarm:
      return player.play({}, swarm_fill(drawn_by, parameters).get(), wanted);
    default:
      return player.play({}, random_fill(drawn_by, parameters).get(), wanted);
  }
}

bool grows_corpus(Strategy strategy) { return strategy == Strategy::coverage || strategy == Strategy::mixed; }

Strategy strategy_of(Strategy strategy, std::uint64_t number) {
  if (strategy != Strategy::mixed) return strategy;
  constexpr std::array<Strategy, 8> kTurns{Strategy::swarm,    Strategy::coverage, Strategy::swarm,    Strategy::random,
                                           Strategy::coverage, Strategy::swarm,    Strategy::coverage, Strategy::pct};
  return kTurns[number % kTurns.size()];
}

void go_on(Crew& crew, const FillParameters& parameters, const CampaignOptions& options, CampaignState& state,
           const std::function<void()>& between) {
  Campaign(crew, parameters, options, state).run(between);
}

Tally campaign(Crew& crew, const FillParameters& parameters, const CampaignOptions& options) {
  CampaignState state;
  go_on(crew, parameters, options, state, {});
  return std::move(state.tally);
}

}  // namespace drydock::sim::search
