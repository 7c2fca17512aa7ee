#include "cli/replay.hpp"

#include <map>
#include <stdexcept>

#include "reports/layout.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/tape_file.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;

/// Everything here goes through the real run.
class ReplayTest : public CliTest {
 protected:
  static constexpr const char* kRestart = R"json({
    "format": "drydock.scenario/1", "name": "small", "title": "A small one", "horizon": "5m",
    "workspaces": [{"id": "pm"}],
    "traffic": [{"kind": "a2a", "to": "pm", "every": "30s", "stop": "1s"}],
    "steps": [{"at": "1s", "request": "POST /workspaces/pm/restart", "expect": {"status": 418}}],
    "cases": [{"policy": "latest", "expect": []}]
  })json";

  /// The tape of a seeded run under a policy, of no case.
  Json recorded(const std::string& text, const std::string& policy, std::uint64_t seed) const {
    const auto decoded = scenarios::decode_scenario("small", text);
    EXPECT_TRUE(decoded.value.has_value());
    scenarios::CaseSpec played;
    played.name = policy;
    played.policy_name = policy;
    played.policy = *scenarios::load_policy(policy).value;
    played.cloud = decoded.value->cloud;
    played.faults = decoded.value->faults;
    sim::Tape tape;
    tape.set_seed(seed);
    scenarios::Workbench workbench;
    const auto outcome = scenarios::run(*decoded.value, played, tape, {}, workbench);
    return Json::parse(scenarios::encode_tape(*decoded.value, played, outcome));
  }
  std::string tape(const Json& json) const { return write("small.tape.json", json.dump()); }
  std::string calm() const { return tape(recorded(kRestart, "latest", 7)); }
  /// An incident, as it was.
  std::string broken() const {
    const std::string file = std::string{DRYDOCK_SOURCE_DIR} + "/scenarios/reprov-thrash.json";
    return tape(recorded(read(file), "pre-1556", 7));
  }
};

TEST_F(ReplayTest, TellsTheRunStepByStep) {
  const Said said = drydock({"replay", calm()});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_EQ(said.err, "");
  std::size_t at = 0;
  for (const char* part : {" POST /workspaces/pm/restart arrived (as user)\n", " to POST /workspaces/pm/restart\n",
                           " * pm: cp.stop.latency is ", " launched ", " became online (was provisioning)\n",
                           "the trouble phase ended and calm began\n", "ok   small / latest  "}) {
    const auto found = said.out.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << "\nis missing after\n" << said.out.substr(at);
    at = found;
  }
  EXPECT_FALSE(contains(said.out, "a2a")) << "traffic would hide the rest";
  EXPECT_FALSE(contains(said.out, "418")) << "what steps expect is a case's business";
}

TEST_F(ReplayTest, AllShowsEveryEvent) {
  const std::string file = calm();
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  const Said all = drydock({"replay", file, "--all"});
  EXPECT_TRUE(contains(all.out, "POST /workspaces/pm/a2a arrived"));
  EXPECT_TRUE(contains(all.out, "sent a heartbeat"));
  EXPECT_GT(lines(all.out), lines(drydock({"replay", file}).out));
}

TEST_F(ReplayTest, ABrokenPromiseIsOne) {
  const Said said = drydock({"replay", broken()});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, " ! the promise no-healthy-kill was broken")) << said.out;
  EXPECT_TRUE(contains(said.out, "\nFAIL reprov-thrash / pre-1556  "));
  EXPECT_TRUE(contains(said.out, "  no-healthy-kill was broken\n"));
  std::istringstream lines(said.out);
  for (std::string line; std::getline(lines, line);) {
    if (!contains(line, "drydock run")) {
      EXPECT_LE(reports::display_width(line), 80U) << line;
    }
  }
}

TEST_F(ReplayTest, ABrokenPromiseIsOneAlsoWhereTheCaseListsIt) {
  Json listed = Json::parse(read(broken()));
  listed["case"] = "pre-1556";
  const std::string file = tape(listed);
  EXPECT_EQ(drydock({"run", "--tape", file}).code, kHeld) << "the case expects it";
  EXPECT_EQ(drydock({"replay", file, "--quiet"}).code, kFailed);
}

TEST_F(ReplayTest, QuietPrintsTheVerdict) {
  const Said said = drydock({"replay", broken(), "--quiet"});
  EXPECT_EQ(std::count(said.out.begin(), said.out.end(), '\n'), 1) << said.out;
}

TEST_F(ReplayTest, AForkChangesOneDecisionAndKeepsTheRest) {
  const Json recorded_run = recorded(kRestart, "latest", 7);
  const std::string file = tape(recorded_run);
  const auto latency = std::find_if(recorded_run["decisions"].begin(), recorded_run["decisions"].end(),
                                    [](const Json& decision) { return decision["site"] == "pm/cp.stop.latency"; });
  ASSERT_NE(latency, recorded_run["decisions"].end());
  const auto decision = [&](int value) {
    return "pm/cp.stop.latency#" + std::to_string((*latency)["occurrence"].get<int>()) + "=" + std::to_string(value);
  };
  const Said same = drydock({"replay", file, "--fork", decision((*latency)["value"])});
  EXPECT_TRUE(contains(same.out, "every event is the same\n")) << same.out;
  EXPECT_EQ(same.err, "");
  const Said said = drydock({"replay", file, "--fork", decision(0), "--format", "json"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  const Json json = said.json();
  EXPECT_EQ(json["runs"][0]["name"], "the tape");
  EXPECT_EQ(json["runs"][0]["trace_hash"], recorded_run["trace_hash"]);
  EXPECT_EQ(json["runs"][1]["tape"].size() + 1, json["runs"][0]["tape"].size());
  // Up to the decision's moment the two are one run.
  EXPECT_GE(json["first_divergence"]["at_s"], 1.0);
  EXPECT_TRUE(contains(json["reproduce"].get<std::string>(), " --fork 'pm/cp.stop.latency#"));
}

TEST_F(ReplayTest, AForkUnderAnotherPolicyKeepsTheTapesSettings) {
  Json listed = Json::parse(read(broken()));
  const std::string file = tape(listed);
  const Said fixed = drydock({"replay", file, "--fork", "--policy", "post-1556"});
  EXPECT_EQ(fixed.code, kHeld) << fixed.out << fixed.err;
  EXPECT_TRUE(contains(fixed.out, "only in the tape:\n")) << fixed.out;
  EXPECT_FALSE(contains(fixed.out, "only in the fork:"));
  // The window is the tape's own, whatever policy it is played under.
  listed["set"] = {{"restart.debounce_window", "0s"}};
  const Said window = drydock({"replay", tape(listed), "--policy", "post-1556"});
  EXPECT_EQ(window.code, kFailed) << window.out;
  const Said knob = drydock({"replay", file, "--fork", "--set", "restart.debounce_window=60s"});
  EXPECT_TRUE(contains(knob.out, "the first difference is event ")) << knob.out;
}

TEST_F(ReplayTest, BadForks) {
  const std::string file = calm();
  EXPECT_EQ(drydock({"replay", file, "--fork"}).code, kBadInput);
  EXPECT_EQ(drydock({"replay", file, "--fork", "--quiet"}).code, kBadInput);
  EXPECT_EQ(drydock({"replay", file, "--fork", "foo"}).code, kBadInput);
  EXPECT_EQ(drydock({"replay", file, "--all", "--set", "restart.async=on"}).code, kBadInput);
  const Said knob = drydock({"replay", file, "--set", "restart.asyn=on"});
  EXPECT_EQ(knob.code, kBadInput);
  EXPECT_TRUE(contains(knob.err, "restart.async")) << knob.err;
  const Said policy = drydock({"replay", file, "--policy", "latst"});
  EXPECT_EQ(policy.code, kBadInput);
  EXPECT_TRUE(contains(policy.err, "latest")) << policy.err;
  const Said asked = drydock({"replay", file, "--fork", "pm/cp.stop.latency#99=1"});
  EXPECT_EQ(asked.code, kHeld);
  EXPECT_TRUE(contains(asked.err, "pm/cp.stop.latency#99=1: was not asked")) << asked.err;
  const Said bound = drydock({"replay", file, "--fork", "pm/cp.stop.latency#1=99"});
  EXPECT_TRUE(contains(bound.err, "out of bound: its answers are 0 to 8")) << bound.err;
}

/// A reader of reports learns what the exit code says.
TEST_F(ReplayTest, ReportsJudgeAsTheExitCodeDoes) {
  Json listed = Json::parse(read(broken()));
  listed["case"] = "pre-1556";
  const std::string file = tape(listed);
  const Said said = drydock({"replay", file, "--format", "junit"});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, "<failure ")) << said.out;
  EXPECT_TRUE(contains(drydock({"replay", file, "--format", "ndjson"}).out, "\"failed\":1"));
}

TEST_F(ReplayTest, AnInternalErrorIsInEveryFormat) {
  const JobPlayer breaks = [](const Job&, scenarios::Workbench&) -> Outcome {
    throw std::runtime_error("the clock went back");
  };
  for (const auto& [format, part] : std::map<std::string, std::string>{
           {"text", ""},
           {"json", R"("internal_errors": [)"},
           {"ndjson", R"({"type":"internal_error",)"},
           {"junit", R"(<error message="internal error: the clock went back" type="internal">)"}}) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, {}};
    const std::string file = path("r.xml");
    const int code = replay_with({calm(), "--format", format, "--report", "junit=" + file}, console, breaks);
    EXPECT_EQ(code, kInternalError);
    EXPECT_TRUE(contains(out.str(), part)) << out.str();
    EXPECT_TRUE(contains(err.str(), "the clock went back"));
    EXPECT_TRUE(contains(read(file), R"(errors="1")"));
  }
}

TEST_F(ReplayTest, JsonIsTheResultWithItsEvents) {
  const std::string file = broken();
  const std::string report = path("r.json");
  const Said said = drydock({"replay", file, "--format", "json", "--report", "json=" + report});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_EQ(read(report), said.out);
  const Json result = said.json()["results"][0];
  EXPECT_EQ(result["timeline"].size(), result["events"].get<std::size_t>());
  EXPECT_EQ(result["timeline"][0]["event"], 1);
  EXPECT_TRUE(result["timeline"][0].contains("cause"));
  EXPECT_FALSE(drydock({"run", "--tape", file, "--format", "json"}).json()["results"][0].contains("timeline"));
}

TEST_F(ReplayTest, SaysWhenTheModelHasChanged) {
  Json json = Json::parse(read(calm()));
  json["trace_hash"] = "00000000000000ff";
  EXPECT_TRUE(contains(drydock({"replay", tape(json)}).err, "recorded with trace hash 00000000000000ff"));
}

TEST_F(ReplayTest, NamesEachDecisionThatMetNoQuestion) {
  Json json = Json::parse(read(calm()));
  json["trace_hash"] = nullptr;
  json["decisions"] = Json::parse(R"([
    {"site": "nobody/agent.boot", "occurrence": 1, "value": 3},
    {"site": "pm/agent.boot", "occurrence": 1, "value": 77},
    {"site": "pm/agent.boot", "occurrence": 9, "value": 1},
    {"site": "pm/ec2.run.pending", "occurrence": 1, "value": 8}])");
  const Said said = drydock({"replay", tape(json), "--quiet"});
  EXPECT_EQ(said.err,
            "note: nobody/agent.boot#1=3: was not asked\n"
            "note: pm/agent.boot#1=77: out of bound: its answers are 0 to 8\n"
            "note: pm/agent.boot#9=1: was not asked\n");
}

TEST_F(ReplayTest, TwoPlaysThatDifferAreSeventy) {
  const std::string file = calm();
  EXPECT_EQ(drydock({"replay", file, "--twice", "--quiet"}).code, kHeld);
  std::uint64_t plays = 0;
  const JobPlayer leaky = [&plays](const Job&, scenarios::Workbench&) {
    Outcome outcome;
    outcome.passed = true;
    outcome.trace_hash = ++plays;
    return outcome;
  };
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  EXPECT_EQ(replay_with({file, "--twice"}, console, leaky), kInternalError);
  EXPECT_TRUE(contains(err.str(), "two plays of one tape differ")) << err.str();
}

TEST_F(ReplayTest, ACutShortRunIsThree) {
  const JobPlayer cut = [](const Job&, scenarios::Workbench&) {
    Outcome outcome;
    outcome.stopped_by = "1000 steps";
    return outcome;
  };
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  EXPECT_EQ(replay_with({calm()}, console, cut), kInconclusive);
}

TEST_F(ReplayTest, BadInputIsTwo) {
  EXPECT_EQ(drydock({"replay"}).code, kBadInput);
  EXPECT_EQ(drydock({"replay", path("missing.json")}).code, kBadInput);
  EXPECT_EQ(drydock({"replay", write("s.json", kRestart)}).code, kBadInput) << "not a tape";
  EXPECT_EQ(drydock({"replay", calm(), calm(), "--all"}).code, kBadInput) << "of one tape only";
  EXPECT_TRUE(contains(drydock({"replay", calm(), "--twise"}).err, "--twice"));
}

}  // namespace
}  // namespace drydock::cli
