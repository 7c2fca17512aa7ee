#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "scenarios/whatif/axis.hpp"

namespace drydock::scenarios {

/// One place of the first axis: whether a promise holds there, and on how many runs that rests.
struct Side {
  std::int64_t position = 0;
  bool holds = true;
  std::uint64_t broken = 0;  // of so many runs
  std::uint64_t runs = 0;
};

/// Two places between which a promise stops, or begins, to hold.
struct Crossing {
  Side left;
  Side right;
};

/// The first axis, at one value of the second (or the only line, where there is no second).
struct CliffLine {
  std::optional<std::size_t> at;
  /// Counts where there is no crossing: the promise holds at all values of the first axis (true) or at none (false).
  bool holds = true;
  std::vector<Crossing> crossings;
};

/// Halves the way between two places of different sides, until they are within the resolution or nothing lies between.
/// Places are multiples of the resolution; `look` may say that it cannot (empty), which ends it. It takes for granted
/// that there is one change of side between the two, and finds one of them where there are several.
[[nodiscard]] Crossing bisect(Crossing crossing, std::int64_t resolution,
                              const std::function<std::optional<Side>(std::int64_t position)>& look);

}  // namespace drydock::scenarios
