#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sim/search/reading.hpp"

namespace drydock::sim::search {

/// The threads of a search, each with a player of its own.
class Crew {
 public:
  Crew(const MakePlayer& make, unsigned threads);

  [[nodiscard]] Player& first() { return *players_.front(); }

  using Job = std::function<void(Player& player, std::uint64_t index)>;
  /// Does the jobs 0…count-1, each once, and returns when all are done, or, once `stop` says so, when those that were
  /// begun are: the jobs that were done are then 0…n-1 for the n that is returned. Rethrows the failure of the lowest
  /// job that failed. `while_waiting` is called now and then on the calling thread.
  std::uint64_t work(std::uint64_t count, const Job& job, const std::function<bool()>& stop,
                     const std::function<void()>& while_waiting = {});

 private:
  std::vector<std::unique_ptr<Player>> players_;
};

}  // namespace drydock::sim::search
