// Each invariant that is judged at the end of calm: something breaks it, and something comes near
// and does not. And the catalogue: no invariant goes without such a pair.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/invariants/catalogue.hpp"
#include "tests/model/findings.hpp"
#include "tests/support/onlooker.hpp"
#include "tests/support/play.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using model::Route;
using model::Status;
using model::WorkspaceKey;

bool breaks(const Outcome& outcome, const std::string& violation) {
  const Names all = violations(outcome);
  return std::find(all.begin(), all.end(), violation) != all.end();
}

// --- latest-secrets-run -------------------------------------------------------------------------

constexpr std::string_view kTwoSecrets = R"(
  "horizon": "5m", "workspaces": [{"id": "w"}],
  "steps": [
    {"at": "10s", "id": "first", "request": "PUT /workspaces/w/secrets",
     "body": {"key": "K", "value": "1"}},
    {"at": "40s", "id": "second", "request": "PUT /workspaces/w/secrets",
     "body": {"key": "K", "value": "2"}}])";

TEST(LatestSecretsRun, IsBrokenByADebounceThatDropsASecretsRestart) {
  const Outcome outcome = play_under("post-1556", kTwoSecrets);
  EXPECT_EQ(response(outcome, "second").status, 200);
  EXPECT_EQ(violations(outcome), Names{"latest-secrets-run of w"});
}

TEST(LatestSecretsRun, HoldsWhenTheRestartIsRememberedOrLetThrough) {
  for (const char* mode : {"trailing", "mutation_bypass"}) {
    const Outcome outcome = play_under("post-1556", kTwoSecrets, {{"restart.debounce_mode", mode}});
    EXPECT_EQ(violations(outcome), kNone) << mode;
  }
}

TEST(LatestSecretsRun, HoldsForASecretThatTheProvisionStillReads) {
  const Outcome outcome = play_under("post-1556", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "steps": [
      {"at": "10s", "request": "PUT /workspaces/w/secrets", "body": {"key": "K", "value": "1"}},
      {"at": "10s50ms", "request": "PUT /workspaces/w/secrets",
       "body": {"key": "K", "value": "2"}}])");
  EXPECT_EQ(count(outcome, "restart.dropped"), 1U);
  EXPECT_EQ(violations(outcome), kNone);
}

struct OnlineSince : Onlooker {
  OnlineSince() : w(workspace("w", Status::provisioning)), id(launch("w")) {
    runs(id);
    beat(id);
    model::Row row = seen().workspace(w).row;
    row.status = Status::online;
    row.url = "http://10.0.0.1:8000";
    write_row(w, row);
  }
  WorkspaceKey w;
  std::string id;
};

TEST(LatestSecretsRun, OnlyWhatWasAnswered2xxIsPromised) {
  for (const int status : {200, 500}) {
    OnlineSince world;
    const auto request = world.request(Route::secret_put, world.w);
    world.save_secret(world.w, request);
    world.answer(request, status, status == 200 ? "saved" : "");
    world.seen().ended();
    EXPECT_EQ(world.violations(), status == 200 ? Names{"latest-secrets-run of w"} : kNone);
  }
}

TEST(LatestSecretsRun, OnlyOnlineWorkspacesAreJudged) {
  OnlineSince world;
  const auto request = world.request(Route::secret_put, world.w);
  world.save_secret(world.w, request);
  world.answer(request, 200, "saved");
  world.write_status(world.w, Status::paused);
  world.seen().ended();
  const Names broken = world.violations();
  EXPECT_EQ(std::count(broken.begin(), broken.end(), "latest-secrets-run of w"), 0);
}

// --- settles ------------------------------------------------------------------------------------

constexpr std::string_view kDeath = R"(
  "horizon": "10m", "workspaces": [{"id": "w"}],
  "faults": [{"on": "instance", "workspace": "w", "error": "dies", "at": "30s"}])";

TEST(Settles, IsBrokenWhereNobodyRestartsWhatWentOffline) {
  const Outcome outcome = play_under("april-2026", kDeath);
  EXPECT_EQ(final_value(outcome, "w", "status"), "offline");
  EXPECT_TRUE(breaks(outcome, "settles of w"));
}

TEST(Settles, HoldsWhereTheLivenessMonitorRestartsIt) {
  const Outcome outcome = play_under("post-1556", kDeath);
  EXPECT_EQ(final_value(outcome, "w", "status"), "online");
  EXPECT_EQ(violations(outcome), kNone);
}

/// Two launches are refused: the restart's, and three minutes later the liveness monitor's. The
/// database loses the first write after the refusal of this one: the event that would explain it.
Outcome failed_launches(const std::string& unexplained) {
  return play_under("post-1556", R"(
    "horizon": "10m", "workspaces": [{"id": "w"}],
    "faults": [
      {"on": "cp.start", "error": "http-500", "nth": [1, 2]},
      {"on": "db.write", "workspace": "w", "error": "reset",
       "when": {"event": "fault.injected", "where": {"on": "cp.start"}, "nth": )" +
                                     unexplained + R"(}}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/restart"}])");
}

TEST(Settles, IsBrokenByAFailureThatNoEventExplains) {
  const Outcome outcome = failed_launches("2");
  EXPECT_EQ(final_value(outcome, "w", "status"), "failed");
  EXPECT_EQ(count(outcome, "structure_event", "w", "WORKSPACE_PROVISION_FAILED"), 1U);
  EXPECT_TRUE(breaks(outcome, "settles of w"));
}

TEST(Settles, HoldsForAFailureThatAnEventExplains) {
  const Outcome outcome = failed_launches("3");
  EXPECT_EQ(final_value(outcome, "w", "status"), "failed");
  EXPECT_EQ(count(outcome, "structure_event", "w", "WORKSPACE_PROVISION_FAILED"), 2U);
  EXPECT_FALSE(breaks(outcome, "settles of w"));
}

TEST(Settles, SomeStatusesAreNoRestAndAnUntouchedRowIsAtRest) {
  for (const Status status :
       {Status::provisioning, Status::online, Status::offline, Status::degraded, Status::failed, Status::removed,
        Status::paused, Status::hibernated, Status::hibernating, Status::awaiting_agent, Status::pending_removal}) {
    Onlooker touched;
    const WorkspaceKey w = touched.workspace("w", Status::removed);
    touched.write_status(w, status);
    touched.seen().ended();
    static const std::set<Status> restless{Status::provisioning, Status::offline,        Status::failed,
                                           Status::hibernating,  Status::awaiting_agent, Status::pending_removal};
    const Names all = touched.violations();
    const bool broken = std::find(all.begin(), all.end(), "settles of w") != all.end();
    EXPECT_EQ(broken, restless.count(status) != 0) << to_text(status);

    Onlooker untouched;
    untouched.workspace("w", status, WorkspaceKey::none, "external");
    untouched.seen().ended();
    for (const std::string& violation : untouched.violations()) EXPECT_NE(violation, "settles of w");
  }
}

TEST(Settles, AnExternalWorkspaceMayAwaitItsAgent) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::online, WorkspaceKey::none, "external");
  world.write_status(w, Status::awaiting_agent);
  world.seen().ended();
  EXPECT_EQ(world.violations(), kNone);
}

TEST(Settles, AnExplanationDoesNotOutliveTheFailure) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::offline);
  world.seen().structure_event(w, "WORKSPACE_PROVISION_FAILED", 0);
  world.write_status(w, Status::failed);
  world.write_status(w, Status::provisioning);
  world.write_status(w, Status::failed);
  world.seen().ended();
  EXPECT_EQ(world.violations(), Names{"settles of w"});
}

// --- comes-back ---------------------------------------------------------------------------------

TEST(ComesBack, IsBrokenByALaunchThatFailedInTheTroublePhase) {
  EXPECT_TRUE(breaks(failed_launches("3"), "comes-back of w"));
}

TEST(ComesBack, HoldsWhereAnotherRestartCameAfterIt) {
  const Outcome outcome = play_under("post-1556", R"(
    "horizon": "10m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.start", "error": "http-500", "nth": [1]}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/restart", "repeat":
               {"times": 2, "every": "1m"}}])");
  EXPECT_EQ(count(outcome, "structure_event", "w", "WORKSPACE_PROVISION_FAILED"), 1U);
  EXPECT_EQ(violations(outcome), kNone);
}

/// At the end of calm the row says `failed`, with an event.
Names failed_at_the_end(Status begun, bool asked, bool launch_failed_in_calm) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", begun);
  if (asked) {
    const auto request = world.request(Route::restart, w);
    world.write_status(w, Status::provisioning, request);
    world.answer(request, 200, "provisioning");
  }
  world.seen().calm_began();
  if (launch_failed_in_calm) world.seen().start_failed(w);
  world.seen().structure_event(w, "WORKSPACE_PROVISION_FAILED", 0);
  world.write_status(w, Status::failed);
  world.seen().ended();
  return world.violations();
}

TEST(ComesBack, AsksForAWishThatWasAcceptedAndLaunchesThatSucceedInCalm) {
  const Names broken{"comes-back of w"};
  EXPECT_EQ(failed_at_the_end(Status::online, false, false), broken);
  EXPECT_EQ(failed_at_the_end(Status::degraded, false, false), broken);
  EXPECT_EQ(failed_at_the_end(Status::offline, false, false), kNone);
  EXPECT_EQ(failed_at_the_end(Status::offline, true, false), broken);
  EXPECT_EQ(failed_at_the_end(Status::offline, true, true), kNone);
  EXPECT_EQ(failed_at_the_end(Status::online, false, true), kNone);
}

TEST(ComesBack, DegradedIsBack) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.write_status(w, Status::degraded);
  world.seen().ended();
  EXPECT_EQ(world.violations(), kNone);
}

// --- online-is-real -----------------------------------------------------------------------------

/// The old agent beats between a restart's status write and its stop: provisioning becomes online
/// with an empty url. Then, if it does, the platform crashes, and the stop with it.
Outcome beat_within_a_restart(const std::string& faults) {
  return play_under("post-1556", R"(
    "horizon": "4m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "slow", "slow_by": "10s", "nth": [1]})" +
                                     faults + R"(],
    "steps": [{"at": "29s990ms", "request": "POST /workspaces/w/restart"}])");
}

TEST(OnlineIsReal, IsBrokenByACrashAfterABeatThatCameDuringTheRestart) {
  const Outcome outcome = beat_within_a_restart(R"(, {"on": "process.platform", "error": "crash", "at": "35s"})");
  EXPECT_EQ(final_value(outcome, "w", "status"), "online");
  EXPECT_EQ(final_value(outcome, "w", "url"), "");
  EXPECT_EQ(violations(outcome), Names{"online-is-real of w"});
}

TEST(OnlineIsReal, HoldsWhenTheRestartGetsToItsEnd) {
  const Outcome outcome = beat_within_a_restart("");
  EXPECT_EQ(final_value(outcome, "w", "status"), "online");
  EXPECT_EQ(violations(outcome), kNone);
}

const Names kUnreal{"online-is-real of w"};

TEST(OnlineIsReal, HoldsForWhatOnlineMeans) {
  OnlineSince world;
  world.seen().ended();
  EXPECT_EQ(world.violations(), kNone);
}

TEST(OnlineIsReal, EachOfItsPartsIsNeeded) {
  OnlineSince dead;
  dead.dies(dead.id);
  dead.seen().ended();
  EXPECT_EQ(dead.violations(), kUnreal);

  OnlineSince rejected;
  rejected.beat(rejected.id, 401);
  rejected.seen().ended();
  EXPECT_EQ(rejected.violations(), kUnreal);

  OnlineSince unknown;
  unknown.name_instance(unknown.w, "i-unknown");
  unknown.seen().ended();
  EXPECT_EQ(unknown.violations(), (Names{"no-orphan of w", kUnreal.front()}));

  OnlineSince without_url;
  without_url.write_row(without_url.w, {.status = Status::online, .instance_id = without_url.id});
  without_url.seen().ended();
  EXPECT_EQ(without_url.violations(), kUnreal);
}

TEST(OnlineIsReal, AnInstanceThatNeverBeatIsNotReal) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::provisioning);
  const std::string id = world.launch("w");
  world.runs(id);
  world.write_row(w, {.status = Status::online, .url = "http://10.0.0.1:8000", .instance_id = id});
  world.seen().ended();
  EXPECT_EQ(world.violations(), kUnreal);
}

TEST(OnlineIsReal, AnExternalWorkspaceHasNoInstance) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::online, WorkspaceKey::none, "external");
  world.write_status(w, Status::online);
  world.seen().ended();
  EXPECT_EQ(world.violations(), kNone);
}

// --- all of them --------------------------------------------------------------------------------

TEST(Invariants, EachOfTheCatalogueIsBrokenBySomeTestHereOrBesides) {
  std::set<std::string> listed;
  for (const auto& info : model::invariant_catalogue()) listed.emplace(info.name);
  const std::set<std::string> tested{"no-state-loss",
                                     "no-healthy-kill",
                                     "one-start-per-cause",
                                     "blast-radius",
                                     "single-live-instance",
                                     "terminate-failure-recorded",
                                     "removed-stays-removed",
                                     "dormant-stays-dormant",
                                     "answers-are-true",
                                     "delivered-to-named",
                                     "finished-work-ends",
                                     "live-instances-serve",
                                     "called-comes-back",
                                     "no-orphan",
                                     "latest-secrets-run",
                                     "settles",
                                     "comes-back",
                                     "online-is-real",
                                     "made-is-known",
                                     "snapshot-paid-once",
                                     "bounded-work"};
  EXPECT_EQ(listed, tested);
}

TEST(Invariants, OneViolationIsKeptPerInvariantWorkspaceAndInstance) {
  Onlooker world;
  world.workspace("w");
  const std::string id = world.launch("w");
  for (int i = 0; i < 3; ++i) world.started(id);
  EXPECT_EQ(world.violations(), Names{"one-start-per-cause of w"});
  world.started(world.launch("w"));
  EXPECT_EQ(world.violations().size(), 2U);
}

}  // namespace
}  // namespace drydock::test
