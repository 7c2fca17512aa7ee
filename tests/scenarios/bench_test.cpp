#include "scenarios/bench.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace drydock::scenarios {
namespace {

/// What is said of input that is refused; empty where it is not.
template <typename Act>
std::string refusal(Act&& act) {
  try {
    act();
  } catch (const BadInput& error) {
    return error.what();
  }
  return {};
}

TEST(Bench, PlaysTheCasesOfABuiltInScenario) {
  Bench bench("reprov-thrash");
  const Played before = bench.run({.case_name = "pre-1556"});
  EXPECT_TRUE(before.outcome.passed);
  EXPECT_FALSE(before.outcome.violations.empty()) << "they are listed";
  EXPECT_FALSE(before.outcome.events.empty());
  const Played after = bench.run({.case_name = "post-1556"});
  EXPECT_TRUE(after.outcome.violations.empty());
}

TEST(Bench, UnderAPolicyOnlyPromisesCount) {
  Bench bench("reprov-thrash");
  EXPECT_FALSE(bench.run({.policy = "pre-1556"}).outcome.passed);
  EXPECT_TRUE(bench.run({.policy = "post-1556"}).outcome.passed);
}

TEST(Bench, ARunIsAFunctionOfWhatWasAsked) {
  const auto hash = [](const Play& play) { return Bench("reprov-thrash").run(play).outcome.trace_hash; };
  const Play calm{.policy = "latest"};
  Play seeded = calm;
  seeded.seed = 7;
  Play deviated = calm;
  deviated.deviate = {"reviewer/ec2.run.pending#1=8"};
  Play set = calm;
  set.set = {"cloud.pending=1s"};
  EXPECT_EQ(hash(calm), hash(calm));
  EXPECT_EQ(hash(seeded), hash(seeded));
  for (const Play& other : {seeded, deviated, set}) EXPECT_NE(hash(other), hash(calm));
}

TEST(Bench, ReadsVariantsOfPolicies) {
  Bench bench("reprov-thrash");
  const Played variant = bench.run({.policy = "pre-1556,probe.restart_gate=on,cloud.pending=1s"});
  const Played set = bench.run({.policy = "pre-1556", .set = {"probe.restart_gate=on", "cloud.pending=1s"}});
  EXPECT_EQ(variant.outcome.trace_hash, set.outcome.trace_hash);
  EXPECT_NE(variant.outcome.trace_hash, bench.run({.policy = "pre-1556"}).outcome.trace_hash);
  EXPECT_EQ(variant.outcome.case_name, "pre-1556,probe.restart_gate=on,cloud.pending=1s");
  EXPECT_NE(refusal([&] { (void)bench.run({.policy = "latest,restart.debounce=5s"}); }).find("unknown knob"),
            std::string::npos);
}

TEST(Bench, OneRunLeavesNothingForTheNext) {
  Bench bench("reprov-thrash");
  const auto first = bench.run({.policy = "latest"}).outcome.trace_hash;
  (void)bench.run({.policy = "pre-1556", .set = {"cloud.pending=90s"}, .seed = 3});
  EXPECT_EQ(bench.run({.policy = "latest"}).outcome.trace_hash, first);
}

TEST(Bench, ReadsFiles) {
  const auto file = std::filesystem::path(testing::TempDir()) / "drydock-bench.json";
  std::ofstream(file) << R"json({"format": "drydock.scenario/1", "name": "small", "title": "A small one",
    "horizon": "2m", "workspaces": [{"id": "pm"}], "cases": [{"policy": "latest", "expect": []}]})json";
  Bench bench(file.string());
  EXPECT_EQ(bench.scenario().name, "small");
  EXPECT_TRUE(bench.run({.case_name = "latest"}).outcome.passed);
  std::ofstream(file) << "{\n  \"format\": 1 }";
  EXPECT_NE(refusal([&] { Bench{file.string()}; }).find("drydock-bench.json:2:"), std::string::npos);
  std::filesystem::remove(file);
}

TEST(Bench, RefusesWhatDoesNotExistAndNamesTheNearest) {
  EXPECT_EQ(refusal([] { Bench{"reprov-trash"}; }),
            "reprov-trash: no such file, and no built-in scenario of this name (did you mean reprov-thrash?)");
  Bench bench("reprov-thrash");
  const auto refused = [&](const Play& play, const std::string& part) {
    const std::string said = refusal([&] { (void)bench.run(play); });
    EXPECT_NE(said.find(part), std::string::npos) << said;
  };
  refused({.case_name = "post-1555"}, "did you mean post-1556?");
  refused({.policy = "pre-1555"}, "pre-1556");
  refused({.policy = "latest", .set = {"restart.debounce=5s"}}, "unknown knob");
  refused({.policy = "latest", .set = {"restart.debounce_window"}}, "KEY=VALUE");
  refused({.policy = "latest", .deviate = {"nowhere"}}, "nowhere: ");
  refused({}, "one of the two");
  refused({.case_name = "post-1556", .policy = "latest"}, "one of the two");
}

}  // namespace
}  // namespace drydock::scenarios
