#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "tests/sim/support.hpp"

namespace drydock::sim {
namespace {

std::string at(const Scheduler& scheduler) { return " at " + format_seconds(scheduler.now() - kTimeZero); }

Task<void> wait_for(Scheduler& scheduler, Signal* signal, Instant until, Log* log, std::string who) {
  const bool notified = co_await scheduler.wait(*signal, until);
  log->push_back(who + (notified ? " notified" : " gave up") + at(scheduler));
}

Task<void> notify_after(Scheduler& scheduler, Signal* signal, Duration delay) {
  co_await scheduler.pause(delay);
  signal->notify_all();
}

TEST(Signal, WakesAllWhoWaitInTheOrderInWhichTheyCame) {
  Log log;
  Signal signal;
  Rig rig;
  for (const char* who : {"a", "b", "c"}) {
    rig.spawn(wait_for(rig.scheduler, &signal, kNever, &log, who));
  }
  rig.spawn(notify_after(rig.scheduler, &signal, 1s));
  rig.run();
  EXPECT_EQ(log, (Log{"a notified at 1", "b notified at 1", "c notified at 1"}));
}

TEST(Signal, AWaitGivesUpAtItsDeadline) {
  Log log;
  Signal signal;
  Rig rig;
  rig.spawn(wait_for(rig.scheduler, &signal, kTimeZero + 2s, &log, "a"));
  rig.spawn(notify_after(rig.scheduler, &signal, 3s));
  rig.run();
  EXPECT_EQ(log, (Log{"a gave up at 2"}));
  EXPECT_FALSE(signal.has_waiters());
}

TEST(Signal, NotifiedBeforeTheDeadlineNothingIsLeftOfTheDeadline) {
  Log log;
  Signal signal;
  Rig rig;
  rig.spawn(wait_for(rig.scheduler, &signal, kTimeZero + 5s, &log, "a"));
  rig.run_until(1s);
  EXPECT_EQ(rig.scheduler.pending_timers(), 1U);
  signal.notify_all();
  EXPECT_EQ(rig.scheduler.pending_timers(), 0U);
  rig.run();
  EXPECT_EQ(log, (Log{"a notified at 1"}));
  EXPECT_EQ(rig.now(), Duration{1s});
}

// Notification and deadline at one instant: whoever's turn comes first decides, and both ways are on a tape.
TEST(Signal, AtTheInstantOfTheDeadlineTheOrderDecides) {
  for (const bool notifier_first : {false, true}) {
    Log log;
    Signal signal;
    Rig rig{order_tape({0, notifier_first ? 1U : 0U})};
    rig.spawn(wait_for(rig.scheduler, &signal, kTimeZero + 2s, &log, "a"));
    rig.spawn(notify_after(rig.scheduler, &signal, 2s));
    rig.run();
    EXPECT_EQ(log, Log{notifier_first ? "a notified at 2" : "a gave up at 2"});
  }
}

TEST(Signal, ADeadlineThatHasPassedGivesUpAtOnceButMayStillBeNotified) {
  Log log;
  Signal signal;
  Rig rig;
  rig.run_until(5s);
  rig.spawn(wait_for(rig.scheduler, &signal, kTimeZero + 2s, &log, "a"));
  rig.run();
  rig.spawn(wait_for(rig.scheduler, &signal, kTimeZero + 2s, &log, "b"));
  EXPECT_TRUE(rig.scheduler.step(kNever));
  signal.notify_all();
  rig.run();
  EXPECT_EQ(log, (Log{"a gave up at 5", "b notified at 5"}));
}

Task<void> wait_twice(Scheduler& scheduler, Signal* signal, Log* log) {
  const bool first = co_await scheduler.wait(*signal);
  log->push_back(first ? "once" : "gave up");
  const bool second = co_await scheduler.wait(*signal, kTimeZero + 9s);
  log->push_back(second ? "twice" : "gave up");
}

TEST(Signal, OneNotificationIsNotTwo) {
  Log log;
  Signal signal;
  Rig rig;
  rig.spawn(wait_twice(rig.scheduler, &signal, &log));
  rig.spawn(notify_after(rig.scheduler, &signal, 1s));
  rig.run();
  EXPECT_EQ(log, (Log{"once", "gave up"}));
}

TEST(Signal, NotifiedInVainItIsForgotten) {
  Log log;
  Signal signal;
  signal.notify_all();
  Rig rig;
  rig.spawn(wait_for(rig.scheduler, &signal, kTimeZero + 1s, &log, "late"));
  rig.run();
  EXPECT_EQ(log, (Log{"late gave up at 1"}));
}

TEST(Signal, GoneBeforeItsWaitersItLeavesThemTheirDeadline) {
  Log log;
  auto signal = std::make_unique<Signal>();
  Rig rig;
  rig.spawn(wait_for(rig.scheduler, signal.get(), kTimeZero + 2s, &log, "a"));
  rig.spawn(wait_for(rig.scheduler, signal.get(), kNever, &log, "b"));
  rig.run_until(1s);
  signal.reset();
  rig.run();
  EXPECT_EQ(log, (Log{"a gave up at 2"}));
}

// --- one reply ---------------------------------------------------------------------------------

Task<void> receive(Scheduler& scheduler, OneShot<std::string> reply, Instant until, Log* log) {
  const std::optional<std::string> got = co_await reply.receive(scheduler, until);
  log->push_back(got.value_or("nothing") + at(scheduler));
}

Task<void> send_after(Scheduler& scheduler, OneShot<std::string> reply, Duration delay, std::string value) {
  co_await scheduler.pause(delay);
  reply.send(std::move(value));
}

TEST(OneShot, BringsAValueToTheOneWhoWaits) {
  Log log;
  Rig rig;
  const OneShot<std::string> reply;
  rig.spawn(receive(rig.scheduler, reply, kNever, &log));
  rig.spawn(send_after(rig.scheduler, reply, 1s, "hello"));
  rig.run();
  EXPECT_EQ(log, (Log{"hello at 1"}));
}

TEST(OneShot, SentBeforeItIsReceivedItTakesNoStep) {
  Log log;
  Rig rig;
  const OneShot<std::string> reply;
  EXPECT_FALSE(reply.sent());
  reply.send("early");
  EXPECT_TRUE(reply.sent());
  rig.spawn(receive(rig.scheduler, reply, kTimeZero, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"early at 0"}));
  EXPECT_EQ(rig.scheduler.steps(), 1U);
}

TEST(OneShot, TheFirstOfTwoValuesWins) {
  Log log;
  Rig rig;
  const OneShot<std::string> reply;
  reply.send("first");
  reply.send("second");
  rig.spawn(receive(rig.scheduler, reply, kNever, &log));
  rig.run();
  EXPECT_EQ(log, (Log{"first at 0"}));
}

TEST(OneShot, AtTheInstantOfTheDeadlineTheOrderDecidesAndNothingIsLost) {
  for (const bool sender_first : {false, true}) {
    Log log;
    Rig rig{order_tape({0, sender_first ? 1U : 0U})};
    const OneShot<std::string> reply;
    rig.spawn(receive(rig.scheduler, reply, kTimeZero + 2s, &log));
    rig.spawn(send_after(rig.scheduler, reply, 2s, "hello"));
    rig.run();
    EXPECT_EQ(log, Log{sender_first ? "hello at 2" : "nothing at 2"});
    EXPECT_EQ(reply.sent(), !sender_first) << "received at most once";
  }
}

TEST(OneShot, AValueThatComesTooLateStaysUnread) {
  Log log;
  Rig rig;
  const OneShot<std::string> reply;
  rig.spawn(receive(rig.scheduler, reply, kTimeZero + 1s, &log));
  rig.spawn(send_after(rig.scheduler, reply, 2s, "late"));
  rig.run();
  EXPECT_EQ(log, (Log{"nothing at 1"}));
  EXPECT_TRUE(reply.sent());
}

TEST(OneShot, EitherEndMayGoAway) {
  Log log;
  Rig rig;
  TaskGroup receivers{rig.scheduler};
  TaskGroup senders{rig.scheduler};
  {
    const OneShot<std::string> reply;
    rig.scheduler.spawn(receivers, "receiver", receive(rig.scheduler, reply, kNever, &log));
    rig.scheduler.spawn(senders, "sender", send_after(rig.scheduler, reply, 2s, "hello"));
  }
  rig.run_until(1s);
  receivers.kill();
  rig.run();  // sends to nobody
  {
    const OneShot<std::string> reply;
    rig.scheduler.spawn(receivers, "receiver", receive(rig.scheduler, reply, kTimeZero + 9s, &log));
    rig.scheduler.spawn(senders, "sender", send_after(rig.scheduler, reply, 2s, "hello"));
  }
  rig.run_until(3s);
  senders.kill();
  rig.run();
  EXPECT_EQ(log, (Log{"nothing at 9"}));
}

}  // namespace
}  // namespace drydock::sim
