#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/search/reading.hpp"

namespace drydock::sim::search {

struct ShrinkLimits {
  std::uint64_t runs = 1500;
  /// Is asked before each play; once it says so, the smallest tape by then is the result. Empty: nothing stops it.
  std::function<bool()> stop = {};
};

struct Shrunk {
  std::vector<SearchDecision> tape;
  std::uint64_t runs = 0;
  /// True when no decision can be left out any more; false when a limit came first.
  bool minimal = false;
};

/// Returns the smallest tape that was found which breaks the same promise in the same way. A tape is smaller when it
/// has fewer decisions, then by lower values, earlier moments, earlier actors. `tape` must break the promise itself.
[[nodiscard]] Shrunk shrink(Player& player, std::vector<SearchDecision> tape, const Broken& broken,
                            const ShrinkLimits& limits);

}  // namespace drydock::sim::search
