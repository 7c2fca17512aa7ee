#include "scenarios/whatif/trials.hpp"

#include <algorithm>

#include "sim/share_out.hpp"

namespace drydock::scenarios {

Trials::Trials(unsigned threads) : workbenches_(std::max(1U, threads)) {}

std::uint64_t Trials::play(std::uint64_t count, const Work& work, const std::function<bool()>& stop,
                           const std::function<void()>& while_waiting) {
  const sim::SharedJob shared = [&](unsigned worker, std::uint64_t index) { work(workbenches_[worker], index); };
  return sim::share_out(count, static_cast<unsigned>(workbenches_.size()), shared, stop, while_waiting);
}

}  // namespace drydock::scenarios
