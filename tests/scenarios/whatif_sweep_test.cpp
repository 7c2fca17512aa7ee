// Sweeps of made-up points, whose truth is known, and of the real ones where a case is changed.

#include "scenarios/whatif/sweep.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "scenarios/whatif/measure.hpp"
#include "scenarios/whatif/variation.hpp"
#include "sim/choices.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using Scale = Axis::Scale;

Axis axis_of(const std::string& text) {
  const ParsedAxis parsed = parse_axis(text);
  EXPECT_EQ(parsed.error, "") << text;
  return parsed.axis.value_or(Axis{});
}

using Strings = std::vector<std::string>;

TEST(AnAxis, CountsInStepsFromLowToHigh) {
  const Axis durations = axis_of("k=0s..1m:25s");
  EXPECT_EQ(durations.values, (Strings{"0s", "25s", "50s"}));
  EXPECT_EQ(durations.scale, Scale::durations);
  EXPECT_EQ(durations.positions, (std::vector<std::int64_t>{0, 25'000'000, 50'000'000}));
  const Axis numbers = axis_of("faults.f.probability=0..0.3:0.1");
  EXPECT_EQ(numbers.values, (Strings{"0", "0.1", "0.2", "0.3"}));
  EXPECT_EQ(numbers.scale, Scale::numbers);
  EXPECT_EQ(axis_of("k=1..3:1").values, (Strings{"1", "2", "3"}));
  EXPECT_EQ(axis_of("k=5s..5s:1s").values, Strings{"5s"});
}

TEST(AnAxis, ListsWhatIsListed) {
  EXPECT_EQ(axis_of("k=drop,trailing").values, (Strings{"drop", "trailing"}));
  EXPECT_EQ(axis_of("k=drop,trailing").scale, Scale::words);
  EXPECT_EQ(axis_of("k=1s,5s,1m").scale, Scale::durations);
  EXPECT_EQ(axis_of("k=5s,1s").scale, Scale::words);  // no order, no between
  EXPECT_EQ(axis_of("k=1,2.5").positions, (std::vector<std::int64_t>{1'000'000, 2'500'000}));
  EXPECT_EQ(axis_of("cloud.pending=10s..20s,30s..40s").values, (Strings{"10s..20s", "30s..40s"}));
  EXPECT_EQ(axis_of(R"(k={"count":5,"window":"1h"},none)").values, (Strings{R"({"count":5,"window":"1h"})", "none"}));
}

TEST(AnAxis, SaysWhatIsWrongWithIt) {
  const auto wrong = [](const std::string& text) { return parse_axis(text).error; };
  EXPECT_EQ(wrong("k"), "takes KEY=VALUES, not 'k'");
  EXPECT_EQ(wrong("=1"), "takes KEY=VALUES, not '=1'");
  EXPECT_EQ(wrong("k=1s..5s"), "'1s..5s' has no step");
  EXPECT_EQ(parse_axis("k=1s..5s").hint, "LO..HI:STEP, for instance 1s..5s:10s");
  EXPECT_EQ(wrong("k=0..5s:1s"), "'0..5s:1s' is not LO..HI:STEP of three durations, or of three numbers");
  EXPECT_EQ(wrong("k=5s..1s:1s"), "'5s..1s:1s' runs backwards");
  EXPECT_EQ(wrong("k=1s..5s:0s"), "'1s..5s:0s' has a step of nothing");
  EXPECT_EQ(wrong("k=0s..1h:1ms"), "'0s..1h:1ms' has 3600001 values; at most 1000 are played");
  EXPECT_EQ(wrong("k=a,a"), "'a,a' lists a twice");
  EXPECT_EQ(wrong("k=a,"), "'a,' lists an empty value");
  EXPECT_EQ(wrong("k="), "'' lists an empty value");
  EXPECT_NE(wrong("k=-1..2:1"), "");
  EXPECT_NE(wrong("k=0..1:0.0000001"), "");
}

TEST(AnAxis, IsLookedAtAsFinelyAsAHundredthOfItsStep) {
  EXPECT_EQ(axis_of("k=0s..60s:10s").resolution_between(0, 1), 100'000);
  EXPECT_EQ(axis_of("k=0s..60s:12s").resolution_between(0, 1), 200'000);
  EXPECT_EQ(axis_of("k=0s..6ms:1ms").resolution_between(0, 1), 1'000);
  EXPECT_EQ(axis_of("k=1..9:2").resolution_between(0, 1), 1'000'000);  // whole numbers stay whole
  EXPECT_EQ(axis_of("k=0..1:0.5").resolution_between(0, 1), 5'000);
}

// ---- the cliff ----

TEST(Bisecting, FindsTheEdgeToItsResolution) {
  for (const std::int64_t edge : {1, 7, 333, 500, 998}) {
    int looks = 0;
    const Crossing found = bisect({{0, false, 1, 1}, {1000, true, 0, 9}}, 10, [&](std::int64_t place) {
      ++looks;
      EXPECT_EQ(place % 10, 0);
      return std::optional{Side{place, place >= edge, 0, 5}};
    });
    EXPECT_LT(found.left.position, edge);
    EXPECT_GE(found.right.position, edge);
    EXPECT_LE(found.right.position - found.left.position, 10) << edge;
    EXPECT_LE(looks, 7);
  }
}

TEST(Bisecting, StopsWhereNothingCanBeSeen) {
  const Crossing coarse{{0, true, 0, 1}, {1000, false, 1, 1}};
  const Crossing found = bisect(coarse, 10, [](std::int64_t) { return std::optional<Side>{}; });
  EXPECT_EQ(found.right.position, 1000);
}

// ---- the grid ----

double uniform(std::uint64_t seed) {
  return static_cast<double>(sim::random_bits(seed, 3, 1) >> 11U) / 9007199254740992.0;
}

double seconds_of(const std::string& text) {
  return static_cast<double>(sim::parse_duration(text).value_or(sim::Duration{}).count()) / 1e6;
}

Sweep played(const std::vector<Axis>& axes, const SweepOptions& options,
             const std::function<double(const Strings& values, std::uint64_t seed)>& truth, unsigned threads = 2) {
  Trials trials(threads);
  const Points points = [&](const Strings& values) -> Point {
    return [&truth, values](std::uint64_t seed, Workbench&) { return Sample{truth(values, seed), false}; };
  };
  return sweep(axes, points, options, trials);
}

TEST(ASweep, PlaysEveryCellOnTheSameSeeds) {
  SweepOptions options;
  options.runs = 5;
  options.first_seed = 40;
  const Sweep made =
      played({axis_of("a=1,2"), axis_of("b=x,y,z")}, options, [](const Strings& values, std::uint64_t seed) {
        return static_cast<double>(seed) + (values[0] == "2" ? 100 : 0) + (values[1] == "z" ? 1000 : 0);
      });
  ASSERT_EQ(made.cells.size(), 6U);
  EXPECT_EQ(made.values_of(made.cells[5]), (Strings{"2", "z"}));
  EXPECT_EQ(made.cells[0].samples, (std::vector<double>{40, 41, 42, 43, 44}));
  EXPECT_EQ(made.cells[5].samples, (std::vector<double>{1140, 1141, 1142, 1143, 1144}));
  EXPECT_DOUBLE_EQ(made.cells[5].estimate.value, 1142);
  const auto differences = differences_of(made);
  EXPECT_EQ(differences.size(), 3U + 4U);
  EXPECT_EQ(differences.front().to, 3U);
  EXPECT_DOUBLE_EQ(differences.front().estimate.value, 100);
}

TEST(ASweep, GivesEachCellSeedsOfItsOwnWhereThatIsAsked) {
  SweepOptions options;
  options.runs = 3;
  options.independent = true;
  const Sweep made =
      played({axis_of("a=1,2")}, options, [](const Strings&, std::uint64_t seed) { return static_cast<double>(seed); });
  EXPECT_EQ(made.cells[0].samples, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(made.cells[1].samples, (std::vector<double>{4, 5, 6}));
}

TEST(ASweep, IsTheSameOnAnyNumberOfThreads) {
  SweepOptions options;
  options.runs = 64;
  options.precision = {0.05, false};
  const auto noise = [](const Strings& values, std::uint64_t seed) { return uniform(seed) * seconds_of(values[0]); };
  const Axis axis = axis_of("a=0s..2s:100ms");
  const Sweep one = played({axis}, options, noise, 1);
  const Sweep many = played({axis}, options, noise, 5);
  ASSERT_EQ(one.cells.size(), 21U);
  ASSERT_EQ(many.cells.size(), one.cells.size());
  for (std::size_t i = 0; i < one.cells.size(); ++i) {
    EXPECT_EQ(one.cells[i].samples, many.cells[i].samples);
    EXPECT_EQ(one.cells[i].estimate, many.cells[i].estimate);
  }
}

TEST(ASweep, LooksAtDoublingsAndPaysForEachLook) {
  SweepOptions options;
  options.runs = 100;
  EXPECT_EQ(looks_of(options), std::vector<std::uint64_t>{100});
  options.precision = {0.1, false};
  EXPECT_EQ(looks_of(options), (std::vector<std::uint64_t>{8, 16, 32, 64, 100}));
  options.runs = 4;
  EXPECT_EQ(looks_of(options), std::vector<std::uint64_t>{4});
  options.runs = 64;
  const Sweep made = played({axis_of("a=1")}, options, [](const Strings&, std::uint64_t) { return 0.0; });
  EXPECT_DOUBLE_EQ(made.confidence, 1 - 0.05 / 4);
}

TEST(ASweep, StopsACellThatIsDecided) {
  SweepOptions options;
  options.runs = 256;
  options.precision = {0.2, false};
  const Sweep made = played({axis_of("a=0s,1s,10s")}, options, [](const Strings& values, std::uint64_t seed) {
    return uniform(seed) * seconds_of(values[0]);
  });
  EXPECT_EQ(made.cells[0].samples.size(), 32U);  // all the same: not before 32
  EXPECT_LE(made.cells[1].samples.size(), 64U);
  EXPECT_TRUE(made.cells[1].decided);
  EXPECT_LE(made.cells[1].estimate.high - made.cells[1].estimate.low, 0.4);
  EXPECT_EQ(made.cells[2].samples.size(), 256U);
  EXPECT_FALSE(made.cells[2].decided);
  // What two cells are compared over is what both played.
  EXPECT_EQ(differences_of(made)[1].runs, made.cells[1].samples.size());
}

/// The sequential rule keeps what it promises: of many cells with a known mean, at most 5 % miss it.
TEST(ASweep, CoversTheTruthThoughItLooksOften) {
  SweepOptions options;
  options.runs = 64;
  options.precision = {0.15, false};
  options.independent = true;
  const Sweep made =
      played({axis_of("a=1..1000:1")}, options, [](const Strings&, std::uint64_t seed) { return uniform(seed); });
  std::size_t missed = 0;
  std::size_t early = 0;
  for (const SweepCell& cell : made.cells) {
    missed += cell.estimate.low > 0.5 || cell.estimate.high < 0.5 ? 1 : 0;
    early += cell.samples.size() < 64 ? 1 : 0;
  }
  EXPECT_LE(missed, 50U);
  EXPECT_GT(early, 900U);
}

SweepOptions promise_options() {
  SweepOptions options;
  options.promise = true;
  options.runs = 32;
  return options;
}

TEST(ASweep, LocatesTheCliffOfEachLine) {
  const auto broken = [](const Strings& values, std::uint64_t) {
    return seconds_of(values[0]) < 3 * seconds_of(values[1]) ? 1.0 : 0.0;
  };
  const Sweep made = played({axis_of("a=0s..100s:10s"), axis_of("b=0s,11s,40s")}, promise_options(), broken);
  ASSERT_EQ(made.cliff.size(), 3U);
  EXPECT_TRUE(made.cliff[0].crossings.empty());
  EXPECT_TRUE(made.cliff[0].holds);
  ASSERT_EQ(made.cliff[1].crossings.size(), 1U);
  const Crossing& crossing = made.cliff[1].crossings.front();
  EXPECT_FALSE(crossing.left.holds);
  EXPECT_TRUE(crossing.right.holds);
  EXPECT_EQ(crossing.left.position, 32'900'000);
  EXPECT_EQ(crossing.right.position, 33'000'000);
  EXPECT_EQ(crossing.right.runs, 32U);
  EXPECT_TRUE(made.cliff[2].crossings.empty());
  EXPECT_FALSE(made.cliff[2].holds);
}

TEST(ASweep, FindsEveryChangeOfSideThatTheGridShows) {
  SweepOptions options = promise_options();
  options.resolution = 500'000;
  const Sweep made = played({axis_of("a=0s..40s:10s")}, options, [](const Strings& values, std::uint64_t) {
    const double at = seconds_of(values[0]);
    return at > 5 && at <= 24 ? 1.0 : 0.0;
  });
  ASSERT_EQ(made.cliff.size(), 1U);
  EXPECT_FALSE(made.cliff[0].at);
  ASSERT_EQ(made.cliff[0].crossings.size(), 2U);
  EXPECT_EQ(made.cliff[0].crossings[0].left.position, 5'000'000);
  EXPECT_EQ(made.cliff[0].crossings[0].right.position, 5'500'000);
  EXPECT_EQ(made.cliff[0].crossings[1].left.position, 24'000'000);
  EXPECT_EQ(made.cliff[0].crossings[1].right.position, 24'500'000);
}

TEST(ASweep, OneSeedIsEnoughToBreakAndAllAreNeededToHold) {
  SweepOptions options = promise_options();
  options.precision = {1, false};
  const Sweep made = played({axis_of("a=0s,10s")}, options, [](const Strings& values, std::uint64_t seed) {
    return seed == 20 && seconds_of(values[0]) < 7 ? 1.0 : 0.0;
  });
  EXPECT_EQ(made.cells[0].samples.size(), 32U);
  EXPECT_EQ(made.cells[1].samples.size(), 32U);
  ASSERT_EQ(made.cliff[0].crossings.size(), 1U);
  EXPECT_EQ(made.cliff[0].crossings[0].left.broken, 1U);
  EXPECT_EQ(made.cliff[0].crossings[0].right.position, 7'000'000);
}

TEST(ASweep, AThresholdMovesTheCliff) {
  SweepOptions options = promise_options();
  options.runs = 200;
  options.threshold = 0.5;
  const Sweep made = played({axis_of("a=0..1:0.25")}, options, [](const Strings& values, std::uint64_t seed) {
    return uniform(seed) < std::stod(values[0]) ? 1.0 : 0.0;
  });
  ASSERT_EQ(made.cliff[0].crossings.size(), 1U);
  EXPECT_NEAR(static_cast<double>(made.cliff[0].crossings[0].left.position), 500'000, 120'000);
}

TEST(ASweep, WordsHaveNoCliff) {
  const Sweep made = played({axis_of("a=x,y")}, promise_options(),
                            [](const Strings& values, std::uint64_t) { return values[0] == "x" ? 1.0 : 0.0; });
  EXPECT_TRUE(made.cliff.empty());
}

TEST(ASweep, KeepsOfEachCellTheFirstRunsWhenTheUserInterrupts) {
  SweepOptions options = promise_options();
  std::atomic<bool> told = false;
  options.interrupted = [&] { return told = true; };
  const auto slow = [&](const Strings&, std::uint64_t seed) {
    while (seed >= 5 && !told) std::this_thread::yield();
    if (told) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return static_cast<double>(seed);
  };
  const Sweep made = played({axis_of("a=0s,1s,2s")}, options, slow, 1);
  EXPECT_TRUE(made.interrupted);
  EXPECT_TRUE(made.cliff.empty());
  for (const SweepCell& cell : made.cells) {
    EXPECT_LT(cell.samples.size(), 32U);
    for (std::size_t i = 0; i < cell.samples.size(); ++i) EXPECT_EQ(cell.samples[i], static_cast<double>(i + 1));
  }
}

TEST(CommonSeeds, NarrowTheDifferenceOfCellsThatShareTheirLuck) {
  SweepOptions options;
  options.runs = 64;
  const std::vector<Axis> axes{axis_of("a=10s..13s:1s")};
  const auto truth = [](const Strings& values, std::uint64_t seed) { return uniform(seed) * seconds_of(values[0]); };
  const Sweep common = played(axes, options, truth);
  options.independent = true;
  const Sweep independent = played(axes, options, truth);
  const auto found = narrowing_of(common, independent);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].neighbours, 3U);
  EXPECT_EQ(found[0].exact, 0U);
  // sqrt(10² + 11²) = 14.9 times, sqrt(12² + 13²) = 17.7 times, give or take what 64 runs are worth.
  EXPECT_GT(found[0].overall, 10);
  EXPECT_LT(found[0].overall, 25);
  EXPECT_GT(found[0].median, 10);
}

TEST(CommonSeeds, RoundingIsNoWidth) {
  SweepOptions options;
  options.runs = 16;
  const std::vector<Axis> axes{axis_of("a=1s,2s,3s")};
  const auto shifted = [](const Strings& values, std::uint64_t seed) {
    return uniform(seed) * 1000 + seconds_of(values[0]) / 3;
  };
  const Sweep common = played(axes, options, shifted);
  options.independent = true;
  const auto found = narrowing_of(common, played(axes, options, shifted));
  EXPECT_EQ(found[0].exact, 2U);
  EXPECT_TRUE(std::isinf(found[0].median));
}

// ---- variations of a case ----

constexpr const char* kVaried = R"({
  "format": "drydock.scenario/1", "name": "v", "title": "t", "horizon": "1h",
  "workspaces": [{"id": "w"}],
  "traffic": [{"kind": "a2a", "to": "w", "every": "5s"}],
  "steps": [{"at": "1m", "id": "again", "request": "POST /workspaces/w/restart", "repeat": {"times": 2, "every": "1m"}},
            {"at": "2m", "request": "POST /workspaces/w/pause"}],
  "faults": [{"name": "f", "on": "cp.stop", "error": "http-503", "from": "0s", "for": "1h", "probability": 0.5},
             {"on": "cp.start", "error": "reset", "nth": 1}],
  "cases": [{"policy": "spring-2026", "expect": []},
            {"name": "own", "policy": "pre-1556", "set": {"time.heartbeat": "20s"},
             "faults": [{"name": "mine", "on": "cp.stop", "error": "reset", "nth": 2}], "expect": []}]
})";

Varied base(std::size_t which = 0) {
  const auto scenario = std::make_shared<const Scenario>(test::scenario_of(kVaried));
  return {scenario, scenario->cases[which]};
}

Decoded<Varied> with(const std::string& key, const std::string& value, std::size_t which = 0) {
  const Change change{key, value};
  return vary(base(which), "v.json", {&change, 1});
}

TEST(Varying, SetsAKnobAndACloudPath) {
  const auto varied = with("restart.debounce_window", "7s");
  ASSERT_TRUE(varied.value);
  EXPECT_EQ(varied.value->played.policy.restart_debounce_window, std::chrono::seconds{7});
  const auto cloud = with("cloud.pending", "30s");
  ASSERT_TRUE(cloud.value);
  EXPECT_TRUE(cloud.value->played.cloud.pending.is_point());
}

TEST(Varying, ChangesAPlaceOfTheFile) {
  const auto every = with("steps.again.repeat.every", "3m");
  ASSERT_TRUE(every.value);
  EXPECT_EQ(every.value->scenario->steps[0].every, std::chrono::minutes{3});
  EXPECT_EQ(with("steps.step-2.at", "9m").value->scenario->steps[1].at, std::chrono::minutes{9});
  EXPECT_EQ(with("traffic.1.every", "8s").value->scenario->traffic[0].every, std::chrono::seconds{8});
  EXPECT_EQ(with("horizon", "2h").value->scenario->horizon, std::chrono::hours{2});
  EXPECT_EQ(with("calm", "20m").value->scenario->calm, std::chrono::minutes{20});
  EXPECT_EQ(with("workspaces.w.runtime", "hermes").value->scenario->workspaces[0].runtime, "hermes");
}

TEST(Varying, ChangesTheFaultsThatTheCasePlays) {
  const auto probability = with("faults.f.probability", "0.25");
  ASSERT_TRUE(probability.value);
  EXPECT_EQ(probability.value->played.faults[0].probability.ppm, 250'000U);
  EXPECT_EQ(with("faults.cp.start:reset.nth", "3").value->played.faults[1].nth, std::vector<std::uint32_t>{3});
  const auto own = with("faults.mine.nth", "[4,5]", 1);
  ASSERT_TRUE(own.value);
  EXPECT_EQ(own.value->played.faults.back().nth, (std::vector<std::uint32_t>{4, 5}));
  EXPECT_EQ(own.value->played.policy.time_heartbeat, std::chrono::seconds{20});
}

TEST(Varying, KeepsWhatWasSetBesideTheFile) {
  Varied changed = base();
  changed.played.policy.restart_debounce_window = std::chrono::seconds{33};
  changed.played.in_file = false;
  const Change change{"horizon", "2h"};
  const auto varied = vary(changed, "v.json", {&change, 1});
  ASSERT_TRUE(varied.value);
  EXPECT_EQ(varied.value->played.policy.restart_debounce_window, std::chrono::seconds{33});
}

std::string said(const Decoded<Varied>& varied) {
  EXPECT_FALSE(varied.value);
  if (varied.errors.size() != 1) return std::to_string(varied.errors.size()) + " errors";
  return varied.errors[0].message + " (" + varied.errors[0].hint + ")";
}

TEST(Varying, SaysWhatIsWrong) {
  EXPECT_EQ(said(with("restart.debounce_windo", "1s")),
            "unknown knob \"restart.debounce_windo\" (did you mean \"restart.debounce_window\"?)");
  EXPECT_NE(said(with("restart.debounce_window", "soon")), "");
  EXPECT_EQ(said(with("faults.g.probability", "0.5")),
            "faults.g.probability: the scenario has no fault \"g\" (there is f)");
  EXPECT_EQ(said(with("faults.f", "0.5")), "faults.f says not which of its keys (for instance faults.NAME.KEY)");
  EXPECT_EQ(said(with("faults.f.probabilty", "0.5")).substr(0, 40), "faults.f.probabilty=0.5: /faults/0/proba");
  EXPECT_EQ(said(with("faults.f.probability", "2")).substr(0, 56),
            "faults.f.probability=2: /faults/0/probability: expected ");
  EXPECT_EQ(said(with("steps.again.at.x", "1s")), "steps.again.at.x: at has no parts ()");
  EXPECT_EQ(said(with("traffic.2.every", "1s")), "traffic.2.every: the scenario has no traffic \"2\" (there is 1)");
}

TEST(APoint, IsTheRunsMetricAndOfAPromiseWhetherItBroke) {
  const auto scenario = std::make_shared<const Scenario>(test::scenario_of(test::shipped("reprov-thrash.json")));
  const Varied before{scenario, scenario->cases[0]};
  Workbench workbench;
  EXPECT_EQ(point_of(before, {"violations:no-healthy-kill"})(1, workbench).value, 1);
  EXPECT_GT(point_of(before, {"starts"})(1, workbench).value, 4);
  EXPECT_EQ(point_of(before, {"unlisted_violations"})(1, workbench).value, 0);
  EXPECT_EQ(point_of({scenario, scenario->cases[1]}, {"starts"})(1, workbench).value, 2);
  EXPECT_FALSE(point_of(before, {"starts"})(1, workbench).cut_short);
}

}  // namespace
}  // namespace drydock::scenarios
