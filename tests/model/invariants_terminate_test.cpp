// terminate-failure-recorded: who gives a terminate up leaves a durable row behind that says so.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/findings.hpp"
#include "tests/support/onlooker.hpp"
#include "tests/support/play.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using model::Status;
using model::WorkspaceKey;

const Names kUnrecorded{"terminate-failure-recorded of w"};

Names unrecorded(Names all) { return of("terminate-failure-recorded", std::move(all)); }

// --- by the mechanism ---------------------------------------------------------------------------

/// The control plane refuses every stop of the first three minutes, and there is this request.
Outcome with_failing_stops(const std::string& preset, const std::string& request, const Settings& set = {},
                           const std::string& faults = "") {
  return play_under(preset,
                    R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "0s", "for": "3m"})" +
                        faults + R"(],
    "steps": [{"at": "10s", "id": "go", "request": ")" +
                        request + R"("}])",
                    set);
}

constexpr const char* kDelete = "DELETE /workspaces/w?confirm=true";
constexpr const char* kRestart = "POST /workspaces/w/restart";

TEST(TerminateFailureRecorded, IsBrokenByADeleteThatGivesUpSilently) {
  EXPECT_EQ(unrecorded(violations(with_failing_stops("pre-1932", kDelete))), kUnrecorded);
  const Settings retry{{"delete.stop", "retry"}};
  EXPECT_EQ(unrecorded(violations(with_failing_stops("pre-1932", kDelete, retry))), kUnrecorded);
}

TEST(TerminateFailureRecorded, HoldsWithTheEventOfADelete) {
  const Outcome outcome = with_failing_stops("post-1932", kDelete);
  EXPECT_EQ(response(outcome, "go").status, 500);
  EXPECT_EQ(count(outcome, "structure_event", "w", "workspace.delete.terminate_retry_exhausted"), 1U);
  EXPECT_EQ(violations(outcome), kNone);
}

/// Found by an exhaustive search (docs/proofs.md, #1932): the sweeper is quicker than the third attempt.
TEST(TerminateFailureRecorded, HoldsWhereTheSweeperTerminatesWhatTheDeleteCouldNot) {
  const Outcome outcome = play_under("post-1932", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "0s", "for": "59500ms"}],
    "steps": [{"at": "58s", "id": "go", "request": "DELETE /workspaces/w?confirm=true"}])");
  EXPECT_EQ(response(outcome, "go").status, 200);
  EXPECT_EQ(count(outcome, "stop.failed", "w"), 2U);
  EXPECT_EQ(count(outcome, "sweep.reaped", "w"), 1U);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(TerminateFailureRecorded, IsBrokenWhereTheEventCannotBeInserted) {
  const Outcome outcome = with_failing_stops(
      "post-1932", kDelete, {}, R"(, {"on": "db.write", "error": "reset", "when": {"event": "stop.exhausted"}})");
  EXPECT_EQ(response(outcome, "go").status, 500);
  EXPECT_EQ(unrecorded(violations(outcome)), kUnrecorded);
}

TEST(TerminateFailureRecorded, IsBrokenWhereTheDeadlineEndsTheInsertToo) {
  // The event's INSERT runs in the context that has just ended (docs/platform.md §10.2).
  const Outcome outcome = play_under("post-1932", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "timeout", "from": "0s", "for": "1m"}],
    "steps": [{"at": "10s", "id": "go", "request": "DELETE /workspaces/w?confirm=true"}])");
  EXPECT_EQ(response(outcome, "go").status, 500);
  EXPECT_EQ(count(outcome, "structure_event", "w", "terminate"), 0U);
  EXPECT_EQ(unrecorded(violations(outcome)), kUnrecorded);
}

TEST(TerminateFailureRecorded, HoldsWhereALaterAttemptSucceeds) {
  const Outcome outcome = play_under("post-1932", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "nth": [1, 2]}],
    "steps": [{"at": "10s", "request": "DELETE /workspaces/w?confirm=true"}])");
  EXPECT_EQ(count(outcome, "stop.failed"), 2U);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(TerminateFailureRecorded, HoldsForWhatTheOutboxOwes) {
  const Outcome outcome = with_failing_stops("spring-2026", kDelete, {{"delete.order", "durable_outbox"}});
  EXPECT_EQ(response(outcome, "go").status, 202);
  EXPECT_GT(count(outcome, "stop.failed"), 5U);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(TerminateFailureRecorded, IsBrokenByARestartThatProceeds) {
  EXPECT_EQ(unrecorded(violations(with_failing_stops("post-1932", kRestart))), kUnrecorded);
}

TEST(TerminateFailureRecorded, HoldsForARestartThatFencesOrGivesBack) {
  for (const char* then : {"fence", "abort_and_restore"}) {
    const Outcome outcome = with_failing_stops("post-1932", kRestart, {{"restart.stop_failure", then}});
    EXPECT_EQ(count(outcome, "stop.exhausted"), 1U);
    EXPECT_EQ(unrecorded(violations(outcome)), kNone) << then;
  }
}

TEST(TerminateFailureRecorded, IsBrokenByAPauseThatGoesOn) {
  EXPECT_EQ(unrecorded(violations(with_failing_stops("spring-2026", "POST /workspaces/w/pause"))), kUnrecorded);
}

TEST(TerminateFailureRecorded, ASweepersTickIsNotGivingUp) {
  const Outcome outcome = play_under("post-2989", R"(
    "horizon": "5m", "workspaces": [{"id": "w", "status": "removed", "instance": "running"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "0s", "for": "3m"}])");
  EXPECT_GE(count(outcome, "stop.failed"), 3U);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(TerminateFailureRecorded, ACrashCutsAnOperationOffAndEndsNone) {
  const Outcome outcome =
      with_failing_stops("post-1932", kRestart, {}, R"(, {"on": "process.platform", "error": "crash", "at": "11s"})");
  EXPECT_GE(count(outcome, "stop.failed"), 1U);
  EXPECT_EQ(count(outcome, "stop.exhausted"), 0U);
  EXPECT_EQ(unrecorded(violations(outcome)), kNone);
}

// --- by hand ------------------------------------------------------------------------------------

/// An operation on w, within which a stop of w's instance failed.
struct Failed : Onlooker {
  explicit Failed(bool recurs = false)
      : w(workspace("w")), id(launch("w")), operation(begin("test", w, sim::kNever, recurs)) {
    stopped(w, id, false);
  }
  /// It ends; what is broken then?
  Names end() {
    seen().operation_ended(operation);
    return unrecorded(violations());
  }
  WorkspaceKey w;
  std::string id;
  std::uint64_t operation;
};

TEST(TerminateFailureRecorded, NothingCommittedBreaksItWhenTheOperationEnds) {
  Failed world;
  EXPECT_EQ(world.violations(), kNone);
  EXPECT_EQ(world.end(), kUnrecorded);
  EXPECT_EQ(world.seen().violations().front().instance, world.name(world.id));
}

TEST(TerminateFailureRecorded, AnEventWhoseTypeSaysTerminateIsEnoughAndAnotherIsNot) {
  Failed says;
  says.seen().structure_event(says.w, "workspace.delete.terminate_retry_exhausted", 0);
  EXPECT_EQ(says.end(), kNone);

  for (const char* type : {"WORKSPACE_REMOVED", "WORKSPACE_PROVISION_FAILED", "stop_failed"}) {
    Failed other;
    other.seen().structure_event(other.w, type, 0);
    EXPECT_EQ(other.end(), kUnrecorded) << type;
  }
}

TEST(TerminateFailureRecorded, AStatusIsNoRecord) {
  Failed world;
  world.write_status(world.w, Status::removed);
  EXPECT_EQ(world.end(), kUnrecorded);
}

TEST(TerminateFailureRecorded, AnEventNamesTheInstanceThatTheRowPointsAt) {
  Failed moved;
  moved.name_instance(moved.w, "i-another");
  moved.seen().structure_event(moved.w, "workspace.delete.terminate_retry_exhausted", 0);
  EXPECT_EQ(moved.end(), kUnrecorded);

  Failed cleared;
  cleared.name_instance(cleared.w, "");
  cleared.seen().structure_event(cleared.w, "workspace.delete.terminate_retry_exhausted", 0);
  EXPECT_EQ(cleared.end(), kUnrecorded);

  Failed elsewhere;
  const WorkspaceKey other = elsewhere.workspace("other");
  elsewhere.seen().structure_event(other, "workspace.delete.terminate_retry_exhausted", 0);
  EXPECT_EQ(elsewhere.end(), kUnrecorded);
}

TEST(TerminateFailureRecorded, ARowThatNamesTheInstanceIsEnoughWhateverTheWorkspaceNames) {
  Failed named;
  named.name_instance(named.w, "i-another");
  named.seen().terminate_recorded(named.w, named.name(named.id));
  EXPECT_EQ(named.end(), kNone);

  Failed another;
  another.seen().terminate_recorded(another.w, another.name("i-another"));
  EXPECT_EQ(another.end(), kUnrecorded);
}

TEST(TerminateFailureRecorded, WhatWasCommittedBeforeTheFailureIsNotBecauseOfIt) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const std::string id = world.launch("w");
  const auto operation = world.begin("test", w);
  world.seen().structure_event(w, "workspace.delete.terminate_retry_exhausted", 0);
  world.stopped(w, id, false);
  world.seen().operation_ended(operation);
  EXPECT_EQ(unrecorded(world.violations()), kUnrecorded);
}

TEST(TerminateFailureRecorded, ASuccessAfterwardsOwesNothing) {
  Failed world;
  world.stopped(world.w, world.id, true);
  EXPECT_EQ(world.end(), kNone);
}

TEST(TerminateFailureRecorded, ASuccessOnAnotherInstanceStillOwesTheFirst) {
  Failed world;
  world.stopped(world.w, world.launch("w"), true);
  EXPECT_EQ(world.end(), kUnrecorded);
}

TEST(TerminateFailureRecorded, AFailureAfterTheRecordIsOwedAnew) {
  Failed world;
  world.seen().structure_event(world.w, "workspace.delete.terminate_retry_exhausted", 0);
  world.stopped(world.w, world.id, false);
  EXPECT_EQ(world.end(), kUnrecorded);
}

TEST(TerminateFailureRecorded, WhatRecursGivesNothingUp) {
  Failed world(true);
  EXPECT_EQ(world.end(), kNone);
}

TEST(TerminateFailureRecorded, EachOperationAnswersForItsOwn) {
  Failed world;
  const auto next = world.begin("next", world.w);
  world.seen().operation_ended(next);
  EXPECT_EQ(unrecorded(world.violations()), kNone);
  EXPECT_EQ(world.end(), kUnrecorded);
}

TEST(TerminateFailureRecorded, OutsideOfAnOperationNobodyGivesUp) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.stopped(w, world.launch("w"), false);
  world.seen().operation_ended(world.begin("later", w));
  EXPECT_EQ(unrecorded(world.violations()), kNone);
}

TEST(TerminateFailureRecorded, AFailureBeforeTheInstanceIsKnownIsOfTheOneThatTheRowNames) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.launch("w");
  const auto operation = world.begin("test", w);
  world.seen().stop_returned(w, sim::Name::none, false, 0);
  world.seen().operation_ended(operation);
  EXPECT_EQ(unrecorded(world.violations()), kUnrecorded);

  Onlooker nothing;
  const WorkspaceKey v = nothing.workspace("w");
  const auto other = nothing.begin("test", v);
  nothing.seen().stop_returned(v, sim::Name::none, false, 0);
  nothing.seen().operation_ended(other);
  EXPECT_EQ(unrecorded(nothing.violations()), kNone);
}

TEST(TerminateFailureRecorded, AProcessThatStartsOwesNothing) {
  Failed world;
  world.seen().process_started();
  EXPECT_EQ(world.end(), kNone);
}

}  // namespace
}  // namespace drydock::test
