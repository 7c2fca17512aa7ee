// Hibernation, over HTTP and by the idle monitor (docs/platform.md §7.8, §10.6).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;
using Kinds = std::vector<std::string>;

Response hibernate(Rig& rig, const std::string& query = "") {
  return rig.request("POST /workspaces/w/hibernate" + query);
}

TEST(Hibernate, SuccessPath) {
  for (const Status status : {Status::online, Status::degraded}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    rig.keys().set_url(rig.key(), "http://old", 5min);
    const Response answer = hibernate(rig);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.string_at("status"), "hibernated");
    EXPECT_EQ(rig.row("status"), "hibernated");
    EXPECT_EQ(rig.row("url"), "");
    EXPECT_FALSE(rig.keys().url(rig.key()).has_value());
    const Kinds steps{"workspace.status", "workspace.status", "structure_event", "http.response"};
    EXPECT_EQ(rig.order_of(steps), steps);
    EXPECT_EQ(rig.count("workspace.status", "w", R"("to":"hibernating")"), 1U);
    EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_HIBERNATED"), 1U);
  }
}

TEST(Hibernate, LeavesTheInstanceRunning) {
  Rig rig("spring-2026");
  hibernate(rig);
  EXPECT_EQ(rig.adversary().calls("cp.stop"), 0);
  EXPECT_EQ(rig.instance_state(), "running");
  EXPECT_NE(rig.row("instance_id"), "");
}

TEST(Hibernate, WhatIsNotOnlineOrDegradedIs404AlsoWhenItIsHibernatedAlready) {
  for (const Status status : {Status::hibernated, Status::hibernating, Status::provisioning, Status::offline,
                              Status::failed, Status::removed, Status::paused, Status::awaiting_agent}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    EXPECT_EQ(hibernate(rig).status, 404) << to_text(status);
    EXPECT_EQ(hibernate(rig, "?force=true").status, 404) << to_text(status);
    EXPECT_EQ(rig.row("status"), to_text(status));
  }
  Rig rig("spring-2026");
  rig.sql("DELETE FROM workspaces");
  EXPECT_EQ(hibernate(rig).status, 404);
}

TEST(Hibernate, ActiveTasksRefuseItAndTheAnswerSaysHowMany) {
  Rig rig("spring-2026", {}, {{.active_tasks = 2}});
  const Response answer = hibernate(rig);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body.number_at("active_tasks"), 2);
  EXPECT_NE(answer.body.string_at("error"), "");
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(Hibernate, ForceSkipsTheCheckOnlyAndTheClaimStillRefuses) {
  Rig rig("spring-2026", {}, {{.active_tasks = 2}});
  const Response answer = hibernate(rig, "?force=true");
  EXPECT_EQ(answer.status, 200) << "the routine reports nothing";
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("structure_event"), 0U);
  EXPECT_TRUE(rig.keys().url(rig.key()).has_value());
}

TEST(Hibernate, ConcurrentCallsClaimOnce) {
  Rig rig("spring-2026");
  for (int i = 0; i < 3; ++i) rig.send("POST /workspaces/w/hibernate");
  rig.run_for(1s);
  ASSERT_EQ(rig.answers().size(), 3U);
  for (const Response& answer : rig.answers()) EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(rig.count("workspace.status", "w", R"("to":"hibernating")"), 1U);
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_HIBERNATED"), 1U);
}

TEST(Hibernate, ADatabaseErrorOnTheClaimIsLoggedAndStill200) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(hibernate(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("platform.log", "w", "hibernation not claimed"), 1U);
  EXPECT_EQ(rig.count("structure_event"), 0U);
  EXPECT_TRUE(rig.keys().url(rig.key()).has_value());
}

TEST(Hibernate, ADatabaseErrorOnTheLastWriteLeavesItHibernating) {
  Rig rig("spring-2026");
  rig.adversary().slow("db.write", 0s);
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(hibernate(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "hibernating");
  EXPECT_EQ(rig.count("structure_event"), 0U);
  EXPECT_TRUE(rig.keys().url(rig.key()).has_value()) << "keys are cleared after the final write";
}

TEST(Hibernate, ADatabaseErrorOnTheFirstReadIs500) {
  Rig rig("spring-2026");
  model::Request request = rig.parse("POST /workspaces/w/hibernate");
  request.context.until = rig.clock().now();
  EXPECT_EQ(rig.await(rig.platform().handle(std::move(request))).status, 500);
}

TEST(Hibernate, TheEnumOfAprilKnowsNoHibernating) {
  Rig rig("april-2026");
  EXPECT_EQ(hibernate(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.count("platform.log", "w", "invalid input value for enum"), 1U);
}

TEST(Hibernate, TheFinalWriteIsByIdAndTheClaimIsNot) {
  Rig rig("spring-2026");
  rig.adversary().slow("db.write", 0s);
  rig.adversary().slow("db.write", 5s);
  rig.send("POST /workspaces/w/hibernate");
  rig.run_for(1s);
  ASSERT_EQ(rig.row("status"), "hibernating");
  rig.put("status", "'provisioning'");
  rig.run_for(10s);
  EXPECT_EQ(rig.row("status"), "hibernated");
}

// --- the idle monitor ---------------------------------------------------------------------------

/// A workspace of which nobody hears any more.
RigWorkspace silent(std::optional<std::int64_t> minutes) {
  return {.instance = false, .hibernation_idle_minutes = minutes};
}

/// Its status after one run of the monitor, `age` after the last heartbeat.
std::string monitored(const RigWorkspace& workspace, Duration age = 10min, const std::string& set = {}) {
  Rig rig("spring-2026", {{"time.hibernation_monitor", "1h"}, {"health.remote_on_saas", "off"}}, {workspace});
  rig.put("last_heartbeat_at", "0");
  if (!set.empty()) rig.sql("UPDATE workspaces SET " + set);
  rig.clock().run_until(sim::kTimeZero + age);
  rig.await(rig.platform().hibernate_idle());
  return rig.row("status");
}

TEST(IdleMonitor, HibernatesWhoseLastHeartbeatIsOlderThanItsIdleTime) {
  EXPECT_EQ(monitored(silent(5), 5min + 1s), "hibernated");
  EXPECT_EQ(monitored(silent(5), 5min - 1s), "online");
  EXPECT_EQ(monitored(silent(5), 5min - 1ms), "online") << "older, not as old";
}

TEST(IdleMonitor, ItIsOptIn) {
  EXPECT_EQ(monitored(silent(std::nullopt)), "online");
  EXPECT_EQ(monitored(silent(0)), "online");
}

TEST(IdleMonitor, SparesWhoHasTasksIsExternalOrWasNeverHeardOf) {
  EXPECT_EQ(monitored(silent(5), 10min, "active_tasks = 1"), "online");
  EXPECT_EQ(monitored(silent(5), 10min, "last_heartbeat_at = NULL"), "online");
  RigWorkspace external = silent(5);
  external.runtime = "external";
  EXPECT_EQ(monitored(external), "online");
}

TEST(IdleMonitor, TakesOnlineAndDegradedRowsOnly) {
  for (const Status status : {Status::online, Status::degraded, Status::offline, Status::failed, Status::paused,
                              Status::removed, Status::hibernating, Status::awaiting_agent}) {
    RigWorkspace workspace = silent(5);
    workspace.status = status;
    const bool parked = status == Status::online || status == Status::degraded;
    EXPECT_EQ(monitored(workspace), parked ? "hibernated" : to_text(status));
  }
}

TEST(IdleMonitor, RunsEveryTwoMinutesAndNotAtBoot) {
  Rig rig("spring-2026", {}, {silent(1)});
  rig.put("last_heartbeat_at", "-600000000");
  rig.run_for(119s);
  EXPECT_EQ(rig.row("status"), "online");
  rig.run_for(2s);
  EXPECT_EQ(rig.row("status"), "hibernated");
}

TEST(IdleMonitor, NeverSeesAnAgentThatBeats) {
  Rig rig("spring-2026", {}, {{.hibernation_idle_minutes = 1}});
  rig.run_for(1h);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(IdleMonitor, OneThatFailsDoesNotKeepTheOthersUp) {
  Rig rig("spring-2026", {{"time.hibernation_monitor", "1h"}},
          {{.id = "a", .instance = false, .hibernation_idle_minutes = 5},
           {.id = "b", .instance = false, .hibernation_idle_minutes = 5}});
  for (const char* alias : {"a", "b"}) rig.put("last_heartbeat_at", "-3600000000", alias);
  rig.adversary().fail("db.write", "reset");
  rig.await(rig.platform().hibernate_idle());
  EXPECT_EQ(rig.row("status", "a"), "online");
  EXPECT_EQ(rig.row("status", "b"), "hibernated");
}

}  // namespace
}  // namespace drydock::test
