// The A2A proxy, its probes and what calls it (docs/platform.md §7.9, §9): one test for each guard
// and each answer.

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;

Response call(Rig& rig) { return rig.request("POST /workspaces/w/a2a"); }

std::string header(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

// --- resolving ----------------------------------------------------------------------------------

TEST(Proxy, ServesACallAndNotesTheCallersActivity) {
  Rig rig("spring-2026", {}, {{.id = "w"}, {.id = "lead"}});
  model::ProxyCall call;
  call.target = rig.key();
  call.caller = rig.key("lead");
  EXPECT_EQ(rig.await(rig.platform().proxy_a2a(call)).status, 200);
  EXPECT_NE(rig.row("last_outbound_at", "lead"), "");
  EXPECT_EQ(rig.row("last_outbound_at", "w"), "");
}

TEST(Proxy, ASpentBudgetIs402) {
  Rig rig("spring-2026");
  rig.put("budget_limit", "100");
  rig.put("monthly_spend", "99");
  EXPECT_EQ(call(rig).status, 200);
  rig.put("monthly_spend", "100");
  EXPECT_EQ(call(rig).status, 402);
}

TEST(Proxy, AnUnknownWorkspaceIs404) {
  Rig rig("spring-2026", {}, {{.status = Status::failed}});
  rig.sql("DELETE FROM workspaces");
  EXPECT_EQ(call(rig).status, 404);
}

TEST(Proxy, WithoutAUrlItIs503WithTheStatusAndWithoutAProbe) {
  for (const Status status : {Status::failed, Status::paused, Status::provisioning}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    const Response answer = call(rig);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body.string_at("error"), "workspace has no URL");
    EXPECT_EQ(answer.body.string_at("status"), to_text(status));
    EXPECT_FALSE(answer.body.flag_at("restarting"));
    EXPECT_EQ(header(answer, "Retry-After"), "");
    EXPECT_EQ(rig.count("probe.sent"), 0U);
  }
}

TEST(Proxy, AHibernatedWorkspaceIsWakingAndTheWakeDoesNothing) {
  Rig rig("spring-2026", {}, {{.status = Status::hibernated}});
  const Response answer = call(rig);
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.body.flag_at("waking"));
  EXPECT_EQ(answer.body.number_at("retry_after"), 15);
  EXPECT_EQ(header(answer, "Retry-After"), "15");
  rig.run_for(1min);
  EXPECT_EQ(rig.count("restart.triggered", "w", "wake"), 1U);
  EXPECT_EQ(rig.count("restart.pre_stop"), 0U);
  EXPECT_EQ(rig.row("status"), "hibernated");
}

TEST(Proxy, ACachedUrlIsUsedWhateverTheRowSaysForFiveMinutes) {
  Rig rig("spring-2026");
  rig.put("url", "''");
  rig.put("status", "'failed'");
  // It is looked up a statement later, after the budget.
  rig.run_for(5min - 2ms);
  EXPECT_EQ(call(rig).status, 200);
  Rig later("spring-2026");
  later.put("url", "''");
  later.put("status", "'failed'");
  later.run_for(5min - 1ms);
  EXPECT_EQ(call(later).status, 503);
}

TEST(Proxy, AUrlReadFromTheRowIsCachedForFiveMinutes) {
  Rig rig("spring-2026");
  rig.keys().clear(rig.key());
  EXPECT_EQ(call(rig).status, 200);
  EXPECT_EQ(rig.keys().url(rig.key()), rig.row("url"));
  rig.run_for(5min);
  EXPECT_FALSE(rig.keys().url(rig.key()).has_value());
}

// --- what becomes of a dispatch -----------------------------------------------------------------

TEST(Proxy, ATransportErrorOfADeadTargetIs503Restarting) {
  Rig rig("spring-2026");
  rig.kill_instance();
  const Response answer = call(rig);
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.body.flag_at("restarting"));
  EXPECT_EQ(header(answer, "Retry-After"), "");
  EXPECT_EQ(rig.elapsed() / 1s, 15);  // the connect timeout
}

TEST(Proxy, ACallInFlightFails15SecondsAfterItsAddressFellSilent) {
  Rig rig("spring-2026");
  model::ProxyCall call;
  call.target = rig.key();
  call.takes = 1min;
  rig.spawn([](Rig* world, model::ProxyCall made) -> sim::Task<void> {
    co_await world->platform().proxy_a2a(std::move(made));
  }(&rig, call));
  rig.run_for(20s);
  rig.kill_instance();
  rig.run_for(14s);
  EXPECT_EQ(rig.count("probe.sent"), 0U);
  rig.run_for(2s);
  EXPECT_EQ(rig.count("probe.sent"), 1U);
}

/// The agent's address answers with this; its instance runs or not.
Response answered(const std::string& preset, const std::string& error, bool alive) {
  Rig rig(preset);
  if (!alive) rig.kill_instance();
  rig.adversary().fail("a2a.send", error);
  Response answer = call(rig);
  const bool is_gateway =
      error == "http-502" || error == "http-503" || error == "http-504" || error == "http-521" || error == "http-524";
  const bool probes = preset != "april-2026" && (is_gateway || error == "reset");
  EXPECT_EQ(rig.count("probe.sent"), probes ? 1U : 0U) << error;
  return answer;
}

TEST(Proxy, AGatewayErrorProbesAndIs503WithRetryAfterWhenItIsDead) {
  for (const char* error : {"http-502", "http-503", "http-504", "http-521", "http-524"}) {
    const Response dead = answered("spring-2026", error, false);
    EXPECT_EQ(dead.status, 503);
    EXPECT_TRUE(dead.body.flag_at("restarting"));
    EXPECT_EQ(header(dead, "Retry-After"), "15");
    const Response alive = answered("spring-2026", error, true);
    EXPECT_EQ(fmt::format("http-{}", alive.status), error);
    EXPECT_FALSE(alive.body.flag_at("restarting"));
  }
}

TEST(Proxy, AnyOtherErrorStatusIsPassedThroughWithoutAProbe) {
  for (const char* error : {"http-400", "http-401", "http-500", "http-505", "http-520"}) {
    EXPECT_EQ(fmt::format("http-{}", answered("spring-2026", error, false).status), error);
  }
}

TEST(Proxy, InAprilEveryStatusIsPassedThrough) {
  for (const char* error : {"http-500", "http-503"}) {
    EXPECT_EQ(fmt::format("http-{}", answered("april-2026", error, false).status), error);
  }
}

TEST(Proxy, ABusyTargetIsQueuedAndIfThatFailsToo503) {
  const Response queued = answered("spring-2026", "reset", true);
  EXPECT_EQ(queued.status, 202);
  EXPECT_TRUE(queued.body.flag_at("queued"));

  Rig rig("spring-2026");
  rig.adversary().fail("a2a.send", "reset");
  rig.adversary().fail("db.write", "reset");
  const Response busy = call(rig);
  EXPECT_EQ(busy.status, 503);
  EXPECT_TRUE(busy.body.flag_at("busy"));
  EXPECT_EQ(header(busy, "Retry-After"), "30");
}

TEST(Proxy, ASilentTargetThatIsNotDeadIs502) {
  Rig rig("spring-2026");
  rig.kill_instance();
  rig.adversary().fail("cp.is_running", "http-500");
  EXPECT_EQ(call(rig).status, 502);

  Rig april("april-2026");
  april.kill_instance();
  EXPECT_EQ(call(april).status, 502);
}

TEST(Proxy, ItsCeilingBetweenAgentsIsADeadlineAndReadsAsBusy) {
  Rig rig("spring-2026", {}, {{.id = "w"}, {.id = "caller"}});
  rig.adversary().lose("a2a.send");
  model::Request request = rig.parse("POST /workspaces/w/a2a");
  request.caller = rig.key("caller");
  EXPECT_EQ(rig.await(rig.process().request(std::move(request), "caller")).status, 202);
  EXPECT_EQ(rig.elapsed() / 1min, 30);
}

TEST(Proxy, ACanvasCallHasNoCeilingButItsOwn) {
  Rig rig("spring-2026");
  rig.adversary().lose("a2a.send");
  rig.send("POST /workspaces/w/a2a");
  rig.run_for(1h);
  EXPECT_TRUE(rig.answers().empty());
}

// --- the dead verdict ---------------------------------------------------------------------------

bool verdict(Rig& rig) { return rig.await(rig.platform().maybe_mark_container_dead(rig.key())); }

TEST(DeadVerdict, MarksClearsTellsAndRestarts) {
  Rig rig("spring-2026");
  rig.kill_instance();
  EXPECT_TRUE(verdict(rig));
  EXPECT_EQ(rig.row("status"), "offline");
  EXPECT_FALSE(rig.keys().url(rig.key()).has_value());
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_OFFLINE"), 1U);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "dead_verdict"), 1U);
  EXPECT_EQ(rig.order_of({"probe.sent", "probe.dead", "workspace.status", "restart.triggered"}),
            (std::vector<std::string>{"probe.sent", "probe.dead", "workspace.status", "restart.triggered",
                                      "workspace.status"}));
}

TEST(DeadVerdict, ClearingTheKeysFiresNoExpiry) {
  Rig rig("spring-2026", {{"restart.by_id_on_saas", "off"}});
  rig.kill_instance();
  EXPECT_TRUE(verdict(rig));
  rig.run_for(10min);
  EXPECT_EQ(rig.count("restart.triggered", "w", "liveness"), 0U);
}

TEST(DeadVerdict, DoesNotLookAtHowManyRowsItChanged) {
  for (const Status status : {Status::removed, Status::provisioning}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    EXPECT_TRUE(verdict(rig));
    rig.run_for(1s);
    EXPECT_EQ(rig.row("status"), to_text(status));
    EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_OFFLINE"), 1U);
    EXPECT_EQ(rig.count("restart.triggered"), 1U);
  }
}

TEST(DeadVerdict, AnErrorIsNotDeath) {
  for (const char* error : {"http-500", "reset"}) {
    Rig rig("spring-2026");
    rig.kill_instance();
    rig.adversary().fail("cp.is_running", error);
    EXPECT_FALSE(verdict(rig));
    EXPECT_EQ(rig.count("probe.sent"), 1U);
    EXPECT_EQ(rig.row("status"), "online");
  }
}

TEST(DeadVerdict, AnExternalWorkspaceIsNeverDead) {
  Rig rig("spring-2026", {}, {{.runtime = "external", .instance = false}});
  EXPECT_FALSE(verdict(rig));
  EXPECT_EQ(rig.count("probe.sent"), 0U);
}

TEST(DeadVerdict, WithoutAnInstanceItIsDeadWithoutAsking) {
  Rig rig("spring-2026", {}, {{.status = Status::failed}});
  EXPECT_TRUE(verdict(rig));
  EXPECT_EQ(rig.adversary().calls("cp.is_running"), 0);
}

TEST(DeadVerdict, DoesNotExistBeforeTheProxyKnewTheControlPlane) {
  Rig rig("april-2026");
  rig.kill_instance();
  EXPECT_FALSE(verdict(rig));
  EXPECT_FALSE(rig.await(rig.platform().preflight_container_health(rig.key())).has_value());
  EXPECT_EQ(rig.adversary().calls("cp.is_running"), 0);
}

TEST(DeadVerdict, PreflightRunsForContainerNamesOnly) {
  Rig rig("spring-2026");
  rig.kill_instance();
  rig.keys().clear(rig.key());
  rig.put("url", "'http://ws-w:8000'");
  const Response answer = call(rig);
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.body.flag_at("preflight"));
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered", "w", "preflight"), 1U);
}

TEST(DeadVerdict, PreflightProceedsOnAnErrorAndWhenItRuns) {
  Rig running("spring-2026");
  EXPECT_FALSE(running.await(running.platform().preflight_container_health(running.key())));
  Rig unknown("spring-2026");
  unknown.kill_instance();
  unknown.adversary().fail("cp.is_running", "reset");
  EXPECT_FALSE(unknown.await(unknown.platform().preflight_container_health(unknown.key())));
}

// --- IsRunning, and what pending is -------------------------------------------------------------

/// What the readers of IsRunning make of an instance in this state.
struct Seen {
  bool dead = false;
  std::string admin;
  std::size_t reported = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
  friend void PrintTo(const Seen& seen, std::ostream* out) {
    *out << (seen.dead ? "dead, " : "alive, ") << seen.admin << ", reported " << seen.reported;
  }
};

Seen seen_as(const std::string& handling, const std::string& state) {
  Rig rig("spring-2026", {{"probe.pending_handling", handling}, {"time.orphan_report", "5s"}},
          {{.status = Status::provisioning}});
  if (state != "none") {
    rig.await(rig.platform().provision_workspace(rig.key(), true));
    if (state == "running") rig.run_for(30s);
    if (state == "error") rig.adversary().fail("cp.is_running", "http-500", -1);
    if (state == "shutting-down") rig.await(rig.ec2().terminate_instances({}, {rig.row("instance_id")}));
  }
  rig.put("status", "'online'");
  rig.run_for(4s);
  Seen seen;
  seen.admin = rig.request("GET /admin/workspaces/w/status").body.text();
  seen.admin = seen.admin.substr(seen.admin.find("\"running\":") + 10);
  seen.admin.pop_back();
  rig.run_for(2s);
  seen.reported = rig.count("report.not_running") == 0 ? 0 : 1;
  seen.dead = verdict(rig);
  return seen;
}

TEST(IsRunning, OnlyRunningIsRunningAndWhatCannotBeKnownIsToo) {
  EXPECT_EQ(seen_as("raw", "running"), (Seen{false, "true", 0}));
  EXPECT_EQ(seen_as("raw", "pending"), (Seen{true, "false", 1}));
  EXPECT_EQ(seen_as("raw", "shutting-down"), (Seen{true, "false", 1}));
  EXPECT_EQ(seen_as("raw", "none"), (Seen{true, "false", 1}));
  EXPECT_EQ(seen_as("raw", "error"), (Seen{false, "true", 0}));
}

TEST(IsRunning, TheRejectedAlternativeLiesToTheOtherReaders) {
  EXPECT_EQ(seen_as("isrunning_pending_alive", "pending"), (Seen{false, "true", 0}));
  EXPECT_EQ(seen_as("isrunning_pending_alive", "shutting-down"), (Seen{true, "false", 1}));
}

TEST(IsRunning, AThirdAnswerTellsThemApart) {
  EXPECT_EQ(seen_as("tri_state", "pending"), (Seen{false, "\"pending-or-unknown\"", 1}));
  EXPECT_EQ(seen_as("tri_state", "error"), (Seen{false, "\"pending-or-unknown\"", 0}));
  EXPECT_EQ(seen_as("tri_state", "shutting-down"), (Seen{true, "false", 1}));
  EXPECT_EQ(seen_as("tri_state", "running"), (Seen{false, "true", 0}));
}

TEST(IsRunning, TheAdminPageOfAnUnknownWorkspaceIs404) {
  Rig rig("spring-2026");
  rig.sql("DELETE FROM workspaces");
  EXPECT_EQ(rig.request("GET /admin/workspaces/w/status").status, 404);
}

}  // namespace
}  // namespace drydock::test
