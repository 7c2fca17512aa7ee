#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "scenarios/run.hpp"

namespace drydock::scenarios {

/// Plays trials on threads, each with a workbench that it keeps. Which thread plays which trial says nothing: what
/// comes of it belongs at its index.
class Trials {
 public:
  explicit Trials(unsigned threads);
  Trials(const Trials&) = delete;
  Trials& operator=(const Trials&) = delete;

  using Work = std::function<void(Workbench& workbench, std::uint64_t index)>;
  /// Plays the trials 0…count-1. Once `stop` says so, which this thread asks now and then, runs that are being played
  /// end at once. `watch` is told as often how many were played by then. Returns how many of the first trials were
  /// played whole.
  std::uint64_t play(std::uint64_t count, const Work& work, const std::function<bool()>& stop,
                     const std::function<void(std::uint64_t played)>& watch = {});

  [[nodiscard]] std::size_t threads() const { return workbenches_.size(); }
  /// Returns the place of the thread whose workbench this is, below `threads()`.
  [[nodiscard]] std::size_t place_of(const Workbench& workbench) const;

 private:
  std::vector<Workbench> workbenches_;
  std::atomic<bool> stopping_{false};  // read by the threads
};

}  // namespace drydock::scenarios
