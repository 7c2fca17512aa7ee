#include "sim/search/crew.hpp"

#include <algorithm>

#include "sim/share_out.hpp"

namespace drydock::sim::search {

Crew::Crew(const MakePlayer& make, unsigned threads) {
  for (unsigned i = 0; i < std::max(1U, threads); ++i) players_.push_back(make());
}

std::uint64_t Crew::work(std::uint64_t count, const Job& job, const std::function<bool()>& stop,
                         const std::function<void()>& while_waiting) {
  const SharedJob shared = [&](unsigned worker, std::uint64_t index) { job(*players_[worker], index); };
  return share_out(count, static_cast<unsigned>(players_.size()), shared, stop, while_waiting);
}

}  // namespace drydock::sim::search
