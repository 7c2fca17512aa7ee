#include <gtest/gtest.h>

#include <string>

#include "tests/sim/lifecycle_support.hpp"

// CreateVolume, DeleteVolume, AttachVolume, DetachVolume and DeleteSnapshot: docs/cloud.md §2.1–§2.4.

namespace drydock::cloud {
namespace {

using sim::Name;

TEST(CreateVolume, IsCreatingThenAvailableForTheTimeThatTheTapeSays) {
  FullRegion region{fixed_profile(), sim::tape_of({{"w1/ec2.volume.creation", 2, 8}})};
  const VolumeAnswer& empty = region.create_volume("w1");
  region.rig.run();
  ASSERT_TRUE(empty.ok()) << empty.code();
  EXPECT_EQ(empty.value().state, VolumeState::creating);
  EXPECT_EQ(empty.value().workspace, "w1");
  EXPECT_EQ(empty.value().instance_id, "");
  region.create_volume("w1");
  region.rig.run();
  EXPECT_EQ(region.watcher.log, (Log{"vol none>creating at 1", "vol creating>available at 2.75",
                                     "vol none>creating at 3.75", "vol creating>available at 6.75"}));
}

TEST(CreateVolume, FromASnapshotTakesLongerAndNeedsACompletedOne) {
  FullRegion region;
  const Instance& instance = region.seeded("w1");
  const SnapshotAnswer& taken = region.snapshot(instance.data_volume->id);
  region.rig.run_until(1s + 1ms);
  const VolumeAnswer& early = region.create_volume("w1", taken.value().id);
  const VolumeAnswer& unknown = region.create_volume("w1", "snap-12345678");
  region.rig.run();
  EXPECT_EQ(early.code(), "IncorrectState");
  EXPECT_EQ(unknown.code(), "InvalidSnapshot.NotFound");
  const VolumeAnswer& made = region.create_volume("w1", taken.value().id);  // at 22 s
  region.rig.run();
  EXPECT_EQ(made.value().snapshot_id, taken.value().id);
  EXPECT_EQ(region.watcher.log.back(), "vol creating>available at 26.5");
}

// docs/cloud.md §1.5
TEST(CreateVolume, WithATokenIsMadeOnce) {
  FullRegion region;
  const VolumeAnswer& first = region.create_volume("w1", "", "token");
  const VolumeAnswer& again = region.create_volume("w1", "", "token");
  const VolumeAnswer& other = region.create_volume("w2", "", "token");
  const VolumeAnswer& bad = region.create_volume("w1", "", std::string(65, 'x'));
  region.rig.run_until(24h + 999ms - 1s);
  const VolumeAnswer& kept = region.create_volume("w1", "", "token");
  region.rig.run_until(24h);
  const VolumeAnswer& forgotten = region.create_volume("w1", "", "token");
  region.rig.run();
  EXPECT_EQ(again.value().id, first.value().id);
  EXPECT_EQ(other.code(), "IdempotentParameterMismatch");
  EXPECT_EQ(bad.code(), "InvalidClientToken");
  EXPECT_EQ(kept.value().id, first.value().id);
  EXPECT_NE(forgotten.value().id, first.value().id);
}

TEST(DeleteVolume, RequiresAnAvailableOne) {
  FullRegion region;
  const Instance& instance = region.seeded("w1");
  const std::string id = instance.data_volume->id;
  const DoneAnswer& in_use = region.delete_volume(id);
  const VolumeAnswer& made = region.create_volume("w1");
  region.rig.run_until(1s + 1ms);
  const DoneAnswer& creating = region.delete_volume(made.value().id);
  region.rig.run();
  EXPECT_EQ(in_use.code(), "VolumeInUse");
  EXPECT_EQ(creating.code(), "IncorrectState");
  region.ec2.kill(Name::none);
  const DoneAnswer& first = region.delete_volume(id);
  const DoneAnswer& again = region.delete_volume(id);
  region.rig.run();
  const DoneAnswer& late = region.delete_volume(id);
  const DoneAnswer& malformed = region.delete_volume("vol-xyz");
  region.rig.run();
  EXPECT_TRUE(first.ok()) << first.code();
  EXPECT_EQ(again.code(), "IncorrectState");
  EXPECT_EQ(late.code(), "InvalidVolume.NotFound");
  EXPECT_EQ(malformed.code(), "InvalidVolumeID.Malformed");
  EXPECT_EQ(instance.data_volume->state, VolumeState::deleted);
}

TEST(AttachVolume, MakesItTheInstancesDataVolume) {
  FullRegion region;
  const Instance& source = region.seeded("w1", deleted_with_it());
  const std::string volume = source.data_volume->id;
  const std::string id = region.running("w1");
  region.detach(volume);
  region.rig.run();
  const VolumeAnswer& attached = region.attach(volume, id);
  region.rig.run();
  ASSERT_TRUE(attached.ok()) << attached.code();
  EXPECT_EQ(attached.value().state, VolumeState::in_use);
  EXPECT_EQ(attached.value().instance_id, id);
  const Instance& instance = *region.ec2.find(id);
  region.write(instance, 2);
  region.write(source, 3);
  EXPECT_EQ(instance.data_volume->writes.size(), 2U) << "whose it was writes to it no more";
  region.terminate({id});
  region.rig.run();
  EXPECT_EQ(instance.data_volume->state, VolumeState::available) << "attached later, it persists";
}

TEST(AttachVolume, RefusesWhatIsTaken) {
  FullRegion region;
  const Instance& one = region.seeded("w1");
  const Instance& two = region.seeded("w2");
  const std::string bare = region.running("w1");
  const VolumeAnswer& made = region.create_volume("w1");
  const VolumeAnswer& in_use = region.attach(one.data_volume->id, bare);
  region.rig.run_until(1s + 1ms);
  const VolumeAnswer& creating = region.attach(made.value().id, bare);
  region.rig.run();
  const VolumeAnswer& taken = region.attach(made.value().id, two.id);
  const VolumeAnswer& unknown = region.attach("vol-12345678", bare);
  const VolumeAnswer& nobody = region.attach(made.value().id, "i-12345678");
  region.rig.run();
  EXPECT_EQ(in_use.code(), "VolumeInUse");
  EXPECT_EQ(creating.code(), "IncorrectState");
  EXPECT_EQ(taken.code(), "InvalidParameterValue");
  EXPECT_EQ(unknown.code(), "InvalidVolume.NotFound");
  EXPECT_EQ(nobody.code(), "InvalidInstanceID.NotFound");
}

TEST(DetachVolume, LetsGoOfItAndForcedLosesNothing) {
  for (const bool force : {false, true}) {
    FullRegion region;
    const Instance& instance = region.seeded("w1");
    region.write(instance, 3);
    const VolumeAnswer& detached = region.detach(instance.data_volume->id, instance.id, force);
    region.rig.run();
    ASSERT_TRUE(detached.ok()) << detached.code();
    EXPECT_EQ(detached.value().state, VolumeState::available);
    EXPECT_EQ(detached.value().instance_id, "");
    EXPECT_EQ(instance.data_volume->writes.size(), 3U);
    region.write(instance);
    EXPECT_EQ(instance.data_volume->writes.size(), 3U);
  }
}

TEST(DetachVolume, OfWhatIsNotAttachedThereFails) {
  FullRegion region;
  const Instance& one = region.seeded("w1");
  const Instance& two = region.seeded("w1");
  const VolumeAnswer& elsewhere = region.detach(one.data_volume->id, two.id);
  const VolumeAnswer& unknown = region.detach("vol-12345678");
  region.rig.run();
  region.detach(one.data_volume->id);
  region.rig.run();
  const VolumeAnswer& again = region.detach(one.data_volume->id);
  region.rig.run();
  EXPECT_EQ(elsewhere.code(), "InvalidAttachment.NotFound");
  EXPECT_EQ(unknown.code(), "InvalidVolume.NotFound");
  EXPECT_EQ(again.code(), "IncorrectState");
}

// --- DeleteSnapshot: docs/cloud.md §2.3 --------------------------------------------------------

TEST(DeleteSnapshot, OfACompletedOneIsAtOnceAndSavesNothingAnyMore) {
  FullRegion region;
  const Instance& instance = region.seeded("w1");
  region.write(instance, 2);
  const std::string id = region.completed_snapshot(instance);
  ASSERT_EQ(instance.data_volume->saved, 2U);
  const DoneAnswer& answer = region.delete_snapshot(id);
  region.rig.run();
  EXPECT_TRUE(answer.ok()) << answer.code();
  EXPECT_EQ(instance.data_volume->saved, 0U);
  EXPECT_EQ(instance.data_volume->state, VolumeState::in_use) << "its volume is left alone";
  const SnapshotsAnswer& list = region.list_snapshots("w1");
  const DoneAnswer& again = region.delete_snapshot(id);
  const DoneAnswer& malformed = region.delete_snapshot("snap-");
  const VolumeAnswer& from = region.create_volume("w1", id);
  region.rig.run();
  EXPECT_TRUE(list.value().empty());
  EXPECT_EQ(again.code(), "InvalidSnapshot.NotFound");
  EXPECT_EQ(malformed.code(), "InvalidSnapshotID.Malformed");
  EXPECT_EQ(from.code(), "InvalidSnapshot.NotFound");
}

TEST(DeleteSnapshot, OfAPendingOneTakesEffectWhenItCompletesAndHoldsItsPlaceUntilThen) {
  Profile profile = fixed_profile();
  profile.pending_snapshots = 1;
  FullRegion region{profile};
  const Instance& instance = region.seeded("w1");
  region.write(instance);
  const std::string volume = instance.data_volume->id;
  const SnapshotAnswer& taken = region.snapshot(volume);  // completes at 21 s
  region.rig.run_until(2s);
  const DoneAnswer& deleted = region.delete_snapshot(taken.value().id);
  region.rig.run_until(4s);
  EXPECT_EQ(instance.data_volume->saved, 0U) << "it will be gone";
  const SnapshotAnswer& early = region.snapshot(volume);
  const SnapshotsAnswer& still = region.list_snapshots("w1");
  region.rig.run_until(22s);
  const SnapshotAnswer& late = region.snapshot(volume);
  const SnapshotsAnswer& gone = region.list_snapshots("w1");
  region.rig.run();
  EXPECT_TRUE(deleted.ok()) << deleted.code();
  EXPECT_EQ(early.code(), "ConcurrentSnapshotLimitExceeded");
  EXPECT_EQ(still.value().size(), 1U);
  EXPECT_TRUE(late.ok()) << late.code();
  for (const SnapshotDescription& snapshot : gone.value()) EXPECT_NE(snapshot.id, taken.value().id);
}

TEST(DeleteSnapshot, OfOneInErrorGivesItsPlaceBack) {
  Profile profile = fixed_profile();
  profile.pending_snapshots = 1;
  FullRegion region{profile};
  const std::string volume = region.seeded("w1").data_volume->id;
  const SnapshotAnswer& failed = region.snapshot(volume);
  region.rig.run_until(2s);
  region.ec2.fail_pending_snapshots(Name::none);
  region.delete_snapshot(failed.value().id);
  region.rig.run();
  const SnapshotAnswer& next = region.snapshot(volume);
  region.rig.run();
  EXPECT_TRUE(next.ok()) << next.code();
}

TEST(VolumeCalls, HaveBucketsOfTheirOwn) {
  FullRegion region;
  const std::string volume = region.seeded("w1").data_volume->id;
  for (int i = 0; i < 51; ++i) region.attach(volume, "i-12345678");
  for (int i = 0; i < 51; ++i) region.detach("vol-12345678");
  for (int i = 0; i < 101; ++i) region.create_volume("w1");
  for (int i = 0; i < 101; ++i) region.delete_volume("vol-12345678");
  for (int i = 0; i < 101; ++i) region.delete_snapshot("snap-12345678");
  region.rig.run();
  for (const std::size_t full : {50U, 101U, 202U}) {
    EXPECT_EQ(region.volumes[full].code(), "RequestLimitExceeded");
    EXPECT_NE(region.volumes[full - 1].code(), "RequestLimitExceeded");
  }
  for (const std::size_t full : {100U, 201U}) {
    EXPECT_EQ(region.dones[full].code(), "RequestLimitExceeded");
    EXPECT_NE(region.dones[full - 1].code(), "RequestLimitExceeded");
  }
}

}  // namespace
}  // namespace drydock::cloud
