#pragma once

#include <algorithm>
#include <iterator>

namespace drydock::sim {

/// Tells whether the value is among the items.
template <typename Value, typename Items>
[[nodiscard]] bool is_one_of(const Value& value, const Items& items) {
  return std::find(std::begin(items), std::end(items), value) != std::end(items);
}

}  // namespace drydock::sim
