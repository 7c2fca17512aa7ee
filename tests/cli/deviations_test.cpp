#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// What `--deviate` and `--fork` refuse, over the real simulation.
class DeviationsTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    file_ = write("small.json", R"json({
      "format": "drydock.scenario/1", "name": "small", "title": "A small one", "horizon": "5m",
      "workspaces": [{"id": "pm"}],
      "steps": [{"at": "1s", "request": "POST /workspaces/pm/restart"}],
      "cases": [{"policy": "latest", "expect": []}, {"policy": "hardened", "expect": []}]
    })json");
  }
  [[nodiscard]] Said deviate(const std::string& text, const Arguments& more = {}) const {
    Arguments arguments{"run", file_, "--deviate", text};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return drydock(arguments);
  }

  std::string file_;
};

TEST_F(DeviationsTest, AnUnknownWorkspaceIsRefusedWithTheNearest) {
  const Said said = deviate("pn/agent.boot#1=8");
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_EQ(said.out, "") << "nothing was run";
  EXPECT_TRUE(contains(said.err, "pn/agent.boot#1=8: small has no workspace 'pn' (did you mean pm?)")) << said.err;
  EXPECT_EQ(deviate("pn/agent.boot#1=8", {"--format", "json"}).json()["errors"].size(), 1U);
}

TEST_F(DeviationsTest, AnUnknownSiteIsRefusedWithTheNearest) {
  const Said said = deviate("pm/agent.bot#1=8");
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "did you mean agent.boot?")) << said.err;
}

TEST_F(DeviationsTest, AnAnswerOutOfItsRangeIsRefusedWithTheRange) {
  EXPECT_EQ(deviate("pm/agent.boot#1=8").code, kHeld);
  const Said said = deviate("pm/agent.boot#1=9");
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "out of bound: its answers are 0 to 8")) << said.err;
}

TEST_F(DeviationsTest, WhatIsNotAskedIsNoMistakeButNotExercised) {
  const Said said = deviate("pm/agent.boot#77=8");
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(contains(said.err, "met no question")) << said.err;
  EXPECT_EQ(deviate("pm/agent.boot#77=8", {"--strict"}).code, kInconclusive);
}

TEST_F(DeviationsTest, CompareRefusesThemToo) {
  EXPECT_EQ(drydock({"compare", file_, "--deviate", "pn/agent.boot#1=8"}).code, kBadInput);
  EXPECT_EQ(drydock({"compare", file_, "--deviate", "pm/agent.boot#1=8"}).code, kHeld);
}

TEST_F(DeviationsTest, AForkIsHeldToItsOwnDecisionsAndATapeToStrict) {
  const std::string tape = write("small.tape.json", R"({"format": "drydock.tape/1", "policy": "latest",
      "decisions": [{"site": "gone/agent.boot", "occurrence": 1, "value": 3}], "scenario": )" +
                                                        read(file_) + "}");
  EXPECT_EQ(drydock({"replay", tape}).code, kHeld) << "a tape may have become old";
  EXPECT_EQ(drydock({"replay", tape, "--strict"}).code, kInconclusive);
  EXPECT_EQ(drydock({"run", "--tape", tape, "--strict"}).code, kInconclusive);
  EXPECT_EQ(drydock({"replay", tape, "--fork", "pm/agent.boot#1=3"}).code, kHeld);
  const Said said = drydock({"replay", tape, "--fork", "pm/agent.boot#1=30"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "its answers are 0 to 8")) << said.err;
}

}  // namespace
}  // namespace drydock::cli
