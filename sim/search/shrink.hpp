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
  /// No decision can be left out. False where the limit on runs came first.
  bool minimal = false;
};

/// The smallest tape that was found which breaks the same promise in the same way: fewer decisions first, then lower
/// values, earlier moments, earlier actors. `tape` breaks it itself.
[[nodiscard]] Shrunk shrink(Player& player, std::vector<SearchDecision> tape, const Broken& broken,
                            const ShrinkLimits& limits);

}  // namespace drydock::sim::search
