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
  /// Shares the jobs out among the players. Arguments and result are those of `share_out`, whose worker here is a
  /// player.
  std::uint64_t work(std::uint64_t count, const Job& job, const std::function<bool()>& stop,
                     const std::function<void()>& while_waiting = {});

 private:
  std::vector<std::unique_ptr<Player>> players_;
};

}  // namespace drydock::sim::search
