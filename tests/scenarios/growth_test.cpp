// What grows with its input grows in proportion to it. The processor's time is measured, and the bounds are wide: eight
// times as much may take sixteen times as long, where what is quadratic takes sixty-four times.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>
#include <functional>

#include "scenarios/conform/log_world.hpp"
#include "scenarios/conform/matcher.hpp"
#include "scenarios/logs/import.hpp"
#include "scenarios/run.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

double seconds_of(const std::function<void()>& work) {
  const std::clock_t started = std::clock();
  work();
  return static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC;
}

/// Restarts whose stops fail: each workspace is left with two live instances, and its promises broken.
Scenario overlapping(int workspaces) {
  Json scenario{{"format", "drydock.scenario/1"}, {"name", "overlapping"}, {"horizon", "10m"}};
  for (int i = 0; i < workspaces; ++i) {
    scenario["workspaces"].push_back({{"id", fmt::format("w{}", i)}});
    scenario["steps"].push_back(
        {{"at", fmt::format("{}s", 10 + i % 50)}, {"request", fmt::format("POST /workspaces/w{}/restart", i)}});
    scenario["traffic"].push_back({{"kind", "a2a"}, {"to", fmt::format("w{}", i)}, {"every", "30s"}});
  }
  scenario["faults"] =
      Json::array({{{"name", "refused"}, {"on", "cp.stop"}, {"error", "http-503"}, {"from", "0s"}, {"for", "10m"}}});
  scenario["cases"] = Json::array({{{"policy", "pre-1932"}, {"expect", Json::array()}}});
  return test::scenario_of(scenario.dump());
}

TEST(GrowthSlow, AnEventCostsTheSameHoweverManyPromisesAreBroken) {
  Workbench workbench;
  const auto cost = [&](int workspaces) {
    const Scenario scenario = overlapping(workspaces);
    Outcome outcome;
    const double took = seconds_of([&] { outcome = run(scenario, scenario.cases.front(), {}, {}, workbench); });
    EXPECT_GE(outcome.violations.size(), static_cast<std::size_t>(workspaces));
    return took / static_cast<double>(outcome.event_count);
  };
  const double few = cost(50);
  EXPECT_LT(cost(400), 2 * few);
}

TEST(GrowthSlow, ALogsWorldIsMadeInTimeThatGrowsWithItsLines) {
  const Scenario scenario = test::scenario_of(test::shipped("pause-cascade.json"));
  const auto cost = [&](int lines) {
    std::string text;
    for (int i = 0; i < lines; ++i)
      text += fmt::format("{{\"at_s\":{},\"kind\":\"workspace.status\",\"workspace\":\"reviewer\"}}\n", 1 + i);
    const auto log = import_logs({{"a.log", text}}, {});
    const LogQuestion question{
        .log = &*log.value, .scenario = &scenario, .policy = "spring-2026", .set = {}, .skew = 2s};
    return seconds_of([&] { (void)make_log_world(question, kLead); });
  };
  const double few = cost(1'000);
  EXPECT_LT(cost(8'000), 16 * few + 0.2);
}

TEST(GrowthSlow, LinesArePairedInTimeThatGrowsWithThem) {
  const auto cost = [](int lines) {
    Sightings seen{.all = {}, .begins = {}, .ends = {}, .skew = 1s};
    std::vector<Happening> happenings;
    for (int i = 0; i < lines; ++i) {
      const Instant at = sim::kTimeZero + i * 5s;
      seen.all.push_back({.from = at, .until = at, .kind = "stop.failed", .workspace = "w", .detail = Json::object()});
      happenings.push_back({.seq = 1, .at = at, .kind = "stop.failed", .workspace = "w", .detail = Json::object()});
      seen.ends = at;
    }
    return seconds_of([&] { EXPECT_TRUE(match(seen, happenings).explained()); });
  };
  const double few = cost(20'000);
  EXPECT_LT(cost(160'000), 16 * few + 0.2);
}

}  // namespace
}  // namespace drydock::scenarios
