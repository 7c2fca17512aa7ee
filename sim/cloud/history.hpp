#pragma once

#include <utility>
#include <vector>

#include "sim/time.hpp"

namespace drydock::cloud {

/// Keeps how something was and since when. A replica of the API that lags still shows the past (docs/cloud.md §4).
template <typename T>
class History {
 public:
  /// Notes that the value holds from `since` on. Called in the order of time.
  void note(sim::Instant since, T value) { phases_.emplace_back(since, std::move(value)); }

  /// Returns the value that held at that instant, or null when the thing did not exist yet.
  [[nodiscard]] const T* at(sim::Instant instant) const {
    const Phase* phase = phase_at(instant);
    return phase == nullptr ? nullptr : &phase->second;
  }
  /// Returns the instant since which the value of that instant had held; the instant itself when there was none.
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
