#pragma once

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

  using Work = std::function<void(Workbench& workbench, std::uint64_t index)>;
  /// Plays the trials 0…count-1, or, once `stop` says so, those that were begun, and returns how many that were
  /// (sim/share_out.hpp).
  std::uint64_t play(std::uint64_t count, const Work& work, const std::function<bool()>& stop,
                     const std::function<void()>& while_waiting = {});

 private:
  std::vector<Workbench> workbenches_;
};

}  // namespace drydock::scenarios
