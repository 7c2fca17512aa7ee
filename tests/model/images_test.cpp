// Images, ensures, agents that do nothing, deletes that meet a launch (docs/platform.md §17.4, §17.8–§17.10): one test
// for each guard and each answer.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;

std::size_t declined(const Rig& rig) { return rig.count("structure_event", "w", "WORKSPACE_RESTART_DECLINED"); }

/// Without the reconciler and the dead verdict. The old instance beats while the image is pulled, so the row is online
/// when its instance is replaced at last: the one finds the new instance pending, and the restart context goes to the
/// old one and makes the other ask.
std::unique_ptr<Rig> without_an_image(Duration pull, Settings set = {}) {
  set.emplace_back("reconciler.mode", "off");
  set.emplace_back("probe.on_saas", "off");
  auto rig = std::make_unique<Rig>("aug-02", set);
  rig->profile().image_pull = {pull, pull};
  return rig;
}

// --- the pull -----------------------------------------------------------------------------------

TEST(ImagePull, IsMadeOnceForAllWhoWaitForIt) {
  const auto rig = without_an_image(3min);
  rig->request("POST /workspaces/w/restart");
  rig->run_for(1min);
  rig->request("POST /workspaces/w/restart");
  rig->run_for(90s);
  EXPECT_EQ(rig->count("provision.ec2_stopped"), 0U);
  rig->run_for(2min);
  EXPECT_EQ(rig->count("provision.ec2_started"), 2U) << "two presses, one after the other";
  EXPECT_EQ(rig->adversary().calls("image.pull"), 1);
  EXPECT_EQ(rig->live_instances(), 1U);
}

TEST(ImagePull, GoesOnWhenItsCallerHasGivenUp) {
  const auto rig = without_an_image(8min, {{"time.ensure_image", "6m"}});
  rig->request("POST /workspaces/w/restart");
  rig->run_for(7min);
  EXPECT_EQ(declined(*rig), 1U);
  rig->run_for(90s);
  rig->request("POST /workspaces/w/restart");
  rig->run_for(13s);
  EXPECT_EQ(rig->count("provision.ec2_started"), 1U) << "the image is there";
  EXPECT_EQ(rig->adversary().calls("image.pull"), 1);
}

TEST(ImagePull, DiesWithTheControlPlanesProcess) {
  const auto rig = without_an_image(3min);
  rig->request("POST /workspaces/w/restart");
  rig->run_for(2min);
  rig->control_plane().crash();
  rig->control_plane().start_process();
  rig->run_for(2min);
  EXPECT_EQ(rig->count("provision.ec2_started"), 0U) << "it began anew";
  rig->run_for(2min);
  EXPECT_EQ(rig->count("provision.ec2_started"), 1U);
}

TEST(ImagePull, OneThatFailedIsMadeAgainByWhoeverWaited) {
  const auto rig = without_an_image(1min);
  rig->adversary().fail("image.pull", "http-502");
  rig->request("POST /workspaces/w/restart");
  rig->run_for(70s);
  EXPECT_EQ(rig->count("provision.ec2_started"), 1U);
  EXPECT_EQ(rig->adversary().calls("image.pull"), 2);
  EXPECT_EQ(declined(*rig), 0U);
}

// --- the decline --------------------------------------------------------------------------------

TEST(EnsureImage, APermanentRefusalDeclinesAtOnceAndOthersAreAskedThreeTimes) {
  for (const char* error : {"http-400", "http-401", "http-403", "http-422"}) {
    Rig rig("aug-02");
    rig.adversary().fail("cp.ensure_image", error, ScriptedAdversary::kAlways);
    rig.request("POST /workspaces/w/restart");
    rig.run_for(10s);
    EXPECT_EQ(rig.adversary().calls("cp.ensure_image"), 1) << error;
    EXPECT_EQ(declined(rig), 1U) << error;
  }
  Rig rig("aug-02");
  rig.adversary().fail("cp.ensure_image", "http-502", ScriptedAdversary::kAlways);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(10s);
  EXPECT_EQ(rig.adversary().calls("cp.ensure_image"), 3);
  EXPECT_EQ(declined(rig), 1U);
}

TEST(EnsureImage, ADeclineLeavesInstanceUrlAndKeysAndTellsWhy) {
  Rig rig("aug-02");
  const std::string url = rig.row("url");
  rig.adversary().fail("cp.ensure_image", "http-422", ScriptedAdversary::kAlways);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1s);
  EXPECT_EQ(rig.row("url"), url);
  EXPECT_TRUE(rig.keys().url(rig.key()));
  EXPECT_EQ(rig.row("last_sample_error"), "http-422");
  EXPECT_EQ(rig.row("status"), "provisioning");
  rig.run_for(31s);
  EXPECT_EQ(rig.row("status"), "online") << "its agent beats";
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
}

TEST(EnsureImage, A404IsAnOlderControlPlaneOnlyIfARouteOfItsAnswers) {
  Rig older("aug-02");
  older.adversary().fail("cp.ensure_image", "http-404", ScriptedAdversary::kAlways);
  older.request("POST /workspaces/w/restart");
  older.run_for(10s);
  EXPECT_EQ(older.count("provision.ec2_started"), 1U);
  Rig none("aug-02");
  none.adversary().fail("cp.ensure_image", "http-404", ScriptedAdversary::kAlways);
  none.adversary().fail("cp.is_running", "http-404", ScriptedAdversary::kAlways);
  none.request("POST /workspaces/w/restart");
  none.run_for(10s);
  EXPECT_EQ(none.count("stop.attempt"), 0U);
  EXPECT_EQ(declined(none), 1U);
}

TEST(EnsureImage, ACycleThatIsDeclinedStopsNothingEither) {
  Rig rig("aug-02");
  rig.adversary().fail("cp.ensure_image", "http-422", ScriptedAdversary::kAlways);
  rig.send("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
  rig.run_for(20s);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
  EXPECT_EQ(declined(rig), 1U);
  rig.adversary().relent();
  rig.request("POST /workspaces/w/restart");
  rig.run_for(20s);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U) << "the gate was left";
}

TEST(EnsureImage, ADeclineOfWhatHasAnAgentFailsNothing) {
  Rig rig("autumn");
  rig.adversary().fail("cp.ensure_image", "http-422", ScriptedAdversary::kAlways);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1s);
  EXPECT_EQ(rig.row("status"), "provisioning") << "it has beaten before";
}

Response created(Rig& rig) {
  rig.name_workspace("new");
  model::Request create = rig.parse("POST /workspaces", {{"name", "new"}});
  create.workspace = rig.key("new");
  return rig.await(rig.process().request(std::move(create), "user"));
}

TEST(EnsureImage, ACreateFailsAtOnceWhereTheImageIsRefusedAndGoesOnOtherwise) {
  Rig refused("autumn");
  refused.adversary().fail("cp.ensure_image", "http-422");
  EXPECT_EQ(created(refused).status, 201);
  refused.run_for(10s);
  EXPECT_EQ(refused.row("status", "new"), "failed");
  EXPECT_EQ(refused.adversary().calls("cp.start"), 0);
  Rig goes_on("autumn");
  goes_on.adversary().fail("cp.ensure_image", "http-502");
  EXPECT_EQ(created(goes_on).status, 201);
  goes_on.run_for(10s);
  EXPECT_EQ(goes_on.adversary().calls("cp.ensure_image"), 1);
  EXPECT_EQ(goes_on.count("provision.ec2_started", "new"), 1U);
}

// --- ensures ------------------------------------------------------------------------------------

TEST(Ensure, LeavesWhatIsUpAloneAndKnowsNoRemovedRow) {
  for (const Status up : {Status::online, Status::degraded}) {
    Rig rig("july-21", {}, {{.status = up}});
    EXPECT_EQ(rig.request("POST /workspaces/w/ensure").status, 200) << to_text(up);
    rig.run_for(10s);
    EXPECT_EQ(rig.count("restart.triggered"), 0U);
  }
  Rig removed("july-21", {}, {{.status = Status::removed}});
  EXPECT_EQ(removed.request("POST /workspaces/w/ensure").status, 404);
  EXPECT_EQ(removed.request("POST /workspaces/6d1c2d57-0000-4000-8000-000000000000/ensure").status, 404);
}

TEST(Ensure, BypassesTheWindowButIsCoalesced) {
  Rig rig("july-21", {}, {{.status = Status::failed}});
  rig.adversary().slow("cp.start", 20s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.request("POST /workspaces/w/ensure").status, 202);
  rig.run_for(3min);
  EXPECT_EQ(rig.count("restart.dropped"), 0U);
  EXPECT_EQ(rig.count("restart.cycle"), 2U);
}

TEST(AdminRestart, IsAcceptedAndDebouncedLikeAProgrammaticOne) {
  Rig rig("july-21");
  EXPECT_EQ(rig.request("POST /admin/workspaces/w/restart").status, 202);
  rig.run_for(20s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "admin"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_EQ(rig.request("POST /admin/workspaces/w/restart").status, 202);
  EXPECT_EQ(rig.count("restart.dropped"), 1U);
  EXPECT_EQ(rig.request("POST /admin/workspaces/6d1c2d57-0000-4000-8000-000000000000/restart").status, 404);
}

TEST(PlatformRoot, IsNotRestartedByAGlobalSecretEither) {
  Rig rig("june-15", {}, {{.id = "w"}, {.id = "root"}});
  rig.put("kind", "'platform'", "root");
  rig.send("PUT /secrets/K", {{"value", "V"}});
  rig.run_for(1min);
  EXPECT_EQ(rig.count("restart.cycle", "root"), 0U);
  EXPECT_EQ(rig.count("restart.cycle", "w"), 1U);
}

TEST(PlatformRoot, IsRestartedWhereItDoesNotWarm) {
  Rig other("july-21", {}, {{.status = Status::provisioning, .instance = true}});
  other.request("POST /workspaces/w/ensure");
  other.run_for(15s);
  EXPECT_EQ(other.count("stop.attempt"), 1U) << "no root";
  Rig dead("july-21", {}, {{.status = Status::provisioning, .instance = true}});
  dead.put("kind", "'platform'");
  dead.kill_instance();
  dead.request("POST /workspaces/w/ensure");
  dead.run_for(15s);
  EXPECT_EQ(dead.count("provision.ec2_started"), 1U);
}

// --- agents -------------------------------------------------------------------------------------

TEST(StallWatchdog, LeavesAnAgentThatWorksAndOneWithoutTasksAlone) {
  Rig rig("post-1991", {{"reconciler.mode", "off"}}, {{.id = "w", .active_tasks = 1}, {.id = "v"}});
  rig.run_for(1h);
  EXPECT_EQ(rig.count("platform.log", {}, "stalled"), 0U);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

/// The agent answers calls and shows nothing else.
TEST(StallWatchdog, AnAnswerIsActivity) {
  Rig rig("post-1991",
          {{"watchdog.stall.after", "20s"},
           {"watchdog.stall.interval", "10s"},
           {"reconciler.mode", "off"},
           {"watchdog.stall.answer", "20s"},
           {"time.heartbeat", "10m"},
           {"time.liveness_ttl", "1h"}},
          {{.active_tasks = 1}});
  rig.run_for(5min);
  EXPECT_GE(rig.count("platform.log", "w", "stalled"), 5U);
  EXPECT_EQ(rig.count("restart.triggered", "w", "stall"), 0U);
}

TEST(WedgedMonitor, TellsOnceAndAgainWhenItHasBeatenMeanwhile) {
  Rig rig("july-06", {{"reconciler.mode", "off"}, {"time.heartbeat", "7m"}, {"time.liveness_ttl", "1h"}},
          {{.active_tasks = 1}});
  rig.run_for(6min + 50s);
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_WEDGED"), 1U);
  rig.run_for(6min);
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_WEDGED"), 2U);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

TEST(FailedRegistration, A401IsNotStamped) {
  Rig rig("june-15");
  model::AgentCall call;
  call.workspace = rig.key();
  call.bearer = "another";
  EXPECT_EQ(rig.await(rig.platform().handle_register({}, std::move(call))).status, 401);
  EXPECT_EQ(rig.row("last_register_failure_at IS NULL"), "1");
  EXPECT_EQ(rig.row("status"), "online");
}

// --- a delete that meets a launch ---------------------------------------------------------------

TEST(CancelledLaunch, IsNotMadeAndWritesNoFailure) {
  Rig rig("aug-08", {{"delete.cancels_launches", "on"}}, {{.status = Status::provisioning}});
  rig.adversary().slow("db.write", 3s);  // its first statement
  rig.spawn(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(1s);
  EXPECT_EQ(rig.request("DELETE /workspaces/w").status, 200);
  rig.run_for(1min);
  EXPECT_EQ(rig.adversary().calls("cp.start"), 0);
  EXPECT_EQ(rig.row("status"), "removed");
}

TEST(CancelledLaunch, IsDiscardedWhereItWasMadeAndALaterOneIsNotCancelled) {
  Rig rig("aug-08", {{"delete.cancels_launches", "on"}, {"sweeper.cp_orphan.enabled", "off"}},
          {{.status = Status::provisioning}});
  rig.adversary().slow("cp.start", 3s);
  rig.spawn(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(1s);
  EXPECT_EQ(rig.request("DELETE /workspaces/w?purge=true").status, 200);
  rig.run_for(1min);
  EXPECT_EQ(rig.count("platform.log", "w", "launch discarded"), 1U);
  EXPECT_EQ(rig.live_instances(), 0U);

  Rig again("aug-08", {{"delete.cancels_launches", "on"}});
  again.request("DELETE /workspaces/w");
  again.put("status", "'provisioning'");
  again.await(again.platform().provision_workspace(again.key(), true));
  EXPECT_EQ(again.count("provision.ec2_started"), 1U);
}

}  // namespace
}  // namespace drydock::test
