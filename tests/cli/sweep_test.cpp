#include "cli/sweep.hpp"

#include <chrono>
#include <set>
#include <thread>

#include "cli/options.hpp"
#include "sim/time.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

class SweepTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    small_ = write("small.json", kSmall);
  }

  /// Points whose run gives the debounce window's seconds; of a promise: broken below 35 s.
  Said sweep(Arguments arguments, Terminal terminal = {}) {
    arguments.insert(arguments.begin(), small_);
    const PointMaker maker = [this](const scenarios::Varied& varied, const scenarios::Measurement& measurement) {
      full_calm_ = measurement.full_calm;
      const auto window = varied.played.policy.restart_debounce_window;
      played_.insert(varied.played.name + " " + sim::format_duration(window));
      const double seconds = std::chrono::duration<double>(window).count();
      const bool promise = scenarios::is_promise_metric(measurement.metric);
      return [=, this](std::uint64_t seed, scenarios::Workbench&) {
        if (interrupt_at_ == seed) set_interrupted(true);
        if (interrupt_at_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds{5});
        const double noise = static_cast<double>(seed % 2) / 2;
        return scenarios::Sample{promise ? (seconds < 35 ? 1.0 : 0.0) : seconds + noise, cut_};
      };
    };
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, terminal};
    int code = 0;
    try {
      code = sweep_with(arguments, console, maker);
    } catch (const UsageError& error) {
      return {kBadInput, "", std::string(error.what()) + " [" + error.hint() + "]"};
    }
    return {code, out.str(), err.str()};
  }

  void expect_bad(const Arguments& arguments, const std::string& says) {
    const Said said = sweep(arguments);
    EXPECT_EQ(said.code, kBadInput) << says;
    EXPECT_TRUE(contains(said.err, says)) << said.err;
    EXPECT_EQ(said.out, "");
    EXPECT_TRUE(played_.empty()) << says;
  }

  std::string small_;
  std::set<std::string> played_;
  bool full_calm_ = false;
  std::uint64_t interrupt_at_ = 0;
  bool cut_ = false;
};

const std::string kWindow = "restart.debounce_window=0s..60s:20s";

TEST_F(SweepTest, PrintsAGridWithItsCliffWithin80Columns) {
  const Said said = sweep({"--vary", kWindow, "--vary", "cloud.pending=10s,20s"});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(contains(said.out,
                       "  across: restart.debounce_window; down: cloud.pending\n\n"
                       "       0s 20s 40s  1m\n"
                       "  10s   1   1   ·   ·\n"
                       "  20s   1   1   ·   ·\n"))
      << said.out;
  EXPECT_TRUE(contains(said.out, "    10s  broken (8 of 8 runs) at 34s800ms, held at 35s\n")) << said.out;
  EXPECT_TRUE(contains(said.out, "the same seeds in each cell from 1; 8 cells of at most 64 runs"));
}

TEST_F(SweepTest, OneAxisIsAListWithIntervals) {
  const Said said = sweep({"--vary", kWindow, "--metric", "starts", "--runs", "10"});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(contains(said.out,
                       "  restart.debounce_window      value   interval                runs\n"
                       "  0s                            0.25   0.0262 to 0.474           10\n"
                       "  20s                           20.2   20 to 20.5                 8\n"))
      << said.out;
}

TEST_F(SweepTest, JsonIsAsTheContractHasIt) {
  const Json json = sweep({"--vary", kWindow, "--vary", "cloud.pending=10s,20s", "--format", "json"}).json();
  EXPECT_EQ(json["format"], "drydock.sweep/1");
  EXPECT_EQ(json["metric"], "violations");
  EXPECT_EQ(json["axes"][0]["values"], Json({"0s", "20s", "40s", "1m"}));
  ASSERT_EQ(json["cells"].size(), 8U);
  const Json& cell = json["cells"][1];
  EXPECT_EQ(cell["at"], Json({{"restart.debounce_window", "0s"}, {"cloud.pending", "20s"}}));
  EXPECT_EQ(cell["value"], 1);
  EXPECT_GT(cell["low"], 0.8);
  EXPECT_EQ(cell["high"], 1);
  EXPECT_EQ(cell["runs"], 32);
  EXPECT_EQ(json["differences"].size(), 6U + 4U);
  ASSERT_EQ(json["cliff"].size(), 2U);
  EXPECT_EQ(json["cliff"][0]["at"], Json({{"cloud.pending", "10s"}}));
  EXPECT_EQ(json["cliff"][0]["crossings"][0]["right"],
            Json({{"at", "35s"}, {"holds", true}, {"broken", 0}, {"runs", 64}}));
  EXPECT_FALSE(sweep({"--vary", kWindow, "--metric", "starts", "--format", "json"}).json().contains("cliff"));
}

TEST_F(SweepTest, CsvHasALineForEachCellAndNothingWhereNothingIsKnown) {
  const Said said =
      sweep({"--vary", "restart.debounce_window=0s,20s", "--vary", R"(cloud.snapshot_limit={"count":5,"window":"1h"})",
             "--runs", "1", "--metric", "starts", "--format", "csv"});
  const std::string limiter = R"("{""count"":5,""window"":""1h""}")";
  EXPECT_EQ(said.out,
            "restart.debounce_window,cloud.snapshot_limit,value,low,high,runs,decided\r\n"
            "0s," +
                limiter + ",0.5,,,1,0\r\n20s," + limiter + ",20.5,,,1,0\r\n");
}

TEST_F(SweepTest, TakesTheFirstCaseOrTheOneThatIsNamed) {
  const Arguments one{"--vary", "restart.debounce_window=1s", "--runs", "1"};
  const auto played_with = [&](Arguments more) {
    played_.clear();
    more.insert(more.end(), one.begin(), one.end());
    EXPECT_EQ(sweep(more).code, kHeld);
    return played_;
  };
  EXPECT_EQ(played_with({}), std::set<std::string>{"latest 1s"});
  EXPECT_EQ(played_with({"--case", "april"}), std::set<std::string>{"april 1s"});
  EXPECT_EQ(played_with({"--policy", "pre-1556"}), std::set<std::string>{"pre-1556 1s"});
  EXPECT_EQ(sweep({"--case", "none", "--vary", kWindow}).code, kNothingSelected);
}

TEST_F(SweepTest, PlaysAllOfTheCalmWhereThatIsAsked) {
  sweep({"--vary", kWindow});
  EXPECT_FALSE(full_calm_);
  sweep({"--vary", kWindow, "--full-calm"});
  EXPECT_TRUE(full_calm_);
}

TEST_F(SweepTest, ComparesCommonSeedsWithOthers) {
  const Said said = sweep({"--vary", kWindow, "--metric", "starts", "--runs", "9", "--compare-seeds"});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(contains(said.out, "along restart.debounce_window common seeds make the interval")) << said.out;
  EXPECT_TRUE(contains(said.out, "in 3 the difference does not vary at all")) << said.out;
}

TEST_F(SweepTest, WritesItsReports) {
  const Said said =
      sweep({"--vary", kWindow, "--vary", "cloud.pending=10s,20s", "--report", "html=" + path("g.html"), "--report",
             "svg=" + path("g.svg"), "--report", "json=" + path("g.json"), "--report", "csv=" + path("g.csv")});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(contains(read(path("g.html")), "Content-Security-Policy"));
  EXPECT_TRUE(read(path("g.svg")).starts_with("<svg xmlns="));
  EXPECT_EQ(Json::parse(read(path("g.json")))["cells"].size(), 8U);
  EXPECT_TRUE(read(path("g.csv")).starts_with("restart.debounce_window,cloud.pending,value,"));
}

TEST_F(SweepTest, TheCommandThatItNamesPlaysItAgain) {
  const Said first = sweep({"--vary", kWindow, "--seed", "7", "--set", "time.heartbeat=20s", "--threshold", "0.25",
                            "--resolution", "5s", "--format", "json"});
  const std::string command = first.json()["reproduce"];
  EXPECT_EQ(command, "drydock sweep " + small_ + " --set time.heartbeat=20s --vary " + kWindow +
                         " --metric violations --runs 64 --seed 7 --threshold 0.25 --resolution 5s "
                         "--precision 0.1");
}

TEST_F(SweepTest, RefusesWhatItCannotPlayBeforeItPlaysAnything) {
  expect_bad({}, "--vary is missing");
  expect_bad({"--vary", "a=1", "--vary", "b=1", "--vary", "c=1"}, "at most two --vary, not 3");
  expect_bad({"--vary", kWindow, "--vary", kWindow}, "has restart.debounce_window twice");
  expect_bad({"--vary", "restart.debounce_window=1s..5s"}, "has no step");
  expect_bad({"--vary", "restart.debounce_windo=1s,2s"}, "did you mean \"restart.debounce_window\"?");
  expect_bad({"--vary", "restart.debounce_mode=drop,trailin"}, "did you mean \"trailing\"?");
  expect_bad({"--vary", "faults.f.probability=0..1:0.5"}, "the scenario has no fault \"f\"");
  expect_bad({"--vary", kWindow, "--metric", "stars"}, "there is no metric 'stars'");
  expect_bad({"--vary", kWindow, "--metric", "violations:no-orphans"}, "did you mean violations:no-orphan?");
  expect_bad({"--vary", kWindow, "--metric", "starts", "--threshold", "0.1"}, "--threshold is for");
  expect_bad({"--vary", kWindow, "--threshold", "1"}, "below 1");
  expect_bad({"--vary", kWindow, "--resolution", "5"}, "on the scale of restart.debounce_window");
  expect_bad({"--vary", kWindow, "--runs", "0"}, "--runs takes a number from 1");
  expect_bad({"--vary", kWindow, "--precision", "-1"}, "--precision takes a number from 0");
  expect_bad({"--vary", kWindow, "--seed", "18446744073709551615"}, "not enough seeds");
  expect_bad({"--vary", kWindow, "--policy", "latest", "--case", "april"}, "give one of the two");
  expect_bad({"--vary", kWindow, "--case", "*"}, "matches 3 cases");
  expect_bad({"--vary", kWindow, "--compare-seeds", "--independent"}, "does not go with --independent");
  expect_bad({"--vary", kWindow, "--report", "mermaid=x"}, "--report's KIND is one of json, csv, html, svg");
  expect_bad({"--vary", "time.heartbeat=1s..500s:1s", "--vary", "cloud.pending=1s..500s:1s"}, "has 250000 cells");
  EXPECT_EQ(drydock({"sweep"}).code, kBadInput);
}

TEST_F(SweepTest, AnInterruptedSweepSaysWhatItKnows) {
  interrupt_at_ = 3;
  const Said said = sweep({"--vary", kWindow, "--jobs", "1", "--report", "csv=" + path("g.csv")});
  EXPECT_EQ(said.code, kInterrupted);
  EXPECT_TRUE(contains(said.err, "interrupted"));
  EXPECT_TRUE(contains(said.out, "violations")) << said.out;
  EXPECT_FALSE(contains(said.out, "where it holds"));
  EXPECT_TRUE(contains(read(path("g.csv")), "value"));
}

TEST_F(SweepTest, ARunThatABoundEndedIsNoAnswer) {
  cut_ = true;
  const Said said = sweep({"--vary", "restart.debounce_window=1s", "--runs", "2"});
  EXPECT_EQ(said.code, kInconclusive);
  EXPECT_TRUE(contains(said.out, "a bound cut 2 runs short"));
}

TEST_F(SweepTest, ProgressIsForPeopleOnly) { EXPECT_EQ(sweep({"--vary", kWindow}).err, ""); }

TEST_F(CliTest, TheSeedsOfASweepAreThoseOfRun) {
  // What the sweep counts is what `run --seed` shows.
  const Json swept = drydock({"sweep", "reprov-thrash", "--vary", "restart.debounce_window=0s", "--metric", "starts",
                              "--runs", "2", "--seed", "3", "--format", "json"})
                         .json();
  double sum = 0;
  for (const char* seed : {"3", "4"}) {
    const Json run = drydock({"run", "reprov-thrash", "--case", "pre-1556", "--seed", seed, "--format", "json"}).json();
    sum += run["results"][0]["counts"]["provision.ec2_started"].get<double>();
  }
  EXPECT_EQ(swept["cells"][0]["value"].get<double>(), sum / 2);
}

}  // namespace
}  // namespace drydock::cli
