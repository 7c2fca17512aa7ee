#include "cli/run.hpp"

#include <algorithm>
#include <stdexcept>

#include "cli/common.hpp"
#include "cli/output.hpp"
#include "sim/check.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;

/// An outcome that says how the run was asked for, without any simulation.
Outcome echo(const Job& job, scenarios::Workbench&) {
  Outcome outcome;
  outcome.scenario = job.scenario->name;
  outcome.case_name = job.played.name;
  outcome.policy = job.played.policy_name;
  outcome.seed = job.tape.seed();
  outcome.passed = true;
  for (const auto& [key, value] : job.tape.entries()) {
    outcome.tape.push_back({{}, key.first, key.second, 9, value, "?"});
  }
  return outcome;
}

/// The same, with something changed for every case.
template <typename Change>
JobPlayer changed(Change change) {
  return [change](const Job& job, scenarios::Workbench& workbench) {
    Outcome outcome = echo(job, workbench);
    change(outcome);
    return outcome;
  };
}

Said run(const Arguments& arguments, const JobPlayer& player = echo, Terminal terminal = {}) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, terminal};
  const int code = run_with(arguments, console, player);
  return {code, out.str(), err.str()};
}

class RunTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    small_ = write("small.json", kSmall);
  }
  Json results(Arguments arguments, const JobPlayer& player = echo) const {
    arguments.insert(arguments.begin(), {small_, "--format", "json"});
    return run(arguments, player).json()["results"];
  }
  std::vector<std::string> cases(const Arguments& arguments) const {
    std::vector<std::string> names;
    for (const Json& result : results(arguments)) names.push_back(result["case"]);
    return names;
  }

  std::string small_;
};

using Names = std::vector<std::string>;

TEST_F(RunTest, PlaysAllCasesInTheOrderOfTheFile) {
  EXPECT_EQ(cases({}), (Names{"latest", "seeded", "april"}));
  const Said said = run({small_});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_EQ(said.err, "");
  EXPECT_EQ(said.out,
            "ok   small / latest  0 events, 0s\n"
            "ok   small / seeded  0 events, 0s\n"
            "ok   small / april   0 events, 0s\n"
            "3 cases: 3 ok\n");
}

TEST_F(RunTest, CaseSelects) {
  EXPECT_EQ(cases({"--case", "seeded"}), (Names{"seeded"}));
  EXPECT_EQ(cases({"--case", "?a*", "--case", "ap*"}), (Names{"latest", "april"}));
  EXPECT_EQ(cases({"--case", "small/s*"}), (Names{"seeded"}));
}

TEST_F(RunTest, NothingSelectedIsFour) {
  const Said said = run({small_, "--case", "nosuch"});
  EXPECT_EQ(said.code, kNothingSelected);
  EXPECT_EQ(said.out, "");
  EXPECT_TRUE(contains(said.err, "small/april")) << said.err;
  const Said json = run({small_, "--case", "nosuch", "--format", "json"});
  EXPECT_EQ(json.code, kNothingSelected);
  EXPECT_EQ(json.json()["passed"], false);
  EXPECT_TRUE(json.json()["results"].empty());
}

TEST_F(RunTest, PolicyTakesThePlaceOfTheCases) {
  const std::string mine =
      write("mine.json", R"({"format":"drydock.policy/1","name":"mine","extends":"latest","set":{}})");
  EXPECT_EQ(cases({"--policy", "pre-1556", "--policy", mine}), (Names{"pre-1556", "mine"}));
  EXPECT_EQ(run({small_, "--policy", mine, "--policy", mine}).code, kBadInput);
  const Said unknown = run({small_, "--policy", "lates"});
  EXPECT_EQ(unknown.code, kBadInput);
  EXPECT_TRUE(contains(unknown.err, "latest")) << unknown.err;
}

TEST_F(RunTest, UnderPolicyOnlyViolationsFail) {
  const auto unmet = changed([](Outcome& outcome) {
    outcome.passed = false;
    outcome.expectations = {{"step-1: status 200", false, "409"}};
  });
  EXPECT_EQ(run({small_}, unmet).code, kFailed);
  EXPECT_EQ(run({small_, "--policy", "latest"}, unmet).code, kHeld);
  const Json json = results({"--policy", "latest"}, unmet);
  EXPECT_EQ(json[0]["passed"], true);
  EXPECT_EQ(json[0]["expectations"][0]["passed"], false);
  const auto violated = changed([](Outcome& outcome) {
    outcome.passed = false;
    outcome.violations.resize(1);
    outcome.unlisted = {0};
  });
  EXPECT_EQ(run({small_, "--policy", "latest"}, violated).code, kFailed);
}

TEST_F(RunTest, SetChangesKnobsAndTheCloud) {
  std::vector<std::string> seen;
  const JobPlayer look = [&seen](const Job& job, scenarios::Workbench& workbench) {
    seen.push_back(job.played.name + " " + sim::format_duration(job.played.policy.time_heartbeat) + " " +
                   sim::format_duration_range(job.played.cloud.pending));
    return echo(job, workbench);
  };
  EXPECT_EQ(run({small_, "--set", "cloud.pending=1s..2s"}, look).code, kHeld);
  EXPECT_EQ(seen, (Names{"latest 30s 1s..2s", "seeded 30s 1s..2s", "april 20s 1s..2s"}));
  seen.clear();
  EXPECT_EQ(run({small_, "--set", "time.heartbeat=7s", "--case", "april"}, look).code, kHeld);
  EXPECT_EQ(seen, (Names{"april 7s 20s..30s"}));
}

TEST_F(RunTest, SetOfWhatThereIsNotIsAnErrorOnce) {
  const Said said = run({small_, "--set", "probe.restart_gat=on", "--format", "json"});
  EXPECT_EQ(said.code, kBadInput);
  const Json errors = said.json()["errors"];
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(contains(errors[0]["message"], "probe.restart_gat"));
  EXPECT_TRUE(contains(errors[0].dump(), "probe.restart_gate"));
  EXPECT_EQ(run({small_, "--set", "probe.restart_gate=maybe"}).code, kBadInput);
  EXPECT_EQ(run({small_, "--set", "cloud.pending=30"}).code, kBadInput);
  EXPECT_EQ(run({small_, "--set", "probe.restart_gate"}).code, kBadInput);
  // Even where no case is selected.
  EXPECT_EQ(run({small_, "--set", "no.such=1", "--case", "nosuch"}).code, kBadInput);
}

TEST_F(RunTest, SeedFillsTheTape) {
  const Json own = results({});
  EXPECT_EQ(own[0]["seed"], nullptr);
  EXPECT_EQ(own[1]["seed"], 3);
  const Json seven = results({"--seed", "7"});
  EXPECT_EQ(seven[0]["seed"], 7);
  EXPECT_EQ(seven[1]["seed"], 7);
  EXPECT_EQ(run({small_, "--seed", "18446744073709551615"}).code, kHeld);
}

TEST_F(RunTest, BadNumbersAreErrors) {
  for (const char* seed : {"-1", "x", "", "1.5", "18446744073709551616", "0x10", " 1"}) {
    Said said = drydock({"run", small_, "--seed", seed});
    EXPECT_EQ(said.code, kBadInput) << seed;
  }
  for (const char* jobs : {"0", "-2", "257", "many"}) {
    EXPECT_EQ(drydock({"run", small_, "--jobs", jobs}).code, kBadInput) << jobs;
  }
}

TEST_F(RunTest, DeviateLaysOverTheTape) {
  const Json result = results({"--case", "seeded", "--deviate", "pm/agent.boot#2=8", "--deviate", "world/order#1=1"});
  EXPECT_EQ(result[0]["seed"], 3);
  EXPECT_EQ(result[0]["tape"][0]["site"], "pm/agent.boot");
  EXPECT_EQ(result[0]["tape"][0]["value"], 8);
  EXPECT_EQ(result[0]["tape"][1]["site"], "world/order");
  for (const char* text : {"pm/agent.boot", "pm/agent.boot=8", "#1=2", "pm/agent.boot#0=1", "pm/agent.boot#x=1"}) {
    const Said said = run({small_, "--deviate", text});
    EXPECT_EQ(said.code, kBadInput) << text;
    EXPECT_TRUE(contains(said.err, "--deviate")) << said.err;
  }
}

TEST_F(RunTest, DecisionsThatMeetNoQuestionAreNoted) {
  const Said said = run({small_, "--case", "april"}, changed([](Outcome& outcome) {
                          outcome.misaligned = {{{}, "nobody/agent.boot", 1, 0, 8, ""}};
                        }));
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(contains(said.err, "nobody/agent.boot#1=8")) << said.err;
  EXPECT_TRUE(contains(said.out, "ok? ")) << said.out;
  const auto misaligned = changed([](Outcome& outcome) { outcome.misaligned = {{{}, "pm/agent.boot", 9, 0, 8, ""}}; });
  EXPECT_EQ(run({small_, "--case", "april", "--strict"}, misaligned).code, kInconclusive);
  const Said junit = run({small_, "--case", "april", "--format", "junit"}, misaligned);
  EXPECT_TRUE(contains(junit.out,
                       "<skipped message=\"not exercised: the tape fits no longer: 1 of the given decisions "
                       "met no question, the first pm/agent.boot#9=8\"></skipped>"))
      << junit.out;
}

TEST_F(RunTest, StrictMakesNotExercisedThree) {
  const auto idle = changed([](Outcome& outcome) { outcome.exercised = false; });
  EXPECT_EQ(run({small_}, idle).code, kHeld);
  EXPECT_EQ(run({small_, "--strict"}, idle).code, kInconclusive);
  EXPECT_EQ(run({small_, "--strict"}).code, kHeld);
}

TEST_F(RunTest, ABoundThatWasHitIsThree) {
  const auto stopped = changed([](Outcome& outcome) {
    outcome.passed = false;
    outcome.stopped_by = "1000 steps";
  });
  const Said said = run({small_}, stopped);
  EXPECT_EQ(said.code, kInconclusive);
  EXPECT_TRUE(contains(said.out, "1000 steps"));
  EXPECT_EQ(results({}, stopped)[0]["stopped_by"], "1000 steps");
  EXPECT_EQ(run({small_, "--policy", "latest"}, stopped).code, kInconclusive);
}

TEST_F(RunTest, AnInternalErrorIsSeventyAndNamesItsCase) {
  const JobPlayer player = [](const Job& job, scenarios::Workbench& workbench) {
    if (job.played.name == "seeded") throw sim::InternalError("the clock went back");
    return echo(job, workbench);
  };
  const Said said = run({small_}, player);
  EXPECT_EQ(said.code, kInternalError);
  EXPECT_TRUE(contains(said.err, "small / seeded: the clock went back")) << said.err;
  EXPECT_TRUE(contains(said.out, "small / april")) << "the other cases are played";
  const Json json = run({small_, "--format", "json"}, player).json();
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["results"].size(), 2U);
  EXPECT_EQ(json["internal_errors"][0], "small / seeded: the clock went back");
}

TEST_F(RunTest, TwiceFindsADifference) {
  EXPECT_EQ(run({small_, "--twice"}).code, kHeld);
  std::uint64_t plays = 0;
  const auto leaky = changed([&plays](Outcome& outcome) { outcome.trace_hash = ++plays; });
  const Said said = run({small_, "--twice", "--case", "latest"}, leaky);
  EXPECT_EQ(said.code, kInternalError);
  EXPECT_EQ(plays, 2U);
  EXPECT_TRUE(contains(said.err, "two plays of one tape differ")) << said.err;
}

TEST_F(RunTest, TwiceNamesTheFirstDifferingEvent) {
  bool again = false;
  const auto leaky = changed([&again](Outcome& outcome) {
    outcome.events = {{1, 0, {}, again ? "restart.cycle" : "restart.dropped", "platform", "pm", "", "{}"}};
    outcome.trace_hash = again ? 2 : 1;
    again = true;
  });
  const Said said = run({small_, "--twice", "--case", "latest"}, leaky);
  EXPECT_EQ(said.code, kInternalError);
  EXPECT_TRUE(contains(said.err, "restart.")) << said.err;
}

TEST_F(RunTest, JobsChangeNothing) {
  const Said one = run({small_, small_, small_, "--format", "json"});
  ASSERT_EQ(one.json()["results"].size(), 9U);
  const std::string sequential = without_wall_clock(one.out);
  for (const char* jobs : {"2", "7", "256"}) {
    const Said said = run({small_, small_, small_, "--format", "json", "--jobs", jobs});
    EXPECT_EQ(without_wall_clock(said.out), sequential) << jobs;
  }
}

TEST_F(RunTest, InterruptedIsOneHundredAndThirty) {
  const JobPlayer player = [](const Job& job, scenarios::Workbench& workbench) {
    if (job.played.name == "seeded") set_interrupted(true);
    return echo(job, workbench);
  };
  const Said said = run({small_}, player);
  EXPECT_EQ(said.code, kInterrupted);
  EXPECT_TRUE(contains(said.out, "small / seeded")) << "what is known is printed";
  EXPECT_FALSE(contains(said.out, "small / april"));
  EXPECT_TRUE(contains(said.err, "interrupted"));
  set_interrupted(false);
  const Json json = run({small_, "--format", "json"}, player).json();
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(json["passed"], false);
}

TEST_F(RunTest, ErrorsOfAllFilesAreReportedAndNothingIsRun) {
  bool ran = false;
  const auto player = changed([&ran](Outcome&) { ran = true; });
  const std::string bad = write("bad.json", "{\"format\":");
  const Said said = run({small_, bad, path("missing.json"), "--policy", "nosuch"}, player);
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_EQ(said.out, "");
  EXPECT_TRUE(contains(said.err, "bad.json:1:")) << said.err;
  EXPECT_TRUE(contains(said.err, "missing.json"));
  EXPECT_TRUE(contains(said.err, "nosuch"));
  EXPECT_FALSE(ran);
  const Said json = run({bad, path("missing.json"), "--format", "json"}, player);
  EXPECT_EQ(json.err, "");
  EXPECT_EQ(json.json()["errors"].size(), 2U);
}

TEST_F(RunTest, ABareNameIsABuiltInScenario) {
  const Said said = run({"reprov-thrash", "--case", "pre-1556"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(contains(said.out, "reprov-thrash / pre-1556"));
  EXPECT_TRUE(contains(run({"reprov-trash"}).err, "did you mean reprov-thrash?"));
  EXPECT_EQ(run({"./reprov-thrash"}).code, kBadInput);
}

TEST_F(RunTest, QuietPrintsWhatDidNotPass) {
  const JobPlayer player = [](const Job& job, scenarios::Workbench& workbench) {
    Outcome outcome = echo(job, workbench);
    outcome.passed = job.played.name != "seeded";
    return outcome;
  };
  const Said said = run({small_, "--quiet"}, player);
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(said.out.starts_with("FAIL small / seeded"));
  EXPECT_FALSE(contains(said.out, "latest"));
  EXPECT_FALSE(contains(said.out, "3 cases"));
  EXPECT_EQ(run({small_, "--quiet"}).out, "");
}

TEST_F(RunTest, FailuresSayHowToSeeThemAgain) {
  const auto failed = changed([](Outcome& outcome) { outcome.passed = false; });
  const Said said = run({small_, "--case", "seeded", "--seed", "9", "--set", "time.heartbeat=7s"}, failed);
  EXPECT_TRUE(contains(said.out, " --case seeded --seed 9 --set time.heartbeat=7s\n")) << said.out;
}

TEST_F(RunTest, ASingleCaseShowsTheViolationsThatItLists) {
  const auto listed = changed([](Outcome& outcome) {
    outcome.violations.resize(1);
    outcome.violations[0].invariant = "settles";
  });
  EXPECT_TRUE(contains(run({small_, "--case", "april"}, listed).out, "settles was broken"));
  EXPECT_FALSE(contains(run({small_}, listed).out, "settles was broken"));
  EXPECT_EQ(run({small_, "--quiet", "--case", "april"}, listed).out, "");
}

TEST_F(RunTest, ColourOnlyWhereItIsSeen) {
  const auto coloured = [this](const Arguments& more, Terminal terminal) {
    Arguments arguments{small_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return contains(run(arguments, echo, terminal).out, "\033[");
  };
  EXPECT_FALSE(coloured({}, {}));
  EXPECT_TRUE(coloured({}, {.out = true}));
  EXPECT_FALSE(coloured({}, {.out = true, .no_colour = true}));
  EXPECT_FALSE(coloured({"--color", "never"}, {.out = true}));
  EXPECT_TRUE(coloured({"--color", "always"}, {.no_colour = true}));
  EXPECT_EQ(drydock({"run", small_, "--color", "sometimes"}).code, kBadInput);
}

TEST_F(RunTest, ProgressOnlyOnATerminal) {
  EXPECT_EQ(run({small_}).err, "");
  EXPECT_TRUE(contains(run({small_}, echo, {.err = true}).err, "playing 2 of 3"));
  EXPECT_EQ(run({small_, "--quiet"}, echo, {.err = true}).err, "");
  EXPECT_FALSE(contains(run({small_}, echo, {.err = true}).out, "playing"));
}

TEST_F(RunTest, ReportsAreWrittenAtTheirPaths) {
  const std::string one = path("one.json");
  const std::string two = path("two.json");
  const Said said = run({small_, "--report", "json=" + one, "--report", "json=" + two});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_EQ(Json::parse(read(one))["results"].size(), 3U);
  EXPECT_EQ(read(one), read(two));
  EXPECT_EQ(without_wall_clock(read(one)), without_wall_clock(run({small_, "--format", "json"}).out));
}

TEST_F(RunTest, BadReportsAreErrorsBeforeAnythingRuns) {
  for (const std::string& report :
       {"htm=" + path("x"), "json=" + path("no/dir"), "json=" + path(""), std::string("json="), std::string("json")}) {
    const Said said = drydock({"run", small_, "--report", report});
    EXPECT_EQ(said.code, kBadInput) << report;
    EXPECT_EQ(said.out, "") << report;
  }
  EXPECT_TRUE(contains(drydock({"run", small_, "--report", "htm=x"}).err, "html"));
  const std::string same = "json=" + path("same");
  EXPECT_EQ(drydock({"run", small_, "--report", same, "--report", same}).code, kBadInput);
}

TEST_F(RunTest, AReportReplacesNothingThatIsRead) {
  const std::string before = read(small_);
  const std::string invariant = write("mine.sql", "-- Mine.\nSELECT 1 WHERE 0");
  for (const Arguments& arguments :
       {Arguments{"run", small_, "--report", "json=" + small_},
        Arguments{"run", small_, "--report", "json=" + path("./small.json")},
        Arguments{"run", small_, "--invariant", invariant, "--report", "json=" + invariant}}) {
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput);
    EXPECT_TRUE(contains(said.err, "which is read")) << said.err;
  }
  EXPECT_EQ(read(small_), before);
  // One place by two names is one place.
  EXPECT_EQ(drydock({"run", small_, "--report", "json=" + path("a"), "--report", "junit=" + path("./a")}).code,
            kBadInput);
}

TEST_F(RunTest, WhereNothingIsSelectedReportsSaySo) {
  const Said said = drydock({"run", small_, "--case", "none", "--report", "json=" + path("r.json")});
  EXPECT_EQ(said.code, kNothingSelected);
  EXPECT_EQ(Json::parse(read(path("r.json")))["results"].size(), 0U);
  const Said compared = drydock({"compare", small_, "--case", "none", "--format", "json"});
  EXPECT_EQ(compared.code, kNothingSelected);
  EXPECT_TRUE(compared.json().contains("errors")) << compared.out;
}

TEST_F(RunTest, AReportThatCannotBeWrittenIsAnError) {
  const JobPlayer player = [this](const Job& job, scenarios::Workbench& workbench) {
    std::filesystem::remove_all(path("gone"));
    return echo(job, workbench);
  };
  std::filesystem::create_directory(path("gone"));
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  EXPECT_THROW((void)run_with({small_, "--report", "json=" + path("gone/r.json")}, console, player), CannotWrite);
}

TEST_F(RunTest, NeedsAFileOrATape) {
  EXPECT_EQ(drydock({"run"}).code, kBadInput);
  EXPECT_EQ(drydock({"run", small_, "--format", "yaml"}).code, kBadInput);
  EXPECT_EQ(drydock({"run", small_, "--seed", "1", "--seed", "2"}).code, kBadInput);
  EXPECT_EQ(drydock({"run", "--tape", path("nosuch.json")}).code, kBadInput);
}

TEST_F(RunTest, AReportThatCannotBeWrittenTakesNoOtherAlong) {
  const std::string gone = path("gone");
  std::filesystem::create_directory(gone);
  const JobPlayer player = [&gone](const Job& job, scenarios::Workbench& workbench) {
    std::filesystem::remove_all(gone);
    return echo(job, workbench);
  };
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  EXPECT_THROW((void)run_with({small_, "--report", "json=" + gone + "/r.json", "--report", "junit=" + path("r.xml")},
                              console, player),
               CannotWrite);
  EXPECT_TRUE(contains(read(path("r.xml")), "<testsuites"));
}

TEST_F(RunTest, AReportThatCannotBeMadeTakesNoOtherAlong) {
  const std::vector<ReportFile> files{{"perfetto", path("p.json")}, {"html", path("gone/h")}, {"junit", path("r.xml")}};
  const ReportText text = [](const ReportFile& file) {
    if (file.kind == "perfetto") throw std::out_of_range("map::at");
    return file.kind;
  };
  try {
    write_each(files, text);
    ADD_FAILURE() << "nothing was said";
  } catch (const CannotWrite& error) {
    ADD_FAILURE() << "an internal error is graver: " << error.what();
  } catch (const std::runtime_error& error) {
    EXPECT_TRUE(std::string{error.what()}.starts_with("the perfetto report: map::at; cannot write ")) << error.what();
  }
  EXPECT_EQ(read(path("r.xml")), "junit");
  EXPECT_FALSE(std::filesystem::exists(path("p.json")));
}

}  // namespace
}  // namespace drydock::cli
