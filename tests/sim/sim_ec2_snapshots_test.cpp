#include <gtest/gtest.h>

#include <string>

#include "tests/sim/storage_support.hpp"

namespace drydock::cloud {
namespace {

using sim::FaultPoint;
using sim::kTimeZero;
using sim::Name;

const std::string kCreate = "ec2.CreateSnapshot";

Profile limited(SnapshotLimit limit, std::uint32_t pending = 1000) {
  Profile profile = fixed_profile();
  profile.snapshot_limit = limit;
  profile.pending_snapshots = pending;
  return profile;
}

Profile unlimited() { return limited({SnapshotLimit::Kind::none, 0, 0s}); }

// --- CreateSnapshot: docs/cloud.md §2.3 --------------------------------------------------------

TEST(CreateSnapshot, AnswersPendingAndCompletesLater) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  const SnapshotAnswer& answer = region.snapshot(instance.data_volume->id);
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  EXPECT_EQ(answer.at, sim::Duration{1s});
  EXPECT_EQ(answer.value().state, SnapshotState::pending);
  EXPECT_EQ(answer.value().volume_id, instance.data_volume->id);
  EXPECT_EQ(answer.value().workspace, "w1");
  EXPECT_EQ(answer.value().started, kTimeZero + 1s);
  EXPECT_FALSE(answer.value().divergent);
  EXPECT_EQ(region.states(sim::Kind::snapshot_state), (Log{"none>pending at 1", "pending>completed at 21"}));
  const Snapshot& snapshot = region.ec2.snapshots().front();
  EXPECT_EQ(snapshot.id, answer.value().id);
  EXPECT_EQ(region.record.text(snapshot.name), snapshot.id);
  EXPECT_EQ(region.record.text(snapshot.workspace), "w1");
  EXPECT_EQ(snapshot.volume, instance.data_volume);
  EXPECT_EQ(snapshot.started, kTimeZero + 1s);
  EXPECT_EQ(snapshot.completed, kTimeZero + 21s);
  EXPECT_EQ(snapshot.id.size(), 22U);
  EXPECT_TRUE(snapshot.id.starts_with("snap-"));
}

// docs/cloud.md §1.6: a decision of the lineage.
TEST(CreateSnapshot, ItsLatencyAndItsDurationAreDecisions) {
  Profile profile = fixed_profile();
  profile.snapshot = {20s, 40s};
  profile.api_latency = {{1s, 1s}, {{"CreateSnapshot", {1s, 3s}}}};
  StorageRegion region{profile,
                       sim::tape_of({{"w1/ec2.CreateSnapshot.latency", 1, 8}, {"w1/ec2.snapshot.duration", 1, 8}})};
  const Instance& instance = region.seeded("w1");
  region.snapshot(instance.data_volume->id);
  region.rig.run();
  EXPECT_EQ(region.states(sim::Kind::snapshot_state), (Log{"none>pending at 3", "pending>completed at 43"}));
  EXPECT_TRUE(region.rig.choices.misaligned().empty());
}

TEST(CreateSnapshot, WhenDrawnDelaysAreCutItCompletesInTypicalTime) {
  Profile profile = fixed_profile();
  profile.snapshot = {20s, 40s};
  StorageRegion region{profile, sim::tape_of({{"w1/ec2.snapshot.duration", 1, 8}})};
  const Instance& instance = region.seeded("w1");
  region.snapshot(instance.data_volume->id);
  region.rig.run_until(2s);
  region.rig.scheduler.cut_drawn_delays();
  region.rig.run();
  EXPECT_EQ(region.ec2.snapshots().front().completed, kTimeZero + 32s);
}

// The point in time is that of the accepted call: what is written before it is in, the rest is not.
TEST(CreateSnapshot, ContainsWhatWasWrittenWhenItWasAccepted) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.write(instance, 2);
  region.snapshot(instance.data_volume->id);
  region.write(instance);  // made, but not accepted yet
  EXPECT_EQ(instance.data_volume->saved, 0U);
  region.rig.run_until(2s);
  EXPECT_EQ(instance.data_volume->saved, 3U) << "pending counts as saved";
  region.write(instance);
  region.rig.run();
  EXPECT_EQ(region.ec2.snapshots().front().contains, 3U);
  EXPECT_EQ(instance.data_volume->saved, 3U);
  EXPECT_EQ(instance.data_volume->writes.size(), 4U);
}

TEST(CreateSnapshot, SurvivesTheDeletionOfItsVolumeWhileItIsPending) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1", deleted_with_it());
  region.write(instance);
  region.snapshot(instance.data_volume->id);
  region.rig.run_until(2s);
  region.ec2.kill(Name::none);
  region.rig.run_until(10s);
  ASSERT_EQ(instance.data_volume->state, VolumeState::deleted);
  region.rig.run();
  const Snapshot& snapshot = region.ec2.snapshots().front();
  EXPECT_EQ(snapshot.state, SnapshotState::completed);
  EXPECT_EQ(snapshot.contains, 1U);
  EXPECT_EQ(instance.data_volume->saved, 1U);
  const RunAnswer& restored = region.run(launch_with("w1", from_snapshot(snapshot.id)));
  region.rig.run();
  EXPECT_TRUE(restored.ok()) << restored.code();
}

TEST(CreateSnapshot, OfAVolumeThatIsNotAttachedWorksToo) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.ec2.kill(Name::none);
  const SnapshotAnswer& answer = region.snapshot(instance.data_volume->id);
  region.rig.run();
  EXPECT_TRUE(answer.ok()) << answer.code();
}

TEST(CreateSnapshot, MayBeMarkedDivergent) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.write(instance);
  const SnapshotAnswer& answer = region.snapshot(instance.data_volume->id, true);
  region.rig.run();
  EXPECT_TRUE(answer.value().divergent);
  EXPECT_TRUE(region.ec2.snapshots().front().divergent);
  EXPECT_EQ(instance.data_volume->saved, 1U) << "docs/platform.md §10.1: it counts as saved";
}

// --- refusals: docs/cloud.md §1.3, §2.1, §2.3 --------------------------------------------------

TEST(CreateSnapshot, RefusesIdsThatNameNoVolume) {
  StorageRegion region;
  for (const std::string& id :
       {std::string{}, std::string{"vol-"}, std::string{"vol-1234567"}, std::string{"i-12345678"},
        std::string{"vol-1234567g"}, std::string{"vol-0123456789abcdef"}}) {
    const SnapshotAnswer& answer = region.snapshot(id);
    region.rig.run();
    EXPECT_EQ(answer.code(), "InvalidVolumeID.Malformed") << id;
    EXPECT_EQ(answer.result->error().http, 400);
  }
  const SnapshotAnswer& unknown = region.snapshot("vol-12345678");
  region.rig.run();
  EXPECT_EQ(unknown.code(), "InvalidVolume.NotFound");
  EXPECT_EQ(unknown.result->error().http, 400);
}

TEST(CreateSnapshot, OfADeletedVolumeIsNotFoundAndOfOneBeingDeletedTheWrongState) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1", deleted_with_it());
  region.ec2.kill(Name::none);
  const SnapshotAnswer& deleting = region.snapshot(instance.data_volume->id);
  region.rig.run_until(3s);
  EXPECT_EQ(deleting.code(), "IncorrectState");
  EXPECT_EQ(deleting.result->error().http, 400);
  region.rig.run();
  const SnapshotAnswer& deleted = region.snapshot(instance.data_volume->id);
  region.rig.run();
  EXPECT_EQ(deleted.code(), "InvalidVolume.NotFound");
  EXPECT_TRUE(region.ec2.snapshots().empty());
  EXPECT_EQ(region.record.count(sim::Kind::snapshot_state), 0U);
}

// --- limits: docs/cloud.md §2.4, per lineage: docs/platform.md §10.1 ---------------------------

TEST(SnapshotRate, TheSixthInQuickSuccessionIsRefusedUntilATokenIsBack) {
  StorageRegion region{limited(Profile{}.snapshot_limit)};
  const std::string volume = region.seeded("w1").data_volume->id;
  for (int i = 0; i < 5; ++i) region.snapshot(volume);
  region.rig.run_until(2s);
  const SnapshotAnswer& sixth = region.snapshot(volume);
  region.rig.run_until(719s);
  EXPECT_EQ(sixth.code(), "SnapshotCreationPerVolumeRateExceeded");
  EXPECT_EQ(sixth.result->error().http, 400) << "§0, fact 2";
  EXPECT_EQ(region.ec2.snapshots().size(), 5U);
  const SnapshotAnswer& early = region.snapshot(volume);  // served at 720 s, one second too soon
  region.rig.run_until(720s);
  const SnapshotAnswer& later = region.snapshot(volume);
  region.rig.run();
  EXPECT_EQ(early.code(), "SnapshotCreationPerVolumeRateExceeded");
  EXPECT_TRUE(later.ok()) << later.code() << ": what was refused cost no token";
  EXPECT_EQ(region.errors(), (Log{"SnapshotCreationPerVolumeRateExceeded", "SnapshotCreationPerVolumeRateExceeded"}));
}

TEST(SnapshotRate, CountsPerLineageAndNotPerVolume) {
  StorageRegion region{limited({SnapshotLimit::Kind::spacing, 1, 15s})};
  const std::string one = region.seeded("w1").data_volume->id;
  const std::string two = region.seeded("w1").data_volume->id;
  const std::string other = region.seeded("w2").data_volume->id;
  const SnapshotAnswer& first = region.snapshot(one);
  const SnapshotAnswer& second = region.snapshot(two);
  const SnapshotAnswer& others = region.snapshot(other);
  region.rig.run();
  EXPECT_TRUE(first.ok());
  EXPECT_EQ(second.code(), "SnapshotCreationPerVolumeRateExceeded");
  EXPECT_TRUE(others.ok()) << others.code();
}

TEST(SnapshotRate, ACallThatFailsForAnotherReasonCostsNoToken) {
  StorageRegion region{limited({SnapshotLimit::Kind::bucket, 1, 720s})};
  const std::string volume = region.seeded("w1").data_volume->id;
  sim::Verdict verdict;
  verdict.what = sim::Verdict::What::fail;
  verdict.error = "InternalError";
  region.puppet.next(kCreate, FaultPoint::before_effect, verdict);
  const SnapshotAnswer& failed = region.snapshot(volume);
  region.rig.run();
  EXPECT_EQ(failed.code(), "InternalError");
  const SnapshotAnswer& again = region.snapshot(volume);
  region.rig.run();
  EXPECT_TRUE(again.ok()) << again.code();
}

TEST(PendingSnapshots, AreLimitedPerLineage) {
  Profile profile = unlimited();
  profile.pending_snapshots = 2;
  StorageRegion region{profile};
  const std::string one = region.seeded("w1").data_volume->id;
  const std::string two = region.seeded("w1").data_volume->id;
  const std::string other = region.seeded("w2").data_volume->id;
  region.snapshot(one);
  region.snapshot(two);
  const SnapshotAnswer& third = region.snapshot(two);
  const SnapshotAnswer& others = region.snapshot(other);
  region.rig.run();
  EXPECT_EQ(third.code(), "ConcurrentSnapshotLimitExceeded");
  EXPECT_EQ(third.result->error().http, 400);
  EXPECT_TRUE(others.ok()) << others.code();
  const SnapshotAnswer& later = region.snapshot(two);
  region.rig.run();
  EXPECT_TRUE(later.ok()) << "the others have completed";
}

TEST(PendingSnapshots, RefusedForTheirNumberCostNoTokenOfTheRate) {
  StorageRegion region{limited({SnapshotLimit::Kind::bucket, 2, 1h}, 1)};
  const std::string volume = region.seeded("w1").data_volume->id;
  const SnapshotAnswer& first = region.snapshot(volume);
  const SnapshotAnswer& second = region.snapshot(volume);
  region.rig.run();
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(second.code(), "ConcurrentSnapshotLimitExceeded");
  const SnapshotAnswer& third = region.snapshot(volume);
  region.rig.run();
  EXPECT_TRUE(third.ok()) << third.code();
}

TEST(SnapshotLimits, OfTheTwoTheRateComesFirst) {
  StorageRegion region{limited({SnapshotLimit::Kind::bucket, 1, 1h}, 1)};
  const std::string volume = region.seeded("w1").data_volume->id;
  region.snapshot(volume);
  const SnapshotAnswer& second = region.snapshot(volume);
  region.rig.run();
  EXPECT_EQ(second.code(), "SnapshotCreationPerVolumeRateExceeded");
}

// --- failed ones: docs/cloud.md §2.3 -----------------------------------------------------------

TEST(FailedSnapshots, SaveNothingAndWhatIsSavedIsWhatTheGoodOnesContain) {
  StorageRegion region{unlimited()};
  const Instance& instance = region.seeded("w1");
  region.write(instance, 2);
  region.completed_snapshot(instance);
  region.write(instance, 3);
  region.snapshot(instance.data_volume->id);
  region.rig.run_until(25s);
  ASSERT_EQ(instance.data_volume->saved, 5U);
  EXPECT_EQ(region.ec2.fail_pending_snapshots(region.record.name("w1")), 1U);
  EXPECT_EQ(instance.data_volume->saved, 2U);
  EXPECT_EQ(region.ec2.snapshots().back().state, SnapshotState::error);
  region.rig.run();
  EXPECT_EQ(region.ec2.snapshots().back().state, SnapshotState::error) << "it never completes";
  EXPECT_FALSE(region.ec2.snapshots().back().completed.has_value());
  EXPECT_EQ(region.states(sim::Kind::snapshot_state),
            (Log{"none>pending at 1", "pending>completed at 21", "none>pending at 22", "pending>error at 25"}));
}

TEST(FailedSnapshots, OneMayEndInErrorWhenItWouldComplete) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.write(instance, 2);
  region.puppet.next("ec2.CreateSnapshot", sim::FaultPoint::before_completion,
                     {.what = sim::Verdict::What::fail, .error = "ends-in-error", .delay = {}});
  const SnapshotAnswer& taken = region.snapshot(instance.data_volume->id);
  region.rig.run();
  EXPECT_TRUE(taken.ok()) << "it was accepted";
  EXPECT_EQ(region.states(sim::Kind::snapshot_state), (Log{"none>pending at 1", "pending>error at 21"}));
  EXPECT_EQ(instance.data_volume->saved, 0U);
  EXPECT_FALSE(region.ec2.snapshots().back().completed.has_value());
}

TEST(FailedSnapshots, AreThoseOfTheLineageOrOfAll) {
  StorageRegion region;
  const Instance& one = region.seeded("w1");
  const Instance& two = region.seeded("w2");
  region.write(two);
  region.snapshot(one.data_volume->id);
  region.snapshot(two.data_volume->id);
  region.rig.run_until(2s);
  EXPECT_EQ(region.ec2.fail_pending_snapshots(region.record.name("w1")), 1U);
  EXPECT_EQ(region.ec2.snapshots()[1].state, SnapshotState::pending);
  EXPECT_EQ(region.ec2.fail_pending_snapshots(Name::none), 1U);
  EXPECT_EQ(region.ec2.fail_pending_snapshots(Name::none), 0U);
  EXPECT_EQ(two.data_volume->saved, 0U);
}

// docs/cloud.md §2.4
TEST(FailedSnapshots, StillCountTowardsTheLimitOfPendingOnes) {
  StorageRegion region{limited({SnapshotLimit::Kind::none, 0, 0s}, 2)};
  const std::string volume = region.seeded("w1").data_volume->id;
  const std::string other = region.seeded("w2").data_volume->id;
  region.snapshot(volume);
  region.rig.run_until(2s);
  region.ec2.fail_pending_snapshots(Name::none);
  const SnapshotAnswer& second = region.snapshot(volume);
  const SnapshotAnswer& third = region.snapshot(volume);
  const SnapshotAnswer& others = region.snapshot(other);
  region.rig.run();
  EXPECT_TRUE(second.ok()) << second.code();
  EXPECT_EQ(third.code(), "ConcurrentSnapshotLimitExceeded");
  EXPECT_TRUE(others.ok()) << others.code();
}

// --- DescribeSnapshots -------------------------------------------------------------------------

TEST(DescribeSnapshots, ShowsALineagesSnapshotsOldestFirst) {
  StorageRegion region{unlimited()};
  const Instance& one = region.seeded("w1", deleted_with_it());
  const Instance& other = region.seeded("w2");
  const std::string first = region.completed_snapshot(one);
  region.completed_snapshot(other);
  region.ec2.kill(region.record.name("w1"));
  const Instance& two = region.seeded("w1", from_snapshot(first));
  region.snapshot(two.data_volume->id, true);
  region.rig.run_until(44s);
  region.ec2.fail_pending_snapshots(Name::none);
  region.snapshot(two.data_volume->id);
  region.rig.run_until(46s);
  const SnapshotsAnswer& answer = region.list_snapshots("w1");
  const SnapshotsAnswer& nobodys = region.list_snapshots("w3");
  region.rig.run_until(48s);
  ASSERT_TRUE(answer.ok()) << answer.code();
  ASSERT_EQ(answer.value().size(), 3U);
  EXPECT_EQ(answer.value()[0].id, first);
  EXPECT_EQ(answer.value()[0].volume_id, one.data_volume->id) << "which is deleted";
  EXPECT_EQ(answer.value()[0].state, SnapshotState::completed);
  EXPECT_EQ(answer.value()[1].state, SnapshotState::error);
  EXPECT_TRUE(answer.value()[1].divergent);
  EXPECT_EQ(answer.value()[1].started, kTimeZero + 43s);
  EXPECT_EQ(answer.value()[2].state, SnapshotState::pending);
  EXPECT_EQ(answer.value()[2].volume_id, two.data_volume->id);
  EXPECT_EQ(answer.value()[2].workspace, "w1");
  EXPECT_FALSE(answer.value()[2].divergent);
  EXPECT_TRUE(nobodys.ok());
  EXPECT_TRUE(nobodys.value().empty());
}

TEST(SnapshotStates, HaveTheNamesOfEc2) {
  EXPECT_EQ(to_text(SnapshotState::pending), "pending");
  EXPECT_EQ(to_text(SnapshotState::completed), "completed");
  EXPECT_EQ(to_text(SnapshotState::error), "error");
}

// --- faults, events, watchers ------------------------------------------------------------------

TEST(StorageFaults, EveryActionIsAskedAboutByItsName) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.snapshot(instance.data_volume->id);
  region.rig.run();
  region.list_volumes("w1");
  region.rig.run();
  region.list_snapshots("w1");
  region.rig.run();
  const std::string volumes = "ec2.DescribeVolumes";
  const std::string snapshots = "ec2.DescribeSnapshots";
  const std::vector<std::pair<std::string, FaultPoint>> questions{
      {kCreate, FaultPoint::before_effect},     {kCreate, FaultPoint::before_reply},
      {kCreate, FaultPoint::before_completion}, {volumes, FaultPoint::before_effect},
      {volumes, FaultPoint::before_visibility}, {volumes, FaultPoint::before_reply},
      {snapshots, FaultPoint::before_effect},   {snapshots, FaultPoint::before_visibility},
      {snapshots, FaultPoint::before_reply}};
  ASSERT_EQ(region.puppet.calls.size(), questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Puppet::Asked& asked = region.puppet.calls[i];
    EXPECT_EQ(asked.on, questions[i].first);
    EXPECT_EQ(asked.point, questions[i].second) << i;
    EXPECT_EQ(region.record.text(asked.workspace), "w1");
    EXPECT_EQ(asked.instance, i < 2 ? instance.name : Name::none);
  }
}

// docs/cloud.md §0 fact 3, §6.3: no ClientToken, so the retry after a lost answer makes a second.
TEST(StorageFaults, AfterALostReplyTheSnapshotIsThereAndTheRetryMakesAnother) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  sim::Verdict lose;
  lose.what = sim::Verdict::What::lose;
  region.puppet.next(kCreate, FaultPoint::before_reply, lose);
  const SnapshotAnswer& lost = region.snapshot(instance.data_volume->id, false, {kTimeZero + 30s});
  region.rig.run();
  EXPECT_EQ(lost.code(), "RequestTimeout");
  EXPECT_EQ(region.ec2.snapshots().size(), 1U);
  region.snapshot(instance.data_volume->id);
  region.rig.run();
  EXPECT_EQ(region.ec2.snapshots().size(), 2U);
}

// docs/cloud.md §5.3: the answer came after the client's timeout.
TEST(StorageFaults, TooSlowForItsCallerTheSnapshotIsTakenAllTheSame) {
  Profile profile = fixed_profile();
  profile.api_latency = {{10s, 10s}, {}};
  StorageRegion region{profile};
  const Instance& instance = region.seeded("w1");
  const SnapshotAnswer& answer = region.snapshot(instance.data_volume->id, false, {kTimeZero + 5s});
  const VolumesAnswer& volumes = region.list_volumes("w1", {kTimeZero + 6s});
  const SnapshotsAnswer& list = region.list_snapshots("w1", {kTimeZero + 7s});
  region.rig.run();
  EXPECT_EQ(answer.code(), "RequestTimeout");
  EXPECT_EQ(answer.at, sim::Duration{5s});
  EXPECT_EQ(volumes.code(), "RequestTimeout");
  EXPECT_EQ(volumes.at, sim::Duration{6s});
  EXPECT_EQ(list.code(), "RequestTimeout");
  EXPECT_EQ(list.at, sim::Duration{7s});
  EXPECT_EQ(region.states(sim::Kind::snapshot_state), (Log{"none>pending at 10", "pending>completed at 30"}));
}

TEST(SnapshotWatchers, AreToldOfEveryStateWithTheEventThatSaysSo) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.snapshot(instance.data_volume->id);
  region.rig.run();
  ASSERT_EQ(region.watcher.log.size(), 4U);
  EXPECT_EQ(region.watcher.log[2], "snap none>pending at 1");
  EXPECT_EQ(region.watcher.log[3], "snap pending>completed at 21");
  EXPECT_EQ(region.watcher.events[2], 2U);
  EXPECT_EQ(region.watcher.events[3], 3U);
  EXPECT_EQ(region.watcher.causes, region.watcher.events);
  // The call is the cause of pending, and pending's event chain goes on from the call.
  const sim::Event& call = region.record.event(1);
  EXPECT_EQ(call.kind, sim::Kind::ec2_call);
  EXPECT_EQ(call.instance, instance.name);
  EXPECT_EQ(region.record.text(call.workspace), "w1");
  EXPECT_EQ(region.record.event(2).kind, sim::Kind::snapshot_state);
  EXPECT_EQ(region.record.event(2).cause, 1U);
  EXPECT_EQ(region.record.event(3).cause, 1U);
  const auto detail = region.record.details(region.record.event(3));
  ASSERT_EQ(detail.size(), 5U);
  EXPECT_EQ(std::get<std::string>(detail[2].value), region.ec2.snapshots().front().id);
  EXPECT_EQ(std::get<std::string>(detail[3].value), instance.data_volume->id);
  EXPECT_FALSE(std::get<bool>(detail[4].value));
}

}  // namespace
}  // namespace drydock::cloud
