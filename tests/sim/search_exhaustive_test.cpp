#include "sim/search/exhaustive.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/search_plain.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {
namespace {

using namespace std::chrono_literals;
using Kind = Meaning::Kind;

// --- worlds --------------------------------------------------------------------------------------

/// Questions that exist only after certain answers, one site asked several times, bounds that differ.
void nested(ToyRun& run) {
  const auto x = run.ask("a", "x", 3, Kind::happens);
  run.tell(x);
  std::uint32_t sum = x;
  if (x == 1) {
    const auto y = run.ask("a", "y", 3, Kind::fault);
    sum += 10 * y;
    if (y == 2) sum += 100 * run.ask("b", "w", 4, Kind::request);
  }
  for (std::uint32_t i = 0; i < 2 + x; ++i) sum = 3 * sum + run.ask("a", "z", 2, Kind::fault);
  run.tell(sum);
  if (x == 0) run.tell(run.ask("c", "late", 3, Kind::delay));
  run.state(sum);
  if (sum % 7 == 3) run.breaks("seventh", std::to_string(sum % 5));
  run.order({1, 2});  // which an enumeration leaves alone
}

/// Calls at which a fault strikes once, or the next call too. Where no call comes after the one that was struck,
/// lasting makes no difference; a later request brings one.
void lasting(ToyRun& run) {
  bool lasts = false;
  std::optional<std::size_t> struck_once;
  for (std::uint32_t tick = 1; tick <= 4; ++tick) {
    const bool requested = run.ask("pm", "request", 2, Kind::request) != 0;
    const std::uint32_t calls = (tick == 2 ? 1 : 0) + (requested ? 1 : 0);
    for (std::uint32_t call = 0; call < calls; ++call) {
      struck_once.reset();
      if (std::exchange(lasts, false)) {
        run.tell(90 + tick);
        continue;
      }
      const auto fault = run.ask("cp", "stop.fault", 3, Kind::fault);
      lasts = fault == 2;
      if (fault == 1) struck_once = run.last();
      run.tell(mix(tick, fault == 0 ? 0 : 1));
      if (fault != 0 && tick == 3) run.breaks("strikes", "third");
    }
  }
  if (struck_once) run.is_alike(*struck_once);
}

/// A cut that nobody meets leaves no event; whoever comes later, because of another decision, meets it.
void silent_cut(ToyRun& run) {
  std::uint32_t cut_until = 0;
  for (std::uint32_t tick = 1; tick <= 5; ++tick) {
    if (run.ask("world", "cut", 2, Kind::fault) != 0) cut_until = tick + 2;
    if (run.ask("pm", "request", 2, Kind::request) == 0) continue;
    run.tell(tick);
    if (tick < cut_until) {
      run.tell(1000 + tick);
      run.breaks("no-cut", "met");
    }
  }
}

/// A decision that changes nothing at all, and others after it.
void inert(ToyRun& run) {
  run.ask("world", "void", 4, Kind::fault);
  for (std::uint32_t i = 0; i < 3; ++i) run.tell(run.ask("a", "x", 3, Kind::fault));
}

/// More first-level tapes than go in one batch, so that the work is cut into several.
void wide(ToyRun& run) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < 12; ++i) {
    const auto value = run.ask(i % 2 == 0 ? "a" : "b", "x", 4, Kind::fault);
    sum = 5 * sum + value;
    if (value == 3) sum += run.ask("c", "more", 3, Kind::request);
  }
  run.tell(sum);
  run.state(sum % 50);
  if (sum % 101 == 7) run.breaks("wide", std::to_string(sum % 3));
}

struct Case {
  const char* name;
  ToyWorld world;
  std::uint32_t deviations;
};
std::ostream& operator<<(std::ostream& out, const Case& each) { return out << each.name << each.deviations; }

std::vector<Case> cases() {
  return {{"nested", nested, 0},
          {"nested", nested, 1},
          {"nested", nested, 2},
          {"nested", nested, 3},
          {"nested", nested, 9},
          {"lasting", lasting, 1},
          {"lasting", lasting, 2},
          {"lasting", lasting, 3},
          {"silent_cut", silent_cut, 2},
          {"silent_cut", silent_cut, 3},
          {"inert", inert, 2},
          {"inert", inert, 3},
          {"wide", wide, 2}};
}

// --- against the plain enumerator ----------------------------------------------------------------

class Exhaustive : public testing::TestWithParam<Case> {};

TEST_P(Exhaustive, PlaysWhatThePlainEnumeratorPlays) {
  const Case& each = GetParam();
  ToyPlayer player(each.world);
  const PlainEnumeration plain = enumerate_plainly(player, each.deviations);
  Played played;
  Crew crew(recorded(players_of(each.world), played), 1);
  const Enumeration all = enumerate(crew, each.deviations, {});
  EXPECT_TRUE(all.complete);
  expect_covers(plain, played, all);
}

TEST_P(Exhaustive, IsTheSameOnTwoThreads) {
  const Case& each = GetParam();
  Crew one(players_of(each.world), 1);
  Crew two(players_of(each.world), 2);
  expect_same(enumerate(one, each.deviations, {}), enumerate(two, each.deviations, {}));
}

TEST_P(Exhaustive, ShardsTogetherAreTheWhole) {
  const Case& each = GetParam();
  Played whole;
  Crew crew(recorded(players_of(each.world), whole), 1);
  const Enumeration all = enumerate(crew, each.deviations, {});
  for (std::uint32_t shards = 2; shards <= 4; ++shards) {
    Shards sum;
    for (std::uint32_t shard = 1; shard <= shards; ++shard) {
      Played part;
      Crew own(recorded(players_of(each.world), part), 1);
      CampaignOptions options;
      options.shard = shard;
      options.shards = shards;
      sum.add(enumerate(own, each.deviations, options), part);
    }
    sum.expect_is(all, whole);
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, Exhaustive, testing::ValuesIn(cases()), [](const auto& info) {
  return std::string{info.param.name} + std::to_string(info.param.deviations);
});

// --- counts that are known -----------------------------------------------------------------------

TEST(ExhaustiveCounts, OfIndependentQuestionsAreBinomial) {
  // 12 questions of 2 answers: 1 + 12 + 66 + 220 tapes with at most three others than 0.
  const ToyWorld world = [](ToyRun& run) {
    for (int i = 0; i < 12; ++i) run.tell(run.ask("a", "x", 2, Kind::fault));
  };
  Crew crew(players_of(world), 2);
  const Enumeration all = enumerate(crew, 3, {});
  EXPECT_EQ(all.tally.runs, 299U);
  EXPECT_EQ(all.tally.hashes.size(), 299U);
  EXPECT_EQ(all.tally.pruned, 0U);
  ASSERT_EQ(all.sites.size(), 1U);
  EXPECT_EQ(all.sites.at("a/x").occurrences, 12U);
  EXPECT_EQ(all.sites.at("a/x").bound, 2U);
}

TEST(ExhaustiveCounts, SitesSayTheMostThatAnyRunAsked) {
  Crew crew(players_of(nested), 1);
  const Enumeration all = enumerate(crew, 3, {});
  EXPECT_EQ(all.sites.at("a/z").occurrences, 4U);
  EXPECT_EQ(all.sites.at("b/w").occurrences, 1U);
  EXPECT_EQ(all.sites.at("b/w").bound, 4U);
  EXPECT_FALSE(all.sites.contains("world/order"));
}

TEST(ExhaustiveCounts, AnAlikeAnswerIsLeftOutAtTheEndOfATapeOnly) {
  // The one call of the empty tape: with one decision its lasting is left out, with two it is extended.
  Crew crew(players_of(lasting), 1);
  EXPECT_EQ(enumerate(crew, 1, {}).tally.pruned, 1U);
  Played played;
  Crew two(recorded(players_of(lasting), played), 1);
  EXPECT_GT(enumerate(two, 2, {}).tally.pruned, 0U);
  EXPECT_TRUE(played.readings.contains(Decided{{{"cp/stop.fault", 1}, 2}}));
}

// --- cut off -------------------------------------------------------------------------------------

TEST(ExhaustiveCutOff, AtAnyMomentIsAPrefixAndSaysSo) {
  Played whole;
  Crew crew(recorded(players_of(wide), whole), 1);
  const Enumeration all = enumerate(crew, 2, {});
  ASSERT_TRUE(all.complete);
  std::set<std::uint64_t> lengths;
  for (int looks = 1; looks <= 8; ++looks) {
    Played part;
    Crew own(recorded(players_of(wide), part), 1);
    CampaignOptions options;
    int looked = 0;
    options.out_of_time = [&] { return ++looked >= looks; };
    const Enumeration some = enumerate(own, 2, options);
    lengths.insert(some.tally.runs);
    EXPECT_EQ(some.complete, some.tally.runs == all.tally.runs);
    EXPECT_FALSE(some.tally.interrupted);
    EXPECT_EQ(part.twice, 0U) << "after " << looks << " looks";
    for (const auto& [tape, reading] : part.readings) EXPECT_TRUE(whole.readings.contains(tape));
  }
  EXPECT_GT(lengths.size(), 2U);
}

TEST(ExhaustiveCutOff, ANumberOfRunsIsKeptExactly) {
  Crew whole(players_of(wide), 1);
  const Enumeration all = enumerate(whole, 2, {});
  for (const std::uint64_t runs :
       {std::uint64_t{1}, std::uint64_t{10}, all.tally.runs - 1, all.tally.runs, all.tally.runs + 1}) {
    Crew crew(players_of(wide), 2);
    CampaignOptions options;
    options.runs = runs;
    const Enumeration some = enumerate(crew, 2, options);
    EXPECT_EQ(some.tally.runs, std::min(runs, all.tally.runs));
    EXPECT_EQ(some.complete, runs >= all.tally.runs) << runs;
  }
}

TEST(ExhaustiveCutOff, AnInterruptionIsNoCompletion) {
  Crew crew(players_of(wide), 2);
  CampaignOptions options;
  options.interrupted = [] { return true; };
  const Enumeration some = enumerate(crew, 2, options);
  EXPECT_TRUE(some.tally.interrupted);
  EXPECT_FALSE(some.complete);
  EXPECT_GE(some.tally.runs, 1U);
}

TEST(ExhaustiveCutOff, UntilFirstEndsWithTheFirstInTheOrderOfTapes) {
  Crew whole(players_of(wide), 1);
  const Enumeration all = enumerate(whole, 2, {});
  ASSERT_GT(all.tally.found.size(), 1U);
  for (const unsigned jobs : {1U, 2U}) {
    Crew crew(players_of(wide), jobs);
    CampaignOptions options;
    options.until_first = true;
    const Enumeration first = enumerate(crew, 2, options);
    ASSERT_EQ(first.tally.found.size(), 1U);
    EXPECT_FALSE(first.complete);
    EXPECT_EQ(first.tally.found[0].broken, all.tally.found[0].broken);
    EXPECT_EQ(first.tally.found[0].first_run, all.tally.found[0].first_run);
    EXPECT_EQ(first.tally.runs, all.tally.found[0].first_run + 1);
  }
}

}  // namespace
}  // namespace drydock::sim::search
