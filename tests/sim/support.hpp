#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/choices.hpp"
#include "sim/scheduler.hpp"
#include "sim/task.hpp"
#include "sim/time.hpp"

namespace drydock::sim {

using namespace std::chrono_literals;

/// What tasks say, in the order in which they say it.
using Log = std::vector<std::string>;

/// A tape of these decisions, as (site, occurrence, value).
inline Tape tape_of(const std::vector<Decision>& decisions) {
  Tape tape;
  for (const Decision& decision : decisions) {
    tape.set(decision.site, decision.occurrence, decision.value);
  }
  return tape;
}

/// The tape that takes these turns at `world/order`, one after another.
inline Tape order_tape(const std::vector<std::uint32_t>& turns) {
  Tape tape;
  for (std::uint32_t i = 0; i < turns.size(); ++i) tape.set("world/order", i + 1, turns[i]);
  return tape;
}

inline Tape seeded(std::uint64_t seed) {
  Tape tape;
  tape.set_seed(seed);
  return tape;
}

/// A scheduler with a tape, and a process to spawn tasks in. Whatever its tasks point to is declared before it.
struct Rig {
  explicit Rig(Tape tape = {}, SchedulerLimits limits = {})
      : choices(std::move(tape)), scheduler(choices, limits), tasks(scheduler) {}

  Root& spawn(Task<void> task, std::string_view label = "task") {
    return scheduler.spawn(tasks, label, std::move(task));
  }
  /// Until nothing is left to do.
  void run() {
    while (scheduler.step(kNever)) {
    }
  }
  void run_until(Duration since_zero) { scheduler.run_until(kTimeZero + since_zero); }
  [[nodiscard]] Duration now() const { return scheduler.now() - kTimeZero; }

  Choices choices;
  Scheduler scheduler;
  TaskGroup tasks;
};

inline Task<void> say(Log* log, std::string word) {
  log->push_back(std::move(word));
  co_return;
}

inline Task<void> say_after(Scheduler& scheduler, Log* log, Duration delay, std::string word) {
  co_await scheduler.pause(delay);
  log->push_back(std::move(word));
}

}  // namespace drydock::sim
