#pragma once

#include <cstdint>
#include <vector>

#include "sim/search/reading.hpp"

namespace drydock::sim::search {

struct ShrinkLimits {
  std::uint64_t runs = 1500;
};

struct Shrunk {
  std::vector<SearchDecision> tape;
  std::uint64_t runs = 0;
  /// True when no decision can be left out any more; false when the limit on runs came first.
  bool minimal = false;
};

/// Returns the smallest tape that was found which breaks the same promise in the same way. A tape is smaller when it
/// has fewer decisions, then by lower values, earlier moments, earlier actors. `tape` must break the promise itself.
[[nodiscard]] Shrunk shrink(Player& player, std::vector<SearchDecision> tape, const Broken& broken,
                            const ShrinkLimits& limits);

}  // namespace drydock::sim::search
