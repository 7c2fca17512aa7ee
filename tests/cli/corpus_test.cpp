#include <algorithm>

#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// Directories, and several tapes at once, over the real simulation.
class CorpusTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    write("b.json", kSmall);
    write("a.tape.json", tape("one"));
    write("c.tape.json", tape("two"));
    write("exploration.json", R"({"format": "drydock.exploration/1"})");
    write("notes.txt", "no JSON");
  }
  [[nodiscard]] static std::string tape(const std::string& name, const std::string& site = "pm/agent.boot") {
    std::string scenario = kSmall;
    scenario.replace(scenario.find("\"small\""), 7, "\"" + name + "\"");
    return R"({"format": "drydock.tape/1", "policy": "latest", "decisions": [{"site": ")" + site +
           R"(", "occurrence": 1, "value": 3}], "scenario": )" + scenario + "}";
  }
  [[nodiscard]] static std::vector<std::string> played(const Said& said) {
    std::vector<std::string> names;
    const Json result = said.json();
    for (const Json& run : result["results"]) names.push_back(run["scenario"].get<std::string>());
    return names;
  }
  [[nodiscard]] std::string dir() const { return std::filesystem::path(path("x")).parent_path().string(); }
};

TEST_F(CorpusTest, ADirectoryStandsForItsScenariosAndTapes) {
  const Said said = drydock({"run", dir(), "--format", "json"});
  EXPECT_EQ(played(said), (std::vector<std::string>{"one", "small", "small", "small", "two"})) << said.err;
}

TEST_F(CorpusTest, ATapeAmongTheFilesPlaysItsOwnScenario) {
  const Said said = drydock({"run", path("c.tape.json"), path("a.tape.json"), "--format", "json"});
  EXPECT_EQ(played(said), (std::vector<std::string>{"two", "one"}));
  EXPECT_EQ(said.json()["results"][0]["tape"].size(), 0U) << "its one decision meets no question";
  const Said options =
      drydock({"run", "--tape", path("c.tape.json"), "--tape", path("a.tape.json"), "--format", "json"});
  EXPECT_EQ(played(options), played(said));
}

TEST_F(CorpusTest, ARunOfATapeSaysHowToPlayItAgain) {
  const Said said = drydock({"run", path("a.tape.json"), path("c.tape.json"), "--format", "junit"});
  EXPECT_TRUE(contains(said.out, "reproduce: drydock run --tape " + path("a.tape.json"))) << said.out;
}

TEST_F(CorpusTest, SeveralTapesGoWithoutAFileAndCompareTakesOne) {
  EXPECT_EQ(drydock({"run", path("b.json"), "--tape", path("a.tape.json"), "--tape", path("c.tape.json")}).code,
            kBadInput);
  EXPECT_EQ(drydock({"compare", "--tape", path("a.tape.json"), "--tape", path("c.tape.json"), "--policy", "latest",
                     "--policy", "hardened"})
                .code,
            kBadInput);
}

TEST_F(CorpusTest, ADirectoryWithoutAnyIsAnError) {
  std::filesystem::create_directory(path("empty"));
  const Said said = drydock({"run", path("empty")});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "holds neither a scenario nor a tape")) << said.err;
  EXPECT_TRUE(contains(drydock({"replay", path("empty")}).err, "holds no tape"));
}

TEST_F(CorpusTest, ReplayTakesACorpusAndWritesOneReport) {
  const std::string report = path("corpus.xml");
  const Said said = drydock({"replay", dir(), "--report", "junit=" + report});
  EXPECT_EQ(said.code, kHeld) << said.err;
  for (const char* part : {"one / latest", "two / latest", "2 cases:"})
    EXPECT_TRUE(contains(said.out, part)) << said.out;
  EXPECT_FALSE(contains(said.out, "small /")) << "only tapes are replayed";
  EXPECT_TRUE(contains(read(report), "tests=\"2\"")) << read(report);
  EXPECT_EQ(drydock({"replay", dir(), "--strict"}).code, kInconclusive) << "both fit no longer";
  EXPECT_EQ(drydock({"replay", path("a.tape.json"), path("c.tape.json"), "--all"}).code, kBadInput);
  EXPECT_EQ(drydock({"replay", path("a.tape.json"), path("c.tape.json"), "--format", "json"}).json()["results"].size(),
            2U);
}

}  // namespace
}  // namespace drydock::cli
