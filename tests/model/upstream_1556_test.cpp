// The upstream tests of the three layers against the self-fire restart loop (#1556), under their
// upstream names and with their numbers (docs/platform.md §10.3).

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "tests/support/play.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::RestartSource;

void call_restart_by_id(Rig& rig, int times) {
  for (int i = 0; i < times; ++i) {
    rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  }
}

/// A cycle that began just now and is over: the stamp is fresh, running is false.
void leave_fresh_stamp(Rig& rig) {
  Cycles cycles;
  rig.await(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 0s)));
}

// --- is_restarting ------------------------------------------------------------------------------

TEST(Upstream1556, IsRestarting_FalseWhenNoStateEntry) {
  Rig rig("post-1556");
  EXPECT_FALSE(rig.platform().is_restarting(rig.key()));
}

TEST(Upstream1556, IsRestarting_TrueWhileCycleRunning) {
  Rig rig("post-1556");
  Cycles cycles;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 10s)));
  rig.run_for(5s);
  EXPECT_TRUE(rig.platform().is_restarting(rig.key()));
  rig.run_for(6s);
  EXPECT_FALSE(rig.platform().is_restarting(rig.key()));
}

// --- L1: no dead verdict while a restart runs ---------------------------------------------------

/// A workspace whose instance died without anybody being told, while a cycle of it runs.
struct DeadWhileRestarting {
  explicit DeadWhileRestarting(const std::string& preset) : rig(preset) {
    rig.kill_instance();
    rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 60s)));
    rig.run_for(1s);
  }
  Cycles cycles;
  Rig rig;
};

TEST(Upstream1556, MaybeMarkContainerDead_SkippedWhileRestarting) {
  DeadWhileRestarting world("post-1556");
  Rig& rig = world.rig;
  EXPECT_FALSE(rig.await(rig.platform().maybe_mark_container_dead(rig.key())));
  rig.run_for(5s);
  EXPECT_EQ(rig.adversary().calls("cp.is_running"), 0);
  EXPECT_EQ(rig.adversary().calls("db.write"), 0);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
  EXPECT_EQ(rig.count("probe.skipped"), 1U);
}

TEST(Upstream1556, MaybeMarkContainerDead_ActsWhileRestartingWithoutTheGate) {
  DeadWhileRestarting world("pre-1556");
  Rig& rig = world.rig;
  EXPECT_TRUE(rig.await(rig.platform().maybe_mark_container_dead(rig.key())));
  rig.run_for(5s);
  EXPECT_EQ(rig.adversary().calls("cp.is_running"), 1);
  EXPECT_EQ(rig.row("status"), "offline");
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
  EXPECT_EQ(rig.count("restart.coalesced"), 1U);
}

TEST(Upstream1556, PreflightContainerHealth_SkippedWhileRestarting) {
  DeadWhileRestarting world("post-1556");
  Rig& rig = world.rig;
  EXPECT_FALSE(rig.await(rig.platform().preflight_container_health(rig.key())).has_value());
  rig.run_for(5s);
  EXPECT_EQ(rig.adversary().calls("cp.is_running"), 0);
  EXPECT_EQ(rig.adversary().calls("db.write"), 0);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

TEST(Upstream1556, PreflightContainerHealth_ActsWhileRestartingWithoutTheGate) {
  DeadWhileRestarting world("pre-1556");
  Rig& rig = world.rig;
  const auto answer = rig.await(rig.platform().preflight_container_health(rig.key()));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(answer->body.flag_at("restarting"));
  EXPECT_TRUE(answer->body.flag_at("preflight"));
  EXPECT_EQ(rig.adversary().calls("cp.is_running"), 1);
}

// --- L3: the debounce ---------------------------------------------------------------------------

TEST(Upstream1556, DebounceSilentDrop) {
  Rig rig("post-1556");
  leave_fresh_stamp(rig);
  ASSERT_FALSE(rig.platform().is_restarting(rig.key()));
  call_restart_by_id(rig, 5);
  EXPECT_EQ(rig.platform().debounce_drops(), 5U);
  EXPECT_EQ(rig.count("restart.dropped"), 5U);
  EXPECT_EQ(rig.count("restart.cycle"), 0U);
  EXPECT_EQ(rig.count("restart.coalesced"), 0U);
}

TEST(Upstream1556, DebounceExpiresAfterWindow) {
  Rig rig("post-1556", {{"restart.debounce_window", "5ms"}});
  leave_fresh_stamp(rig);
  call_restart_by_id(rig, 1);
  EXPECT_EQ(rig.platform().debounce_drops(), 1U);
  rig.run_for(20ms);
  call_restart_by_id(rig, 1);
  EXPECT_EQ(rig.platform().debounce_drops(), 1U);
  EXPECT_EQ(rig.count("restart.cycle"), 1U);
}

TEST(Upstream1556, TheWindowIsHalfOpen) {
  Rig rig("post-1556");
  leave_fresh_stamp(rig);
  rig.run_for(60s - 1us);
  call_restart_by_id(rig, 1);
  EXPECT_EQ(rig.platform().debounce_drops(), 1U);
  rig.run_for(1us);
  call_restart_by_id(rig, 1);
  EXPECT_EQ(rig.platform().debounce_drops(), 1U);
}

/// Four probes ask for a restart during one that takes 10 s per cycle, at these times.
int cycles_with_probes(const std::string& preset, std::initializer_list<Duration> at) {
  Rig rig(preset);
  Cycles cycles;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 10s)));
  for (const Duration probe : at) {
    rig.run_for(probe - rig.elapsed());
    rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::dead_verdict));
  }
  rig.run_for(2min);
  if (preset == "post-1556") {
    EXPECT_EQ(rig.platform().debounce_drops(), 4U);
  } else {
    EXPECT_EQ(rig.platform().debounce_drops(), 0U);
  }
  return cycles.ended;
}

TEST(Upstream1556, SingleProvisionPerRestart) {
  EXPECT_EQ(cycles_with_probes("post-1556", {2s, 4s, 6s, 8s}), 1);
  EXPECT_EQ(cycles_with_probes("post-1556", {5s, 15s, 25s, 35s}), 1);
}

TEST(Upstream1556, FourProbesMakeFiveCyclesBeforeTheFix) {
  // Calls that fall into successive cycles; calls during one cycle coalesce into one more.
  EXPECT_EQ(cycles_with_probes("pre-1556", {5s, 15s, 25s, 35s}), 5);
  EXPECT_EQ(cycles_with_probes("pre-1556", {5s, 6s, 15s, 25s}), 4);
  EXPECT_EQ(cycles_with_probes("pre-1556", {2s, 4s, 6s, 8s}), 2);
}

// --- the baseline: coalescing -------------------------------------------------------------------

TEST(Upstream1556, CoalesceRestart_SingleCallRunsOneCycle) {
  Rig rig("post-1556");
  Cycles cycles;
  rig.await(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 1s)));
  EXPECT_EQ(cycles.ended, 1);
}

TEST(Upstream1556, CoalesceRestart_ConcurrentCallsCoalesce) {
  Rig rig("post-1556");
  Cycles cycles;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 10s)));
  rig.run_for(5s);
  for (int i = 0; i < 5; ++i) {
    rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 10s)));
  }
  rig.run_for(1s);
  EXPECT_EQ(cycles.begun, 1);
  EXPECT_EQ(rig.count("restart.coalesced"), 5U);
  rig.run_for(1min);
  EXPECT_EQ(cycles.ended, 2);
}

TEST(Upstream1556, CoalesceRestart_SequentialCallsRunSeparately) {
  Rig rig("post-1556");
  Cycles cycles;
  for (int i = 0; i < 3; ++i) {
    rig.await(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 1s)));
  }
  EXPECT_EQ(cycles.ended, 3);
}

TEST(Upstream1556, CoalesceRestart_RequestDuringCyclePickedUp) {
  Rig rig("post-1556");
  Cycles first;
  Cycles second;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), first.taking(rig.clock(), 10s)));
  rig.run_for(9s);
  rig.await(rig.platform().coalesce_restart(rig.key(), second.taking(rig.clock(), 10s)));
  rig.run_for(1min);
  // The loop that runs does the work of the one that came; the latter's own cycle never runs.
  EXPECT_EQ(first.ended, 2);
  EXPECT_EQ(second.begun, 0);
}

TEST(Upstream1556, CoalesceRestart_StateClearedAfterDrain) {
  Rig rig("post-1556");
  Cycles cycles;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 1s)));
  rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 1s)));
  rig.run_for(10s);
  ASSERT_EQ(cycles.ended, 2);
  EXPECT_FALSE(rig.platform().is_restarting(rig.key()));
  rig.await(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 1s)));
  EXPECT_EQ(cycles.ended, 3);
}

sim::Task<void> panicking(sim::Scheduler& clock) {
  co_await clock.pause(10s);
  throw std::runtime_error("nil pointer dereference");
}

TEST(Upstream1556, CoalesceRestart_PanicClearsStateAndIsNotReRaised) {
  Rig rig("post-1556");
  sim::Scheduler& clock = rig.clock();
  rig.await(rig.platform().coalesce_restart(rig.key(), [&clock] { return panicking(clock); }));
  EXPECT_FALSE(rig.platform().is_restarting(rig.key()));
  Cycles cycles;
  rig.await(rig.platform().coalesce_restart(rig.key(), cycles.taking(clock, 1s)));
  EXPECT_EQ(cycles.ended, 1);
}

TEST(Upstream1556, CoalesceRestart_PanicEndsTheLoopWithARequestPending) {
  Rig rig("post-1556");
  sim::Scheduler& clock = rig.clock();
  int begun = 0;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), [&clock, &begun] {
    ++begun;
    return panicking(clock);
  }));
  rig.run_for(5s);
  Cycles cycles;
  rig.await(rig.platform().coalesce_restart(rig.key(), cycles.taking(clock, 1s)));
  rig.run_for(1min);
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(cycles.begun, 0);
}

TEST(Upstream1556, CoalesceRestart_DifferentWorkspacesDoNotSerialize) {
  Rig rig("post-1556", {}, {{.id = "a"}, {.id = "b"}});
  Cycles a;
  Cycles b;
  rig.spawn(rig.platform().coalesce_restart(rig.key("a"), a.taking(rig.clock(), 1min)));
  rig.run_for(1s);
  rig.await(rig.platform().coalesce_restart(rig.key("b"), b.taking(rig.clock(), 1s)));
  EXPECT_EQ(a.ended, 0);
  EXPECT_EQ(b.ended, 1);
  EXPECT_TRUE(rig.platform().is_restarting(rig.key("a")));
  EXPECT_FALSE(rig.platform().is_restarting(rig.key("b")));
}

sim::Task<void> at(sim::Scheduler& clock, Duration when, sim::Task<void> task) {
  co_await clock.pause_until(sim::kTimeZero + when);
  co_await std::move(task);
}

TEST(Upstream1556, ACallBetweenTheExitTestAndTheResetWaitsForTheNextCall) {
  Rig rig("post-1556");
  Cycles cycles;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 10s)));
  rig.run_for(1s);
  // Wakes at the instant at which the cycle ends, after it.
  sim::Task<void> late = rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 10s));
  rig.spawn(at(rig.clock(), 10s, std::move(late)));
  rig.run_for(1min);
  EXPECT_EQ(cycles.ended, 1);
  EXPECT_EQ(rig.count("restart.coalesced"), 1U);
  EXPECT_FALSE(rig.platform().is_restarting(rig.key()));
}

// --- the drained iteration (D) ------------------------------------------------------------------

/// A cycle of 50 s with a request pending, then another one; 20 s into it somebody asks again.
std::uint64_t drops_in_the_drained_cycle(const std::string& preset) {
  Rig rig(preset);
  Cycles cycles;
  for (int i = 0; i < 2; ++i) {
    rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 50s)));
  }
  rig.run_for(70s);
  rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::file_write));
  return rig.platform().debounce_drops();
}

TEST(Upstream1556, DrainedIterationRefreshesRestartStartedAt) {
  EXPECT_EQ(drops_in_the_drained_cycle("pre-1932"), 1U);
  EXPECT_EQ(drops_in_the_drained_cycle("post-1556"), 0U);
}

// --- file writes (D) ----------------------------------------------------------------------------

void write_files(Rig& rig, int times, const std::string& alias = "w") {
  for (int i = 0; i < times; ++i) rig.request("PUT /workspaces/" + alias + "/files/notes.md");
}

TEST(Upstream1556, FileWrite_FirstWriteRestarts) {
  Rig rig("pre-1932");
  write_files(rig, 1);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "file_write"), 1U);
  EXPECT_EQ(rig.count("restart.cycle"), 1U);
  EXPECT_EQ(rig.platform().file_write_drops(), 0U);
}

TEST(Upstream1556, FileWrite_SecondWithin15SecondsIsSkipped) {
  Rig rig("pre-1932");
  write_files(rig, 1);
  rig.run_for(14s);
  write_files(rig, 1);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
  EXPECT_EQ(rig.platform().file_write_drops(), 1U);
  // There is no trailing fire.
  rig.run_for(5min);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
}

TEST(Upstream1556, FileWrite_TenWritesMakeNineDrops) {
  Rig rig("pre-1932");
  write_files(rig, 10);
  rig.run_for(1s);
  EXPECT_EQ(rig.platform().file_write_drops(), 9U);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
}

TEST(Upstream1556, FileWrite_FiresAgainAfterTheWindow) {
  Rig rig("pre-1932");
  write_files(rig, 1);
  rig.run_for(15s);
  write_files(rig, 1);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "file_write"), 2U);
  EXPECT_EQ(rig.platform().file_write_drops(), 0U);
}

TEST(Upstream1556, FileWrite_WorkspacesAreIndependent) {
  Rig rig("pre-1932", {}, {{.id = "a"}, {.id = "b"}});
  write_files(rig, 1, "a");
  write_files(rig, 1, "b");
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered", "a"), 1U);
  EXPECT_EQ(rig.count("restart.triggered", "b"), 1U);
}

TEST(Upstream1556, FileWrite_50ConcurrentWritesMake49Drops) {
  Rig rig("pre-1932");
  for (int i = 0; i < 50; ++i) rig.send("PUT /workspaces/w/files/" + std::to_string(i));
  rig.run_for(1s);
  EXPECT_EQ(rig.platform().file_write_drops(), 49U);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
}

TEST(Upstream1556, FileWrite_EachRestartsBeforeEraD) {
  Rig rig("post-1556");
  write_files(rig, 10);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 10U);
  EXPECT_EQ(rig.platform().file_write_drops(), 0U);
}

// --- the canary ---------------------------------------------------------------------------------

/// One secret at 13 s, and a call every 5 s.
constexpr std::string_view kCanary = R"(
  "horizon": "5m", "cloud": {"pending": "26s..30s"}, "workspaces": [{"id": "lead"}, {"id": "w"}],
  "traffic": [{"kind": "a2a", "from": "lead", "to": "w", "every": "5s"}],
  "steps": [{"at": "13s", "request": "PUT /workspaces/w/secrets",
             "body": {"key": "K", "value": "V"}}])";

std::size_t started(const Outcome& outcome, std::string_view workspace, Duration within) {
  std::size_t all = 0;
  for (const auto& event : events_of(outcome, "provision.ec2_started", workspace)) {
    if (event.at - sim::kTimeZero < 13s + within) ++all;
  }
  return all;
}

TEST(Upstream1556, Canary_OneSecretOneStartIn60Seconds) {
  const Outcome after = play_under("post-1556", kCanary);
  EXPECT_EQ(started(after, "w", 60s), 1U);
  EXPECT_EQ(count(after, "provision.ec2_started"), 1U);
  EXPECT_EQ(violations(after), std::vector<std::string>{});
}

TEST(Upstream1556, Canary_OneSecretFourStartsBeforeTheFix) {
  const Outcome before = play_under("pre-1556", kCanary);
  EXPECT_EQ(started(before, "w", 4min), 4U);
  EXPECT_GT(started(before, "w", 60s), 1U);
}

TEST(Upstream1556, TheIncidentAsItWasSentTwoSecrets) {
  const std::string incident = shipped("reprov-thrash.json");
  const Outcome before = play(incident, "pre-1556");
  const Outcome after = play(incident, "post-1556");
  for (const char* workspace : {"reviewer", "researcher"}) {
    EXPECT_EQ(count(before, "provision.ec2_started", workspace), 4U);
    EXPECT_EQ(count(after, "provision.ec2_started", workspace), 1U);
  }
}

}  // namespace
}  // namespace drydock::test
