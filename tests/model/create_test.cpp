// Create, the report of a failed bootstrap and the watcher that sends it, and the fan-out of global
// secrets (docs/platform.md §7.1, §4.3, §7.11).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;
using Kinds = std::vector<std::string>;
using Fields = std::map<std::string, std::string>;

struct New {
  Fields body{{"name", "fresh"}};
  std::string parent;
  std::map<std::string, std::string> secrets;
  bool valid = true;
};

/// POST /workspaces; what it makes is called `n`.
Response create(Rig& rig, const New& made = {}) {
  model::Request request = rig.parse("POST /workspaces", made.body);
  request.workspace = rig.name_workspace("n");
  if (!made.parent.empty()) {
    request.body["parent"] = made.parent;
    request.parent = made.parent == "w" ? rig.key() : WorkspaceKey::none;
  }
  request.secrets = made.secrets;
  request.body_is_valid = made.valid;
  return rig.await(rig.process().request(std::move(request), "user"));
}

// --- create -------------------------------------------------------------------------------------

TEST(Create, Answers201AndProvisionsAfterwards) {
  for (const char* era : {"april-2026", "spring-2026"}) {
    Rig rig(era);
    const Response answer = create(rig);
    EXPECT_EQ(answer.status, 201) << era;
    EXPECT_EQ(answer.body.string_at("id"), rig.row("id", "n"));
    EXPECT_EQ(answer.body.string_at("name"), "fresh");
    EXPECT_EQ(answer.body.string_at("status"), "provisioning");
    EXPECT_EQ(rig.row("status", "n"), "provisioning");
    EXPECT_EQ(rig.row("instance_id IS NULL AND url IS NULL", "n"), "1");
    EXPECT_EQ(rig.row("runtime", "n"), "claude-code");
    rig.run_for(1min);
    EXPECT_EQ(rig.row("status", "n"), "online");
    EXPECT_EQ(rig.count("provision.ec2_started", "n"), 1U);
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
  }
}

TEST(Create, InsertsTellsProvisionsDetached) {
  Rig rig("spring-2026");
  create(rig);
  rig.run_for(5s);
  const Kinds steps{"workspace.status", "structure_event", "http.response", "provision.start", "provision.ec2_started"};
  EXPECT_EQ(rig.order_of(steps), steps);
  EXPECT_EQ(rig.count("structure_event", "n", "WORKSPACE_PROVISIONING"), 1U);
  EXPECT_EQ(rig.count("provision.start", "n", R"("sync":false)"), 1U);
}

TEST(Create, WhateverHappensLaterItWas201) {
  Rig rig("spring-2026");
  rig.adversary().fail("cp.start", "http-500");
  EXPECT_EQ(create(rig).status, 201);
  rig.run_for(5s);
  EXPECT_EQ(rig.row("status", "n"), "failed");
  EXPECT_EQ(rig.count("structure_event", "n", "WORKSPACE_PROVISION_FAILED"), 1U);
}

TEST(Create, RefusesWhatItCannotBind) {
  for (const New& made : {New{.body = {}}, New{.body = {{"name", ""}}}, New{.parent = "nobody"}, New{.valid = false}}) {
    Rig rig("spring-2026");
    EXPECT_EQ(create(rig, made).status, 400);
    rig.run_for(5s);
    EXPECT_EQ(rig.sql("SELECT count(*) FROM workspaces"), "1");
    EXPECT_EQ(rig.count("provision.start"), 0U);
  }
}

TEST(Create, HangsTheRowIntoTheTree) {
  Rig rig("spring-2026");
  create(rig, {.parent = "w"});
  EXPECT_EQ(rig.row("parent_key", "n"), rig.row("key"));
  EXPECT_EQ(rig.request("DELETE /workspaces/w").status, 409);
  Rig root("spring-2026");
  create(root);
  EXPECT_EQ(root.row("parent_key IS NULL", "n"), "1");
}

TEST(Create, RowAndInitialSecretsAreOneTransaction) {
  const New made{.secrets = {{"A", "1"}, {"B", "2"}}};
  Rig rig("spring-2026");
  EXPECT_EQ(create(rig, made).status, 201);
  EXPECT_EQ(rig.sql("SELECT group_concat(key || encrypted_value) FROM workspace_secrets "
                    "WHERE workspace_key = 2"),
            "A1,B2");
  Rig failing("spring-2026");
  failing.adversary().fail("db.write", "reset");
  EXPECT_EQ(create(failing, made).status, 500);
  failing.run_for(5s);
  EXPECT_EQ(failing.sql("SELECT count(*) FROM workspaces"), "1");
  EXPECT_EQ(failing.sql("SELECT count(*) FROM workspace_secrets"), "0");
  EXPECT_EQ(failing.count("provision.start"), 0U);
  EXPECT_EQ(failing.count("structure_event"), 0U);
}

TEST(Create, NobodySeesARowBeforeItsTransactionIsCommitted) {
  Rig rig("spring-2026");
  rig.adversary().slow("db.write", 5s);
  model::Request request = rig.parse("POST /workspaces", {{"name", "fresh"}});
  request.workspace = rig.name_workspace("n");
  request.secrets = {{"A", "1"}};
  request.context.until = rig.clock().now() + 2s;  // hangs up meanwhile
  EXPECT_EQ(rig.await(rig.process().request(std::move(request), "user")).status, 0);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspaces"), "1");
  rig.run_for(1min);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM workspaces"), "1") << "and rolled back with its caller";
}

TEST(Create, WithoutComputeItAwaitsItsAgent) {
  for (const char* runtime : {"external", "mock"}) {
    Rig rig("spring-2026");
    const Response answer = create(rig, {.body = {{"name", "fresh"}, {"runtime", runtime}}});
    EXPECT_EQ(answer.status, 201) << runtime;
    EXPECT_EQ(answer.body.string_at("status"), "awaiting_agent");
    EXPECT_EQ(rig.row("status", "n"), "awaiting_agent");
    EXPECT_EQ(rig.count("structure_event", "n", "WORKSPACE_AWAITING_AGENT"), 1U);
    rig.run_for(5s);
    EXPECT_EQ(rig.count("provision.start"), 0U);
  }
}

TEST(Create, TheEnumOfAprilKnowsNoAwaitingAgent) {
  Rig rig("april-2026");
  const Response answer = create(rig, {.body = {{"name", "fresh"}, {"runtime", "external"}}});
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(rig.row("status", "n"), "provisioning");
  EXPECT_EQ(answer.body.string_at("status"), "provisioning");
}

// --- bootstrap-failed ---------------------------------------------------------------------------

Response report(Rig& rig) { return rig.request("POST /workspaces/w/bootstrap-failed"); }

TEST(BootstrapFailed, FailsARowThatIsProvisioningAndSaysWhoSaidSo) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  const Response answer = report(rig);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.string_at("status"), "ok");
  EXPECT_EQ(rig.row("status"), "failed");
  EXPECT_NE(rig.row("last_sample_error"), "");
  EXPECT_EQ(rig.count("structure_event", "w", "bootstrap_watcher"), 1U);
}

TEST(BootstrapFailed, ChangesNothingElse) {
  for (const Status status : {Status::online, Status::offline, Status::degraded, Status::failed, Status::removed,
                              Status::paused, Status::hibernated, Status::hibernating, Status::awaiting_agent}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    const Response answer = report(rig);
    EXPECT_EQ(answer.status, 200) << to_text(status);
    EXPECT_EQ(answer.body.string_at("status"), "no_change");
    EXPECT_EQ(rig.row("status"), to_text(status));
    EXPECT_EQ(rig.count("structure_event"), 0U);
  }
}

TEST(BootstrapFailed, AWriteThatFailsIs500) {
  Rig rig("spring-2026", {}, {{.status = Status::provisioning}});
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(report(rig).status, 500);
  EXPECT_EQ(rig.row("status"), "provisioning");
}

// --- the control plane's bootstrap watcher ------------------------------------------------------

/// A launch whose host dies before its agent comes up; when the platform was told.
std::vector<Duration> told(Rig& rig) {
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(26s);
  rig.kill_instance();
  rig.run_for(40min);
  return rig.times("http.request", "w", "bootstrap-failed");
}

const Settings kPatient{{"time.provision_timeout", "1h"}, {"time.provision_timeout_hermes", "1h"}};

TEST(BootstrapWatcher, ReportsALaunchThatNeverCameUpAfterFiveMinutes) {
  for (const auto& [runtime, after] :
       {std::pair{"claude-code", Duration{5min}}, std::pair{"hermes", Duration{25min}}}) {
    Rig rig("spring-2026", kPatient, {{.status = Status::provisioning, .runtime = runtime}});
    const std::vector<Duration> reports = told(rig);
    ASSERT_EQ(reports.size(), 1U) << runtime;
    EXPECT_GE(reports.front(), after);
    EXPECT_LT(reports.front(), after + 3s);
    EXPECT_EQ(rig.row("status"), "failed");
    EXPECT_EQ(rig.count("structure_event", "w", "bootstrap_watcher"), 1U);
  }
}

TEST(BootstrapWatcher, HasNothingToSayOfAnAgentThatBooted) {
  Rig rig("spring-2026", kPatient, {{.status = Status::provisioning}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(1min);
  rig.kill_instance();
  rig.put("status", "'provisioning'");
  rig.run_for(10min);
  EXPECT_EQ(rig.count("http.request", "w", "bootstrap-failed"), 0U);
}

TEST(BootstrapWatcher, WhatWasStoppedMeanwhileIsNotItsBusiness) {
  Rig rig("spring-2026", kPatient, {{.status = Status::provisioning}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(5s);
  rig.await(rig.ec2().terminate_instances({}, {rig.row("instance_id")}));
  rig.run_for(10min);
  EXPECT_EQ(rig.count("http.request", "w", "bootstrap-failed"), 0U);
}

TEST(BootstrapWatcher, ReportsWhatIsUpWithoutAnAgentToo) {
  Rig rig("spring-2026", {{"time.bootstrap_watcher", "30s"}}, {{.status = Status::provisioning}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(32s);  // running since 25 s; the agent would come up at 35 s
  EXPECT_EQ(rig.row("status"), "failed");
  EXPECT_EQ(rig.instance_state(), "running");
}

TEST(BootstrapWatcher, NobodyIsToldWhileThePlatformIsDown) {
  Rig rig("spring-2026", kPatient, {{.status = Status::provisioning}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(26s);
  rig.kill_instance();
  rig.run_for(4min);
  rig.restart_platform(2min);
  rig.run_for(10min);
  EXPECT_EQ(rig.row("status"), "provisioning") << "it looks once";
}

// --- global secrets -----------------------------------------------------------------------------

std::vector<RigWorkspace> every_kind() {
  return {{.id = "online"},
          {.id = "failed", .status = Status::failed},
          {.id = "hibernated", .status = Status::hibernated},
          {.id = "mock", .runtime = "mock", .instance = false},
          {.id = "paused", .status = Status::paused},
          {.id = "removed", .status = Status::removed, .instance = true},
          {.id = "leaving", .status = Status::pending_removal, .instance = true},
          {.id = "external", .runtime = "external", .instance = false},
          {.id = "override", .secrets = {{"KEY", "own"}}}};
}

void expect_fan_out(Rig& rig) {
  rig.run_for(5s);
  for (const char* reached : {"online", "failed", "hibernated", "mock"})
    EXPECT_EQ(rig.count("restart.triggered", reached, "secret"), 1U) << reached;
  for (const char* spared : {"paused", "removed", "leaving", "external", "override"})
    EXPECT_EQ(rig.count("restart.triggered", spared), 0U) << spared;
  EXPECT_EQ(rig.count("restart.pre_stop", "online"), 1U);
  EXPECT_EQ(rig.count("restart.pre_stop", "failed"), 1U);
  EXPECT_EQ(rig.count("restart.pre_stop"), 2U) << "the cycle skips the hibernated and the mock";
}

TEST(GlobalSecret, AWriteRestartsWhoeverReadsIt) {
  Rig rig("spring-2026", {}, every_kind());
  const Response answer = rig.request("PUT /secrets/KEY", {{"value", "1"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.string_at("status"), "saved");
  EXPECT_EQ(answer.body.string_at("key"), "KEY");
  EXPECT_EQ(rig.count("restart.triggered"), 0U) << "detached";
  EXPECT_EQ(rig.sql("SELECT encrypted_value FROM global_secrets"), "1");
  expect_fan_out(rig);
}

TEST(GlobalSecret, ADeleteDoesSoTooAndOfWhatIsNotThereIs404) {
  Rig rig("spring-2026", {}, every_kind());
  rig.sql("INSERT INTO global_secrets (key, encrypted_value) VALUES ('KEY', '1')");
  EXPECT_EQ(rig.request("DELETE /secrets/OTHER").status, 404);
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
  EXPECT_EQ(rig.request("DELETE /secrets/KEY").status, 200);
  EXPECT_EQ(rig.sql("SELECT count(*) FROM global_secrets"), "0");
  expect_fan_out(rig);
}

TEST(GlobalSecret, AWriteThatFailsIs500AndRestartsNobody) {
  Rig rig("spring-2026");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(rig.request("PUT /secrets/KEY", {{"value", "1"}}).status, 500);
  rig.run_for(5s);
  EXPECT_EQ(rig.count("restart.triggered"), 0U);
}

TEST(GlobalSecret, ItsRestartsAreDebouncedLikeAnyOther) {
  Rig rig("spring-2026");
  for (int i = 0; i < 3; ++i) {
    rig.request("PUT /secrets/KEY", {{"value", "1"}});
    rig.run_for(5s);
  }
  EXPECT_EQ(rig.count("restart.triggered"), 3U);
  EXPECT_EQ(rig.count("restart.cycle"), 1U);
  EXPECT_EQ(rig.platform().debounce_drops(), 2U);
}

TEST(GlobalSecret, AnOwnSecretOfAnotherNameIsNoOverride) {
  Rig rig("spring-2026", {}, {{.secrets = {{"OTHER", "own"}}}});
  rig.request("PUT /secrets/KEY", {{"value", "1"}});
  rig.run_for(1s);
  EXPECT_EQ(rig.count("restart.triggered"), 1U);
}

}  // namespace
}  // namespace drydock::test
