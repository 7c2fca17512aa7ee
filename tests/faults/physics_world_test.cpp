#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "faults/vocabulary.hpp"
#include "model/controlplane/control_plane.hpp"
#include "tests/support/play.hpp"

// What faults do to the whole world (faults/physics.cpp). Every latency is a point: an EC2 call 1 s, one of the control
// plane 100 ms, pending 25 s, boot 10 s, shutting-down 5 s.

namespace drydock::test {
namespace {

constexpr std::string_view kWorld = R"("horizon": "10m",
  "cloud": {"api_latency": "1s", "cp_latency": "100ms", "pending": "25s", "boot": "10s", "terminate": "5s",
            "snapshot": "30s"},
  "workspaces": [{"id": "w"}])";

/// A restart of `w` at 1 min under these faults.
Outcome restart_under(const std::string& faults, const Settings& set = {}) {
  return play_under("pre-1990", std::string{kWorld} + R"(,
    "steps": [{"at": "1m", "id": "go", "request": "POST /workspaces/w/restart"}],
    "faults": [)" + faults + "]",
                    set);
}
const Settings kStateless{{"backup.storage", "stateless"}};

std::uint64_t fired(const Outcome& outcome) { return outcome.faults.at(0).fired; }

// --- a control plane that crashes ---------------------------------------------------------------

/// While a launch is on its way: 1 s from the control plane to its effect.
constexpr const char* kCrashDuringLaunch =
    R"({"on": "process.controlplane", "error": "crash", "down": "2s",
        "when": {"event": "provision.start", "where": {"workspace": "w"}, "delay": "600ms"}})";

TEST(CrashOfTheControlPlane, ALaunchOnItsWayHappensAndNobodyHears) {
  const Outcome outcome = restart_under(kCrashDuringLaunch, kStateless);
  EXPECT_EQ(fired(outcome), 1U);
  const auto launches = events_of(outcome, "ec2.call", "w", "RunInstances");
  const auto crash = events_of(outcome, "process.crash");
  ASSERT_FALSE(launches.empty());
  ASSERT_EQ(crash.size(), 1U);
  EXPECT_GT(launches.front().at, crash.front().at) << "it had not taken effect by then";
  // The tenant's connection was reset, and it knows no instance of that launch.
  const auto started = events_of(outcome, "provision.ec2_started", "w");
  EXPECT_TRUE(std::none_of(started.begin(), started.end(), [&](const auto& event) {
    return event.detail.find(launches.front().instance) != std::string::npos;
  }));
  EXPECT_NE(outcome.responses.at(0).status, 0);
}

TEST(CrashOfTheControlPlane, ATerminateOnItsWayHappens) {
  const Outcome outcome = restart_under(
      R"({"on": "process.controlplane", "error": "crash", "down": "2s",
          "when": {"event": "stop.attempt", "where": {"workspace": "w"}, "delay": "600ms"}})",
      kStateless);
  EXPECT_EQ(fired(outcome), 1U);
  const auto terminates = events_of(outcome, "ec2.call", "w", "TerminateInstances");
  ASSERT_GE(terminates.size(), 2U) << "the one that was on its way, and the tenant's next attempt";
  EXPECT_NE(terminates[0].detail.find("running"), std::string::npos);
  EXPECT_NE(terminates[1].detail.find("shutting-down"), std::string::npos);
}

// --- lag ----------------------------------------------------------------------------------------

TEST(Lag, OfALaunchHidesTheNewInstanceFromEveryCall) {
  const std::string lag = R"({"on": "ec2.RunInstances", "error": "lag", "slow_by": "2m", "nth": 1})";
  const std::string twice = std::string{kWorld} + R"(,
    "steps": [{"at": "1m", "request": "POST /workspaces/w/restart"},
              {"at": "90s", "request": "POST /workspaces/w/restart"}],
    "faults": [)" + lag + "]";
  const Outcome outcome = play_under("pre-1990", twice, kStateless);
  EXPECT_EQ(fired(outcome), 1U);
  EXPECT_GT(count(outcome, "ec2.error", "w", "InvalidInstanceID.NotFound"), 0U);
  // What the tenant took for stopped runs on.
  EXPECT_EQ(of("no-orphan", violations(outcome)).size(), 1U);
}

TEST(Lag, OfAReadShowsThePast) {
  // Since two minutes ago the instance has been terminated by its restart; the read shows it running.
  const std::string body = std::string{kWorld} + R"(,
    "steps": [{"at": "1m", "request": "POST /workspaces/w/restart"},
              {"at": "2m", "id": "look", "request": "GET /admin/workspaces/w/status"}],
    "faults": [)";
  const Outcome now = play_under("pre-1990", body + "]");
  const Outcome past = play_under(
      "pre-1990", body + R"({"on": "ec2.DescribeInstances", "error": "lag", "slow_by": "40s", "at": "2m"}])");
  EXPECT_EQ(response(now, "look").body["running"], true);
  EXPECT_EQ(fired(past), 1U);
  EXPECT_EQ(response(past, "look").body["running"], false) << "forty seconds ago it was pending";
}

// --- what was accepted and fails later ----------------------------------------------------------

TEST(LateFailure, ALaunchEndsWithItsReasonInsteadOfRunning) {
  for (const std::string reason : {"Server.InsufficientInstanceCapacity", "Server.InternalError",
                                   "Client.InternalError", "Client.VolumeLimitExceeded"}) {
    const Outcome outcome = restart_under(R"({"on": "ec2.RunInstances", "error": ")" + reason + R"(", "nth": 1})");
    EXPECT_EQ(fired(outcome), 1U) << reason;
    const auto ended = events_of(outcome, "ec2.state", "w", reason);
    ASSERT_EQ(ended.size(), 1U) << reason;
    EXPECT_NE(ended[0].detail.find(R"("from":"pending","to":"terminated")"), std::string::npos);
    EXPECT_EQ(count(outcome, "provision.ec2_started", "w", ended[0].instance), 1U)
        << "the tenant was told that it started";
  }
}

TEST(LateFailure, ASnapshotEndsInErrorAndIsNotRestoredFrom) {
  const Outcome outcome = restart_under(R"({"on": "ec2.CreateSnapshot", "error": "ends-in-error", "nth": 1})");
  EXPECT_EQ(fired(outcome), 1U);
  EXPECT_EQ(count(outcome, "snapshot.state", "w", R"("to":"error")"), 1U);
  EXPECT_EQ(count(outcome, "snapshot.state", "w", R"("to":"completed")"), 0U);
}

// --- an agent that lingers ----------------------------------------------------------------------

std::size_t beats_between(const Outcome& outcome, sim::Duration from, sim::Duration until) {
  const auto beats = events_of(outcome, "agent.heartbeat", "w");
  return static_cast<std::size_t>(std::count_if(beats.begin(), beats.end(), [&](const auto& beat) {
    return beat.at >= sim::kTimeZero + from && beat.at < sim::kTimeZero + until;
  }));
}

Outcome paused_under(const std::string& faults) {
  using namespace std::chrono_literals;
  return play_under("pre-1990", std::string{kWorld} + R"(,
    "steps": [{"at": "61s", "request": "POST /workspaces/w/pause"}],
    "faults": [)" + faults + "]");
}

TEST(LingeringAgent, GoesOnBeatingForItsTime) {
  using namespace std::chrono_literals;
  const Outcome calm = paused_under("");
  const Outcome lingering = paused_under(R"({"on": "agent", "error": "lingers", "slow_by": "100s", "at": "0s"})");
  const auto arrived = [&](const Outcome& outcome, sim::Duration from, sim::Duration until) {
    return beats_between(outcome, from, until) + count(outcome, "agent.rejected", "w");
  };
  EXPECT_EQ(arrived(calm, 65s, 10min), 0U);
  EXPECT_EQ(fired(lingering), 1U);
  EXPECT_GE(arrived(lingering, 65s, 10min), 3U);
  EXPECT_EQ(beats_between(lingering, 165s, 10min), 0U) << "100 s after the terminate it is silent";
  EXPECT_EQ(final_value(lingering, "w", "instance"), "none");
}

TEST(LingeringAgent, FallsSilentWhenCalmBegins) {
  using namespace std::chrono_literals;
  const Outcome outcome = paused_under(R"({"on": "agent", "error": "lingers", "slow_by": "1h", "at": "0s"})");
  EXPECT_EQ(fired(outcome), 1U);
  EXPECT_GT(beats_between(outcome, 9min, 10min), 0U);
  EXPECT_EQ(beats_between(outcome, 10min + 1s, 2h), 0U);
}

TEST(LingeringAgent, NothingLingersOnAHostThatDies) {
  const Outcome outcome = play_under("pre-1990", std::string{kWorld} + R"(,
    "faults": [{"on": "agent", "error": "lingers", "at": "0s"},
               {"on": "instance", "workspace": "w", "error": "dies", "at": "1m"}])");
  EXPECT_EQ(outcome.faults.at(0).fired, 0U);
  EXPECT_EQ(outcome.faults.at(1).fired, 1U);
}

// --- networks -----------------------------------------------------------------------------------

TEST(NetworkOfTheControlPlane, CarriesTheBootstrapWatchersPostToo) {
  const auto never_boots = [](const std::string& more) {
    return restart_under(R"({"on": "ec2.RunInstances", "error": "Server.InternalError", "nth": 1})" + more,
                         {{"time.bootstrap_watcher", "3m"}, {"backup.storage", "stateless"}});
  };
  const Outcome whole = never_boots("");
  const Outcome cut =
      never_boots(R"(, {"on": "network.platform-controlplane", "error": "reset", "from": "3m", "for": "4m"})");
  EXPECT_EQ(count(whole, "http.request", "w", "bootstrap-failed"), 1U);
  EXPECT_EQ(count(cut, "http.request", "w", "bootstrap-failed"), 0U);
}

// --- the actions that are called ----------------------------------------------------------------

/// `called_actions` is what validate warns by: each of them meets its fault here, and no other does.
TEST(CalledActions, AreThoseWhoseFaultsFire) {
  std::set<std::string> met;
  for (const auto action : faults::ec2_actions()) {
    const std::string slow = R"({"on": "ec2.)" + std::string{action} +
                             R"(", "error": "slow", "slow_by": "1ms", "from": "0s", "for": "10m"})";
    for (const char* storage : {"persistent_volume_reattach", "snapshot_before_stop"}) {
      // A control plane that was away has forgotten which volume is whose, and asks.
      const Outcome outcome = play_under("spring-2026", std::string{kWorld} + R"(,
        "steps": [{"at": "1m", "request": "POST /workspaces/w/restart"},
                  {"at": "3m", "request": "POST /workspaces/w/restart"}],
        "faults": [)" + slow + R"(, {"on": "process.controlplane", "error": "crash", "at": "2m"}])",
                                         {{"backup.storage", storage}});
      if (fired(outcome) > 0) met.insert(std::string{action});
    }
    // Five backups whose answers are lost and whose snapshots fail are deleted (`backup.clears_failed`).
    const Outcome cleared =
        play_under("hardened",
                   std::string{kWorld} + R"(,
        "steps": [{"at": "1m", "request": "PUT /workspaces/w/secrets", "body": {"key": "K", "value": "V"}}],
        "faults": [)" + slow +
                       R"(, {"on": "cp.backup", "error": "reset", "effect": "applied", "from": "1m", "for": "30s"},
                  {"on": "ec2.CreateSnapshot", "error": "ends-in-error", "from": "1m", "for": "1m"}])",
                   {{"cloud.snapshot_limit", "none"}});
    if (fired(cleared) > 0) met.insert(std::string{action});
  }
  const auto called = model::called_actions();
  EXPECT_EQ(met, (std::set<std::string>{called.begin(), called.end()}));
}

}  // namespace
}  // namespace drydock::test
