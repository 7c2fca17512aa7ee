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
  const std::string file = write(
      "a.json",
      scenario_expecting(R"({"count": "provision.ec2_started", "workspace": "pm", "is": 1})"));
  const Said said = drydock({"run", file});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_TRUE(said.out.starts_with("ok   small / latest  ")) << said.out;
}

TEST_F(RealRunTest, FailsWhatDoesNot) {
  const std::string file = write(
      "a.json",
      scenario_expecting(R"({"count": "provision.ec2_started", "workspace": "pm", "is": 77})"));
  const Said said = drydock({"run", file});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, "expectation not met")) << said.out;
  EXPECT_TRUE(contains(said.out, "77")) << said.out;
  EXPECT_TRUE(contains(said.out, "drydock run ")) << said.out;
}

TEST_F(RealRunTest, CountsWhatIsNamedEvenAtZero) {
  const std::string file =
      write("a.json", scenario_expecting(R"({"count": "stop.exhausted", "is": 0})"));
  const Json json = drydock({"run", file, "--format", "json"}).json();
  const Json& counts = json["results"][0]["counts"];
  ASSERT_TRUE(counts.contains("stop.exhausted")) << counts;
  EXPECT_EQ(counts["stop.exhausted"], 0);
}

TEST_F(RealRunTest, NotExercisedIsThreeUnderStrict) {
  const std::string file =
      write("a.json", scenario_expecting(R"({"sometimes": "stop.exhausted"})"));
  EXPECT_EQ(drydock({"run", file}).code, kHeld);
  EXPECT_EQ(drydock({"run", file, "--strict"}).code, kInconclusive);
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
    return without_wall_clock(drydock(all).out);
  };
  const std::string plain = with({});
  EXPECT_EQ(with({"--jobs", "3"}), plain);
  EXPECT_EQ(with({"--twice"}), plain);
}

TEST_F(RealRunTest, DemoShowsTheIncidentAndItsFix) {
  const Said said = drydock({"demo"});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_TRUE(contains(said.out, "no-healthy-kill was broken") ||
              contains(said.out, "one-start-per-cause was broken"))
      << said.out;
  EXPECT_TRUE(contains(said.out, "ok   reprov-thrash / pre-1556")) << said.out;
  EXPECT_TRUE(contains(said.out, "ok   reprov-thrash / post-1556")) << said.out;
  EXPECT_TRUE(contains(said.out, "researcher 4, reviewer 4")) << said.out;
  EXPECT_TRUE(contains(said.out, "researcher 1, reviewer 1")) << said.out;
  EXPECT_EQ(drydock({"demo", "extra"}).code, kBadInput);
}

}  // namespace
}  // namespace drydock::cli
