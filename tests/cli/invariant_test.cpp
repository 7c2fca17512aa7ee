// `--invariant FILE.sql`: promises of a user's own, over the real simulation.

#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

constexpr const char* kScenario = R"json({
  "format": "drydock.scenario/1", "name": "small", "title": "A small one", "horizon": "3m",
  "workspaces": [{"id": "pm"}, {"id": "qa"}],
  "steps": [{"at": "1s", "id": "go", "request": "POST /workspaces/pm/restart"}],
  "explore": {"faults": ["cp.stop:http-503"], "max_faults": 1,
              "requests": ["POST /workspaces/{w}/restart"], "max_requests": 1, "every": "1m"},
  "cases": [{"policy": "latest", "expect": []}]
})json";

constexpr const char* kNoLaunch = R"sql(-- Nothing is launched,
-- ever.
SELECT seq, 'launched at ' || at_us AS message FROM event
WHERE kind = 'provision.ec2_started' ORDER BY seq
)sql";

class InvariantTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    scenario_ = write("small.json", kScenario);
    broken_ = write("no-launch.sql", kNoLaunch);
  }
  std::string scenario_;
  std::string broken_;
};

TEST_F(InvariantTest, ARowIsAViolation) {
  const Said said = drydock({"run", scenario_, "--invariant", broken_, "--format", "json"});
  EXPECT_EQ(said.code, kFailed) << said.err;
  const Json violations = said.json()["results"][0]["violations"];
  ASSERT_EQ(violations.size(), 1U) << violations;
  const Json& one = violations[0];
  EXPECT_EQ(one["invariant"], "no-launch");
  EXPECT_EQ(one["workspace"], "pm") << "its event's";
  EXPECT_TRUE(one["instance"].get<std::string>().starts_with("i-"));
  EXPECT_TRUE(one["message"].get<std::string>().starts_with("launched at "));
  EXPECT_GT(one["causes"].size(), 2U);
  EXPECT_GT(one["at_s"].get<double>(), 1.0);
}

TEST_F(InvariantTest, TheReportSaysItLikeAnyOther) {
  const Said said = drydock({"run", scenario_, "--invariant", broken_});
  EXPECT_TRUE(contains(said.out, "no-launch was broken")) << said.out;
  EXPECT_TRUE(contains(said.out, "promise    Nothing is launched, ever.")) << said.out;
  EXPECT_TRUE(contains(said.out, "how it came about")) << said.out;
  EXPECT_TRUE(contains(said.out, "--invariant " + broken_)) << said.out;
}

TEST_F(InvariantTest, NoRowIsAPromiseKept) {
  const std::string kept = write("all-known.sql",
                                 "-- Instances have owners.\nSELECT id AS instance FROM instance "
                                 "WHERE workspace IS NULL ORDER BY id");
  const Said said = drydock({"run", scenario_, "--invariant", kept, "--format", "json"});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_EQ(said.json()["results"][0]["trace_hash"],
            drydock({"run", scenario_, "--format", "json"}).json()["results"][0]["trace_hash"]);
}

TEST_F(InvariantTest, OneForEachWorkspaceAndInstance) {
  const std::string many = write("no-events.sql",
                                 "SELECT workspace, NULL AS seq, 90.5 AS at_s, kind FROM events "
                                 "WHERE workspace IS NOT NULL ORDER BY events.seq");
  const Said said = drydock({"run", scenario_, "--invariant", many, "--format", "json"});
  const Json violations = said.json()["results"][0]["violations"];
  ASSERT_EQ(violations.size(), 2U) << violations;
  EXPECT_EQ(violations[0]["at_s"], 90.5);
  EXPECT_EQ(violations[0]["causes"], Json::array());
  EXPECT_TRUE(violations[0]["message"].get<std::string>().starts_with("workspace=")) << violations[0];
  EXPECT_TRUE(contains(violations[0]["message"], ", seq=NULL, at_s=90.5, kind="));
}

TEST_F(InvariantTest, ALaterOneMaySeeWhatAnEarlierOneFound) {
  const std::string later = write("none-broken.sql",
                                  "SELECT message FROM violation WHERE invariant = 'no-launch' "
                                  "ORDER BY rowid");
  const Said said = drydock({"run", scenario_, "--invariant", broken_, "--invariant", later, "--format", "json"});
  EXPECT_EQ(said.json()["results"][0]["violations"].size(), 2U) << said.out;
}

TEST_F(InvariantTest, WhatCannotBeJudgedIsNotKept) {
  const std::string fails = write("overflows.sql",
                                  "SELECT abs(-9223372036854775807 - seq) FROM event "
                                  "ORDER BY seq");
  const Said said = drydock({"run", scenario_, "--invariant", fails});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, "it cannot be judged: integer overflow")) << said.out;
}

TEST_F(InvariantTest, WhatNeverEndsIsEnded) {
  const std::string endless = write("endless.sql",
                                    "-- Never.\nWITH RECURSIVE x(i) AS (SELECT 1 UNION ALL "
                                    "SELECT i + 1 FROM x) SELECT max(i) FROM x -- one row");
  const Said said = drydock({"run", scenario_, "--invariant", endless});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, "it takes too long and was ended")) << said.out;
}

// ---- bad input ----

struct Bad {
  std::string name;
  std::string sql;
  std::string message;  // after the file's name
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name << ": " << bad.sql; }

class BadInvariantTest : public InvariantTest, public testing::WithParamInterface<Bad> {};

TEST_P(BadInvariantTest, IsExitTwoBeforeAnythingRuns) {
  const std::string file = write(GetParam().name, GetParam().sql);
  const std::string report = path("result.json");
  const Said said = drydock({"run", scenario_, "--invariant", file, "--report", "json=" + report});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_EQ(said.out, "");
  EXPECT_EQ(said.err, file + GetParam().message + "\n");
  EXPECT_FALSE(std::filesystem::exists(report));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadInvariantTest,
    testing::Values(Bad{"a.sql", "-- x\nSELECT * FROM\n  evnt", ":3:3: no such table: evnt (did you mean event?)"},
                    Bad{"a.sql", "SELECT seq,\n       knd FROM event", ":2:8: no such column: knd"},
                    Bad{"a.sql", "SELECT 1 FRM event", ":1:14: near \"event\": syntax error"},
                    Bad{"a.sql", "SELECT 1;\nSELECT 2", ":2:1: there is more than one statement"},
                    Bad{"a.sql", "-- none", ":1:1: there is no statement"},
                    Bad{"a.sql", "-- no\nDELETE FROM event", ":2:1: a statement may only read (SELECT)"},
                    Bad{"a.sql", "ATTACH '/tmp/x' AS y", ":1:1: a statement may only read (SELECT)"},
                    Bad{"a.sql", "SELECT ? FROM event", ":1:1: a statement takes no parameters here"},
                    Bad{"A_b.sql", "SELECT 1", ": the file's name is the invariant's, and 'A_b' is not in kebab-case"},
                    Bad{"no-orphan.sql", "SELECT 1", ": there is a built-in invariant no-orphan"}));

TEST_F(InvariantTest, AFileIsNeededAndNoNameTwice) {
  const Said missing = drydock({"run", scenario_, "--invariant", "no-orphan"});
  EXPECT_EQ(missing.code, kBadInput);
  EXPECT_TRUE(contains(missing.err, "it is built in and always judged")) << missing.err;
  const Said twice = drydock({"run", scenario_, "--invariant", broken_, "--invariant", broken_});
  EXPECT_EQ(twice.code, kBadInput);
  EXPECT_TRUE(contains(twice.err, "there is already an invariant named no-launch")) << twice.err;
}

TEST_F(InvariantTest, IsListed) {
  const Json all = drydock({"list", "invariants", "--invariant", broken_, "--format", "json"}).json();
  const Json& last = all["invariants"].back();
  EXPECT_EQ(last["name"], "no-launch");
  EXPECT_EQ(last["promise"], "Nothing is launched, ever.");
  EXPECT_EQ(drydock({"list", "knobs", "--invariant", broken_}).code, kBadInput);
}

// ---- searching, replaying, shrinking ----

/// Broken only by what a search adds: two launches of qa, which no step touches.
constexpr const char* kQaStays = R"sql(-- qa is left alone.
SELECT seq FROM event WHERE kind = 'provision.ec2_started' AND workspace = 'qa' ORDER BY seq
)sql";

TEST_F(InvariantTest, ASearchFindsShrinksAndSaves) {
  const std::string file = write("qa-stays.sql", kQaStays);
  const Arguments search{"explore",   scenario_,  "--runs",   "32",   "--invariant", file,
                         "--promise", "qa-stays", "--format", "json", "--save",      path("found")};
  Arguments on_two = search;
  on_two.insert(on_two.end(), {"--jobs", "2"});
  Arguments on_one = search;
  on_one.insert(on_one.end(), {"--jobs", "1"});
  const Said said = drydock(on_one);
  EXPECT_EQ(said.code, kFailed) << said.out << said.err;
  const Json findings = said.json()["findings"];
  ASSERT_FALSE(findings.empty()) << said.out;
  const Json& finding = findings[0];
  EXPECT_EQ(finding["invariant"], "qa-stays");
  EXPECT_EQ(finding["size"], 1) << "one request is enough: " << finding["tape"];
  EXPECT_EQ(drydock(on_two).json()["findings"].size(), findings.size());

  const std::string tape = finding["saved"];
  EXPECT_TRUE(contains(finding["reproduce"], "--invariant " + file)) << finding["reproduce"];
  EXPECT_EQ(drydock({"replay", tape, "--quiet"}).code, kHeld) << "it is nobody else's promise";
  const Said replayed = drydock({"replay", tape, "--invariant", file, "--quiet"});
  EXPECT_EQ(replayed.code, kFailed) << replayed.out;
  const Said shrunk = drydock(
      {"shrink", tape, "--invariant", file, "--promise", "qa-stays", "--output", path("small.json"), "--quiet"});
  EXPECT_EQ(shrunk.code, kHeld) << shrunk.err;
  EXPECT_EQ(drydock({"shrink", tape, "--output", path("small.json"), "--quiet"}).code, kFailed)
      << "without the file, nothing is broken";
}

TEST_F(InvariantTest, ASearchAsksWhatIsNewAndAnEnumerationEverything) {
  const std::string file = write("never.sql", "SELECT 'always' AS message");
  const auto times_of = [&](const Arguments& strategy) {
    Arguments arguments{"explore", scenario_, "--invariant", file, "--promise", "never", "--format", "json"};
    arguments.insert(arguments.end(), strategy.begin(), strategy.end());
    const Json json = drydock(arguments).json();
    return std::pair{json["findings"].at(0)["times"].get<int>(), json["runs"].get<int>()};
  };
  const auto [every, all] = times_of({"--strategy", "exhaustive", "--deviations", "1"});
  EXPECT_EQ(every, all);
  const auto [some, runs] = times_of({"--strategy", "random", "--runs", "128"});
  EXPECT_EQ(runs, 128);
  EXPECT_GT(some, 0);
  EXPECT_LT(some, runs);
}

TEST_F(InvariantTest, APromiseIsOneThatThereIs) {
  const Said said = drydock({"explore", scenario_, "--invariant", broken_, "--promise", "no-lunch", "--runs", "1"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "did you mean no-launch?")) << said.err;
}

}  // namespace
}  // namespace drydock::cli
