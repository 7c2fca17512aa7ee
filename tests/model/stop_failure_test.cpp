// What a restart does whose stop was given up (restart.stop_failure, docs/platform.md §11):
// abort_and_restore and fence. `proceed` is in stop_retry_test.cpp.

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::RestartSource;

constexpr const char* kEvent = "workspace.restart.terminate_retry_exhausted";
const Settings kAbort{{"restart.stop_failure", "abort_and_restore"}};
const Settings kFence{{"restart.stop_failure", "fence"}};

/// A restart over HTTP whose three stops are refused.
void restart_in_vain(Rig& rig) {
  rig.adversary().fail("cp.stop", "http-503", 3);
  EXPECT_EQ(rig.request("POST /workspaces/w/restart").status, 200);
  EXPECT_EQ(rig.row("status"), "provisioning");
  rig.run_for(5s);
}

std::string stop_payload(const Rig& rig, const std::string& field) {
  return rig.sql("SELECT json_extract(payload, '$." + field + "') FROM structure_events WHERE event_type = '" + kEvent +
                 "'");
}

std::string live_tokens(const Rig& rig) {
  return rig.sql("SELECT count(*) FROM workspace_auth_tokens WHERE revoked_at IS NULL");
}

std::string open_fences(const Rig& rig) { return rig.sql("SELECT count(*) FROM fences WHERE done_at IS NULL"); }

// --- abort_and_restore --------------------------------------------------------------------------

TEST(AbortAndRestore, LeavesTheOldInstanceRunningAndPutsTheRowBack) {
  for (const Status status : {Status::online, Status::degraded}) {
    Rig rig("spring-2026", kAbort, {{.status = status, .error_rate = 0.9}});
    const std::string url = rig.row("url");
    const std::string instance = rig.row("instance_id");
    restart_in_vain(rig);
    EXPECT_EQ(rig.row("status"), to_text(status));
    EXPECT_EQ(rig.row("url"), url);
    EXPECT_EQ(rig.row("instance_id"), instance);
    EXPECT_EQ(rig.instance_state(), "running");
    EXPECT_EQ(live_tokens(rig), "1");
    EXPECT_EQ(rig.count("provision.start"), 0U);
  }
}

TEST(AbortAndRestore, RecordsWhatItGaveUp) {
  Rig rig("spring-2026", kAbort);
  restart_in_vain(rig);
  EXPECT_EQ(rig.count("structure_event", "w", kEvent), 1U);
  EXPECT_EQ(stop_payload(rig, "workspace_id"), rig.row("id"));
  EXPECT_EQ(stop_payload(rig, "instance_id"), rig.row("instance_id"));
  EXPECT_EQ(stop_payload(rig, "attempts"), "3");
  EXPECT_NE(stop_payload(rig, "last_error").find("503"), std::string::npos);
  EXPECT_EQ(rig.count("context.sent"), 0U);
}

TEST(AbortAndRestore, AProgrammaticRestartHasWrittenNothingYet) {
  Rig rig("spring-2026", kAbort);
  rig.adversary().fail("cp.stop", "http-503", 3);
  rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("workspace.status"), 0U);
  EXPECT_EQ(rig.count("provision.start"), 0U);
  EXPECT_EQ(rig.count("structure_event", "w", kEvent), 1U);
}

TEST(AbortAndRestore, AStopThatSucceedsInTimeIsARestart) {
  Rig rig("spring-2026", kAbort);
  rig.adversary().fail("cp.stop", "http-503", 2);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(2min);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_EQ(rig.count("structure_event", "w", kEvent), 0U);
}

TEST(AbortAndRestore, InAprilTheRequestItselfIs500AndNothingWasWritten) {
  Settings set = kAbort;
  set.emplace_back("stop.checks_status", "on");
  Rig rig("april-2026", set);
  rig.adversary().fail("cp.stop", "http-503", 1);
  EXPECT_EQ(rig.request("POST /workspaces/w/restart").status, 500);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("workspace.status"), 0U);
}

/// Someone deletes or pauses the workspace between the restart's write and its giving up: a removed
/// row never gets another status (docs/platform.md §7.10), and a pause is not undone by a restart.
TEST(AbortAndRestore, DoesNotBringBackWhatWasParkedOrRemovedMeanwhile) {
  for (const Status status : {Status::removed, Status::pending_removal, Status::paused}) {
    Rig rig("spring-2026", kAbort);
    rig.adversary().fail("cp.stop", "http-503", 3);
    rig.request("POST /workspaces/w/restart");
    rig.put("status", "'" + std::string{to_text(status)} + "'");
    rig.run_for(5s);
    EXPECT_EQ(rig.row("status"), to_text(status));
  }
}

/// The old agent still beats: a heartbeat turns the provisioning row online (T12) without a url.
TEST(AbortAndRestore, PutsTheUrlBackAlsoWhenAHeartbeatCameBetween) {
  Rig rig("spring-2026", kAbort);
  const std::string url = rig.row("url");
  rig.run_for(29s);
  rig.adversary().fail("cp.stop", "http-503", 3);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(2s);
  ASSERT_EQ(rig.row("status"), "online");
  ASSERT_EQ(rig.row("url"), "");
  rig.run_for(3s);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("url"), url);
}

// --- fence --------------------------------------------------------------------------------------

TEST(Fence, IsWrittenBeforeTheLaunchAndNamesTheOldInstance) {
  Rig rig("spring-2026", kFence);
  const std::string old = rig.row("instance_id");
  rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways);
  rig.request("POST /workspaces/w/restart");
  while (rig.count("provision.start") == 0 && rig.elapsed() < 1min) rig.run_for(1ms);
  EXPECT_EQ(rig.sql("SELECT instance_id FROM fences"), old);
  EXPECT_EQ(rig.row("instance_id"), old) << "the launch comes after";
}

TEST(Fence, AWorkerStopsTheOldInstanceAtOnceAndTheRestartGoesOn) {
  Rig rig("spring-2026", kFence);
  const std::string old = rig.row("instance_id");
  restart_in_vain(rig);
  EXPECT_EQ(rig.state_of(old), "shutting-down");
  EXPECT_EQ(open_fences(rig), "0");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM fences"), "1") << "the row is kept";
  rig.run_for(2min);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_NE(rig.row("instance_id"), old);
  EXPECT_EQ(rig.live_instances(), 1U);
  EXPECT_EQ(rig.count("structure_event", "w", kEvent), 0U);
}

TEST(Fence, TriesEveryFiveSecondsUntilItSucceeds) {
  Rig rig("spring-2026", kFence);
  rig.adversary().fail("cp.stop", "http-503", 7);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1min);
  const std::vector<Duration> attempts = rig.times("stop.attempt", "w", "Fence");
  ASSERT_EQ(attempts.size(), 5U);
  for (std::size_t i = 1; i < attempts.size(); ++i) EXPECT_EQ(attempts[i] - attempts[i - 1], 5s);
  EXPECT_EQ(open_fences(rig), "0");
}

TEST(Fence, TakesOneBackupForAllItsAttempts) {
  Rig rig("spring-2026", kFence);
  rig.adversary().fail("cp.stop", "http-503", 7);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1min);
  EXPECT_EQ(rig.count("backup.attempt"), 2U) << "the restart's, and the fence's";
}

TEST(Fence, ABackupThatIsRefusedIsTriedAgainAndNothingIsStoppedWithoutIt) {
  Rig rig("spring-2026", kFence);
  const std::string old = rig.row("instance_id");
  rig.adversary().slow("cp.backup", 0s);
  rig.adversary().fail("cp.backup", "http-500", 2);
  restart_in_vain(rig);
  EXPECT_EQ(rig.state_of(old), "running");
  EXPECT_EQ(rig.count("stop.attempt", "w", "Fence"), 0U);
  rig.run_for(15s);
  EXPECT_NE(rig.state_of(old), "running");
  EXPECT_EQ(rig.count("backup.attempt"), 4U);
}

TEST(Fence, IsTakenUpAgainAfterACrash) {
  Rig rig("spring-2026", kFence);
  const std::string old = rig.row("instance_id");
  rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1min);
  ASSERT_EQ(open_fences(rig), "1");
  ASSERT_NE(rig.row("instance_id"), old);
  rig.adversary().relent();
  rig.process().crash();
  rig.run_for(1min);
  EXPECT_EQ(rig.state_of(old), "running") << "nobody is there to stop it";
  rig.process().start(policy_of("spring-2026", kFence));
  rig.run_for(1s);
  EXPECT_EQ(rig.state_of(old), "shutting-down");
  EXPECT_EQ(open_fences(rig), "0");
  EXPECT_EQ(rig.instance_state(), "running");
  EXPECT_GE(rig.count("backup.attempt", "w", R"("divergent":true)"), 1U);
}

TEST(Fence, OneThatCannotBeWrittenAbortsTheRestart) {
  Rig rig("spring-2026", kFence);
  const std::string old = rig.row("instance_id");
  const std::string url = rig.row("url");
  rig.adversary().slow("db.write", 0s, 2);  // the status, its event
  rig.adversary().fail("db.write", "reset");
  restart_in_vain(rig);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("url"), url);
  EXPECT_EQ(rig.row("instance_id"), old);
  EXPECT_EQ(rig.count("provision.start"), 0U);
  EXPECT_EQ(rig.count("structure_event", "w", kEvent), 1U);
}

TEST(Fence, AProgrammaticRestartFencesToo) {
  Rig rig("spring-2026", kFence);
  const std::string old = rig.row("instance_id");
  rig.adversary().fail("cp.stop", "http-503", 4);
  rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  EXPECT_NE(rig.row("instance_id"), old);
  rig.run_for(10s);
  EXPECT_NE(rig.state_of(old), "running");
  EXPECT_EQ(open_fences(rig), "0");
}

}  // namespace
}  // namespace drydock::test
