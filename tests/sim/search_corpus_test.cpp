#include "sim/search/corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "sim/search/campaign.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {
namespace {

using namespace std::chrono_literals;
using Kind = Meaning::Kind;

// --- the corpus ----------------------------------------------------------------------------------

std::vector<SearchDecision> tape(std::uint32_t first, std::uint32_t count) {
  std::vector<SearchDecision> all;
  for (std::uint32_t i = 0; i < count; ++i) {
    all.push_back({.decision = {"pm/request", 100 * (first + i), 1 + i % 3},
                   .bound = 4,
                   .kind = Kind::request,
                   .at = {},
                   .alike = 0,
                   .family = 0});
  }
  return all;
}

TEST(Corpus, MutantsAreMadeOfWhatIsKept) {
  Corpus corpus;
  EXPECT_TRUE(corpus.empty());
  corpus.add(tape(1, 6));
  EXPECT_FALSE(corpus.empty());
  int whole = 0;
  int moved = 0;
  int shorter = 0;
  int otherwise = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Tape mutant = corpus.mutant(seed);
    const Tape again = corpus.mutant(seed);
    EXPECT_EQ(mutant.entries(), again.entries());
    bool same = mutant.entries().size() == 6;
    for (const auto& [key, value] : mutant.entries()) {
      EXPECT_EQ(key.first, "pm/request");
      EXPECT_LT(value, 4U);
      EXPECT_GE(key.second, 60U);
      EXPECT_LE(key.second, 640U);
      moved += key.second % 100 != 0 ? 1 : 0;
      if (key.second % 100 == 0) otherwise += value != 1 + (key.second / 100 - 1) % 3 ? 1 : 0;
      same = same && key.second % 100 == 0;
    }
    whole += same ? 1 : 0;
    shorter += mutant.entries().size() < 6 ? 1 : 0;
  }
  EXPECT_GT(whole, 10);
  EXPECT_GT(moved, 200);
  EXPECT_GT(shorter, 100);
  EXPECT_GT(otherwise, 100);
}

TEST(Corpus, MixesTwoTapes) {
  Corpus corpus;
  corpus.add(tape(1, 3));
  corpus.add(tape(20, 3));
  int mixed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Tape mutant = corpus.mutant(seed);
    const bool low = std::any_of(mutant.entries().begin(), mutant.entries().end(),
                                 [](const auto& entry) { return entry.first.second < 1000; });
    const bool high = std::any_of(mutant.entries().begin(), mutant.entries().end(),
                                  [](const auto& entry) { return entry.first.second > 1000; });
    mixed += low && high ? 1 : 0;
  }
  EXPECT_GT(mixed, 40);
}

TEST(Corpus, TheOldestGiveWay) {
  Corpus corpus;
  for (std::uint32_t i = 0; i < Corpus::kMost + 100; ++i) corpus.add(tape(10 * i + 1, 1));
  std::set<std::uint32_t> parents;
  for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
    const Tape mutant = corpus.mutant(seed);
    for (const auto& [key, value] : mutant.entries()) parents.insert((key.second + 50) / 1000);
  }
  EXPECT_GE(*parents.begin(), 100U);
  EXPECT_LE(*parents.begin(), 105U);
  EXPECT_EQ(*parents.rbegin(), Corpus::kMost + 99);
  EXPECT_GT(parents.size(), 400U);
}

TEST(Coverage, CountsInHowManyRunsATransitionWasSeen) {
  Coverage coverage;
  Reading reading;
  reading.states = {1, 2};
  reading.transitions = {10, 11};
  reading.state_names = {"one", "two"};
  reading.steps = {{1, 2, "row"}, {2, 1, "stop"}};
  EXPECT_TRUE(coverage.add(reading, 40));
  EXPECT_FALSE(coverage.add(reading, 41));
  reading.states = {3};
  EXPECT_FALSE(coverage.add(reading, 42)) << "a state without a transition is nothing new";
  reading.transitions = {11, 12};
  EXPECT_TRUE(coverage.add(reading, 43));
  EXPECT_EQ(coverage.seen_states().at(2).name, "two");
  EXPECT_EQ(coverage.seen_states().at(2).runs, 2U);
  EXPECT_EQ(coverage.seen_states().at(2).first, 40U);
  EXPECT_EQ(coverage.seen_states().at(3).first, 42U);
  EXPECT_EQ(coverage.seen_transitions().at(11).step, (StateStep{2, 1, "stop"}));
  EXPECT_EQ(coverage.seen_transitions().at(12).first, 43U);
  EXPECT_EQ(coverage.states(), 3U);
  EXPECT_EQ(coverage.transitions(), 3U);
  EXPECT_EQ(coverage.seen_in(1), 1U);
  EXPECT_EQ(coverage.seen_in(3), 1U);
  EXPECT_EQ(coverage.seen_in(4), 1U);
}

// --- what it is good for -------------------------------------------------------------------------

/// A lock of ten digits, each to be said within five ticks of its own once those before it were said.
void staircase(ToyRun& run) {
  constexpr std::array<std::uint32_t, 10> kDigits{3, 1, 4, 1, 5, 2, 4, 3, 5, 1};
  std::uint32_t step = 0;
  for (std::uint32_t tick = 0; tick < 5 * kDigits.size(); ++tick) {
    run.at((tick + 1) * 5s);
    const auto digit = run.ask("pm", "request", 6, Kind::request, {100'000});
    if (tick / 5 != step || digit != kDigits.at(step)) continue;
    run.tell(mix(tick, ++step));
    run.state(step);
  }
  if (step == kDigits.size()) run.breaks("locked", "open");
}

Tally climb(Strategy strategy, std::uint64_t runs, std::uint64_t seed) {
  FillParameters parameters;
  parameters.horizon = 255s;
  CampaignOptions options;
  options.strategy = strategy;
  options.runs = runs;
  options.seed = seed;
  options.until_first = true;
  Crew crew(players_of(staircase), 1);
  return campaign(crew, parameters, options);
}

TEST(Coverage, ClimbsAStaircaseThatChanceDoesNot) {
  constexpr std::uint64_t kRuns = 4000;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    const Tally climbed = climb(Strategy::coverage, kRuns, seed);
    const Tally chance = climb(Strategy::random, kRuns, seed);
    EXPECT_EQ(climbed.found.size(), 1U) << climbed.coverage.states() << " steps";
    EXPECT_TRUE(chance.found.empty());
    EXPECT_LE(chance.coverage.states(), 6U);
    std::cout << "coverage opens the lock of seed " << seed << " in " << climbed.runs << " runs; chance sees "
              << chance.coverage.states() << " steps of 10\n";
  }
}

}  // namespace
}  // namespace drydock::sim::search
