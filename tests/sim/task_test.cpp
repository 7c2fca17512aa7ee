#include "sim/task.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/sim/support.hpp"

namespace drydock::sim {
namespace {

/// Whoever holds one is alive.
using Life = std::shared_ptr<int>;

// --- values and laziness -----------------------------------------------------------------------

Task<int> sum_to(int n) {
  if (n == 0) co_return 0;
  const int rest = co_await sum_to(n - 1);
  co_return n + rest;
}

Task<std::unique_ptr<std::string>> boxed(Scheduler& scheduler, std::string text) {
  co_await scheduler.pause(1s);
  co_return std::make_unique<std::string>(std::move(text));
}

Task<void> collect(Scheduler& scheduler, Log* log) {
  const int sum = co_await sum_to(10);
  log->push_back(std::to_string(sum));
  std::unique_ptr<std::string> box = co_await boxed(scheduler, "moved");
  log->push_back(*box);
}

TEST(Task, ValuesComeBackThroughNestedTasks) {
  Log log;
  Rig rig;
  rig.spawn(collect(rig.scheduler, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"55", "moved"}));
  EXPECT_EQ(rig.now(), Duration{1s});
}

Task<void> make_first_and_await_later(Log* log) {
  Task<void> child = say(log, "child");
  log->push_back("parent");
  co_await std::move(child);
  log->push_back("after");
}

TEST(Task, RunsOnlyWhenItIsAwaited) {
  Log log;
  Rig rig;
  rig.spawn(make_first_and_await_later(&log));
  EXPECT_TRUE(log.empty());
  rig.run();
  EXPECT_EQ(log, (Log{"parent", "child", "after"}));
}

Task<void> hold(Life life, Log* log) {
  log->push_back(life ? "ran" : "ran without what it holds");
  co_return;
}

TEST(Task, NeverAwaitedItNeverRunsAndLetsGoOfItsParameters) {
  Log log;
  const Life life = std::make_shared<int>();
  {
    const Task<void> never = hold(life, &log);
    EXPECT_EQ(life.use_count(), 2);
  }
  EXPECT_EQ(life.use_count(), 1);
  EXPECT_TRUE(log.empty());
}

TEST(Task, AssignedToItDropsWhatItHeld) {
  Log log;
  const Life first = std::make_shared<int>();
  const Life second = std::make_shared<int>();
  Task<void> task = hold(first, &log);
  task = hold(second, &log);
  EXPECT_EQ(first.use_count(), 1);
  EXPECT_EQ(second.use_count(), 2);
}

TEST(Task, AnEmptyOneCannotBeSpawned) {
  Rig rig;
  EXPECT_THROW(rig.spawn(Task<void>{}), InternalError);
}

TEST(Task, ItsFrameIsGoneOnceItEnded) {
  Log log;
  const Life life = std::make_shared<int>();
  Rig rig;
  rig.spawn(hold(life, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"ran"}));
  EXPECT_EQ(life.use_count(), 1);
  EXPECT_EQ(rig.tasks.size(), 0U);
}

// --- exceptions --------------------------------------------------------------------------------

Task<int> fail_after(Scheduler& scheduler, Duration delay) {
  co_await scheduler.pause(delay);
  throw std::runtime_error("no luck");
}

Task<int> pass_on(Scheduler& scheduler) {
  const int value = co_await fail_after(scheduler, 1s);
  co_return value + 1;
}

Task<void> survive(Scheduler& scheduler, Log* log) {
  try {
    const int value = co_await pass_on(scheduler);
    log->push_back(std::to_string(value));
  } catch (const std::runtime_error& error) {
    log->push_back(error.what());
  }
  co_await scheduler.pause(1s);
  log->push_back("went on");
}

Task<void> fail_at_once() {
  throw std::runtime_error("at once");
  co_return;
}

TEST(Task, ExceptionsComeThroughTasksToWhoeverCatchesThem) {
  Log log;
  Rig rig;
  rig.spawn(survive(rig.scheduler, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"no luck", "went on"}));
}

TEST(Task, WhatNobodyCatchesComesOutOfTheSchedulerAndTheOthersCanGoOn) {
  Log log;
  Rig rig;
  rig.spawn(fail_at_once());
  rig.spawn(say(&log, "other"));
  EXPECT_THROW(rig.run(), std::runtime_error);
  EXPECT_EQ(rig.tasks.size(), 1U);
  EXPECT_EQ(rig.scheduler.current(), nullptr);
  rig.run();
  EXPECT_EQ(log, (Log{"other"}));
}

// --- destruction while parked ------------------------------------------------------------------

Task<void> sleep_on(Scheduler& scheduler, Life life) {
  const Context context;
  const bool slept = co_await scheduler.sleep(context, 1h);
  EXPECT_FALSE(slept) << "it was to be destroyed, life " << life.use_count();
}

Task<void> wait_on(Scheduler& scheduler, Signal* signal, Instant until, Life life) {
  const bool notified = co_await scheduler.wait(*signal, until);
  EXPECT_FALSE(notified) << "it was to be destroyed, life " << life.use_count();
}

Task<void> receive_on(Scheduler& scheduler, OneShot<int> reply, Life life) {
  const std::optional<int> got = co_await reply.receive(scheduler, kTimeZero + 1h);
  EXPECT_FALSE(got) << "it was to be destroyed, life " << life.use_count();
}

Task<void> draw_on(Scheduler& scheduler, Life life) {
  co_await scheduler.pause_drawn(1h, 1min);
  ADD_FAILURE() << "it was to be destroyed, life " << life.use_count();
}

Task<void> call_a_child(Scheduler& scheduler, Life life) {
  co_await sleep_on(scheduler, life);
  ADD_FAILURE() << "it was to be destroyed, life " << life.use_count();
}

TEST(Task, DiesWhereverItIsParkedAndLeavesNothingBehind) {
  const Life life = std::make_shared<int>();
  Signal signal;
  Rig rig;
  rig.spawn(sleep_on(rig.scheduler, life));
  rig.spawn(wait_on(rig.scheduler, &signal, kNever, life));
  rig.spawn(wait_on(rig.scheduler, &signal, kTimeZero + 1h, life));
  rig.spawn(receive_on(rig.scheduler, OneShot<int>{}, life));
  rig.spawn(draw_on(rig.scheduler, life));
  rig.spawn(call_a_child(rig.scheduler, life));
  rig.run_until(1s);
  EXPECT_EQ(rig.scheduler.pending_timers(), 5U);
  EXPECT_TRUE(signal.has_waiters());
  EXPECT_EQ(life.use_count(), 8);

  rig.tasks.kill();
  EXPECT_EQ(life.use_count(), 1);
  EXPECT_EQ(rig.scheduler.pending_timers(), 0U);
  EXPECT_FALSE(signal.has_waiters());
  rig.run();
}

TEST(Task, DiesBeforeItsFirstStepOrBetweenItsWakingAndItsTurn) {
  Log log;
  const Life life = std::make_shared<int>();
  Signal signal;
  Rig rig;
  rig.spawn(hold(life, &log));
  rig.tasks.kill();
  EXPECT_EQ(life.use_count(), 1);

  rig.spawn(wait_on(rig.scheduler, &signal, kNever, life));
  rig.run();
  signal.notify_all();
  rig.tasks.kill();
  EXPECT_EQ(life.use_count(), 1);
  EXPECT_FALSE(rig.scheduler.step(kNever));
  EXPECT_TRUE(log.empty());
}

TEST(Task, ItsSchedulerMayDieWhileItIsParked) {
  const Life life = std::make_shared<int>();
  {
    Rig rig;
    rig.spawn(call_a_child(rig.scheduler, life));
    rig.run_until(1s);
    EXPECT_GT(life.use_count(), 1);
  }
  EXPECT_EQ(life.use_count(), 1);
}

// --- the stack stays flat ----------------------------------------------------------------------

struct StackUse {
  std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
  std::uintptr_t highest = 0;
  [[nodiscard]] std::uintptr_t span() const { return highest - lowest; }
};

[[gnu::noinline]] void look_at_stack(StackUse* use) {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  use->lowest = std::min(use->lowest, here);
  use->highest = std::max(use->highest, here);
}

Task<int> touch(StackUse* use) {
  look_at_stack(use);
  co_return 1;
}

Task<void> call_many(int calls, StackUse* use, std::int64_t* sum) {
  for (int i = 0; i < calls; ++i) {
    const int one = co_await touch(use);
    *sum += one;
  }
}

Task<int> descend(int depth, StackUse* use) {
  look_at_stack(use);
  if (depth == 0) co_return 0;
  const int below = co_await descend(depth - 1, use);
  look_at_stack(use);
  co_return below + 1;
}

Task<void> start_descent(int depth, StackUse* use, std::int64_t* sum) {
  const int reached = co_await descend(depth, use);
  *sum = reached;
}

TEST(Task, AMillionChildrenOneAfterAnotherDoNotGrowTheStack) {
  StackUse use;
  std::int64_t sum = 0;
  Rig rig;
  rig.spawn(call_many(1'000'000, &use, &sum));
  rig.run();
  EXPECT_EQ(sum, 1'000'000);
  EXPECT_LT(use.span(), 1024U);
  EXPECT_EQ(rig.scheduler.steps(), 1U) << "calling a child is not a step";
}

TEST(Task, AHundredThousandCallsDeepTheStackIsAsFlat) {
  StackUse use;
  std::int64_t depth = 0;
  Rig rig;
  rig.spawn(start_descent(100'000, &use, &depth));
  rig.run();
  EXPECT_EQ(depth, 100'000);
  EXPECT_LT(use.span(), 1024U);
}

}  // namespace
}  // namespace drydock::sim
