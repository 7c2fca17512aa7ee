// What a client's request entitles to: whom it may touch (blast-radius), whom it may stop
// (no-healthy-kill), what it may start (one-start-per-cause). Cascades, creates, resumes and global
// secrets; restarts are beside the other always-invariants.

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

/// A lead with a child and a grandchild, and a bystander; each is up, and beats.
struct Team : Onlooker {
  Team() {
    lead = add("lead", WorkspaceKey::none);
    child = add("child", lead);
    grandchild = add("grandchild", child);
    bystander = add("bystander", WorkspaceKey::none);
    wait(1h);
    for (const auto& [key, id] : instances) beat(id);
  }
  WorkspaceKey add(const std::string& alias, WorkspaceKey parent) {
    const WorkspaceKey key = workspace(alias, Status::online, parent);
    instances[key] = launch(alias);
    runs(instances[key]);
    return key;
  }
  std::map<WorkspaceKey, std::string> instances;
  WorkspaceKey lead{};
  WorkspaceKey child{};
  WorkspaceKey grandchild{};
  WorkspaceKey bystander{};
};

// --- blast-radius -------------------------------------------------------------------------------

/// The rows that a request to the lead on this route may not have changed, of all it did change.
Names touched_by(Route route, std::initializer_list<const char*> parameters) {
  Team world;
  const auto request = world.ask(route, world.lead, parameters);
  for (const auto& [key, id] : world.instances) world.write_status(key, Status::failed, request);
  return of("blast-radius", world.violations());
}

const Names kBelow{"blast-radius of child", "blast-radius of grandchild", "blast-radius of bystander"};
const Names kBeside{"blast-radius of bystander"};

TEST(BlastRadius, DescendantsAreNamedByACascadeThatWasAskedFor) {
  for (const Route route : {Route::pause, Route::resume}) {
    EXPECT_EQ(touched_by(route, {}), kBelow);
    EXPECT_EQ(touched_by(route, {"cascade"}), kBeside);
    EXPECT_EQ(touched_by(route, {"confirm"}), kBelow);
  }
  EXPECT_EQ(touched_by(Route::remove, {"confirm"}), kBeside);
  EXPECT_EQ(touched_by(Route::remove, {}), kBelow);
}

TEST(BlastRadius, AGlobalRouteNamesEveryWorkspace) {
  EXPECT_EQ(touched_by(Route::global_secret_put, {}), kNone);
  EXPECT_EQ(touched_by(Route::global_secret_delete, {}), kNone);
  EXPECT_EQ(touched_by(Route::secret_put, {}), kBelow);
}

TEST(BlastRadius, ACascadeDoesNotReachUp) {
  Team world;
  world.write_status(world.lead, Status::paused, world.ask(Route::pause, world.child, {"cascade"}));
  EXPECT_EQ(of("blast-radius", world.violations()), Names{"blast-radius of lead"});
}

TEST(BlastRadius, AnInstanceThatDiesMeanwhileIsNobodysDoing) {
  Team world;
  world.request(Route::pause, world.lead);
  world.dies(world.instances[world.child]);
  EXPECT_EQ(of("blast-radius", world.violations()), kNone);
}

/// A request to the lead of a family of three.
Outcome family(const std::string& preset, const std::string& request, const Settings& set = {}) {
  return play_under(preset,
                    R"(
    "horizon": "5m",
    "workspaces": [{"id": "lead"}, {"id": "child", "parent": "lead"},
                   {"id": "grandchild", "parent": "child"}, {"id": "bystander"}],
    "steps": [{"at": "10s", "id": "go", "request": ")" +
                        request + R"("}])",
                    set);
}

TEST(BlastRadius, IsBrokenByACascadeThatNobodyAskedFor) {
  // The rows, and the instances too.
  const Names unasked{"blast-radius of child", "blast-radius of child", "blast-radius of grandchild",
                      "blast-radius of grandchild"};
  const std::string pause = "POST /workspaces/lead/pause";
  EXPECT_EQ(of("blast-radius", violations(family("pre-1991", pause))), unasked);
  EXPECT_EQ(of("blast-radius", violations(family("spring-2026", pause, {{"pause.cascade", "deprecated_implicit"}}))),
            unasked);
}

TEST(BlastRadius, HoldsForOneThatWasAskedForAndForARefusal) {
  for (const char* request :
       {"POST /workspaces/lead/pause?cascade=true", "POST /workspaces/lead/pause",
        "DELETE /workspaces/lead?confirm=true", "DELETE /workspaces/lead", "PUT /secrets/K", "DELETE /secrets/K",
        "POST /workspaces/lead/restart", "POST /workspaces/lead/hibernate"}) {
    EXPECT_EQ(of("blast-radius", violations(family("spring-2026", request))), kNone) << request;
  }
}

// --- no-healthy-kill ----------------------------------------------------------------------------

/// Everybody's instance is stopped by a request to the lead; whose may not be?
Names stopped_by(Route route, std::initializer_list<const char*> parameters = {}) {
  Team world;
  const auto request = world.ask(route, world.lead, parameters);
  for (const auto& [key, id] : world.instances) world.kill(id, world.event(model::kind::stop_attempt, request));
  return of("no-healthy-kill", world.violations());
}

TEST(NoHealthyKill, ParkingAndRemovingMayStopWhatTheyName) {
  const Names beside{"no-healthy-kill of bystander"};
  for (const Route route : {Route::restart, Route::pause, Route::hibernate, Route::remove})
    EXPECT_EQ(stopped_by(route, {"cascade", "confirm"}), beside);
  const Names all{"no-healthy-kill of lead", "no-healthy-kill of child", "no-healthy-kill of grandchild",
                  "no-healthy-kill of bystander"};
  for (const Route route : {Route::resume, Route::create, Route::secret_put, Route::a2a, Route::global_secret_put,
                            Route::bootstrap_failed}) {
    EXPECT_EQ(stopped_by(route, {"cascade", "confirm"}), all) << static_cast<int>(route);
  }
}

TEST(NoHealthyKill, ACascadeThatNobodyAskedForIsStillTheDirectWorkOfARequest) {
  // Whether it may reach that far is what blast-radius judges.
  EXPECT_EQ(stopped_by(Route::pause), Names{"no-healthy-kill of bystander"});
}

TEST(NoHealthyKill, EachWorkspaceOfACascadeIsSpentOnce) {
  Team world;
  const auto pause = world.ask(Route::pause, world.lead, {"cascade"});
  world.kill(world.instances[world.child], pause);
  EXPECT_EQ(world.violations(), kNone);
  world.kill(world.launch("child", pause), pause);
  EXPECT_EQ(of("no-healthy-kill", world.violations()), Names{"no-healthy-kill of child"});
}

TEST(NoHealthyKill, AGlobalSecretIsAReasonWhereItReaches) {
  for (const bool reached : {true, false}) {
    Team world;
    world.wait(1us);
    world.seen().global_secret_committed(reached ? std::vector{world.child} : std::vector<WorkspaceKey>{}, 0);
    world.kill(world.instances[world.child]);
    EXPECT_EQ(of("no-healthy-kill", world.violations()), reached ? kNone : Names{"no-healthy-kill of child"});
  }
}

TEST(NoHealthyKill, HoldsForCascadesThatWereAskedFor) {
  for (const char* request : {"POST /workspaces/lead/pause?cascade=true", "DELETE /workspaces/lead?confirm=true"}) {
    EXPECT_EQ(violations(family("spring-2026", request)), kNone) << request;
  }
}

// --- one-start-per-cause ------------------------------------------------------------------------

Names too_many(const Names& all) { return of("one-start-per-cause", all); }
const Names kOneTooMany{"one-start-per-cause of w"};

TEST(OneStartPerCause, AnAcceptedCreateIsACause) {
  for (const auto& [status, says, expected] :
       {std::tuple{201, "provisioning", kNone}, std::tuple{201, "awaiting_agent", kOneTooMany},
        std::tuple{400, "", kOneTooMany}, std::tuple{500, "", kOneTooMany}}) {
    Onlooker world;
    const WorkspaceKey w = world.workspace("w", Status::provisioning);
    world.answer(world.request(Route::create, w), status, says);
    world.started(world.launch("w"));
    EXPECT_EQ(too_many(world.violations()), expected) << status << " " << says;
    world.started(world.launch("w"));
    EXPECT_EQ(too_many(world.violations()).size(), expected.size() + 1);
  }
}

/// A paused row that becomes this follows from a request on this route; then it starts.
Names started_after(Route route, Status from, Status to) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w", from);
  world.write_status(w, to, world.request(route, w));
  world.started(world.launch("w"));
  return too_many(world.violations());
}

TEST(OneStartPerCause, AResumeIsACause) {
  EXPECT_EQ(started_after(Route::resume, Status::paused, Status::provisioning), kNone);
  EXPECT_EQ(started_after(Route::resume, Status::paused, Status::online), kOneTooMany);
  EXPECT_EQ(started_after(Route::a2a, Status::paused, Status::provisioning), kOneTooMany);

  Onlooker nobody;
  const WorkspaceKey w = nobody.workspace("w", Status::paused);
  nobody.write_status(w, Status::provisioning);
  nobody.started(nobody.launch("w"));
  EXPECT_EQ(too_many(nobody.violations()), kOneTooMany);
}

TEST(OneStartPerCause, AResumeIsACauseForEachThatItResumes) {
  Onlooker world;
  const WorkspaceKey lead = world.workspace("lead", Status::paused);
  const WorkspaceKey child = world.workspace("w", Status::paused, lead);
  const auto resume = world.ask(Route::resume, lead, {"cascade"});
  world.write_status(lead, Status::provisioning, resume);
  world.write_status(child, Status::provisioning, resume);
  world.started(world.launch("lead"));
  world.started(world.launch("w"));
  EXPECT_EQ(too_many(world.violations()), kNone);
  world.started(world.launch("w"));
  EXPECT_EQ(too_many(world.violations()), kOneTooMany);
}

TEST(OneStartPerCause, TwoAcceptedResumesAreTwoCauses) {
  // Both find the row paused, both are answered 200, and each starts an instance.
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w", "status": "paused"}],
    "steps": [{"at": "10s", "id": "one", "request": "POST /workspaces/w/resume"},
              {"at": "10s", "id": "two", "request": "POST /workspaces/w/resume"}])");
  EXPECT_EQ(response(outcome, "one").status, 200);
  EXPECT_EQ(response(outcome, "two").status, 200);
  EXPECT_EQ(count(outcome, "provision.ec2_started", "w"), 2U);
  EXPECT_EQ(too_many(violations(outcome)), kNone);
}

TEST(OneStartPerCause, AGlobalSecretIsACauseForEachThatItReaches) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  const WorkspaceKey other = world.workspace("other");
  world.seen().global_secret_committed({w, other}, 0);
  world.started(world.launch("w"));
  world.started(world.launch("other"));
  EXPECT_EQ(too_many(world.violations()), kNone);

  Onlooker beside;
  beside.workspace("w");
  const WorkspaceKey reached = beside.workspace("other");
  beside.seen().global_secret_committed({reached}, 0);
  beside.started(beside.launch("w"));
  EXPECT_EQ(too_many(beside.violations()), kOneTooMany);
}

TEST(OneStartPerCause, AFileIsACauseToo) {
  Onlooker world;
  const WorkspaceKey w = world.workspace("w");
  world.seen().file_committed(w, 0);
  world.started(world.launch("w"));
  EXPECT_EQ(too_many(world.violations()), kNone);
}

TEST(OneStartPerCause, ALaunchThatFailsIsACauseForTheNext) {
  Onlooker refused;
  const WorkspaceKey w = refused.workspace("w");
  refused.seen().start_failed(w);
  refused.started(refused.launch("w"));
  EXPECT_EQ(too_many(refused.violations()), kNone);

  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "10m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "cp.start", "error": "http-500", "nth": [1]}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/restart"}])");
  EXPECT_EQ(count(outcome, "provision.ec2_started", "w"), 1U);  // the liveness monitor's
  EXPECT_EQ(too_many(violations(outcome)), kNone);
}

TEST(OneStartPerCause, HoldsForTheWholeLifeOfAWorkspace) {
  const Outcome outcome = play_under("post-2989", R"(
    "horizon": "30m", "workspaces": [{"id": "lead"}],
    "steps": [
      {"at": "10s", "alias": "w", "request": "POST /workspaces",
       "body": {"name": "w", "parent": "lead"}},
      {"at": "3m", "request": "PUT /secrets/K", "body": {"value": "V"}},
      {"at": "6m", "request": "POST /workspaces/lead/pause?cascade=true"},
      {"at": "9m", "request": "POST /workspaces/lead/resume?cascade=true"},
      {"at": "12m", "request": "POST /workspaces/w/restart"},
      {"at": "15m", "request": "DELETE /secrets/K"},
      {"at": "18m", "request": "PUT /workspaces/w/model", "body": {"model": "m"}},
      {"at": "21m", "request": "DELETE /workspaces/w?confirm=true"}])");
  EXPECT_EQ(count(outcome, "provision.ec2_started", "w"), 6U);
  EXPECT_EQ(violations(outcome), kNone);
}

}  // namespace
}  // namespace drydock::test
