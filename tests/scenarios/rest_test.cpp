// When a world rests, and what keeps it from resting: each thing that acts by itself some day has a test in which it
// does so in the calm, and in which the run that may end early must have waited for it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/run.hpp"
#include "scenarios/world.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

/// A minute of trouble and a quarter of an hour of calm.
std::string calm_scenario(const std::string& policy, const std::string& body, const std::string& set = "") {
  return R"({"format": "drydock.scenario/1", "name": "rest", "title": "Rest", "horizon": "1m", "calm": "15m", )" +
         body + R"(, "cases": [{"policy": ")" + policy + R"(", "set": {)" + set + R"(}, "expect": []}]})";
}

struct Ending {
  std::optional<sim::Duration> rested_at;  // since calm began
  std::vector<std::string> broken;         // promise, workspace and moment of each violation, in their order
  std::vector<std::string> statuses;       // of the rows, by key
};

Ending ending_of(const Scenario& scenario, bool full_calm, model::Observer* onlooker = nullptr) {
  Workbench workbench;
  RunOptions options;
  options.keep_record = false;
  options.full_calm = full_calm;
  World world(scenario, scenario.cases.at(0), {}, options, workbench.database());
  if (onlooker != nullptr) world.watch(*onlooker);
  EXPECT_EQ(world.play(), "");
  EXPECT_EQ(world.scheduler().now(), sim::kTimeZero + 16min);
  Ending ending;
  if (world.rested_at()) ending.rested_at = *world.rested_at() - sim::kTimeZero - 1min;
  for (const model::Violation& violation : world.observation().violations()) {
    ending.broken.push_back(fmt::format("{} of {} at {}", violation.invariant, world.record().text(violation.workspace),
                                        sim::format_duration(violation.at - sim::kTimeZero)));
  }
  for (const model::WorkspaceFacts& workspace : world.observation().workspaces())
    ending.statuses.emplace_back(workspace.row.exists ? model::to_text(workspace.row.status) : "none");
  return ending;
}

/// Plays it both ways, each before an onlooker of its own: the whole run, and the one that ends at rest.
template <typename Onlooker>
std::pair<Ending, Ending> both_endings(const Scenario& scenario) {
  Onlooker in_whole;
  Onlooker in_rested;
  return {ending_of(scenario, true, &in_whole), ending_of(scenario, false, &in_rested)};
}

/// Plays it both ways, which must end alike; returns when the shorter run rested.
std::optional<sim::Duration> rest_of(const std::string& json) {
  const Scenario scenario = test::scenario_of(json);
  const Ending whole = ending_of(scenario, true);
  const Ending rested = ending_of(scenario, false);
  EXPECT_FALSE(whole.rested_at);
  EXPECT_EQ(rested.broken, whole.broken);
  EXPECT_EQ(rested.statuses, whole.statuses);
  return rested.rested_at;
}

TEST(Rest, ComesToAQuietWorldWithTheNextHeartbeat) {
  for (const char* policy : {"spring-2026", "hardened", "pre-1556", "post-1991", "june-15", "aug-08", "autumn"}) {
    const auto rested = rest_of(calm_scenario(policy, R"("workspaces": [{"id": "w"}, {"id": "v", "parent": "w"}])"));
    ASSERT_TRUE(rested) << policy;
    EXPECT_LE(*rested, 45s) << policy;
  }
}

TEST(Rest, IsNotAskedOfARunThatKeepsItsRecord) {
  const Scenario scenario = test::scenario_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w"}])"));
  Workbench workbench;
  RunOptions options;
  options.full_calm = false;
  World world(scenario, scenario.cases.at(0), {}, options, workbench.database());
  EXPECT_EQ(world.play(), "");
  EXPECT_FALSE(world.rested_at());
}

// --- what nobody knows of ------------------------------------------------------------------------

/// A loop with a counter in its frame, which breaks a promise at its 40th turn: 400 s after time zero. It says that it
/// rests; its task does not.
class HiddenLoop final : public model::Invariant {
 public:
  HiddenLoop() : Invariant("hidden-loop") {}

  void process_started(model::Observation& seen) override {
    sim::Scheduler& clock = seen.record().scheduler();
    tasks_ = std::make_unique<sim::TaskGroup>(clock);
    clock.spawn(*tasks_, "hidden loop", turns(&seen));
  }
  void ended(model::Observation& /*seen*/) override { tasks_.reset(); }
  [[nodiscard]] bool rests(const model::Observation& /*seen*/) const override { return true; }

 private:
  sim::Task<void> turns(model::Observation* seen) {
    for (int turn = 1; turn <= 40; ++turn) co_await seen->record().scheduler().pause(10s);
    seen->violated(*this, "the 40th turn", 0);
  }

  std::unique_ptr<sim::TaskGroup> tasks_;
};

TEST(Rest, WaitsForALoopThatHasNotSaidWhatItsTurnsDo) {
  const Scenario scenario = test::scenario_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w"}])"));
  const auto [whole, rested] = both_endings<HiddenLoop>(scenario);
  ASSERT_EQ(whole.broken, (std::vector<std::string>{"hidden-loop of  at 6m40s"}));
  EXPECT_EQ(rested.broken, whole.broken);
  ASSERT_TRUE(rested.rested_at) << "its task has ended";
  EXPECT_GE(*rested.rested_at, 340s);
}

/// An invariant that counts the sweeper's turns and has not said that it rests.
class HiddenCounter final : public model::Invariant {
 public:
  HiddenCounter() : Invariant("hidden-counter") {}
  void orphan_sweep_began(model::Observation& seen, std::uint32_t event) override {
    if (++sweeps_ == 12) seen.violated(*this, "the 12th sweep", event);
  }

 private:
  int sweeps_ = 0;
};

TEST(Rest, WaitsForAnObserverThatHasNotSaidThatItRests) {
  const Scenario scenario = test::scenario_of(calm_scenario("post-2989", R"("workspaces": [{"id": "w"}])"));
  const auto [whole, rested] = both_endings<HiddenCounter>(scenario);
  ASSERT_EQ(whole.broken.size(), 1U);
  EXPECT_EQ(rested.broken, whole.broken);
  EXPECT_FALSE(rested.rested_at);
}

// --- what acts by itself some day ----------------------------------------------------------------

TEST(Rest, WaitsForARowThatWillHaveBeenProvisioningTooLong) {
  const auto rested = rest_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w", "status": "provisioning"}])"));
  ASSERT_TRUE(rested) << "the sweep has failed it";
  EXPECT_GE(*rested, 9min);
}

TEST(Rest, WaitsForAnExternalRowThatWillGoStale) {
  const auto rested =
      rest_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w", "runtime": "external", "instance": "none"}])",
                            R"("time.remote_stale": "5m")"));
  ASSERT_TRUE(rested);
  EXPECT_GE(*rested, 4min);
}

TEST(Rest, WaitsForARowThatFallsIdleBetweenTwoHeartbeats) {
  // Heartbeats every 100 s and a look every 2 min: the one at 8 min comes 80 s after a heartbeat.
  const auto rested = rest_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w", "hibernation_idle": "1m"}])",
                                            R"("time.heartbeat": "100s")"));
  ASSERT_TRUE(rested) << "it is hibernated";
  EXPECT_GE(*rested, 7min);
}

constexpr const char* kDies = R"("faults": [{"on": "instance", "error": "dies", "workspace": "w", "at": "59s"}])";

TEST(Rest, WaitsForAKeyThatNobodyExtendsAnyMore) {
  const auto rested = rest_of(calm_scenario("spring-2026", std::string{R"("workspaces": [{"id": "w"}], )"} + kDies));
  ASSERT_TRUE(rested) << "it was restarted";
  EXPECT_GE(*rested, 2min);
}

TEST(Rest, NeverComesWhereKeysLiveShorterThanHeartbeatsAreApart) {
  EXPECT_FALSE(rest_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w"}])",
                                     R"("time.heartbeat": "4m", "time.liveness_ttl": "3m")")));
}

TEST(Rest, WaitsForARowThatWillSeemLost) {
  // A row that failed has no key that could expire: the reconciler alone looks after it.
  const auto rested = rest_of(calm_scenario(
      "hardened", std::string{R"("workspaces": [{"id": "w", "status": "failed", "instance": "running"}], )"} + kDies));
  ASSERT_TRUE(rested) << "it was restarted";
  EXPECT_GE(*rested, 1min);
}

TEST(Rest, WaitsForAnInstanceWithoutARowThatIsTooYoungToBeReaped) {
  // It was launched ten minutes before time zero, so its grace ends at 6 min.
  const auto rested = rest_of(calm_scenario("pre-2989", R"("workspaces": [{"id": "w"}],
        "steps": [{"at": "30s", "request": "DELETE /workspaces/w?confirm=true&purge=true"}],
        "faults": [{"on": "ec2.TerminateInstances", "error": "InvalidInstanceID.NotFound", "from": "25s", "for": "20s"}])",
                                            R"("sweeper.row_gone.enabled": "on", "sweeper.row_gone.grace": "16m")"));
  ASSERT_TRUE(rested) << "it was reaped";
  EXPECT_GE(*rested, 5min);
}

TEST(Rest, WaitsForACallThatIsQueued) {
  // The call meets an agent that is busy: no heartbeat has room for it, and the sweeper looks every 5 min.
  const auto rested = rest_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w", "active_tasks": 1}],
        "steps": [{"at": "50s", "request": "POST /workspaces/w/a2a"}],
        "faults": [{"on": "a2a.send", "workspace": "w", "error": "reset", "nth": 1}])",
                                            R"("queue.sweep_interval": "5m")"));
  ASSERT_TRUE(rested) << "it was sent";
  EXPECT_GE(*rested, 4min);
}

/// An agent dies, and its key expires while the platform is down: no loop of `latest` looks after the row any more.
constexpr const char* kUnheard = R"("workspaces": [{"id": "w", "active_tasks": 1}],
    "faults": [{"on": "instance", "error": "dies", "workspace": "w", "at": "1s"},
               {"on": "process.platform", "error": "crash", "at": "5s", "down": "54s"}])";

Ending unheard(const std::string& set, bool full_calm) {
  const Scenario scenario =
      test::scenario_of(calm_scenario("spring-2026", kUnheard, R"("time.liveness_ttl": "50s", )" + set));
  return ending_of(scenario, full_calm);
}

TEST(Rest, DoesNotWaitForARowThatNobodyLooksAfter) {
  const Ending rested = unheard(R"("watchdog.stall.enabled": "off")", false);
  EXPECT_EQ(rested.statuses, unheard(R"("watchdog.stall.enabled": "off")", true).statuses);
  ASSERT_TRUE(rested.rested_at);
  EXPECT_LE(*rested.rested_at, 1min);
}

TEST(Rest, WaitsForAReconcilerThatWillFindAnInstanceGone) {
  // It looks first when the process starts, where the control plane does not answer, and then every 5 min.
  const std::string body = std::string{kUnheard}.substr(0, std::string{kUnheard}.rfind(']')) +
                           R"(, {"on": "cp.is_running", "error": "http-503", "from": "55s", "for": "10s"}])";
  const auto rested = rest_of(calm_scenario(
      "spring-2026", body, R"("time.liveness_ttl": "50s", "reconciler.mode": "v2", "reconciler.interval": "5m")"));
  ASSERT_TRUE(rested) << "it was restarted";
  EXPECT_GE(*rested, 5min);
}

TEST(Rest, WaitsForAWatchdogThatWillFindARowStalled) {
  const std::string set =
      R"("watchdog.stall.enabled": "on", "watchdog.stall.after": "5m", "watchdog.stall.answer": "1m")";
  const Ending whole = unheard(set, true);
  const Ending rested = unheard(set, false);
  EXPECT_EQ(rested.statuses, whole.statuses);
  EXPECT_EQ(rested.broken, whole.broken);
  ASSERT_TRUE(rested.rested_at) << "it was restarted";
  EXPECT_GE(*rested.rested_at, 4min);
}

TEST(Rest, NeverComesWhereARowWillBeFoundWedged) {
  EXPECT_FALSE(unheard(R"("watchdog.wedged.enabled": "on", "watchdog.wedged.after": "5m")", false).rested_at);
}

TEST(Rest, WaitsForARegistrationThatFailedToBeForgotten) {
  // Its agent boots anew and registers in vain, so the row is degraded for five minutes.
  const auto rested = rest_of(calm_scenario("spring-2026", R"("cloud": {"boot": "5s"}, "workspaces": [{"id": "w"}],
        "faults": [{"on": "instance", "workspace": "w", "error": "rebooted", "at": "20s"},
                   {"on": "db.write", "workspace": "w", "error": "reset", "when": {"event": "agent.register"}}])",
                                            R"("register.failure_degrades": "on", "register.failure_hold": "5m")"));
  ASSERT_TRUE(rested) << "it is online again";
  EXPECT_GE(*rested, 4min);
}

TEST(Rest, NeverComesToAWorldWhoseClockWasWrong) {
  EXPECT_FALSE(rest_of(calm_scenario("spring-2026", R"("workspaces": [{"id": "w"}], "faults": [
        {"on": "process.platform", "error": "clock-ahead", "from": "10s", "for": "10s"}])")));
}

TEST(Rest, WaitsForAnOverlapThatIsAboutToBecomeTooLong) {
  // The stop of the first instance is refused, and the second one is up three seconds later.
  const Scenario scenario = test::scenario_of(calm_scenario("pre-1990", R"("cloud": {"pending": "1s", "boot": "1s"},
        "workspaces": [{"id": "w"}], "steps": [{"at": "50s", "request": "POST /workspaces/w/restart"}],
        "faults": [{"on": "cp.stop", "error": "http-503", "from": "49s", "for": "11s"}])",
                                                            R"("backup.storage": "stateless")"));
  const Ending whole = ending_of(scenario, true);
  const Ending rested = ending_of(scenario, false);
  EXPECT_TRUE(std::any_of(whole.broken.begin(), whole.broken.end(), [](const std::string& broken) {
    return broken.starts_with("single-live-instance of w at 1m5");
  })) << testing::PrintToString(whole.broken);
  EXPECT_EQ(rested.broken, whole.broken);
  EXPECT_TRUE(rested.rested_at);
}

}  // namespace
}  // namespace drydock::scenarios
