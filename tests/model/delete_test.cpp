// Delete and purge (docs/platform.md §7.10).

#include <gtest/gtest.h>

#include "tests/model/delete_request.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;
using Kinds = std::vector<std::string>;

/// w, its children a and b, and a's child x.
std::vector<RigWorkspace> tree() {
  return {{.id = "w"}, {.id = "a", .parent = "w"}, {.id = "b", .parent = "w"}, {.id = "x", .parent = "a"}};
}

/// The same from a caller who hangs up after so many statements (1 ms each).
Response remove_within(Rig& rig, int statements) {
  model::Request request = rig.parse("DELETE /workspaces/w?confirm=true");
  request.context.until = rig.clock().now() + statements * 1ms;
  return rig.await(rig.platform().handle(std::move(request)));
}

std::string removed(const Rig& rig) {
  return rig.sql(
      "SELECT group_concat(alias, ' ') FROM "
      "(SELECT alias FROM workspaces WHERE status = 'removed' ORDER BY key)");
}

// --- the checks ---------------------------------------------------------------------------------

TEST(Delete, WithChildrenItNeedsConfirmationAndNothingHappensWithout) {
  for (const char* query : {"", "?confirm=false", "?purge=true"}) {
    Rig rig("spring-2026", {}, tree());
    const Response answer = remove(rig, query);
    EXPECT_EQ(answer.status, 409) << query;
    EXPECT_EQ(answer.body.string_at("status"), "confirmation_required");
    EXPECT_EQ(answer.body.number_at("children_count"), 2) << "direct children only";
    EXPECT_NE(answer.body.text().find(R"("name":"a")"), std::string::npos);
    EXPECT_EQ(answer.body.text().find(R"("name":"x")"), std::string::npos);
    EXPECT_EQ(removed(rig), "");
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
  }
}

TEST(Delete, RemovedChildrenNeedNoConfirmation) {
  for (const Status gone : {Status::removed, Status::pending_removal}) {
    Rig rig("spring-2026", {}, {{.id = "w"}, {.id = "a", .parent = "w", .status = gone}});
    EXPECT_EQ(remove(rig, "").status, 200) << to_text(gone);
  }
}

TEST(Delete, AnUnknownIdIs200AndNothingWasDeletedBelowIt) {
  Rig rig("spring-2026");
  const Response answer = rig.request("DELETE /workspaces/6d1c2d57-0000-4000-8000-000000000000");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.string_at("status"), "removed");
  EXPECT_EQ(answer.body.number_at("cascade_deleted"), 0);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(Delete, NobodyAsksForTheStatusOfTheTarget) {
  for (const Status status :
       {Status::provisioning, Status::failed, Status::paused, Status::hibernated, Status::removed, Status::offline}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    EXPECT_EQ(remove(rig).status, 200) << to_text(status);
    EXPECT_EQ(rig.row("status"), "removed");
  }
}

TEST(Delete, ADatabaseErrorWhileChildrenOrDescendantsAreReadIs500) {
  for (const int statements : {0, 1}) {
    Rig rig("spring-2026", {}, tree());
    EXPECT_EQ(remove_within(rig, statements).status, 500) << statements;
    EXPECT_EQ(removed(rig), "");
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
  }
}

TEST(Delete, AprilIgnoredTheErrorOfTheDescendantsQuery) {
  Rig rig("april-2026", {}, tree());
  EXPECT_EQ(remove_within(rig, 0).status, 500);
  const Response answer = remove_within(rig, 1);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.number_at("cascade_deleted"), 0);
}

// --- the cascade --------------------------------------------------------------------------------

TEST(Delete, RemovesSelfAndAllDescendantsAndSaysHowMany) {
  for (const char* era : {"april-2026", "pre-2989", "spring-2026"}) {
    Rig rig(era, {}, tree());
    const Response answer = remove(rig);
    EXPECT_EQ(answer.status, 200) << era;
    EXPECT_EQ(answer.body.string_at("status"), "removed");
    EXPECT_EQ(answer.body.number_at("cascade_deleted"), 3);
    EXPECT_EQ(removed(rig), "w a b x");
    EXPECT_EQ(rig.count("structure_event", {}, "WORKSPACE_REMOVED"), 4U);
    EXPECT_EQ(rig.sql("SELECT count(*) FROM workspace_auth_tokens WHERE revoked_at IS NULL"), "0");
    for (const char* alias : {"w", "a", "b", "x"}) EXPECT_FALSE(rig.keys().url(rig.key(alias)).has_value()) << alias;
  }
}

TEST(Delete, TheWalkStopsAtARowThatIsRemovedAlready) {
  std::vector<RigWorkspace> workspaces = tree();
  workspaces[1].status = Status::removed;
  Rig rig("spring-2026", {}, workspaces);
  EXPECT_EQ(remove(rig).body.number_at("cascade_deleted"), 1);
  EXPECT_EQ(removed(rig), "w a b");
}

TEST(Delete, MarksEverythingFirstThenStopsTheDescendantsInOrderAndTheRootLast) {
  Rig rig("spring-2026", {}, tree());
  remove(rig);
  const Kinds order = rig.order_of({"workspace.status", "stop.attempt", "structure_event"});
  ASSERT_EQ(order.size(), 12U);
  EXPECT_EQ(Kinds(order.begin(), order.begin() + 5),
            (Kinds{"workspace.status", "workspace.status", "workspace.status", "workspace.status", "stop.attempt"}));
  EXPECT_EQ(Kinds(order.begin() + 4, order.begin() + 6), (Kinds{"stop.attempt", "structure_event"}));
  const char* before = nullptr;
  for (const char* alias : {"a", "b", "x", "w"}) {
    ASSERT_EQ(rig.count("stop.attempt", alias), 1U);
    if (before != nullptr) {
      EXPECT_LT(rig.times("structure_event", before).front(), rig.times("stop.attempt", alias).front());
    }
    before = alias;
  }
}

TEST(Delete, StopsInsideTheRequestAndKeepsTheInstanceId) {
  Rig rig("spring-2026");
  const std::string instance = rig.row("instance_id");
  remove(rig);
  EXPECT_LT(rig.times("provision.ec2_stopped").front(), rig.times("http.response").front());
  EXPECT_EQ(rig.row("instance_id"), instance);
  EXPECT_EQ(rig.instance_state(), "shutting-down");
}

TEST(Delete, HasNoBackupLeg) {
  Rig rig("spring-2026");
  rig.adversary().fail("cp.backup", "http-500", ScriptedAdversary::kAlways);
  EXPECT_EQ(remove(rig).status, 200);
  EXPECT_EQ(rig.count("backup.attempt"), 0U);
}

TEST(Delete, ReachedNobodyInAprilAndStopsNothingUnderNone) {
  Rig april("april-2026", {}, tree());
  remove(april);
  EXPECT_EQ(april.adversary().calls("cp.stop"), 0);
  EXPECT_EQ(april.instance_state(), "running");
  Rig none("spring-2026", {{"delete.stop", "none"}});
  EXPECT_EQ(remove(none).status, 200);
  EXPECT_EQ(none.adversary().calls("cp.stop"), 0);
}

TEST(Delete, AnErrorOfTheMarkingIsOnlyLogged) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(remove(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.instance_state(), "shutting-down");
  EXPECT_EQ(rig.count("platform.log", "w", "rows not marked removed"), 1U);
}

// --- stops that fail ----------------------------------------------------------------------------

TEST(DeleteStopFailure, Is500AndSaysWhatWasRemovedAndWhatFailed) {
  Rig rig("pre-1932", {}, tree());
  rig.adversary().fail("cp.stop", "http-503", 2);
  const Response answer = remove(rig);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.number_at("removed_count"), 4);
  EXPECT_EQ(answer.body.number_at("stop_failures"), 2);
  EXPECT_TRUE(answer.body.string_at("error").starts_with(
      "workspace marked removed, but 2 stop call(s) failed — please retry: cp stop: 503"))
      << answer.body.text();
  EXPECT_EQ(removed(rig), "w a b x");
  EXPECT_EQ(rig.count("stop.attempt"), 4U) << "one attempt each; a failure does not end the walk";
  EXPECT_EQ(rig.count("structure_event", {}, "WORKSPACE_REMOVED"), 4U);
}

TEST(DeleteStopFailure, AClientsRetryStopsTheRootAgainButNotTheDescendants) {
  Rig rig("pre-1932", {{"sweeper.cp_orphan.enabled", "off"}}, tree());
  rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways);
  EXPECT_EQ(remove(rig).status, 500);
  rig.adversary().relent();
  const Response again = remove(rig, "");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body.number_at("cascade_deleted"), 0);
  EXPECT_EQ(rig.count("stop.attempt", "w"), 2U);
  EXPECT_EQ(rig.count("stop.attempt", "a"), 1U);
  EXPECT_EQ(rig.instance_state("w"), "shutting-down");
  EXPECT_EQ(rig.instance_state("a"), "running");
}

TEST(DeleteStopFailure, ARetryStopsTheRootUnconditionally) {
  Rig rig("spring-2026", {{"sweeper.cp_orphan.enabled", "off"}});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(remove(rig).status, 200);
  EXPECT_EQ(rig.count("stop.attempt"), 2U);
}

// --- purge --------------------------------------------------------------------------------------

TEST(Purge, DeletesTheRowsTheirLeavesAndTheReferencesToThem) {
  std::vector<RigWorkspace> workspaces = tree();
  workspaces[0].secrets = {{"KEY", "value"}};
  workspaces.push_back({.id = "gone", .parent = "w", .status = Status::removed});
  workspaces.push_back({.id = "other", .secrets = {{"KEY", "value"}}});
  Rig rig("spring-2026", {}, workspaces);
  rig.sql("UPDATE workspaces SET forwarded_to_key = 1 WHERE alias = 'other'");
  rig.sql("INSERT INTO workspace_files VALUES (1, 'notes.md', 0)");
  const Response answer = remove(rig, "?confirm=true&purge=true");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.string_at("status"), "purged");
  EXPECT_EQ(answer.body.number_at("cascade_deleted"), 3);
  EXPECT_EQ(rig.sql("SELECT group_concat(alias, ' ') FROM (SELECT * FROM workspaces ORDER BY key)"), "gone other");
  EXPECT_EQ(rig.row("parent_key IS NULL", "gone"), "1");
  EXPECT_EQ(rig.row("forwarded_to_key IS NULL", "other"), "1");
  for (const char* leaf : {"workspace_files", "workspace_auth_tokens"}) {
    EXPECT_EQ(rig.sql("SELECT count(*) FROM " + std::string{leaf} + " WHERE workspace_key < 5"), "0") << leaf;
  }
  EXPECT_EQ(rig.sql("SELECT group_concat(workspace_key) FROM workspace_secrets"), "6");
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 4U);
}

TEST(Purge, IsSkippedWhenAStopFailed) {
  Rig rig("pre-1932");
  rig.adversary().fail("cp.stop", "http-500");
  EXPECT_EQ(remove(rig, "?purge=true").status, 500);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(remove(rig, "?purge=true").body.string_at("status"), "purged");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspaces"), "0");
}

TEST(Purge, ADatabaseErrorIs500) {
  Rig rig("spring-2026");
  rig.adversary().slow("db.write", 0s, 3);  // the mark, the tokens, the event
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(remove(rig, "?purge=true").status, 500);
  EXPECT_EQ(rig.row("status"), "removed");
}

// --- what a removed row refuses ------------------------------------------------------------------

TEST(Delete, ALateRegistrationOrHeartbeatDoesNotBringTheRowBack) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  rig.spawn(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(2s);
  rig.adversary().fail("cp.stop", "http-500", ScriptedAdversary::kAlways);
  EXPECT_EQ(remove(rig).status, 500);
  rig.run_for(2min);
  EXPECT_GE(rig.count("agent.register"), 1U) << "the agent came up all the same";
  EXPECT_EQ(rig.row("status"), "removed");
}

}  // namespace
}  // namespace drydock::test
