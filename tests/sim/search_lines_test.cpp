#include "sim/search/lines.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/hash.hpp"
#include "tests/sim/search_plain.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {
namespace {

using namespace std::chrono_literals;
using Kind = Meaning::Kind;

/// Ten ticks of requests, faults and order, with promises that some runs break.
void ticking(ToyRun& run) {
  std::uint64_t state = 1;
  for (std::uint32_t tick = 1; tick <= 10; ++tick) {
    run.at(tick * 5s);
    const auto request = run.ask("pm", "request", 5, Kind::request, {60'000});
    const auto fault = request == 0 ? 0 : run.ask("cp", "stop.fault", 4, Kind::fault, {200'000});
    const auto first = run.order({1, 2, 3});
    state = mix(state, 100 * request + 10 * fault + first % 2);
    run.tell(state);
    run.state(mix(request, fault) % 97);
    if (request == 4 && fault == 3) run.breaks("rare", "in " + std::to_string(tick % 3));
    if (request == 2 && first == 2) run.breaks("common", "order");
  }
}

/// Seven questions of three answers, some of which are asked only after others.
void branching(ToyRun& run) {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < 7; ++i) sum = 3 * sum + run.ask("a", "z" + std::to_string(i % 3), 3, Kind::fault);
  if (sum % 5 == 1) sum += run.ask("b", "late", 4, Kind::request);
  run.tell(sum);
  run.state(sum % 31);
  if (sum % 7 == 3) run.breaks("seventh", std::to_string(sum % 4));
}

/// Keeps lines in memory. Every process has one; what is `kept` is what they share.
struct SharedLines {
  std::map<std::uint64_t, Line> kept;
  std::set<std::uint64_t> claimed;
};

class MemoryLedger final : public Ledger {
 public:
  explicit MemoryLedger(SharedLines& shared) : shared_(shared) {}

  void begin(std::uint64_t /*model*/) override {}
  std::optional<Line> claim(const LinePlan& plan) override {
    for (std::uint64_t number = plan.shard - 1; number < plan.lines(); number += plan.shards) {
      const auto known = shared_.kept.find(number);
      if (known != shared_.kept.end() && known->second.next >= plan.wanted(number)) continue;
      if (!shared_.claimed.insert(number).second) continue;
      if (known == shared_.kept.end() || known->second.next % plan.step != 0) return Line{.number = number};
      return known->second;
    }
    return std::nullopt;
  }
  void keep(const Line& line) override {
    if (shared_.kept.contains(line.number)) {
      EXPECT_GE(line.next, shared_.kept.at(line.number).next);
    }
    shared_.kept[line.number] = line;
  }
  void release(const Line& line) override { shared_.claimed.erase(line.number); }
  void read(const std::function<void(Line& line)>& each) override {
    for (const auto& [number, line] : shared_.kept) {
      Line copy = line;
      each(copy);
    }
  }

 private:
  SharedLines& shared_;
};

FillParameters ticking_parameters() {
  FillParameters parameters;
  parameters.horizon = 50s;
  parameters.orderings = 10;
  return parameters;
}

CampaignOptions drawn(Strategy strategy, std::uint64_t runs) {
  CampaignOptions options;
  options.strategy = strategy;
  options.seed = 7;
  options.runs = runs;
  options.sample = 3;
  return options;
}

/// Plays what is left, on its own thread, until it was asked so many times whether it is to end.
void play_some(const CampaignOptions& asked, SharedLines& shared, int looks) {
  Crew crew(players_of(ticking), 1);
  CampaignOptions options = asked;
  int looked = 0;
  options.out_of_time = [&] { return ++looked > looks; };
  MemoryLedger ledger(shared);
  EXPECT_FALSE(play_lines(crew, ticking_parameters(), options, nullptr, plan_of(options, {}), ledger).interrupted);
}

Kept kept_of(const CampaignOptions& options, SharedLines& shared) {
  MemoryLedger ledger(shared);
  return read_all(plan_of(options, {}), ledger, {});
}

class Lines : public testing::TestWithParam<Strategy> {};

TEST_P(Lines, ThatWereInterruptedAreTheRunsOfOnePiece) {
  const CampaignOptions options = drawn(GetParam(), 2500);
  SharedLines whole;
  play_some(options, whole, 1 << 30);
  SharedLines parts;
  int looks = 1;
  for (; kept_of(options, parts).missing != std::vector<Interval>{}; ++looks) {
    play_some(options, parts, 10 * looks);
    ASSERT_LT(looks, 1000);
  }
  EXPECT_GT(looks, 3) << "nothing was interrupted";
  const Kept a = kept_of(options, whole);
  const Kept b = kept_of(options, parts);
  EXPECT_EQ(a.all.tally.runs, 2500U);
  EXPECT_FALSE(a.all.tally.found.empty());
  EXPECT_FALSE(a.all.tally.witnesses.empty());
  expect_same(a.all.tally, b.all.tally);
}

TEST_P(Lines, AreTheRunsOfASearchThatIsNotKept) {
  const CampaignOptions options = drawn(GetParam(), 2500);
  SharedLines shared;
  play_some(options, shared, 1 << 30);
  Crew crew(players_of(ticking), 2);
  expect_same(campaign(crew, ticking_parameters(), options), kept_of(options, shared).all.tally);
}

TEST_P(Lines, OfShardsAreThoseOfTheWhole) {
  const CampaignOptions options = drawn(GetParam(), 9000);
  SharedLines whole;
  play_some(options, whole, 1 << 30);
  SharedLines shards;
  for (std::uint32_t shard = 1; shard <= 3; ++shard) {
    CampaignOptions part = options;
    part.shard = shard;
    part.shards = 3;
    play_some(part, shards, 1 << 30);
  }
  EXPECT_TRUE(kept_of(options, shards).missing.empty());
  expect_same(kept_of(options, whole).all.tally, kept_of(options, shards).all.tally);
}

/// More runs than were wanted at first: what was played stays what it was.
TEST_P(Lines, GoOnWhereMoreAreWanted) {
  SharedLines grown;
  play_some(drawn(GetParam(), 1500), grown, 1 << 30);
  play_some(drawn(GetParam(), 2600), grown, 1 << 30);
  SharedLines whole;
  play_some(drawn(GetParam(), 2600), whole, 1 << 30);
  const CampaignOptions options = drawn(GetParam(), 2600);
  expect_same(kept_of(options, whole).all.tally, kept_of(options, grown).all.tally);
}

INSTANTIATE_TEST_SUITE_P(OfAll, Lines,
                         testing::Values(Strategy::random, Strategy::pct, Strategy::swarm, Strategy::coverage,
                                         Strategy::mixed));

TEST(LinesOfCoverage, BeginAnewWhereOneEnds) {
  const CampaignOptions options = drawn(Strategy::coverage, 4100);
  SharedLines shared;
  play_some(options, shared, 1 << 30);
  ASSERT_EQ(shared.kept.size(), 2U);
  EXPECT_EQ(shared.kept.at(1).next, 4U);
  EXPECT_EQ(shared.kept.at(1).played.tally.runs, 4U);
}

TEST(LinesThatAreMissing, AreNamed) {
  const CampaignOptions options = drawn(Strategy::random, 5000);
  SharedLines shared;
  play_some(options, shared, 1 << 30);
  EXPECT_EQ(shared.kept.size(), 5U);
  shared.kept.erase(1);
  shared.kept.erase(2);
  shared.kept.at(4).next = 100;
  using Gaps = std::vector<Interval>;
  EXPECT_EQ(kept_of(options, shared).missing, (Gaps{{1024, 3072}, {4196, 5000}}));
  CampaignOptions endless = options;
  endless.runs.reset();
  EXPECT_EQ(kept_of(endless, shared).missing, (Gaps{{1024, 3072}})) << "nobody wants what is behind the last run";
}

TEST(LinesThatTell, DoSoOnceOfEachFinding) {
  CampaignOptions options = drawn(Strategy::swarm, 2500);
  std::vector<Broken> told;
  options.found = [&](const Found& found) { told.push_back(found.broken); };
  SharedLines shared;
  play_some(options, shared, 1 << 30);
  const std::set<Broken> once(told.begin(), told.end());
  EXPECT_EQ(once.size(), told.size());
  EXPECT_EQ(once.size(), kept_of(options, shared).all.tally.found.size());
}

TEST(LinesThatAreInterrupted, SaySo) {
  CampaignOptions options = drawn(Strategy::random, 100'000);
  int looked = 0;
  options.interrupted = [&] { return ++looked > 20; };
  SharedLines shared;
  MemoryLedger ledger(shared);
  Crew crew(players_of(ticking), 1);
  EXPECT_TRUE(play_lines(crew, ticking_parameters(), options, nullptr, plan_of(options, {}), ledger).interrupted);
  EXPECT_FALSE(kept_of(options, shared).all.tally.interrupted) << "what is kept knows nothing of it";
  EXPECT_TRUE(shared.claimed.empty());
}

/// A ledger may leave out the tapes of runs that were drawn: whoever played them has them, and their numbers make them.
TEST_P(Lines, NeedNoTapesOfRunsThatWereDrawn) {
  const CampaignOptions options = drawn(GetParam(), 300);
  SharedLines shared;
  MemoryLedger ledger(shared);
  Crew crew(players_of(ticking), 1);
  const PlayedLines played = play_lines(crew, ticking_parameters(), options, nullptr, plan_of(options, {}), ledger);
  const Witnesses whole = kept_of(options, shared).all.tally.witnesses;
  std::size_t left_out = 0;
  for (auto& [family, runs] : shared.kept.at(0).played.tally.witnesses) {
    for (Witness& witness : runs) {
      EXPECT_EQ(witness.drawn, strategy_of(GetParam(), witness.run) != Strategy::coverage);
      if (!witness.drawn) continue;
      const std::string words = in_words(*std::exchange(witness.tape, nullptr));
      const Strategy strategy = strategy_of(GetParam(), witness.run);
      const Reading again = play_drawn(crew.first(), strategy, options.seed, witness.run, ticking_parameters(), {});
      EXPECT_EQ(in_words(again.tape), words);
      EXPECT_EQ(again.verdict, witness.verdict);
      ++left_out;
    }
  }
  EXPECT_EQ(left_out == 0, GetParam() == Strategy::coverage);
  const Kept kept = read_all(plan_of(options, {}), ledger, played.witnesses);
  for (const auto& [family, runs] : whole) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const Witness& taken = kept.all.tally.witnesses.at(family).at(i);
      ASSERT_TRUE(taken.tape) << family;
      EXPECT_EQ(in_words(*taken.tape), in_words(*runs[i].tape));
    }
  }
}

// --- sections ------------------------------------------------------------------------------------

class SectionLines : public testing::TestWithParam<std::uint32_t> {};

TEST_P(SectionLines, AreTheEnumerationOfOnePiece) {
  Crew crew(players_of(branching), 2);
  const Enumeration whole = enumerate(crew, GetParam(), {.strategy = Strategy::exhaustive, .sample = 2});
  SharedLines shared;
  MemoryLedger ledger(shared);
  Kept kept;
  int starts = 0;
  do {
    CampaignOptions options;
    options.strategy = Strategy::exhaustive;
    options.sample = 2;
    int looked = 0;
    options.out_of_time = [&] { return ++looked > 6; };
    Sections sections(crew, GetParam(), options);
    if (sections.count() == 0) continue;  // it was over before it began
    const LinePlan plan = plan_of(options, sections.count());
    EXPECT_FALSE(play_lines(crew, {}, options, &sections, plan, ledger).interrupted);
    kept = read_all(plan, ledger, {});
    ASSERT_LT(++starts, 1000);
  } while (starts == 0 || !kept.missing.empty());
  kept.all.complete = true;
  expect_same(whole.tally, kept.all.tally);
  expect_same(whole, kept.all);
}

INSTANTIATE_TEST_SUITE_P(OfDeviations, SectionLines, testing::Values(0U, 1U, 2U, 3U));

TEST(SectionsOfShards, AddUp) {
  Crew crew(players_of(branching), 1);
  const Enumeration whole = enumerate(crew, 2, {});
  std::uint64_t hash = 0;
  for (std::uint32_t shard = 1; shard <= 3; ++shard) {
    CampaignOptions options;
    options.shard = shard;
    options.shards = 3;
    hash += enumerate(crew, 2, options).hash;
  }
  EXPECT_EQ(hash, whole.hash) << "certificates of shards are added up";
}

}  // namespace
}  // namespace drydock::sim::search
