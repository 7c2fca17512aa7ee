#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/search/campaign.hpp"

namespace drydock::sim::search {

/// Says how far the questions of one site were counted through.
struct SiteExtent {
  std::uint32_t occurrences = 0;  // the most that any run asked
  std::uint32_t bound = 0;        // the largest
};

struct Enumeration {
  Tally tally;
  bool complete = false;
  std::map<std::string, SiteExtent> sites;
  /// A hash over every tape that was played and its verdict. The order does not matter: the hash of an enumeration is
  /// the sum of those of its shards.
  std::uint64_t hash = 0;
  /// Counts the runs of each level of each section, by the number of the first of them (Sections). Empty where an
  /// enumeration is played in one piece.
  std::map<std::uint64_t, std::uint64_t> section_runs{};
};

/// Adds other sections of the same enumeration.
void unite(Enumeration& all, const Enumeration& more);

/// Gives the runs of united sections, which have numbers of their own, the numbers that they have in an enumeration of
/// one piece: where every section is there, found runs are then numbered as `enumerate` numbers them.
void number_in_order(Enumeration& sections);

/// Plays every tape with at most `deviations` non-zero decisions among the questions that players list as `asked`, the
/// short ones first, each once.
///
/// A tape is extended only behind its last decision, because every earlier question is asked as it was without that
/// decision; so each set of decisions has one parent. One kind of tape is left out (counted in `Tally::pruned`), since
/// it is known to be the same run as another one: a run may say of its last decision that the next value would have
/// been the very same run (`SearchDecision::alike`), and when tapes of this length are not extended, that value need
/// not be played. A decision that shows in no event is extended all the same: a network cut that no call met may be met
/// by a call that a later decision brings.
///
/// Shards share the tapes of two and more decisions out by their first decision; the shorter tapes belong to the first
/// shard.
[[nodiscard]] Enumeration enumerate(Crew& crew, std::uint32_t deviations, const CampaignOptions& options);

/// An enumeration cut into sections, which may be played in any order, by anybody: all of them united are the whole.
/// The first 32 share the tapes of at most one decision among them; each section behind them has all longer tapes that
/// begin with one decision. A run's number is its section, its level and its place, packed into one.
class Sections {
 public:
  static constexpr std::uint32_t kMostDeviations = 15;

  /// Plays the empty tape, to know the sections. Where the search ends meanwhile there are none.
  Sections(Crew& crew, std::uint32_t deviations, const CampaignOptions& options);

  [[nodiscard]] std::uint64_t count() const;
  /// Plays `many` sections from this one on, each on one thread, and adds them to `into`. Returns how many: one that
  /// the search ended amid, and those behind it, are left out.
  std::uint64_t play(std::uint64_t from, std::uint64_t many, Enumeration& into);

 private:
  Crew& crew_;
  std::uint32_t deviations_;
  const CampaignOptions& options_;
  bool known_ = false;
  std::vector<std::vector<SearchDecision>> nodes_;  // the tapes of one decision
};

}  // namespace drydock::sim::search
