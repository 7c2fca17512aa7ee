#pragma once

#include <chrono>

namespace drydock::sim::search {

/// Wall time since it was made: for people who watch and for limits on time, never for what a run does.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace drydock::sim::search
