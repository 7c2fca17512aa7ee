#include "sim/search/shrink.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "sim/search/fills.hpp"
#include "tests/sim/search_planted.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {
namespace {

using namespace std::chrono_literals;
using Kind = Meaning::Kind;

/// Tapes of the first runs that break the promise in this way, among these seeds: every other one of a swarm.
std::vector<std::vector<SearchDecision>> found_tapes(ToyPlayer& player, const Broken& broken, std::size_t count) {
  const FillParameters parameters = planted_parameters();
  std::vector<std::vector<SearchDecision>> tapes;
  for (std::uint64_t seed = 1; seed <= 100'000 && tapes.size() < count; ++seed) {
    const auto fill = seed % 2 == 0 ? swarm_fill(seed, parameters) : random_fill(seed, parameters);
    Reading reading = player.play({}, fill.get(), {});
    if (breaks(reading, broken)) tapes.push_back(std::move(reading.tape));
  }
  return tapes;
}

bool still_breaks(ToyPlayer& player, const std::vector<SearchDecision>& tape, const Broken& broken) {
  return breaks(player.play(tape_of(tape), nullptr, {}), broken);
}

/// No decision can be left out.
void expect_one_minimal(ToyPlayer& player, const std::vector<SearchDecision>& tape, const Broken& broken) {
  for (std::size_t i = 0; i < tape.size(); ++i) {
    std::vector<SearchDecision> rest = tape;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(still_breaks(player, rest, broken)) << in_words(tape) << " does not need its decision " << i;
  }
}

TEST(Shrink, FindsTheMinimumOfPlantedBugs) {
  constexpr std::size_t kTapes = 2;
  std::size_t minimal = 0;
  std::string table;
  const std::vector<Planted> bugs = planted_bugs();
  ASSERT_GE(bugs.size(), 12U);
  for (const Planted& bug : bugs) {
    ToyPlayer player(world_of(bug));
    const Broken broken{"planted", bug.name};
    const auto tapes = found_tapes(player, broken, kTapes);
    ASSERT_EQ(tapes.size(), kTapes) << bug.name;
    std::size_t worst = 0;
    std::string worst_tape;
    std::uint64_t runs = 0;
    for (const std::vector<SearchDecision>& tape : tapes) {
      const Shrunk small = shrink(player, tape, broken, {});
      EXPECT_TRUE(still_breaks(player, small.tape, broken)) << bug.name;
      EXPECT_TRUE(small.minimal) << bug.name;
      EXPECT_GE(small.tape.size(), bug.minimum) << in_words(small.tape) << ": " << bug.name;
      expect_one_minimal(player, small.tape, broken);
      runs = std::max(runs, small.runs);
      if (small.tape.size() > worst) worst_tape = in_words(small.tape);
      worst = std::max(worst, small.tape.size());
    }
    EXPECT_LE(runs, ShrinkLimits{}.runs);
    minimal += worst == bug.minimum ? 1 : 0;
    table += fmt::format("{:42} minimum {}, found {} in {} runs: {}\n", bug.name, bug.minimum, worst, runs, worst_tape);
  }
  std::cout << table;
  RecordProperty("minimal", static_cast<int>(minimal));
  EXPECT_EQ(minimal, bugs.size());
}

TEST(Shrink, SaysTheSameEachTime) {
  const Planted bug = planted_bugs()[6];
  const Broken broken{"planted", bug.name};
  ToyPlayer player(world_of(bug));
  const auto tapes = found_tapes(player, broken, 1);
  const Shrunk once = shrink(player, tapes.at(0), broken, {});
  const Shrunk again = shrink(player, tapes.at(0), broken, {});
  EXPECT_EQ(in_words(once.tape), in_words(again.tape));
  EXPECT_EQ(once.runs, again.runs);
}

TEST(Shrink, KeepsWithinItsLimitAndSaysThatItDid) {
  const Planted bug = planted_bugs()[6];
  const Broken broken{"planted", bug.name};
  ToyPlayer player(world_of(bug));
  const auto tapes = found_tapes(player, broken, 1);
  for (const std::uint64_t runs : {0, 1, 5, 20}) {
    player.played = 0;
    const Shrunk some = shrink(player, tapes.at(0), broken, {.runs = runs});
    EXPECT_EQ(player.played, some.runs);
    EXPECT_LE(some.runs, runs);
    EXPECT_FALSE(some.minimal);
    EXPECT_TRUE(still_breaks(player, some.tape, broken));
  }
}

/// One promise, broken by one decision in one way and by three in another; the tape shows the other one only.
void two_ways(ToyRun& run) {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  for (std::uint32_t tick = 1; tick <= 6; ++tick) {
    const auto request = run.ask("pm", "request", 4, Kind::request);
    if (request == 1) first = tick;
    if (request == 2 && first != 0) second = tick;
    if (run.ask("cp", "stop.fault", 2, Kind::fault) == 0) continue;
    if (second != 0) run.breaks("settles", "long");
    if (second == 0) run.breaks("settles", "short");
  }
}

TEST(Shrink, DoesNotSlipIntoAShorterBugOfTheSamePromise) {
  ToyPlayer player(two_ways);
  const Broken broken{"settles", "long"};
  Tape tape;
  tape.set("pm/request", 2, 1);
  tape.set("pm/request", 3, 2);
  tape.set("pm/request", 4, 3);
  tape.set("cp/stop.fault", 5, 1);
  tape.set("cp/stop.fault", 6, 1);
  const Reading reading = player.play(tape, nullptr, {});
  ASSERT_EQ(reading.broken, (std::vector<Broken>{broken}));
  const Shrunk small = shrink(player, reading.tape, broken, {});
  EXPECT_EQ(in_words(small.tape), "pm/request#1=1 pm/request#2=2 cp/stop.fault#2=1");
  EXPECT_TRUE(small.minimal);
  // The shorter one is there to slip into.
  const Broken shorter{"settles", "short"};
  Tape one;
  one.set("cp/stop.fault", 5, 1);
  EXPECT_TRUE(breaks(player.play(one, nullptr, {}), shorter));
}

TEST(Shrink, TakesOneFaultThatLastsForSeveralThatDoNot) {
  const Planted bug = planted_bugs()[5];
  ASSERT_STREQ(bug.name, "two refused calls");
  ToyPlayer player(world_of(bug));
  Tape tape;
  tape.set("a/request", 2, 1);
  tape.set("b/request", 3, 1);
  tape.set("cp/stop.fault", 1, 1);
  tape.set("cp/stop.fault", 3, 1);
  const Reading reading = player.play(tape, nullptr, {});
  ASSERT_EQ(reading.tape.size(), 4U);
  const Shrunk small = shrink(player, reading.tape, {"planted", bug.name}, {});
  EXPECT_EQ(in_words(small.tape), "a/request#1=1 cp/stop.fault#1=2 b/request#1=1");
}

/// Leaving a decision out may renumber those behind it: the second stop becomes the first one.
TEST(Shrink, FollowsCallsAndDelaysThatAreRenumbered) {
  ToyPlayer player([](ToyRun& run) {
    for (std::uint32_t tick = 1; tick <= 9; ++tick) {
      run.at(tick * 5s);
      if (run.ask("pm", "request", 2, Kind::request) == 0) continue;
      const auto fault = run.ask("cp", "stop.fault", 2, Kind::fault);
      const auto delay = run.ask("pm", "boot", 9, Kind::delay);
      if (fault == 1 && delay == 5 && tick >= 6) run.breaks("settles", "late");
    }
  });
  Tape tape;
  for (const std::uint32_t tick : {2U, 4U, 8U}) tape.set("pm/request", tick, 1);
  tape.set("cp/stop.fault", 3, 1);
  tape.set("pm/boot", 3, 5);
  const Shrunk small = shrink(player, player.play(tape, nullptr, {}).tape, {"settles", "late"}, {});
  EXPECT_EQ(in_words(small.tape), "pm/request#6=1 cp/stop.fault#1=1 pm/boot#1=5");
}

TEST(Shrink, LowersValuesAndMovesRequestsTogetherToTheFront) {
  // A pause with any of the higher values, and a resume five ticks later.
  ToyPlayer player([](ToyRun& run) {
    std::uint32_t paused = 0;
    for (std::uint32_t tick = 1; tick <= 40; ++tick) {
      const auto request = run.ask("pm", "request", 9, Kind::request);
      if (request >= 4 && paused == 0) paused = tick;
      if (request == 2 && paused != 0 && tick == paused + 5) run.breaks("settles", "five");
    }
  });
  Tape tape;
  tape.set("pm/request", 23, 7);
  tape.set("pm/request", 28, 2);
  const Reading reading = player.play(tape, nullptr, {});
  const Shrunk small = shrink(player, reading.tape, {"settles", "five"}, {});
  EXPECT_EQ(in_words(small.tape), "pm/request#1=4 pm/request#6=2");
}

TEST(Shrink, LetsTheFirstActorDoIt) {
  ToyPlayer player([](ToyRun& run) {
    std::map<std::string, std::uint32_t> requests;
    for (std::uint32_t tick = 1; tick <= 9; ++tick) {
      for (const std::string who : {"a", "b", "c"}) requests[who] += run.ask(who, "request", 2, Kind::request);
    }
    for (const auto& [who, times] : requests) {
      if (times >= 2) run.breaks("settles", "twice");
    }
  });
  Tape tape;
  for (const char* site : {"a/request", "c/request"}) {
    tape.set(site, 4, 1);
    tape.set(site, 7, 1);
  }
  tape.set("b/request", 9, 1);
  const Shrunk small = shrink(player, player.play(tape, nullptr, {}).tape, {"settles", "twice"}, {});
  EXPECT_EQ(small.tape.size(), 2U);
  EXPECT_TRUE(small.minimal);
}

}  // namespace
}  // namespace drydock::sim::search
