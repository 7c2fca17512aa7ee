// The delete's stop with retry and a durable event (#1932, docs/platform.md §10.2).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;
using model::StopResult;

constexpr const char* kEvent = "workspace.delete.terminate_retry_exhausted";

StopResult stop_for_delete(Rig& rig, sim::Context context = {}) {
  return rig.await(rig.platform().stop_workspace_for_delete(context, rig.key()));
}

std::string events(const Rig& rig) {
  return rig.sql(std::string{"SELECT count(*) FROM structure_events WHERE event_type = '"} + kEvent + "'");
}

std::string failure_payload(const Rig& rig, const std::string& field) {
  return rig.sql("SELECT json_extract(payload, '$." + field + "') FROM structure_events WHERE event_type = '" + kEvent +
                 "'");
}

// --- the upstream acceptance tests --------------------------------------------------------------

TEST(StopWorkspaceForDelete, CPRetriesTransientThenSucceeds) {
  Rig rig("post-1932");
  rig.adversary().fail("cp.stop", "http-503", 2);
  EXPECT_TRUE(stop_for_delete(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(events(rig), "0");
  EXPECT_EQ(rig.count("stop.exhausted"), 0U);
}

TEST(StopWorkspaceForDelete, CPExhausts) {
  Rig rig("post-1932", {{"sweeper.cp_orphan.enabled", "off"}}, {{.status = Status::removed, .instance = true}});
  for (const char* error : {"http-500", "http-502", "http-504"}) rig.adversary().fail("cp.stop", error);
  const std::string instance = rig.row("instance_id");
  const StopResult stopped = stop_for_delete(rig);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_NE(stopped.error().message.find("504"), std::string::npos) << "wraps the last attempt's";
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(rig.count("stop.exhausted", "w", "Delete"), 1U);
  ASSERT_EQ(events(rig), "1");
  EXPECT_EQ(failure_payload(rig, "workspace_id"), rig.row("id"));
  EXPECT_EQ(failure_payload(rig, "attempts"), "3");
  EXPECT_EQ(failure_payload(rig, "recovery_path"), "cp_orphan_sweeper");
  EXPECT_NE(failure_payload(rig, "last_error").find("504"), std::string::npos);
  // What the sweeper looks for stays as it is.
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.row("instance_id"), instance);
}

/// Upstream: neither backend is wired. Here one always is; what is left of that case is a delete
/// that knows none (era A), and a row that names no instance.
TEST(StopWorkspaceForDelete, NoBackendIsNoOp) {
  Rig april("april-2026");
  EXPECT_TRUE(stop_for_delete(april).has_value());
  EXPECT_EQ(april.adversary().calls("cp.stop"), 0);
  Rig nothing("post-1932", {}, {{.status = Status::removed}});
  EXPECT_TRUE(stop_for_delete(nothing).has_value());
  EXPECT_EQ(nothing.adversary().calls("cp.stop"), 0);
  EXPECT_EQ(events(nothing), "0");
}

TEST(StopWorkspaceForDelete, SingleTriesOnceAndRecordsNothing) {
  Rig rig("pre-1932");
  rig.adversary().fail("cp.stop", "http-503", 1);
  EXPECT_FALSE(stop_for_delete(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 1U);
  EXPECT_EQ(events(rig), "0");
}

TEST(StopWorkspaceForDelete, RetryAloneRecordsNothing) {
  Rig rig("post-1932", {{"delete.stop", "retry"}});
  rig.adversary().fail("cp.stop", "http-503", 3);
  EXPECT_FALSE(stop_for_delete(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(events(rig), "0");
}

TEST(StopWorkspaceForDelete, TheNumberOfAttemptsInTheEventIsAConstant) {
  Rig rig("post-1932", {{"stop.attempts", "1"}});
  rig.adversary().fail("cp.stop", "http-503", 1);
  EXPECT_FALSE(stop_for_delete(rig).has_value());
  EXPECT_EQ(rig.count("stop.attempt"), 1U);
  EXPECT_EQ(failure_payload(rig, "attempts"), "3");
}

// --- within the request -------------------------------------------------------------------------

TEST(DeleteRetry, ExhaustionStillIsARetryable500) {
  Rig rig("post-1932");
  rig.adversary().fail("cp.stop", "http-503", 3);
  const Response answer = rig.request("DELETE /workspaces/w");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.number_at("removed_count"), 1);
  EXPECT_EQ(answer.body.number_at("stop_failures"), 1);
  EXPECT_EQ(events(rig), "1");
  // The client's retry finds the row removed: 410 since 25 May, two days before. The sweeper stops it.
  EXPECT_EQ(rig.request("DELETE /workspaces/w").status, 410);
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(rig.instance_state(), "running");
}

TEST(DeleteRetry, AFailedInsertIsSwallowedAndDoesNotFailTheRequestFurther) {
  Rig rig("post-1932");
  rig.adversary().fail("cp.stop", "http-503", 3);
  rig.adversary().slow("db.write", 0s, 2);  // the mark, the tokens
  rig.adversary().fail("db.write", "reset");
  const Response answer = rig.request("DELETE /workspaces/w");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.number_at("stop_failures"), 1);
  EXPECT_EQ(events(rig), "0");
  EXPECT_EQ(rig.count("platform.log", "w", "event not recorded"), 1U);
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_REMOVED"), 1U);
}

TEST(DeleteRetry, TheSweeperHealsWhatTheEventTold) {
  Rig rig("post-1932");
  rig.run_for(10s);
  rig.adversary().fail("cp.stop", "http-503", 3);
  EXPECT_EQ(rig.request("DELETE /workspaces/w").status, 500);
  rig.run_for(1min);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.row("instance_id IS NULL"), "1");
  EXPECT_EQ(rig.count("sweep.reaped", "w", "cp_orphan"), 1U);
  EXPECT_EQ(rig.live_instances(), 0U);
}

/// Every stop is refused after 4 s: one workspace takes 4 + 1 + 4 + 2 + 4 s.
TEST(DeleteRetry, TheCascadeShares30Seconds) {
  Rig rig("post-1932", {{"sweeper.cp_orphan.enabled", "off"}},
          {{.id = "w"}, {.id = "a", .parent = "w"}, {.id = "b", .parent = "w"}, {.id = "c", .parent = "w"}});
  rig.adversary().meet("cp.stop", {.what = sim::Verdict::What::fail, .error = "http-503", .delay = 4s},
                       ScriptedAdversary::kAlways);
  const Response answer = rig.request("DELETE /workspaces/w?confirm=true");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.number_at("removed_count"), 4);
  EXPECT_EQ(answer.body.number_at("stop_failures"), 4);
  EXPECT_NE(answer.body.string_at("error").find("context deadline exceeded"), std::string::npos);
  EXPECT_LT(rig.elapsed(), 31s);
  EXPECT_EQ(rig.count("stop.attempt", "a"), 3U);
  EXPECT_EQ(rig.count("stop.attempt", "c"), 0U) << "not even its row can be read in a dead context";
  EXPECT_EQ(rig.count("stop.exhausted", "a"), 1U);
  EXPECT_EQ(rig.count("stop.exhausted", "c"), 0U) << "abandoned, which is no LEAK-SUSPECT";
  EXPECT_EQ(rig.count("platform.log", "c", "abandoned mid-retry"), 1U);
  // The event's INSERT runs in the same context: only the first workspace's is in time.
  EXPECT_EQ(events(rig), "1");
  EXPECT_EQ(failure_payload(rig, "workspace_id"), rig.row("id", "a"));
}

TEST(DeleteRetry, TheDeadlineIsDetachedFromTheCaller) {
  Rig rig("post-1932");
  model::Request request = rig.parse("DELETE /workspaces/w");
  request.context.until = rig.clock().now() + 1s;
  rig.adversary().slow("cp.stop", 5s);
  EXPECT_EQ(rig.await(rig.process().request(std::move(request), "user")).status, 0) << "hung up";
  rig.run_for(10s);
  EXPECT_EQ(rig.instance_state(), "terminated");
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_REMOVED"), 1U);
}

TEST(DeleteRetry, ADeadlineOfItsOwnCutsARetryShort) {
  Rig rig("post-1932", {{"delete.cleanup_deadline", "1500ms"}});
  rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways);
  EXPECT_EQ(rig.request("DELETE /workspaces/w").status, 500);
  EXPECT_EQ(rig.count("stop.attempt"), 2U);
  EXPECT_LT(rig.elapsed(), 1600ms);
}

}  // namespace
}  // namespace drydock::test
