// A stage's runs are those that anybody else plays, wherever they begin: within a run that another tape shares up to
// its first difference, or whole.

#include "scenarios/explore/stage.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/explore/tape_player.hpp"
#include "sim/hash.hpp"
#include "sim/memory.hpp"
#include "sim/search/exhaustive.hpp"
#include "sim/search/fills.hpp"
#include "tests/scenarios/explore_worlds.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;

class StageTest : public testing::Test {
 protected:
  using Decisions = std::vector<sim::Decision>;

  /// All that a run decided and did, and what was seen of it.
  static std::uint64_t all_of(const StagedRun& run) {
    std::uint64_t hash = run.world->trace_hash();
    for (const model::Violation& violation : run.world->observation().violations())
      hash = sim::mix(hash, sim::hash_text(violation.message));
    if (run.states == nullptr) return hash;
    for (const std::uint64_t transition : run.states->transitions()) hash = sim::mix(hash, transition);
    return hash;
  }

  /// A tape of a busy run.
  Decisions drawn(std::uint64_t seed) {
    const auto fill = search::random_fill(seed, parameters_);
    return whole_.play({}, fill.get(), false).world->choices().consumed();
  }

  /// Asks whether runs may share their beginning in this build.
  static bool shares() { return sim::kReusesMemory; }

  const Scenario scenario_ = test::scenario_of(open_scenario(kBusy, "pre-1556"));
  const CaseSpec& case_ = scenario_.cases.at(0);
  const search::FillParameters parameters_ = fill_parameters_of(scenario_);
  Stage whole_{scenario_, case_, {}};
};

TEST_F(StageTest, AShorterTapeSharesTheBeginning) {
  Stage stage(scenario_, case_, {.check_every = 7});
  std::uint64_t played = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Decisions all = drawn(seed);
    stage.begin_with(sim::Tape::of(all));
    for (std::size_t left_out = 0; left_out < all.size(); left_out += 1 + all.size() / 12) {
      Decisions rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
      const bool coverage = left_out % 2 == 0;
      const std::uint64_t shared = all_of(stage.play(sim::Tape::of(rest), nullptr, coverage));
      EXPECT_EQ(shared, all_of(whole_.play(sim::Tape::of(rest), nullptr, coverage))) << seed << " without " << left_out;
      ++played;
    }
    EXPECT_EQ(all_of(stage.play(sim::Tape::of(all), nullptr, false)),
              all_of(whole_.play(sim::Tape::of(all), nullptr, false)));
  }
  EXPECT_EQ(whole_.shared(), 0U);
  EXPECT_TRUE(!shares() || stage.shared() > played / 2) << stage.shared();
}

TEST_F(StageTest, ATapeThatSharesNothingIsPlayedWhole) {
  Stage stage(scenario_, case_, {});
  stage.begin_with(sim::Tape::of(drawn(1)));
  for (std::uint64_t seed = 2; seed <= 4; ++seed) {
    const Decisions other = drawn(seed);
    EXPECT_EQ(all_of(stage.play(sim::Tape::of(other), nullptr, true)),
              all_of(whole_.play(sim::Tape::of(other), nullptr, true)));
    sim::Tape seeded;
    seeded.set_seed(seed);
    EXPECT_EQ(all_of(stage.play(seeded, nullptr, false)), all_of(whole_.play(seeded, nullptr, false)));
    stage.begin_with(seeded);
    EXPECT_EQ(all_of(stage.play(sim::Tape::of(other), nullptr, true)),
              all_of(whole_.play(sim::Tape::of(other), nullptr, true)));
  }
}

TEST_F(StageTest, ATailIsDrawnBehindTheCut) {
  Stage stage(scenario_, case_, {.check_every = 5});
  const Decisions all = drawn(3);
  stage.begin_with(sim::Tape::of(all));
  const std::size_t questions = whole_.play(sim::Tape::of(all), nullptr, false).world->choices().asked().size();
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{1}, questions / 3, questions / 2, questions - 1, questions}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const auto tail = search::random_fill(seed, parameters_);
      const StagedRun run = stage.play_tail(cut, *tail);
      const std::uint64_t hash = all_of(run);
      const Decisions consumed = run.world->choices().consumed();
      std::vector<std::uint32_t> begun;
      for (std::size_t i = 0; i < cut; ++i) begun.push_back(run.world->choices().asked()[i].value);
      const StagedRun again = whole_.play(sim::Tape::of(consumed), nullptr, false);
      EXPECT_EQ(hash, all_of(again)) << "cut " << cut << ", seed " << seed;
      const StagedRun same = whole_.play(sim::Tape::of(all), nullptr, false);
      for (std::size_t i = 0; i < cut; ++i) EXPECT_EQ(begun[i], same.world->choices().asked()[i].value) << i;
    }
  }
}

TEST_F(StageTest, ARunThatIsStoppedLeavesTheStageUsable) {
  const Scenario day = test::scenario_of(open_scenario(kBusy, "pre-1556", "24h"));
  bool stop = true;
  Stage stage(day, day.cases.at(0), {.stop = [&stop] { return stop; }});
  Stage whole(day, day.cases.at(0), {});
  const Decisions one{{"cp/stop.fault", 1, 1}};
  EXPECT_TRUE(stage.play(sim::Tape::of(one), nullptr, false).stopped);
  stage.begin_with({});
  EXPECT_TRUE(stage.play(sim::Tape::of(one), nullptr, false).stopped);
  const auto tail = search::random_fill(1, parameters_);
  EXPECT_TRUE(stage.play_tail(100, *tail).stopped);
  stop = false;
  const StagedRun played = stage.play(sim::Tape::of(one), nullptr, false);
  EXPECT_FALSE(played.stopped);
  EXPECT_EQ(all_of(played), all_of(whole.play(sim::Tape::of(one), nullptr, false)));
}

TEST_F(StageTest, ABoundEndsASharedRunWhereItEndsTheWholeOne) {
  const Decisions all = drawn(3);
  const StagedRun free = whole_.play(sim::Tape::of(all), nullptr, false);
  const std::uint64_t steps = free.world->scheduler().steps();
  for (const std::uint64_t bound : {std::uint64_t{1}, steps / 4, steps / 2, steps - 1, steps + 1}) {
    const StageOptions options{.limits = {.steps = bound}, .check_every = 1};
    Stage stage(scenario_, case_, options);
    Stage whole(scenario_, case_, options);
    stage.begin_with(sim::Tape::of(all));
    for (std::size_t left_out = 0; left_out <= all.size(); ++left_out) {
      Decisions rest = all;
      if (left_out < rest.size()) rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
      const StagedRun shared = stage.play(sim::Tape::of(rest), nullptr, false);
      const StagedRun other = whole.play(sim::Tape::of(rest), nullptr, false);
      EXPECT_EQ(shared.cut_short, other.cut_short) << bound << " without " << left_out;
      EXPECT_EQ(all_of(shared), all_of(other)) << bound << " without " << left_out;
    }
    EXPECT_EQ(stage.play(sim::Tape::of(all), nullptr, false).cut_short, bound < steps) << bound;
  }
}

TEST_F(StageTest, AStatementThatARunNeedsFirstIsPreparedForAll) {
  Stage stage(scenario_, case_, {.check_every = 1});
  const std::uint64_t before = all_of(stage.play({}, nullptr, true));
  stage.begin_with({});
  EXPECT_EQ(all_of(stage.play({}, nullptr, true)), before);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {  // requests of all kinds, and faults
    const auto fill = search::random_fill(seed, parameters_);
    (void)stage.play({}, fill.get(), seed % 2 == 0);
    EXPECT_EQ(all_of(stage.play({}, nullptr, true)), before) << seed;
  }
}

TEST_F(StageTest, StagesOnManyThreadsDoNotMeet) {
  std::vector<std::uint64_t> alone;
  for (std::uint64_t seed = 1; seed <= 8; ++seed)
    alone.push_back(all_of(whole_.play(sim::Tape::of(drawn(seed)), nullptr, true)));
  std::vector<std::vector<std::uint64_t>> beside(4);
  std::vector<Decisions> tapes;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) tapes.push_back(drawn(seed));
  std::vector<std::thread> threads;
  threads.reserve(beside.size());
  for (auto& hashes : beside) {
    threads.emplace_back([&] {
      Stage stage(scenario_, case_, {});
      for (const Decisions& tape : tapes) {
        stage.begin_with(sim::Tape::of(tape));
        hashes.push_back(all_of(stage.play(sim::Tape::of(tape), nullptr, true)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& hashes : beside) EXPECT_EQ(hashes, alone);
}

TEST_F(StageTest, TailsOfEveryLawAreThoseOfTheirDecisions) {
  Stage stage(scenario_, case_, {});
  const Decisions all = drawn(5);
  stage.begin_with(sim::Tape::of(all));
  for (const auto& law : {&search::random_fill, &search::swarm_fill, &search::pct_fill}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const auto tail = law(seed, parameters_);
      const StagedRun run = stage.play_tail(40, *tail);
      const std::uint64_t hash = all_of(run);
      EXPECT_EQ(hash, all_of(whole_.play(sim::Tape::of(run.world->choices().consumed()), nullptr, false))) << seed;
    }
  }
}

/// Where SQLite was used before, it keeps the memory that it has.
TEST_F(StageTest, SharesNothingWhereSqliteIsSomebodyElses) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // another process, in which nobody has used SQLite
  const auto play = [] {
    sqlite3_initialize();
    const Scenario scenario = test::scenario_of(open_scenario(kBusy, "pre-1556"));
    Stage stage(scenario, scenario.cases.at(0), {});
    const std::uint64_t first = all_of(stage.play({}, nullptr, false));
    stage.begin_with({});
    const bool same = all_of(stage.play({}, nullptr, false)) == first;
    std::exit(same && stage.shared() == 0 ? 0 : 1);
  };
  EXPECT_EXIT(play(), testing::ExitedWithCode(0), "");
}

/// Plays as another player does, and never begins amid a run.
class Forgetful final : public search::Player {
 public:
  explicit Forgetful(search::Player& player) : player_(player) {}
  search::Reading play(const sim::Tape& tape, sim::Fill* fill, const search::ReadingOptions& wanted) override {
    return player_.play(tape, fill, wanted);
  }

 private:
  search::Player& player_;
};

TEST_F(StageTest, AnEnumerationIsTheSameWithAndWithoutSharedBeginnings) {
  const Scenario small = test::scenario_of(open_scenario(
      R"("faults": ["cp.stop:http-503", "process.platform:crash"], "max_faults": 1,
         "requests": ["POST /workspaces/{w}/restart"], "max_requests": 1, "every": "25s", "ranges": ["cloud.pending"])",
      "pre-1556"));
  const search::FillParameters parameters = fill_parameters_of(small);
  std::vector<std::unique_ptr<search::Player>> owned;
  search::Crew sharing([&] { return std::make_unique<TapePlayer>(small, small.cases.at(0), parameters); }, 1);
  search::Crew forgetful(
      [&] {
        owned.push_back(std::make_unique<TapePlayer>(small, small.cases.at(0), parameters));
        return std::make_unique<Forgetful>(*owned.back());
      },
      1);
  const search::Enumeration a = search::enumerate(sharing, 2, {});
  const search::Enumeration b = search::enumerate(forgetful, 2, {});
  EXPECT_TRUE(a.complete);
  EXPECT_EQ(a.tally.runs, b.tally.runs);
  EXPECT_EQ(a.hash, b.hash);
}

}  // namespace
}  // namespace drydock::scenarios
