#include "sim/search/campaign.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/sim/search_plain.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {
namespace {

using namespace std::chrono_literals;
using Kind = Meaning::Kind;

/// Twenty ticks of requests, faults, delays and order, with promises that some of them break.
void busy(ToyRun& run) {
  std::uint64_t state = 1;
  for (std::uint32_t tick = 1; tick <= 20; ++tick) {
    run.at(tick * 5s);
    const auto request = run.ask("pm", "request", 5, Kind::request, {60'000});
    const auto fault = request == 0 ? 0 : run.ask("cp", "stop.fault", 4, Kind::fault, {200'000});
    const auto delay = run.ask("pm", "boot", 9, Kind::delay);
    const auto first = run.order({1, 2, 3});
    state = mix(state, 1000 * request + 100 * fault + (delay > 6 ? 10 : 0) + first % 2);
    run.tell(state);
    run.state(mix(request, fault) % 97);
    if (request == 4 && fault == 3) run.breaks("rare", "in " + std::to_string(tick % 3));
    if (request == 2 && first == 2) run.breaks("common", "order");
  }
}

FillParameters parameters() {
  FillParameters parameters;
  parameters.horizon = 100s;
  parameters.orderings = 20;
  return parameters;
}

/// What a run came to, by its hash: two campaigns with the same hashes played the same runs.
struct Log {
  std::mutex mutex;
  std::multiset<std::uint64_t> hashes;
};
class LoggedPlayer final : public Player {
 public:
  explicit LoggedPlayer(Log& log) : inner_(busy), log_(log) {}
  Reading play(const Tape& tape, Fill* fill, const ReadingOptions& wanted) override {
    Reading reading = inner_.play(tape, fill, wanted);
    const std::lock_guard lock(log_.mutex);
    log_.hashes.insert(reading.hash);
    return reading;
  }

 private:
  ToyPlayer inner_;
  Log& log_;
};

Tally play(const CampaignOptions& options, unsigned jobs = 1, Log* log = nullptr) {
  Log own;
  Crew crew([&] { return std::make_unique<LoggedPlayer>(log != nullptr ? *log : own); }, jobs);
  return campaign(crew, parameters(), options);
}

CampaignOptions options_of(Strategy strategy, std::uint64_t runs, std::uint64_t seed = 1) {
  CampaignOptions options;
  options.strategy = strategy;
  options.runs = runs;
  options.seed = seed;
  return options;
}

constexpr std::array kStrategies{Strategy::random, Strategy::pct, Strategy::swarm, Strategy::coverage, Strategy::mixed};

class Campaigns : public testing::TestWithParam<Strategy> {};

TEST_P(Campaigns, DoNotDependOnThreads) {
  const CampaignOptions options = options_of(GetParam(), 500);
  const Tally one = play(options, 1);
  EXPECT_EQ(one.runs, 500U);
  EXPECT_GT(one.found.size(), 0U);
  expect_same(one, play(options, 2));
  expect_same(one, play(options, 4));
}

TEST_P(Campaigns, EndedByTimeAreAPrefixOfTheSameRuns) {
  for (const int looks : {1, 2, 5}) {
    for (const unsigned jobs : {1U, 3U}) {
      CampaignOptions options = options_of(GetParam(), 100'000);
      int looked = 0;
      options.out_of_time = [&] { return ++looked >= looks; };
      const Tally some = play(options, jobs);
      EXPECT_FALSE(some.interrupted);
      ASSERT_LT(some.runs, 100'000U);
      ASSERT_GT(some.runs, 0U);
      expect_same(some, play(options_of(GetParam(), some.runs)));
    }
  }
}

TEST_P(Campaigns, UntilFirstEndsAtTheLowestNumberedRun) {
  const Tally whole = play(options_of(GetParam(), 500));
  ASSERT_GT(whole.found.size(), 1U);
  for (const unsigned jobs : {1U, 4U}) {
    CampaignOptions options = options_of(GetParam(), 500);
    options.until_first = true;
    const Tally first = play(options, jobs);
    ASSERT_GE(first.found.size(), 1U);
    EXPECT_EQ(first.runs, first.found[0].first_run + 1);
    EXPECT_EQ(first.found[0].broken, whole.found[0].broken);
    EXPECT_EQ(first.found[0].first_run, whole.found[0].first_run);
    for (const Found& found : first.found) EXPECT_EQ(found.first_run, first.found[0].first_run);
  }
}

TEST_P(Campaigns, OfAnotherSeedAreOthers) {
  const Tally one = play(options_of(GetParam(), 256, 1));
  const Tally two = play(options_of(GetParam(), 256, 2));
  std::vector<std::uint64_t> both;
  std::set_intersection(one.hashes.begin(), one.hashes.end(), two.hashes.begin(), two.hashes.end(),
                        std::back_inserter(both));
  EXPECT_LT(both.size(), 64U);
}

TEST_P(Campaigns, FoundTapesBreakWhatTheyAreFoundFor) {
  const Tally tally = play(options_of(GetParam(), 500));
  ASSERT_GT(tally.found.size(), 1U);
  ToyPlayer player(busy);
  for (const Found& found : tally.found) {
    EXPECT_FALSE(found.tape.empty()) << "nothing breaks by itself";
    EXPECT_TRUE(breaks(player.play(tape_of(found.tape), nullptr, {}), found.broken));
  }
}

INSTANTIATE_TEST_SUITE_P(OfAll, Campaigns, testing::ValuesIn(kStrategies));

class Sharded : public testing::TestWithParam<Strategy> {};

TEST_P(Sharded, CampaignsTogetherAreTheRunsOfOne) {
  Log whole;
  const Tally all = play(options_of(GetParam(), 301), 1, &whole);
  ASSERT_FALSE(all.found.empty());
  for (std::uint32_t shards = 2; shards <= 3; ++shards) {
    Log parts;
    std::uint64_t runs = 0;
    std::uint64_t times = 0;
    std::uint64_t first_run = UINT64_MAX;
    for (std::uint32_t shard = 1; shard <= shards; ++shard) {
      CampaignOptions options = options_of(GetParam(), 301);
      options.shard = shard;
      options.shards = shards;
      const Tally part = play(options, 2, &parts);
      runs += part.runs;
      for (const Found& found : part.found) {
        EXPECT_EQ(found.first_run % shards, shard - 1);
        if (found.broken != all.found[0].broken) continue;
        first_run = std::min(first_run, found.first_run);
        times += found.times;
      }
    }
    EXPECT_EQ(runs, all.runs);
    EXPECT_EQ(parts.hashes, whole.hashes);
    EXPECT_EQ(first_run, all.found[0].first_run);
    EXPECT_EQ(times, all.found[0].times);
  }
}

INSTANTIATE_TEST_SUITE_P(OfThose, Sharded, testing::Values(Strategy::random, Strategy::pct, Strategy::swarm));

TEST(CampaignShards, OfCoverageShareTheNumbersAmongThem) {
  std::uint64_t runs = 0;
  for (std::uint32_t shard = 1; shard <= 5; ++shard) {
    CampaignOptions options = options_of(Strategy::mixed, 3);
    options.shard = shard;
    options.shards = 5;
    const Tally part = play(options);
    EXPECT_EQ(part.runs, shard <= 3 ? 1U : 0U);
    runs += part.runs;
  }
  EXPECT_EQ(runs, 3U);
}

TEST(Campaign, InterruptedSaysWhatIsKnown) {
  CampaignOptions options = options_of(Strategy::swarm, 100'000);
  std::uint64_t watched = 0;
  options.watch = [&](const CampaignProgress& progress) { watched = progress.runs; };
  options.interrupted = [&] { return watched >= 200; };
  const Tally some = play(options, 2);
  EXPECT_TRUE(some.interrupted);
  EXPECT_GE(some.runs, 200U);
  EXPECT_LT(some.runs, 100'000U);
  EXPECT_EQ(watched, some.runs);
  EXPECT_GT(some.found.size(), 0U);
  expect_same(some, play(options_of(Strategy::swarm, some.runs)));
}

TEST(Campaign, CountsIndependentRunsWithoutThoseOfCoverage) {
  const Tally mixed = play(options_of(Strategy::mixed, 80));
  EXPECT_EQ(mixed.independent_runs, 50U);
  EXPECT_EQ(play(options_of(Strategy::coverage, 80)).independent_runs, 0U);
  EXPECT_EQ(play(options_of(Strategy::pct, 80)).independent_runs, 80U);
}

TEST(Campaign, CountsARunOncePerPromise) {
  Tally two;
  Reading reading;
  reading.broken = {{"rare", "a"}, {"rare", "b"}};
  count(two, reading, {7, 0.5, true}, {});
  count(two, reading, {9, 0.6, false}, {});
  EXPECT_EQ(two.broken_runs.at("rare"), 1U);
  ASSERT_EQ(two.found.size(), 2U);
  EXPECT_EQ(two.found[1].first_run, 7U);
  EXPECT_EQ(two.found[1].times, 2U);
  EXPECT_EQ(two.independent_runs, 1U);
}

TEST(Campaign, FindsOnlyWhatBreaksTheNamedPromise) {
  Tally one;
  Reading reading;
  reading.broken = {{"rare", "a"}, {"other", "b"}};
  count(one, reading, {7, 0.5, true}, {.promise = "other"});
  ASSERT_EQ(one.found.size(), 1U);
  EXPECT_EQ(one.found[0].broken.promise, "other");
  EXPECT_EQ(one.broken_runs.size(), 2U);
}

TEST(Campaign, CountsWhatIsKnownAsNoFinding) {
  const Sought sought{.known = {{"rare", "a"}}};
  Tally tally;
  Reading reading;
  reading.broken = {{"rare", "a"}};
  count(tally, reading, {1, 0, true}, sought);
  EXPECT_TRUE(tally.found.empty());
  EXPECT_EQ(tally.known_runs, 1U);
  reading.broken = {{"rare", "a"}, {"rare", "b"}};
  count(tally, reading, {2, 0, true}, sought);
  ASSERT_EQ(tally.found.size(), 1U);
  EXPECT_EQ(tally.found[0].broken.signature, "b");
  EXPECT_EQ(tally.known_runs, 1U);
  reading.broken.clear();
  count(tally, reading, {3, 0, true}, sought);
  EXPECT_EQ(tally.known_runs, 1U);
  EXPECT_EQ(tally.broken_runs.at("rare"), 2U) << "they broke it all the same";
}

TEST(Campaign, CountsUsesPerRunAndKeepsWitnesses) {
  Tally tally;
  for (std::uint64_t run = 0; run < 6; ++run) {
    Reading reading;
    reading.uses = {{.family = 3, .fired = 2, .noticed = run % 2},
                    {.family = 3, .fired = 1, .noticed = 0},
                    {.family = 5, .fired = 0, .noticed = 0}};
    count(tally, reading, {run, 0, true}, {});
  }
  EXPECT_EQ(tally.uses.at(3).fired, 18U);
  EXPECT_EQ(tally.uses.at(3).noticed, 3U);
  EXPECT_EQ(tally.use_runs.at(3), 6U);
  EXPECT_FALSE(tally.use_runs.contains(5));
  EXPECT_EQ(tally.witnesses.at(3).size(), 3U);
}

// --- the crew ------------------------------------------------------------------------------------

TEST(Crew, DoesEachJobOnce) {
  for (const unsigned threads : {0U, 1U, 3U}) {
    Crew crew(players_of(busy), threads);
    std::vector<std::atomic<int>> done(100);
    EXPECT_EQ(crew.work(100, [&](Player&, std::uint64_t index) { ++done[index]; }, {}), 100U);
    for (const auto& times : done) EXPECT_EQ(times.load(), 1);
  }
}

TEST(Crew, RethrowsTheFailureOfTheLowestJobNotOfTheFirstToFail) {
  Crew crew(players_of(busy), 2);
  std::atomic<bool> failed = false;
  const auto fail = [&](Player&, std::uint64_t index) {
    while (index == 10 && !failed) std::this_thread::yield();
    if (index < 10) return;
    failed = index == 11;
    throw std::runtime_error(std::to_string(index));
  };
  try {
    crew.work(100, fail, {});
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "10");
  }
}

TEST(Crew, StoppedHasDoneAPrefix) {
  Crew crew(players_of(busy), 2);
  std::vector<std::atomic<int>> done(1'000'000);
  const std::uint64_t begun = crew.work(
      done.size(),
      [&](Player& player, std::uint64_t index) {
        player.play({}, nullptr, {});
        ++done[index];
      },
      [] { return true; });
  ASSERT_LT(begun, done.size());
  for (std::size_t i = 0; i < done.size(); ++i) ASSERT_EQ(done[i].load(), i < begun ? 1 : 0);
}

}  // namespace
}  // namespace drydock::sim::search
