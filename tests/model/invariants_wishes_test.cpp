// What is judged at the end of calm, of what clients last wished: comes-back, settles and
// latest-secrets-run beyond restarts.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/findings.hpp"
#include "tests/support/onlooker.hpp"
#include "tests/support/play.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using model::Route;
using model::Status;
using model::WorkspaceKey;

// --- comes-back ---------------------------------------------------------------------------------

const Names kAway{"comes-back of w"};

/// What clients asked for, each with the status that it wrote; in the end something moved the row
/// to `last`.
Names wished(const std::vector<std::pair<Route, Status>>& requests, Status last, Status begun = Status::online) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", begun);
  for (const auto& [route, status] : requests) world.write_status(w, status, world.request(route, w));
  world.write_status(w, last);
  world.seen().ended();
  return of("comes-back", world.violations());
}

TEST(ComesBack, WhoWishedItToRestDoesNotMissIt) {
  EXPECT_EQ(wished({}, Status::offline), kAway);
  EXPECT_EQ(wished({{Route::pause, Status::paused}}, Status::offline), kNone);
  EXPECT_EQ(wished({{Route::hibernate, Status::hibernated}}, Status::offline), kNone);
  EXPECT_EQ(wished({{Route::remove, Status::removed}}, Status::offline), kNone);
  EXPECT_EQ(wished({{Route::remove, Status::pending_removal}}, Status::offline), kNone);
}

TEST(ComesBack, TheLastWishCounts) {
  const std::pair pause{Route::pause, Status::paused};
  for (const Route route : {Route::resume, Route::restart, Route::create}) {
    const std::pair run{route, Status::provisioning};
    EXPECT_EQ(wished({pause, run}, Status::failed), kAway);
    EXPECT_EQ(wished({run, pause}, Status::failed), kNone);
    EXPECT_EQ(wished({run}, Status::failed, Status::paused), kAway);
  }
}

TEST(ComesBack, ARequestThatDidNotGetItsWayIsNoAcceptedWish) {
  EXPECT_EQ(wished({{Route::pause, Status::offline}}, Status::offline), kAway);
  EXPECT_EQ(wished({{Route::hibernate, Status::hibernating}}, Status::offline), kAway);
  EXPECT_EQ(wished({{Route::resume, Status::failed}}, Status::failed, Status::paused), kNone);
}

TEST(ComesBack, OtherRequestsAreNoWish) {
  for (const Route route : {Route::secret_put, Route::a2a, Route::bootstrap_failed}) {
    EXPECT_EQ(wished({{route, Status::provisioning}}, Status::failed, Status::paused), kNone);
    EXPECT_EQ(wished({{route, Status::paused}}, Status::failed), kAway);
  }
}

TEST(ComesBack, WhatAProgrammaticRestartWritesIsNoWish) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::paused);
  const auto restart = world.request(Route::restart, w);
  world.write_status(w, Status::provisioning, world.event(model::kind::restart_triggered, restart));
  world.write_status(w, Status::failed);
  world.seen().ended();
  EXPECT_EQ(of("comes-back", world.violations()), kNone);
}

TEST(ComesBack, TheStatusesThatAreBack) {
  for (std::size_t i = 0; i < model::kStatusCount; ++i) {
    const auto status = static_cast<Status>(i);
    // Hibernated without a wish of a client's: idle, as it was configured.
    const bool back = status == Status::online || status == Status::degraded || status == Status::hibernated;
    EXPECT_EQ(wished({}, status), back ? kNone : kAway) << to_text(status);
  }
}

TEST(ComesBack, ARowThatIsGoneOrExternalIsNotMissed) {
  Onlooker gone;
  gone.seen().row_written(gone.workspace("w"), {}, 0);
  gone.seen().ended();
  EXPECT_EQ(of("comes-back", gone.violations()), kNone);

  Onlooker external;
  const WorkspaceKey w = external.workspace("w", Status::online, WorkspaceKey::none, "external");
  external.write_status(w, Status::awaiting_agent);
  external.seen().ended();
  EXPECT_EQ(of("comes-back", external.violations()), kNone);
}

TEST(ComesBack, HoldsForEveryWishOfACalmDay) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "20m",
    "workspaces": [{"id": "lead"}, {"id": "child", "parent": "lead"}, {"id": "parked"},
                   {"id": "deleted"}, {"id": "back", "status": "paused"}],
    "steps": [
      {"at": "1m", "request": "POST /workspaces/lead/pause?cascade=true"},
      {"at": "2m", "request": "POST /workspaces/parked/pause"},
      {"at": "3m", "request": "DELETE /workspaces/deleted?confirm=true"},
      {"at": "4m", "request": "POST /workspaces/back/resume"},
      {"at": "5m", "request": "POST /workspaces/lead/resume?cascade=true"}])");
  EXPECT_EQ(final_value(outcome, "parked", "status"), "paused");
  EXPECT_EQ(final_value(outcome, "child", "status"), "online");
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(ComesBack, IsBrokenByACreateWhoseLaunchFailedInTheTroublePhase) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "10m", "workspaces": [],
    "faults": [{"on": "cp.start", "error": "http-500", "nth": [1]}],
    "steps": [{"at": "10s", "alias": "w", "request": "POST /workspaces",
               "body": {"name": "w"}}])");
  EXPECT_EQ(final_value(outcome, "w", "status"), "failed");
  EXPECT_EQ(violations(outcome), kAway);
}

TEST(ComesBack, HoldsForAnIdleWorkspaceThatHibernates) {
  // Idle is judged by the age of the last heartbeat (docs/platform.md §7.8): an agent that died.
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "10m", "workspaces": [{"id": "w", "hibernation_idle": "1m"}],
    "faults": [{"on": "instance", "workspace": "w", "error": "dies", "at": "10s"}])");
  EXPECT_EQ(final_value(outcome, "w", "status"), "hibernated");
  EXPECT_EQ(of("comes-back", violations(outcome)), kNone);
}

// --- settles ------------------------------------------------------------------------------------

const Names kRestless{"settles of w"};

/// A delete through the outbox while stops are refused; the process then starts again under a policy
/// that knows no outbox, or under its own.
Outcome through_the_outbox(bool forgotten) {
  return play_under("spring-2026",
                    std::string{R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-500", "from": "0s", "for": "2m"}],
    "steps": [{"at": "10s", "request": "DELETE /workspaces/w?confirm=true"})"} +
                        (forgotten ? R"(, {"at": "1m", "deploy": "spring-2026"}])" : "]"),
                    {{"delete.order", "durable_outbox"}});
}

TEST(Settles, IsBrokenByARemovalThatStaysPending) {
  const Outcome outcome = through_the_outbox(true);
  EXPECT_EQ(final_value(outcome, "w", "status"), "pending_removal");
  EXPECT_EQ(of("settles", violations(outcome)), kRestless);
}

TEST(Settles, HoldsForOneThatIsFinished) {
  const Outcome outcome = through_the_outbox(false);
  EXPECT_EQ(final_value(outcome, "w", "status"), "removed");
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(Settles, HoldsForAnOutboxThatACrashCutOff) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "0s", "for": "1m"},
               {"on": "process.platform", "error": "crash", "at": "30s"}],
    "steps": [{"at": "10s", "request": "DELETE /workspaces/w?confirm=true"}])",
                                     {{"delete.order", "durable_outbox"}});
  EXPECT_EQ(final_value(outcome, "w", "status"), "removed");
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(Settles, IsBrokenByAHibernationThatACrashCutInTwo) {
  // Between the claim and the finish (T23, T24) lies one statement.
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "db.write", "workspace": "w", "error": "reset",
                "when": {"event": "workspace.status", "where": {"to": "hibernating"}}}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/hibernate"}])");
  EXPECT_EQ(final_value(outcome, "w", "status"), "hibernating");
  EXPECT_EQ(of("settles", violations(outcome)), kRestless);
}

// --- latest-secrets-run -------------------------------------------------------------------------

const Names kStale{"latest-secrets-run of w"};

/// A global secret is put twice, half a minute apart.
Outcome two_global_secrets(const std::string& preset, const std::string& workspace) {
  return play_under(preset, R"(
    "horizon": "5m", "workspaces": [)" +
                                workspace +
                                R"(],
    "steps": [
      {"at": "10s", "request": "PUT /secrets/K", "body": {"value": "1"}},
      {"at": "40s", "id": "second", "request": "PUT /secrets/K", "body": {"value": "2"}}])");
}

TEST(LatestSecretsRun, IsBrokenByADebounceThatDropsAGlobalSecretsRestart) {
  const Outcome outcome = two_global_secrets("post-1556", R"({"id": "w"})");
  EXPECT_EQ(response(outcome, "second").status, 200);
  EXPECT_EQ(violations(outcome), kStale);
  EXPECT_EQ(of("latest-secrets-run", violations(two_global_secrets("pre-1556", R"({"id": "w"})"))), kNone);
}

TEST(LatestSecretsRun, HoldsForAWorkspaceThatOverridesTheGlobalSecret) {
  // It is not restarted, and its environment is the same as before (docs/platform.md §7.11).
  const Outcome outcome = two_global_secrets("pre-1556", R"({"id": "w", "secrets": {"K": "own"}})");
  EXPECT_EQ(count(outcome, "provision.start", "w"), 0U);
  EXPECT_EQ(of("latest-secrets-run", violations(outcome)), kNone);
}

TEST(LatestSecretsRun, HoldsForAWorkspaceThatRestsMeanwhile) {
  EXPECT_EQ(violations(two_global_secrets("spring-2026", R"({"id": "w", "status": "paused"})")), kNone);
}

}  // namespace
}  // namespace drydock::test
