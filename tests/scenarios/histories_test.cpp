#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

const char* const kWorld = R"({
  "format": "drydock.scenario/1", "name": "two-rows", "title": "t", "horizon": "5m",
  "workspaces": [{"id": "first"}, {"id": "second"}, {"id": "third", "status": "removed"}],
  "steps": [{"at": "1m", "request": "POST /workspaces/second/pause"},
            {"at": "2m", "request": "POST /workspaces", "body": {"name": "late"}, "alias": "late"}],
  "cases": [{"policy": "spring-2026", "expect": []}]
})";

const Outcome& played() {
  static const Outcome outcome = test::play(kWorld);
  return outcome;
}

std::vector<const ShownRow*> rows_of(const std::string& workspace) {
  std::vector<const ShownRow*> found;
  for (const ShownRow& row : played().rows) {
    if (row.workspace == workspace) found.push_back(&row);
  }
  return found;
}

std::vector<std::string> statuses_of(const std::string& workspace) {
  std::vector<std::string> found;
  for (const ShownRow* row : rows_of(workspace)) {
    const std::string status = row->exists ? row->status : "no row";
    if (found.empty() || found.back() != status) found.push_back(status);
  }
  return found;
}

TEST(Histories, BeginWithEveryRowAsItStoodAtTimeZero) {
  ASSERT_GE(played().rows.size(), 3U);
  const std::vector<std::string> expected = {"first", "second", "third"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const ShownRow& row = played().rows[i];
    EXPECT_EQ(row.workspace, expected[i]);
    EXPECT_EQ(row.event, 0U);
    EXPECT_EQ(row.at, sim::kTimeZero);
    EXPECT_TRUE(row.exists);
  }
  EXPECT_EQ(played().rows[0].status, "online");
  EXPECT_FALSE(played().rows[0].instance_id.empty());
  EXPECT_EQ(played().rows[2].status, "removed");
}

TEST(Histories, ARowThatNothingChangedHasOneState) { EXPECT_EQ(rows_of("third").size(), 1U); }

TEST(Histories, NameTheEventThatChangedARow) {
  const auto rows = rows_of("second");
  ASSERT_GE(rows.size(), 2U);
  EXPECT_EQ(statuses_of("second"), (std::vector<std::string>{"online", "paused"}));
  const ShownRow& paused = *rows.back();
  const auto events = test::events_of(played(), "workspace.status", "second");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(rows[1]->event, events.front().seq);
  EXPECT_EQ(rows[1]->at, events.front().at);
  EXPECT_EQ(paused.status, "paused");
}

TEST(Histories, ARowThatIsMadeLaterIsNotThereBefore) {
  const auto rows = rows_of("late");
  ASSERT_FALSE(rows.empty());
  EXPECT_GE(rows.front()->at, sim::kTimeZero + std::chrono::minutes{2});
  EXPECT_EQ(statuses_of("late"), (std::vector<std::string>{"provisioning", "online"}));
}

TEST(Histories, RowsAndVolumesStandInTheOrderOfTime) {
  const auto earlier = [](const auto& a, const auto& b) { return a.at < b.at; };
  EXPECT_TRUE(std::is_sorted(played().rows.begin(), played().rows.end(), earlier));
  EXPECT_TRUE(std::is_sorted(played().volumes.begin(), played().volumes.end(), earlier));
}

TEST(Histories, VolumesOfTimeZeroAreAttachedToTheirInstances) {
  ASSERT_FALSE(played().volumes.empty());
  const ShownVolume& volume = played().volumes.front();
  EXPECT_EQ(volume.event, 0U);
  EXPECT_EQ(volume.workspace, "first");
  EXPECT_EQ(volume.state, "in-use");
  EXPECT_EQ(volume.instance_id, played().rows.front().instance_id);
}

TEST(Histories, AreNotKeptWhereTheRecordIsNot) {
  const Scenario scenario = test::scenario_of(kWorld);
  RunOptions options;
  options.keep_record = false;
  Workbench workbench;
  const Outcome outcome = run(scenario, scenario.cases.front(), {}, options, workbench);
  EXPECT_TRUE(outcome.rows.empty());
  EXPECT_TRUE(outcome.volumes.empty());
}

}  // namespace
}  // namespace drydock::scenarios
