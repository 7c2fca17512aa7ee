// The promises of who is served by what: a live instance serves, a call brings back whom it calls and reaches whom it
// names, and nobody asks for ever. Each is broken by something, and held by what comes near.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "tests/model/findings.hpp"
#include "tests/support/onlooker.hpp"
#include "tests/support/play.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using model::Route;
using model::Status;
using model::WorkspaceKey;

/// How often a promise is broken of `w`.
std::ptrdiff_t breaks_of(const Onlooker& world, const std::string& promise) {
  const Names all = world.violations();
  return std::count(all.begin(), all.end(), promise + " of w");
}

// --- live-instances-serve -----------------------------------------------------------------------

/// An instance runs, its row names it and is `status`.
struct Named : Onlooker {
  explicit Named(Status status) : w(workspace("w", status)), id(launch("w")) { runs(id); }

  std::ptrdiff_t end(const std::string& promise) {
    seen().ended();
    return breaks_of(*this, promise);
  }
  WorkspaceKey w;
  std::string id;
};

TEST(LiveInstancesServe, IsBrokenByAnInstanceBehindARowThatIsNotUp) {
  for (const Status status : {Status::failed, Status::offline, Status::provisioning, Status::hibernating}) {
    Named world(status);
    world.wait(1h);
    EXPECT_EQ(world.end("live-instances-serve"), 1) << model::to_text(status);
  }
}

TEST(LiveInstancesServe, HoldsForARowThatIsUpAndForOneWhoseInstanceIsAnOrphan) {
  for (const Status status : {Status::online, Status::degraded, Status::paused, Status::removed}) {
    Named world(status);
    world.wait(1h);
    EXPECT_EQ(world.end("live-instances-serve"), 0) << model::to_text(status);
  }
}

TEST(LiveInstancesServe, HoldsWhileTheInstanceBoots) {
  Named world(Status::failed);
  const auto& profile = world.seen().profile();
  world.wait(profile.pending.hi + profile.boot.of("claude-code").hi);
  EXPECT_EQ(world.end("live-instances-serve"), 0);
  Named later(Status::failed);
  later.wait(profile.pending.hi + profile.boot.of("claude-code").hi + 1us);
  EXPECT_EQ(later.end("live-instances-serve"), 1);
}

TEST(LiveInstancesServe, HoldsWhereItsTerminateIsOwedAndNotAnothers) {
  Named owed(Status::failed);
  owed.seen().terminate_recorded(owed.w, owed.name(owed.id));
  owed.wait(1h);
  EXPECT_EQ(owed.end("live-instances-serve"), 0);
  Named by_event(Status::failed);
  by_event.seen().structure_event(by_event.w, "WORKSPACE_TERMINATE_FAILED_terminate", 0);
  by_event.wait(1h);
  EXPECT_EQ(by_event.end("live-instances-serve"), 0);
  Named another(Status::failed);
  another.seen().terminate_recorded(another.w, another.name("i-other"));
  another.wait(1h);
  EXPECT_EQ(another.end("live-instances-serve"), 1);
}

TEST(LiveInstancesServe, HoldsOnceTheInstanceIsDead) {
  Named world(Status::failed);
  world.dies(world.id);
  world.wait(1h);
  EXPECT_EQ(world.end("live-instances-serve"), 0);
}

// --- called-comes-back --------------------------------------------------------------------------

constexpr std::string_view kCalledWhileHibernated = R"(
  "horizon": "10m", "workspaces": [{"id": "w"}],
  "steps": [{"at": "1m", "request": "POST /workspaces/w/hibernate?force=true"},
            {"at": "3m", "request": "POST /workspaces/w/a2a"}])";

TEST(CalledComesBack, IsBrokenWhereACallWakesNobody) {
  const Names broken = violations(play_under("june-15", kCalledWhileHibernated));
  EXPECT_NE(std::find(broken.begin(), broken.end(), "called-comes-back of w"), broken.end());
}

TEST(CalledComesBack, HoldsWhereACallWakes) {
  const Outcome outcome = play_under("july-06", kCalledWhileHibernated);
  EXPECT_EQ(final_value(outcome, "w", "status"), "online");
  EXPECT_EQ(violations(outcome), kNone);
}

TEST(CalledComesBack, JudgesCallsThatCameWhileTheRowWasSo) {
  Onlooker before;
  const WorkspaceKey w = before.workspace("w");
  before.answer(before.request(Route::a2a, w), 200);
  before.write_status(w, Status::hibernated);
  before.seen().ended();
  EXPECT_EQ(breaks_of(before, "called-comes-back"), 0);
  before.answer(before.request(Route::a2a, w), 503);
  before.seen().ended();
  EXPECT_EQ(breaks_of(before, "called-comes-back"), 1);
}

TEST(CalledComesBack, HoldsWhereAClientHadItRestAndWhereNobodyHeardTheCall) {
  for (const Status status : {Status::paused, Status::removed, Status::degraded}) {
    Onlooker world;
    const WorkspaceKey w = world.workspace("w", status);
    world.answer(world.request(Route::a2a, w), 503);
    world.seen().ended();
    EXPECT_EQ(breaks_of(world, "called-comes-back"), 0) << model::to_text(status);
  }
  Onlooker unheard;
  const WorkspaceKey w = unheard.workspace("w", Status::hibernated);
  unheard.answer(unheard.request(Route::a2a, w), 0);
  unheard.seen().ended();
  EXPECT_EQ(breaks_of(unheard, "called-comes-back"), 0);
}

// --- delivered-to-named -------------------------------------------------------------------------

TEST(DeliveredToNamed, IsBrokenByACallToAnInstanceThatTheRowDoesNotName) {
  Named world(Status::online);
  world.seen().delivered(world.name(world.id), world.seen().now());
  EXPECT_EQ(breaks_of(world, "delivered-to-named"), 0);
  world.name_instance(world.w, "i-other");
  world.seen().delivered(world.name(world.id), world.seen().now());
  EXPECT_EQ(breaks_of(world, "delivered-to-named"), 1);
}

TEST(DeliveredToNamed, HoldsForACallThatWasOnItsWayWhenTheRowWasWritten) {
  Named world(Status::online);
  world.name_instance(world.w, "i-other");
  world.seen().delivered(world.name(world.id), world.seen().now() - sim::Duration{1});
  EXPECT_EQ(breaks_of(world, "delivered-to-named"), 0);
}

TEST(DeliveredToNamed, IsBrokenWhereTheRowNamesNoneAndHoldsForARowThatIsRemoved) {
  Named unnamed(Status::online);
  unnamed.name_instance(unnamed.w, "");
  unnamed.seen().delivered(unnamed.name(unnamed.id), unnamed.seen().now());
  EXPECT_EQ(breaks_of(unnamed, "delivered-to-named"), 1);
  Named removed(Status::removed);
  removed.name_instance(removed.w, "");
  removed.seen().delivered(removed.name(removed.id), removed.seen().now());
  EXPECT_EQ(breaks_of(removed, "delivered-to-named"), 0);
}

struct Deliveries : model::Observer {
  void delivered(model::Observation& seen, const model::InstanceFacts& instance, sim::Instant /*sent_at*/,
                 std::uint32_t /*event*/) override {
    instances.push_back(seen.text(instance.name));
  }
  Names instances;
};

TEST(DeliveredToNamed, LooksAtCallsThatAgentsReallyReceive) {
  Rig rig("spring-2026", {}, {{.id = "w"}});
  Deliveries seen;
  rig.observation().add_observer(seen);
  EXPECT_EQ(rig.request("POST /workspaces/w/a2a").status, 200);
  EXPECT_EQ(seen.instances, Names{rig.row("instance_id")});
}

// --- finished-work-ends -------------------------------------------------------------------------

TEST(FinishedWorkEnds, IsBrokenByTheEleventhAskForAnInstanceThatHasTerminated) {
  Named world(Status::removed);
  for (int ask = 0; ask < 20; ++ask) world.stopped(world.w, world.id, false);
  EXPECT_EQ(breaks_of(world, "finished-work-ends"), 0) << "it lives";
  world.dies(world.id);
  for (int ask = 0; ask < 20; ++ask) world.stopped(world.w, world.id, false, 0, false);
  EXPECT_EQ(breaks_of(world, "finished-work-ends"), 0) << "nobody said so";
  for (int ask = 0; ask < 10; ++ask) world.stopped(world.w, world.id, false);
  EXPECT_EQ(breaks_of(world, "finished-work-ends"), 0);
  world.stopped(world.w, world.id, true);
  EXPECT_EQ(breaks_of(world, "finished-work-ends"), 1);
}

}  // namespace
}  // namespace drydock::test
