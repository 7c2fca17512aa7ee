// What an `explore` section adds to a world, and that a tape says it again.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/explore/tape_player.hpp"
#include "scenarios/run.hpp"
#include "sim/search/fills.hpp"
#include "tests/scenarios/explore_worlds.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;
namespace search = sim::search;

constexpr const char* kRequests = R"("requests": ["PUT /workspaces/{w}/secrets", "POST /workspaces/{w}/restart"])";
constexpr const char* kEverything =
    R"("faults": "*", "max_faults": 4, "max_requests": 6, "requests": [
       "PUT /workspaces/{w}/secrets", "POST /workspaces/{w}/restart", "POST /workspaces/{w}/pause",
       "POST /workspaces/{w}/resume", "POST /workspaces/{w}/hibernate?force=true",
       "DELETE /workspaces/{w}?confirm=true", "PUT /workspaces/{w}/model", "PUT /secrets/{key}",
       "POST /workspaces", "POST /workspaces/{w}/a2a"])";

search::FillParameters busy_parameters(const Scenario& scenario) {
  search::FillParameters parameters;
  parameters.horizon = scenario.horizon;
  parameters.orderings = 50;
  return parameters;
}

Outcome play(const Scenario& scenario, const sim::Tape& tape = {}, sim::Fill* fill = nullptr) {
  Workbench workbench;
  RunOptions options;
  options.fill = fill;
  return run(scenario, scenario.cases.at(0), tape, options, workbench);
}

// --- the section ---------------------------------------------------------------------------------

std::map<std::string, std::vector<std::string>> requests_of(const Scenario& scenario) {
  std::map<std::string, std::vector<std::string>> all;
  for (const SearchedRequests& each : scenario.explore->open) {
    for (const RequestSpec& request : each.requests)
      all[each.actor].push_back(request.text + " by " + request.as + (request.body ? " " + request.body->dump() : ""));
  }
  return all;
}

TEST(OpenWorld, EveryWorkspaceIsMeantAndBodiesAreGiven) {
  const Scenario scenario = test::scenario_of(open_scenario(
      R"("faults": ["cp.stop:reset", "cp.start:reset"], "requests": ["PUT /workspaces/{w}/secrets",
         "POST /workspaces/pm/restart", "PUT /secrets/{key}", "POST /workspaces",
         "POST /workspaces/{w}/restart?force_terminate=true&accept_state_loss=true",
         "PUT /workspaces/{w}/model"])"));
  const auto requests = requests_of(scenario);
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests.at("dev").size(), 3U);
  ASSERT_EQ(requests.at("pm").size(), 4U);
  EXPECT_EQ(requests.at("world").size(), 2U);
  EXPECT_NE(requests.at("dev")[0].find("PUT /workspaces/dev/secrets"), std::string::npos);
  EXPECT_NE(requests.at("dev")[0].find(R"("key":"SEARCHED")"), std::string::npos);
  EXPECT_NE(requests.at("dev")[1].find(" by ops"), std::string::npos);
  EXPECT_EQ(requests.at("dev")[0].find(" by ops"), std::string::npos);
  EXPECT_NE(requests.at("dev")[2].find(R"("model":)"), std::string::npos);
  EXPECT_NE(requests.at("pm")[1].find("POST /workspaces/pm/restart"), std::string::npos);
  EXPECT_NE(requests.at("world")[1].find(R"("name":)"), std::string::npos);
  // Families of requests follow those of faults: one for each line.
  std::map<std::string, std::vector<std::uint32_t>> families;
  for (const SearchedRequests& each : scenario.explore->open) {
    families[each.actor] = each.families;
  }
  EXPECT_EQ(families.at("dev"), (std::vector<std::uint32_t>{2, 6, 7}));
  EXPECT_EQ(families.at("pm"), (std::vector<std::uint32_t>{2, 3, 6, 7}));
  EXPECT_EQ(families.at("world"), (std::vector<std::uint32_t>{4, 5}));
}

TEST(OpenWorld, WithAnEmptyTapeIsTheClosedOne) {
  const Outcome open = play(test::scenario_of(open_scenario(kEverything)));
  const Outcome closed = play(test::scenario_of(open_scenario("")));
  EXPECT_EQ(open.events, closed.events);
  EXPECT_TRUE(open.tape.empty());
  EXPECT_GT(open.decisions, closed.decisions);
}

// --- requests ------------------------------------------------------------------------------------

TEST(OpenWorld, TheOccurrenceOfARequestIsItsTick) {
  const Scenario scenario = test::scenario_of(open_scenario(kRequests));
  sim::Tape tape;
  tape.set("pm/request", 3, 2);
  tape.set("dev/request", 5, 1);
  const Outcome outcome = play(scenario, tape);
  ASSERT_EQ(outcome.tape.size(), 2U);
  EXPECT_TRUE(outcome.misaligned.empty());
  EXPECT_EQ(outcome.tape[0].site, "dev/request");
  EXPECT_EQ(outcome.tape[0].at, sim::kTimeZero + 25s);
  EXPECT_EQ(outcome.tape[0].means, "PUT /workspaces/dev/secrets");
  EXPECT_EQ(outcome.tape[1].at, sim::kTimeZero + 15s);
  EXPECT_EQ(outcome.tape[1].means, "POST /workspaces/pm/restart");
  ASSERT_EQ(outcome.responses.size(), 2U);
  EXPECT_EQ(outcome.responses[0].id, "searched-1");
  EXPECT_EQ(outcome.responses[0].request, "POST /workspaces/pm/restart");
  EXPECT_EQ(outcome.responses[0].status, 200);
  EXPECT_EQ(outcome.responses[1].request, "PUT /workspaces/dev/secrets");
  EXPECT_EQ(outcome.responses[1].status, 200);
}

TEST(OpenWorld, TicksAreAsOftenAsIsSaidAndEndBeforeTheHorizon) {
  const Scenario scenario = test::scenario_of(open_scenario(std::string{R"("every": "20s", )"} + kRequests));
  sim::Tape tape;
  tape.set("pm/request", 2, 2);
  tape.set("pm/request", 3, 2);
  const Outcome outcome = play(scenario, tape);
  ASSERT_EQ(outcome.tape.size(), 1U);
  EXPECT_EQ(outcome.tape[0].at, sim::kTimeZero + 40s);
  EXPECT_EQ(outcome.misaligned.size(), 1U) << "at the horizon nothing is asked";
}

TEST(OpenWorld, NoMoreThanMaxRequests) {
  for (const int most : {0, 1, 3}) {
    const Scenario scenario =
        test::scenario_of(open_scenario(R"("max_requests": )" + std::to_string(most) + ", " + kRequests));
    sim::Tape tape;
    for (std::uint32_t tick = 1; tick <= 6; ++tick) {
      tape.set("pm/request", tick, 1);
      tape.set("dev/request", tick, 1);
    }
    const Outcome outcome = play(scenario, tape);
    EXPECT_EQ(outcome.responses.size(), static_cast<std::size_t>(most));
    EXPECT_EQ(outcome.tape.size(), static_cast<std::size_t>(most));
  }
}

TEST(OpenWorld, ARequestComesRightAfterAnEffectWhereThatIsSaid) {
  const std::string after_effects = std::string{R"("arrivals": "effects", )"} + kRequests;
  const Scenario scenario = test::scenario_of(open_scenario(after_effects));
  sim::Tape tape;
  tape.set("world/arrival", 7, 2);
  const Outcome outcome = play(scenario, tape);
  ASSERT_EQ(outcome.tape.size(), 1U);
  EXPECT_EQ(outcome.tape[0].means, scenario.explore->any.requests[1].text);
  EXPECT_NE(outcome.tape[0].at.time_since_epoch() % 5s, 0us) << "an effect is no tick";
  ASSERT_EQ(outcome.responses.size(), 1U);
  EXPECT_EQ(outcome.responses[0].status, 200);
  // It counts among the requests of a run, and ticks alone leave it out.
  const Outcome of_ticks = play(test::scenario_of(open_scenario(kRequests)), tape);
  EXPECT_TRUE(of_ticks.responses.empty());
  EXPECT_EQ(of_ticks.misaligned.size(), 1U);
}

TEST(OpenWorld, TheClientOfARequestHangsUpWhereThatIsSaid) {
  const std::string sometimes = std::string{R"("hang_up": "sometimes", )"} + kRequests;
  const Scenario scenario = test::scenario_of(open_scenario(sometimes));
  sim::Tape tape;
  tape.set("pm/request", 3, 2);
  EXPECT_EQ(play(scenario, tape).responses.at(0).status, 200);
  tape.set("pm/request.hang_up", 1, 1);
  const Outcome soon = play(scenario, tape);
  EXPECT_EQ(soon.responses.at(0).status, 0);
  EXPECT_EQ(soon.responses.at(0).at, sim::kTimeZero + 15s + 2500us);
  tape.set("pm/request.patience", 1, 3);
  EXPECT_EQ(play(scenario, tape).responses.at(0).status, 200);
}

// --- tapes ---------------------------------------------------------------------------------------

std::unique_ptr<sim::Fill> fill_of(std::uint64_t seed, const search::FillParameters& parameters) {
  if (seed % 3 == 0) return search::random_fill(seed, parameters);
  return seed % 3 == 1 ? search::swarm_fill(seed, parameters) : search::pct_fill(seed, parameters);
}

TEST(OpenWorld, WhatAFillDecidedIsReplayedByItsTape) {
  const Scenario scenario = test::scenario_of(open_scenario(kEverything));
  const search::FillParameters parameters = busy_parameters(scenario);
  TapePlayer player(scenario, scenario.cases.at(0), parameters);
  Workbench workbench;
  RunOptions quiet;
  quiet.keep_record = false;
  std::size_t faults = 0;
  std::size_t requests = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto fill = fill_of(seed, parameters);
    const search::Reading filled = player.play({}, fill.get(), {.asked = false, .coverage = true});
    ASSERT_FALSE(filled.cut_short);
    const sim::Tape tape = search::tape_of(filled.tape);
    const search::Reading replayed = player.play(tape, nullptr, {.asked = false, .coverage = true});
    ASSERT_EQ(replayed.hash, filled.hash) << "seed " << seed;
    ASSERT_EQ(replayed.verdict, filled.verdict);
    ASSERT_EQ(replayed.broken, filled.broken);
    ASSERT_EQ(replayed.states, filled.states);
    ASSERT_EQ(replayed.transitions, filled.transitions);
    ASSERT_EQ(replayed.tape.size(), filled.tape.size());
    RunOptions again = quiet;
    const auto same = fill_of(seed, parameters);
    again.fill = same.get();
    const Outcome run_filled = run(scenario, scenario.cases.at(0), {}, again, workbench);
    const Outcome run_replayed = run(scenario, scenario.cases.at(0), tape, quiet, workbench);
    ASSERT_EQ(run_filled.trace_hash, run_replayed.trace_hash) << "seed " << seed;
    ASSERT_EQ(run_filled.decisions, run_replayed.decisions);
    ASSERT_TRUE(run_replayed.misaligned.empty());
    for (const search::SearchDecision& met : filled.tape) {
      faults += met.kind == sim::Meaning::Kind::fault ? 1 : 0;
      requests += met.kind == sim::Meaning::Kind::request ? 1 : 0;
      const bool added = met.kind == sim::Meaning::Kind::fault || met.kind == sim::Meaning::Kind::request;
      ASSERT_EQ(met.family != UINT32_MAX, added);
    }
  }
  EXPECT_GT(faults, 100U);
  EXPECT_GT(requests, 100U);
}

TEST(OpenWorld, ASeedOfARunFillsNothingThatIsForASearch) {
  const Scenario scenario = test::scenario_of(open_scenario(kEverything));
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    sim::Tape tape;
    tape.set_seed(seed);
    const Outcome outcome = play(scenario, tape);
    EXPECT_FALSE(outcome.tape.empty());
    for (const ShownDecision& each : outcome.tape) {
      EXPECT_FALSE(each.site.ends_with("/request")) << each.site;
      EXPECT_FALSE(each.site.ends_with(".fault")) << each.site;
    }
    EXPECT_TRUE(outcome.responses.empty());
    EXPECT_EQ(outcome.counts.contains("fault.injected"), false);
  }
}

TEST(TapePlayer, ListsWhatAnEnumerationCountsThroughAndEverythingWhereWanted) {
  const Scenario scenario = test::scenario_of(
      open_scenario(R"("ranges": ["cloud.pending"], "faults": ["cp.stop:reset"], )" + std::string{kRequests}));
  search::FillParameters parameters = busy_parameters(scenario);
  parameters.delays = points_of_range("cloud.pending");
  EXPECT_EQ(parameters.delays, (std::vector<std::string>{"ec2.run.pending", "ec2.start.pending"}));
  TapePlayer player(scenario, scenario.cases.at(0), parameters);
  sim::Tape tape;
  tape.set("pm/request", 1, 2);
  std::map<std::string, int> sites;
  for (const search::SearchDecision& met : player.play(tape, nullptr, {.asked = true}).asked)
    ++sites[met.decision.site];
  EXPECT_EQ(sites.at("pm/request"), 11);
  EXPECT_EQ(sites.at("dev/request"), 11);
  EXPECT_TRUE(sites.contains("cp/stop.fault"));
  EXPECT_TRUE(sites.contains("pm/ec2.run.pending") || sites.contains("pm/ec2.start.pending"));
  EXPECT_FALSE(sites.contains("world/order"));
  std::map<std::string, int> every;
  for (const search::SearchDecision& met :
       player.play(tape, nullptr, {.asked = true, .coverage = false, .every = true}).asked)
    ++every[met.decision.site];
  EXPECT_TRUE(every.contains("world/order"));
  EXPECT_GT(every.size(), sites.size() + 1) << "delays of other ranges too";
}

}  // namespace
}  // namespace drydock::scenarios
