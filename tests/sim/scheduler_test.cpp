#include "sim/scheduler.hpp"

#include <gtest/gtest.h>
#include <chrono>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/support.hpp"

namespace drydock::sim {
namespace {

std::string seconds(Instant at) { return format_seconds(at - kTimeZero); }

// --- whose turn it is --------------------------------------------------------------------------

TEST(Order, OnTheEmptyTapeItIsFirstComeFirstServed) {
  Log log;
  Rig rig;
  for (const char* word : {"a", "b", "c"}) rig.spawn(say(&log, word));
  rig.run();
  EXPECT_EQ(log, (Log{"a", "b", "c"}));
}

TEST(Order, OfSleepsThatEndTogetherTheFirstToFallAsleepWakesFirst) {
  Log log;
  Rig rig;
  for (const char* word : {"a", "b", "c", "d", "e", "f", "g"}) {
    rig.spawn(say_after(rig.scheduler, &log, 1s, word));
  }
  rig.run();
  EXPECT_EQ(log, (Log{"a", "b", "c", "d", "e", "f", "g"}));
}

TEST(Order, EveryPermutationIsOnSomeTape) {
  std::set<Log> orders;
  for (std::uint32_t first = 0; first < 3; ++first) {
    for (std::uint32_t second = 0; second < 2; ++second) {
      Log log;
      // The first three turns are those in which the tasks go to sleep.
      Rig rig{order_tape({0, 0, first, second})};
      for (const char* word : {"a", "b", "c"}) {
        rig.spawn(say_after(rig.scheduler, &log, 1s, word));
      }
      rig.run();
      orders.insert(log);
      EXPECT_TRUE(rig.choices.misaligned().empty());
    }
  }
  EXPECT_EQ(orders.size(), 6U);
}

TEST(Order, TheAnswerIsThePlaceInTheLine) {
  Log log;
  Rig rig{order_tape({2, 1})};
  for (const char* word : {"a", "b", "c"}) rig.spawn(say(&log, word));
  rig.run();
  EXPECT_EQ(log, (Log{"c", "b", "a"}));
}

TEST(Order, IsAskedOnlyWhereMoreThanOneTaskIsReady) {
  Log log;
  Rig rig;
  rig.spawn(say_after(rig.scheduler, &log, 1s, "alone"));
  rig.run();
  EXPECT_TRUE(rig.choices.asked().empty());
  for (const char* word : {"a", "b", "c"}) rig.spawn(say(&log, word), word);
  rig.run();
  ASSERT_EQ(rig.choices.asked().size(), 2U);
  EXPECT_EQ(rig.choices.site_name(rig.choices.asked()[0].site), "world/order");
  EXPECT_EQ(Choices::means(rig.choices.asked()[0]), "a goes first of 3");
  EXPECT_EQ(Choices::means(rig.choices.asked()[1]), "b goes first of 2");
  EXPECT_EQ(rig.choices.asked()[0].at, kTimeZero + 1s);
}

TEST(Order, InCalmNothingIsAskedAndFirstComesFirst) {
  Log log;
  Rig rig{order_tape({2, 1})};
  rig.choices.become_calm();
  for (const char* word : {"a", "b", "c"}) rig.spawn(say(&log, word));
  rig.run();
  EXPECT_EQ(log, (Log{"a", "b", "c"}));
  EXPECT_TRUE(rig.choices.asked().empty());
}

Task<void> say_and_step_back(Scheduler& scheduler, Log* log, std::string word) {
  log->push_back(word + "1");
  co_await scheduler.pause(0s);
  log->push_back(word + "2");
}

TEST(Order, APauseOfNoLengthGoesToTheEndOfTheLine) {
  Log log;
  Rig rig;
  rig.spawn(say_and_step_back(rig.scheduler, &log, "a"));
  rig.spawn(say_and_step_back(rig.scheduler, &log, "b"));
  rig.run();
  EXPECT_EQ(log, (Log{"a1", "b1", "a2", "b2"}));
  EXPECT_EQ(rig.now(), Duration{0});
}

Task<void> say_ranked(Scheduler& scheduler, Log* log, Instant at, std::uint32_t rank, std::string word) {
  co_await scheduler.pause_ranked(at, rank);
  log->push_back(std::move(word));
}

TEST(Order, RankedGoBeforeUnrankedAndLowerRanksFirst) {
  Log log;
  Rig rig;
  const Instant at = kTimeZero + 1s;
  rig.spawn(say_after(rig.scheduler, &log, 1s, "unranked"));
  rig.spawn(say_ranked(rig.scheduler, &log, at, 30, "third"));
  rig.spawn(say_ranked(rig.scheduler, &log, at, 1, "first"));
  rig.spawn(say_ranked(rig.scheduler, &log, at, 2, "second"));
  rig.spawn(say_ranked(rig.scheduler, &log, at - 1us, 99, "earlier"));
  rig.run();
  EXPECT_EQ(log, (Log{"earlier", "first", "second", "third", "unranked"}));
}

TEST(Order, ARankIsOnlyTheBoringAnswer) {
  Log log;
  Rig rig{order_tape({0, 1})};
  rig.spawn(say_after(rig.scheduler, &log, 1s, "unranked"));
  rig.spawn(say_ranked(rig.scheduler, &log, kTimeZero + 1s, 1, "ranked"));
  rig.run();
  EXPECT_EQ(log, (Log{"unranked", "ranked"}));
}

// --- the clock ---------------------------------------------------------------------------------

Task<void> note_times(Scheduler& scheduler, Log* log) {
  co_await scheduler.pause(1h);
  log->push_back(seconds(scheduler.now()));
  co_await scheduler.pause_until(kTimeZero + 2h);
  log->push_back(seconds(scheduler.now()));
  co_await scheduler.pause_until(kTimeZero + 1h);
  log->push_back(seconds(scheduler.now()));
}

TEST(Clock, JumpsFromOneWakingToTheNextAndNeverBack) {
  Log log;
  Rig rig;
  rig.spawn(note_times(rig.scheduler, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"3600", "7200", "7200"}));
  EXPECT_EQ(rig.scheduler.steps(), 4U);
}

TEST(Clock, RunningUntilAnInstantLeavesWhatIsDueAtThatInstant) {
  Log log;
  Rig rig;
  rig.spawn(say_after(rig.scheduler, &log, 10s - 1us, "before"));
  rig.spawn(say_after(rig.scheduler, &log, 10s, "at"));
  rig.run_until(10s);
  EXPECT_EQ(log, (Log{"before"}));
  EXPECT_EQ(rig.now(), Duration{10s});
  rig.run_until(10s + 1us);
  EXPECT_EQ(log, (Log{"before", "at"}));
}

TEST(Clock, ReachesTheEndEvenIfNothingHappens) {
  Rig rig;
  rig.run_until(1h);
  EXPECT_EQ(rig.now(), Duration{1h});
  EXPECT_FALSE(rig.scheduler.step(kTimeZero + 2h));
  EXPECT_EQ(rig.now(), Duration{1h});
}

TEST(Clock, WhatBecomesReadyAtTheLastInstantStillRuns) {
  Log log;
  Rig rig;
  rig.run_until(10s);
  rig.spawn(say(&log, "at the end"));
  rig.run_until(10s);
  EXPECT_EQ(log, (Log{"at the end"}));
}

// --- rest --------------------------------------------------------------------------------------

class FixedTurns final : public Turns {
 public:
  explicit FixedTurns(bool idle) : idle_(idle) {}
  [[nodiscard]] bool idle(const Stillness& still) const override {
    asked = still.since;
    return idle_;
  }
  mutable std::optional<Instant> asked;

 private:
  bool idle_;
};

Task<void> wait_for_turn(Scheduler& scheduler, const Turns* turns, Instant at) {
  co_await scheduler.next_turn(at, *turns);
}

TEST(Turns, AreBetweenWhereNobodyWaitsForAnythingElse) {
  Log log;
  Rig rig;
  const FixedTurns turns(true);
  rig.spawn(wait_for_turn(rig.scheduler, &turns, kTimeZero + 20s));
  EXPECT_FALSE(rig.scheduler.is_between_turns(kTimeZero + 1h)) << "it has not begun";
  rig.run_until(1s);
  EXPECT_TRUE(rig.scheduler.is_between_turns(kTimeZero + 1h));
  rig.spawn(say_after(rig.scheduler, &log, 10s, "something"));
  rig.run_until(2s);
  EXPECT_FALSE(rig.scheduler.is_between_turns(kTimeZero + 1h));
  EXPECT_FALSE(rig.scheduler.is_idle({kTimeZero, kTimeZero + 1h}));
  EXPECT_TRUE(rig.scheduler.is_between_turns(kTimeZero + 11s)) << "it would come after the end";
  rig.run_until(12s);
  EXPECT_TRUE(rig.scheduler.is_between_turns(kTimeZero + 1h));
}

TEST(Turns, AreIdleWhereEachOfThemThatIsStillToComeIs) {
  Rig rig;
  const FixedTurns idle(true);
  const FixedTurns busy(false);
  rig.spawn(wait_for_turn(rig.scheduler, &idle, kTimeZero + 20s));
  rig.run_until(1s);
  EXPECT_TRUE(rig.scheduler.is_idle({kTimeZero + 500ms, kTimeZero + 1h}));
  EXPECT_EQ(idle.asked, kTimeZero + 500ms);
  rig.spawn(wait_for_turn(rig.scheduler, &busy, kTimeZero + 30s));
  rig.run_until(2s);
  EXPECT_FALSE(rig.scheduler.is_idle({kTimeZero, kTimeZero + 1h}));
  EXPECT_TRUE(rig.scheduler.is_idle({kTimeZero, kTimeZero + 30s})) << "the busy one has no turn before the end";
}

TEST(Turns, SkippedAreLeftUndone) {
  Rig rig;
  const FixedTurns turns(true);
  rig.spawn(wait_for_turn(rig.scheduler, &turns, kTimeZero + 20s));
  rig.run_until(1s);
  const std::uint64_t steps = rig.scheduler.steps();
  rig.scheduler.skip_to(kTimeZero + 1h);
  EXPECT_EQ(rig.now(), Duration{1h});
  EXPECT_EQ(rig.scheduler.steps(), steps);
}

// --- contexts ----------------------------------------------------------------------------------

Task<void> sleep_in(Scheduler& scheduler, Log* log, Context context, Duration duration) {
  const bool slept = co_await scheduler.sleep(context, duration);
  log->push_back((slept ? "slept " : "cut ") + seconds(scheduler.now()));
}

TEST(Contexts, CutASleepAtTheirEnd) {
  Log log;
  Rig rig;
  rig.spawn(sleep_in(rig.scheduler, &log, {kTimeZero + 3s}, 5s));
  rig.spawn(sleep_in(rig.scheduler, &log, {kTimeZero + 5s}, 4s));
  rig.spawn(sleep_in(rig.scheduler, &log, {}, 1h));
  rig.run();
  EXPECT_EQ(log, (Log{"cut 3", "slept 4", "slept 3600"}));
}

TEST(Contexts, ASleepThatEndsWithItsContextIsComplete) {
  Log log;
  Rig rig;
  rig.spawn(sleep_in(rig.scheduler, &log, {kTimeZero + 3s}, 3s));
  rig.run();
  EXPECT_EQ(log, (Log{"slept 3"}));
}

TEST(Contexts, OnceEndedTheyCutAtOnce) {
  Log log;
  Rig rig;
  rig.run_until(10s);
  rig.spawn(sleep_in(rig.scheduler, &log, {kTimeZero + 3s}, 5s));
  rig.spawn(sleep_in(rig.scheduler, &log, {kTimeZero + 3s}, 0s));
  rig.run();
  EXPECT_EQ(log, (Log{"cut 10", "cut 10"}));
}

TEST(Contexts, AChildNeverOutlivesItsParent) {
  const Context parent{kTimeZero + 5s};
  EXPECT_EQ(parent.with_deadline(kTimeZero + 9s).until, kTimeZero + 5s);
  EXPECT_EQ(parent.with_deadline(kTimeZero + 2s).until, kTimeZero + 2s);
  EXPECT_EQ(Context{}.with_deadline(kTimeZero + 2s).until, kTimeZero + 2s);
}

TEST(Contexts, HaveEndedAtTheirLastInstant) {
  const Context context{kTimeZero + 5s};
  EXPECT_FALSE(context.ended(kTimeZero + 5s - 1us));
  EXPECT_TRUE(context.ended(kTimeZero + 5s));
  EXPECT_FALSE(Context{}.ended(kTimeZero + 24h));
}

// --- drawn delays ------------------------------------------------------------------------------

Task<void> say_after_drawn(Scheduler& scheduler, Log* log, Duration drawn, Duration typical) {
  co_await scheduler.pause_drawn(drawn, typical);
  log->push_back(seconds(scheduler.now()));
}

TEST(DrawnDelays, AreCutToTheirTypicalLengthFromThenOn) {
  Log log;
  Rig rig;
  rig.spawn(say_after_drawn(rig.scheduler, &log, 1h, 30s));
  rig.run_until(10s);
  rig.scheduler.cut_drawn_delays();
  rig.run();
  EXPECT_EQ(log, (Log{"40"}));
}

TEST(DrawnDelays, OfWhichLessIsLeftStayAsTheyAre) {
  Log log;
  Rig rig;
  rig.spawn(say_after_drawn(rig.scheduler, &log, 15s, 30s));
  rig.run_until(10s);
  rig.scheduler.cut_drawn_delays();
  rig.run();
  EXPECT_EQ(log, (Log{"15"}));
}

TEST(DrawnDelays, AloneAreCutOtherSleepsAreNot) {
  Log log;
  Rig rig;
  rig.spawn(say_after(rig.scheduler, &log, 1h, "sleep"));
  rig.spawn(say_after_drawn(rig.scheduler, &log, 2h, 30s));
  rig.spawn(say_after(rig.scheduler, &log, 20s, "short"));
  rig.run_until(10s);
  rig.scheduler.cut_drawn_delays();
  rig.run();
  EXPECT_EQ(log, (Log{"short", "40", "sleep"}));
}

TEST(DrawnDelays, AreNotCutByThemselves) {
  Log log;
  Rig rig;
  rig.spawn(say_after_drawn(rig.scheduler, &log, 1h, 30s));
  rig.run();
  EXPECT_EQ(log, (Log{"3600"}));
}

// --- after and on each step --------------------------------------------------------------------

Task<void> kill_my_process(Scheduler& scheduler, TaskGroup* mine, Log* log) {
  scheduler.after_step([mine] { mine->kill(); });
  log->push_back("dying");
  co_await scheduler.pause(0s);
  log->push_back("still alive");
}

TEST(AfterStep, ATaskMayHaveItsOwnProcessKilledOnceItParked) {
  Log log;
  Rig rig;
  rig.spawn(kill_my_process(rig.scheduler, &rig.tasks, &log));
  rig.spawn(say(&log, "its neighbour"));
  rig.run();
  EXPECT_EQ(log, (Log{"dying"}));
  EXPECT_EQ(rig.tasks.size(), 0U);
}

Task<void> ask_for_more(Scheduler& scheduler, Log* log) {
  scheduler.after_step([log] { log->push_back("after"); });
  log->push_back("step 1");
  co_await scheduler.pause(1s);
  log->push_back("step 2");
}

TEST(AfterStep, HappensOnceAndBeforeTheStepIsLookedAt) {
  Log log;
  Rig rig;
  rig.scheduler.on_step([&log] { log.push_back("looked at"); });
  rig.spawn(ask_for_more(rig.scheduler, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"step 1", "after", "looked at", "step 2", "looked at"}));
}

// --- bounds ------------------------------------------------------------------------------------

Task<void> tick(Scheduler& scheduler, Duration every) {
  while (true) {
    co_await scheduler.pause(every);
  }
}

std::string bound_reached(SchedulerLimits limits, Duration every) {
  Rig rig{{}, limits};
  try {
    rig.spawn(tick(rig.scheduler, every));
    rig.spawn(tick(rig.scheduler, every));
    rig.run_until(24h);
  } catch (const BoundReached& reached) {
    return reached.what();
  }
  return "none";
}

TEST(Bounds, EndARunAndSayWhichOneWasReached) {
  EXPECT_EQ(bound_reached({.steps = 100}, 1s), "steps");
  EXPECT_EQ(bound_reached({.steps_at_one_instant = 100}, 0s), "steps at one instant");
  EXPECT_EQ(bound_reached({.roots = 1}, 1s), "tasks");
  EXPECT_EQ(bound_reached({.bytes = 4095}, 1s), "bytes") << "of two tasks";
  EXPECT_EQ(bound_reached({.steps_at_one_instant = 100, .roots = 2}, 1min), "none");
}

TEST(Bounds, WhoeverPlaysARunMayStopIt) {
  int asked = 0;
  Rig rig{{}, {.stop = [&] { return ++asked == 2; }}};
  rig.spawn(tick(rig.scheduler, 1s));
  EXPECT_THROW(rig.run_until(24h), RunStopped);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(rig.scheduler.steps() % 4096, 0U) << "it is asked seldom";
}

/// Where each that leaves were looked for among all, this would take hours.
TEST(Bounds, AnyNumberOfTasksThatWaitForOneSignalMayBeDropped) {
  Signal signal;
  Rig rig;
  const auto waits = [](Scheduler* scheduler, Signal* awaited) -> Task<void> {
    [[maybe_unused]] const bool notified = co_await scheduler->wait(*awaited);
  };
  for (int batch = 1; batch <= 300; ++batch) {
    for (int i = 0; i < 1000; ++i) rig.spawn(waits(&rig.scheduler, &signal));
    rig.run_until(batch * 1s);
  }
  EXPECT_TRUE(signal.has_waiters());
  const auto before = std::chrono::steady_clock::now();
  rig.tasks.kill();
  EXPECT_FALSE(signal.has_waiters());
  EXPECT_LT(std::chrono::steady_clock::now() - before, 20s);
}

TEST(Bounds, WhatIsKeptCounts) {
  Rig rig{{}, {.bytes = 1'000'000}};
  rig.spawn(tick(rig.scheduler, 1s));
  rig.run_until(1min);
  rig.scheduler.keep_bytes(1'000'000);
  EXPECT_THROW(rig.run_until(2min), BoundReached);
}

TEST(Bounds, ExactlyTheLimitIsAllowed) {
  // Two tasks that start, and wake twice before the third minute.
  for (const std::uint64_t limit : {5U, 6U}) {
    Rig rig{{}, {.steps = limit}};
    rig.spawn(tick(rig.scheduler, 1min));
    rig.spawn(tick(rig.scheduler, 1min));
    if (limit == 5) {
      EXPECT_THROW(rig.run_until(3min), BoundReached);
    } else {
      rig.run_until(3min);
      EXPECT_EQ(rig.scheduler.steps(), 6U);
    }
  }
}

TEST(Bounds, TasksThatEndedOrWereKilledMakeRoomForOthers) {
  Log log;
  Rig rig{{}, {.roots = 2}};
  for (int i = 0; i < 10; ++i) {
    rig.spawn(say(&log, "ends"));
    rig.run();
    rig.spawn(tick(rig.scheduler, 1s));
    rig.spawn(tick(rig.scheduler, 1s));
    rig.tasks.kill();
  }
  EXPECT_EQ(log.size(), 10U);
}

}  // namespace
}  // namespace drydock::sim
