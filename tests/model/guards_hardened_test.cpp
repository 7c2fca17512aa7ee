// What `hardened` adds beyond its knobs' own tests (knob_rows_intents.cpp): the other places that a knob decides about, and
// what the search found under it (docs/platform.md §16).

#include <gtest/gtest.h>

#include "tests/support/play.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using Names = std::vector<std::string>;

/// A parent with a child, or one workspace; these steps and faults.
Outcome play_hardened(const std::string& steps, const std::string& faults,
                      const Settings& set = {}) {
  return play_under(
      "hardened",
      R"("horizon": "10m", "workspaces": [{"id": "w"}, {"id": "child", "parent": "w"}], "steps": [)" +
          steps + R"(], "faults": [)" + faults + "]",
      set);
}

// --- transactions without an answer ---------------------------------------------------------------------------------

TEST(Hardened, ACrashInTheMiddleOfAPauseLeavesNoChildRunning) {
  const Outcome outcome =
      play_hardened(R"({"at": "10s", "request": "POST /workspaces/w/pause?cascade=true"},
        {"at": "40s", "request": "PUT /workspaces/child/secrets", "body": {"key": "K", "value": "V"}})",
                    R"({"on": "process.platform", "error": "crash",
        "when": {"event": "workspace.status", "delay": "0s"}})");
  EXPECT_EQ(final_value(outcome, "w", "status"), "paused");
  EXPECT_EQ(final_value(outcome, "child", "status"), "paused");
  EXPECT_EQ(violations(outcome), Names{});
}

TEST(Hardened, APauseDoesNotCountWhatAnotherOnePaused) {
  const Outcome outcome =
      play_hardened(R"({"at": "10s", "id": "one", "request": "POST /workspaces/child/pause"},
        {"at": "20s", "id": "two", "request": "POST /workspaces/child/pause"})",
                    R"({"on": "db.write", "error": "timeout", "from": "9s",
        "for": "14s"})");
  EXPECT_EQ(final_value(outcome, "child", "status"), "paused");
  EXPECT_EQ(violations(outcome), Names{});
}

TEST(Hardened, ARestartWhoseAnswerIsLostIsMadeOnce) {
  Rig rig("hardened");
  rig.adversary().meet("db.write", {.what = sim::Verdict::What::fail, .error = "reset"}, 1,
                       sim::FaultPoint::before_reply);
  const auto begun = rig.await(rig.store().begin_restart({}, rig.key(), model::Status::online));
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
    Rig rig("hardened", {{"hibernate.stops", stops}}, {{.hibernation_idle_minutes = 1}});
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
    Rig rig("hardened", {{"writes.guarded", guarded}},
            {{.status = model::Status::paused, .instance = true}});
    rig.await(rig.store().register_agent({}, rig.key(), "http://new", ""));
    EXPECT_EQ(rig.row("status"), std::string{guarded} == "on" ? "paused" : "online");
  }
}

}  // namespace
}  // namespace drydock::test
