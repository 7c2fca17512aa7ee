// June to August 2026 (docs/platform.md §7.10, §17): one test for each guard and each answer.

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;

model::Response confirmed(Rig& rig, std::optional<std::string> name, const std::string& query = "?confirm=true") {
  model::Request request = rig.parse("DELETE /workspaces/w" + query);
  request.confirm_name = std::move(name);
  return rig.await(rig.process().request(std::move(request), "user"));
}

std::vector<RigWorkspace> lead_and_child() { return {{.id = "w"}, {.id = "a", .parent = "w"}}; }

// --- delete -------------------------------------------------------------------------------------

TEST(DeleteChecks, AnUnknownIdIs404) {
  Rig rig("post-1932");
  EXPECT_EQ(rig.request("DELETE /workspaces/6d1c2d57-0000-4000-8000-000000000000").status, 404);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(DeleteChecks, ARepeatedDeleteIs410AndStopsNothing) {
  for (const Status gone : {Status::removed, Status::pending_removal}) {
    Rig rig("post-1932", {{"sweeper.cp_orphan.enabled", "off"}}, {{.status = gone, .instance = true}});
    EXPECT_EQ(confirmed(rig, std::nullopt).status, 410) << to_text(gone);
    EXPECT_EQ(confirmed(rig, "another").status, 410) << "whatever the name";
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
  }
  Rig before("pre-1932", {{"sweeper.cp_orphan.enabled", "off"}}, {{.status = Status::removed, .instance = true}});
  EXPECT_EQ(confirmed(before, std::nullopt).status, 200);
  EXPECT_EQ(before.count("stop.attempt"), 1U);
}

TEST(DeleteChecks, WithoutTheNameItIs400AndNothingHappens) {
  for (const char* name : {"", "another", "W"}) {
    Rig rig("post-1932", {}, lead_and_child());
    EXPECT_EQ(confirmed(rig, name, "").status, 400) << "before it asks for a confirmation";
    EXPECT_EQ(rig.row("status"), "online");
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
  }
  Rig rig("post-1932");
  EXPECT_EQ(confirmed(rig, rig.row("name")).status, 200);
}

TEST(DeleteClears, AStopThatFailedLeavesTheIdToTheSweeper) {
  Rig rig("post-1932", {{"delete.clears_instance", "on"}}, lead_and_child());
  const std::string id = rig.row("instance_id", "a");
  rig.adversary().fail("cp.stop", "http-503", 3);  // of the child, which comes first
  EXPECT_EQ(confirmed(rig, std::nullopt).status, 500);
  EXPECT_EQ(rig.row("instance_id", "a"), id);
  EXPECT_EQ(rig.row("instance_id IS NULL", "w"), "1");
  Rig none("post-1932", {{"delete.clears_instance", "on"}, {"delete.stop", "none"}});
  EXPECT_EQ(confirmed(none, std::nullopt).status, 200);
  EXPECT_EQ(none.row("instance_id IS NULL"), "0") << "nobody was stopped";
}

// --- the reconciler -----------------------------------------------------------------------------

/// The row is removed while the control plane is asked about it; its id is gone by then.
std::size_t told_offline(const std::string& mode) {
  Rig rig("post-1932", {{"reconciler.mode", mode}, {"reconciler.interval", "10s"}});
  rig.run_for(9s);
  rig.kill_instance();
  rig.adversary().slow("cp.is_running", 3s);
  rig.run_for(2s);
  rig.put("status", "'removed'");
  rig.put("instance_id", "NULL");
  rig.run_for(5s);
  EXPECT_EQ(rig.row("status"), "removed");
  return rig.count("structure_event", "w", "WORKSPACE_OFFLINE");
}

TEST(Reconciler, V1ActsOnWhatItReadAndV2ReadsAgain) {
  EXPECT_EQ(told_offline("v1"), 1U);
  EXPECT_EQ(told_offline("v2"), 0U);
}

TEST(Reconciler, LeavesAloneWhatRunsWhatCannotBeKnownAndWhatHasNoInstanceOfOurs) {
  Rig rig("post-1932", {{"reconciler.mode", "v2"}},
          {{.id = "w"}, {.id = "e", .runtime = "external", .instance = false}, {.id = "n", .instance = false}});
  rig.run_for(90s);
  EXPECT_EQ(rig.count("restart.triggered", {}, "reconciler"), 0U);
  Rig unknown("post-1932", {{"reconciler.mode", "v2"}});
  unknown.kill_instance();
  unknown.adversary().fail("cp.is_running", "http-500", 2);
  unknown.run_for(59s);
  EXPECT_EQ(unknown.count("restart.triggered", {}, "reconciler"), 0U);
  unknown.adversary().relent();
  unknown.run_for(2s);
  EXPECT_EQ(unknown.count("restart.triggered", {}, "reconciler"), 1U);
}

TEST(Reconciler, BringsADeadInstanceBackThatNothingElseLooksFor) {
  Rig rig("post-1932", {{"reconciler.mode", "v1"}});
  rig.run_for(10s);
  rig.keys().clear(rig.key());  // no expiry will be told
  rig.kill_instance();
  rig.run_for(3min);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.live_instances(), 1U);
}

// --- the gate -----------------------------------------------------------------------------------

TEST(ProvisionGate, ACreateAndARestartAtOnceLaunchOneAfterTheOther) {
  for (const char* gate : {"off", "on"}) {
    Rig rig("post-1932", {{"restart.provision_gate", gate}});
    rig.name_workspace("new");
    model::Request create = rig.parse("POST /workspaces", {{"name", "new"}});
    create.workspace = rig.key("new");
    EXPECT_EQ(rig.await(rig.process().request(std::move(create), "user")).status, 201);
    EXPECT_EQ(rig.request("POST /workspaces/new/restart").status, 200);
    rig.run_for(20s);
    EXPECT_EQ(rig.count("provision.ec2_started", "new"), 2U);
    EXPECT_EQ(rig.live_instances("new"), std::string_view{gate} == "on" ? 1U : 2U) << gate;
  }
}

TEST(ProvisionGate, IsLeftByAStopThatGivesUpByALaunchThatFailsAndByAPanic) {
  Rig aborts("post-1932", {{"restart.provision_gate", "on"}, {"restart.stop_failure", "abort_and_restore"}});
  aborts.adversary().fail("cp.stop", "http-503", 3);
  aborts.request("POST /workspaces/w/restart");
  aborts.run_for(10s);
  aborts.request("POST /workspaces/w/restart");
  aborts.run_for(10s);
  EXPECT_EQ(aborts.count("provision.ec2_started"), 1U);

  Rig fails("post-1932", {{"restart.provision_gate", "on"}});
  fails.adversary().fail("cp.start", "http-500");
  for (int i = 0; i < 2; ++i) {
    fails.request("POST /workspaces/w/restart");
    fails.run_for(10s);
  }
  EXPECT_EQ(fails.count("provision.ec2_started"), 1U);

  Rig panics("post-1932", {{"restart.provision_gate", "on"}});
  panics.await(panics.platform().pass_gate(panics.key()));
  const auto panic = []() -> sim::Task<void> {
    throw std::runtime_error("panic");
    co_return;
  };
  model::Platform::Cycle cycle = [&] { return panics.platform().leave_gate_after(panics.key(), panic()); };
  panics.await(panics.platform().coalesce_restart(panics.key(), cycle));
  panics.request("POST /workspaces/w/restart");
  panics.run_for(10s);
  EXPECT_EQ(panics.count("provision.ec2_started"), 1U);
}

TEST(ProvisionGate, IsNotTakenByPauseAndDelete) {
  for (const char* line : {"POST /workspaces/w/pause", "DELETE /workspaces/w"}) {
    Rig rig("post-1932", {{"restart.provision_gate", "on"}});
    rig.adversary().slow("cp.start", 1min);
    rig.request("POST /workspaces/w/restart");
    rig.run_for(2s);
    EXPECT_EQ(rig.request(line).status, 200) << line;
    EXPECT_LT(rig.elapsed(), 10s) << line;
  }
}

// --- launches that are asked for again ----------------------------------------------------------

const Settings kKeyed{{"provision.attempts", "6"}, {"provision.idempotency_key", "per_start"}};

TEST(ProvisionRetry, WhatAnotherTryCannotChangeIsNotAskedAgain) {
  for (const char* error : {"http-400", "http-401", "http-403", "http-422"}) {
    Rig rig("post-1932", kKeyed, {{.status = Status::provisioning}});
    rig.adversary().fail("cp.start", error, ScriptedAdversary::kAlways);
    rig.await(rig.platform().provision_workspace(rig.key(), true));
    EXPECT_EQ(rig.adversary().calls("cp.start"), 1) << error;
    EXPECT_EQ(rig.row("status"), "failed");
  }
  for (const char* error : {"http-408", "http-429", "http-500", "http-527", "reset"}) {
    Rig rig("post-1932", kKeyed, {{.status = Status::provisioning}});
    rig.adversary().fail("cp.start", error, 5);
    rig.await(rig.platform().provision_workspace(rig.key(), true));
    EXPECT_EQ(rig.count("provision.ec2_started"), 1U) << error;
  }
}

TEST(ProvisionRetry, ExhaustionIsToldAndFailsTheRow) {
  Rig rig("post-1932", kKeyed, {{.status = Status::provisioning}});
  rig.adversary().fail("cp.start", "http-502", ScriptedAdversary::kAlways);
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  EXPECT_EQ(rig.count("platform.log", "w", "PROVISION-EXHAUSTED"), 1U);
  EXPECT_EQ(rig.row("status"), "failed");
}

/// The tenant stops waiting while the first launch is under way: the same key is 409 until that is recorded, and then
/// is answered with the instance that it made.
TEST(ProvisionRetry, AKeyThatIsUnderWayIs409AndItsInstanceIsAdopted) {
  Settings set = kKeyed;
  set.emplace_back("time.cp_provision_timeout", "500ms");
  set.emplace_back("provision.backoff", "200ms");
  Rig rig("post-1932", set, {{.status = Status::provisioning}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  EXPECT_GE(rig.adversary().calls("cp.start"), 3) << "lost, under way, recorded";
  EXPECT_EQ(rig.live_instances(), 1U);
  EXPECT_EQ(rig.instance_state(), "pending") << "the row names it";
}

TEST(ProvisionRetry, EachStartHasAKeyOfItsOwn) {
  Rig rig("post-1932", kKeyed);
  for (int i = 0; i < 2; ++i) {
    rig.request("POST /workspaces/w/restart");
    rig.run_for(10s);
  }
  EXPECT_EQ(rig.count("provision.ec2_started"), 2U);
  EXPECT_EQ(rig.live_instances(), 1U);
}

TEST(ProvisionRetry, ARecordedLaunchOutlivesTheTenantsProcessAndTheKeysAreNotMadeAgain) {
  Rig rig("post-1932", kKeyed);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1min);
  const std::string first = rig.row("instance_id");
  rig.restart_platform();
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1min);
  EXPECT_NE(rig.row("instance_id"), first);
}

// --- pause and resume ---------------------------------------------------------------------------

const Settings kHonest{{"pause.honest", "on"}, {"resume.honest", "on"}};

TEST(HonestPause, CountsWhatItDidAndNamesWhatFailed) {
  Rig rig("post-1932", kHonest, lead_and_child());
  rig.adversary().fail("cp.stop", "http-503");  // the root's
  const Response answer = rig.request("POST /workspaces/w/pause");
  EXPECT_EQ(answer.status, 207);
  EXPECT_EQ(answer.body.string_at("status"), "partially_paused");
  EXPECT_EQ(answer.body.number_at("paused_count"), 1);
  EXPECT_EQ(answer.body.number_at("failed_count"), 1);
  EXPECT_NE(answer.body.text().find(R"("stage":"stop")"), std::string::npos) << answer.body.text();
  EXPECT_EQ(rig.row("status", "w"), "online");
  EXPECT_EQ(rig.row("status", "a"), "paused");
  EXPECT_NE(rig.row("url", "w"), "");
}

TEST(HonestPause, TellsWhichStepFailed) {
  Rig marks("post-1932", kHonest);
  marks.adversary().fail("db.write", "reset");
  const Response unmarked = marks.request("POST /workspaces/w/pause");
  EXPECT_EQ(unmarked.status, 500);
  EXPECT_EQ(unmarked.body.string_at("status"), "pause_failed");
  EXPECT_NE(unmarked.body.text().find("mark_paused"), std::string::npos);

  Rig tells("post-1932", kHonest);
  tells.adversary().slow("db.write", 0s);
  tells.adversary().fail("db.write", "reset");
  const Response untold = tells.request("POST /workspaces/w/pause");
  EXPECT_EQ(untold.status, 207);
  EXPECT_EQ(untold.body.number_at("paused_count"), 1);
  EXPECT_NE(untold.body.text().find("broadcast"), std::string::npos);

  Rig claims("post-1932", kHonest);
  claims.adversary().slow("cp.stop", 5s);
  claims.send("POST /workspaces/w/pause");
  claims.run_for(2s);
  claims.put("status", "'removed'");
  claims.run_for(10s);
  ASSERT_EQ(claims.answers().size(), 1U);
  EXPECT_EQ(claims.answers().front().status, 500);
  EXPECT_NE(claims.answers().front().body.text().find("claim"), std::string::npos);
  EXPECT_EQ(claims.row("status"), "removed");
}

TEST(HonestPause, GoesOnWithoutItsCaller) {
  for (const char* honest : {"off", "on"}) {
    Rig rig("post-1932", {{"pause.honest", honest}});
    model::Request request = rig.parse("POST /workspaces/w/pause");
    request.context.until = rig.clock().now() + 2ms + 500us;
    EXPECT_EQ(rig.await(rig.process().request(std::move(request), "user")).status, 0) << "hung up";
    rig.run_for(5s);
    EXPECT_EQ(rig.row("status"), std::string_view{honest} == "on" ? "paused" : "online");
  }
}

TEST(HonestResume, WhoeverLosesTheClaimLaunchesNothing) {
  Rig rig("post-1932", kHonest, {{.status = Status::paused}});
  rig.send("POST /workspaces/w/resume");
  rig.send("POST /workspaces/w/resume");
  rig.run_for(1min);
  ASSERT_EQ(rig.answers().size(), 2U);
  EXPECT_EQ(rig.answers().front().status + rig.answers().back().status, 200 + 500);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_EQ(rig.row("status"), "online");
  Rig before("post-1932", {}, {{.status = Status::paused}});
  before.send("POST /workspaces/w/resume");
  before.send("POST /workspaces/w/resume");
  before.run_for(10s);
  EXPECT_EQ(before.count("provision.ec2_started"), 2U);
}

// --- hibernate and wake -------------------------------------------------------------------------

TEST(HonestHibernate, AnUnclaimedRowIs409AndAnUnfinishedOne500) {
  Rig failing("post-1932", {{"hibernate.honest", "on"}});
  failing.adversary().slow("db.write", 0s);
  failing.adversary().fail("db.write", "reset");
  EXPECT_EQ(failing.request("POST /workspaces/w/hibernate").status, 500);
  EXPECT_EQ(failing.row("status"), "hibernating");
  Rig refused("post-1932", {{"hibernate.honest", "on"}});
  refused.adversary().fail("db.write", "reset");
  EXPECT_EQ(refused.request("POST /workspaces/w/hibernate").status, 500);
  EXPECT_EQ(refused.row("status"), "online");
  Rig unclaimed("post-1932", {{"hibernate.honest", "on"}});
  unclaimed.send("POST /workspaces/w/hibernate");
  unclaimed.run_for(1ms + 500us);
  unclaimed.put("active_tasks", "1");
  unclaimed.run_for(1s);
  ASSERT_EQ(unclaimed.answers().size(), 1U);
  EXPECT_EQ(unclaimed.answers().front().status, 409);
  EXPECT_EQ(unclaimed.row("status"), "online");
}

TEST(HonestHibernate, LeavesNoActiveTask) {
  Rig rig("post-1932", {{"hibernate.honest", "on"}}, {{.active_tasks = 2}});
  EXPECT_EQ(rig.request("POST /workspaces/w/hibernate").status, 409) << "without force";
  EXPECT_EQ(rig.request("POST /workspaces/w/hibernate?force=true").status, 200);
  EXPECT_EQ(rig.row("active_tasks"), "0");
}

TEST(HibernateStop, OneThatFailsHibernatesAllTheSame) {
  Rig rig("post-1932", {{"hibernate.provider_stop", "on"}});
  rig.adversary().fail("cp.stop", "http-503");
  EXPECT_EQ(rig.request("POST /workspaces/w/hibernate").status, 200);
  EXPECT_EQ(rig.row("status"), "hibernated");
  EXPECT_EQ(rig.instance_state(), "running");
  EXPECT_EQ(rig.count("stop.attempt"), 1U);
}

TEST(Wake, OfSeveralCallsOneClaimsTheRow) {
  Rig rig("post-1932", {{"hibernate.wakes", "on"}}, {{.status = Status::hibernated}});
  rig.send("POST /workspaces/w/a2a");
  rig.send("POST /workspaces/w/a2a");
  rig.run_for(1min);
  for (const Response& answer : rig.answers()) EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_EQ(rig.row("status"), "online");
}

// --- verdicts and calls -------------------------------------------------------------------------

TEST(Settle, AnAgentThatComesBackWithinHalfASecondIsAlive) {
  Rig rig("post-1932", {{"probe.settle", "v2"}});
  rig.run_for(1s);
  rig.adversary().fail("a2a.send", "reset");
  rig.adversary().fail("ec2.DescribeInstances", "InvalidInstanceID.NotFound");
  EXPECT_EQ(rig.request("POST /workspaces/w/a2a").status, 202);
  rig.run_for(5s);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
  Rig before("post-1932");
  before.run_for(1s);
  before.adversary().fail("a2a.send", "reset");
  before.adversary().fail("ec2.DescribeInstances", "InvalidInstanceID.NotFound");
  EXPECT_EQ(before.request("POST /workspaces/w/a2a").status, 503);
  before.run_for(1s);
  EXPECT_EQ(before.count("restart.triggered"), 1U);
}

TEST(Settle, WithoutARecentBeatAndOutsideOfTheWindowOneAnswerIsEnough) {
  for (const char* mode : {"v1", "v2"}) {
    Rig rig("post-1932", {{"probe.settle", mode}});
    rig.kill_instance();
    rig.run_for(16s);
    rig.adversary().fail("a2a.send", "reset");
    EXPECT_EQ(rig.request("POST /workspaces/w/a2a").status, 503) << mode;
    rig.run_for(1s);
    EXPECT_EQ(rig.count("restart.triggered"), 1U) << mode;
  }
}

TEST(Proxy, ACallThatCannotWaitForTheAgentIsNotQueued) {
  Rig rig("post-1932", {{"proxy.refuses_restarting", "on"}});
  rig.adversary().fail("a2a.send", "reset");
  const Response answer = rig.request("POST /workspaces/w/a2a");
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.body.flag_at("restarting"));
  ASSERT_EQ(answer.headers.size(), 1U);
  EXPECT_EQ(answer.headers.front().second, "30");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM a2a_queue"), "0");
}

TEST(Proxy, OnlyAWorkspaceThatWillHaveAUrlByItselfIsQueuedFor) {
  for (const Status status : {Status::failed, Status::offline, Status::paused, Status::hibernating}) {
    Rig rig("post-1932", {{"proxy.queues_settling", "on"}}, {{.status = status}});
    EXPECT_EQ(rig.request("POST /workspaces/w/a2a").status, 503) << to_text(status);
  }
  Rig rig("post-1932", {{"proxy.queues_settling", "on"}}, {{.status = Status::awaiting_agent}});
  EXPECT_EQ(rig.request("POST /workspaces/w/a2a").status, 202);
}

TEST(Secrets, OnlyAWorkspacesOwnWriteLeavesItRunning) {
  for (const char* caller : {"w", "a"}) {
    Rig rig("post-1932", {{"secrets.skip_self", "on"}}, lead_and_child());
    model::Request request = rig.parse("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
    request.caller = rig.key(caller);
    EXPECT_EQ(rig.await(rig.process().request(std::move(request), caller)).status, 200);
    rig.run_for(1s);
    EXPECT_EQ(rig.count("restart.triggered"), std::string_view{caller} == "w" ? 0U : 1U) << caller;
  }
}

TEST(Tokens, ABearerThatALiveTokenContradictsIsStill401) {
  Rig rig("post-1932", {{"token.reopens_bootstrap", "on"}});
  model::AgentCall call;
  call.workspace = rig.key();
  call.bearer = "another";
  EXPECT_EQ(rig.await(rig.platform().handle_heartbeat({}, std::move(call))).status, 401);
}

// --- what was believed of the time before 7 June ------------------------------------------------

TEST(BeforeJune, AHeartbeatThatIsUnderWayWritesOverRemoved) {
  for (const char* preset : {"post-1932", "june-08"}) {
    Rig rig(preset, {{"delete.checks_row", "off"}}, {{.error_rate = 0.9}});
    rig.run_for(29s);
    rig.adversary().slow("db.write", 0s);
    rig.adversary().slow("db.write", 5s);  // the write of degraded
    rig.run_for(2s);
    rig.put("status", "'removed'");
    rig.run_for(10s);
    EXPECT_EQ(rig.row("status"), std::string_view{preset} == "june-08" ? "removed" : "degraded");
  }
}

}  // namespace
}  // namespace drydock::test
