#include "scenarios/files/tape_file.hpp"

#include <gtest/gtest.h>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/presets.hpp"

namespace drydock::scenarios {
namespace {

constexpr const char* kScenario = R"({
  "format": "drydock.scenario/1", "name": "t", "horizon": "5m", // a comment does not travel
  "cloud": {"pending": "26s..30s"},
  "workspaces": [{"id": "pm"}],
  "faults": [{"on": "cp.stop", "error": "reset", "at": "1s", "probability": 0.1}],
  "cases": [
    {"name": "first", "policy": "pre-1556", "seed": 7,
     "set": {"stop.attempts": 5, "cloud.boot.hermes": "1s"},
     "faults": [{"name": "own", "on": "instance", "error": "dies", "at": "2s"}],
     "expect": [{"count": "restart.cycle", "is": 1}]},
    {"policy": "latest", "seed": 1, "expect": []}
  ]})";

Scenario scenario() { return *decode_scenario("s.json", kScenario).value; }

Outcome outcome() {
  Outcome out;
  out.seed = 7;
  out.trace_hash = 0x0123456789abcdefULL;
  out.tape = {{.site = "pm/ec2.run.pending", .occurrence = 2, .bound = 9, .value = 8, .means = "30s"},
              {.site = "world/order", .occurrence = 1, .bound = 3, .value = 1, .means = "goes \"first\""}};
  ShownViolation listed;
  listed.invariant = "settles";
  ShownViolation unlisted;
  unlisted.invariant = "no-healthy-kill";
  unlisted.message = "killed";
  unlisted.signature = "no-healthy-kill < restart.cycle";
  out.violations = {listed, unlisted};
  out.unlisted = {1};
  return out;
}

TapeFile decoded(const std::string& text) {
  auto result = decode_tape("t.json", text);
  for (const auto& error : result.errors) ADD_FAILURE() << to_text(error) << "\n" << text;
  return result.value ? std::move(*result.value) : TapeFile{};
}

/// A file may call its policy anything, a preset's name too: whoever reads the tape has neither that file nor its name.
TEST(TapeFile, CarriesTheKnobsOfAPolicyThatIsNoPreset) {
  const Scenario original = scenario();
  for (const char* name : {"mine", "latest", "april-2026", "policies/mine.json"}) {
    CaseSpec played = original.cases[1];
    played.in_file = false;
    played.policy.restart_debounce_window = std::chrono::seconds{77};
    played.policy.name = played.policy_name = name;
    const TapeFile file = decoded(encode_tape(original, played, outcome()));
    EXPECT_EQ(file.played.policy, played.policy) << name;
  }
  const Json shipped = Json::parse(encode_tape(original, original.cases[0], outcome()));
  EXPECT_FALSE(shipped.contains("knobs")) << "a preset and its settings are known by name";
}

TEST(TapeFile, CarriesARunWhole) {
  const Scenario original = scenario();
  const CaseSpec& played = original.cases[0];
  const TapeFile file = decoded(encode_tape(original, played, outcome()));
  EXPECT_EQ(file.scenario.document, original.document);
  EXPECT_EQ(file.scenario.faults.size(), 1U);
  EXPECT_EQ(file.scenario.faults[0].probability.ppm, 100'000U);
  ASSERT_EQ(file.scenario.cases.size(), 1U);
  EXPECT_EQ(file.played.name, "first");
  EXPECT_EQ(file.played.policy_name, "pre-1556");
  EXPECT_EQ(file.played.policy, played.policy);
  EXPECT_EQ(file.played.cloud, played.cloud);
  EXPECT_EQ(file.played.set, played.set);
  EXPECT_EQ(file.played.faults.size(), 2U);
  EXPECT_EQ(file.played.expect.size(), 1U);
  EXPECT_EQ(file.trace_hash, 0x0123456789abcdefULL);
  EXPECT_EQ(file.finding["invariant"], "no-healthy-kill");
  EXPECT_EQ(file.tape.entries(),
            (std::map<sim::Tape::Key, std::uint32_t>{{{"pm/ec2.run.pending", 2}, 8}, {{"world/order", 1}, 1}}));
  // The decisions are all there; filling from the seed again would undo what shrinking took out.
  EXPECT_FALSE(file.tape.seed());
  EXPECT_FALSE(file.played.seed);
}

TEST(TapeFile, IsTheSameAfterASecondRound) {
  const Scenario original = scenario();
  const auto once = encode_tape(original, original.cases[0], outcome());
  const TapeFile file = decoded(once);
  EXPECT_EQ(encode_tape(file.scenario, file.played, outcome()), once);
  EXPECT_EQ(once.back(), '\n');
  EXPECT_NE(once.find("\"trace_hash\": \"0123456789abcdef\""), std::string::npos);
}

TEST(TapeFile, OfAnotherPolicyHasNoExpectations) {
  const Scenario original = scenario();
  CaseSpec played;
  played.name = "post-1556";
  played.policy_name = "post-1556";
  played.policy = *load_policy("post-1556").value;
  Outcome clean = outcome();
  clean.violations.clear();
  clean.unlisted.clear();
  clean.seed.reset();
  const TapeFile file = decoded(encode_tape(original, played, clean));
  EXPECT_EQ(file.played.name, "post-1556");
  EXPECT_TRUE(file.played.expect.empty());
  EXPECT_EQ(file.played.faults.size(), 1U);
  EXPECT_EQ(file.played.policy, played.policy);
  EXPECT_TRUE(file.finding.is_null());
}

/// `--policy latest` plays the bare scenario, also where the file has a case of that name.
TEST(TapeFile, OfAPolicyDoesNotTakeUpTheCaseOfItsName) {
  const Scenario original = scenario();
  CaseSpec played = original.cases[1];
  EXPECT_TRUE(played.in_file);
  played.in_file = false;
  const std::string text = encode_tape(original, played, outcome());
  EXPECT_NE(text.find("\"case\": null"), std::string::npos);
  const TapeFile file = decoded(text);
  EXPECT_FALSE(file.played.in_file);
  EXPECT_FALSE(file.played.judges_steps) << "as under --policy";
  EXPECT_EQ(encode_tape(file.scenario, file.played, outcome()), text);
  const TapeFile cased = decoded(encode_tape(original, original.cases[1], outcome()));
  EXPECT_TRUE(cased.played.in_file);
  EXPECT_TRUE(cased.played.judges_steps);
}

TEST(TapeFile, OfAPolicyFileNeedsNotTheFile) {
  const Scenario original = scenario();
  CaseSpec played;
  played.name = "mine";
  played.policy_name = "somewhere/mine.json";
  played.policy = *load_policy("pre-1556").value;
  played.policy.name = "somewhere/mine.json";
  played.policy.stop_attempts = 11;
  const TapeFile file = decoded(encode_tape(original, played, outcome()));
  EXPECT_EQ(file.played.policy, played.policy);
}

TEST(TapeFile, WrittenByHandNeedsLittle) {
  const auto file = decoded(R"({"format":"drydock.tape/1","policy":"latest","scenario":)" + std::string(R"(
    {"format":"drydock.scenario/1","name":"t","horizon":"5m",
     "cases":[{"policy":"latest","expect":[]}]})") +
                            R"(,"decisions":[{"site":"world/order","occurrence":1,"value":0}], // boring
      "x-note":"kept out"})");
  EXPECT_FALSE(file.trace_hash);
  EXPECT_EQ(file.tape.entries().size(), 1U);
  EXPECT_EQ(file.played.name, "latest");
}

TEST(TapeFile, BytesThatAreNotUtf8DoNotStopTheWriter) {
  Outcome odd = outcome();
  odd.tape[0].means = "\xFF\xFE";
  const Scenario original = scenario();
  EXPECT_EQ(decoded(encode_tape(original, original.cases[0], odd)).tape.entries().size(), 2U);
}

TEST(Deviation, IsReadOrRefused) {
  const auto good = parse_deviation("reviewer/ec2.run.pending#2=7");
  ASSERT_TRUE(good.decision) << good.error;
  EXPECT_EQ(*good.decision, (sim::Decision{"reviewer/ec2.run.pending", 2, 7}));
  EXPECT_EQ(parse_deviation("a/order#4294967295=0").decision->occurrence, 4294967295U);
  for (const char* text :
       {"", "#", "a/b", "a/b#1", "a/b=1", "a/b#0=1", "a/b#1=", "a/b#=1", "ab#1=1", "/b#1=1", "a/#1=1", "a/b#1=1x",
        "a/b#-1=1", "a/b#1=-1", "a/b#4294967296=1", "a b/c#1=1", "a/b#1#2=3", "a=b/c#1=1"}) {
    EXPECT_FALSE(parse_deviation(text).decision) << text;
    EXPECT_FALSE(parse_deviation(text).error.empty()) << text;
  }
  EXPECT_EQ(parse_deviation("pm/agent.bot#1=1").hint, "did you mean agent.boot?");
  EXPECT_TRUE(parse_deviation("cp/stop.reply.fault#1=1").decision);
}

}  // namespace
}  // namespace drydock::scenarios
