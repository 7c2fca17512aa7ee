#include "scenarios/files/decode.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/tape_file.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using ValidateTest = CliTest;

TEST_F(ValidateTest, CountsCases) {
  const std::string file = write("small.json", kSmall);
  const Said said = drydock({"validate", file});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_EQ(said.out, "ok " + file + ": 3 cases\n");
}

TEST_F(ValidateTest, KnowsPoliciesAndTapesByTheirFormat) {
  const std::string policy =
      write("policy.json", R"({"format":"drydock.policy/1","name":"mine","extends":"latest","set":{}})");
  const auto small = scenarios::decode_scenario("small", kSmall);
  ASSERT_TRUE(small.value);
  scenarios::Outcome outcome;
  outcome.tape = {{{}, "pm/agent.boot", 1, 9, 8, "25s"}};
  const std::string tape =
      write("tape.json", scenarios::encode_tape(*small.value, small.value->cases.front(), outcome));
  const Said said = drydock({"validate", policy, tape});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_EQ(said.out, "ok " + policy + ": policy mine\nok " + tape + ": tape of small, 1 decision\n");
  const Json files = drydock({"validate", policy, tape, "--format", "json"}).json()["files"];
  EXPECT_EQ(files[0]["kind"], "policy");
  EXPECT_EQ(files[1]["decisions"], 1);
}

TEST_F(ValidateTest, ReportsEverythingThatIsWrongInAllFiles) {
  const std::string one = write("one.json", R"({"format":"drydock.scenario/1",)");
  const std::string two = write("two.json", R"({"format":"drydock.policy/1","name":"x","set":{"no.such":"on"}})");
  const std::string three = path("three.json");
  const Said said = drydock({"validate", one, two, three});
  EXPECT_EQ(said.code, kBadInput);
  for (const std::string& file : {one, two, three}) EXPECT_TRUE(contains(said.err, file)) << said.err;
  const Json errors = drydock({"validate", one, two, three, "--format", "json"}).json()["errors"];
  EXPECT_GE(errors.size(), 3U);
  EXPECT_EQ(errors[0]["file"], one);
  EXPECT_EQ(errors[0]["line"], 1);
}

TEST_F(ValidateTest, SurvivesWhatIsNoJson) {
  for (const std::string& text :
       {std::string(), std::string("\xFF\xFE"), std::string(1'000'000, '['), std::string(1'000, '{'),
        std::string("[1]"), std::string("\"format\""), std::string(R"({"format":{"format":"drydock.tape/1"}})")}) {
    const Said said = drydock({"validate", write("bad.json", text)});
    EXPECT_EQ(said.code, kBadInput);
    EXPECT_TRUE(contains(said.err, "bad.json:")) << said.err;
  }
}

TEST_F(ValidateTest, NamesWhatCannotBeRead) {
  EXPECT_TRUE(contains(drydock({"validate", path("")}).err, "cannot be read"));
  EXPECT_TRUE(contains(drydock({"validate", "reprov-trash"}).err, "did you mean reprov-thrash?"));
  EXPECT_EQ(drydock({"validate"}).code, kBadInput);
}

TEST_F(ValidateTest, EverythingBuiltInIsValid) {
  EXPECT_GT(scenarios::embedded_files().size(), 20U);
  for (const auto& file : scenarios::embedded_files()) {
    const Said said = drydock({"validate", write("file.json", std::string{file.text})});
    EXPECT_EQ(said.code, kHeld) << file.path << said.err;
    EXPECT_EQ(said.err, "") << file.path;
  }
  EXPECT_EQ(drydock({"validate", "reprov-thrash"}).code, kHeld);
}

}  // namespace
}  // namespace drydock::cli
