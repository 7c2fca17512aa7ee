#include "reports/case_report.hpp"

#include <gtest/gtest.h>

#include "reports/formats.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

TEST(CaseStatus, FollowsTheOutcome) {
  Outcome outcome = held_outcome();
  EXPECT_EQ(case_status(outcome), CaseStatus::held);
  outcome.exercised = false;
  EXPECT_EQ(case_status(outcome), CaseStatus::not_exercised);
  outcome.passed = false;
  EXPECT_EQ(case_status(outcome), CaseStatus::failed);
  outcome.stopped_by = "steps";
  EXPECT_EQ(case_status(outcome), CaseStatus::inconclusive);
  outcome.violations.resize(1);
  outcome.unlisted = {0};
  EXPECT_EQ(case_status(outcome), CaseStatus::failed);
}

TEST(WrittenReports, KnowWhichOfThemHoldOneRun) {
  const std::vector<ReportFile> asked{{"html", "out/r.html"}, {"perfetto", "out/r.pftrace"}};
  const auto written = written_reports(asked);
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[0].path, "out/r.html");
  EXPECT_FALSE(written[0].one_run);
  EXPECT_TRUE(written[1].one_run);
}

}  // namespace
}  // namespace drydock::reports
