// Each invariant that holds at every step: something breaks it, and something comes near and does
// not.

#include <gtest/gtest.h>

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

/// The longest that a claude-code instance takes to boot: cloud.pending's and cloud.boot's ends.
constexpr sim::Duration kLongestBoot = 55s;

// --- no-healthy-kill ----------------------------------------------------------------------------

const Names kHealthyKill{"no-healthy-kill of w"};

/// A workspace with an instance that has been up for an hour and beats.
struct Healthy : Onlooker {
  Healthy() : w(workspace("w")), id(launch("w")) {
    runs(id);
    wait(1h);
    beat(id);
  }
  WorkspaceKey w;
  std::string id;
};

TEST(NoHealthyKill, IsBrokenByTheSelfFireLoop) {
  const Outcome outcome = play(shipped("reprov-thrash.json"), "pre-1556");
  const Names broken = violations(outcome);
  EXPECT_NE(std::find(broken.begin(), broken.end(), "no-healthy-kill of reviewer"), broken.end());
  for (const auto& violation : outcome.violations) {
    if (violation.invariant != "no-healthy-kill") continue;
    EXPECT_EQ(violation.causes.front().kind, "ec2.state");
    EXPECT_NE(violation.message.find("nobody had asked for that"), std::string::npos);
  }
}

TEST(NoHealthyKill, HoldsWithTheFix) { EXPECT_EQ(violations(play(shipped("reprov-thrash.json"), "post-1556")), kNone); }

TEST(NoHealthyKill, AHeartbeatLessThan90SecondsOldIsHealth) {
  Healthy young;
  young.wait(90s - 1us);
  young.kill(young.id);
  EXPECT_EQ(young.violations(), kHealthyKill);

  Healthy old;
  old.wait(90s);
  old.kill(old.id);
  EXPECT_EQ(old.violations(), kNone);
}

TEST(NoHealthyKill, WithinTheLongestBootTimeItIsHealthy) {
  Onlooker young;
  young.workspace("w");
  const std::string booting = young.launch("w");
  young.wait(kLongestBoot);
  young.kill(booting);
  EXPECT_EQ(young.violations(), kHealthyKill);

  Onlooker old;
  old.workspace("w");
  const std::string late = old.launch("w");
  old.wait(kLongestBoot + 1us);
  old.kill(late);
  EXPECT_EQ(old.violations(), kNone);
}

TEST(NoHealthyKill, ARestartOfItMayKillItOnce) {
  Healthy world;
  const auto restart = world.request(Route::restart, world.w);
  world.kill(world.id, world.event(model::kind::stop_attempt, restart));
  EXPECT_EQ(world.violations(), kNone);
  const std::string next = world.launch("w", restart);
  world.kill(next, world.event(model::kind::stop_attempt, restart));
  EXPECT_EQ(world.violations(), kHealthyKill);
}

TEST(NoHealthyKill, ARestartOfAnotherWorkspaceMayNot) {
  Healthy world;
  const WorkspaceKey other = world.workspace("other");
  world.kill(world.id, world.request(Route::restart, other));
  EXPECT_EQ(world.violations().front(), "no-healthy-kill of w");
}

TEST(NoHealthyKill, ARequestThatDoesNotStopMayNot) {
  Healthy world;
  world.kill(world.id, world.request(Route::a2a, world.w));
  EXPECT_EQ(world.violations(), kHealthyKill);
}

TEST(NoHealthyKill, WhatAProgrammaticRestartDoesIsNotTheRequestsDirectWork) {
  Healthy world;
  const auto restart = world.request(Route::restart, world.w);
  world.kill(world.id, world.event(model::kind::restart_triggered, restart));
  EXPECT_EQ(world.violations(), kHealthyKill);
}

TEST(NoHealthyKill, AConfigurationChangedAfterItReadItsOwnIsAReason) {
  Healthy after;
  after.save_secret(after.w);
  after.kill(after.id);
  EXPECT_EQ(after.violations(), kNone);

  Onlooker before;
  const WorkspaceKey w = before.workspace("w");
  before.save_secret(w);
  const std::string id = before.launch("w");
  before.kill(id);
  EXPECT_EQ(before.violations(), kHealthyKill);
}

TEST(NoHealthyKill, LeftoversMayBeCleanedUp) {
  Healthy removed;
  removed.write_status(removed.w, Status::removed);
  removed.kill(removed.id);
  EXPECT_EQ(removed.violations(), kNone);

  Healthy replaced;
  replaced.name_instance(replaced.w, "i-another");
  replaced.kill(replaced.id);
  EXPECT_EQ(replaced.violations(), kNone);

  Healthy gone;
  gone.seen().row_written(gone.w, {}, 0);
  gone.kill(gone.id);
  EXPECT_EQ(gone.violations(), kNone);
}

TEST(NoHealthyKill, AnInstanceThatDiesIsNobodysKill) {
  Healthy world;
  world.dies(world.id);
  EXPECT_EQ(world.violations(), kNone);
}

// --- one-start-per-cause ------------------------------------------------------------------------

const Names kOneTooMany{"one-start-per-cause of w"};

TEST(OneStartPerCause, IsBrokenByTheSelfFireLoop) {
  const Names broken = violations(play(shipped("reprov-thrash.json"), "pre-1556"));
  EXPECT_NE(std::find(broken.begin(), broken.end(), "one-start-per-cause of reviewer"), broken.end());
}

TEST(OneStartPerCause, ACreditOfExactlyZeroHolds) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.save_secret(w);
  const std::string first = world.launch("w");
  world.started(first);
  EXPECT_EQ(world.violations(), kNone);
  world.started(world.launch("w"));
  EXPECT_EQ(world.violations(), kOneTooMany);
}

TEST(OneStartPerCause, AnAcceptedRestartIsACause) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.write_status(w, Status::provisioning);
  world.answer(world.request(Route::restart, w), 200, "provisioning");
  world.started(world.launch("w"));
  EXPECT_EQ(world.violations(), kNone);
}

TEST(OneStartPerCause, ARefusedOrEmptyRestartIsNone) {
  for (const auto& [status, says] : {std::pair{409, "provisioning"}, std::pair{200, "noop"}, std::pair{500, ""}}) {
    Onlooker world;
    const WorkspaceKey w = world.workspace("w");
    world.answer(world.request(Route::restart, w), status, says);
    world.started(world.launch("w"));
    EXPECT_EQ(world.violations(), kOneTooMany) << status;
  }
}

TEST(OneStartPerCause, AnotherAcceptedRequestIsNone) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::provisioning);
  world.answer(world.request(Route::a2a, w), 200, "provisioning");
  world.started(world.launch("w"));
  EXPECT_EQ(world.violations(), kOneTooMany);
}

TEST(OneStartPerCause, ADeathIsACauseAndOurOwnTerminateIsNot) {
  Onlooker dead;
  dead.workspace("w");
  dead.dies(dead.launch("w"));
  dead.started(dead.launch("w"));
  EXPECT_EQ(dead.violations(), kNone);

  Onlooker killed;
  const WorkspaceKey w = killed.workspace("w");
  const std::string id = killed.launch("w");
  killed.kill(id, killed.request(Route::restart, w));
  killed.started(killed.launch("w"));
  EXPECT_EQ(killed.violations(), kOneTooMany);
}

TEST(OneStartPerCause, EachWorkspaceHasItsOwnAccount) {
  Onlooker world;
  world.workspace("w");
  const WorkspaceKey other = world.workspace("other");
  world.save_secret(other);
  world.started(world.launch("w"));
  EXPECT_EQ(world.violations(), kOneTooMany);
}

// --- blast-radius -------------------------------------------------------------------------------

struct Family : Onlooker {
  Family() : lead(workspace("lead")), child(workspace("child", Status::online, lead)) {}
  WorkspaceKey lead;
  WorkspaceKey child;
};

TEST(BlastRadius, ARequestThatChangesTheRowOfADescendantBreaksIt) {
  Family world;
  world.write_status(world.child, Status::paused, world.request(Route::restart, world.lead));
  EXPECT_EQ(world.violations(), Names{"blast-radius of child"});
}

TEST(BlastRadius, ARequestThatChangesItsOwnRowDoesNot) {
  Family world;
  world.write_status(world.lead, Status::paused, world.request(Route::restart, world.lead));
  EXPECT_EQ(world.violations(), kNone);
}

TEST(BlastRadius, AWriteThatLeavesTheRowAsItWasDoesNot) {
  Family world;
  world.write_status(world.child, Status::online, world.request(Route::restart, world.lead));
  EXPECT_EQ(world.violations(), kNone);
}

TEST(BlastRadius, AnInstanceThatItLaunchesOrKillsElsewhereBreaksIt) {
  Family launched;
  launched.launch("child", launched.request(Route::restart, launched.lead));
  EXPECT_EQ(launched.violations(), Names{"blast-radius of child"});

  Family killed;
  const std::string id = killed.launch("child");
  killed.wait(1h);
  killed.kill(id, killed.request(Route::restart, killed.lead));
  EXPECT_EQ(killed.violations(), Names{"blast-radius of child"});
}

TEST(BlastRadius, ACallNamesItsCallerAsWell) {
  Family world;
  world.write_status(world.lead, Status::offline, world.request(Route::a2a, world.child, world.lead));
  EXPECT_EQ(world.violations(), kNone);
}

TEST(BlastRadius, WhatFollowsFromNoRequestIsNotJudged) {
  Family world;
  world.write_status(world.child, Status::offline, world.event(sim::Kind::process_start));
  EXPECT_EQ(world.violations(), kNone);
}

TEST(BlastRadius, OnlyTheNearestRequestIsAsked) {
  Family world;
  const auto far = world.request(Route::restart, world.lead);
  model::Request near;
  near.route = Route::restart;
  near.workspace = world.child;
  near.event = world.event(model::kind::http_request, far);
  world.seen().request_arrived(near);
  world.write_status(world.child, Status::provisioning, near.event);
  EXPECT_EQ(world.violations(), kNone);
}

// --- single-live-instance -----------------------------------------------------------------------

const Names kTwoLive{"single-live-instance of w"};

/// Two live instances for so long, then one.
Names after_an_overlap_of(sim::Duration overlap) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const std::string first = world.launch("w");
  world.runs(first);
  world.wait(1h);
  world.launch("w");
  world.wait(overlap);
  world.kill(first, world.request(Route::restart, w));
  world.wait(1h);
  return world.violations();
}

TEST(SingleLiveInstance, AHandOverTakesAtMost60Seconds) {
  EXPECT_EQ(after_an_overlap_of(60s), kNone);
  EXPECT_EQ(after_an_overlap_of(60s + 1us), kTwoLive);
}

TEST(SingleLiveInstance, IsBrokenWhenTheOldInstanceIsNeverStopped) {
  // Every stop is refused; the restart goes on without it.
  const Outcome outcome = play_under("post-1556", R"(
    "horizon": "10m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "0s", "for": "10m"}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/restart"}])");
  EXPECT_EQ(violations(outcome), (Names{"terminate-failure-recorded of w", kTwoLive.front(), "no-orphan of w"}));
}

TEST(SingleLiveInstance, HoldsWhenTheThirdAttemptStopsIt) {
  const Outcome outcome = play_under("post-1556", R"(
    "horizon": "10m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "nth": [1, 2]}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/restart"}])");
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(SingleLiveInstance, WhatIsShuttingDownDoesNotCount) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const std::string first = world.launch("w");
  world.kill(first, world.request(Route::restart, w));
  world.launch("w");
  world.wait(1h);
  EXPECT_EQ(world.violations(), kNone);
}

// --- answers-are-true ---------------------------------------------------------------------------

const Names kLie{"answers-are-true of w"};

/// The database refuses the status write of a restart.
constexpr std::string_view kRefusedWrite = R"(
  "horizon": "1m", "workspaces": [{"id": "w"}],
  "faults": [{"on": "db.write", "workspace": "w", "error": "reset", "at": "5s"}],
  "steps": [{"at": "10s", "id": "go", "request": "POST /workspaces/w/restart"}])";

TEST(AnswersAreTrue, IsBrokenByARestartThatDoesNotLookAtItsWrite) {
  const Outcome outcome = play_under("april-2026", kRefusedWrite);
  EXPECT_EQ(response(outcome, "go").status, 200);
  EXPECT_EQ(response(outcome, "go").body["status"], "provisioning");
  ASSERT_FALSE(outcome.violations.empty());
  EXPECT_EQ(outcome.violations.front().invariant, "answers-are-true");
}

TEST(AnswersAreTrue, HoldsForOneThatDoes) {
  const Outcome outcome = play_under("post-1556", kRefusedWrite);
  EXPECT_EQ(response(outcome, "go").status, 500);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(AnswersAreTrue, ARefusalHasChangedNothing) {
  for (const auto& [status, expected] : {std::pair{404, kLie}, std::pair{409, kLie}, std::pair{503, kLie},
                                         std::pair{500, kNone}, std::pair{200, kNone}}) {
    Onlooker world;
    const WorkspaceKey w = world.workspace("w");
    const auto request = world.request(Route::restart, w);
    world.write_status(w, Status::provisioning, request);
    world.answer(request, status);
    EXPECT_EQ(world.violations(), expected) << status;
  }
}

TEST(AnswersAreTrue, ARefusalMayBeFollowedByAChange) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const auto request = world.request(Route::restart, w);
  world.answer(request, 409);
  world.write_status(w, Status::provisioning, request);
  EXPECT_EQ(world.violations(), kNone);
}

TEST(AnswersAreTrue, SavedMeansThatSomethingWas) {
  Onlooker lied;
  lied.answer(lied.request(Route::secret_put, lied.workspace("w")), 200, "saved");
  EXPECT_EQ(lied.violations(), kLie);

  Onlooker saved;
  const WorkspaceKey w = saved.workspace("w");
  const auto request = saved.request(Route::secret_put, w);
  saved.save_secret(w, request);
  saved.answer(request, 200, "saved");
  EXPECT_EQ(saved.violations(), kNone);
}

TEST(AnswersAreTrue, AStatusIsTheRowsWhenTheAnswerIsGiven) {
  for (const auto& [row, expected] : {std::pair{Status::provisioning, kNone}, std::pair{Status::online, kLie}}) {
    Onlooker world;
    const WorkspaceKey w = world.workspace("w", row);
    world.answer(world.request(Route::restart, w), 200, "provisioning");
    EXPECT_EQ(world.violations(), expected);
  }
}

TEST(AnswersAreTrue, CallsThroughTheProxyAreNotJudged) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const auto request = world.request(Route::a2a, w);
  world.write_status(w, Status::offline, request);
  world.answer(request, 503);
  EXPECT_EQ(world.violations(), kNone);
}

}  // namespace
}  // namespace drydock::test
