#pragma once

#include <span>
#include <string>

#include "reports/exploration.hpp"

namespace drydock::reports {

/// Says why two searches are not shards of one search; empty where they are.
[[nodiscard]] std::string why_not_shards_of_one(const ExplorationReport& a, const ExplorationReport& b);

/// Merges the shards of one search as if it had been played in one piece. Of findings with the same signature the
/// smallest tape stays; runs, pruned and distinct runs and faults are added up. The result is complete only where every
/// shard is there and complete. Of what cannot be added (states that several shards saw) the largest number stays.
/// `shards` is not empty and holds no shard twice (`why_not_shards_of_one` is empty for each pair).
[[nodiscard]] ExplorationReport merge_shards(std::span<const ExplorationReport> shards);

}  // namespace drydock::reports
