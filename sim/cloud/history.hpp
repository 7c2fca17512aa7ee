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
    const Phase* phase = phase_at(instant);
    return phase == nullptr ? nullptr : &phase->second;
  }
  /// Since when it had been so by then.
  [[nodiscard]] sim::Instant since(sim::Instant instant) const {
    const Phase* phase = phase_at(instant);
    return phase == nullptr ? instant : phase->first;
  }

 private:
  using Phase = std::pair<sim::Instant, T>;

  [[nodiscard]] const Phase* phase_at(sim::Instant instant) const {
    for (auto phase = phases_.rbegin(); phase != phases_.rend(); ++phase) {
      if (phase->first <= instant) return &*phase;
    }
    return nullptr;
  }

  std::vector<Phase> phases_;
};

}  // namespace drydock::cloud
