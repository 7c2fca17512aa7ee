// The CP orphan sweeper (#2989, docs/platform.md §10.4) and the row-gone reaper (#1932).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

/// A rig whose sweeper runs when the test says so.
const Settings kByHand{{"sweeper.cp_orphan.enabled", "off"}};

RigWorkspace orphan(const std::string& id) { return {.id = id, .status = Status::removed, .instance = true}; }

std::vector<RigWorkspace> three_orphans() { return {orphan("a"), orphan("b"), orphan("c")}; }

void sweep(Rig& rig) { rig.await(rig.platform().sweep_cp_orphans()); }

std::string still_named(const Rig& rig) {
  return rig.sql(
      "SELECT group_concat(alias, ' ') FROM (SELECT alias FROM workspaces WHERE "
      "instance_id IS NOT NULL ORDER BY key)");
}

// --- the nine tests of #2989 --------------------------------------------------------------------

TEST(CpOrphanSweeper, AStopThatSucceedsClearsTheId) {
  Rig rig("post-2989", kByHand, {orphan("w")});
  rig.run_for(1s);
  const std::string instance = rig.row("instance_id");
  sweep(rig);
  EXPECT_EQ(rig.row("instance_id IS NULL"), "1");
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_GT(std::stol(rig.row("updated_at")), 1'000'000);
  EXPECT_EQ(rig.state_of(instance), "shutting-down");
  EXPECT_EQ(rig.count("sweep.reaped", "w", "cp_orphan"), 1U);
  EXPECT_EQ(rig.count("structure_event"), 0U);
}

TEST(CpOrphanSweeper, AStopThatFailsKeepsTheIdForTheNextCycle) {
  Rig rig("post-2989", kByHand, {orphan("w")});
  rig.adversary().fail("cp.stop", "http-500");
  sweep(rig);
  EXPECT_EQ(rig.count("stop.attempt"), 1U) << "one Stop, not the retry core";
  EXPECT_EQ(rig.count("stop.exhausted"), 0U);
  EXPECT_EQ(still_named(rig), "w");
  sweep(rig);
  EXPECT_EQ(still_named(rig), "");
}

TEST(CpOrphanSweeper, WithoutOrphansItDoesNothing) {
  Rig rig("post-2989", kByHand, {{.status = Status::removed}});
  rig.put("instance_id", "''");
  sweep(rig);
  EXPECT_EQ(rig.adversary().calls("cp.stop"), 0);
  EXPECT_EQ(rig.adversary().calls("db.write"), 0);
  EXPECT_EQ(rig.count("sweep.tick", {}, R"("selected":0)"), 1U);
}

TEST(CpOrphanSweeper, OneThatFailsInTheMiddleDoesNotKeepTheOthersUp) {
  Rig rig("post-2989", kByHand, three_orphans());
  rig.adversary().slow("cp.stop", 0s);
  rig.adversary().fail("cp.stop", "http-500");
  sweep(rig);
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(rig.count("sweep.reaped"), 2U);
  EXPECT_EQ(still_named(rig), "b");
}

TEST(CpOrphanSweeper, AQueryErrorSkipsTheCycle) {
  Settings set = kByHand;
  set.emplace_back("sweeper.cp_orphan.deadline", "0s");  // so the query's context has ended
  Rig rig("post-2989", set, {orphan("w")});
  sweep(rig);
  EXPECT_EQ(rig.count("sweep.tick"), 0U);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
  EXPECT_EQ(still_named(rig), "w");
}

TEST(CpOrphanSweeper, AnUpdateThatFailsIsLeftForTheNextCycleWhichStopsAgain) {
  Rig rig("post-2989", kByHand, three_orphans());
  rig.adversary().fail("db.write", "reset");
  sweep(rig);
  EXPECT_EQ(still_named(rig), "a");
  EXPECT_EQ(rig.count("sweep.reaped"), 2U);
  sweep(rig);
  EXPECT_EQ(rig.count("stop.attempt", "a"), 2U);
  EXPECT_EQ(still_named(rig), "");
}

/// Upstream's last two: without a database handle it is a no-op, without a reaper the loop does not
/// start. Here both are always wired, and the policy decides.
TEST(CpOrphanSweeper, WithoutItTheLoopDoesNotStart) {
  for (const char* era : {"april-2026", "pre-2989"}) {
    Rig rig(era, {}, {orphan("w")});
    rig.run_for(5min);
    EXPECT_EQ(rig.count("sweep.tick"), 0U) << era;
    EXPECT_EQ(still_named(rig), "w");
  }
}

TEST(CpOrphanSweeper, RunsAtBootAndThenOnEachTick) {
  Rig rig("post-2989", {}, {orphan("w")});
  rig.run_for(1s);
  EXPECT_EQ(still_named(rig), "");
  rig.run_for(3min);
  EXPECT_EQ(rig.times("sweep.tick"), (std::vector<Duration>{1ms, 60s + 1ms, 120s + 1ms, 180s + 1ms}));
}

TEST(CpOrphanSweeper, RunsAtEveryBoot) {
  Rig rig("post-2989");
  rig.run_for(10s);
  rig.restart_platform(5s);
  rig.run_for(1s);
  EXPECT_EQ(rig.times("sweep.tick"), (std::vector<Duration>{1ms, 15s + 1ms}));
}

// --- what it selects ----------------------------------------------------------------------------

TEST(CpOrphanSweeper, OnlyRemovedRowsAreSelected) {
  for (const Status status :
       {Status::provisioning, Status::online, Status::offline, Status::degraded, Status::failed, Status::paused,
        Status::hibernated, Status::hibernating, Status::awaiting_agent, Status::pending_removal}) {
    Rig rig("post-2989", kByHand, {{.status = status, .instance = true}});
    sweep(rig);
    EXPECT_EQ(rig.adversary().calls("cp.stop"), 0) << to_text(status);
    EXPECT_EQ(still_named(rig), "w");
  }
}

TEST(CpOrphanSweeper, TakesTheNewestFirstAndNoMoreThanItsLimit) {
  Settings set = kByHand;
  set.emplace_back("sweeper.cp_orphan.limit", "2");
  Rig rig("post-2989", set, three_orphans());
  rig.put("updated_at", "3", "b");
  rig.put("updated_at", "2", "c");
  rig.put("updated_at", "1", "a");
  sweep(rig);
  EXPECT_EQ(still_named(rig), "a");
  EXPECT_LT(rig.times("stop.attempt", "b").front(), rig.times("stop.attempt", "c").front());
  sweep(rig);
  EXPECT_EQ(still_named(rig), "");
}

TEST(CpOrphanSweeper, StopsOneAfterTheOther) {
  Rig rig("post-2989", kByHand, three_orphans());
  sweep(rig);
  EXPECT_LT(rig.times("sweep.reaped", "a").front(), rig.times("stop.attempt", "b").front());
  EXPECT_LT(rig.times("sweep.reaped", "b").front(), rig.times("stop.attempt", "c").front());
}

TEST(CpOrphanSweeper, ACycleEndsWithItsDeadline) {
  Rig rig("post-2989", kByHand, three_orphans());
  rig.adversary().lose("cp.stop");
  sweep(rig);
  EXPECT_EQ(rig.elapsed(), 30s);
  EXPECT_EQ(rig.adversary().calls("cp.stop"), 1) << "what is left has a dead context";
  EXPECT_EQ(still_named(rig), "a b c");
}

TEST(CpOrphanSweeper, AStopOfWhatIsGoneSucceeds) {
  Rig rig("post-2989", kByHand, {orphan("w")});
  rig.await(rig.ec2().terminate_instances({}, {rig.row("instance_id")}));
  rig.run_for(2h);
  sweep(rig);
  EXPECT_EQ(still_named(rig), "");
}

TEST(CpOrphanSweeper, HasNoBackupLeg) {
  Rig rig("spring-2026", kByHand, {orphan("w")});
  rig.adversary().fail("cp.backup", "http-500", ScriptedAdversary::kAlways);
  sweep(rig);
  EXPECT_EQ(still_named(rig), "");
  EXPECT_EQ(rig.count("backup.attempt"), 0U);
}

/// The split write of #2989: marked, and then nobody is there to stop it.
TEST(CpOrphanSweeper, HealsADeleteThatACrashCutOffBetweenItsMarkAndItsStop) {
  for (const char* era : {"pre-2989", "post-2989"}) {
    Rig rig(era);
    rig.run_for(1s);
    rig.adversary().slow("cp.stop", 10s);
    rig.send("DELETE /workspaces/w");
    rig.run_for(1s);
    ASSERT_EQ(rig.row("status"), "removed");
    rig.restart_platform();
    rig.run_for(5min);
    const bool heals = std::string_view{era} == "post-2989";
    EXPECT_EQ(rig.live_instances(), heals ? 0U : 1U);
    EXPECT_EQ(still_named(rig), heals ? "" : "w");
  }
}

// --- the row-gone reaper ------------------------------------------------------------------------

const Settings kReaper{{"sweeper.row_gone.enabled", "on"}, {"sweeper.row_gone.interval", "1h"}};

void reap(Rig& rig) { rig.await(rig.platform().sweep_row_gone()); }

TEST(RowGoneReaper, TerminatesAnInstanceWhoseRowIsGone) {
  Rig rig("spring-2026", kReaper);
  const std::string instance = rig.row("instance_id");
  rig.sql("DELETE FROM workspaces");
  rig.run_for(1s);
  reap(rig);
  EXPECT_EQ(rig.state_of(instance), "shutting-down");
  EXPECT_EQ(rig.count("sweep.reaped", "w", "row_gone"), 1U);
  EXPECT_EQ(rig.count("backup.attempt"), 0U) << "there is nothing to come back to";
}

TEST(RowGoneReaper, SparesWhatARowNamesWhateverItsStatus) {
  for (const Status status : {Status::online, Status::failed, Status::paused, Status::removed}) {
    Settings set = kReaper;
    set.emplace_back("sweeper.cp_orphan.enabled", "off");
    Rig rig("spring-2026", set, {{.status = status, .instance = true}});
    rig.run_for(1s);
    reap(rig);
    EXPECT_EQ(rig.instance_state(), "running") << to_text(status);
  }
}

TEST(RowGoneReaper, SparesWhatIsYoungerThanTheGrace) {
  Settings set = kReaper;
  set.emplace_back("sweeper.row_gone.grace", "5m");
  Rig rig("spring-2026", set, {{.status = Status::provisioning}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  const std::string instance = rig.row("instance_id");
  rig.sql("DELETE FROM workspaces");
  rig.run_for(4min);
  reap(rig);
  EXPECT_EQ(rig.state_of(instance), "running");
  rig.run_for(2min);
  reap(rig);
  EXPECT_NE(rig.state_of(instance), "running");
}

TEST(RowGoneReaper, BacksUpWhatAnotherInstanceReplacedAndMarksItDivergent) {
  Rig rig("spring-2026", kReaper);
  const std::string old = rig.row("instance_id");
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(1s);
  reap(rig);
  EXPECT_EQ(rig.count("backup.attempt", "w", R"("divergent":true)"), 1U);
  EXPECT_EQ(rig.state_of(old), "shutting-down");
  EXPECT_EQ(rig.instance_state(), "pending");
}

TEST(RowGoneReaper, TerminatesALaunchThatACrashKeptFromBeingRecorded) {
  Settings set = kReaper;
  set.emplace_back("provision.revokes_tokens", "off");
  Rig rig("spring-2026", set, {{.status = Status::failed}});
  rig.adversary().slow("db.write", 0s, 2);  // the status, its event
  rig.adversary().slow("db.write", 10s);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(2s);
  ASSERT_EQ(rig.live_instances(), 1U);
  ASSERT_EQ(rig.row("instance_id"), "");
  rig.restart_platform();
  rig.run_for(9min);
  reap(rig);
  EXPECT_EQ(rig.live_instances(), 1U) << "a launch may still be on its way into the row";
  rig.run_for(1min);
  reap(rig);
  EXPECT_EQ(rig.live_instances(), 0U);
}

TEST(RowGoneReaper, ARefusedBackupLetsItLive) {
  Rig rig("spring-2026", kReaper);
  const std::string old = rig.row("instance_id");
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.adversary().fail("cp.backup", "http-500");
  rig.run_for(1s);
  reap(rig);
  EXPECT_EQ(rig.state_of(old), "running");
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
}

TEST(RowGoneReaper, ARemovedRowHasNothingToComeBackTo) {
  Rig rig("spring-2026", kReaper, {orphan("w")});
  rig.put("instance_id", "NULL");
  rig.run_for(1s);
  reap(rig);
  EXPECT_EQ(rig.count("backup.attempt"), 0U);
  EXPECT_EQ(rig.live_instances(), 0U);
}

TEST(RowGoneReaper, AListThatFailsEndsTheTurn) {
  Rig rig("spring-2026", kReaper);
  rig.sql("DELETE FROM workspaces");
  rig.adversary().fail("cp.is_running", "http-500");
  rig.run_for(1s);
  reap(rig);
  EXPECT_EQ(rig.live_instances(), 1U);
  reap(rig);
  EXPECT_EQ(rig.live_instances(), 0U);
}

TEST(RowGoneReaper, OneThatFailsDoesNotKeepTheOthersUp) {
  Rig rig("spring-2026", kReaper, {{.id = "a"}, {.id = "b"}});
  rig.sql("DELETE FROM workspaces");
  rig.adversary().fail("cp.stop", "http-500");
  rig.run_for(1s);
  reap(rig);
  EXPECT_EQ(rig.live_instances("a") + rig.live_instances("b"), 1U);
  EXPECT_EQ(rig.count("sweep.reaped", {}, "row_gone"), 1U);
}

TEST(RowGoneReaper, RunsEveryIntervalWhereItIsEnabled) {
  Rig off("spring-2026");
  off.sql("DELETE FROM workspaces");
  off.run_for(5min);
  EXPECT_EQ(off.count("sweep.tick", {}, "row_gone"), 0U);
  Rig on("spring-2026", {{"sweeper.row_gone.enabled", "on"}});
  on.run_for(150s);
  const std::vector<Duration> ticks = on.times("sweep.tick", {}, "row_gone");
  ASSERT_EQ(ticks.size(), 2U);
  EXPECT_GT(ticks[0], 60s) << "no boot run";
  EXPECT_EQ(ticks[1] - ticks[0], 60s);
}

}  // namespace
}  // namespace drydock::test
