// Pause and resume (docs/platform.md §7.6, §7.7), and how far they reach (#1991, §10.5).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Response;
using Kinds = std::vector<std::string>;

constexpr const char* kHeader = "X-Molecule-Implicit-Cascade";

/// A parent with two children, as in the acceptance test of #1991.
std::vector<RigWorkspace> family(Status status = Status::online) {
  return {{.id = "w", .status = status},
          {.id = "a", .parent = "w", .status = status},
          {.id = "b", .parent = "w", .status = status}};
}

/// w, its child a, and a's child x.
std::vector<RigWorkspace> line(Status child, Status status = Status::online) {
  return {{.id = "w", .status = status},
          {.id = "a", .parent = "w", .status = child},
          {.id = "x", .parent = "a", .status = status}};
}

Response pause(Rig& rig, const std::string& query = "") { return rig.request("POST /workspaces/w/pause" + query); }

Response resume(Rig& rig, const std::string& query = "") { return rig.request("POST /workspaces/w/resume" + query); }

std::string statuses(const Rig& rig) {
  return rig.sql(
      "SELECT group_concat(alias || ' ' || status, ', ') FROM "
      "(SELECT alias, status FROM workspaces ORDER BY key)");
}

std::string listed(const Rig& rig, const std::vector<std::string>& aliases) {
  std::string list;
  for (const std::string& alias : aliases) {
    list += (list.empty() ? "" : ",");
    list += R"({"id":")" + rig.row("id", alias) + R"(","name":")" + alias + R"("})";
  }
  return R"("descendants":[)" + list + "]";
}

std::string header(const Response& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return "none";
}

/// Whether the subtree stayed as it was: no stop, no row, no backup.
void expect_untouched(const Rig& rig, const std::string& before) {
  EXPECT_EQ(statuses(rig), before);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
  EXPECT_EQ(rig.count("backup.attempt"), 0U);
  EXPECT_EQ(rig.count("structure_event"), 0U);
  EXPECT_EQ(rig.count("provision.start"), 0U);
}

// --- opt_in: the acceptance of #1991 ------------------------------------------------------------

TEST(PauseOptIn, AParentWithTwoChildrenIs409WithTheirListAndNothingHappens) {
  Rig rig("post-1991", {}, family());
  const std::string before = statuses(rig);
  const Response answer = pause(rig);
  EXPECT_EQ(answer.status, 409);
  EXPECT_NE(answer.body.text().find(listed(rig, {"a", "b"})), std::string::npos) << answer.body.text();
  expect_untouched(rig, before);
}

TEST(PauseOptIn, WithCascadeTrueAllThreeArePaused) {
  Rig rig("post-1991", {}, family());
  const Response answer = pause(rig, "?cascade=true");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.string_at("status"), "paused");
  EXPECT_EQ(answer.body.number_at("paused_count"), 3);
  EXPECT_EQ(header(answer, kHeader), "none");
  EXPECT_EQ(statuses(rig), "w paused, a paused, b paused");
  for (const char* alias : {"w", "a", "b"}) {
    EXPECT_EQ(rig.row("url", alias), "");
    EXPECT_EQ(rig.instance_state(alias), "shutting-down");
    EXPECT_EQ(rig.count("structure_event", alias, "WORKSPACE_PAUSED"), 1U);
    EXPECT_FALSE(rig.keys().url(rig.key(alias)).has_value());
  }
}

TEST(PauseOptIn, ResumeMirrorsIt) {
  Rig rig("post-1991", {}, family(Status::paused));
  const Response refused = resume(rig);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.text().find(listed(rig, {"a", "b"})), std::string::npos);
  expect_untouched(rig, "w paused, a paused, b paused");

  const Response answer = resume(rig, "?cascade=true");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.string_at("status"), "provisioning");
  EXPECT_EQ(answer.body.number_at("resumed_count"), 3);
  EXPECT_EQ(statuses(rig), "w provisioning, a provisioning, b provisioning");
  rig.run_for(1min);
  EXPECT_EQ(statuses(rig), "w online, a online, b online");
  EXPECT_EQ(rig.count("provision.ec2_started"), 3U);
}

TEST(PauseOptIn, WithoutDescendantsNothingIsAsked) {
  Rig rig("post-1991");
  const Response answer = pause(rig);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.number_at("paused_count"), 1);
  EXPECT_EQ(resume(rig).body.number_at("resumed_count"), 1);
}

TEST(PauseOptIn, OnlyTheWordTrueOptsIn) {
  for (const char* query : {"?cascade=1", "?cascade=yes", "?cascade=false"}) {
    Rig rig("post-1991", {}, family());
    EXPECT_EQ(pause(rig, query).status, 409) << query;
  }
}

TEST(PauseOptIn, TheListIsWhatTheQueryReturns) {
  // Pause: neither removed nor paused, at every level; what lies below such a row is not reached.
  for (const Status child : {Status::paused, Status::removed}) {
    Rig rig("post-1991", {}, line(child));
    EXPECT_EQ(pause(rig).status, 200) << to_text(child);
    EXPECT_EQ(rig.row("status", "x"), "online") << to_text(child);
    EXPECT_EQ(rig.row("status", "a"), to_text(child));
  }
  Rig failed("post-1991", {}, line(Status::failed));
  EXPECT_NE(pause(failed).body.text().find(listed(failed, {"a", "x"})), std::string::npos);
  // Resume: only paused rows, through paused ones.
  Rig up("post-1991", {}, line(Status::online, Status::paused));
  EXPECT_EQ(resume(up).body.number_at("resumed_count"), 1);
  EXPECT_EQ(up.row("status", "x"), "paused");
  Rig parked("post-1991", {}, line(Status::paused, Status::paused));
  EXPECT_NE(resume(parked).body.text().find(listed(parked, {"a", "x"})), std::string::npos);
}

TEST(PauseOptIn, CascadeFalseIsAsIfAbsentOrMeansTheNamedWorkspaceOnly) {
  for (const char* meaning : {"refuse", "single"}) {
    const bool single = std::string_view{meaning} == "single";
    Rig rig("post-1991", {{"pause.cascade_false", meaning}}, family());
    EXPECT_EQ(pause(rig).status, 409) << "without the parameter there is no choice";
    const Response answer = pause(rig, "?cascade=false");
    EXPECT_EQ(answer.status, single ? 200 : 409);
    EXPECT_EQ(statuses(rig), single ? "w paused, a online, b online" : "w online, a online, b online");
    if (single) {
      EXPECT_EQ(answer.body.number_at("paused_count"), 1);
      EXPECT_EQ(rig.instance_state("a"), "running");
    }
  }
}

TEST(PauseOptIn, CascadeFalseOfAResumeMeansTheSame) {
  Rig rig("post-1991", {{"pause.cascade_false", "single"}}, family(Status::paused));
  EXPECT_EQ(resume(rig, "?cascade=false").body.number_at("resumed_count"), 1);
  EXPECT_EQ(statuses(rig), "w provisioning, a paused, b paused");
}

// --- implicit, and the way out of it ------------------------------------------------------------

TEST(PauseImplicit, TakesDescendantsUnasked) {
  for (const char* era : {"april-2026", "pre-1991"}) {
    Rig rig(era, {}, family());
    const Response answer = pause(rig);
    EXPECT_EQ(answer.status, 200) << era;
    EXPECT_EQ(answer.body.number_at("paused_count"), 3);
    EXPECT_EQ(header(answer, kHeader), "none");
    EXPECT_EQ(statuses(rig), "w paused, a paused, b paused");
    EXPECT_EQ(resume(rig).body.number_at("resumed_count"), 3);
  }
}

TEST(PauseImplicit, EvenWithCascadeFalse) {
  Rig rig("pre-1991", {{"pause.cascade_false", "single"}}, family());
  EXPECT_EQ(pause(rig, "?cascade=false").body.number_at("paused_count"), 3);
}

TEST(PauseDeprecatedImplicit, CascadesAndSaysSoInAHeader) {
  Rig rig("pre-1991", {{"pause.cascade", "deprecated_implicit"}}, family());
  const Response paused = pause(rig);
  EXPECT_EQ(paused.body.number_at("paused_count"), 3);
  EXPECT_EQ(header(paused, kHeader), "deprecated");
  const Response resumed = resume(rig);
  EXPECT_EQ(resumed.body.number_at("resumed_count"), 3);
  EXPECT_EQ(header(resumed, kHeader), "deprecated");
}

TEST(PauseDeprecatedImplicit, WhoAskedForItOrReachedNobodyElseIsNotTold) {
  Rig asked("pre-1991", {{"pause.cascade", "deprecated_implicit"}}, family());
  EXPECT_EQ(header(pause(asked, "?cascade=true"), kHeader), "none");
  EXPECT_EQ(header(resume(asked, "?cascade=true"), kHeader), "none");
  Rig alone("pre-1991", {{"pause.cascade", "deprecated_implicit"}});
  EXPECT_EQ(header(pause(alone), kHeader), "none");
}

// --- who can be paused and resumed --------------------------------------------------------------

TEST(Pause, WhatIsMissingRemovedOrPausedIs404) {
  for (const Status status : {Status::removed, Status::paused, Status::pending_removal}) {
    Rig rig("spring-2026", {}, {{.status = status, .instance = true}});
    EXPECT_EQ(pause(rig).status, 404) << to_text(status);
    EXPECT_EQ(rig.row("status"), to_text(status));
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
  }
  Rig rig("spring-2026");
  rig.sql("DELETE FROM workspaces");
  EXPECT_EQ(pause(rig).status, 404);
}

TEST(Pause, EveryOtherStatusCanBePaused) {
  for (const Status status : {Status::provisioning, Status::online, Status::offline, Status::degraded, Status::failed,
                              Status::hibernated, Status::hibernating, Status::awaiting_agent}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    EXPECT_EQ(pause(rig).status, 200) << to_text(status);
    EXPECT_EQ(rig.row("status"), "paused");
  }
}

TEST(Resume, OnlyWhatIsPausedIsResumed) {
  for (const Status status : {Status::provisioning, Status::online, Status::offline, Status::degraded, Status::failed,
                              Status::removed, Status::hibernated, Status::hibernating, Status::awaiting_agent}) {
    Rig rig("spring-2026", {}, {{.status = status}});
    EXPECT_EQ(resume(rig).status, 404) << to_text(status);
    EXPECT_EQ(rig.row("status"), to_text(status));
    EXPECT_EQ(rig.count("provision.start"), 0U);
  }
  Rig rig("spring-2026");
  rig.sql("DELETE FROM workspaces");
  EXPECT_EQ(resume(rig).status, 404);
}

TEST(Resume, APausedAncestorIs409EvenForACascade) {
  Rig rig("spring-2026", {},
          {{.id = "lead", .status = Status::paused},
           {.id = "middle", .parent = "lead"},
           {.id = "w", .parent = "middle", .status = Status::paused}});
  EXPECT_EQ(resume(rig).status, 409);
  EXPECT_EQ(resume(rig, "?cascade=true").status, 409);
  EXPECT_EQ(rig.row("status"), "paused");
  EXPECT_EQ(rig.count("provision.start"), 0U);
}

// --- what they do, in which order ---------------------------------------------------------------

TEST(Pause, StopsBeforeItWritesAndTheRootFirst) {
  Rig rig("pre-1991", {}, family());
  pause(rig);
  const Kinds one{"stop.attempt", "provision.ec2_stopped", "workspace.status", "structure_event"};
  Kinds all;
  for (int i = 0; i < 3; ++i) all.insert(all.end(), one.begin(), one.end());
  EXPECT_EQ(rig.order_of(one), all);
  for (const char* kind : {"stop.attempt", "workspace.status"}) {
    EXPECT_LT(rig.times(kind, "w").front(), rig.times(kind, "a").front()) << kind;
    EXPECT_LT(rig.times(kind, "a").front(), rig.times(kind, "b").front()) << kind;
  }
  EXPECT_LT(rig.times("workspace.status", "b").front(), rig.times("http.response").front());
}

TEST(Pause, StopsOnceAndIgnoresAFailure) {
  Rig rig("pre-1991", {}, family());
  rig.adversary().fail("cp.stop", "http-500");
  const Response answer = pause(rig);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.number_at("paused_count"), 3);
  EXPECT_EQ(rig.count("stop.attempt", "w"), 1U);
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(statuses(rig), "w paused, a paused, b paused");
  EXPECT_EQ(rig.instance_state("w"), "running");
}

TEST(Pause, KnewNoControlPlaneInApril) {
  Rig rig("april-2026");
  EXPECT_EQ(pause(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "paused");
  EXPECT_EQ(rig.adversary().calls("cp.stop"), 0);
  EXPECT_EQ(rig.instance_state(), "running");
}

TEST(Pause, AWriteThatFailsIsNotToldEither) {
  Rig rig("pre-1991");
  rig.adversary().fail("db.write", "reset");
  EXPECT_EQ(pause(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.instance_state(), "shutting-down");
}

/// A request whose caller hangs up after so many statements (1 ms each).
Response with_statements(Rig& rig, const std::string& line, int statements) {
  model::Request request = rig.parse(line);
  request.context.until = rig.clock().now() + statements * 1ms;
  return rig.await(rig.platform().handle(std::move(request)));
}

TEST(Pause, ADatabaseErrorAtTheFirstReadIs500) {
  Rig rig("pre-1991");
  EXPECT_EQ(with_statements(rig, "POST /workspaces/w/pause", 0).status, 500);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
  EXPECT_EQ(rig.row("status"), "online");
}

TEST(Pause, AnErrorOfTheDescendantsQueryIsIgnored) {
  Rig rig("post-1991", {}, family());
  const Response answer = with_statements(rig, "POST /workspaces/w/pause", 1);
  EXPECT_EQ(answer.status, 200) << "nobody knows of the children, so nobody refuses";
  EXPECT_EQ(answer.body.number_at("paused_count"), 1);
}

TEST(Resume, ADatabaseErrorIs500AndThatOfTheDescendantsQueryIsIgnored) {
  for (const int statements : {0, 1}) {
    Rig rig("post-1991", {}, family(Status::paused));
    EXPECT_EQ(with_statements(rig, "POST /workspaces/w/resume", statements).status, 500);
    EXPECT_EQ(rig.row("status"), "paused");
  }
  Rig rig("post-1991", {}, family(Status::paused));
  const Response answer = with_statements(rig, "POST /workspaces/w/resume", 2);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.number_at("resumed_count"), 1);
}

TEST(Resume, WritesTellsAndProvisionsRootFirstAndStopsNothing) {
  Rig rig("pre-1991", {}, family(Status::paused));
  resume(rig);
  rig.run_for(5s);
  EXPECT_LT(rig.times("workspace.status", "w").front(), rig.times("workspace.status", "a").front());
  EXPECT_LT(rig.times("workspace.status", "w").front(), rig.times("structure_event", "w").front());
  EXPECT_EQ(rig.count("structure_event", "w", "WORKSPACE_PROVISIONING"), 1U);
  EXPECT_EQ(rig.count("provision.start", "w", R"("sync":false)"), 1U);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
}

TEST(Resume, LeavesTheUrlAlone) {
  Rig rig("spring-2026", {}, {{.status = Status::paused}});
  rig.put("url", "'http://old'");
  resume(rig);
  EXPECT_EQ(rig.row("url"), "http://old");
}

// --- backups of a pause (§10.1) -----------------------------------------------------------------

TEST(PauseBackups, WithFailClosedAllAreTakenBeforeTheFirstStop) {
  Rig rig("spring-2026", {}, family());
  EXPECT_EQ(pause(rig, "?cascade=true").status, 200);
  ASSERT_EQ(rig.count("backup.attempt"), 3U);
  EXPECT_LT(rig.times("backup.attempt").back(), rig.times("stop.attempt").front());
}

TEST(PauseBackups, WithTerminateAnywayEachIsTakenWithItsStop) {
  Rig rig("post-1991", {}, family());
  EXPECT_EQ(pause(rig, "?cascade=true").status, 200);
  const Kinds one{"backup.attempt", "stop.attempt", "workspace.status"};
  Kinds all;
  for (int i = 0; i < 3; ++i) all.insert(all.end(), one.begin(), one.end());
  EXPECT_EQ(rig.order_of(one), all);
}

TEST(PauseBackups, ARefusedOneIs503WithRetryAfterAndNothingIsStoppedOrWritten) {
  Rig rig("spring-2026", {}, family());
  rig.adversary().slow("cp.backup", 0s, 2);
  rig.adversary().fail("cp.backup", "http-500");  // the third
  const Response answer = pause(rig, "?cascade=true");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(header(answer, "Retry-After"), "720");
  EXPECT_EQ(rig.count("backup.attempt"), 3U);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
  EXPECT_EQ(statuses(rig), "w online, a online, b online");
  EXPECT_EQ(rig.count("structure_event"), 0U);
  EXPECT_EQ(rig.ec2().snapshots().size(), 2U) << "those already taken stay";
}

TEST(PauseBackups, WithTerminateAnywayARefusedOneDoesNotRefuseThePause) {
  Rig rig("post-1991");
  rig.adversary().fail("cp.backup", "http-500");
  EXPECT_EQ(pause(rig).status, 200);
  EXPECT_EQ(rig.row("status"), "paused");
  EXPECT_EQ(rig.instance_state(), "shutting-down");
}

}  // namespace
}  // namespace drydock::test
