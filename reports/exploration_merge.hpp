#pragma once

#include <span>
#include <string>

#include "reports/exploration.hpp"

namespace drydock::reports {

/// Why two searches are not shards of one; empty where they are.
[[nodiscard]] std::string why_not_shards_of_one(const ExplorationReport& a, const ExplorationReport& b);

/// Shards of one search as if it had been one: findings by signature, the smallest tape of each;
/// sums of runs, of pruned and distinct ones and of faults. Complete only where every shard is there
/// and complete. What cannot be added (states that several shards saw) is the largest shard's. There
/// is at least one, and none is there twice (`why_not_shards_of_one` is empty for each pair).
[[nodiscard]] ExplorationReport merge_shards(std::span<const ExplorationReport> shards);

}  // namespace drydock::reports
