#include "sim/search/run_rows.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/search/campaign.hpp"
#include "sim/search/residual.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {
namespace {

using namespace std::chrono_literals;
using Kind = Meaning::Kind;

/// Ten ticks of requests, each of which may meet a fault.
void met(ToyRun& run) {
  std::uint64_t state = 1;
  for (std::uint32_t tick = 1; tick <= 10; ++tick) {
    run.at(tick * 5s);
    const auto request = run.ask("pm", "request", 5, Kind::request, {60'000});
    const auto fault = request == 0 ? 0 : run.ask("cp", "stop.fault", 4, Kind::fault, {300'000});
    state = mix(state, 10 * request + fault);
    run.tell(state);
    run.state(state % 97);
    if (request == 4 && fault == 3) run.breaks("rare", "met");
  }
}

CampaignOptions rows_of(Strategy strategy, std::uint64_t runs, std::uint64_t sample) {
  CampaignOptions options;
  options.strategy = strategy;
  options.runs = runs;
  options.sample = sample;
  return options;
}

FillParameters of_fifty_seconds() {
  FillParameters parameters;
  parameters.horizon = 50s;
  parameters.orderings = 1;
  return parameters;
}

Tally played(const CampaignOptions& options, unsigned jobs) {
  Crew crew(players_of(met), jobs);
  return campaign(crew, of_fifty_seconds(), options);
}

TEST(RunRows, AreOneForEachRunInTheOrderOfNumbers) {
  const Tally tally = played(rows_of(Strategy::mixed, 500, 1), 1);
  ASSERT_EQ(tally.rows.size(), 500U);
  for (std::uint64_t i = 0; i < 500; ++i) EXPECT_EQ(tally.rows[i].number, i);
  EXPECT_EQ(tally.rows, played(rows_of(Strategy::mixed, 500, 1), 4).rows);
}

TEST(RunRows, AddUpToTheTally) {
  const Tally tally = played(rows_of(Strategy::mixed, 800, 1), 2);
  std::map<std::uint32_t, std::uint64_t> fired;
  std::map<std::uint64_t, std::uint32_t> states;
  std::uint64_t broken = 0;
  std::set<std::uint64_t> hashes;
  for (const RunRow& row : tally.rows) {
    for (const AddedEffect& added : row.added) fired[added.family] += added.fired;
    for (const std::uint64_t state : row.states) ++states[state];
    broken += row.broken.size();
    hashes.insert(row.hash);
  }
  for (const auto& [family, use] : tally.uses) EXPECT_EQ(fired[family], use.fired) << family;
  for (const auto& [state, seen] : tally.coverage.seen_states()) EXPECT_EQ(states[state], seen.runs) << state;
  ASSERT_EQ(tally.found.size(), 1U);
  EXPECT_EQ(broken, tally.found[0].times);
  EXPECT_EQ(hashes, tally.hashes);
}

/// Every eighth run is of one strategy: a sample by numbers would see that one alone.
TEST(RunRows, OfASampleAreOfEveryStrategy) {
  const Tally tally = played(rows_of(Strategy::mixed, 4000, 8), 2);
  EXPECT_GT(tally.rows.size(), 350U);
  EXPECT_LT(tally.rows.size(), 650U);
  std::map<Strategy, std::size_t> by_strategy;
  for (const RunRow& row : tally.rows) ++by_strategy[row.strategy];
  EXPECT_EQ(by_strategy.size(), 4U);
  EXPECT_GT(by_strategy[Strategy::pct], 20U);
}

TEST(RunRows, OfALargerSampleHaveThoseOfNone) {
  EXPECT_TRUE(played(rows_of(Strategy::random, 200, 0), 1).rows.empty());
  EXPECT_FALSE(is_sampled(0, 0));
  for (std::uint64_t run = 0; run < 200; ++run) EXPECT_TRUE(is_sampled(run, 1));
}

TEST(RunRows, ArePlayedAgainByTheirNumberOrTheirTape) {
  const CampaignOptions options = rows_of(Strategy::mixed, 400, 1);
  const Tally tally = played(options, 2);
  ToyPlayer player(met);
  std::size_t tapes = 0;
  for (const RunRow& row : tally.rows) {
    EXPECT_EQ(row.tape.empty(), row.strategy != Strategy::coverage) << row.number;
    const Reading again = row.tape.empty() ? play_drawn(player, row.strategy, options.seed, row.number,
                                                        of_fifty_seconds(), {.asked = false, .coverage = true})
                                           : player.play(unpacked_tape(row.tape), nullptr, {.coverage = true});
    tapes += row.tape.empty() ? 0 : 1;
    RunRow same = row_of(again, row.number, row.strategy);
    same.tape = row.tape;
    EXPECT_EQ(same, row) << row.number;
  }
  EXPECT_GT(tapes, 100U);
}

TEST(RunRows, SayWhenFaultsAndRequestsCame) {
  Reading reading;
  const auto decision = [&](Kind kind, std::uint32_t family, Duration at) {
    reading.tape.push_back(
        {.decision = {"a/b", 1, 1}, .bound = 2, .kind = kind, .at = kTimeZero + at, .family = family});
  };
  decision(Kind::request, 9, 3s);
  decision(Kind::delay, UINT32_MAX, 4s);
  decision(Kind::fault, 2, 5s);
  decision(Kind::request, 8, 6s);
  reading.uses = {{2, 4, 3}, {9, 1, 1}, {8, 1, 1}};
  const RunRow row = row_of(reading, 7, Strategy::swarm);
  EXPECT_EQ(row.added, (std::vector<AddedEffect>{
                           {2, kTimeZero + 5s, 4, 3}, {9, kTimeZero + 3s, 1, 1}, {8, kTimeZero + 6s, 1, 1}}));
  EXPECT_EQ(row.decisions, 4U);
}

TEST(PackedTape, ComesBack) {
  const std::vector<SearchDecision> decisions{{.decision = {"b/\"x\\", 2, 7}, .bound = 9},
                                              {.decision = {"a/y", 1, 4'000'000'000U}, .bound = 9},
                                              {.decision = {"b/\"x\\", 1, 3}, .bound = 9}};
  const std::string packed = packed_tape(decisions);
  EXPECT_EQ(packed, R"([["a/y",1,4000000000],["b/\"x\\",2,7,1,3]])");
  EXPECT_EQ(unpacked_tape(packed).entries(), tape_of(decisions).entries());
  EXPECT_TRUE(unpacked_tape("[]").entries().empty());
  for (const char* bad : {"", "[[", "{\"a\":1}", "[[1,2,3]]", "[[\"a\",1]]", "[[\"a\",-1,\"x\"]]"})
    EXPECT_THROW((void)unpacked_tape(bad), std::runtime_error) << bad;
}

/// Values of the R package `binom` (`binom.confint(x, n, methods = "wilson")`).
TEST(Wilson, IsTheIntervalOfTables) {
  const auto near = [](std::uint64_t runs, std::uint64_t times, double low, double high) {
    const ChanceBounds bounds = wilson_95(runs, times);
    EXPECT_NEAR(bounds.low, low, 1e-4) << times << " of " << runs;
    EXPECT_NEAR(bounds.high, high, 1e-4) << times << " of " << runs;
  };
  near(10, 0, 0, 0.27754);
  near(10, 10, 0.72246, 1);
  near(10, 5, 0.23659, 0.76341);
  near(100, 1, 0.00177, 0.05449);
  near(0, 0, 0, 1);
}

}  // namespace
}  // namespace drydock::sim::search
