#include "reports/words.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "model/kinds.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

TEST(InWords, EveryKindHasASentence) {
  for (const sim::KindInfo& kind : model::kind_table()) EXPECT_TRUE(has_words(kind.name)) << kind.name;
}

TEST(InWords, FillsInNames) {
  EXPECT_EQ(in_words(event(1, 0, 0, "restart.triggered", "reviewer")), "restart_by_id was called for reviewer");
  EXPECT_EQ(in_words(event(1, 0, 0, "provision.ec2_started", "reviewer", "i-1")),
            "the control plane launched i-1 for reviewer");
}

TEST(InWords, UsesDetailsWhereTheyAre) {
  EXPECT_EQ(in_words(event(1, 0, 0, "workspace.status", "pm", "", R"({"from":"failed","to":"online"})")),
            "pm became online (was failed)");
  EXPECT_EQ(in_words(event(1, 0, 0, "http.response", "pm", "", R"({"status":200})")), "the platform answered 200");
  EXPECT_EQ(in_words(event(1, 0, 0, "http.response", "pm")), "the platform answered");
  EXPECT_EQ(in_words(event(1, 0, 0, "sweep.tick", "", "", R"({"sweeper":"cp_orphan","selected":0})")),
            "the loop cp_orphan ran and selected 0");
}

TEST(InWords, FallsBackToTheFacts) {
  EXPECT_EQ(in_words(event(1, 0, 0, "new.kind", "pm", "i-1", R"({"a":1})")), R"(new.kind pm i-1 {"a":1})");
  EXPECT_EQ(in_words(event(1, 0, 0, "new.kind", "")), "new.kind");
  // A sentence without its subject would be wrong.
  EXPECT_EQ(in_words(event(1, 0, 0, "restart.triggered", "")), "restart.triggered");
}

TEST(InWords, SurvivesADetailThatIsNotJson) {
  EXPECT_EQ(in_words(event(1, 0, 0, "workspace.status", "pm", "", "{oops")), "workspace.status pm {oops");
}

TEST(SinceStart, IsInMilliseconds) {
  EXPECT_EQ(since_start(at_ms(30'451)), "+30.451s");
  EXPECT_EQ(since_start(sim::kTimeZero + std::chrono::microseconds{1999}), "+0.001s");
  EXPECT_EQ(since_start(sim::kTimeZero), "+0.000s");
  // Instances that are up at time zero were launched before.
  EXPECT_EQ(since_start(at_ms(-600'000)), "-600.000s");
  EXPECT_EQ(since_start(at_ms(-250)), "-0.250s");
}

TEST(ShortNumber, HasNoPowerOfTen) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.25), "0.25");
  EXPECT_EQ(short_number(12.345), "12.3");
  EXPECT_EQ(short_number(123456.7), "123457");
  EXPECT_EQ(short_number(18829.5, 4), "18830");
  EXPECT_EQ(short_number(999.7), "1000");
  EXPECT_EQ(short_number(0.0000012), "0.000001");
  EXPECT_EQ(short_number(3.254e-06, 4), "0.000003");
  EXPECT_EQ(short_number(2e-9), "< 0.000001");
  EXPECT_EQ(short_number(-2e-9), "> -0.000001");
  EXPECT_EQ(short_number(std::numeric_limits<double>::infinity()), "?");
  EXPECT_EQ(small_percent(0.000012345), "0.00123 %");
}

}  // namespace
}  // namespace drydock::reports
