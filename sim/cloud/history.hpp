#pragma once

#include <utility>
#include <vector>

#include "sim/time.hpp"

namespace drydock::cloud {

/// How something was, and since when: what is still shown of it by a replica of the API that lags
/// (docs/cloud.md §4).
template <typename T>
class History {
 public:
  /// From here on it is so. Called in the order of time.
  void note(sim::Instant since, T value) { phases_.emplace_back(since, std::move(value)); }

  /// How it was at that instant; null: it was not there yet.
  [[nodiscard]] const T* at(sim::Instant instant) const {
    for (auto phase = phases_.rbegin(); phase != phases_.rend(); ++phase) {
      if (phase->first <= instant) return &phase->second;
    }
    return nullptr;
  }

 private:
  std::vector<std::pair<sim::Instant, T>> phases_;
};

}  // namespace drydock::cloud
