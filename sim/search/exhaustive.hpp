#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/search/campaign.hpp"

namespace drydock::sim::search {

/// How far one site was counted through.
struct SiteExtent {
  std::uint32_t occurrences = 0;  // the most that any run asked
  std::uint32_t bound = 0;        // the largest
};

struct Enumeration {
  Tally tally;
  bool complete = false;
  std::map<std::string, SiteExtent> sites;
  /// Over every tape played and its verdict, in the order of the enumeration.
  std::uint64_t hash = 0;
};

/// Plays every tape with at most `deviations` non-zero decisions among the questions that players list as `asked`, the
/// short ones first, each once.
///
/// Tapes are extended behind their last decision only: what comes before it is asked as without it, so each set of
/// decisions has one parent. One kind of tape is known to be the same as another before it is played, and left out
/// (`Tally::pruned`): where a run says of its last decision that the next value would have been the very same run
/// (`SearchDecision::alike`), and nothing is to be added to it. That a decision shows in no event is no reason to leave
/// out what extends it: a cut that nobody met is met by whom a later decision brings.
///
/// Shards divide the tapes of two and more decisions by their first one; the others are the first shard's.
[[nodiscard]] Enumeration enumerate(Crew& crew, std::uint32_t deviations, const CampaignOptions& options);

}  // namespace drydock::sim::search
