// Timer events per second of the scheduler, beside a bare 4-ary heap loop in the same process (aim: at most 1.6 times
// its time per event). N coroutines, each sleeping again and again for a duration of its own.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "sim/choices.hpp"
#include "sim/scheduler.hpp"

namespace {

using drydock::sim::Choices;
using drydock::sim::Duration;
using drydock::sim::Scheduler;
using drydock::sim::Tape;
using drydock::sim::Task;
using drydock::sim::TaskGroup;

/// Distinct primes-ish periods, so that few sleepers meet at one instant.
std::int64_t period(std::int64_t i) { return 1'000 + i * 37 % 9'973; }

Task<void> sleeper(Scheduler* scheduler, Duration every) {
  while (true) co_await scheduler->pause(every);
}

void BM_Scheduler(benchmark::State& state) {
  Choices choices{Tape{}};
  Scheduler scheduler(choices, {.steps = UINT64_MAX});
  TaskGroup group(scheduler);
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    scheduler.spawn(group, "sleeper", sleeper(&scheduler, Duration{period(i)}));
  }
  for (auto _ : state) {
    choices.become_calm();  // ties are answered without being recorded: memory stays flat
    for (int i = 0; i < 1'000; ++i) scheduler.step(drydock::sim::kNever);
  }
  state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(BM_Scheduler)->Arg(10)->Arg(100)->Arg(1'000);

/// The least that a timer wheel of this kind can cost: an implicit 4-ary heap of (time, sequence, payload).
class BareHeap {
 public:
  struct Timer {
    std::int64_t at;
    std::uint64_t seq;
    std::uint32_t who;
    bool operator<(const Timer& other) const { return at != other.at ? at < other.at : seq < other.seq; }
  };

  void push(Timer timer) {
    timers_.push_back(timer);
    std::size_t i = timers_.size() - 1;
    while (i > 0 && timer < timers_[(i - 1) / 4]) {
      timers_[i] = timers_[(i - 1) / 4];
      i = (i - 1) / 4;
    }
    timers_[i] = timer;
  }

  Timer pop() {
    const Timer top = timers_.front();
    const Timer last = timers_.back();
    timers_.pop_back();
    std::size_t i = 0;
    while (i * 4 + 1 < timers_.size()) {
      std::size_t least = i * 4 + 1;
      const std::size_t end = std::min(least + 4, timers_.size());
      for (std::size_t child = least + 1; child < end; ++child) {
        if (timers_[child] < timers_[least]) least = child;
      }
      if (!(timers_[least] < last)) break;
      timers_[i] = timers_[least];
      i = least;
    }
    if (!timers_.empty()) timers_[i] = last;
    return top;
  }

 private:
  std::vector<Timer> timers_;
};

void BM_BareHeap(benchmark::State& state) {
  BareHeap heap;
  std::uint64_t seq = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) heap.push({period(i), seq++, static_cast<std::uint32_t>(i)});
  for (auto _ : state) {
    for (int i = 0; i < 1'000; ++i) {
      BareHeap::Timer timer = heap.pop();
      timer.at += period(timer.who);
      timer.seq = seq++;
      heap.push(timer);
      benchmark::DoNotOptimize(timer);
    }
  }
  state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(BM_BareHeap)->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace
