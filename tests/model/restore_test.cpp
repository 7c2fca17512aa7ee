// Which snapshot a launch restores from (docs/platform.md §10.1, snapshot_before_stop).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Permit;

Permit cover(Rig& rig) { return rig.await(rig.platform().backups().cover({}, rig.key(), false)); }

void provision(Rig& rig) { rig.await(rig.platform().provision_workspace(rig.key(), true)); }

/// The snapshot that the newest volume was made from.
std::string restored_from(Rig& rig) { return rig.ec2().volumes().back().source_snapshot; }

std::string snapshot(Rig& rig, std::size_t at) { return rig.ec2().snapshots().at(at).id; }

TEST(Restore, TheNewestCompletedSnapshotOfTheLineage) {
  Rig rig("spring-2026");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(cover(rig).has_value());
    rig.run_for(40s);
  }
  const sim::Instant asked = rig.clock().now();
  provision(rig);
  EXPECT_EQ(restored_from(rig), snapshot(rig, 1));
  EXPECT_LT(rig.clock().now() - asked, 2s) << "there is nothing to wait for";
  EXPECT_TRUE(rig.ec2().volumes().back().delete_on_termination);
}

TEST(Restore, WaitsForOneThatIsPending) {
  Rig rig("spring-2026");
  ASSERT_TRUE(cover(rig).has_value());
  const sim::Instant taken = rig.clock().now();
  provision(rig);
  EXPECT_EQ(restored_from(rig), snapshot(rig, 0));
  EXPECT_GE(rig.clock().now() - taken, 30s);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
}

TEST(Restore, GivesUpAtTheDeadlineOfTheStartRatherThanTakeAnOlderOne) {
  Rig rig("spring-2026", {{"time.cp_provision_timeout", "10s"}});
  ASSERT_TRUE(cover(rig).has_value());
  rig.run_for(40s);
  ASSERT_TRUE(cover(rig).has_value());
  provision(rig);
  EXPECT_EQ(rig.count("provision.ec2_started"), 0U);
  EXPECT_EQ(rig.row("status"), "failed");
  EXPECT_EQ(rig.live_instances(), 1U) << "the old one only";
}

TEST(Restore, PassesOverOneInErrorForTheNextOlder) {
  Rig rig("spring-2026");
  ASSERT_TRUE(cover(rig).has_value());
  rig.run_for(40s);
  ASSERT_TRUE(cover(rig).has_value());
  ASSERT_EQ(rig.ec2().fail_pending_snapshots(sim::Name::none), 1U);
  provision(rig);
  EXPECT_EQ(restored_from(rig), snapshot(rig, 0));
}

TEST(Restore, OneThatFailsWhileItIsWaitedForIsPassedOverToo) {
  Rig rig("spring-2026");
  ASSERT_TRUE(cover(rig).has_value());
  rig.run_for(40s);
  ASSERT_TRUE(cover(rig).has_value());
  rig.spawn(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(12s);
  ASSERT_EQ(rig.count("provision.ec2_started"), 0U);
  rig.ec2().fail_pending_snapshots(sim::Name::none);
  rig.run_for(10s);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_EQ(restored_from(rig), snapshot(rig, 0));
}

TEST(Restore, WithoutAnySnapshotTheVolumeIsEmpty) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  provision(rig);
  EXPECT_EQ(restored_from(rig), "");
  EXPECT_EQ(rig.ec2().volumes().size(), 1U);
}

TEST(Restore, ADivergentSnapshotIsNeverTheSource) {
  Rig rig("spring-2026");
  ASSERT_TRUE(cover(rig).has_value());
  rig.run_for(40s);
  const std::string old = rig.row("instance_id");
  provision(rig);
  ASSERT_TRUE(rig.await(rig.platform().backups().cover_instance({}, rig.key(), old, false)));
  rig.run_for(40s);
  ASSERT_TRUE(rig.ec2().snapshots().back().divergent);
  provision(rig);
  EXPECT_EQ(restored_from(rig), snapshot(rig, 0));
}

TEST(Restore, ADivergentOneThatIsPendingIsNotWaitedFor) {
  Rig rig("spring-2026");
  const std::string old = rig.row("instance_id");
  provision(rig);
  ASSERT_TRUE(rig.await(rig.platform().backups().cover_instance({}, rig.key(), old, false)));
  const sim::Instant asked = rig.clock().now();
  provision(rig);
  EXPECT_EQ(restored_from(rig), "");
  EXPECT_LT(rig.clock().now() - asked, 2s);
}

TEST(Restore, AnotherWorkspacesSnapshotsAreNoneOfIts) {
  Rig rig("spring-2026", {}, {{.id = "w"}, {.id = "other"}});
  ASSERT_TRUE(rig.await(rig.platform().backups().cover({}, rig.key("other"), false)));
  rig.run_for(40s);
  provision(rig);
  EXPECT_EQ(restored_from(rig), "");
}

TEST(Restore, APersistentVolumeIsAttachedAgainByForce) {
  Rig rig("post-1932");
  const std::string volume = rig.ec2().volumes().front().id;
  provision(rig);  // the old instance still runs
  EXPECT_EQ(rig.ec2().volumes().size(), 1U);
  const cloud::Volume& same = rig.ec2().volumes().front();
  EXPECT_EQ(same.id, volume);
  EXPECT_FALSE(same.delete_on_termination);
  EXPECT_EQ(rig.ec2().find(rig.row("instance_id"))->name, same.attached_to);
}

TEST(Restore, StatelessHasNoVolumeAtAll) {
  Rig rig("spring-2026", {{"backup.storage", "stateless"}});
  provision(rig);
  EXPECT_TRUE(rig.ec2().volumes().empty());
}

}  // namespace
}  // namespace drydock::test
