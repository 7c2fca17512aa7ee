// A platform whose clock jumps: its rows are written and judged by that clock, its timers are not.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "tests/model/findings.hpp"
#include "tests/support/play.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;

TEST(WallClock, AJumpAheadMakesEveryRowThatProvisionsOverdue) {
  for (const auto& [ahead, status] : {std::pair{9min, "provisioning"}, std::pair{11min, "failed"}}) {
    Rig rig("post-1932", {{"reconciler.mode", "off"}}, {{.status = Status::provisioning}});
    rig.run_for(1s);
    rig.store().shift_clock(ahead);
    rig.run_for(45s);
    EXPECT_EQ(rig.row("status"), status) << ahead.count();
  }
}

TEST(WallClock, RowsHaveTheTimeOfThePlatform) {
  Rig rig("spring-2026");
  rig.store().shift_clock(-1h);
  rig.run_for(1min);
  const auto beat = std::stoll(rig.row("last_heartbeat_at"));
  EXPECT_LT(sim::Duration{beat}, -58min);
  EXPECT_GT(sim::Duration{beat}, -1h);
}

/// The platform's clock is ahead for five minutes: whoever was idle for ten is idle for twenty-five then.
TEST(WallClock, AJumpHibernatesWhoWasIdleForAWhile) {
  const auto hibernated = [](sim::Duration ahead) {
    Rig rig("spring-2026", {{"time.heartbeat", "9m"}, {"time.liveness_ttl", "1h"}},
            {{.hibernation_idle_minutes = std::int64_t{20}}});
    rig.run_for(3min);
    rig.store().shift_clock(ahead);
    rig.run_for(2min);
    return rig.row("status") == "hibernated";
  };
  EXPECT_FALSE(hibernated(0s));
  EXPECT_TRUE(hibernated(25min));
}

TEST(WallClock, IsRightAgainWhenCalmBeginsAndKeepsTheRunFromResting) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "process.platform", "error": "clock-behind", "at": "1m"}])");
  EXPECT_EQ(final_value(outcome, "w", "status"), "online");
  EXPECT_EQ(violations(outcome), kNone);
}

}  // namespace
}  // namespace drydock::test
