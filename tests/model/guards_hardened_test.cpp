// What `hardened` adds beyond its knobs' own tests (knob_rows_intents.cpp): the other places that a knob decides about,
// and what the search found under it (docs/platform.md §16).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Reach;
using model::Status;

// --- transactions without an answer ---------------------------------------------------------------------------------

// A crash between two would leave a child running below a paused parent, which nobody can restart.
TEST(Hardened, ACascadeIsParkedInOneTransaction) {
  Rig rig("hardened", {}, {{.id = "w"}, {.id = "child", .parent = "w"}});
  const std::vector<model::WorkspaceKey> tree{rig.key("w"), rig.key("child")};
  rig.adversary().meet("db.write", {.what = sim::Verdict::What::fail, .error = "reset"}, 1,
                       sim::FaultPoint::before_reply);
  const int before = rig.adversary().calls("db.write");
  const auto parked = rig.await(rig.store().park({}, tree, Status::paused, Reach::tree));
  ASSERT_TRUE(parked);
  EXPECT_TRUE(parked->at(0).done && parked->at(1).done);
  EXPECT_EQ(rig.row("status", "w") + rig.row("status", "child"), "pausedpaused");
  EXPECT_EQ(rig.adversary().calls("db.write"), before + 2) << "asked before and after its effect";
}

// The child was paused when the tree was read, and is started again before its rows are parked.
TEST(Hardened, ATreeThatHasGrownIsNotParked) {
  Rig rig("hardened", {}, {{.id = "w"}, {.id = "child", .parent = "w"}});
  const std::vector<model::WorkspaceKey> read{rig.key("w")};
  const auto refused = rig.await(rig.store().park({}, read, Status::paused, Reach::tree));
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->at(0).made);
  EXPECT_EQ(rig.row("status", "w"), "online");
  const auto alone = rig.await(rig.store().park({}, read, Status::paused, Reach::named));
  ASSERT_TRUE(alone);
  EXPECT_TRUE(alone->at(0).done);
}

TEST(Hardened, APauseThatGotNoAnswerDoesNotTakeAnotherOnesForItsOwn) {
  Rig rig("hardened");
  const std::vector<model::WorkspaceKey> keys{rig.key()};
  rig.await(rig.store().park({}, keys, Status::paused, Reach::tree));
  rig.adversary().fail("db.write", "reset");
  const auto second = rig.await(rig.store().park({}, keys, Status::paused, Reach::tree));
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->at(0).done);
  EXPECT_EQ(rig.row("status"), "paused");
}

TEST(Hardened, ARestartWhoseAnswerIsLostIsMadeOnce) {
  Rig rig("hardened");
  rig.adversary().meet("db.write", {.what = sim::Verdict::What::fail, .error = "reset"}, 1,
                       sim::FaultPoint::before_reply);
  const auto begun = rig.await(rig.store().begin_restart({}, rig.key(), Status::online));
  ASSERT_TRUE(begun);
  EXPECT_TRUE(begun->done);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM decisions"), "1");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM outbox"), "1");
}

// --- backups --------------------------------------------------------------------------------------------------------

TEST(Hardened, ASnapshotThatCannotBeWrittenDownIsNoBackup) {
  Rig rig("hardened");
  rig.run_for(1s);
  rig.adversary().fail("db.write", "reset", ScriptedAdversary::kAlways);
  EXPECT_EQ(rig.request("POST /workspaces/w/restart").status, 503);
  EXPECT_EQ(rig.row("status"), "online");
  rig.adversary().relent();
  EXPECT_EQ(rig.request("POST /workspaces/w/restart").status, 200);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM newest_snapshots"), "1");
}

TEST(Hardened, AnOlderSnapshotDoesNotTakeTheNewestOnesPlace) {
  Rig rig("hardened");
  const sim::Instant early{1s};
  const sim::Instant late{2s};
  rig.await(rig.store().note_snapshot({}, rig.key(), "snap-late", late));
  rig.await(rig.store().note_snapshot({}, rig.key(), "snap-early", early));
  const auto newest = rig.await(rig.store().newest_snapshot({}, rig.key()));
  ASSERT_TRUE(newest);
  EXPECT_EQ(*newest, "snap-late");
}

// --- the idle monitor (`hibernate.stops`) ---------------------------------------------------------------------------

TEST(Hardened, TheIdleMonitorStopsWhatItHibernates) {
  for (const char* stops : {"off", "on"}) {
    Rig rig("hardened", {{"hibernate.stops", stops}, {"hibernate.provider_stop", "off"}},
            {{.hibernation_idle_minutes = 1}});
    rig.run_for(2min);
    rig.put("last_heartbeat_at", "1");
    rig.await(rig.platform().hibernate_idle());
    rig.run_for(1min);
    EXPECT_EQ(rig.row("status"), "hibernated");
    EXPECT_EQ(rig.live_instances(), std::string{stops} == "on" ? 0U : 1U);
  }
}

// --- `writes.guarded` -----------------------------------------------------------------------------------------------

TEST(Hardened, AFailureIsWrittenOverAProvisioningRowOnly) {
  for (const char* guarded : {"off", "on"}) {
    Rig rig("hardened", {{"writes.guarded", guarded}});
    rig.await(rig.store().set_failed({}, rig.key(), "late"));
    EXPECT_EQ(rig.row("status"), std::string{guarded} == "on" ? "online" : "failed");
  }
}

TEST(Hardened, ARegistrationWakesNoDormantRow) {
  for (const char* guarded : {"off", "on"}) {
    Rig rig("hardened", {{"writes.guarded", guarded}}, {{.status = Status::paused, .instance = true}});
    rig.await(rig.store().register_agent({}, rig.key(), "http://new", ""));
    EXPECT_EQ(rig.row("status"), std::string{guarded} == "on" ? "paused" : "online");
  }
}

}  // namespace
}  // namespace drydock::test
