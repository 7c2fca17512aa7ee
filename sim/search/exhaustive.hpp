#pragma once

#include <cstdint>
#include <map>
#include <string>

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
  /// A hash over every tape that was played and its verdict, in the order of the enumeration.
  std::uint64_t hash = 0;
};

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

}  // namespace drydock::sim::search
