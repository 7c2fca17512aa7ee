// The conditions under which a row is written (docs/platform.md §6): for every statement, what it
// makes of each of the ten statuses.

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::DbChanged;
using Statuses = std::set<Status>;

constexpr std::array kAll{Status::provisioning, Status::online,        Status::offline, Status::degraded,
                          Status::failed,       Status::removed,       Status::paused,  Status::hibernated,
                          Status::hibernating,  Status::awaiting_agent};

Statuses all_but(const Statuses& without) {
  Statuses rest;
  for (const Status status : kAll) {
    if (without.count(status) == 0) rest.insert(status);
  }
  return rest;
}

/// In which statuses the statement changes the row.
template <typename Statement>
Statuses touched_by(Statement statement, const std::string& preset = "spring-2026") {
  Statuses touched;
  for (const Status status : kAll) {
    Rig rig(preset, {}, {{.status = status, .instance = true}});
    rig.put("url", "'http://old'");
    rig.run_for(1s);
    const DbChanged changed = rig.await(statement(rig));
    if (changed && *changed != 0) touched.insert(status);
  }
  return touched;
}

TEST(RowGuards, T5MarkFailedIsByIdWhateverTheStatus) {
  EXPECT_EQ(touched_by([](Rig& rig) { return rig.store().set_failed({}, rig.key(), "why"); }), all_but({}));
}

TEST(RowGuards, T6TheNewInstanceIdIsWrittenByIdEvenOnARemovedRow) {
  EXPECT_EQ(touched_by([](Rig& rig) { return rig.store().set_instance_id({}, rig.key(), "i-1"); }), all_but({}));
}

TEST(RowGuards, T7RegisterMakesEverythingOnlineButARemovedRow) {
  const auto statement = [](Rig& rig) { return rig.store().register_agent({}, rig.key(), "http://new", ""); };
  EXPECT_EQ(touched_by(statement), all_but({Status::removed}));

  Rig rig("spring-2026", {}, {{.status = Status::paused}});
  rig.await(statement(rig));
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("url"), "http://new");
}

TEST(RowGuards, T7RegisterInsertsTheRowOfAWorkspaceThatNobodyCreated) {
  Rig rig("spring-2026");
  rig.sql("DELETE FROM workspaces");
  rig.await(rig.store().register_agent({}, rig.key(), "http://new", ""));
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("name"), rig.row("id"));
}

TEST(RowGuards, T8HeartbeatWritesItsColumnsEverywhereButOnARemovedRow) {
  const auto statement = [](Rig& rig) { return rig.store().heartbeat({}, rig.key(), {.error_rate = 0.25}); };
  EXPECT_EQ(touched_by(statement), all_but({Status::removed}));

  Rig rig("spring-2026", {}, {{.status = Status::paused}});
  rig.run_for(7s);
  rig.await(statement(rig));
  EXPECT_EQ(rig.row("status"), "paused");
  EXPECT_EQ(rig.row("last_error_rate"), "0.25");
  EXPECT_EQ(rig.row("last_heartbeat_at"), "7001000");
  EXPECT_EQ(rig.row("updated_at"), "7001000");
}

TEST(RowGuards, T9ToT13AGuardedMoveNamesTheStatusThatItLeaves) {
  for (const Status from : kAll) {
    const auto statement = [from](Rig& rig) { return rig.store().move_status({}, rig.key(), from, Status::failed); };
    EXPECT_EQ(touched_by(statement), Statuses{from});
  }
}

TEST(RowGuards, T10AndT11AnUnguardedMoveIsById) {
  const auto statement = [](Rig& rig) {
    return rig.store().move_status({}, rig.key(), std::nullopt, Status::degraded);
  };
  EXPECT_EQ(touched_by(statement), all_but({}));
}

TEST(RowGuards, T14LivenessLossSparesWhatIsRemovedPausedOrHibernated) {
  const auto statement = [](Rig& rig) { return rig.store().set_liveness_lost({}, rig.key(), Status::offline); };
  EXPECT_EQ(touched_by(statement), all_but({Status::removed, Status::paused, Status::hibernated}));
}

TEST(RowGuards, T16StaleRemoteSparesWhatIsRemovedProvisioningOrPaused) {
  const auto statement = [](Rig& rig) { return rig.store().set_remote_stale({}, rig.key(), Status::offline); };
  EXPECT_EQ(touched_by(statement), all_but({Status::removed, Status::provisioning, Status::paused}));
}

TEST(RowGuards, T17T18TheDeadVerdictSparesWhatIsRemovedOrProvisioning) {
  const auto statement = [](Rig& rig) { return rig.store().set_offline_if_dead({}, rig.key()); };
  EXPECT_EQ(touched_by(statement), all_but({Status::removed, Status::provisioning}));
}

TEST(RowGuards, T19T20ProvisioningIsWrittenByIdAndEmptiesTheUrl) {
  const auto statement = [](Rig& rig) { return rig.store().set_provisioning({}, rig.key()); };
  EXPECT_EQ(touched_by(statement), all_but({}));

  Rig rig("spring-2026");
  ASSERT_NE(rig.row("url"), "");
  const std::string instance = rig.row("instance_id");
  rig.await(statement(rig));
  EXPECT_EQ(rig.row("url"), "");
  EXPECT_EQ(rig.row("instance_id"), instance);
}

TEST(RowGuards, T27OnlyAnOverdueProvisioningRowFails) {
  const auto overdue = [](Rig& rig) { return rig.store().fail_overdue({}, rig.key(), rig.clock().now(), "late"); };
  EXPECT_EQ(touched_by(overdue), Statuses{Status::provisioning});
  const auto fresh = [](Rig& rig) { return rig.store().fail_overdue({}, rig.key(), sim::kTimeZero, "late"); };
  EXPECT_EQ(touched_by(fresh), Statuses{});
}

TEST(RowGuards, AProgrammaticRestartSelectsWhatIsNotRemovedPausedOrHibernated) {
  Statuses selected;
  for (const Status status : kAll) {
    Rig rig("spring-2026", {}, {{.status = status}});
    const auto found = rig.await(rig.store().find_restartable({}, rig.key()));
    if (found && *found) selected.insert(status);
  }
  EXPECT_EQ(selected, all_but({Status::removed, Status::paused, Status::hibernated}));
}

TEST(RowGuards, AnAncestorAtAnyHeightPausesAWorkspaceAndItselfDoesNot) {
  for (const char* paused : {"lead", "middle", "leaf"}) {
    Rig rig("spring-2026", {},
            {{.id = "lead"}, {.id = "middle", .parent = "lead"}, {.id = "leaf", .parent = "middle"}});
    rig.put("status", "'paused'", paused);
    const auto found = rig.await(rig.store().has_paused_ancestor({}, rig.key("leaf")));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(*found, std::string_view{paused} != "leaf") << paused;
  }
}

// --- the status enum ----------------------------------------------------------------------------

TEST(RowGuards, AStatusThatTheSchemaDoesNotKnowIsADatabaseError) {
  for (const char* complete : {"on", "off"}) {
    Rig rig("spring-2026", {{"schema.status_enum_complete", complete}}, {{.runtime = "external"}});
    const DbChanged written = rig.await(rig.store().set_liveness_lost({}, rig.key(), Status::awaiting_agent));
    const DbChanged stale = rig.await(rig.store().set_remote_stale({}, rig.key(), Status::awaiting_agent));
    const bool knows = std::string_view{complete} == "on";
    EXPECT_EQ(written.has_value(), knows);
    EXPECT_EQ(stale.has_value(), knows);
    EXPECT_EQ(rig.row("status"), knows ? "awaiting_agent" : "online");
    EXPECT_TRUE(rig.await(rig.store().set_liveness_lost({}, rig.key(), Status::offline)));
  }
}

// --- statements ---------------------------------------------------------------------------------

TEST(Statements, TakeTheirTimeAndTakeEffectAtItsEnd) {
  Rig rig("spring-2026", {{"time.db_statement", "3s"}});
  rig.spawn([](Rig* world) -> sim::Task<void> {
    const sim::Context context;
    co_await world->store().set_provisioning(context, world->key());
  }(&rig));
  rig.run_for(2999ms);
  EXPECT_EQ(rig.row("status"), "online");
  rig.run_for(2ms);
  EXPECT_EQ(rig.row("status"), "provisioning");
}

TEST(Statements, FailWithoutRunningWhenTheirContextHasEnded) {
  Rig rig("spring-2026");
  rig.run_for(1s);
  const sim::Context ended{sim::kTimeZero + 1s};
  EXPECT_FALSE(rig.await(rig.store().set_provisioning(ended, rig.key())).has_value());
  EXPECT_FALSE(rig.await(rig.store().status(ended, rig.key())).has_value());
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.adversary().calls("db.write"), 0);
}

TEST(Statements, AWriteThatIsSlowerThanItsContextFails) {
  Rig rig("spring-2026");
  rig.adversary().slow("db.write", 10s);
  EXPECT_FALSE(rig.await(rig.store().set_provisioning({sim::kTimeZero + 5s}, rig.key())));
  EXPECT_EQ(rig.elapsed(), 5s);
  EXPECT_EQ(rig.row("status"), "online");

  rig.adversary().lose("db.write");
  EXPECT_FALSE(rig.await(rig.store().set_provisioning({sim::kTimeZero + 8s}, rig.key())));
  EXPECT_EQ(rig.elapsed(), 8s);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(Statements, ARefusedWriteChangesNothingAndALostReplyHasChangedIt) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_FALSE(rig.await(rig.store().set_provisioning({}, rig.key())).has_value());
  EXPECT_EQ(rig.row("status"), "online");

  rig.adversary().meet("db.write", {.what = sim::Verdict::What::fail, .error = "reset", .delay = {}}, 1,
                       sim::FaultPoint::before_reply);
  EXPECT_FALSE(rig.await(rig.store().set_provisioning({}, rig.key())).has_value());
  EXPECT_EQ(rig.row("status"), "provisioning");
}

// --- tokens and secrets -------------------------------------------------------------------------

TEST(Statements, ATokenIsLiveUntilItIsRevoked) {
  Rig rig("spring-2026");
  auto state = rig.await(rig.store().check_token({}, rig.key(), "token-w"));
  EXPECT_TRUE(state->any_live);
  EXPECT_TRUE(state->matches);
  state = rig.await(rig.store().check_token({}, rig.key(), "another"));
  EXPECT_TRUE(state->any_live);
  EXPECT_FALSE(state->matches);
  rig.await(rig.store().revoke_tokens({}, rig.key()));
  state = rig.await(rig.store().check_token({}, rig.key(), "token-w"));
  EXPECT_FALSE(state->any_live);
  EXPECT_FALSE(state->matches);
}

TEST(Statements, AWorkspacesOwnSecretWinsOverAGlobalOneOfTheSameKey) {
  Rig rig("spring-2026", {}, {{.secrets = {{"A", "own"}}}});
  rig.sql("INSERT INTO global_secrets (key, encrypted_value) VALUES ('A', 'global')");
  rig.sql("INSERT INTO global_secrets (key, encrypted_value) VALUES ('B', 'global')");
  const auto environment = rig.await(rig.store().load_environment({}, rig.key()));
  ASSERT_TRUE(environment.has_value());
  const std::map<std::string, std::string> expected{{"A", "own"}, {"B", "global"}};
  EXPECT_EQ(environment->variables, expected);
  const auto context = rig.await(rig.store().restart_context({}, rig.key()));
  EXPECT_EQ(context->secret_keys, (std::vector<std::string>{"A", "B"}));
}

}  // namespace
}  // namespace drydock::test
