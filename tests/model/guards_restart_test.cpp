// Restart over HTTP and by program, and the provision that follows (docs/platform.md §7.2–§7.5):
// one test for each guard, each order of statements and each answer.

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;
using model::RestartSource;
using Kinds = std::vector<std::string>;

/// Where a stop has no backup leg and a launch no snapshot to wait for, what is timed is the rest.
const Settings kNoSnapshots{{"backup.storage", "persistent_volume_reattach"}};

Response restart(Rig& rig, const std::string& alias = "w") {
  return rig.request("POST /workspaces/" + alias + "/restart");
}

void restart_by_id(Rig& rig, RestartSource source = RestartSource::secret) {
  rig.await(rig.platform().restart_by_id(rig.key(), source));
}

// --- POST …/restart: the checks -----------------------------------------------------------------

TEST(HttpRestart, Answers200Provisioning) {
  for (const char* era : {"april-2026", "spring-2026"}) {
    Rig rig(era);
    const Response answer = restart(rig);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.string_at("status"), "provisioning");
    EXPECT_NE(answer.body.string_at("config_dir"), "");
    EXPECT_EQ(rig.row("status"), "provisioning");
    EXPECT_EQ(rig.row("url"), "");
  }
}

TEST(HttpRestart, AnUnknownWorkspaceIs404) {
  for (const char* era : {"april-2026", "spring-2026"}) {
    Rig rig(era);
    rig.sql("DELETE FROM workspaces");
    EXPECT_EQ(restart(rig).status, 404) << era;
  }
}

TEST(HttpRestart, ARemovedWorkspaceIs404SinceItRunsAsynchronously) {
  Rig later("spring-2026", {}, {{.status = Status::removed}});
  EXPECT_EQ(restart(later).status, 404);
  EXPECT_EQ(later.row("status"), "removed");

  Rig before("april-2026", {}, {{.status = Status::removed}});
  EXPECT_EQ(restart(before).status, 200);
  EXPECT_EQ(before.row("status"), "provisioning");
}

TEST(HttpRestart, APausedAncestorIs409AndChangesNothing) {
  for (const char* era : {"april-2026", "spring-2026"}) {
    Rig rig(era, {},
            {{.id = "lead", .status = Status::paused},
             {.id = "middle", .parent = "lead"},
             {.id = "w", .parent = "middle"}});
    const Response answer = restart(rig);
    EXPECT_EQ(answer.status, 409) << era;
    rig.run_for(1min);
    EXPECT_EQ(rig.row("status"), "online");
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
    EXPECT_EQ(rig.count("provision.start"), 0U);
  }
}

TEST(HttpRestart, PausedOrHibernatedItselfItIsProvisioned) {
  for (const Status status : {Status::paused, Status::hibernated, Status::failed}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    EXPECT_EQ(restart(rig).status, 200);
    rig.run_for(1min);
    EXPECT_EQ(rig.row("status"), "online") << to_text(status);
  }
}

TEST(HttpRestart, WithoutComputeItIsANoop) {
  for (const char* runtime : {"external", "mock"}) {
    Rig rig("spring-2026", {}, {{.runtime = runtime, .instance = false}});
    const Response answer = restart(rig);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.string_at("status"), "noop");
    rig.run_for(1s);
    EXPECT_EQ(rig.row("status"), "online");
    EXPECT_EQ(rig.count("provision.start"), 0U);
  }
}

TEST(HttpRestart, ABodyThatIsNoObjectIs400SinceItRunsAsynchronously) {
  for (const char* era : {"april-2026", "spring-2026"}) {
    Rig rig(era);
    model::Request request = rig.parse("POST /workspaces/w/restart");
    request.body_is_valid = false;
    const Response answer = rig.await(rig.process().request(std::move(request), "user"));
    EXPECT_EQ(answer.status, std::string_view{era} == "spring-2026" ? 400 : 200);
  }
}

TEST(HttpRestart, AWriteThatFailsIs500) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(restart(rig).status, 500);
  rig.run_for(1min);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
}

// --- POST …/restart: the order ------------------------------------------------------------------

const Kinds kSteps{"workspace.status",      "structure_event", "http.response",        "stop.attempt",
                   "provision.ec2_stopped", "provision.start", "provision.ec2_started"};

TEST(HttpRestart, WritesAnswersThenStops) {
  Rig rig("spring-2026", kNoSnapshots);
  restart(rig);
  rig.run_for(10s);
  EXPECT_EQ(rig.order_of(kSteps), kSteps);
  EXPECT_EQ(rig.count("restart.pre_stop", "w", R"("backend":"cp")"), 1U);
}

TEST(HttpRestart, StopsWithinTheRequestInAprilAndWritesAfterwards) {
  Rig rig("april-2026");
  restart(rig);
  rig.run_for(10s);
  const Kinds order = rig.order_of(kSteps);
  const Kinds begins{"stop.attempt", "provision.ec2_stopped", "workspace.status", "structure_event"};
  ASSERT_GE(order.size(), begins.size());
  EXPECT_EQ(Kinds(order.begin(), order.begin() + 4), begins);
  EXPECT_LT(rig.times("provision.ec2_stopped").front(), rig.times("http.response").front());
}

TEST(HttpRestart, GoesOnInAprilWhenTheCallerStaysAndTheStopFails) {
  Rig rig("april-2026");
  rig.adversary().fail("cp.stop", "reset");
  EXPECT_EQ(restart(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "provisioning");
}

TEST(HttpRestart, LeavesTheRestartStateAlone) {
  Rig rig("spring-2026");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(restart(rig).status, 200);
  EXPECT_FALSE(rig.platform().is_restarting(rig.key()));
  // It stamped nothing either: a programmatic restart right after it is not debounced.
  restart_by_id(rig);
  EXPECT_EQ(rig.platform().debounce_drops(), 0U);
  EXPECT_EQ(rig.count("restart.cycle"), 1U);
}

TEST(HttpRestart, IsNotDebouncedByAProgrammaticOne) {
  Rig rig("spring-2026", kNoSnapshots);
  restart_by_id(rig);
  rig.run_for(1min - rig.elapsed());
  EXPECT_EQ(restart(rig).status, 200);
  rig.run_for(10s);
  EXPECT_EQ(rig.count("provision.ec2_started"), 2U);
}

TEST(HttpRestart, LeavesTheCachedUrlAlone) {
  Rig rig("spring-2026");
  const auto cached = rig.keys().url(rig.key());
  restart(rig);
  rig.run_for(5s);
  EXPECT_EQ(rig.keys().url(rig.key()), cached);
}

// --- one programmatic cycle ---------------------------------------------------------------------

TEST(RestartCycle, StopsThenWritesThenProvisions) {
  Rig rig("spring-2026");
  restart_by_id(rig);
  const Kinds steps{"restart.triggered", "restart.cycle",         "restart.pre_stop",
                    "stop.attempt",      "provision.ec2_stopped", "workspace.status",
                    "structure_event",   "provision.start",       "provision.ec2_started"};
  EXPECT_EQ(rig.order_of(steps), steps);
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_PROVISIONING"), 1U);
  EXPECT_EQ(rig.count("provision.start", "w", R"("sync":true)"), 1U);
}

TEST(RestartCycle, IsRunningUntilTheProvisionReturned) {
  Rig rig("spring-2026");
  rig.adversary().slow("cp.start", 30s);
  rig.spawn(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  rig.run_for(25s);
  EXPECT_TRUE(rig.platform().is_restarting(rig.key()));
  EXPECT_EQ(rig.count("provision.ec2_started"), 0U);
  rig.run_for(10s);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_FALSE(rig.platform().is_restarting(rig.key()));
  EXPECT_EQ(rig.instance_state(), "pending");
}

TEST(RestartCycle, DoesNothingForWhatIsRemovedPausedOrHibernated) {
  for (const Status status : {Status::removed, Status::paused, Status::hibernated}) {
    Rig rig("spring-2026", {}, {{.status = status, .instance = true}});
    restart_by_id(rig);
    EXPECT_EQ(rig.count("restart.cycle"), 1U);
    EXPECT_EQ(rig.count("restart.pre_stop"), 0U);
    EXPECT_EQ(rig.row("status"), to_text(status));
    // The stamp is set all the same.
    restart_by_id(rig);
    EXPECT_EQ(rig.platform().debounce_drops(), 1U);
  }
}

TEST(RestartCycle, DoesNothingWithoutCompute) {
  for (const char* runtime : {"external", "mock"}) {
    Rig rig("spring-2026", {}, {{.runtime = runtime}});
    restart_by_id(rig);
    EXPECT_EQ(rig.count("restart.pre_stop"), 0U);
    EXPECT_EQ(rig.row("status"), "online");
  }
}

TEST(RestartCycle, DoesNothingUnderAPausedAncestor) {
  Rig rig("spring-2026", {}, {{.id = "lead", .status = Status::paused}, {.id = "w", .parent = "lead"}});
  restart_by_id(rig);
  EXPECT_EQ(rig.count("restart.pre_stop"), 0U);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(RestartCycle, WaitsTenSecondsBeforeItInterruptsAProvision) {
  Rig rig("spring-2026", kNoSnapshots, {{.status = Status::provisioning, .instance = true}});
  restart_by_id(rig);
  const Duration waited = rig.times("restart.pre_stop").front() - rig.times("restart.cycle").front();
  EXPECT_EQ(waited, 10s + 2ms);

  Rig online("spring-2026", kNoSnapshots);
  restart_by_id(online);
  EXPECT_EQ(online.times("restart.pre_stop").front(), online.times("restart.cycle").front() + 2ms);
}

TEST(RestartCycle, DoesNotReadTheRowAgainAfterThatWait) {
  Rig rig("spring-2026", kNoSnapshots, {{.status = Status::provisioning, .instance = true}});
  rig.spawn(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  rig.run_for(5s);
  rig.put("status", "'paused'");
  rig.run_for(10s);
  EXPECT_EQ(rig.row("status"), "provisioning");
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
}

TEST(RestartCycle, SignalsTheAgentAndDoesNotWaitForIt) {
  for (const char* signal : {"on", "off"}) {
    Settings set = kNoSnapshots;
    set.emplace_back("restart.drain_signal", signal);
    Rig rig("spring-2026", set);
    rig.adversary().lose("a2a.send", ScriptedAdversary::kAlways);
    restart_by_id(rig);
    EXPECT_LT(rig.elapsed(), 2s);
    EXPECT_EQ(rig.adversary().calls("a2a.send"), std::string_view{signal} == "on" ? 1 : 0);
  }
}

TEST(RestartCycle, DoesNothingAtAllBeforeItKnewTheControlPlane) {
  Rig rig("april-2026");
  restart_by_id(rig);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
  EXPECT_EQ(rig.count("restart.cycle"), 0U);
}

TEST(RestartCycle, DropsWhoComesWhileTheMutexIsTaken) {
  Rig rig("april-2026", {{"restart.by_id_on_saas", "on"}});
  for (int i = 0; i < 3; ++i) {
    rig.spawn(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  }
  rig.run_for(5s);
  EXPECT_EQ(rig.count("restart.cycle"), 1U);
  EXPECT_EQ(rig.count("restart.dropped", "w", "mutex"), 2U);
  // Unlocked on return: the next one runs.
  restart_by_id(rig);
  EXPECT_EQ(rig.count("restart.cycle"), 2U);
}

// --- debounce modes -----------------------------------------------------------------------------

TEST(DebounceModes, TrailingRemembersOneRestartAndRunsItAtTheEndOfTheWindow) {
  Rig rig("spring-2026", {{"restart.debounce_mode", "trailing"}});
  restart_by_id(rig);
  rig.run_for(20s - rig.elapsed());
  for (int i = 0; i < 3; ++i) restart_by_id(rig, RestartSource::dead_verdict);
  EXPECT_EQ(rig.platform().debounce_drops(), 2U);
  rig.run_for(2min);
  const std::vector<Duration> cycles = rig.times("restart.cycle");
  ASSERT_EQ(cycles.size(), 2U);
  EXPECT_EQ(cycles[1] - cycles[0], 60s);
}

TEST(DebounceModes, MutationsBypassTheWindowAndOthersDoNot) {
  for (const auto& [source, passes] :
       {std::pair{RestartSource::secret, true}, std::pair{RestartSource::model, true},
        std::pair{RestartSource::file_write, true}, std::pair{RestartSource::dead_verdict, false},
        std::pair{RestartSource::preflight, false}, std::pair{RestartSource::liveness, false},
        std::pair{RestartSource::health_sweep, false}, std::pair{RestartSource::wake, false}}) {
    Rig rig("spring-2026", {{"restart.debounce_mode", "mutation_bypass"}});
    restart_by_id(rig);
    restart_by_id(rig, source);
    EXPECT_EQ(rig.count("restart.cycle"), passes ? 2U : 1U) << to_text(source);
    EXPECT_EQ(rig.platform().debounce_drops(), passes ? 0U : 1U) << to_text(source);
  }
}

TEST(DebounceModes, AMutationThatBypassesTheWindowStillCoalesces) {
  Rig rig("spring-2026", {{"restart.debounce_mode", "mutation_bypass"}});
  Cycles cycles;
  rig.spawn(rig.platform().coalesce_restart(rig.key(), cycles.taking(rig.clock(), 10s)));
  rig.run_for(1s);
  restart_by_id(rig);
  rig.run_for(1min);
  EXPECT_EQ(cycles.ended, 2);
  EXPECT_EQ(rig.count("restart.cycle"), 0U);
}

}  // namespace
}  // namespace drydock::test
