#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/lifecycle_support.hpp"

// What each call does in each state: docs/cloud.md §1.2. Calls take 1 s, pending 10 s, shutting-down
// 5 s; stopping takes 35 s, its midpoint.

namespace drydock::cloud {
namespace {

enum class At { pending, restarted, running, stopping, stopped, shutting_down, terminated, gone };

/// Brings an instance of `w1` there, and leaves at least 3 s before it goes on from there.
std::string bring(FullRegion& region, At state) {
  if (state == At::gone) return "i-12345678";
  if (state == At::pending) {
    const RunAnswer& answer = region.run(launch_of("w1"));
    region.rig.run_until(1s + 1ms);
    return answer.value().id;
  }
  const std::string id = region.running("w1");
  if (state == At::running) return id;
  if (state == At::shutting_down || state == At::terminated) {
    region.terminate({id});
    region.rig.run_until(state == At::terminated ? sim::Duration{7s} : sim::Duration{1s + 1ms});
    return id;
  }
  region.stop({id});
  region.rig.run_until(1s + 1ms);
  if (state == At::stopping) return id;
  region.rig.run_until(37s);
  if (state == At::stopped) return id;
  region.start_instances({id});
  region.rig.run_until(38s + 1ms);
  return id;
}

struct Row {
  std::string_view name;
  At at;
  std::string start, stop, reboot, terminate, attach, describe, tag;
};

const std::string kOk = "none";
const std::string kInstance = "IncorrectInstanceState";
const std::string kState = "IncorrectState";
const std::string kGone = "InvalidInstanceID.NotFound";

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {"pending", At::pending, kOk, kInstance, kState, kOk, kState, kOk, kOk},
      {"restarted", At::restarted, kOk, kOk, kState, kOk, kState, kOk, kOk},
      {"running", At::running, kOk, kOk, kOk, kOk, kOk, kOk, kOk},
      {"stopping", At::stopping, kInstance, kOk, kState, kOk, kState, kOk, kOk},
      {"stopped", At::stopped, kOk, kOk, kState, kOk, kOk, kOk, kOk},
      {"shutting-down", At::shutting_down, kInstance, kInstance, kState, kOk, kState, kOk, kOk},
      {"terminated", At::terminated, kInstance, kInstance, kOk, kOk, kState, kOk, kOk},
      {"gone", At::gone, kGone, kGone, kGone, kGone, kGone, kGone, kGone},
  };
  return rows;
}

template <typename Call>
std::string code_of(At at, Call call) {
  FullRegion region;
  const std::string id = bring(region, at);
  const auto& answer = call(region, id);
  region.rig.run();
  return answer.code();
}

TEST(StateTable, SaysWhatEachCallAnswersInEachState) {
  using R = FullRegion;
  using Id = const std::string&;
  for (const Row& row : table()) {
    SCOPED_TRACE(row.name);
    const auto start = [](R & r, Id id) -> auto& { return r.start_instances({id}); };
    const auto stop = [](R & r, Id id) -> auto& { return r.stop({id}); };
    const auto reboot = [](R & r, Id id) -> auto& { return r.reboot({id}); };
    const auto terminate = [](R & r, Id id) -> auto& { return r.terminate({id}); };
    const auto describe = [](R & r, Id id) -> auto& { return r.describe({id}); };
    const auto tag = [](R & r, Id id) -> auto& { return r.tag({id}, {{"k", "v"}}); };
    const auto attach = [](R & r, Id id) -> auto& {
      const Instance& other = r.seeded("w2");
      r.ec2.kill(other.workspace);
      return r.attach(other.data_volume->id, id);
    };
    EXPECT_EQ(code_of(row.at, start), row.start);
    EXPECT_EQ(code_of(row.at, stop), row.stop);
    EXPECT_EQ(code_of(row.at, reboot), row.reboot);
    EXPECT_EQ(code_of(row.at, terminate), row.terminate);
    EXPECT_EQ(code_of(row.at, attach), row.attach);
    EXPECT_EQ(code_of(row.at, describe), row.describe);
    EXPECT_EQ(code_of(row.at, tag), row.tag);
  }
}

TEST(StateTable, EndsAnInstanceFromWhereverItIs) {
  for (const At at : {At::pending, At::restarted, At::running, At::stopping, At::stopped}) {
    FullRegion region;
    const std::string id = bring(region, at);
    const InstanceState previous = region.state(id);
    const TerminateAnswer& end = region.terminate({id});
    region.rig.run();
    EXPECT_EQ(end.value()[0].previous, previous);
    EXPECT_EQ(end.value()[0].current, InstanceState::shutting_down);
    EXPECT_EQ(region.state(id), InstanceState::terminated) << to_text(previous);
    EXPECT_TRUE(region.states().back().starts_with("shutting-down>terminated"));
  }
}

TEST(StopInstances, GoesThroughStoppingAndStartThroughPending) {
  FullRegion region;
  const Instance& instance = region.seeded("w1", deleted_with_it());
  const ChangesAnswer& stopped = region.stop({instance.id});
  region.rig.run_until(40s);
  EXPECT_EQ(instance.reason, "Client.UserInitiatedShutdown");  // docs/cloud.md §5.2
  EXPECT_EQ(instance.data_volume->state, VolumeState::in_use);
  EXPECT_EQ(instance.data_volume->attached_to, instance.name);
  const ChangesAnswer& started = region.start_instances({instance.id});
  region.rig.run();
  EXPECT_EQ(stopped.value()[0].previous, InstanceState::running);
  EXPECT_EQ(stopped.value()[0].current, InstanceState::stopping);
  EXPECT_EQ(started.value()[0].previous, InstanceState::stopped);
  EXPECT_EQ(started.value()[0].current, InstanceState::pending);
  EXPECT_EQ(region.states(),
            (Log{"running>stopping at 1", "stopping>stopped at 36", "stopped>pending at 41", "pending>running at 51"}));
  EXPECT_EQ(instance.reason, "");
}

TEST(StopInstances, DurationIsADecisionOfTheWorkspace) {
  FullRegion region{fixed_profile(), sim::tape_of({{"w1/ec2.stop.duration", 1, 1}})};
  region.stop({region.running("w1")});
  region.rig.run();
  EXPECT_EQ(region.states(), (Log{"running>stopping at 1", "stopping>stopped at 11"}));
}

TEST(StartInstances, PendingIsADecisionOfItsOwn) {
  Profile profile = fixed_profile();
  profile.pending = {10s, 17s};
  FullRegion region{profile, sim::tape_of({{"w1/ec2.start.pending", 1, 8}})};
  region.start_instances({bring(region, At::stopped)});
  region.rig.run();
  EXPECT_EQ(region.states().back(), "pending>running at 55");
}

TEST(StopInstances, ThatAreUnderWayAreIssuedAnewOnlyByForce) {
  FullRegion plain{fixed_profile(), sim::tape_of({{"w1/ec2.stop.duration", 1, 8}})};
  FullRegion forced{fixed_profile(), sim::tape_of({{"w1/ec2.stop.duration", 1, 8}, {"w1/ec2.stop.duration", 2, 1}})};
  for (FullRegion* region : {&plain, &forced}) {
    const std::string id = region->running("w1");
    region->stop({id});
    region->rig.run_until(9s);
    region->stop({id}, region == &forced);
    region->rig.run();
    EXPECT_EQ(region->terminates[1].value()[0].previous, InstanceState::stopping);
    EXPECT_EQ(region->terminates[1].value()[0].current, InstanceState::stopping);
  }
  EXPECT_EQ(plain.states(), (Log{"running>stopping at 1", "stopping>stopped at 61"}));
  EXPECT_EQ(forced.states(), (Log{"running>stopping at 1", "stopping>stopped at 20"}));
}

TEST(StopInstances, OfARestartEndsItForGood) {
  FullRegion region;
  const std::string id = bring(region, At::restarted);
  region.stop({id});
  region.rig.run_until(60s);
  EXPECT_EQ(region.state(id), InstanceState::stopping) << "the launch under way came to nothing";
  region.rig.run();
  EXPECT_EQ(region.state(id), InstanceState::stopped);
}

TEST(StartInstances, AgainWaitsForItsOwnLaunchOnly) {
  Profile profile = fixed_profile();
  profile.pending = {60s, 60s};
  FullRegion region{profile, sim::tape_of({{"w1/ec2.stop.duration", 2, 1}})};
  const std::string id = bring(region, At::restarted);  // pending at 38 s
  region.stop({id});
  region.rig.run_until(50s);
  region.start_instances({id});
  region.rig.run();
  const Log states = region.states();
  ASSERT_EQ(states.size(), 7U);
  EXPECT_EQ(states[3], "pending>stopping at 39.001");
  EXPECT_EQ(states[4], "stopping>stopped at 49.001");
  EXPECT_EQ(states[5], "stopped>pending at 51");
  EXPECT_EQ(states[6], "pending>running at 111") << "and not at 98";
}

TEST(StopInstances, ThatMeetATerminationStopNothing) {
  FullRegion region;
  const std::string id = bring(region, At::stopping);
  region.terminate({id});
  region.rig.run();
  EXPECT_EQ(region.states(),
            (Log{"running>stopping at 1", "stopping>shutting-down at 2.001", "shutting-down>terminated at 7.001"}));
}

TEST(StateTable, AllOrNothing) {
  FullRegion region;
  const std::string ending = bring(region, At::shutting_down);
  const std::string one = region.running("w1");
  const ChangesAnswer& stop = region.stop({one, ending});
  const DoneAnswer& reboot = region.reboot({one, ending});
  const ChangesAnswer& start = region.start_instances({one, "i-12345678"});
  region.rig.run();
  EXPECT_EQ(stop.code(), kInstance);
  EXPECT_EQ(reboot.code(), kState);
  EXPECT_EQ(start.code(), kGone);
  EXPECT_EQ(region.state(one), InstanceState::running);
}

TEST(RebootInstances, DoesNotLeaveRunning) {
  FullRegion region;
  const std::string id = region.running("w1");
  region.reboot({id});
  region.rig.run();
  EXPECT_EQ(region.states(), Log{});
  ASSERT_EQ(region.record.count(sim::Kind::ec2_call), 1U);
}

TEST(StartInstances, NeedsRoomOnlyForWhatIsStopped) {
  for (const Capacity capacity : {Capacity::sync, Capacity::async}) {
    Profile profile = fixed_profile();
    profile.capacity = capacity;
    FullRegion region{profile};
    const std::string stopped = bring(region, At::stopped);
    const std::string running = region.running("w1");
    const ChangesAnswer& idle = region.start_instances({running});
    const ChangesAnswer& refused = region.start_instances({stopped, running});
    region.rig.run();
    EXPECT_TRUE(idle.ok()) << idle.code();
    EXPECT_EQ(refused.code(), "InsufficientInstanceCapacity");
    EXPECT_EQ(region.state(stopped), InstanceState::stopped);
  }
}

TEST(StartInstances, CountsTowardsTheQuotaWhatAStopGaveBack) {
  Profile profile = fixed_profile();
  profile.instance_limit = 1;
  FullRegion region{profile};
  const std::string stopped = bring(region, At::stopped);
  const RunAnswer& other = region.run(launch_of("w2"));
  region.rig.run_until(39s);
  const ChangesAnswer& start = region.start_instances({stopped});
  region.rig.run();
  EXPECT_TRUE(other.ok()) << other.code();
  EXPECT_EQ(start.code(), "InstanceLimitExceeded");
}

// docs/cloud.md §3
TEST(StartInstances, AndTheOthersHaveBucketsOfTheirOwn) {
  FullRegion region;
  const std::string id = region.running("w1");
  for (int i = 0; i < 6; ++i) region.start_instances({id});
  region.rig.run();
  EXPECT_EQ(region.terminates[4].code(), kOk);
  EXPECT_EQ(region.terminates[5].code(), "RequestLimitExceeded");
  for (int i = 0; i < 51; ++i) region.status({});
  for (int i = 0; i < 51; ++i) region.reboot({id});
  for (int i = 0; i < 51; ++i) region.stop({id});
  region.rig.run();
  EXPECT_EQ(region.statuses[49].code(), kOk);
  EXPECT_EQ(region.statuses[50].code(), "RequestLimitExceeded");
  EXPECT_EQ(region.dones[49].code(), kOk);
  EXPECT_EQ(region.dones[50].code(), "RequestLimitExceeded");
  EXPECT_EQ(region.terminates[55].code(), kOk);
  EXPECT_EQ(region.terminates[56].code(), "RequestLimitExceeded");
}

TEST(StopInstances, CountTheInstancesThatTheyAffect) {
  FullRegion region;
  std::vector<std::string> many;
  for (int i = 0; i < 600; ++i) many.push_back(region.running("w1"));
  const ChangesAnswer& first = region.stop(many);
  const ChangesAnswer& second = region.stop(many);
  region.rig.run();
  EXPECT_EQ(first.code(), kOk);
  EXPECT_EQ(second.code(), "RequestLimitExceeded");
}

// docs/cloud.md §5.2
TEST(StateReason, TellsThatTheSnapshotOfALaunchIsGone) {
  FullRegion region;
  const Instance& source = region.seeded("w1");
  const std::string snapshot = region.completed_snapshot(source);
  const RunAnswer& launched = region.run(launch_with("w1", from_snapshot(snapshot)));
  region.rig.run_until(25s);
  region.delete_snapshot(snapshot);
  region.rig.run();
  EXPECT_EQ(region.state(launched.value().id), InstanceState::terminated);
  EXPECT_EQ(region.ec2.find(launched.value().id)->reason, "Client.InvalidSnapshot.NotFound");
}

// --- DescribeInstanceStatus: docs/cloud.md §1.7 ------------------------------------------------

using Summary = InstanceStatus::Summary;

TEST(InstanceStatus, HasARowOnlyForWhatRuns) {
  FullRegion region;
  const std::string ended = bring(region, At::shutting_down);
  const std::string id = region.running("w1");
  const RunAnswer& launched = region.run(launch_of("w2"));
  region.rig.run_until(3s);
  const StatusAnswer& running = region.status({});
  const StatusAnswer& pending = region.status({launched.value().id});
  const StatusAnswer& all = region.status({launched.value().id, ended, id}, true);
  const StatusAnswer& unknown = region.status({"i-12345678"}, true);
  region.rig.run();
  ASSERT_EQ(running.value().size(), 1U);
  EXPECT_EQ(running.value()[0].id, id);
  EXPECT_EQ(running.value()[0].instance, Summary::ok);
  EXPECT_EQ(running.value()[0].system, Summary::ok);
  ASSERT_TRUE(pending.ok()) << pending.code();
  EXPECT_TRUE(pending.value().empty());
  ASSERT_EQ(all.value().size(), 3U);
  EXPECT_EQ(all.value()[0].state, InstanceState::pending);
  EXPECT_EQ(all.value()[0].instance, Summary::not_applicable);
  EXPECT_EQ(all.value()[1].state, InstanceState::shutting_down);
  EXPECT_EQ(unknown.code(), kGone);
}

TEST(InstanceStatus, IsInitializingUntilTheSecondCheckAfterEachStart) {
  FullRegion region;
  const RunAnswer& launched = region.run(launch_of("w1"));  // running at 11 s
  region.rig.run_until(129s);
  const std::string id = launched.value().id;
  const StatusAnswer& early = region.status({id});
  region.rig.run_until(130s);
  const StatusAnswer& late = region.status({id});
  region.rig.run_until(132s);
  region.stop({id});
  region.rig.run_until(170s);
  region.start_instances({id});
  region.rig.run_until(190s);
  const StatusAnswer& again = region.status({id});
  region.rig.run();
  EXPECT_EQ(early.value()[0].instance, Summary::initializing);
  EXPECT_EQ(late.value()[0].instance, Summary::ok);
  EXPECT_EQ(again.value()[0].system, Summary::initializing);
}

}  // namespace
}  // namespace drydock::cloud
