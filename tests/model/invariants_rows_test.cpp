// removed-stays-removed and dormant-stays-dormant: what a row may not do once a client put it to
// rest.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/findings.hpp"
#include "tests/support/onlooker.hpp"
#include "tests/support/play.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using model::Route;
using model::Status;
using model::WorkspaceKey;

// --- removed-stays-removed ----------------------------------------------------------------------

const Names kRisen{"removed-stays-removed of w"};

Names risen(const Outcome& outcome) { return of("removed-stays-removed", violations(outcome)); }

TEST(RemovedStaysRemoved, IsBrokenByACycleThatDoesNotLookAgain) {
  // T20 writes by id: the delete came while the cycle's stop was under way.
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "slow", "slow_by": "20s", "nth": [1]}],
    "steps": [
      {"at": "10s", "request": "PUT /workspaces/w/secrets", "body": {"key": "K", "value": "V"}},
      {"at": "15s", "id": "go", "request": "DELETE /workspaces/w?confirm=true"}])");
  EXPECT_EQ(response(outcome, "go").status, 200);
  EXPECT_EQ(final_value(outcome, "w", "status"), "online");
  EXPECT_EQ(risen(outcome), kRisen);
}

TEST(RemovedStaysRemoved, IsBrokenByARestartThatDoesNotLookAtAll) {
  constexpr std::string_view body = R"(
    "horizon": "5m", "workspaces": [{"id": "w", "status": "removed"}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/restart"}])";
  EXPECT_EQ(risen(play_under("april-2026", body)), kRisen);
  EXPECT_EQ(risen(play_under("post-1932", body)), kRisen) << "not looked at before 7 June";
  EXPECT_EQ(risen(play_under("june-08", body)), kNone);
}

/// A restart at 10 s, and a delete at this time.
Outcome deleted_after_a_restart(const std::string& delay) {
  return play_under("post-1932", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.start", "error": "slow", "slow_by": "10s", "nth": [1]}],
    "steps": [
      {"at": "10s", "request": "POST /workspaces/w/restart"},
      {"at": ")" + delay + R"(", "request": "DELETE /workspaces/w?confirm=true"}])");
}

TEST(RemovedStaysRemoved, IsBrokenByALaunchThatWasUnderWay) {
  const Outcome outcome = deleted_after_a_restart("15s");
  EXPECT_EQ(risen(outcome), kRisen);
  EXPECT_EQ(final_value(outcome, "w", "status"), "removed");
}

TEST(RemovedStaysRemoved, HoldsForAnInstanceThatOnlyHasToBoot) {
  const Outcome outcome = deleted_after_a_restart("40s");
  EXPECT_EQ(count(outcome, "provision.ec2_started"), 1U);
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(RemovedStaysRemoved, HoldsForAnAgentThatGoesOnBeating) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "0s", "for": "4m"}],
    "steps": [{"at": "10s", "request": "DELETE /workspaces/w?confirm=true"}])");
  EXPECT_EQ(final_value(outcome, "w", "status"), "removed");
  EXPECT_EQ(risen(outcome), kNone);
}

/// A row goes from one to the other.
Names after_writing(const model::Row& before, const model::Row& after) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.write_row(w, before);
  world.seen().row_written(w, after, 0);
  return of("removed-stays-removed", world.violations());
}

model::Row row_of(Status status, const std::string& instance) {
  return {.exists = true, .status = status, .url = {}, .instance_id = instance};
}

TEST(RemovedStaysRemoved, EveryOtherStatusBreaksIt) {
  for (std::size_t i = 0; i < model::kStatusCount; ++i) {
    const auto status = static_cast<Status>(i);
    const bool still = status == Status::removed || status == Status::pending_removal;
    for (const Status from : {Status::removed, Status::pending_removal}) {
      EXPECT_EQ(after_writing(row_of(from, "i-1"), row_of(status, "i-1")), still ? kNone : kRisen)
          << to_text(from) << " to " << to_text(status);
    }
  }
}

TEST(RemovedStaysRemoved, AnotherInstanceBreaksItAndNoneDoesNot) {
  const model::Row removed = row_of(Status::removed, "i-1");
  EXPECT_EQ(after_writing(removed, row_of(Status::removed, "i-2")), kRisen);
  EXPECT_EQ(after_writing(row_of(Status::removed, ""), row_of(Status::removed, "i-2")), kRisen);
  EXPECT_EQ(after_writing(removed, removed), kNone);
  EXPECT_EQ(after_writing(removed, row_of(Status::removed, "")), kNone);
}

TEST(RemovedStaysRemoved, ItMayGoAndWhatWasNotRemovedMayDoAnything) {
  EXPECT_EQ(after_writing(row_of(Status::removed, "i-1"), {}), kNone);
  EXPECT_EQ(after_writing(row_of(Status::online, "i-1"), row_of(Status::removed, "i-2")), kNone);
  EXPECT_EQ(after_writing(row_of(Status::failed, ""), row_of(Status::online, "i-2")), kNone);
}

// --- dormant-stays-dormant ----------------------------------------------------------------------

const Names kWoken{"dormant-stays-dormant of w"};

Names woken(const Outcome& outcome) { return of("dormant-stays-dormant", violations(outcome)); }

/// A call of this length is in flight while the workspace is paused.
Outcome paused_under_a_call(const std::string& preset, const std::string& takes) {
  return play_under(preset, R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "traffic": [{"kind": "a2a", "to": "w", "every": "10m", "start": "10s", "takes": ")" +
                                takes + R"("}],
    "steps": [{"at": "15s", "request": "POST /workspaces/w/pause"}])");
}

TEST(DormantStaysDormant, IsBrokenByTheVerdictOnACallThatThePauseCut) {
  // T17 writes offline where the status is not removed or provisioning: paused is neither.
  const Outcome outcome = paused_under_a_call("spring-2026", "1m");
  EXPECT_EQ(woken(outcome), kWoken);
  EXPECT_EQ(count(outcome, "probe.dead", "w"), 1U);
}

TEST(DormantStaysDormant, HoldsForACallThatEndsBeforeThePause) {
  EXPECT_EQ(woken(paused_under_a_call("spring-2026", "3s")), kNone);
}

TEST(DormantStaysDormant, HoldsWhereNoVerdictIsReached) {
  EXPECT_EQ(woken(paused_under_a_call("april-2026", "1m")), kNone);
}

TEST(DormantStaysDormant, IsBrokenByAnAgentThatRegistersAfterThePause) {
  // A pause that does not stop the instance which is just booting: its agent registers (T7).
  constexpr std::string_view body = R"(
    "horizon": "5m", "workspaces": [],
    "steps": [
      {"at": "10s", "alias": "w", "request": "POST /workspaces", "body": {"name": "w"}},
      {"at": "30s", "request": "POST /workspaces/w/pause"}])";
  EXPECT_EQ(woken(play_under("april-2026", body)), kWoken);
  EXPECT_EQ(woken(play_under("pre-2989", body)), kNone);
}

TEST(DormantStaysDormant, HoldsForWhatClientsAskFor) {
  for (const char* request : {"POST /workspaces/w/resume", "POST /workspaces/w/restart",
                              "DELETE /workspaces/w?confirm=true", "DELETE /workspaces/w?confirm=true&purge=true"}) {
    const Outcome outcome = play_under("spring-2026", std::string{R"(
      "horizon": "5m", "workspaces": [{"id": "w", "status": "paused"}],
      "steps": [{"at": "10s", "id": "go", "request": ")"} +
                                                          request + R"("}])");
    EXPECT_EQ(response(outcome, "go").status, 200) << request;
    EXPECT_NE(final_value(outcome, "w", "status"), "paused") << request;
    EXPECT_EQ(violations(outcome), kNone) << request;
  }
}

TEST(DormantStaysDormant, IsBrokenByACycleThatBeganBeforeThePause) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.stop", "error": "slow", "slow_by": "20s", "nth": [1]}],
    "steps": [
      {"at": "10s", "request": "PUT /workspaces/w/secrets", "body": {"key": "K", "value": "V"}},
      {"at": "15s", "id": "go", "request": "POST /workspaces/w/pause"}])");
  EXPECT_EQ(response(outcome, "go").status, 200);
  EXPECT_EQ(woken(outcome), kWoken);
}

/// A dormant row becomes something else; the write follows, over an event of this kind, from a
/// request on this route.
Names left(Status from, Status to, std::optional<Route> route, std::optional<sim::Kind> between = std::nullopt) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", from);
  std::uint32_t cause = route ? world.request(*route, w) : 0;
  if (between) cause = world.event(*between, cause);
  world.write_status(w, to, cause);
  return of("dormant-stays-dormant", world.violations());
}

TEST(DormantStaysDormant, NobodyElseMayWakeIt) {
  for (const Status dormant : {Status::paused, Status::hibernated}) {
    EXPECT_EQ(left(dormant, Status::offline, std::nullopt), kWoken);
    EXPECT_EQ(left(dormant, Status::provisioning, std::nullopt), kWoken);
    EXPECT_EQ(left(dormant, dormant, std::nullopt), kNone);
  }
  EXPECT_EQ(left(Status::paused, Status::hibernated, std::nullopt), kWoken);
  for (const Status other : {Status::online, Status::removed, Status::hibernating})
    EXPECT_EQ(left(other, Status::offline, std::nullopt), kNone);
}

TEST(DormantStaysDormant, ARequestThatMovesWorkspacesMay) {
  for (const Route route : {Route::restart, Route::pause, Route::resume, Route::hibernate, Route::remove}) {
    EXPECT_EQ(left(Status::paused, Status::provisioning, route), kNone);
    EXPECT_EQ(left(Status::hibernated, Status::removed, route), kNone);
  }
}

TEST(DormantStaysDormant, AnotherRequestMayNot) {
  for (const Route route : {Route::secret_put, Route::global_secret_put, Route::model_put, Route::file_put,
                            Route::bootstrap_failed, Route::admin_status, Route::a2a, Route::delegate}) {
    EXPECT_EQ(left(Status::paused, Status::provisioning, route), kWoken);
  }
  EXPECT_EQ(left(Status::paused, Status::provisioning, Route::secret_put, model::kind::restart_triggered), kWoken);
}

TEST(DormantStaysDormant, ACallMayWakeWhatIsHibernated) {
  for (const Route route : {Route::a2a, Route::delegate}) {
    EXPECT_EQ(left(Status::hibernated, Status::provisioning, route, model::kind::restart_triggered), kNone);
  }
}

TEST(DormantStaysDormant, ACallMayNotWakeWhatIsPaused) {
  // The wake is of hibernated workspaces (docs/platform.md §7.9).
  EXPECT_EQ(left(Status::paused, Status::provisioning, Route::a2a, model::kind::restart_triggered), kWoken);
}

TEST(DormantStaysDormant, AnAgentOrAVerdictIsNotTheWorkOfTheRequestBehindIt) {
  for (const auto kind : {model::kind::agent_register, model::kind::agent_heartbeat, model::kind::probe_dead}) {
    EXPECT_EQ(left(Status::paused, Status::online, Route::restart, kind), kWoken);
    EXPECT_EQ(left(Status::hibernated, Status::offline, Route::resume, kind), kWoken);
  }
}

TEST(DormantStaysDormant, GoingIsLeavingToo) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", Status::paused);
  world.seen().row_written(w, {}, 0);
  EXPECT_EQ(of("dormant-stays-dormant", world.violations()), kWoken);

  Onlooker asked;
  const WorkspaceKey v = asked.workspace("w", Status::paused);
  asked.seen().row_written(v, {}, asked.request(Route::remove, v));
  EXPECT_EQ(of("dormant-stays-dormant", asked.violations()), kNone);
}

}  // namespace
}  // namespace drydock::test
