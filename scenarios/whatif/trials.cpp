#include "scenarios/whatif/trials.hpp"

#include <algorithm>

#include "sim/check.hpp"
#include "sim/scheduler.hpp"
#include "sim/share_out.hpp"

namespace drydock::scenarios {
namespace {

void lower_to(std::atomic<std::uint64_t>& least, std::uint64_t value) {
  std::uint64_t known = least.load();
  while (value < known && !least.compare_exchange_weak(known, value)) {
  }
}

}  // namespace

Trials::Trials(unsigned threads) : workbenches_(std::max(1U, threads)) {
  for (Workbench& workbench : workbenches_) workbench.stop_runs_when([this] { return stopping_.load(); });
}

std::uint64_t Trials::play(std::uint64_t count, const Work& work, const std::function<bool()>& stop,
                           const std::function<void(std::uint64_t played)>& watch) {
  stopping_ = false;
  std::atomic<std::uint64_t> whole{count};
  std::atomic<std::uint64_t> played{0};
  const sim::SharedJob shared = [&](unsigned worker, std::uint64_t index) {
    try {
      work(workbenches_[worker], index);
      ++played;
    } catch (const sim::RunStopped&) {
      lower_to(whole, index);
    }
  };
  const auto is_over = [&] {
    if (stop && stop()) stopping_ = true;
    return stopping_.load();
  };
  const auto look = [&] {
    if (watch) watch(played);
  };
  const auto begun = sim::share_out(count, static_cast<unsigned>(workbenches_.size()), shared, is_over, look);
  return std::min(begun, whole.load());
}

std::size_t Trials::place_of(const Workbench& workbench) const {
  const auto found = std::find_if(workbenches_.begin(), workbenches_.end(),
                                  [&](const Workbench& each) { return &each == &workbench; });
  DRYDOCK_CHECK(found != workbenches_.end(), "a workbench is of no thread");
  return static_cast<std::size_t>(found - workbenches_.begin());
}

}  // namespace drydock::scenarios
