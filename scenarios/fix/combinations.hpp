#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace drydock::scenarios {

/// Places of what is taken together, in ascending order.
using Combination = std::vector<std::size_t>;

/// Says of each of some values which key it is of: two of one key go not together.
using KeyOf = std::function<const std::string&(std::size_t place)>;

/// Hands over each combination of `size` (1 to 3) of `count` places with different keys, those of the least sum first,
/// until `take` says that it wants no more.
void each_combination(std::size_t count, std::size_t size, const KeyOf& key_of,
                      const std::function<bool(const Combination& places)>& take);

/// Counts these combinations, where each key has so many values.
[[nodiscard]] std::uint64_t count_combinations(std::span<const std::uint64_t> values_of_keys, std::size_t size);

}  // namespace drydock::scenarios
