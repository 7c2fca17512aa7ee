#pragma once

#include <chrono>

namespace drydock::sim::search {

/// Measures the wall time since it was made. It serves people who watch and limits on time; what a run does never
/// depends on it.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace drydock::sim::search
