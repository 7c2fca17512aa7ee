#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/sim/storage_support.hpp"

namespace drydock::cloud {
namespace {

using sim::kTimeZero;
using sim::Name;

const std::string kUnknownVolume = "vol-0123456789abcdef0";

// --- the data volume of a launch: docs/cloud.md §2.1, §2.2 -------------------------------------

TEST(DataVolume, WithoutOneInTheRequestThereIsNone) {
  StorageRegion region;
  const RunAnswer& answer = region.run(launch_of("w1"));
  region.rig.run();
  EXPECT_EQ(answer.value().volume_id, "");
  EXPECT_TRUE(region.ec2.volumes().empty());
  EXPECT_EQ(region.ec2.data_volume(region.ec2.instances().front().name), nullptr);
}

TEST(DataVolume, IsNewEmptyAndAttachedFromPendingOn) {
  StorageRegion region;
  const RunAnswer& answer = region.run(launch_with("w1"));
  region.rig.run_until(2s);
  ASSERT_TRUE(answer.ok()) << answer.code();
  const Instance& instance = region.ec2.instances().front();
  EXPECT_EQ(instance.state, InstanceState::pending);
  ASSERT_EQ(region.ec2.volumes().size(), 1U);
  const Volume& volume = region.ec2.volumes().front();
  EXPECT_EQ(answer.value().volume_id, volume.id);
  EXPECT_EQ(region.ec2.data_volume(instance.name), &volume);
  EXPECT_EQ(volume.state, VolumeState::in_use);
  EXPECT_EQ(volume.attached_to, instance.name);
  EXPECT_EQ(volume.created, kTimeZero + 1s);
  EXPECT_EQ(volume.source_snapshot, "");
  EXPECT_FALSE(volume.delete_on_termination) << "§2.2: false is the default of what is no root";
  EXPECT_TRUE(volume.writes.empty());
  EXPECT_EQ(region.record.text(volume.workspace), "w1");
  EXPECT_EQ(region.record.text(volume.name), volume.id);
  // The watchers know the instance first, and its volume is attached by then.
  EXPECT_EQ(region.watcher.log, (Log{"i none>pending at 1", "vol none>in-use at 1"}));
}

// docs/cloud.md §1.3: `vol-` and 8 or 17 hex digits; an id of its own for each.
TEST(DataVolume, HasAWellFormedIdOfItsOwn) {
  StorageRegion region;
  std::set<std::string> ids;
  for (int i = 0; i < 40; ++i) {
    const Instance& instance = region.seeded(i % 2 == 0 ? "w1" : "w2");
    const std::string& id = instance.data_volume->id;
    EXPECT_EQ(id.size(), 21U);
    EXPECT_TRUE(id.starts_with("vol-"));
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef", 4), std::string::npos) << id;
    EXPECT_NE(id.substr(4), instance.id.substr(2));
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 40U);
}

TEST(DataVolume, MayComeFromACompletedSnapshot) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  region.write(first, 3);
  const std::string snapshot = region.completed_snapshot(first);
  const RunAnswer& answer = region.run(launch_with("w1", from_snapshot(snapshot)));
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  const Volume& volume = region.ec2.volumes().back();
  EXPECT_EQ(volume.id, answer.value().volume_id);
  EXPECT_EQ(volume.source_snapshot, snapshot);
  EXPECT_TRUE(volume.writes.empty()) << "what is in the snapshot was not written to this volume";
  EXPECT_NE(&volume, first.data_volume);
}

TEST(DataVolume, FromAnUnknownSnapshotNothingIsLaunched) {
  StorageRegion region;
  const RunAnswer& answer = region.run(launch_with("w1", from_snapshot("snap-12345678"), "t1"));
  region.rig.run();
  EXPECT_EQ(answer.code(), "InvalidSnapshot.NotFound");
  EXPECT_EQ(answer.result->error().http, 400);
  EXPECT_TRUE(region.ec2.instances().empty());
  EXPECT_TRUE(region.ec2.volumes().empty());
  EXPECT_EQ(region.errors(), (Log{"InvalidSnapshot.NotFound"}));
  const RunAnswer& retry = region.run(launch_with("w1", {}, "t1"));
  region.rig.run();
  EXPECT_TRUE(retry.ok()) << "the token was not used up";
}

TEST(DataVolume, FromASnapshotThatIsNotCompletedNothingIsLaunched) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  const SnapshotAnswer& pending = region.snapshot(first.data_volume->id);
  region.rig.run_until(2s);
  const RunAnswer& early = region.run(launch_with("w1", from_snapshot(pending.value().id)));
  region.rig.run_until(4s);
  EXPECT_EQ(early.code(), "IncorrectState");
  EXPECT_EQ(early.result->error().http, 400);
  region.ec2.fail_pending_snapshots(Name::none);
  const RunAnswer& failed = region.run(launch_with("w1", from_snapshot(pending.value().id)));
  region.rig.run();
  EXPECT_EQ(failed.code(), "IncorrectState") << "what failed is no source either";
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(DataVolume, IsEitherGivenOrMadeFromASnapshot) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  BlockDevice both = existing(first.data_volume->id);
  both.snapshot_id = region.completed_snapshot(first);
  const RunAnswer& answer = region.run(launch_with("w1", both));
  region.rig.run();
  EXPECT_EQ(answer.code(), "InvalidParameterCombination");
  EXPECT_EQ(first.data_volume->attached_to, first.name);
}

// --- an existing one: docs/cloud.md §2.1, docs/platform.md §10.1 -------------------------------

TEST(ExistingVolume, ThatIsAvailableIsAttachedWithItsData) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  region.write(first, 2);
  region.terminate({first.id});
  region.rig.run();
  const RunAnswer& answer = region.run(launch_with("w1", deleted_with_it(existing(first.data_volume->id))));
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  ASSERT_EQ(region.ec2.volumes().size(), 1U);
  const Volume& volume = region.ec2.volumes().front();
  EXPECT_EQ(answer.value().volume_id, volume.id);
  EXPECT_EQ(volume.attached_to, region.ec2.instances().back().name);
  EXPECT_EQ(volume.writes.size(), 2U);
  EXPECT_TRUE(volume.delete_on_termination) << "that belongs to the attachment";
}

TEST(ExistingVolume, IsTakenByForceFromWhoeverHoldsIt) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  const Volume& volume = *first.data_volume;
  const RunAnswer& answer = region.run(launch_with("w1", existing(volume.id)));
  const DescribeAnswer& seen = region.describe({first.id});
  region.rig.run_until(2s);
  ASSERT_TRUE(answer.ok()) << answer.code();
  const Instance& second = region.ec2.instances().back();
  EXPECT_EQ(volume.attached_to, second.name);
  EXPECT_EQ(volume.state, VolumeState::in_use);
  EXPECT_EQ(first.state, InstanceState::running) << "it runs on without its data";
  EXPECT_EQ(seen.value()[0].volume_id, "");
  EXPECT_EQ(region.ec2.data_volume(first.name), &volume) << "it had it";
  EXPECT_EQ(region.ec2.data_volume(second.name), &volume);
  EXPECT_EQ(region.watcher.log, (Log{"i none>running at 0", "vol none>in-use at 0", "vol in-use>available at 1",
                                     "i none>pending at 1", "vol available>in-use at 1"}));
}

TEST(ExistingVolume, OnceTakenTheFirstHoldersEndDoesNotTouchIt) {
  StorageRegion region;
  const Instance& first = region.seeded("w1", deleted_with_it());
  const Volume& volume = *first.data_volume;
  region.run(launch_with("w1", existing(volume.id)));
  region.rig.run_until(2s);
  region.terminate({first.id});
  region.rig.run();
  EXPECT_EQ(first.state, InstanceState::terminated);
  EXPECT_EQ(volume.state, VolumeState::in_use);
  EXPECT_EQ(volume.attached_to, region.ec2.instances().back().name);
}

TEST(ExistingVolume, UnknownOrDeletedIsNotFound) {
  StorageRegion region;
  const Instance& first = region.seeded("w1", deleted_with_it());
  region.ec2.kill(Name::none);
  region.rig.run();
  ASSERT_EQ(first.data_volume->state, VolumeState::deleted);
  const RunAnswer& deleted = region.run(launch_with("w1", existing(first.data_volume->id)));
  const RunAnswer& unknown = region.run(launch_with("w1", existing(kUnknownVolume)));
  region.rig.run();
  EXPECT_EQ(deleted.code(), "InvalidVolume.NotFound");
  EXPECT_EQ(deleted.result->error().http, 400);
  EXPECT_EQ(unknown.code(), "InvalidVolume.NotFound");
  EXPECT_EQ(region.ec2.instances().size(), 1U);
}

TEST(ExistingVolume, ThatIsBeingDeletedIsInTheWrongState) {
  StorageRegion region;
  const Instance& first = region.seeded("w1", deleted_with_it());
  region.ec2.kill(Name::none);
  const RunAnswer& answer = region.run(launch_with("w1", existing(first.data_volume->id)));
  region.rig.run();
  EXPECT_EQ(answer.code(), "IncorrectState");
}

// --- DeleteOnTermination: docs/cloud.md §2.2 ---------------------------------------------------

TEST(DeleteOnTermination, FalseTheVolumeIsAvailableWhenTheInstanceIsTerminated) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.terminate({instance.id});
  region.rig.run_until(2s);
  EXPECT_EQ(instance.state, InstanceState::shutting_down);
  EXPECT_EQ(instance.data_volume->state, VolumeState::in_use);
  region.rig.run();
  EXPECT_EQ(instance.data_volume->state, VolumeState::available);
  EXPECT_EQ(instance.data_volume->attached_to, Name::none);
  EXPECT_EQ(region.watcher.log.back(), "vol in-use>available at 6");
}

TEST(DeleteOnTermination, TrueTheVolumeIsDeletingAndThenDeleted) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1", deleted_with_it());
  region.terminate({instance.id});
  region.rig.run();
  EXPECT_EQ(instance.data_volume->state, VolumeState::deleted);
  EXPECT_EQ(instance.data_volume->attached_to, Name::none);
  EXPECT_EQ(region.watcher.log,
            (Log{"i none>running at 0", "vol none>in-use at 0", "i running>shutting-down at 1",
                 "i shutting-down>terminated at 6", "vol in-use>deleting at 6", "vol deleting>deleted at 10"}));
}

TEST(DeleteOnTermination, HoldsForAnInstanceThatDiesToo) {
  StorageRegion region;
  const Instance& one = region.seeded("w1", deleted_with_it());
  const Instance& two = region.seeded("w2");
  region.ec2.kill(Name::none);
  EXPECT_EQ(one.data_volume->state, VolumeState::deleting);
  EXPECT_EQ(two.data_volume->state, VolumeState::available);
  region.rig.run();
  EXPECT_EQ(one.data_volume->state, VolumeState::deleted);
}

// docs/cloud.md §1.6: U(2, 30) s.
TEST(DeleteOnTermination, HowLongADeletionTakesIsADecisionOfTheLineage) {
  Profile profile = fixed_profile();
  profile.volume_deletion = Profile{}.volume_deletion;
  for (const auto& [value, end] : {std::pair{0U, "16"}, std::pair{1U, "2"}, std::pair{8U, "30"}}) {
    StorageRegion region{profile, sim::tape_of({{"w1/ec2.volume.deletion", 1, value}})};
    region.seeded("w1", deleted_with_it());
    region.ec2.kill(Name::none);
    region.rig.run();
    EXPECT_EQ(region.watcher.log.back(), std::string{"vol deleting>deleted at "} + end);
    EXPECT_TRUE(region.rig.choices.misaligned().empty());
  }
}

// --- ClientToken: docs/cloud.md §1.5 -----------------------------------------------------------

TEST(DataVolume, IsAmongTheParametersOfAToken) {
  StorageRegion region;
  region.run(launch_with("w1", {}, "t1"));
  region.rig.run();
  const RunAnswer& without = region.run(launch_of("w1", "t1"));
  const RunAnswer& other = region.run(launch_with("w1", deleted_with_it(), "t1"));
  const RunAnswer& same = region.run(launch_with("w1", {}, "t1"));
  region.rig.run();
  EXPECT_EQ(without.code(), "IdempotentParameterMismatch");
  EXPECT_EQ(other.code(), "IdempotentParameterMismatch");
  ASSERT_TRUE(same.ok()) << same.code();
  EXPECT_EQ(region.ec2.volumes().size(), 1U);
  EXPECT_EQ(same.value().volume_id, region.ec2.volumes().front().id);
}

TEST(DataVolume, ARepeatedTokenDoesNotTakeTheVolumeAgain) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  const BlockDevice device = existing(first.data_volume->id);
  region.run(launch_with("w1", device, "t1"));
  region.rig.run();
  const RunAnswer& robber = region.run(launch_with("w1", device, "t2"));
  region.rig.run();
  region.run(launch_with("w1", device, "t1"));
  region.rig.run();
  EXPECT_EQ(first.data_volume->attached_to, region.ec2.find(robber.value().id)->name);
}

// --- seeded ------------------------------------------------------------------------------------

TEST(SeededVolume, IsThereFromTheStartWithoutEventOrDecision) {
  Profile profile;
  StorageRegion region{profile};
  const Instance& instance = region.seeded("w1", deleted_with_it());
  ASSERT_NE(instance.data_volume, nullptr);
  EXPECT_EQ(instance.data_volume->state, VolumeState::in_use);
  EXPECT_EQ(instance.data_volume->attached_to, instance.name);
  EXPECT_TRUE(instance.data_volume->delete_on_termination);
  EXPECT_EQ(instance.data_volume->created, kTimeZero - 10min);
  EXPECT_TRUE(region.record.events().empty());
  EXPECT_TRUE(region.rig.choices.asked().empty());
  EXPECT_EQ(region.watcher.log, (Log{"i none>running at 0", "vol none>in-use at 0"}));
  EXPECT_EQ(region.watcher.events, (std::vector<std::uint32_t>{0, 0}));
}

TEST(SeededVolume, MayBeTakenFromAnotherByTheSameRules) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  const Instance& second = region.seeded("w1", existing(first.data_volume->id));
  EXPECT_EQ(region.ec2.volumes().size(), 1U);
  EXPECT_EQ(first.data_volume->attached_to, second.name);
}

// --- what the guest writes ---------------------------------------------------------------------

TEST(GuestWrites, AreKeptInOrderAndAreNoEvent) {
  StorageRegion region;
  const Instance& instance = region.seeded("w1");
  region.ec2.guest_wrote(instance.name, kTimeZero + 1s);
  region.ec2.guest_wrote(instance.name, kTimeZero + 3s);
  EXPECT_EQ(instance.data_volume->writes, (std::vector<sim::Instant>{kTimeZero + 1s, kTimeZero + 3s}));
  EXPECT_EQ(instance.data_volume->saved, 0U);
  EXPECT_TRUE(region.record.events().empty());
}

TEST(GuestWrites, WithoutAVolumeOrAnInstanceGoNowhere) {
  StorageRegion region;
  const std::string id = region.running("w1");
  region.ec2.guest_wrote(region.ec2.find(id)->name, kTimeZero);
  region.ec2.guest_wrote(region.record.name("nobody"), kTimeZero);
  region.ec2.guest_wrote(Name::none, kTimeZero);
  EXPECT_TRUE(region.ec2.volumes().empty());
}

// The volume of a robbed or ended instance is no longer its to write to.
TEST(GuestWrites, ReachOnlyTheVolumeThatIsStillAttached) {
  StorageRegion region;
  const Instance& first = region.seeded("w1");
  const Instance& second = region.seeded("w1", existing(first.data_volume->id));
  region.write(first);
  EXPECT_TRUE(first.data_volume->writes.empty());
  region.write(second);
  EXPECT_EQ(first.data_volume->writes.size(), 1U);
  region.ec2.kill(Name::none);
  region.write(second);
  EXPECT_EQ(first.data_volume->writes.size(), 1U);
  EXPECT_EQ(region.ec2.data_volume(second.name)->writes.size(), 1U) << "the volume it had";
}

// --- DescribeVolumes: docs/cloud.md §2.1 -------------------------------------------------------

TEST(DescribeVolumes, ShowsALineagesVolumesInTheOrderOfTheirCreation) {
  StorageRegion region;
  const Instance& one = region.seeded("w1");
  region.seeded("w2");
  const std::string snapshot = region.completed_snapshot(one);
  const Instance& two = region.seeded("w1", deleted_with_it(from_snapshot(snapshot)));
  region.ec2.kill(region.record.name("w1"));
  const VolumesAnswer& answer = region.list_volumes("w1");
  region.rig.run();
  ASSERT_TRUE(answer.ok()) << answer.code();
  ASSERT_EQ(answer.value().size(), 2U);
  EXPECT_EQ(answer.value()[0].id, one.data_volume->id);
  EXPECT_EQ(answer.value()[0].state, VolumeState::available);
  EXPECT_EQ(answer.value()[0].workspace, "w1");
  EXPECT_EQ(answer.value()[0].instance_id, "");
  EXPECT_EQ(answer.value()[0].snapshot_id, "");
  EXPECT_FALSE(answer.value()[0].delete_on_termination);
  EXPECT_EQ(answer.value()[1].id, two.data_volume->id);
  EXPECT_EQ(answer.value()[1].state, VolumeState::deleting);
  EXPECT_EQ(answer.value()[1].snapshot_id, snapshot);
  EXPECT_TRUE(answer.value()[1].delete_on_termination);
}

TEST(DescribeVolumes, TellsTheInstanceAndLeavesOutWhatIsDeleted) {
  StorageRegion region;
  region.seeded("w1", deleted_with_it());
  region.ec2.kill(Name::none);
  region.rig.run();
  const Instance& instance = region.seeded("w1");
  const VolumesAnswer& answer = region.list_volumes("w1");
  const VolumesAnswer& nobodys = region.list_volumes("w2");
  region.rig.run();
  ASSERT_EQ(answer.value().size(), 1U);
  EXPECT_EQ(answer.value()[0].instance_id, instance.id);
  EXPECT_EQ(answer.value()[0].state, VolumeState::in_use);
  EXPECT_TRUE(nobodys.ok());
  EXPECT_TRUE(nobodys.value().empty());
}

TEST(VolumeStates, HaveTheNamesOfEc2) {
  EXPECT_EQ(to_text(VolumeState::creating), "creating");
  EXPECT_EQ(to_text(VolumeState::available), "available");
  EXPECT_EQ(to_text(VolumeState::in_use), "in-use");
  EXPECT_EQ(to_text(VolumeState::deleting), "deleting");
  EXPECT_EQ(to_text(VolumeState::deleted), "deleted");
  EXPECT_EQ(to_text(VolumeState::error), "error");
}

// --- causes ------------------------------------------------------------------------------------

TEST(VolumeWatchers, AreToldTheEventThatItFollowsFrom) {
  StorageRegion region;
  const RunAnswer& launched = region.run(launch_with("w1", deleted_with_it()));
  region.rig.run_until(15s);
  region.terminate({launched.value().id});
  region.rig.run();
  ASSERT_EQ(region.watcher.log.size(), 7U);
  EXPECT_EQ(region.watcher.log[1], "vol none>in-use at 1");
  EXPECT_EQ(region.record.event(region.watcher.events[1]).kind, sim::Kind::ec2_call);
  const std::uint32_t terminated = region.watcher.events[4];
  EXPECT_EQ(region.watcher.log[4], "i shutting-down>terminated at 21");
  EXPECT_EQ(region.watcher.events[5], terminated);
  EXPECT_EQ(region.watcher.events[6], terminated) << "also of its deletion, later";
  EXPECT_EQ(region.watcher.causes, region.watcher.events);
}

}  // namespace
}  // namespace drydock::cloud
