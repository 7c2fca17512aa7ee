#include "cli/run.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/tape_file.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// Everything here goes through the real run: a tape is what connects two of them.
class TapeTest : public CliTest {
 protected:
  /// The tape file of a seeded run of the small scenario's first case.
  std::string record(const std::string& name, std::uint64_t seed) const {
    const auto decoded = scenarios::decode_scenario("small", kSmallWithRestart);
    EXPECT_TRUE(decoded.value.has_value());
    const scenarios::CaseSpec& played = decoded.value->cases.front();
    sim::Tape tape;
    tape.set_seed(seed);
    scenarios::Workbench workbench;
    const auto outcome = scenarios::run(*decoded.value, played, tape, {}, workbench);
    return write(name, scenarios::encode_tape(*decoded.value, played, outcome));
  }

  static constexpr const char* kSmallWithRestart = R"json({
    "format": "drydock.scenario/1", "name": "small", "title": "A small one",
    "start": "2026-01-01T00:00:00Z", "horizon": "5m",
    "workspaces": [{"id": "pm"}],
    "steps": [{"at": "1s", "request": "POST /workspaces/pm/restart"}],
    "cases": [{"policy": "latest", "expect": []}]
  })json";
};

TEST_F(TapeTest, PlaysItsOwnScenario) {
  const std::string tape = record("tape.json", 7);
  const Said said = drydock({"run", "--tape", tape, "--format", "json"});
  EXPECT_TRUE(said.code == kHeld || said.code == kFailed) << said.err;
  EXPECT_EQ(said.err, "") << "the run is the recorded one";
  const Json file = Json::parse(read(tape));
  const Json result = said.json()["results"][0];
  EXPECT_EQ(result["trace_hash"], file["trace_hash"]);
  EXPECT_EQ(result["tape"].size(), file["decisions"].size());
  EXPECT_FALSE(result["tape"].empty());
  EXPECT_EQ(result["seed"], nullptr) << "the decisions are the tape's, not a seed's";
}

TEST_F(TapeTest, LaysItsDecisionsOverAScenario) {
  const std::string small = write("small.json", kSmallWithRestart);
  const std::string tape = record("tape.json", 7);
  const Json file = Json::parse(read(tape));
  const Json result = drydock({"run", small, "--tape", tape, "--format", "json"}).json()["results"][0];
  EXPECT_EQ(result["trace_hash"], file["trace_hash"]);
}

TEST_F(TapeTest, SaysWhenTheModelHasChanged) {
  Json file = Json::parse(read(record("tape.json", 7)));
  file["trace_hash"] = "00000000000000ff";
  const std::string tape = write("old.json", file.dump());
  const Said said = drydock({"run", "--tape", tape});
  EXPECT_TRUE(contains(said.err, "recorded with trace hash 00000000000000ff")) << said.err;
  EXPECT_EQ(drydock({"run", "--tape", tape, "--set", "time.heartbeat=7s"}).err.find("recorded"), std::string::npos);
}

}  // namespace
}  // namespace drydock::cli
