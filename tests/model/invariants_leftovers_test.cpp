// no-orphan: every instance is somebody's. bounded-work: deadlines are kept, and the sweeper comes
// round.

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

// --- no-orphan ----------------------------------------------------------------------------------

const Names kOrphan{"no-orphan of w"};

Names orphans(const Outcome& outcome) { return of("no-orphan", violations(outcome)); }

/// Stops are refused for a minute, and in that minute there is this request.
Outcome in_a_bad_minute(const std::string& preset, const std::string& request, const Settings& set = {}) {
  return play_under(preset,
                    R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "0s", "for": "1m"}],
    "steps": [{"at": "10s", "id": "go", "request": ")" +
                        request + R"("}])",
                    set);
}

TEST(NoOrphan, IsBrokenByADeleteThatNobodyTriesAgain) {
  EXPECT_EQ(orphans(in_a_bad_minute("pre-2989", "DELETE /workspaces/w?confirm=true")), kOrphan);
}

TEST(NoOrphan, HoldsWhereTheSweeperDoes) {
  const Outcome outcome = in_a_bad_minute("post-2989", "DELETE /workspaces/w?confirm=true");
  EXPECT_EQ(orphans(outcome), kNone);
  EXPECT_EQ(count(outcome, "sweep.reaped", "w"), 1U);
}

TEST(NoOrphan, IsBrokenByAPauseWhoseStopFailed) {
  EXPECT_EQ(orphans(in_a_bad_minute("spring-2026", "POST /workspaces/w/pause")), kOrphan);
}

TEST(NoOrphan, IsBrokenByHibernatingWithoutAStop) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/hibernate"}])");
  EXPECT_EQ(orphans(outcome), kOrphan);
}

TEST(NoOrphan, IsBrokenByARestartThatProceedsAndHoldsForAFence) {
  EXPECT_EQ(orphans(in_a_bad_minute("spring-2026", "POST /workspaces/w/restart")), kOrphan);
  EXPECT_EQ(orphans(in_a_bad_minute("spring-2026", "POST /workspaces/w/restart", {{"restart.stop_failure", "fence"}})),
            kNone);
}

TEST(NoOrphan, IsBrokenWhereTheRowGoesBeforeTheInstanceAndTheReaperMendsThat) {
  // A 503 counts as stopped, so the purge goes on and nothing is left to sweep by.
  const std::string purge = "DELETE /workspaces/w?confirm=true&purge=true";
  const Settings blind{{"stop.checks_status", "off"}};
  const Outcome outcome = in_a_bad_minute("spring-2026", purge, blind);
  EXPECT_EQ(response(outcome, "go").body["status"], "purged");
  EXPECT_EQ(orphans(outcome), kOrphan);

  const Settings reaped{{"stop.checks_status", "off"}, {"sweeper.row_gone.enabled", "on"}};
  EXPECT_EQ(orphans(in_a_bad_minute("spring-2026", purge, reaped)), kNone);
}

/// At the end the row has this status, and names the instance, which is in this state, or another.
Names left_over(Status status, bool named, cloud::InstanceState state) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", status);
  const std::string id = world.launch("w");
  if (state != cloud::InstanceState::pending) world.runs(id);
  if (state == cloud::InstanceState::terminated) world.dies(id);
  if (!named) world.name_instance(w, "i-another");
  world.seen().ended();
  return of("no-orphan", world.violations());
}

TEST(NoOrphan, OnlyRowsThatWantTheirInstanceCount) {
  for (std::size_t i = 0; i < model::kStatusCount; ++i) {
    const auto status = static_cast<Status>(i);
    const bool wanted = status != Status::removed && status != Status::pending_removal && status != Status::paused &&
                        status != Status::hibernated;
    const Names expected = wanted ? kNone : kOrphan;
    EXPECT_EQ(left_over(status, true, cloud::InstanceState::running), expected) << to_text(status);
    EXPECT_EQ(left_over(status, true, cloud::InstanceState::pending), expected) << to_text(status);
    EXPECT_EQ(left_over(status, false, cloud::InstanceState::running), kOrphan) << to_text(status);
    EXPECT_EQ(left_over(status, true, cloud::InstanceState::terminated), kNone) << to_text(status);
  }
}

TEST(NoOrphan, WithoutARowEveryInstanceIsOne) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const std::string id = world.launch("w");
  world.launch("w");
  world.seen().row_written(w, {}, 0);
  world.seen().ended();
  EXPECT_EQ(of("no-orphan", world.violations()), (Names{"no-orphan of w", "no-orphan of w"}));
}

TEST(NoOrphan, WhatIsShuttingDownIsOnItsWay) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::removed);
  const std::string id = world.launch("w");
  world.kill(id);
  world.seen().ended();
  EXPECT_EQ(of("no-orphan", world.violations()), kNone);
  EXPECT_EQ(world.seen().workspace(w).instances.size(), 1U);
}

// --- bounded-work: the sweeper ------------------------------------------------------------------

const Names kStarved{"bounded-work of old"};

Names unbounded(const Outcome& outcome) { return of("bounded-work", violations(outcome)); }

/// Two leftovers. `new` is deleted later, so its row comes first in every sweep.
Outcome two_leftovers(const std::string& error, const Settings& set) {
  return play_under("post-2989",
                    R"(
    "horizon": "12m",
    "workspaces": [{"id": "old"}, {"id": "new"}],
    "faults": [
      {"name": "first", "on": "cp.stop", "error": "http-503", "from": "0s", "for": "40s"},
      {"name": "stuck", "on": "cp.stop", "workspace": "new", "error": ")" +
                        error + R"(", "from": "40s", "for": "11m"}],
    "steps": [
      {"at": "10s", "request": "DELETE /workspaces/old?confirm=true"},
      {"at": "20s", "request": "DELETE /workspaces/new?confirm=true"}])",
                    set);
}

TEST(BoundedWork, HoldsWhereASweepTakesThemAll) { EXPECT_EQ(unbounded(two_leftovers("http-503", {})), kNone); }

TEST(BoundedWork, IsBrokenByALimitThatAlwaysMeetsTheSameRow) {
  EXPECT_EQ(unbounded(two_leftovers("http-503", {{"sweeper.cp_orphan.limit", "1"}})), kStarved);
}

TEST(BoundedWork, IsBrokenByARowThatEatsEverySweepsDeadline) {
  // The stop of `new` hangs until the sweep's deadline; `old` is never asked to be stopped.
  const Outcome outcome = two_leftovers("timeout", {});
  EXPECT_EQ(count(outcome, "stop.attempt", "old", "CP orphan sweeper"), 1U);  // in calm
  EXPECT_EQ(unbounded(outcome), kStarved);
}

/// Sweeps begin; in those listed the row gets an attempt.
Names sweeps(Status status, const std::string& instance, int times, std::vector<int> attempts) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", status);
  world.launch("w");
  world.name_instance(w, instance);
  for (int i = 1; i <= times; ++i) {
    world.seen().orphan_sweep_began(world.event(model::kind::sweep_tick));
    if (std::find(attempts.begin(), attempts.end(), i) != attempts.end()) world.stopped(w, "i-1", false);
  }
  return of("bounded-work", world.violations());
}

TEST(BoundedWork, ARemovedRowGetsItsTurnInAnyThreeSweeps) {
  const Names broken{"bounded-work of w"};
  EXPECT_EQ(sweeps(Status::removed, "i-1", 3, {}), kNone);
  EXPECT_EQ(sweeps(Status::removed, "i-1", 4, {}), broken);  // three have gone by
  EXPECT_EQ(sweeps(Status::removed, "i-1", 6, {3}), kNone);
  EXPECT_EQ(sweeps(Status::removed, "i-1", 7, {3}), broken);
  EXPECT_EQ(sweeps(Status::removed, "", 9, {}), kNone);
  for (const Status other : {Status::pending_removal, Status::paused, Status::online})
    EXPECT_EQ(sweeps(other, "i-1", 9, {}), kNone) << to_text(other);
}

TEST(BoundedWork, AStopOfAnotherRowIsNotItsTurn) {
  Onlooker world;
  world.workspace("w", Status::removed);
  world.launch("w");
  const WorkspaceKey other = world.workspace("other");
  const std::string id = world.launch("other");
  for (int i = 0; i < 4; ++i) {
    world.seen().orphan_sweep_began(0);
    world.stopped(other, id, true);
  }
  EXPECT_EQ(of("bounded-work", world.violations()), Names{"bounded-work of w"});
}

TEST(BoundedWork, AProcessThatStartsBeginsToCountAnew) {
  Onlooker world;
  world.workspace("w", Status::removed);
  world.launch("w");
  for (int i = 0; i < 6; ++i) {
    if (i == 3) world.seen().process_started();
    world.seen().orphan_sweep_began(0);
  }
  EXPECT_EQ(of("bounded-work", world.violations()), kNone);
}

// --- bounded-work: deadlines --------------------------------------------------------------------

Names ends_after(sim::Duration deadline, sim::Duration end, bool at_all = true) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const auto operation = world.begin("test", w, world.now() + deadline);
  world.wait(end);
  if (at_all) world.seen().operation_ended(operation);
  world.seen().ended();
  return of("bounded-work", world.violations());
}

TEST(BoundedWork, AnOperationEndsWithinItsDeadlineAndOneCall) {
  const Names broken{"bounded-work of w"};
  EXPECT_EQ(ends_after(30s, 150s), kNone);
  EXPECT_EQ(ends_after(30s, 150s + 1us), broken);
  // One that has not ended by the end of calm is judged there.
  EXPECT_EQ(ends_after(30s, 150s, false), kNone);
  EXPECT_EQ(ends_after(30s, 150s + 1us, false), broken);
}

TEST(BoundedWork, WithoutADeadlineItMayTakeForever) {
  Onlooker world;
  const auto operation = world.begin("test", world.workspace("w"));
  world.wait(100h);
  world.seen().operation_ended(operation);
  EXPECT_EQ(of("bounded-work", world.violations()), kNone);
}

TEST(BoundedWork, WhatACrashCutOffIsNotJudged) {
  Onlooker world;
  const auto operation = world.begin("test", world.workspace("w"), world.now() + 1s);
  world.seen().process_started();
  world.wait(1h);
  world.seen().operation_ended(operation);
  world.seen().ended();
  EXPECT_EQ(of("bounded-work", world.violations()), kNone);
}

TEST(BoundedWork, HoldsForADeleteWhoseStopsHang) {
  // What the same does to a sweeper is above.
  const Settings kNoSweeper{{"sweeper.cp_orphan.enabled", "off"}};
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "10m",
    "workspaces": [{"id": "w"}, {"id": "a", "parent": "w"}, {"id": "b", "parent": "w"}],
    "faults": [{"on": "cp.stop", "error": "timeout", "from": "0s", "for": "5m"}],
    "steps": [{"at": "10s", "id": "go", "request": "DELETE /workspaces/w?confirm=true"}])",
                                     kNoSweeper);
  EXPECT_EQ(response(outcome, "go").status, 500);
  EXPECT_LE(response(outcome, "go").at - sim::kTimeZero, 10s + 30s + 1s);
  EXPECT_EQ(unbounded(outcome), kNone);
}

}  // namespace
}  // namespace drydock::test
