// answers-are-true for the answers that speak of several rows: pause, delete, purge; and for those
// of every other route that moves a workspace.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/findings.hpp"
#include "tests/support/onlooker.hpp"
#include "tests/support/play.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using model::Body;
using model::Route;
using model::Status;
using model::WorkspaceKey;

const Names kUntrue{"answers-are-true of w"};

/// The violations of answers-are-true.
Names lies(Names all) { return of("answers-are-true", std::move(all)); }

// --- by the mechanism ---------------------------------------------------------------------------

/// One request to `w`, whose child is `child`.
Outcome asked(const std::string& preset, const std::string& request, const std::string& faults = "",
              const Settings& set = {}) {
  return play_under(preset,
                    R"(
    "horizon": "5m", "workspaces": [{"id": "w"}, {"id": "child", "parent": "w"}],
    "faults": [)" + faults +
                        R"(],
    "steps": [{"at": "10s", "id": "go", "request": ")" +
                        request + R"("}])",
                    set);
}

const char* const kNoStops = R"({"on": "cp.stop", "error": "http-503", "from": "0s", "for": "1m"})";
const char* const kNoWrites = R"({"on": "db.write", "workspace": "w", "error": "reset", "from": "0s", "for": "1m"})";

TEST(AnswersAreTrue, APauseThatCouldNotStopSaysSoAllTheSame) {
  const Outcome outcome = asked("spring-2026", "POST /workspaces/w/pause?cascade=true", kNoStops);
  EXPECT_EQ(response(outcome, "go").body["paused_count"], 2);
  EXPECT_EQ(lies(violations(outcome)), kUntrue);
}

TEST(AnswersAreTrue, APauseThatStoppedAllOfThemTellsTheTruth) {
  const Outcome outcome = asked("spring-2026", "POST /workspaces/w/pause?cascade=true");
  EXPECT_EQ(response(outcome, "go").body["paused_count"], 2);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(AnswersAreTrue, EraAPausesRowsAndLeavesTheirInstancesAlive) {
  EXPECT_EQ(lies(violations(asked("april-2026", "POST /workspaces/w/pause"))), kUntrue);
}

TEST(AnswersAreTrue, APauseWhoseRowCouldNotBeWrittenCountsItAllTheSame) {
  EXPECT_EQ(lies(violations(asked("spring-2026", "POST /workspaces/w/pause?cascade=true", kNoWrites))), kUntrue);
}

TEST(AnswersAreTrue, HibernatedIsSaidWhateverTheRoutineDid) {
  // Era A's enum has no `hibernating`: the claim fails, and nobody tells the handler (§2.2, §7.8).
  const Outcome outcome = asked("april-2026", "POST /workspaces/w/hibernate");
  EXPECT_EQ(response(outcome, "go").body["status"], "hibernated");
  EXPECT_EQ(lies(violations(outcome)), kUntrue);
  EXPECT_EQ(lies(violations(asked("pre-2989", "POST /workspaces/w/hibernate"))), kNone);
}

TEST(AnswersAreTrue, ADeleteWhoseMarkFailedSaysRemovedAllTheSame) {
  const Outcome outcome = asked("spring-2026", "DELETE /workspaces/w?confirm=true", kNoWrites);
  EXPECT_EQ(response(outcome, "go").body["status"], "removed");
  EXPECT_EQ(lies(violations(outcome)), kUntrue);
}

TEST(AnswersAreTrue, TheCountsOfA500Hold) {
  for (const char* order : {"tenant_first", "cp_first"}) {
    const Outcome outcome = asked("spring-2026", "DELETE /workspaces/w?confirm=true",
                                  R"({"on": "cp.stop", "workspace": "child", "error": "http-503",
                                      "from": "0s", "for": "1m"})",
                                  {{"delete.order", order}});
    const bool marks_first = std::string_view{order} == "tenant_first";
    EXPECT_EQ(response(outcome, "go").status, 500) << order;
    EXPECT_EQ(response(outcome, "go").body["removed_count"], marks_first ? 2 : 1) << order;
    EXPECT_EQ(response(outcome, "go").body["stop_failures"], 1) << order;
    EXPECT_EQ(lies(violations(outcome)), kNone) << order;
  }
}

TEST(AnswersAreTrue, PendingRemovalIsWhatTheRowSays) {
  const Settings outbox{{"delete.order", "durable_outbox"}};
  const Outcome outcome = asked("spring-2026", "DELETE /workspaces/w?confirm=true&purge=true", kNoStops, outbox);
  EXPECT_EQ(response(outcome, "go").status, 202);
  EXPECT_EQ(response(outcome, "go").body["status"], "pending_removal");
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(AnswersAreTrue, PendingRemovalIsSaidOfAWorkspaceThatOnlyItsChildKeepsWaiting) {
  // The named workspace has no instance, its child has one: the 202 claims the same of both
  // (docs/platform.md §11: one transaction sets pending_removal).
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m",
    "workspaces": [{"id": "w", "status": "offline"}, {"id": "child", "parent": "w"}],
    "steps": [{"at": "10s", "id": "go", "request": "DELETE /workspaces/w?confirm=true"}])",
                                     {{"delete.order", "durable_outbox"}});
  EXPECT_EQ(response(outcome, "go").status, 202);
  EXPECT_EQ(lies(violations(outcome)), kNone);
}

TEST(AnswersAreTrue, TheOtherAnswersOfACalmWorldDo) {
  for (const char* request : {"DELETE /workspaces/w?confirm=true", "DELETE /workspaces/w?confirm=true&purge=true",
                              "DELETE /workspaces/w", "POST /workspaces/w/pause", "POST /workspaces/w/resume",
                              "POST /workspaces/w/hibernate", "POST /workspaces/w/restart"}) {
    EXPECT_EQ(lies(violations(asked("spring-2026", request))), kNone) << request;
  }
}

TEST(AnswersAreTrue, ARefusedBackupHasChangedNothing) {
  const Outcome outcome = asked("spring-2026", "POST /workspaces/w/pause?cascade=true",
                                R"({"on": "cp.backup", "workspace": "child", "error": "http-503",
                                    "from": "0s", "for": "1m"})");
  EXPECT_EQ(response(outcome, "go").status, 503);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(AnswersAreTrue, ACreateAnswersWhatItsRowSays) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [],
    "steps": [
      {"at": "1s", "id": "ours", "alias": "w", "request": "POST /workspaces",
       "body": {"name": "w"}},
      {"at": "2s", "id": "theirs", "alias": "x", "request": "POST /workspaces",
       "body": {"name": "x", "runtime": "external"}}])");
  EXPECT_EQ(response(outcome, "ours").body["status"], "provisioning");
  EXPECT_EQ(response(outcome, "theirs").body["status"], "awaiting_agent");
  EXPECT_EQ(violations(outcome), kNone);
}

// --- by hand: pause -----------------------------------------------------------------------------

/// A pause that wrote so many of the two rows, stopped so many of their instances, and claims this.
Names pause_claims(std::int64_t claimed, int written, int stopped) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const WorkspaceKey child = world.workspace("child", Status::online, w);
  const std::vector<std::pair<WorkspaceKey, std::string>> both{{w, world.launch("w")}, {child, world.launch("child")}};
  const auto request = world.ask(Route::pause, w, {"cascade"});
  for (int i = 0; i < 2; ++i) {
    if (i < stopped) world.kill(both[static_cast<std::size_t>(i)].second, request);
    if (i < written) world.write_status(both[static_cast<std::size_t>(i)].first, Status::paused, request);
  }
  model::Body body;
  body.add("status", "paused").add("paused_count", claimed);
  world.answer_with(request, 200, std::move(body));
  return lies(world.violations());
}

TEST(AnswersAreTrue, PausedCountIsHowManyRowsThePausePaused) {
  EXPECT_EQ(pause_claims(2, 2, 2), kNone);
  EXPECT_EQ(pause_claims(1, 2, 2), kUntrue);
  EXPECT_EQ(pause_claims(3, 2, 2), kUntrue);
  EXPECT_EQ(pause_claims(2, 1, 2), kUntrue);
  EXPECT_EQ(pause_claims(1, 1, 1), kNone);
}

TEST(AnswersAreTrue, AndTheirInstancesAreNotLive) {
  EXPECT_EQ(pause_claims(2, 2, 1), kUntrue);
  EXPECT_EQ(pause_claims(2, 2, 0), kUntrue);
}

TEST(AnswersAreTrue, AnEarlierInstanceOfAPausedWorkspaceIsOneOfThem) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.launch("w");  // never stopped
  const std::string second = world.launch("w");
  const auto request = world.request(Route::pause, w);
  world.kill(second, request);
  world.write_status(w, Status::paused, request);
  world.answer_with(request, 200, std::move(model::Body{}.add("paused_count", std::int64_t{1})));
  EXPECT_EQ(lies(world.violations()), kUntrue);
}

TEST(AnswersAreTrue, WhatSomebodyElsePausedIsNotItsOwn) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.write_status(w, Status::paused, world.request(Route::pause, w));
  const auto request = world.request(Route::pause, w);
  world.answer_with(request, 200, std::move(model::Body{}.add("paused_count", std::int64_t{1})));
  EXPECT_EQ(lies(world.violations()), kUntrue);
}

TEST(AnswersAreTrue, ARowThatDidNotStayPausedIsNotPausedWhenTheAnswerIsGiven) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const auto request = world.request(Route::pause, w);
  world.write_status(w, Status::paused, request);
  world.write_status(w, Status::offline);
  world.answer_with(request, 200, std::move(model::Body{}.add("paused_count", std::int64_t{1})));
  EXPECT_EQ(lies(world.violations()), kUntrue);
}

// --- by hand: delete ----------------------------------------------------------------------------

struct Claim {
  std::optional<std::int64_t> removed;
  std::optional<std::int64_t> failures;
};

/// A delete that removed two rows (one of them goes at once) and failed to stop one of two
/// instances, with a retry on both, answers 500 with this.
Names delete_claims(const Claim& claim) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const WorkspaceKey child = world.workspace("child", Status::online, w);
  const std::string id = world.launch("w");
  const std::string below = world.launch("child");
  const auto request = world.ask(Route::remove, w, {"confirm"});
  world.write_status(w, Status::removed, request);
  world.write_status(child, Status::pending_removal, request);
  world.write_status(child, Status::removed, request);
  for (const bool success : {false, true}) world.stopped(child, below, success, request);
  for (const bool success : {false, false}) world.stopped(w, id, success, request);
  model::Body body;
  if (claim.removed) body.add("removed_count", *claim.removed);
  if (claim.failures) body.add("stop_failures", *claim.failures);
  world.answer_with(request, 500, std::move(body));
  return lies(world.violations());
}

TEST(AnswersAreTrue, A500OnDeleteCountsRowsAndStops) {
  EXPECT_EQ(delete_claims({2, 1}), kNone);
  EXPECT_EQ(delete_claims({1, 1}), kUntrue);
  EXPECT_EQ(delete_claims({3, 1}), kUntrue);
  EXPECT_EQ(delete_claims({2, 0}), kUntrue);
  EXPECT_EQ(delete_claims({2, 2}), kUntrue);
  EXPECT_EQ(delete_claims({std::nullopt, std::nullopt}), kNone);  // it claims nothing
}

/// 200, saying this, of a row in this status (none: gone).
Names says(Route route, const std::string& claim, std::optional<Status> row) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", row.value_or(Status::online));
  if (!row) world.seen().row_written(w, {}, 0);
  world.answer(world.request(route, w), 200, claim);
  return lies(world.violations());
}

TEST(AnswersAreTrue, RemovedPurgedAndHibernatedAreWhatTheRowSays) {
  EXPECT_EQ(says(Route::remove, "removed", Status::removed), kNone);
  EXPECT_EQ(says(Route::remove, "removed", Status::online), kUntrue);
  EXPECT_EQ(says(Route::remove, "removed", Status::pending_removal), kUntrue);
  EXPECT_EQ(says(Route::remove, "removed", std::nullopt), kNone);  // or nobody knows it
  EXPECT_EQ(says(Route::remove, "pending_removal", Status::pending_removal), kNone);
  EXPECT_EQ(says(Route::remove, "pending_removal", Status::online), kUntrue);
  EXPECT_EQ(says(Route::remove, "purged", std::nullopt), kNone);
  EXPECT_EQ(says(Route::remove, "purged", Status::removed), kUntrue);
  EXPECT_EQ(says(Route::hibernate, "hibernated", Status::hibernated), kNone);
  EXPECT_EQ(says(Route::hibernate, "hibernated", Status::hibernating), kUntrue);
  EXPECT_EQ(says(Route::hibernate, "hibernated", std::nullopt), kUntrue);
  EXPECT_EQ(says(Route::resume, "provisioning", Status::provisioning), kNone);
  EXPECT_EQ(says(Route::resume, "provisioning", Status::paused), kUntrue);
  EXPECT_EQ(says(Route::create, "provisioning", std::nullopt), kUntrue);
}

TEST(AnswersAreTrue, AnUnknownWorkspaceMayBeCalledRemoved) {
  Onlooker world;
  world.answer(world.request(Route::remove, WorkspaceKey::none), 200, "removed");
  EXPECT_EQ(lies(world.violations()), kNone);
}

// --- by hand: refusals --------------------------------------------------------------------------

TEST(AnswersAreTrue, OnEachJudgedRouteARefusalHasChangedNothing) {
  for (const Route route : {Route::create, Route::restart, Route::pause, Route::resume, Route::hibernate, Route::remove,
                            Route::secret_put, Route::secret_delete, Route::model_put, Route::file_put}) {
    Onlooker row;
    const WorkspaceKey w = row.workspace("w");
    const auto request = row.request(route, w);
    row.write_status(w, Status::paused, request);
    row.answer(request, 409);
    EXPECT_EQ(lies(row.violations()), kUntrue) << static_cast<int>(route);

    Onlooker instance;
    const WorkspaceKey v = instance.workspace("w");
    const std::string id = instance.launch("w");
    const auto next = instance.request(route, v);
    instance.kill(id, next);
    instance.answer(next, 503);
    EXPECT_EQ(lies(instance.violations()), kUntrue) << static_cast<int>(route);

    Onlooker secret;
    const WorkspaceKey u = secret.workspace("w");
    const auto last = secret.request(route, u);
    secret.save_secret(u, last);
    secret.answer(last, 404);
    EXPECT_EQ(lies(secret.violations()), kUntrue) << static_cast<int>(route);
  }
}

TEST(AnswersAreTrue, AuditEventsAndSnapshotsAreExcepted) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const auto request = world.request(Route::pause, w);
  world.seen().structure_event(w, "workspace.restart.terminate_refused",
                               world.event(model::kind::structure_event, request));
  world.event(sim::Kind::snapshot_state, request);
  world.answer(request, 503);
  EXPECT_EQ(lies(world.violations()), kNone);
}

TEST(AnswersAreTrue, AGlobalSecretIsSavedWhenItIs) {
  Onlooker lied;
  lied.answer(lied.request(Route::global_secret_put, WorkspaceKey::none), 200, "saved");
  EXPECT_EQ(lies(lied.violations()), Names{"answers-are-true of "});

  Onlooker saved;
  const auto request = saved.request(Route::global_secret_put, WorkspaceKey::none);
  saved.seen().global_secret_committed({}, saved.event(model::kind::secret_saved, request));
  saved.answer(request, 200, "saved");
  EXPECT_EQ(lies(saved.violations()), kNone);
}

}  // namespace
}  // namespace drydock::test
