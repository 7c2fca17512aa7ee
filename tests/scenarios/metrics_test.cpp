// Each metric against runs whose truth is known by arithmetic.

#include "scenarios/metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "scenarios/run.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using test::play;
using test::play_under;
using test::shipped;

double metric(const Outcome& outcome, const std::string& name) {
  const auto value = metric_of(outcome, name);
  EXPECT_TRUE(value.has_value()) << name;
  return value.value_or(-1);
}

TEST(Metrics, EveryNameHasAValueAndNothingElseHas) {
  const Outcome outcome = play_under("spring-2026", R"("horizon": "1m", "workspaces": [{"id": "w"}])");
  for (const std::string& name : metric_names()) EXPECT_TRUE(metric_of(outcome, name)) << name;
  EXPECT_FALSE(metric_of(outcome, "stars"));
  EXPECT_FALSE(metric_of(outcome, ""));
  const auto names = metric_names();
  for (const char* name :
       {"starts", "orphan_instance_hours", "violations:no-healthy-kill", "restart.dropped", "ec2_calls"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
}

TEST(Metrics, CountWhatTheIncidentCounts) {
  const Outcome before = play(shipped("reprov-thrash.json"), "pre-1556");
  EXPECT_EQ(metric(before, "starts"), 8);
  EXPECT_EQ(metric(before, "provision.ec2_started"), 8);
  EXPECT_EQ(metric(before, "stops"), 8);
  EXPECT_GT(metric(before, "violations:no-healthy-kill"), 0);
  EXPECT_EQ(metric(before, "violations"), static_cast<double>(before.violations.size()));
  EXPECT_EQ(metric(before, "unlisted_violations"), 0);
  const Outcome after = play(shipped("reprov-thrash.json"), "post-1556");
  EXPECT_EQ(metric(after, "starts"), 2);
  EXPECT_EQ(metric(after, "violations:no-healthy-kill"), 0);
}

TEST(Metrics, Ec2CallsAreThoseAnsweredEitherWay) {
  const Outcome outcome = play_under("post-2989", R"(
    "horizon": "10m", "workspaces": [{"id": "w"}],
    "steps": [{"at": "1m", "request": "DELETE /workspaces/w?confirm=true"}],
    "faults": [{"on": "ec2.TerminateInstances", "error": "InternalError", "nth": 1}])");
  EXPECT_EQ(metric(outcome, "ec2_errors"), 1);
  EXPECT_EQ(metric(outcome, "ec2_calls"), static_cast<double>(test::count(outcome, "ec2.call") + 1));
}

/// The runs of a meter: one workspace that was up at time zero, for an hour and its quarter of calm.
constexpr const char* kQuiet = R"("horizon": "1h", "calm": "15m", "workspaces": [{"id": "w"}])";

TEST(Meters, AQuietHourHasAnInstanceHourAndNothingToRegret) {
  const Outcome outcome = play_under("spring-2026", kQuiet);
  EXPECT_DOUBLE_EQ(metric(outcome, "instance_hours"), 1.25);
  EXPECT_EQ(metric(outcome, "orphan_instance_hours"), 0);
  EXPECT_EQ(metric(outcome, "unavailable_s"), 0);
  EXPECT_EQ(metric(outcome, "lost_writes"), 0);
}

TEST(Meters, AnOrphanOfTimeZeroIsOneAllAlong) {
  const Outcome outcome = play_under("pre-2989", R"(
    "horizon": "1h", "calm": "15m",
    "workspaces": [{"id": "w", "status": "removed", "instance": "running"}])");
  EXPECT_DOUBLE_EQ(metric(outcome, "orphan_instance_hours"), 1.25);
  EXPECT_DOUBLE_EQ(metric(outcome, "instance_hours"), 1.25);
  EXPECT_EQ(metric(outcome, "unavailable_s"), 0);
}

/// #2989: the stop of a delete is refused, and the instance runs on.
constexpr const char* kRefusedDelete = R"(
    "horizon": "2h", "calm": "15m", "workspaces": [{"id": "w"}],
    "steps": [{"at": "1h", "request": "DELETE /workspaces/w?confirm=true"}],
    "faults": [{"on": "cp.stop", "error": "http-503", "from": "1h", "for": "1m30s"}])";

TEST(Meters, ARefusedDeleteLeavesAnOrphanUntilItsEndOrASweep) {
  // The row is removed a statement or two after the request, and the stop takes effect half a second after it is asked
  // for.
  constexpr double kSeconds = 1.0 / 3600;
  const Outcome forever = play_under("pre-2989", kRefusedDelete);
  EXPECT_NEAR(metric(forever, "orphan_instance_hours"), 1.25, kSeconds);
  // Sweeps at 1h, which is before the delete, 1h1m, refused, and 1h2m.
  const Outcome swept = play_under("post-2989", kRefusedDelete);
  EXPECT_NEAR(metric(swept, "orphan_instance_hours"), 120 * kSeconds, kSeconds);
  EXPECT_NEAR(metric(swept, "instance_hours"), 1 + 120 * kSeconds, 2 * kSeconds);
}

TEST(Meters, ARestartIsUnavailableFromItsRowUntilItIsOnlineAgain) {
  const Outcome outcome = play_under("pre-2989",
                                     R"("horizon": "10m", "workspaces": [{"id": "w"}],
         "cloud": {"pending": "30s", "boot": "10s", "api_latency": "0s", "cp_latency": "0s"},
         "steps": [{"at": "1m", "request": "POST /workspaces/w/restart"}])");
  // The agent's last heartbeat may call the row online for a moment; it is available for good with the last such row.
  const auto& rows = outcome.rows;
  const auto away =
      std::find_if(rows.begin(), rows.end(), [](const ShownRow& row) { return row.status == "provisioning"; });
  const auto back =
      std::find_if(rows.rbegin(), rows.rend(), [](const ShownRow& row) { return row.status != "online"; });
  ASSERT_NE(away, rows.end());
  ASSERT_NE(back, rows.rbegin());
  const double between = std::chrono::duration<double>(std::prev(back)->at - away->at).count();
  EXPECT_GT(between, 40);
  EXPECT_NEAR(metric(outcome, "unavailable_s"), between, 0.1);
}

TEST(Meters, WritesThatNoSnapshotHasAreLostOnce) {
  const Outcome before = play(shipped("restart-snapshot-limit.json"), "pre-1990");
  EXPECT_GT(metric(before, "lost_writes"), 0);
  const Outcome aws = play(shipped("restart-snapshot-limit.json"), "post-1990-aws");
  EXPECT_LT(metric(aws, "lost_writes"), metric(before, "lost_writes"));
}

TEST(Meters, DoNotDependOnWhetherTheRecordIsKept) {
  const Scenario scenario = test::scenario_of(shipped("reprov-thrash.json"));
  CaseSpec played = scenario.cases.front();
  played.expect.clear();
  Workbench workbench;
  RunOptions kept;
  RunOptions not_kept;
  not_kept.keep_record = false;
  EXPECT_EQ(run(scenario, played, {}, kept, workbench).metrics, run(scenario, played, {}, not_kept, workbench).metrics);
}

}  // namespace
}  // namespace drydock::scenarios
