#include "reports/explain.hpp"

#include <gtest/gtest.h>

namespace drydock::reports {
namespace {

TEST(Explain, IsALineWhereTheRunPassed) {
  const std::string text = explain(scenarios::Bench("reprov-thrash").run({.policy = "post-1556"}));
  EXPECT_TRUE(text.starts_with("ok   reprov-thrash / post-1556")) << text;
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
}

TEST(Explain, TellsTheStoryAndHowToSeeItAgain) {
  const std::string text = explain(
      scenarios::Bench("reprov-thrash")
          .run({.policy = "pre-1556", .set = {"cloud.pending=40s"}, .seed = 3, .deviate = {"world/order#1=1"}}));
  EXPECT_NE(text.find("no-healthy-kill was broken"), std::string::npos) << text;
  EXPECT_NE(text.find("how it came about"), std::string::npos);
  EXPECT_NE(text.find("drydock run reprov-thrash --policy pre-1556 --seed 3 --set cloud.pending=40s "
                      "--deviate 'world/order#1=1'"),
            std::string::npos)
      << text;
}

TEST(Explain, NamesTheCase) {
  const std::string text =
      explain(scenarios::Bench("reprov-thrash").run({.case_name = "pre-1556", .set = {"cloud.pending=1s"}}));
  EXPECT_NE(text.find("drydock run reprov-thrash --case pre-1556 --set cloud.pending=1s"), std::string::npos) << text;
}

}  // namespace
}  // namespace drydock::reports
