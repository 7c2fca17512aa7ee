// What clients write, what they delegate, and the loops in the background (docs/platform.md §2.6,
// §7.11, §7.12, §8, §9.3): one test for each guard and each answer.

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;
using Body = std::map<std::string, std::string>;

// --- secrets, model, files ----------------------------------------------------------------------

TEST(Secrets, ASavedSecretRestartsUnconditionallyEvenWhenItIsTheSame) {
  Rig rig("spring-2026", {{"restart.debounce_window", "0s"}}, {{.secrets = {{"K", "V"}}}});
  for (const char* line : {"PUT /workspaces/w/secrets", "POST /workspaces/w/secrets"}) {
    const Response answer = rig.request(line, {{"key", "K"}, {"value", "V"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.string_at("status"), "saved");
    EXPECT_EQ(answer.body.string_at("key"), "K");
  }
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "secret"), 2U);
}

TEST(Secrets, WithoutKeyOrValueItIs400) {
  Rig rig("spring-2026");
  for (const Body& body : {Body{}, Body{{"key", "K"}}, Body{{"value", "V"}}}) {
    EXPECT_EQ(rig.request("PUT /workspaces/w/secrets", body).status, 400);
  }
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

TEST(Secrets, AWriteThatFailsIs500AndRestartsNothing) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(rig.request("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}}).status, 500);
  rig.sql("DELETE FROM workspaces");
  EXPECT_EQ(rig.request("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}}).status, 500);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

TEST(Secrets, DeletingOneRestartsAndDeletingNoneIs404) {
  Rig rig("spring-2026", {}, {{.secrets = {{"K", "V"}}}});
  EXPECT_EQ(rig.request("DELETE /workspaces/w/secrets/K").status, 200);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
  EXPECT_EQ(rig.request("DELETE /workspaces/w/secrets/K").status, 404);
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(rig.request("DELETE /workspaces/w/secrets/K").status, 500);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
}

TEST(Secrets, ThoseOfAProvisionAreTheOnesCommittedWhenItBegan) {
  Rig rig("spring-2026");
  rig.adversary().slow("cp.start", 10s);
  rig.request("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "1"}});
  rig.run_for(5s);
  ASSERT_EQ(rig.count("provision.start"), 1U);
  rig.request("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "2"}});
  rig.run_for(1min);
  const auto& facts = rig.observation().workspace(rig.key());
  EXPECT_EQ(facts.secrets_committed, 2U);
  EXPECT_EQ(rig.observation().named_instance(facts)->secrets.own, 1U);
}

TEST(Model, SettingItRestarts) {
  Rig rig("spring-2026");
  EXPECT_EQ(rig.request("PUT /workspaces/w/model", {{"model", "opus"}}).status, 200);
  rig.run_for(1s);
  EXPECT_EQ(rig.sql("SELECT key FROM workspace_secrets"), "MODEL_PROVIDER");
  EXPECT_EQ(rig.count("restart.triggered", "w", "model"), 1U);
  // An empty one deletes it, and restarts as well.
  EXPECT_EQ(rig.request("PUT /workspaces/w/model", {{"model", ""}}).status, 200);
  rig.run_for(1s);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspace_secrets"), "0");
  EXPECT_EQ(rig.count("restart.triggered", "w", "model"), 2U);
}

TEST(Model, WithoutOneItIs400AndAWriteThatFailsIs500) {
  Rig rig("spring-2026");
  EXPECT_EQ(rig.request("PUT /workspaces/w/model").status, 400);
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(rig.request("PUT /workspaces/w/model", {{"model", "opus"}}).status, 500);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

TEST(Files, AWriteThatFailsIs500AndOfAnUnknownWorkspace404) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(rig.request("PUT /workspaces/w/files/a").status, 500);
  rig.sql("DELETE FROM workspaces");
  EXPECT_EQ(rig.request("PUT /workspaces/w/files/a").status, 404);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
  EXPECT_EQ(rig.platform().file_write_drops(), 0U);
}

// --- delegations and the queue ------------------------------------------------------------------

std::string delegation(Rig& rig) { return rig.sql("SELECT status FROM activity_logs ORDER BY id DESC LIMIT 1"); }

void delegate(Rig& rig, Duration wait) {
  EXPECT_EQ(rig.request("POST /workspaces/lead/delegate", {{"to", "w"}}).status, 202);
  rig.run_for(wait);
}

const std::vector<RigWorkspace> kTwo{{.id = "w"}, {.id = "lead"}};

TEST(Delegation, GoesOutAndIsCompleted) {
  Rig rig("spring-2026", {}, kTwo);
  delegate(rig, 1s);
  EXPECT_EQ(delegation(rig), "dispatched");
  rig.run_for(2s);
  EXPECT_EQ(delegation(rig), "completed");
}

TEST(Delegation, IsTriedOnceMore8SecondsAfterATransientError) {
  Rig rig("spring-2026", {}, kTwo);
  rig.adversary().fail("a2a.send", "http-502");
  delegate(rig, 7900ms);
  EXPECT_EQ(rig.adversary().calls("a2a.send"), 1);
  rig.run_for(10s);
  EXPECT_EQ(rig.adversary().calls("a2a.send"), 2);
  EXPECT_EQ(delegation(rig), "completed");
}

TEST(Delegation, IsTriedTwiceAtMost) {
  Rig rig("spring-2026", {}, kTwo);
  rig.adversary().fail("a2a.send", "http-502", ScriptedAdversary::kAlways);
  delegate(rig, 1min);
  EXPECT_EQ(rig.adversary().calls("a2a.send"), 2);
  EXPECT_EQ(delegation(rig), "failed");
}

TEST(Delegation, ARestartingTargetIsTransientAndABusyOneIsNot) {
  Rig restarting("spring-2026", {{"restart.drain_signal", "off"}}, kTwo);
  restarting.kill_instance();
  delegate(restarting, 1min);
  // Tried again 8 s after the dead verdict, while the workspace has no url.
  EXPECT_EQ(restarting.adversary().calls("a2a.send"), 1);
  EXPECT_EQ(delegation(restarting), "failed");

  Rig busy("spring-2026", {}, kTwo);
  busy.adversary().fail("a2a.send", "reset");
  delegate(busy, 1min);
  EXPECT_EQ(delegation(busy), "queued");

  // Busy, and not even the queue took it: a 503 all the same.
  Rig full("spring-2026", {}, kTwo);
  full.adversary().fail("a2a.send", "reset");
  full.adversary().slow("db.write", 0s, 2);  // the pending row, and its dispatch
  full.adversary().fail("db.write", "reset");
  delegate(full, 20s);
  EXPECT_EQ(full.adversary().calls("a2a.send"), 1);
  EXPECT_EQ(delegation(full), "failed");
}

TEST(Delegation, WithoutATargetIs400AndToNobodyItFails) {
  Rig rig("spring-2026", {}, kTwo);
  EXPECT_EQ(rig.request("POST /workspaces/lead/delegate").status, 400);
  EXPECT_EQ(rig.request("POST /workspaces/lead/delegate", {{"to", "nobody"}}).status, 202);
  rig.run_for(1s);
  EXPECT_EQ(delegation(rig), "failed");
}

TEST(Queue, AHeartbeatWithCapacityDrainsOneCall) {
  Rig rig("spring-2026");
  for (int i = 0; i < 2; ++i) rig.await(rig.store().enqueue_call({}, rig.key(), rig.key()));
  rig.run_for(33s);
  EXPECT_EQ(rig.sql("SELECT group_concat(status) FROM a2a_queue"), "completed,queued");
}

TEST(Queue, AHeartbeatWithoutCapacityDoesNot) {
  Rig rig("spring-2026");
  rig.await(rig.store().enqueue_call({}, rig.key(), rig.key()));
  rig.put("max_concurrent_tasks", "0");
  rig.run_for(33s);
  EXPECT_EQ(rig.sql("SELECT status FROM a2a_queue"), "queued");
}

TEST(Queue, ACallThatFailsIsQueuedAgainAndFailsForGoodTheFifthTime) {
  Rig rig("spring-2026");
  rig.await(rig.store().enqueue_call({}, rig.key(), rig.key()));
  rig.adversary().fail("a2a.send", "http-500", ScriptedAdversary::kAlways);
  for (int attempt = 1; attempt <= 5; ++attempt) {
    rig.await(rig.platform().drain_queue(rig.key()));
    EXPECT_EQ(rig.sql("SELECT attempts FROM a2a_queue"), std::to_string(attempt));
    EXPECT_EQ(rig.sql("SELECT status FROM a2a_queue"), attempt < 5 ? "queued" : "failed");
  }
}

TEST(Queue, ABusyTargetQueuesANewEntry) {
  Rig rig("spring-2026");
  rig.await(rig.store().enqueue_call({}, rig.key(), rig.key()));
  rig.adversary().fail("a2a.send", "reset");
  rig.await(rig.platform().drain_queue(rig.key()));
  EXPECT_EQ(rig.sql("SELECT group_concat(status) FROM a2a_queue"), "completed,queued");
}

// --- liveness -----------------------------------------------------------------------------------

TEST(Liveness, ExpiryMakesItOfflineTellsAndRestarts) {
  Rig rig("spring-2026");
  rig.run_for(61s);  // the last beat came at 60 s
  rig.kill_instance();
  rig.run_for(3min - 2s);
  EXPECT_EQ(rig.row("status"), "online");
  rig.run_for(2s);
  EXPECT_EQ(rig.count("workspace.status", "w", R"("to":"offline")"), 1U);
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_OFFLINE"), 1U);
  EXPECT_EQ(rig.count("restart.triggered", "w", "liveness"), 1U);
}

TEST(Liveness, TheCallbackRunsAlsoWhenNoRowMatchedAndTheCycleFilters) {
  for (const char* status : {"paused", "hibernated", "removed"}) {
    Rig rig("spring-2026");
    rig.put("status", fmt::format("'{}'", status));
    rig.await(rig.platform().liveness_lost(rig.key()));
    rig.run_for(1s);
    EXPECT_EQ(rig.row("status"), status);
    EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_OFFLINE"), 1U);
    EXPECT_EQ(rig.count("restart.triggered"), 1U);
    EXPECT_EQ(rig.count("restart.pre_stop"), 0U);
  }
}

TEST(Liveness, ADatabaseErrorIsSkipped) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  rig.await(rig.platform().liveness_lost(rig.key()));
  rig.run_for(1s);
  EXPECT_EQ(rig.count("structure_event"), 0U);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

TEST(Liveness, AnExternalWorkspaceAwaitsItsAgent) {
  Rig rig("spring-2026", {}, {{.runtime = "external"}});
  rig.await(rig.platform().liveness_lost(rig.key()));
  EXPECT_EQ(rig.row("status"), "awaiting_agent");
  Rig april("april-2026", {}, {{.runtime = "external"}});
  april.await(april.platform().liveness_lost(april.key()));
  EXPECT_EQ(april.row("status"), "offline");
}

TEST(Liveness, AnExpiryThatNobodyHearsIsNotToldAgain) {
  Rig rig("spring-2026");
  rig.run_for(1min);
  rig.kill_instance();
  rig.run_for(2min);
  rig.process().crash();
  rig.run_for(2min);
  rig.process().start(policy_of("spring-2026"));
  rig.run_for(10min);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
  EXPECT_EQ(rig.row("status"), "online");
}

// --- sweeps -------------------------------------------------------------------------------------

TEST(ProvisionTimeout, FailsARowThatWasNotWrittenFor10MinutesAndHermesFor30) {
  for (const auto& [runtime, limit] :
       {std::pair{"claude-code", Duration{10min}}, std::pair{"hermes", Duration{30min}}}) {
    Rig rig("spring-2026", {}, {{.status = Status::provisioning, .runtime = runtime}});
    rig.run_for(limit);
    EXPECT_EQ(rig.row("status"), "provisioning") << runtime;
    rig.run_for(30s);
    EXPECT_EQ(rig.row("status"), "failed") << runtime;
    EXPECT_EQ(rig.count("structure_event", "w", "provision_timeout_sweep"), 1U);
  }
}

TEST(ProvisionTimeout, EveryWriteOfTheRowRestartsItsClock) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  rig.run_for(9min);
  rig.await(rig.store().set_instance_id({}, rig.key(), "i-00000000000000001"));
  rig.run_for(9min);
  EXPECT_EQ(rig.row("status"), "provisioning");
  rig.run_for(2min);
  EXPECT_EQ(rig.row("status"), "failed");
}

TEST(ProvisionTimeout, DoesNotStopTheInstance) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  rig.adversary().lose("agent.register", ScriptedAdversary::kAlways);
  rig.adversary().lose("agent.heartbeat", ScriptedAdversary::kAlways);
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(15min);
  EXPECT_EQ(rig.row("status"), "failed");
  EXPECT_EQ(rig.instance_state(), "running");
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
}

TEST(ProvisionTimeout, LeavesEveryOtherStatusAlone) {
  Rig rig("spring-2026", {}, {{.id = "a", .status = Status::offline}, {.id = "b", .status = Status::failed}});
  rig.run_for(1h);
  EXPECT_EQ(rig.row("status", "a"), "offline");
  EXPECT_EQ(rig.count("structure_event"), 0U);
}

TEST(RemoteHealth, AnExternalWorkspaceWithoutABeatFor90SecondsAwaitsItsAgent) {
  Rig rig("spring-2026", {}, {{.runtime = "external", .instance = false}});
  rig.put("last_heartbeat_at", "5000000");
  rig.run_for(91s);
  EXPECT_EQ(rig.row("status"), "online");
  rig.run_for(15s);
  EXPECT_EQ(rig.row("status"), "awaiting_agent");
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_OFFLINE"), 1U);
  EXPECT_EQ(rig.count("restart.triggered", "w", "health_sweep"), 1U);
  EXPECT_EQ(rig.count("restart.pre_stop"), 0U);
}

TEST(RemoteHealth, ClearsTheKeysSoThatNoExpiryFollows) {
  Rig rig("spring-2026", {}, {{.runtime = "external"}});
  rig.kill_instance();
  rig.run_for(2min);
  ASSERT_EQ(rig.row("status"), "awaiting_agent");
  EXPECT_FALSE(rig.keys().url(rig.key()).has_value());
  rig.run_for(10min);
  EXPECT_EQ(rig.count("restart.triggered", "w", "liveness"), 0U);
}

TEST(RemoteHealth, RowsOnEc2AreInNoPass) {
  Rig rig("spring-2026");
  rig.keys().clear(rig.key());
  rig.kill_instance();
  rig.run_for(10min);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(RemoteHealth, IsNotSweptOnSaasInApril) {
  Rig rig("april-2026", {}, {{.runtime = "external", .instance = false}});
  rig.run_for(10min);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(OrphanReport, ListsOnlineAndDegradedRowsWithoutARunningInstance) {
  Rig rig("spring-2026", {},
          {{.id = "dead"}, {.id = "alive"}, {.id = "unknown"}, {.id = "failed", .status = Status::failed}});
  rig.run_for(4min + 30s);
  rig.kill_instance("dead");
  rig.run_for(40s);
  EXPECT_EQ(rig.count("report.not_running"), 1U);
  EXPECT_EQ(rig.count("report.not_running", "dead"), 1U);
}

}  // namespace
}  // namespace drydock::test
