#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/check.hpp"
#include "tests/sim/support.hpp"

namespace drydock::sim {
namespace {

Task<void> kill_after(Scheduler& scheduler, TaskGroup* victim, Duration delay, Log* log) {
  co_await scheduler.pause(delay);
  try {
    victim->kill();
    log->push_back("killed");
  } catch (const InternalError&) {
    log->push_back("refused");
  }
}

TEST(TaskGroup, IsKilledFromAnotherOne) {
  Log log;
  Rig rig;
  TaskGroup victim{rig.scheduler};
  rig.scheduler.spawn(victim, "victim", say_after(rig.scheduler, &log, 2s, "survived"));
  rig.spawn(kill_after(rig.scheduler, &victim, 1s, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"killed"}));
  EXPECT_EQ(victim.size(), 0U);
}

TEST(TaskGroup, CannotBeKilledFromInside) {
  Log log;
  Rig rig;
  rig.spawn(kill_after(rig.scheduler, &rig.tasks, 1s, &log));
  rig.spawn(say_after(rig.scheduler, &log, 2s, "survived"));
  rig.run();
  EXPECT_EQ(log, (Log{"refused", "survived"}));
}

TEST(TaskGroup, KilledAtTheInstantAtWhichItsTaskIsDueTheOrderDecides) {
  for (const bool victim_first : {true, false}) {
    Log log;
    // Turn 1 puts the victim to sleep first; turn 2 is the one at 1 s.
    Rig rig{order_tape({0, victim_first ? 0U : 1U})};
    TaskGroup victim{rig.scheduler};
    rig.scheduler.spawn(victim, "victim", say_after(rig.scheduler, &log, 1s, "victim"));
    rig.spawn(kill_after(rig.scheduler, &victim, 1s, &log));
    rig.run();
    EXPECT_EQ(log, victim_first ? (Log{"victim", "killed"}) : (Log{"killed"}));
  }
}

TEST(TaskGroup, MayBeUsedAgainAfterwards) {
  Log log;
  Rig rig;
  rig.spawn(say(&log, "before"));
  rig.tasks.kill();
  rig.spawn(say(&log, "after"));
  rig.run();
  EXPECT_EQ(log, (Log{"after"}));
}

TEST(TaskGroup, TasksThatEndInAnyOrderLeaveTheOthersAlone) {
  Log log;
  Rig rig;
  for (const int delay : {3, 1, 5, 2, 4}) {
    rig.spawn(say_after(rig.scheduler, &log, delay * 1s, std::to_string(delay)));
  }
  rig.run_until(2s + 1us);
  EXPECT_EQ(rig.tasks.size(), 3U);
  rig.run();
  EXPECT_EQ(log, (Log{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(rig.tasks.size(), 0U);
}

/// A process that somebody's frame owns.
struct Inner {
  explicit Inner(Scheduler& scheduler) : tasks(scheduler) {}
  TaskGroup tasks;
};

Task<void> own(Scheduler& scheduler, std::shared_ptr<Inner> inner) {
  co_await scheduler.pause(1h);
  inner.reset();
}

TEST(TaskGroup, WhatItsFramesOwnDiesWithThem) {
  Log log;
  Rig rig;
  auto inner = std::make_shared<Inner>(rig.scheduler);
  rig.scheduler.spawn(inner->tasks, "inner", say_after(rig.scheduler, &log, 2s, "survived"));
  rig.spawn(own(rig.scheduler, std::move(inner)));
  rig.run_until(1s);
  rig.tasks.kill();
  rig.run();
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(rig.scheduler.pending_timers(), 0U);
}

/// Lets its own group be killed once more while the group dies.
struct KillsAgain {
  TaskGroup* group;
  explicit KillsAgain(TaskGroup* g) : group(g) {}
  KillsAgain(const KillsAgain&) = delete;
  KillsAgain& operator=(const KillsAgain&) = delete;
  ~KillsAgain() { group->kill(); }
};

Task<void> hold_on(Scheduler& scheduler, std::shared_ptr<KillsAgain> held) {
  co_await scheduler.pause(1h);
  held.reset();
}

TEST(TaskGroup, KilledWhileItDiesItDiesOnce) {
  Log log;
  Rig rig;
  rig.spawn(hold_on(rig.scheduler, std::make_shared<KillsAgain>(&rig.tasks)));
  rig.spawn(say_after(rig.scheduler, &log, 1s, "survived"));
  rig.run_until(1us);
  rig.tasks.kill();
  rig.run();
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(rig.tasks.size(), 0U);
}

}  // namespace
}  // namespace drydock::sim
