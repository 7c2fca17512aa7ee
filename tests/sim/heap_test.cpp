#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include "tests/sim/support.hpp"

namespace drydock::sim {
namespace {

/// Which sleeper woke, and when.
using Wakings = std::vector<std::pair<int, Instant>>;

Task<void> sleep_plain(Scheduler& scheduler, Wakings* woken, Duration delay, int id) {
  co_await scheduler.pause(delay);
  woken->emplace_back(id, scheduler.now());
}

Task<void> sleep_drawn(Scheduler& scheduler, Wakings* woken, Duration delay, Duration typical, int id) {
  co_await scheduler.pause_drawn(delay, typical);
  woken->emplace_back(id, scheduler.now());
}

/// What the heap should do, done with a sorted set: (instant, order of arming, typical length or 0).
class Model {
 public:
  void arm(Instant at, int id, Duration typical) { timers_.emplace(at, id, typical); }
  void cancel(int id) {
    std::erase_if(timers_, [id](const Timer& timer) { return std::get<1>(timer) == id; });
  }
  void cut(Instant now) {
    std::multiset<Timer> kept;
    for (auto [at, id, typical] : timers_) {
      kept.emplace(typical > Duration{} ? std::min(at, now + typical) : at, id, typical);
    }
    timers_ = std::move(kept);
  }
  void advance(Instant until, Wakings& woken) {
    while (!timers_.empty() && std::get<0>(*timers_.begin()) < until) {
      woken.emplace_back(std::get<1>(*timers_.begin()), std::get<0>(*timers_.begin()));
      timers_.erase(timers_.begin());
    }
  }
  [[nodiscard]] std::size_t size() const { return timers_.size(); }
  [[nodiscard]] int some_id(std::size_t n) const {
    return std::get<1>(*std::next(timers_.begin(), static_cast<std::ptrdiff_t>(n % size())));
  }

 private:
  using Timer = std::tuple<Instant, int, Duration>;
  std::multiset<Timer> timers_;
};

RC_GTEST_PROP(Heap, WakesAsASortedSetWould, ()) {
  const auto what = *rc::gen::container<std::vector<std::uint8_t>>(300, rc::gen::inRange<std::uint8_t>(0, 16));
  // Few distinct delays, so that many timers end together.
  const auto amount = *rc::gen::container<std::vector<std::uint16_t>>(300, rc::gen::inRange<std::uint16_t>(1, 40));
  Wakings woken;
  Wakings expected;
  Model model;
  Rig rig;
  std::vector<std::unique_ptr<TaskGroup>> sleepers;
  const auto arm = [&](Duration delay, Duration typical) {
    const int id = static_cast<int>(sleepers.size());
    sleepers.push_back(std::make_unique<TaskGroup>(rig.scheduler));
    rig.scheduler.spawn(*sleepers.back(), "sleeper",
                        typical > Duration{} ? sleep_drawn(rig.scheduler, &woken, delay, typical, id)
                                             : sleep_plain(rig.scheduler, &woken, delay, id));
    rig.scheduler.step(kNever);  // up to its sleep
    model.arm(rig.scheduler.now() + delay, id, typical);
  };
  for (std::size_t i = 0; i < what.size(); ++i) {
    const Duration length{amount[i]};
    if (what[i] < 7) {
      arm(length, 0us);
    } else if (what[i] < 10) {
      arm(length * 4, length);
    } else if (what[i] < 13) {
      if (model.size() == 0) continue;
      const int id = model.some_id(amount[i]);
      sleepers[static_cast<std::size_t>(id)]->kill();
      model.cancel(id);
    } else if (what[i] < 15) {
      const Instant until = rig.scheduler.now() + length / 4;
      rig.scheduler.run_until(until);
      model.advance(until, expected);
    } else {
      rig.scheduler.cut_drawn_delays();
      model.cut(rig.scheduler.now());
    }
    RC_ASSERT(rig.scheduler.pending_timers() == model.size());
    RC_ASSERT(woken == expected);
  }
  rig.run();
  model.advance(kNever, expected);
  RC_ASSERT(woken == expected);
}

}  // namespace
}  // namespace drydock::sim
