#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// The command over the real simulation, end to end.
using RealRunTest = CliTest;

std::string scenario_expecting(const std::string& expectation) {
  return R"({"format": "drydock.scenario/1", "name": "small", "title": "A small one", "horizon": "3m",
             "workspaces": [{"id": "pm"}],
             "steps": [{"at": "1s", "id": "go", "request": "POST /workspaces/pm/restart"}],
             "cases": [{"policy": "latest", "expect": [)" +
         expectation + "]}]}";
}

TEST_F(RealRunTest, HoldsWhatHolds) {
  const std::string file =
      write("a.json", scenario_expecting(R"({"count": "provision.ec2_started", "workspace": "pm", "is": 1})"));
  const Said said = drydock({"run", file});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_TRUE(said.out.starts_with("ok   small / latest  ")) << said.out;
}

TEST_F(RealRunTest, FailsWhatDoesNot) {
  const std::string file =
      write("a.json", scenario_expecting(R"({"count": "provision.ec2_started", "workspace": "pm", "is": 77})"));
  const Said said = drydock({"run", file});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, "expectation not met")) << said.out;
  EXPECT_TRUE(contains(said.out, "77")) << said.out;
  EXPECT_TRUE(contains(said.out, "drydock run ")) << said.out;
}

TEST_F(RealRunTest, CountsWhatIsNamedEvenAtZero) {
  const std::string file = write("a.json", scenario_expecting(R"({"count": "stop.exhausted", "is": 0})"));
  const Json json = drydock({"run", file, "--format", "json"}).json();
  const Json& counts = json["results"][0]["counts"];
  ASSERT_TRUE(counts.contains("stop.exhausted")) << counts;
  EXPECT_EQ(counts["stop.exhausted"], 0);
}

TEST_F(RealRunTest, NotExercisedIsThreeUnderStrict) {
  const std::string file = write("a.json", scenario_expecting(R"({"sometimes": "stop.exhausted"})"));
  EXPECT_EQ(drydock({"run", file}).code, kHeld);
  EXPECT_EQ(drydock({"run", file, "--strict"}).code, kInconclusive);
}

/// One case in which the stop is refused, and one whose policy never gives up a stop for that.
std::string scenario_with_faults(const std::string& faults) {
  return R"({"format": "drydock.scenario/1", "name": "faulty", "horizon": "10m",
             "workspaces": [{"id": "pm"}],
             "steps": [{"at": "1m", "request": "DELETE /workspaces/pm?confirm=true"}],
             "faults": [)" +
         faults + R"(],
             "cases": [{"policy": "pre-2989", "expect": [{"violates": "no-orphan"},
                                                         {"violates": "terminate-failure-recorded"}]},
                       {"policy": "latest", "expect": []}]})";
}
constexpr const char* kHiccup =
    R"({"name": "hiccup", "on": "cp.stop", "error": "http-503", "from": "1m", "for": "2s"})";
constexpr const char* kNever = R"({"name": "never", "on": "cp.stop", "error": "http-503", "nth": 99})";

TEST_F(RealRunTest, SaysWhichFaultsMattered) {
  const std::string file = write("a.json", scenario_with_faults(std::string{kHiccup} + "," + kNever));
  const Said said = drydock({"run", file});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_TRUE(contains(said.out, "violates as listed\n    made no difference: never (never fired)\n")) << said.out;
  EXPECT_TRUE(contains(said.out, "    made no difference: hiccup, never (never fired)\n")) << said.out;
  const Json results = drydock({"run", file, "--format", "json"}).json()["results"];
  EXPECT_EQ(results[0]["faults"][0]["mattered"], true);
  EXPECT_EQ(results[0]["faults"][1]["mattered"], false);
  EXPECT_EQ(results[1]["faults"][0]["mattered"], false) << "its retry mends it";
  EXPECT_GT(results[1]["faults"][0]["fired"], 0);
}

TEST_F(RealRunTest, AFaultThatMattersInNoCaseIsThreeUnderStrict) {
  const std::string works = write("a.json", scenario_with_faults(kHiccup));
  EXPECT_EQ(drydock({"run", works, "--strict"}).code, kHeld) << "it matters in one of the cases";
  EXPECT_EQ(drydock({"run", works, "--strict", "--case", "latest"}).code, kInconclusive);
  const std::string idle = write("b.json", scenario_with_faults(std::string{kHiccup} + "," + kNever));
  EXPECT_EQ(drydock({"run", idle}).code, kHeld);
  const Said said = drydock({"run", idle, works, "--strict"});
  EXPECT_EQ(said.code, kInconclusive);
  EXPECT_TRUE(contains(said.err, "faulty: never\n")) << said.err;
  EXPECT_FALSE(contains(said.err, "hiccup")) << said.err;
}

TEST_F(RealRunTest, WhatMatteredDependsNeitherOnThreadsNorOnRepetition) {
  const std::string file = write("a.json", scenario_with_faults(std::string{kHiccup} + "," + kNever));
  const Arguments arguments{"run", file, file, "--format", "json"};
  const Said once = drydock(arguments);
  EXPECT_EQ(once.code, kHeld) << once.err;
  const Json results = once.json()["results"];
  ASSERT_EQ(results.size(), 4U) << "two cases, twice";
  EXPECT_EQ(results[0]["faults"][0]["mattered"], true);
  const std::string plain = without_wall_clock(once.out);
  for (const Arguments& more : {Arguments{"--jobs", "3"}, Arguments{"--twice"}}) {
    Arguments all = arguments;
    all.insert(all.end(), more.begin(), more.end());
    EXPECT_EQ(without_wall_clock(drydock(all).out), plain);
  }
}

TEST_F(RealRunTest, StepsAreNotJudgedUnderPolicy) {
  std::string text = scenario_expecting("");
  text.replace(text.find("\"request\""), 0, R"("expect": {"status": 418}, )");
  const std::string file = write("a.json", text);
  EXPECT_EQ(drydock({"run", file}).code, kFailed);
  const Said said = drydock({"run", file, "--policy", "latest", "--format", "json"});
  EXPECT_EQ(said.code, kHeld) << said.out;
  EXPECT_EQ(said.json()["results"][0]["responses"][0]["status"], 200);
}

TEST_F(RealRunTest, ThreadsAndRepetitionChangeNoResult) {
  const std::string file = write("a.json", scenario_expecting(""));
  const Arguments arguments{"run", file, "reprov-thrash", file, "--seed", "5", "--format", "json"};
  const auto with = [&](const Arguments& more) {
    Arguments all = arguments;
    all.insert(all.end(), more.begin(), more.end());
    return drydock(all);
  };
  const Said once = with({});
  const Json results = once.json()["results"];
  ASSERT_GE(results.size(), 4U) << "the small one, each case of the incident, and the small one again";
  for (const Json& result : results) EXPECT_GT(result["events"].get<std::uint64_t>(), 0U);
  for (const Arguments& more : {Arguments{"--jobs", "3"}, Arguments{"--twice"}}) {
    const Said again = with(more);
    EXPECT_EQ(again.code, once.code) << again.err;
    EXPECT_EQ(without_wall_clock(again.out), without_wall_clock(once.out));
  }
}

TEST_F(RealRunTest, DemoShowsTheIncidentAndItsFix) {
  const Said said = drydock({"demo"});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_TRUE(contains(said.out, "no-healthy-kill was broken") || contains(said.out, "one-start-per-cause was broken"))
      << said.out;
  EXPECT_TRUE(contains(said.out, "ok   reprov-thrash / pre-1556")) << said.out;
  EXPECT_TRUE(contains(said.out, "ok   reprov-thrash / post-1556")) << said.out;
  EXPECT_TRUE(contains(said.out, "researcher 4, reviewer 4")) << said.out;
  EXPECT_TRUE(contains(said.out, "researcher 1, reviewer 1")) << said.out;
  EXPECT_EQ(drydock({"demo", "extra"}).code, kBadInput);
}

}  // namespace
}  // namespace drydock::cli
