// no-state-loss: what an agent wrote is in a snapshot before its volume goes, and comes back with
// the next instance.

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

const Names kLoss{"no-state-loss of w"};

Names losses(Names all) { return of("no-state-loss", std::move(all)); }

// --- by the mechanism ---------------------------------------------------------------------------

/// Every backup is refused; the first request is this one.
Outcome with_refused_backups(const std::string& preset, const std::string& request, const std::string& as = "user",
                             const Settings& set = {}) {
  const std::string body = R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.backup", "error": "SnapshotCreationPerVolumeRateExceeded",
                "from": "0s", "for": "5m"}],
    "steps": [{"at": "1m", "id": "go", "request": ")" +
                           request + R"(", "as": ")" + as + R"("}])";
  return play_under(preset, body, set);
}

TEST(NoStateLoss, IsBrokenByARestartThatGoesOnWithoutItsBackup) {
  const Outcome outcome = with_refused_backups("pre-1990", "POST /workspaces/w/restart");
  EXPECT_EQ(response(outcome, "go").status, 200);
  EXPECT_EQ(losses(violations(outcome)), kLoss);
  EXPECT_GT(outcome.metrics.at("lost_writes"), 0);
}

TEST(NoStateLoss, HoldsWhereTheRefusedBackupRefusesTheRestart) {
  const Outcome outcome = with_refused_backups("post-1990", "POST /workspaces/w/restart");
  EXPECT_EQ(response(outcome, "go").status, 503);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(NoStateLoss, IsBrokenByAPauseAsWell) {
  EXPECT_EQ(losses(violations(with_refused_backups("pre-1991", "POST /workspaces/w/pause"))), kLoss);
  EXPECT_EQ(losses(violations(with_refused_backups("spring-2026", "POST /workspaces/w/pause"))), kNone);
}

TEST(NoStateLoss, HoldsWhereTheBackupIsAccepted) {
  const Outcome outcome = play_under("pre-1990", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "steps": [{"at": "1m", "request": "POST /workspaces/w/restart"}])");
  EXPECT_EQ(count(outcome, "backup.attempt"), 1U);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(NoStateLoss, HoldsWhereTheVolumeSurvivesOrThereIsNone) {
  for (const char* storage : {"persistent_volume_reattach", "stateless"}) {
    const Outcome outcome =
        with_refused_backups("pre-1990", "POST /workspaces/w/restart", "user", {{"backup.storage", storage}});
    EXPECT_EQ(response(outcome, "go").status, 200);
    EXPECT_EQ(violations(outcome), kNone) << storage;
  }
}

TEST(NoStateLoss, ExceptsAClientsDelete) {
  const Outcome outcome = with_refused_backups("pre-1990", "DELETE /workspaces/w?confirm=true&purge=true");
  EXPECT_EQ(response(outcome, "go").status, 200);
  EXPECT_EQ(losses(violations(outcome)), kNone);
}

TEST(NoStateLoss, ExceptsWhatOperationsOptedInto) {
  const std::string both = "POST /workspaces/w/restart?force_terminate=true&accept_state_loss=true";
  const Outcome outcome = with_refused_backups("post-1990", both, "ops");
  EXPECT_EQ(response(outcome, "go").status, 200);
  EXPECT_EQ(count(outcome, "provision.ec2_stopped"), 1U);
  EXPECT_EQ(violations(outcome), kNone);
  // With one of them it is a plain restart, and under the old policy that loses the state.
  const std::string one = "POST /workspaces/w/restart?force_terminate=true";
  EXPECT_EQ(losses(violations(with_refused_backups("pre-1990", one, "ops"))), kLoss);
}

// --- by hand ------------------------------------------------------------------------------------

/// A workspace whose instance has been up since before time zero, on a volume that ends with it.
struct Lineage : Onlooker {
  Lineage() : w(workspace("w")) {
    cloud::RunInstancesRequest launch;
    launch.workspace = "w";
    launch.data_volume.emplace().delete_on_termination = true;
    id = ec2().seed_running(std::move(launch), now() - 10min).id;
    name_instance(w, id);
    wait(1h);
  }

  [[nodiscard]] const cloud::Volume& volume() { return *ec2().data_volume(name(id)); }
  void write() { ec2().guest_wrote(name(id), now()); }
  std::string snapshot(bool divergent = false) {
    cloud::CreateSnapshotRequest request{.volume_id = volume().id, .divergent = divergent};
    return await(ec2().create_snapshot({}, std::move(request))).id;
  }
  void complete() { wait(1min); }
  void terminate(std::uint32_t cause = 0) { await(ec2().terminate_instances({}, {id}), cause); }
  /// The next instance of the workspace boots from this snapshot; from nothing when it is empty.
  void launch_from(const std::string& source, const std::string& alias = "w") {
    cloud::RunInstancesRequest launch;
    launch.workspace = alias;
    launch.client_token = "token-" + std::to_string(++launches);
    launch.data_volume.emplace().snapshot_id = source;
    launch.data_volume->delete_on_termination = true;
    const auto request = event(model::kind::provision_start);
    await(ec2().run_instances({}, std::move(launch)), request);
  }
  [[nodiscard]] Names lost() const { return losses(violations()); }

  WorkspaceKey w;
  std::string id;
  int launches = 0;
};

TEST(NoStateLoss, AWriteThatNoSnapshotHasIsLost) {
  Lineage world;
  world.write();
  world.snapshot();
  world.wait(1us);
  world.terminate();
  EXPECT_EQ(world.lost(), kNone);
  EXPECT_EQ(world.seen().lost_writes(), 0);

  Lineage after;
  after.snapshot();
  after.write();
  after.wait(1us);
  after.terminate();
  EXPECT_EQ(after.lost(), kLoss);
  EXPECT_EQ(after.seen().lost_writes(), 1);
}

TEST(NoStateLoss, AVolumeThatNobodyWroteToHoldsNothing) {
  Lineage world;
  world.terminate();
  EXPECT_EQ(world.lost(), kNone);
}

TEST(NoStateLoss, APendingSnapshotContainsItAndAFailedOneDoesNot) {
  Lineage world;
  world.write();
  world.snapshot();
  world.ec2().fail_pending_snapshots(world.name("w"));
  world.wait(1us);
  world.terminate();
  EXPECT_EQ(world.lost(), kLoss);

  Lineage later;
  later.write();
  later.snapshot();
  later.terminate();
  later.ec2().fail_pending_snapshots(later.name("w"));
  later.wait(1h);
  EXPECT_EQ(later.lost(), kNone);  // nobody could know when it was stopped
}

TEST(NoStateLoss, ADivergentSnapshotSavesAsWell) {
  Lineage world;
  world.write();
  world.snapshot(true);
  world.wait(1us);
  world.terminate();
  EXPECT_EQ(world.lost(), kNone);
}

/// A write so long before its stop's backup was asked for (after it, when negative), and a backup
/// that came to nothing.
Names write_before_the_backup(sim::Duration before) {
  Lineage world;
  const auto restart = world.request(Route::restart, world.w);
  if (before >= 0s) world.write();
  world.wait(before < 0s ? 0s : before);
  const auto asked = world.event_of(world.id, model::kind::backup_attempt, restart);
  if (before < 0s) {
    world.wait(-before);
    world.write();
  }
  world.wait(1min);
  world.terminate(world.event(model::kind::stop_attempt, asked));
  EXPECT_EQ(world.seen().lost_writes(), 1);
  return world.lost();
}

TEST(NoStateLoss, WritesInsideTheBackupWindowAreCountedAndNotJudged) {
  EXPECT_EQ(write_before_the_backup(1us), kLoss);
  EXPECT_EQ(write_before_the_backup(0s), kNone);
  EXPECT_EQ(write_before_the_backup(-1us), kNone);
}

TEST(NoStateLoss, TheBackupOfAnotherInstanceIsNotThisStops) {
  Lineage world;
  const auto restart = world.request(Route::restart, world.w);
  const auto asked = world.event_of("i-another", model::kind::backup_attempt, restart);
  world.wait(1s);
  world.write();
  world.wait(1s);
  world.terminate(world.event(model::kind::stop_attempt, asked));
  EXPECT_EQ(world.lost(), kLoss);
}

TEST(NoStateLoss, TheBackupOfAnEarlierRequestIsNotThisStops) {
  Lineage world;
  const auto asked = world.event_of(world.id, model::kind::backup_attempt);
  world.wait(1s);
  world.write();
  world.wait(1s);
  const auto request = world.event(model::kind::http_request, asked);
  model::Request next;
  next.route = Route::pause;
  next.workspace = world.w;
  next.event = request;
  world.seen().request_arrived(next);
  world.terminate(request);
  EXPECT_EQ(world.lost(), kLoss);
}

TEST(NoStateLoss, AHostThatDiesIsNoActor) {
  Lineage world;
  world.write();
  world.wait(1s);
  world.ec2().kill(world.name("w"));
  world.wait(1s);
  EXPECT_EQ(world.lost(), kNone);
  EXPECT_EQ(world.seen().lost_writes(), 1);
}

TEST(NoStateLoss, ExceptsRowsThatAreRemovedOrGone) {
  for (const Status status : {Status::removed, Status::pending_removal}) {
    Lineage world;
    world.write();
    world.wait(1s);
    world.write_status(world.w, status);
    world.terminate();
    EXPECT_EQ(world.lost(), kNone);
    EXPECT_EQ(world.seen().lost_writes(), 0);
  }
  Lineage gone;
  gone.write();
  gone.wait(1s);
  gone.seen().row_written(gone.w, {}, 0);
  gone.terminate();
  EXPECT_EQ(gone.lost(), kNone);

  Lineage paused;
  paused.write();
  paused.wait(1s);
  paused.write_status(paused.w, Status::paused);
  paused.terminate();
  EXPECT_EQ(paused.lost(), kLoss);
}

Names stopped_by(std::initializer_list<const char*> parameters, bool as_ops, sim::Kind between) {
  Lineage world;
  world.write();
  world.wait(1s);
  const auto request = world.ask(Route::restart, world.w, parameters, as_ops);
  world.terminate(world.event(between, request));
  return world.lost();
}

TEST(NoStateLoss, TheOptInIsBothParametersByOperations) {
  const auto direct = model::kind::stop_attempt;
  EXPECT_EQ(stopped_by({"force_terminate", "accept_state_loss"}, true, direct), kNone);
  EXPECT_EQ(stopped_by({"force_terminate", "accept_state_loss"}, false, direct), kLoss);
  EXPECT_EQ(stopped_by({"force_terminate"}, true, direct), kLoss);
  EXPECT_EQ(stopped_by({"accept_state_loss"}, true, direct), kLoss);
}

TEST(NoStateLoss, WhatTheOptedInRestartSetsOffLaterHasNoOptIn) {
  // Its trailing probe finds the next instance dead and starts a cycle: nobody opted into that.
  EXPECT_EQ(stopped_by({"force_terminate", "accept_state_loss"}, true, model::kind::restart_triggered), kLoss);
}

// --- what the next instance boots from ----------------------------------------------------------

TEST(NoStateLoss, BootingFromAnOlderSnapshotIsALoss) {
  for (const bool newest : {true, false}) {
    Lineage world;
    const std::string first = world.snapshot();
    world.complete();
    const std::string second = world.snapshot();
    world.complete();
    world.launch_from(newest ? second : first);
    EXPECT_EQ(world.lost(), newest ? kNone : kLoss);
  }
}

TEST(NoStateLoss, SoIsAnEmptyVolumeWhereThereIsASnapshot) {
  Lineage none;
  none.launch_from("");
  EXPECT_EQ(none.lost(), kNone);

  Lineage one;
  one.snapshot();
  one.complete();
  one.launch_from("");
  EXPECT_EQ(one.lost(), kLoss);
}

TEST(NoStateLoss, TheNewestMayStillBePending) {
  Lineage world;
  const std::string first = world.snapshot();
  world.complete();
  world.snapshot();
  world.launch_from(first);
  EXPECT_EQ(world.lost(), kLoss);
}

TEST(NoStateLoss, ADivergentOrFailedSnapshotIsPassedOver) {
  for (const bool divergent : {true, false}) {
    Lineage world;
    const std::string first = world.snapshot();
    world.complete();
    world.snapshot(divergent);
    if (!divergent) world.ec2().fail_pending_snapshots(world.name("w"));
    world.launch_from(first);
    EXPECT_EQ(world.lost(), kNone) << divergent;
  }
}

TEST(NoStateLoss, BootingFromADivergentSnapshotIsALoss) {
  Lineage world;
  world.snapshot();
  world.complete();
  const std::string divergent = world.snapshot(true);
  world.complete();
  world.launch_from(divergent);
  EXPECT_EQ(world.lost(), kLoss);
}

TEST(NoStateLoss, AnotherLineagesSnapshotsDoNotMatter) {
  Lineage world;
  world.workspace("other");
  world.snapshot();
  world.complete();
  world.launch_from("", "other");
  EXPECT_EQ(world.lost(), kNone);
}

}  // namespace
}  // namespace drydock::test
