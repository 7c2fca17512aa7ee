// A provision, what the agent on its instance says, and the restart context that follows it
// (docs/platform.md §7.2, §7.5, §7.13, §7.14).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::AgentCall;
using model::Response;

AgentCall call_of(Rig& rig, std::string bearer = "token-w") {
  AgentCall call;
  call.workspace = rig.key();
  call.bearer = std::move(bearer);
  call.url = "http://10.9.9.9:8000";
  return call;
}

Response heartbeat(Rig& rig, model::HeartbeatPayload payload = {}) {
  AgentCall call = call_of(rig);
  call.payload = std::move(payload);
  return rig.await(rig.platform().handle_heartbeat({}, std::move(call)));
}

void provision(Rig& rig) { rig.await(rig.platform().provision_workspace(rig.key(), true)); }

// --- provision ----------------------------------------------------------------------------------

TEST(Provision, ReturnsWhileTheInstanceIsPendingAndLeavesTheStatus) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  provision(rig);
  EXPECT_EQ(rig.elapsed(), 1206ms);
  EXPECT_EQ(rig.instance_state(), "pending");
  EXPECT_EQ(rig.row("status"), "provisioning");
  EXPECT_EQ(rig.count("provision.ec2_started", "w", R"("state":"pending")"), 1U);
  rig.run_for(36s);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(Provision, RevokesLiveTokensAndIssuesNone) {
  for (const char* revokes : {"on", "off"}) {
    Rig rig("spring-2026", {{"provision.revokes_tokens", revokes}});
    provision(rig);
    const bool on = std::string_view{revokes} == "on";
    EXPECT_EQ(rig.sql("SELECT count(*) FROM workspace_auth_tokens WHERE revoked_at IS NULL"), on ? "0" : "1");
    EXPECT_EQ(rig.sql("SELECT count(*) FROM workspace_auth_tokens"), "1");
    EXPECT_EQ(rig.row("platform_inbound_secret").empty(), !on);
  }
}

TEST(Provision, RevokesAlsoWhenTheLaunchFails) {
  Rig rig("spring-2026");
  rig.adversary().fail("cp.start", "http-500");
  provision(rig);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspace_auth_tokens WHERE revoked_at IS NULL"), "0");
}

TEST(Provision, AFailedLaunchIsToldFirstAndWrittenThenAndNamesNoInstance) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  rig.adversary().fail("cp.start", "http-500");
  provision(rig);
  EXPECT_EQ(rig.order_of({"structure_event", "workspace.status"}),
            (std::vector<std::string>{"structure_event", "workspace.status"}));
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_PROVISION_FAILED"), 1U);
  EXPECT_EQ(rig.row("status"), "failed");
  EXPECT_EQ(rig.row("instance_id"), "");
}

TEST(Provision, OverwritesTheInstanceIdOfARowThatWasRemovedMeanwhile) {
  Rig rig("spring-2026");
  const std::string before = rig.row("instance_id");
  rig.spawn(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(500ms);
  rig.put("status", "'removed'");
  rig.run_for(10s);
  EXPECT_NE(rig.row("instance_id"), before);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.instance_state(), "pending");
}

TEST(Provision, AnInstanceIdThatCannotBeWrittenIsOnlyLogged) {
  Rig rig("spring-2026", {{"provision.revokes_tokens", "off"}}, {{.status = Status::provisioning}});
  rig.adversary().fail("db.write", "reset");
  provision(rig);
  EXPECT_EQ(rig.row("instance_id"), "");
  EXPECT_EQ(rig.row("status"), "provisioning");
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_EQ(rig.count("platform.log", "w", "instance_id not recorded"), 1U);
}

TEST(Provision, GivesUpWithItsContext) {
  Rig rig("spring-2026");
  rig.adversary().lose("cp.start");
  provision(rig);
  EXPECT_EQ(rig.elapsed() / 1s, 120);  // the client's timeout comes before the provision's 3 min
  EXPECT_EQ(rig.row("status"), "failed");
}

TEST(Provision, AReplyIsOnlyLostWhereThereWasAnEffect) {
  Rig rig("spring-2026");
  const sim::Verdict lost{.what = sim::Verdict::What::fail, .error = "http-502", .delay = Duration{}};
  rig.adversary().fail("ec2.RunInstances", "InsufficientInstanceCapacity");
  rig.adversary().meet("cp.start", lost, 1, sim::FaultPoint::before_reply);
  provision(rig);
  EXPECT_EQ(rig.count("ec2.call", "w", "RunInstances"), 0U);
  // The refused launch did not use the fault up: the next one succeeds, and nobody hears of it.
  provision(rig);
  EXPECT_EQ(rig.count("ec2.call", "w", "RunInstances"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 0U);
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_PROVISION_FAILED"), 2U);
}

// --- register -----------------------------------------------------------------------------------

Response register_agent(Rig& rig, std::string bearer) {
  return rig.await(rig.platform().handle_register({}, call_of(rig, std::move(bearer))));
}

TEST(Register, MakesItOnlineWithUrlLivenessAndAnEvent) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  const Response answer = register_agent(rig, "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("url"), "http://10.9.9.9:8000");
  EXPECT_EQ(rig.keys().url(rig.key()), "http://10.9.9.9:8000");
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_ONLINE"), 1U);
  // It has a liveness key now, and nobody extends it.
  rig.run_for(181s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "liveness"), 1U);
}

TEST(Register, IssuesATokenOnlyWhenNoneIsLive) {
  Rig none("spring-2026", {}, {{.status = Status::provisioning}});
  const Response first = register_agent(none, "");
  EXPECT_NE(first.body.string_at("auth_token"), "");
  const Response again = register_agent(none, std::string{first.body.string_at("auth_token")});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body.string_at("auth_token"), "");
  EXPECT_EQ(none.sql("SELECT count(*) FROM workspace_auth_tokens"), "1");
}

TEST(Register, WithoutTheLiveTokenIs401AndChangesNothing) {
  for (const char* bearer : {"", "another"}) {
    Rig rig("spring-2026");
    const std::string url = rig.row("url");
    EXPECT_EQ(register_agent(rig, bearer).status, 401);
    EXPECT_EQ(rig.row("url"), url);
    EXPECT_EQ(rig.count("agent.rejected"), 1U);
    EXPECT_EQ(rig.count("agent.register"), 0U);
  }
}

TEST(Register, OfARemovedRowIs200WithAnEventAndChangesNothing) {
  Rig rig("spring-2026", {}, {{.status = Status::removed}});
  EXPECT_EQ(register_agent(rig, "").status, 200);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_ONLINE"), 1U);
}

TEST(Register, AWriteThatFailsIs500) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(register_agent(rig, "token-w").status, 500);
}

TEST(Register, HappensOnceAndAFailureIsNotRetried) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  rig.adversary().fail("agent.register", "http-502");
  provision(rig);
  rig.run_for(40s);
  EXPECT_EQ(rig.adversary().calls("agent.register"), 1);
  // Its heartbeats come all the same: no token is live, so they are let through.
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("url"), "");
}

// --- heartbeat ----------------------------------------------------------------------------------

TEST(Heartbeat, WithoutTheLiveTokenIs401) {
  Rig rig("spring-2026");
  const Response answer = rig.await(rig.platform().handle_heartbeat({}, call_of(rig, "another")));
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(rig.row("last_heartbeat_at"), "0");
}

TEST(Heartbeat, AWriteThatFailsIs500) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(heartbeat(rig).status, 500);
}

/// What a heartbeat makes of a status, and the event that it tells.
struct Move {
  Status from;
  model::HeartbeatPayload payload;
  std::string to;
  std::string event;
};

TEST(Heartbeat, MovesTheStatusAsItReadsIt) {
  const std::vector<Move> moves{{Status::online, {.runtime_state = "wedged"}, "degraded", "WORKSPACE_DEGRADED"},
                                {Status::online, {.error_rate = 0.5}, "degraded", "WORKSPACE_DEGRADED"},
                                {Status::online, {.error_rate = 0.49}, "online", ""},
                                {Status::degraded, {.error_rate = 0.09}, "online", "WORKSPACE_ONLINE"},
                                {Status::degraded, {.error_rate = 0.1}, "degraded", ""},
                                {Status::degraded, {.error_rate = 0.0, .runtime_state = "wedged"}, "degraded", ""},
                                {Status::offline, {.error_rate = 0.9}, "online", "WORKSPACE_ONLINE"},
                                {Status::provisioning, {}, "online", "WORKSPACE_ONLINE"},
                                {Status::awaiting_agent, {}, "online", "WORKSPACE_ONLINE"},
                                {Status::failed, {}, "failed", ""},
                                {Status::paused, {}, "paused", ""},
                                {Status::hibernated, {}, "hibernated", ""},
                                {Status::hibernating, {}, "hibernating", ""},
                                {Status::removed, {}, "removed", ""}};
  for (const Move& move : moves) {
    Rig rig("spring-2026", {}, {{.status = move.from, .instance = true}});
    EXPECT_EQ(heartbeat(rig, move.payload).status, 200);
    EXPECT_EQ(rig.row("status"), move.to) << to_text(move.from);
    EXPECT_EQ(rig.count("structure_event"), move.event.empty() ? 0U : 1U) << to_text(move.from);
    EXPECT_EQ(rig.count("structure_event", "w", move.event), move.event.empty() ? 0U : 1U);
  }
}

TEST(Heartbeat, KnobsDecideWhetherItRecoversFailedAndAwaitingAgent) {
  Rig awaiting("spring-2026", {{"heartbeat.recovers_awaiting_agent", "off"}},
               {{.status = Status::awaiting_agent, .instance = true}});
  heartbeat(awaiting);
  EXPECT_EQ(awaiting.row("status"), "awaiting_agent");

  Rig failed("spring-2026", {{"heartbeat.recovers_failed", "on"}}, {{.status = Status::failed, .instance = true}});
  heartbeat(failed);
  EXPECT_EQ(failed.row("status"), "online");
}

/// The row becomes `provisioning` between the status that a heartbeat reads and the one it writes.
std::string after_a_race(const Settings& set, Status read, double error_rate) {
  Rig rig("spring-2026", set, {{.status = read}});
  // The columns are written at once, the move takes its time.
  rig.adversary().slow("db.write", 0s);
  rig.adversary().slow("db.write", 5s);
  AgentCall call = call_of(rig);
  call.payload.error_rate = error_rate;
  rig.spawn([](Rig* world, AgentCall beat) -> sim::Task<void> {
    const sim::Context context;
    co_await world->platform().handle_heartbeat(context, std::move(beat));
  }(&rig, std::move(call)));
  rig.run_for(1s);
  rig.put("status", "'provisioning'");
  rig.run_for(6s);
  EXPECT_EQ(rig.count("structure_event"), 1U);  // it follows what was read
  return rig.row("status");
}

TEST(Heartbeat, AGuardedMoveLosesTheRaceAndAnUnguardedOneOverwrites) {
  const Settings unguarded{{"heartbeat.guarded_writes", "off"}};
  EXPECT_EQ(after_a_race({}, Status::online, 0.9), "provisioning");
  EXPECT_EQ(after_a_race(unguarded, Status::online, 0.9), "degraded");
  EXPECT_EQ(after_a_race({}, Status::degraded, 0.0), "provisioning");
  EXPECT_EQ(after_a_race(unguarded, Status::degraded, 0.0), "online");
  // T12 is guarded in every era.
  EXPECT_EQ(after_a_race(unguarded, Status::offline, 0.0), "provisioning");
}

TEST(Heartbeat, ExtendsALivenessKeyAndMakesNone) {
  Rig rig("spring-2026");
  rig.run_for(10min);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);

  // A registration sets the key; without one there is nothing to extend, and nothing expires.
  Rig bare("spring-2026", {}, {{.status = Status::failed, .instance = true}});
  bare.run_for(1min);
  bare.kill_instance();
  bare.run_for(10min);
  EXPECT_EQ(bare.count("restart.triggered"), 0U);

  // One that was deleted is missing as well, however soon the next beat comes.
  Rig cleared("spring-2026");
  cleared.run_for(1s);
  cleared.keys().clear(cleared.key());
  cleared.run_for(61s);
  cleared.kill_instance();
  cleared.run_for(10min);
  EXPECT_EQ(cleared.count("restart.triggered"), 0U);
}

// --- the restart context ------------------------------------------------------------------------

model::RestartContext context_of(sim::Instant restarted_at) {
  model::RestartContext data;
  data.restarted_at = restarted_at;
  return data;
}

TEST(RestartContext, IsSentOnceTheWorkspaceIsOnline) {
  Rig rig("pre-1556", {}, {{.status = Status::provisioning, .instance = false}});
  rig.spawn(rig.platform().send_restart_context(rig.key(), context_of(sim::kTimeZero)));
  rig.run_for(20s);
  EXPECT_EQ(rig.count("context.sent"), 0U);
  rig.put("status", "'online'");
  rig.run_for(600ms);
  EXPECT_EQ(rig.count("context.sent"), 1U);
}

TEST(RestartContext, IsDroppedWhenItIsNotOnlineIn30Seconds) {
  Rig rig("pre-1556", {}, {{.status = Status::provisioning, .instance = false}});
  rig.await(rig.platform().send_restart_context(rig.key(), context_of(sim::kTimeZero)));
  EXPECT_EQ(rig.elapsed() / 1s, 29);
  EXPECT_EQ(rig.count("context.dropped"), 1U);
}

/// L2, for a row that is online: is the message sent?
bool context_sent(const std::string& gate, const std::string& url, const std::string& beat) {
  Rig rig("spring-2026", {{"probe.context_gate", gate}}, {{.status = Status::failed}});
  rig.put("status", "'online'");
  rig.put("url", "'" + url + "'");
  rig.put("last_heartbeat_at", beat);
  rig.await(rig.platform().send_restart_context(rig.key(), context_of(sim::kTimeZero + 100s)));
  EXPECT_EQ(rig.count("context.sent") + rig.count("context.dropped"), 1U);
  return rig.count("context.sent") == 1;
}

TEST(RestartContext, TheGateWantsAUrlAndAHeartbeatStrictlyAfterTheRestart) {
  EXPECT_TRUE(context_sent("on", "http://10.1.1.1:8000", "100000001"));
  EXPECT_FALSE(context_sent("on", "http://10.1.1.1:8000", "100000000"));
  EXPECT_FALSE(context_sent("on", "http://10.1.1.1:8000", "NULL"));
  EXPECT_FALSE(context_sent("on", "", "100000001"));
  EXPECT_TRUE(context_sent("off", "http://10.1.1.1:8000", "NULL"));
  EXPECT_TRUE(context_sent("off", "", "NULL"));
}

TEST(RestartContext, AFailingCallReachesTheDeadVerdict) {
  Rig rig("pre-1556");
  rig.kill_instance();
  rig.await(rig.platform().send_restart_context(rig.key(), context_of(sim::kTimeZero)));
  EXPECT_EQ(rig.count("probe.dead"), 1U);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "dead_verdict"), 1U);
}

/// The old agent's last beat comes at 30 s, while the stop of a restart is under way. The row is
/// online again soon after: is that beat taken for the new instance's?
bool old_beat_looks_fresh(bool over_http) {
  Rig rig("spring-2026");
  rig.run_for(29s);
  rig.adversary().slow("cp.stop", 5s);
  if (over_http) {
    rig.request("POST /workspaces/w/restart");
  } else {
    rig.send("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
  }
  rig.run_for(8s);
  rig.put("status", "'online'");
  rig.put("url", "'http://10.1.1.1:8000'");
  rig.run_for(10s);
  return rig.count("context.sent") == 1;
}

TEST(RestartContext, AProgrammaticRestartIsDatedAfterItsStopAndOneOverHttpBefore) {
  EXPECT_FALSE(old_beat_looks_fresh(false));
  EXPECT_TRUE(old_beat_looks_fresh(true));
}

}  // namespace
}  // namespace drydock::test
