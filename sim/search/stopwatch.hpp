#pragma once

#include <chrono>
#include <ctime>

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

/// Measures the processor's time that all threads of the process took since it was made. Where others want the
/// processor too, it is less than the wall time.
class ProcessorWatch {
 public:
  [[nodiscard]] double seconds() const { return now() - start_; }

 private:
  static double now() {
    std::timespec taken{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &taken);
    return static_cast<double>(taken.tv_sec) + 1e-9 * static_cast<double>(taken.tv_nsec);
  }

  double start_ = now();
};

}  // namespace drydock::sim::search
