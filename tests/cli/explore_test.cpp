#include "cli/explore.hpp"

#include "cli/output.hpp"
#include "scenarios/files/tape_file.hpp"
#include "sim/check.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using scenarios::CaseSpec;
using scenarios::Exploration;
using scenarios::ExploreOptions;
using scenarios::Finding;
using scenarios::Scenario;
using scenarios::Strategy;

constexpr const char* kOpen = R"json({
  "format": "drydock.scenario/1", "name": "open", "title": "An open one", "horizon": "2m",
  "workspaces": [{"id": "pm"}],
  "explore": {"faults": ["cp.stop:http-503"], "requests": ["POST /workspaces/{w}/restart"]},
  "cases": [
    {"policy": "latest", "expect": [{"count": "restart.cycle", "is": 0}]},
    {"name": "seeded", "policy": "latest", "seed": 3, "set": {"time.heartbeat": "20s"},
     "faults": [{"on": "cp.stop", "error": "http-500", "at": "1s"}], "expect": []}
  ]
})json";

Finding finding(const std::string& invariant, const std::string& way = "a") {
  Finding made;
  made.invariant = invariant;
  made.signature = invariant + ":" + way;
  made.message = "it broke";
  made.times = 1;
  made.minimal = true;
  scenarios::ShownViolation other;
  other.invariant = "settles";
  scenarios::ShownViolation meant;
  meant.invariant = invariant;
  meant.signature = made.signature;
  meant.message = made.message;
  made.outcome.violations = {other, meant};
  made.outcome.unlisted = {0, 1};
  made.violation = 1;
  made.outcome.tape = {{{}, "cp/stop.fault", 1, 4, 2, "cp.stop fails with http-503"},
                       {{}, "pm/agent.boot", 2, 9, 8, "25s"}};
  return made;
}

/// A search that says how it was asked for, and finds what it is told to.
struct Fake {
  std::vector<Finding> findings;
  std::optional<std::string> scenario;
  std::function<void(Exploration&, const ExploreOptions&)> change = [](auto&, const auto&) {};

  ExploreOptions asked;
  CaseSpec played;
  int searches = 0;

  Searcher searcher() {
    return {.explore =
                [this](const Scenario& world, const CaseSpec& spec, const ExploreOptions& options) {
                  asked = options;
                  played = spec;
                  ++searches;
                  Exploration found;
                  found.scenario = world.name;
                  found.policy = spec.policy_name;
                  found.strategy = scenarios::to_text(options.strategy);
                  found.seed = options.seed;
                  found.shard = options.shard;
                  found.shards = options.shards;
                  found.runs = 10;
                  found.complete = true;
                  found.findings = findings;
                  found.faults = {{"cp.stop:http-503", 3, 4, 4, true}};
                  change(found, options);
                  return found;
                },
            .scenario_of = [this](const Scenario&, const CaseSpec&, const Finding&) { return scenario; }};
  }
};

class ExploreTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    open_ = write("open.json", kOpen);
  }
  Said explore(const Arguments& arguments, Terminal terminal = {}) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, terminal};
    const int code = explore_with(arguments, console, fake_.searcher());
    return {code, out.str(), err.str()};
  }
  Said with(Arguments arguments, Terminal terminal = {}) {
    arguments.insert(arguments.begin(), open_);
    return explore(arguments, terminal);
  }
  /// A command line that is wrong, with everything else as it should be.
  void expect_bad(const Arguments& arguments, const std::string& part) {
    Arguments full{"explore", open_};
    full.insert(full.end(), arguments.begin(), arguments.end());
    const Said said = drydock(full);
    EXPECT_EQ(said.code, kBadInput) << part;
    EXPECT_TRUE(contains(said.err, part)) << said.err;
    EXPECT_EQ(said.out, "");
  }

  Fake fake_;
  std::string open_;
};

TEST_F(ExploreTest, SearchesTheLatestPolicyForAMinute) {
  const Said said = with({});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_EQ(said.err, "");
  EXPECT_TRUE(said.out.starts_with("ok   open / latest  nothing found\n")) << said.out;
  EXPECT_EQ(fake_.played.policy_name, "latest");
  EXPECT_TRUE(fake_.played.expect.empty()) << "a policy in the place of the cases";
  EXPECT_EQ(fake_.asked.strategy, Strategy::mixed);
  EXPECT_EQ(fake_.asked.time_s, 60.0);
  EXPECT_EQ(fake_.asked.runs, std::nullopt);
  EXPECT_EQ(fake_.asked.seed, 1U);
  EXPECT_EQ(fake_.asked.deviations, 2U);
  EXPECT_FALSE(fake_.asked.until_first);
  EXPECT_EQ(fake_.asked.shards, 1U);
  EXPECT_GE(fake_.asked.jobs, 1U);
}

TEST_F(ExploreTest, OptionsReachTheSearch) {
  EXPECT_EQ(with({"--strategy", "exhaustive", "--deviations", "3", "--runs", "7", "--until", "first", "--shard", "2/4",
                  "--seed", "9", "--jobs", "3", "--policy", "pre-1556", "--set", "time.heartbeat=7s"})
                .code,
            kHeld);
  EXPECT_EQ(fake_.asked.strategy, Strategy::exhaustive);
  EXPECT_EQ(fake_.asked.deviations, 3U);
  EXPECT_EQ(fake_.asked.runs, 7U);
  EXPECT_EQ(fake_.asked.time_s, std::nullopt) << "runs alone bound it";
  EXPECT_TRUE(fake_.asked.until_first);
  EXPECT_EQ(fake_.asked.shard, 2U);
  EXPECT_EQ(fake_.asked.shards, 4U);
  EXPECT_EQ(fake_.asked.seed, 9U);
  EXPECT_EQ(fake_.asked.jobs, 3U);
  EXPECT_EQ(fake_.played.policy_name, "pre-1556");
  EXPECT_EQ(fake_.played.policy.time_heartbeat, std::chrono::seconds{7});
  with({"--time", "1m30s", "--runs", "5"});
  EXPECT_EQ(fake_.asked.time_s, 90.0);
  EXPECT_EQ(fake_.asked.runs, 5U);
}

TEST_F(ExploreTest, CaseIsPlayedWithItsPolicySettingsAndFaults) {
  EXPECT_EQ(with({"--case", "seeded"}).code, kHeld);
  EXPECT_EQ(fake_.played.name, "seeded");
  EXPECT_EQ(fake_.played.faults.size(), 1U);
  EXPECT_EQ(fake_.played.policy.time_heartbeat, std::chrono::seconds{20});
  EXPECT_TRUE(with({"--case", "seeded"}).out.starts_with("ok   open / seeded "));
}

TEST_F(ExploreTest, OneCaseAtATime) {
  expect_bad({"--case", "*"}, "matches 2 cases");
  expect_bad({"--case", "seeded", "--policy", "latest"}, "--policy");
  const Said none = with({"--case", "nosuch"});
  EXPECT_EQ(none.code, kNothingSelected);
  EXPECT_TRUE(contains(none.err, "open/seeded")) << none.err;
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(fake_.searches, 0);
}

TEST_F(ExploreTest, BadCommandLinesSayWhatWasMeant) {
  expect_bad({"--strategy", "exhausive"}, "did you mean exhaustive?");
  expect_bad({"--until", "frist"}, "did you mean first?");
  expect_bad({"--stratgy", "pct"}, "did you mean --strategy?");
  expect_bad({"--policy", "lates"}, "latest");
  expect_bad({"--set", "time.heartbeet=7s"}, "time.heartbeat");
  for (const char* time : {"60", "0s", "", "soon", "-1s"}) expect_bad({"--time", time}, "--time");
  for (const char* runs : {"0", "-1", "x", "1.5"}) expect_bad({"--runs", runs}, "--runs");
  for (const char* shard : {"1", "0/2", "3/2", "/2", "1/", "1/0", "a/b", "1/2/3"})
    expect_bad({"--shard", shard}, "--shard");
  expect_bad({"--deviations", "2"}, "--strategy exhaustive");
  expect_bad({"--jobs", "0"}, "--jobs");
  expect_bad({"--seed", "none"}, "--seed");
  expect_bad({"--report", "svg=x"}, "json");
  EXPECT_EQ(drydock({"explore"}).code, kBadInput);
  EXPECT_EQ(drydock({"explore", open_, open_}).code, kBadInput);
  EXPECT_EQ(drydock({"explore", path("missing.json")}).code, kBadInput);
}

TEST_F(ExploreTest, ErrorsAreJsonWhereJsonIsWanted) {
  const Said said = explore({write("bad.json", "{\"format\":"), "--format", "json"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_EQ(said.json()["errors"].size(), 1U);
  EXPECT_EQ(fake_.searches, 0);
}

TEST_F(ExploreTest, FindingsAreOneAndSayHowToSeeThemAgain) {
  fake_.findings = {finding("no-orphan")};
  const Said said = with({"--set", "time.heartbeat=7s"});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, "no-orphan was broken")) << said.out;
  EXPECT_TRUE(contains(said.out, "drydock run " + open_ +
                                     " --policy latest --set time.heartbeat=7s --deviate "
                                     "'cp/stop.fault#1=2' --deviate 'pm/agent.boot#2=8'\n"))
      << said.out;
}

TEST_F(ExploreTest, ASeededCaseIsReproducedWithoutItsSeed) {
  fake_.findings = {finding("no-orphan")};
  EXPECT_TRUE(contains(with({"--case", "seeded"}).out, " --case seeded --seed none --deviate 'cp/stop.fault#1=2'"));
  EXPECT_FALSE(contains(with({"--case", "latest"}).out, "--seed"));
}

TEST_F(ExploreTest, SavesTapesAndScenarios) {
  fake_.findings = {finding("no-orphan", "a"), finding("no-orphan", "b")};
  fake_.scenario = "{}\n";
  const std::string dir = path("deep/er");
  const Said said = with({"--case", "seeded", "--save", dir, "--format", "json"});
  EXPECT_EQ(said.code, kFailed);
  const Json findings = said.json()["findings"];
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_NE(findings[0]["saved"], findings[1]["saved"]);
  const std::string tape = findings[0]["saved"];
  EXPECT_TRUE(std::regex_match(tape, std::regex(".*/no-orphan-[0-9a-f]{8}\\.tape\\.json"))) << tape;
  EXPECT_EQ(findings[0]["reproduce"], "drydock replay " + tape);
  EXPECT_EQ(read(findings[0]["saved_scenario"]), "{}\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir), {}), 4);

  const auto decoded = scenarios::decode_tape(tape, read(tape));
  ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
  EXPECT_EQ(decoded.value->finding["invariant"], "no-orphan") << "not the run's first violation";
  EXPECT_EQ(decoded.value->finding["signature"], "no-orphan:a");
  EXPECT_EQ(decoded.value->tape.entries().size(), 2U);
  EXPECT_EQ(decoded.value->played.name, "seeded");
  EXPECT_EQ(decoded.value->played.faults.size(), 1U);
}

TEST_F(ExploreTest, SavingReplacesNoOtherFile) {
  fake_.findings = {finding("no-orphan")};
  fake_.scenario = "{}\n";
  const Arguments asked{"--save", path("found"), "--format", "json"};
  const auto saved = [&] { return with(asked).json()["findings"][0]["saved"].get<std::string>(); };
  const auto files = [&] { return std::distance(std::filesystem::directory_iterator(path("found")), {}); };
  const std::string first = saved();
  const std::string text = read(first);
  EXPECT_EQ(saved(), first) << "the same finding once more is the same file";
  EXPECT_EQ(files(), 2);

  fake_.findings.front().outcome.tape.pop_back();
  const std::string stem = first.substr(0, first.size() - std::string{".tape.json"}.size());
  EXPECT_EQ(saved(), stem + "-2.tape.json");
  EXPECT_EQ(read(first), text) << "the tape of yesterday is still there";
  EXPECT_EQ(files(), 4);

  fake_.scenario = "{ }\n";
  EXPECT_EQ(saved(), stem + "-3.tape.json") << "a scenario is not replaced either";
  EXPECT_EQ(files(), 6);
  fake_.findings.push_back(fake_.findings.front());
  const Json both = with(asked).json()["findings"];
  EXPECT_NE(both[0]["saved"], both[1]["saved"]) << "two findings never share a file";
}

TEST_F(ExploreTest, ATapeOfAPolicyDoesNotTakeUpACaseOfItsName) {
  fake_.findings = {finding("no-orphan")};
  const Said said = with({"--save", path("dir"), "--format", "json"});
  const std::string tape = said.json()["findings"][0]["saved"];
  EXPECT_EQ(Json::parse(read(tape))["case"], nullptr) << "the case latest expects something";
  EXPECT_EQ(said.json()["findings"][0]["saved_scenario"], nullptr);
  EXPECT_TRUE(scenarios::decode_tape(tape, read(tape)).value->played.expect.empty());
}

TEST_F(ExploreTest, TheDirectoryIsMadeBeforeTheSearch) {
  const std::string file = write("file", "");
  expect_bad({"--save", file}, "--save");
  expect_bad({"--save", file + "/below"}, "--save");
}

TEST_F(ExploreTest, WhatCannotBeSavedIsSaidAllTheSame) {
  fake_.findings = {finding("no-orphan")};
  fake_.change = [this](Exploration&, const auto&) { std::filesystem::remove_all(path("gone")); };
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  EXPECT_THROW((void)explore_with({open_, "--save", path("gone")}, console, fake_.searcher()), CannotWrite);
  EXPECT_TRUE(contains(out.str(), "no-orphan was broken"));
  EXPECT_TRUE(contains(out.str(), "--deviate")) << "reproduced without the file";
}

TEST_F(ExploreTest, StrictWantsEveryListedFaultToMatter) {
  EXPECT_EQ(with({"--strict"}).code, kHeld);
  const auto use = [this](std::uint64_t fired, std::optional<bool> mattered) {
    fake_.change = [=](Exploration& found, const auto&) {
      found.faults = {{"cp.stop:http-503", 1, fired, 0, mattered}};
    };
  };
  use(0, std::nullopt);
  EXPECT_EQ(with({}).code, kHeld);
  EXPECT_EQ(with({"--strict"}).code, kInconclusive);
  EXPECT_TRUE(contains(with({}).out, "1 never fired: cp.stop:http-503"));
  use(2, false);
  EXPECT_EQ(with({"--strict"}).code, kInconclusive);
  EXPECT_EQ(with({}).code, kHeld);
  fake_.findings = {finding("no-orphan")};
  EXPECT_EQ(with({"--strict"}).code, kFailed) << "a finding is graver";
}

TEST_F(ExploreTest, StrictWantsAnExhaustiveSearchComplete) {
  fake_.change = [](Exploration& found, const auto&) { found.complete = false; };
  EXPECT_EQ(with({"--strict", "--strategy", "exhaustive"}).code, kInconclusive);
  EXPECT_EQ(with({"--strategy", "exhaustive"}).code, kHeld);
  EXPECT_EQ(with({"--strict", "--strategy", "random"}).code, kHeld) << "it never is";
}

TEST_F(ExploreTest, InterruptedSaysWhatIsKnown) {
  fake_.findings = {finding("no-orphan")};
  fake_.change = [](Exploration& found, const ExploreOptions& options) {
    EXPECT_FALSE(options.interrupted());
    set_interrupted(true);
    found.interrupted = options.interrupted();
  };
  const Said said = with({"--save", path("dir")});
  EXPECT_EQ(said.code, kInterrupted);
  EXPECT_TRUE(contains(said.out, "no-orphan was broken"));
  EXPECT_TRUE(contains(said.err, "interrupted")) << said.err;
  EXPECT_FALSE(std::filesystem::is_empty(path("dir"))) << "what was found is saved";
}

TEST_F(ExploreTest, AnInternalErrorIsSeventy) {
  fake_.change = [](Exploration& found, const auto&) { found.internal_error = "run 9: broken"; };
  const Said said = with({});
  EXPECT_EQ(said.code, kInternalError);
  EXPECT_TRUE(contains(said.err, "run 9: broken"));
  EXPECT_EQ(with({"--format", "json"}).json()["internal_error"], "run 9: broken");
}

TEST_F(ExploreTest, ProgressOnlyOnATerminal) {
  fake_.change = [](Exploration&, const ExploreOptions& options) {
    options.progress(
        {.runs = 1200, .runs_per_s = 310.4, .distinct = 45, .findings = 2, .share = 0.25, .phase = "searching"});
  };
  EXPECT_EQ(with({}).err, "");
  const Said said = with({}, {.err = true});
  EXPECT_TRUE(contains(said.err, "searching: 1200 runs, 310/s, 45 states, 2 findings, 25 % done")) << said.err;
  EXPECT_TRUE(said.err.ends_with("\r\033[K")) << "it vanishes";
  EXPECT_EQ(with({"--quiet"}, {.err = true}).err, "");
  EXPECT_FALSE(contains(with({}, {.err = true}).out, "searching"));
}

TEST_F(ExploreTest, NotesThatNothingIsListed) {
  const std::string small = write("small.json", kSmall);
  EXPECT_TRUE(contains(explore({small}).err, "small has no \"explore\""));
  EXPECT_EQ(explore({small, "--quiet"}).err, "");
}

TEST_F(ExploreTest, QuietPrintsOnlyFindings) {
  EXPECT_EQ(with({"--quiet"}).out, "");
  fake_.findings = {finding("no-orphan")};
  fake_.change = [](Exploration& found, const auto&) { found.residual.law = "the law"; };
  EXPECT_TRUE(contains(with({"--quiet"}).out, "no-orphan was broken"));
  EXPECT_FALSE(contains(with({"--quiet"}).out, "the law"));
  EXPECT_TRUE(contains(with({}).out, "the law"));
}

TEST_F(ExploreTest, ReportsAreWritten) {
  const std::string report = path("r.json");
  const Said said = with({"--report", "json=" + report, "--format", "json"});
  EXPECT_EQ(read(report), said.out);
}

TEST_F(ExploreTest, JsonSaysHowItWasAsked) {
  const Json json =
      with({"--strategy", "exhaustive", "--deviations", "1", "--shard", "2/3", "--format", "json"}).json();
  EXPECT_EQ(json["format"], "drydock.exploration/1");
  EXPECT_EQ(json["strategy"], "exhaustive");
  EXPECT_EQ(json["bound"]["deviations"], 1);
  EXPECT_EQ(json["shards"], Json::parse(R"({"of":3,"these":[2]})"));
  EXPECT_EQ(json["case"], nullptr);
  EXPECT_EQ(with({"--format", "json"}).json()["bound"]["deviations"], nullptr);
}

// ---- shards ----

TEST_F(ExploreTest, ReportsFindingsAsCases) {
  const std::string junit = path("search.xml");
  const std::string markdown = path("search.md");
  const std::string html = path("search.html");
  const Arguments reports{"--report", "junit=" + junit, "--report", "markdown=" + markdown, "--report", "html=" + html};
  EXPECT_EQ(with(reports).code, kHeld);
  EXPECT_TRUE(contains(read(junit), "tests=\"1\" failures=\"0\"")) << read(junit);
  EXPECT_TRUE(contains(read(junit), "<testcase name=\"search\" classname=\"drydock.open\"")) << read(junit);
  fake_.findings = {finding("no-orphan"), finding("settles")};
  EXPECT_EQ(with(reports).code, kFailed);
  EXPECT_TRUE(contains(read(junit), "tests=\"3\" failures=\"2\"")) << read(junit);
  EXPECT_TRUE(contains(read(junit), "<testcase name=\"settles ")) << read(junit);
  EXPECT_TRUE(contains(read(junit), "reproduce: drydock run ")) << read(junit);
  EXPECT_TRUE(contains(read(markdown), "no-orphan")) << read(markdown);
  EXPECT_TRUE(contains(read(html), "settles"));
}

TEST_F(ExploreTest, ASearchThatIsNotWholeIsSkippedInJUnit) {
  fake_.change = [](Exploration& found, const ExploreOptions&) { found.cut_short = 1; };
  const std::string junit = path("search.xml");
  EXPECT_EQ(with({"--report", "junit=" + junit}).code, kHeld);
  EXPECT_TRUE(contains(read(junit), "<skipped")) << read(junit);
}

class MergeTest : public ExploreTest {
 protected:
  std::string shard(const std::string& name, Arguments arguments) {
    arguments.insert(arguments.end(), {"--report", "json=" + path(name), "--quiet"});
    (void)with(arguments);
    return path(name);
  }
};

TEST_F(MergeTest, AddsUpShardsAndRunsNothing) {
  const std::string one = shard("1.json", {"--shard", "1/2"});
  fake_.findings = {finding("no-orphan")};
  const std::string two = shard("2.json", {"--shard", "2/2"});
  const int before = fake_.searches;
  const Said said = explore({"--merge", one, "--merge", two});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(said.out.starts_with("FAIL open / latest  1 promise broken in 1 way\n")) << said.out;
  EXPECT_TRUE(contains(said.out, "shards 1, 2 of 2")) << said.out;
  EXPECT_TRUE(contains(said.out, "no-orphan was broken"));
  const Json json = explore({"--merge", one, "--merge", two, "--format", "json"}).json();
  EXPECT_EQ(json["runs"], 20);
  EXPECT_EQ(json["complete"], true);
  EXPECT_EQ(fake_.searches, before);
  EXPECT_EQ(explore({"--merge", one}).code, kHeld);
  EXPECT_EQ(explore({"--merge", one, "--format", "json"}).json()["complete"], false);
}

TEST_F(MergeTest, TakesSeveralFilesAfterOneOption) {
  const std::string one = shard("1.json", {"--shard", "1/2"});
  const std::string two = shard("2.json", {"--shard", "2/2"});
  const std::string report = path("merged.xml");
  const Said said = explore({"--merge", one, two, "--format", "json", "--report", "junit=" + report});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_EQ(said.json()["runs"], 20);
  EXPECT_TRUE(contains(read(report), "<testcase name=\"search\"")) << read(report);
  const Said html = drydock({"explore", "--merge", one, two, "--report", "html=" + path("x.html")});
  EXPECT_EQ(html.code, kBadInput);
  EXPECT_TRUE(contains(html.err, "without --merge")) << html.err;
}

TEST_F(MergeTest, RefusesOthers) {
  const std::string one = shard("1.json", {"--shard", "1/2"});
  const auto refused = [&](const std::string& file, const std::string& part) {
    const Said said = explore({"--merge", one, "--merge", file});
    EXPECT_EQ(said.code, kBadInput) << part;
    EXPECT_EQ(said.out, "");
    EXPECT_TRUE(contains(said.err, part)) << said.err;
    EXPECT_TRUE(contains(said.err, file)) << said.err;
  };
  refused(one, "shard 1 is there twice");
  refused(shard("a.json", {"--shard", "2/2", "--policy", "pre-1556"}), "another policy");
  refused(shard("b.json", {"--shard", "2/2", "--strategy", "pct"}), "another strategy");
  refused(shard("c.json", {"--shard", "2/2", "--seed", "5"}), "another seed");
  refused(shard("d.json", {"--shard", "2/2", "--set", "time.heartbeat=7s"}), "a setting");
  refused(shard("e.json", {"--shard", "2/2", "--case", "seeded"}), "another case");
  refused(write("f.json", "{}"), "drydock explore");
  refused(path("missing.json"), "cannot be read");
}

TEST_F(MergeTest, RefusesOptionsOfASearch) {
  const std::string one = shard("1.json", {"--shard", "1/2"});
  EXPECT_EQ(drydock({"explore", open_, "--merge", one}).code, kBadInput);
  for (const Arguments& more : {Arguments{"--runs", "5"}, Arguments{"--save", path("x")}, Arguments{"--seed", "1"}}) {
    Arguments arguments{"explore", "--merge", one};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput) << more[0];
    EXPECT_TRUE(contains(said.err, more[0])) << said.err;
  }
  EXPECT_FALSE(std::filesystem::exists(path("x")));
}

}  // namespace
}  // namespace drydock::cli
