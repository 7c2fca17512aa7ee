#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/search/exhaustive.hpp"
#include "sim/search/reading.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {

/// A tape as a set of decisions.
using Decided = std::map<std::pair<std::string, std::uint32_t>, std::uint32_t>;

struct Verdict {
  std::uint64_t hash = 0;
  std::uint64_t verdict = 0;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};
using PlainEnumeration = std::map<Decided, Verdict>;

inline Decided decided(const std::vector<SearchDecision>& tape) {
  Decided all;
  for (const SearchDecision& met : tape) all[{met.decision.site, met.decision.occurrence}] = met.decision.value;
  return all;
}
inline Tape tape_of(const Decided& all) {
  Tape tape;
  for (const auto& [key, value] : all) tape.set(key.first, key.second, value);
  return tape;
}

/// The second enumerator: whatever can be asked is answered, before or behind what is decided already; what is not
/// asked in the end is no tape. It knows no order, no parents and no pruning.
inline PlainEnumeration enumerate_plainly(Player& player, std::uint32_t deviations) {
  PlainEnumeration all;
  std::set<Decided> parents{Decided{}};
  const Reading base = player.play({}, nullptr, {});
  all[{}] = {base.hash, base.verdict};
  for (std::uint32_t depth = 0; depth < deviations; ++depth) {
    std::set<Decided> next;
    for (const Decided& parent : parents) {
      const Reading reading = player.play(tape_of(parent), nullptr, {.asked = true, .coverage = false});
      for (const SearchDecision& question : reading.asked) {
        Decided child = parent;
        std::uint32_t& answer = child[{question.decision.site, question.decision.occurrence}];
        if (answer != 0) continue;
        for (std::uint32_t value = 1; value < question.bound; ++value) {
          answer = value;
          if (all.contains(child)) continue;
          const Reading played = player.play(tape_of(child), nullptr, {});
          if (decided(played.tape) != child) continue;
          all[child] = {played.hash, played.verdict};
          next.insert(child);
        }
      }
    }
    parents = std::move(next);
  }
  return all;
}

/// The tapes that an enumeration played for their verdicts.
struct Played {
  std::mutex mutex;
  std::map<Decided, Verdict> readings;
  std::uint64_t twice = 0;
};

/// Passes everything on, and writes down what is played for its verdict.
class RecordedPlayer final : public Player {
 public:
  RecordedPlayer(std::unique_ptr<Player> inner, Played& played) : inner_(std::move(inner)), played_(played) {}
  Reading play(const Tape& tape, Fill* fill, const ReadingOptions& wanted) override {
    Reading reading = inner_->play(tape, fill, wanted);
    if (wanted.coverage) {
      const std::lock_guard lock(played_.mutex);
      Decided asked_for;
      for (const auto& [key, value] : tape.entries()) asked_for[key] = value;
      if (!played_.readings.emplace(asked_for, Verdict{reading.hash, reading.verdict}).second) ++played_.twice;
    }
    return reading;
  }

 private:
  std::unique_ptr<Player> inner_;
  Played& played_;
};
inline MakePlayer recorded(MakePlayer make, Played& played) {
  return [make = std::move(make), &played] { return std::make_unique<RecordedPlayer>(make(), played); };
}

/// Whether a tape that was played is this one, with a value lower by one, and was the very same run.
inline bool is_told_by_another(const Decided& tape, const Verdict& verdict, const Played& played) {
  for (const auto& [key, value] : tape) {
    Decided other = tape;
    other[key] = value - 1;
    const auto found = played.readings.find(other);
    if (found != played.readings.end() && found->second == verdict) return true;
  }
  return false;
}

inline void expect_covers(const PlainEnumeration& plain, const Played& played, const Enumeration& all) {
  EXPECT_EQ(played.twice, 0U);
  EXPECT_EQ(all.tally.runs, played.readings.size());
  EXPECT_EQ(all.tally.runs + all.tally.pruned, plain.size());
  for (const auto& [tape, verdict] : played.readings) {
    const auto found = plain.find(tape);
    ASSERT_NE(found, plain.end()) << in_words(tape_of(tape)) << " is no tape";
    EXPECT_EQ(found->second, verdict) << in_words(tape_of(tape));
  }
  for (const auto& [tape, verdict] : plain) {
    if (played.readings.contains(tape)) continue;
    EXPECT_TRUE(is_told_by_another(tape, verdict, played)) << in_words(tape_of(tape)) << " was left out";
  }
}

inline void expect_same(const Tally& a, const Tally& b) {
  EXPECT_EQ(a.runs, b.runs);
  EXPECT_EQ(a.pruned, b.pruned);
  EXPECT_EQ(a.cut_short, b.cut_short);
  EXPECT_EQ(a.hashes, b.hashes);
  EXPECT_EQ(a.independent_runs, b.independent_runs);
  EXPECT_EQ(a.broken_runs, b.broken_runs);
  EXPECT_EQ(a.use_runs, b.use_runs);
  EXPECT_EQ(a.contention.orderings(), b.contention.orderings());
  EXPECT_EQ(a.contention.tasks(), b.contention.tasks());
  EXPECT_EQ(a.coverage.states(), b.coverage.states());
  EXPECT_EQ(a.coverage.transitions(), b.coverage.transitions());
  EXPECT_EQ(a.coverage.seen_in(1), b.coverage.seen_in(1));
  for (const auto& [state, seen] : a.coverage.seen_states()) {
    EXPECT_EQ(seen.first, b.coverage.seen_states().at(state).first);
    EXPECT_EQ(seen.runs, b.coverage.seen_states().at(state).runs);
  }
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (std::size_t i = 0; i < a.rows.size(); ++i) EXPECT_EQ(a.rows[i], b.rows[i]) << a.rows[i].number;
  ASSERT_EQ(a.found.size(), b.found.size());
  for (std::size_t i = 0; i < a.found.size(); ++i) {
    EXPECT_EQ(a.found[i].broken, b.found[i].broken);
    EXPECT_EQ(a.found[i].first_run, b.found[i].first_run);
    EXPECT_EQ(a.found[i].times, b.found[i].times);
    EXPECT_EQ(a.found[i].drawn, b.found[i].drawn);
    EXPECT_EQ(in_words(a.found[i].tape), in_words(b.found[i].tape));
  }
  ASSERT_EQ(a.uses.size(), b.uses.size());
  for (const auto& [family, use] : a.uses) {
    EXPECT_EQ(use.fired, b.uses.at(family).fired);
    EXPECT_EQ(use.noticed, b.uses.at(family).noticed);
  }
  ASSERT_EQ(a.witnesses.size(), b.witnesses.size());
  for (const auto& [family, tapes] : a.witnesses) {
    const auto& others = b.witnesses.at(family);
    ASSERT_EQ(tapes.size(), others.size());
    for (std::size_t i = 0; i < tapes.size(); ++i) {
      EXPECT_EQ(tapes[i].run, others[i].run);
      EXPECT_EQ(tapes[i].drawn, others[i].drawn);
      EXPECT_EQ(in_words(*tapes[i].tape), in_words(*others[i].tape));
      EXPECT_EQ(tapes[i].verdict, others[i].verdict);
    }
  }
}

inline void expect_same(const Enumeration& a, const Enumeration& b) {
  EXPECT_EQ(a.complete, b.complete);
  EXPECT_EQ(a.hash, b.hash);
  ASSERT_EQ(a.sites.size(), b.sites.size());
  for (const auto& [site, extent] : a.sites) {
    EXPECT_EQ(extent.occurrences, b.sites.at(site).occurrences) << site;
    EXPECT_EQ(extent.bound, b.sites.at(site).bound) << site;
  }
  expect_same(a.tally, b.tally);
}

/// What shards come to together.
class Shards {
 public:
  /// `part` may hold tapes that this shard played and left to the first one to count.
  void add(const Enumeration& shard, const Played& part) {
    runs_ += shard.tally.runs;
    pruned_ += shard.tally.pruned;
    complete_ = complete_ && shard.complete;
    for (const auto& [tape, verdict] : part.readings) readings_.emplace(tape, verdict);
    for (const Found& found : shard.tally.found) times_[found.broken] += found.times;
    for (const auto& [site, extent] : shard.sites) {
      SiteExtent& most = sites_[site];
      most.occurrences = std::max(most.occurrences, extent.occurrences);
      most.bound = std::max(most.bound, extent.bound);
    }
  }
  void expect_is(const Enumeration& whole, const Played& played) const {
    EXPECT_TRUE(complete_);
    EXPECT_EQ(runs_, whole.tally.runs);
    EXPECT_EQ(pruned_, whole.tally.pruned);
    EXPECT_EQ(readings_, played.readings);
    std::map<Broken, std::uint64_t> times;
    for (const Found& found : whole.tally.found) times[found.broken] = found.times;
    EXPECT_EQ(times_, times);
    ASSERT_EQ(sites_.size(), whole.sites.size());
    for (const auto& [site, extent] : whole.sites) EXPECT_EQ(sites_.at(site).occurrences, extent.occurrences) << site;
  }

 private:
  std::uint64_t runs_ = 0;
  std::uint64_t pruned_ = 0;
  bool complete_ = true;
  std::map<Decided, Verdict> readings_;
  std::map<Broken, std::uint64_t> times_;
  std::map<std::string, SiteExtent> sites_;
};

}  // namespace drydock::sim::search
