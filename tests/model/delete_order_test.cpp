// The other orders of a delete: terminates handed to an outbox in one transaction, and rows marked
// only once their instance is gone (docs/platform.md §11).

#include <gtest/gtest.h>

#include "tests/model/delete_request.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::DbChanged;
using model::Response;
using Kinds = std::vector<std::string>;

const Settings kOutbox{{"delete.order", "durable_outbox"}};
const Settings kCpFirst{{"delete.order", "cp_first"}, {"sweeper.cp_orphan.enabled", "off"}};

std::vector<RigWorkspace> family() { return {{.id = "w"}, {.id = "a", .parent = "w"}, {.id = "b", .parent = "w"}}; }

std::string statuses(const Rig& rig) {
  return rig.sql(
      "SELECT group_concat(alias || ' ' || status, ', ') FROM "
      "(SELECT alias, status FROM workspaces ORDER BY key)");
}

std::string open_outbox(const Rig& rig) { return rig.sql("SELECT count(*) FROM outbox WHERE done_at IS NULL"); }

std::vector<Duration> gaps(const std::vector<Duration>& times) {
  std::vector<Duration> between;
  for (std::size_t i = 1; i < times.size(); ++i) {
    between.push_back(std::chrono::duration_cast<std::chrono::seconds>(times[i] - times[i - 1]));
  }
  return between;
}

// --- durable_outbox -----------------------------------------------------------------------------

TEST(Outbox, Answers202AtOnceAndAWorkerRemovesLater) {
  Rig rig("spring-2026", kOutbox, family());
  const std::string instance = rig.row("instance_id");
  const Response answer = remove(rig);
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body.string_at("status"), "pending_removal");
  EXPECT_EQ(answer.body.number_at("cascade_deleted"), 2);
  EXPECT_EQ(statuses(rig), "w pending_removal, a pending_removal, b pending_removal");
  EXPECT_EQ(rig.row("instance_id"), instance);
  EXPECT_EQ(rig.sql("SELECT group_concat(action || ' ' || instance_id) FROM outbox "
                    "WHERE workspace_key = 1"),
            "terminate " + instance);
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 0U);
  rig.run_for(1s);
  EXPECT_EQ(statuses(rig), "w removed, a removed, b removed");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspaces WHERE instance_id IS NULL"), "3");
  EXPECT_EQ(open_outbox(rig), "0");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM outbox"), "3") << "done rows are kept";
  EXPECT_EQ(rig.count("structure_event", {}, "WORKSPACE_REMOVED"), 3U);
  EXPECT_EQ(rig.live_instances(), 0U);
}

TEST(Outbox, WhereThereIsNothingToTerminateItIsRemovedAtOnce) {
  Rig rig("spring-2026", kOutbox, {{.status = Status::failed}});
  const Response answer = remove(rig);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.string_at("status"), "removed");
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_REMOVED"), 1U);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM outbox"), "0");
}

TEST(Outbox, RowAndOutboxAreOneTransaction) {
  Rig rig("spring-2026", kOutbox, family());
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(remove(rig).status, 500);
  EXPECT_EQ(statuses(rig), "w online, a online, b online");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM outbox"), "0");
  EXPECT_EQ(rig.adversary().calls("db.write"), 1);
}

TEST(Outbox, RevokesTheTokensAndForgetsTheKeysAtOnce) {
  Rig rig("spring-2026", kOutbox);
  remove(rig);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspace_auth_tokens WHERE revoked_at IS NULL"), "0");
  EXPECT_FALSE(rig.keys().url(rig.key()).has_value());
}

TEST(Outbox, NeedsNoBackup) {
  Rig rig("spring-2026", kOutbox);
  rig.adversary().fail("cp.backup", "http-500", ScriptedAdversary::kAlways);
  remove(rig);
  rig.run_for(1s);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.count("backup.attempt"), 0U);
}

TEST(Outbox, BacksOffFromOneSecondToAMinute) {
  Rig rig("spring-2026", kOutbox);
  rig.adversary().fail("cp.stop", "http-503", 9);
  remove(rig);
  rig.run_for(10min);
  EXPECT_EQ(gaps(rig.times("stop.attempt")), (std::vector<Duration>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}));
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.sql("SELECT attempts FROM outbox"), "9");
}

TEST(Outbox, SurvivesACrashBetweenTheAnswerAndTheStop) {
  Rig rig("spring-2026", kOutbox, family());
  EXPECT_EQ(remove(rig).status, 202);
  rig.process().crash();
  rig.run_for(1min);
  EXPECT_EQ(rig.row("status"), "pending_removal");
  EXPECT_EQ(rig.live_instances("b"), 1U);
  rig.process().start(policy_of("spring-2026", kOutbox));
  rig.run_for(1s);
  EXPECT_EQ(statuses(rig), "w removed, a removed, b removed");
  for (const char* alias : {"w", "a", "b"}) EXPECT_EQ(rig.live_instances(alias), 0U) << alias;
}

TEST(Outbox, SurvivesACrashBetweenTheStopAndItsLastWrite) {
  Rig rig("spring-2026", kOutbox);
  remove(rig);
  rig.adversary().slow("db.write", 10s);
  rig.run_for(2s);
  ASSERT_EQ(rig.instance_state(), "shutting-down");
  rig.restart_platform();
  rig.run_for(1s);
  EXPECT_EQ(rig.count("stop.attempt"), 2U) << "a stop that had succeeded does so again";
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.row("instance_id IS NULL"), "1");
  EXPECT_EQ(open_outbox(rig), "0");
}

TEST(Outbox, ACrashDoesNotBeginTheBackoffAgain) {
  Rig rig("spring-2026", kOutbox);
  rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways);
  remove(rig);
  rig.run_for(20s);  // attempts at 0, 1, 3, 7 and 15 s; the next is due at 31 s
  ASSERT_EQ(rig.count("stop.attempt"), 5U);
  rig.restart_platform();
  rig.run_for(3s);
  EXPECT_EQ(rig.count("stop.attempt"), 5U);
  rig.run_for(1min);
  EXPECT_EQ(rig.count("stop.attempt"), 7U) << "32 s after the sixth";
}

TEST(Outbox, APurgeWaitsForTheWorker) {
  Rig rig("spring-2026", kOutbox);
  rig.adversary().fail("cp.stop", "http-503", 2);
  EXPECT_EQ(remove(rig, "?purge=true").status, 202);
  rig.run_for(2s);
  EXPECT_EQ(rig.row("status"), "pending_removal");
  rig.restart_platform(1s);
  rig.run_for(5s);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspaces"), "0");
  EXPECT_EQ(rig.live_instances(), 0U);
}

/// A restart's launch is accepted while the outbox still owes the old instance: what it owes is
/// that one, by value, and the row must go on naming the other, or nobody ever finds it (§11).
TEST(Outbox, DoesNotForgetAnInstanceThatItDoesNotOwe) {
  Settings set = kOutbox;
  set.emplace_back("backup.storage", "stateless");
  Rig rig("spring-2026", set);
  rig.adversary().slow("cp.start", 5s);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(2s);
  rig.adversary().fail("cp.stop", "http-503", 4);  // 15 s
  EXPECT_EQ(remove(rig).status, 202);
  rig.run_for(10s);
  ASSERT_EQ(rig.count("provision.ec2_started"), 1U);
  rig.run_for(5min);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(rig.live_instances(), 0U) << "the sweeper finds it by its row";
}

TEST(Outbox, ALastWriteThatFailsIsMadeGoodWithoutAReboot) {
  Rig rig("spring-2026", kOutbox);
  remove(rig);
  rig.adversary().fail("db.write", "reset");
  rig.run_for(5min);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(open_outbox(rig), "0");
}

TEST(Outbox, ADeleteOfWhatIsPendingIsAccepted) {
  Rig rig("spring-2026", kOutbox);
  rig.adversary().fail("cp.stop", "http-503", 2);
  EXPECT_EQ(remove(rig).status, 202);
  EXPECT_EQ(remove(rig).status, 202);
  rig.run_for(10s);
  EXPECT_EQ(rig.row("status"), "removed");
  EXPECT_EQ(open_outbox(rig), "0");
  EXPECT_EQ(remove(rig).status, 200);
}

// --- pending_removal is removed to every guard ---------------------------------------------------

template <typename Statement>
void expect_spared(const char* what, Statement statement) {
  for (const Status status : {Status::removed, Status::pending_removal}) {
    Rig rig("spring-2026", {}, {{.status = status, .instance = true}});
    const DbChanged changed = rig.await(statement(rig));
    EXPECT_EQ(changed.value_or(0), 0) << what << " of " << to_text(status);
    EXPECT_EQ(rig.row("status"), to_text(status)) << what;
  }
}

TEST(PendingRemoval, IsRemovedToEveryGuardedStatement) {
  expect_spared("register", [](Rig& rig) { return rig.store().register_agent({}, rig.key(), "http://new", ""); });
  expect_spared("heartbeat", [](Rig& rig) { return rig.store().heartbeat({}, rig.key(), {}); });
  expect_spared("dead verdict", [](Rig& rig) { return rig.store().set_offline_if_dead({}, rig.key()); });
  expect_spared("liveness", [](Rig& rig) { return rig.store().set_liveness_lost({}, rig.key(), Status::offline); });
  expect_spared("remote", [](Rig& rig) { return rig.store().set_remote_stale({}, rig.key(), Status::offline); });
  expect_spared("claim", [](Rig& rig) { return rig.store().claim_hibernation({}, rig.key()); });
  expect_spared("bootstrap", [](Rig& rig) { return rig.store().fail_bootstrap({}, rig.key(), "why"); });
}

TEST(PendingRemoval, IsRemovedToEveryQueryAndRoute) {
  for (const Status status : {Status::removed, Status::pending_removal}) {
    Rig rig("spring-2026", {}, {{.id = "w"}, {.id = "a", .parent = "w", .status = status}});
    const WorkspaceKey key = rig.key("a");
    EXPECT_FALSE(rig.await(rig.store().find_restartable({}, key))->has_value());
    EXPECT_FALSE(*rig.await(rig.store().exists({}, key)));
    EXPECT_TRUE(rig.await(rig.store().children_not_removed({}, rig.key()))->empty());
    for (const model::Followed followed : {model::Followed::not_removed, model::Followed::not_removed_nor_paused}) {
      EXPECT_TRUE(rig.await(rig.store().descendants({}, rig.key(), followed))->empty());
    }
    EXPECT_EQ(rig.await(rig.store().global_secret_targets({}, "KEY"))->size(), 1U);
    for (const char* verb : {"restart", "pause", "resume", "hibernate"}) {
      EXPECT_EQ(rig.request("POST /workspaces/a/" + std::string{verb}).status, 404) << verb;
    }
    EXPECT_EQ(rig.row("status", "a"), to_text(status));
  }
}

// --- cp_first -----------------------------------------------------------------------------------

TEST(CpFirst, MarksARowOnlyOnceItsInstanceIsConfirmedGone) {
  Rig rig("spring-2026", kCpFirst, family());
  const Response answer = remove(rig);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.number_at("cascade_deleted"), 2);
  const Kinds one{"stop.attempt", "provision.ec2_stopped", "workspace.status", "structure_event"};
  Kinds all;
  for (int i = 0; i < 3; ++i) all.insert(all.end(), one.begin(), one.end());
  EXPECT_EQ(rig.order_of(one), all);
  EXPECT_EQ(statuses(rig), "w removed, a removed, b removed");
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspace_auth_tokens WHERE revoked_at IS NULL"), "0");
}

TEST(CpFirst, AStopThatFailsLeavesTheRowAsItWasAndAnswers500) {
  Rig rig("spring-2026", kCpFirst);
  rig.adversary().fail("cp.stop", "http-503", 3);
  const Response answer = remove(rig);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.number_at("removed_count"), 0);
  EXPECT_EQ(answer.body.number_at("stop_failures"), 1);
  EXPECT_EQ(answer.body.string_at("error").find("marked removed"), std::string::npos);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_TRUE(rig.keys().url(rig.key()).has_value());
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_REMOVED"), 0U);
  EXPECT_EQ(rig.count("structure_event", "w", "terminate_retry_exhausted"), 1U);
  rig.run_for(1min);
  EXPECT_EQ(rig.row("status"), "online") << "its agent goes on";
  EXPECT_EQ(remove(rig).status, 200);
}

TEST(CpFirst, EachWorkspaceIsConfirmedForItself) {
  Rig rig("spring-2026", kCpFirst, family());
  rig.adversary().fail("cp.stop", "http-503", 3);  // those of a, the first of the list
  const Response answer = remove(rig);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.number_at("removed_count"), 2);
  EXPECT_EQ(statuses(rig), "w removed, a online, b removed");
}

TEST(CpFirst, ACrashBeforeTheMarkLeavesARowThatADeleteFinishes) {
  Rig rig("spring-2026", kCpFirst);
  rig.adversary().slow("db.write", 10s);
  rig.send("DELETE /workspaces/w");
  rig.run_for(2s);
  ASSERT_EQ(rig.instance_state(), "shutting-down");
  rig.restart_platform();
  EXPECT_EQ(rig.answers().front().status, 0);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(remove(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "removed");
}

}  // namespace
}  // namespace drydock::test
