#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "reports/explain.hpp"
#include "scenarios/bench.hpp"

using namespace drydock;

TEST(Secrets, ReplaceEachInstanceOnce) {
  const auto played = scenarios::Bench("reprov-thrash").run({.case_name = "post-1556"});
  EXPECT_TRUE(played.outcome.passed) << reports::explain(played);
}

/// Whatever nature decides, however long a launch takes. RapidCheck makes a failing run as small as it can.
bool holds(const std::string& policy) {
  scenarios::Bench bench("reprov-thrash");
  return rc::check(policy, [&](std::uint64_t seed) {
    const auto pending = std::to_string(*rc::gen::inRange(1, 120)) + "s";
    const auto played = bench.run({.policy = policy, .set = {"cloud.pending=" + pending}, .seed = seed});
    if (!played.outcome.passed) RC_FAIL(reports::explain(played));
  });
}

TEST(Secrets, NeverLoopAfterTheFix) { EXPECT_TRUE(holds("post-1556")); }
TEST(Secrets, LoopedBefore) { EXPECT_FALSE(holds("pre-1556")); }
