#include "scenarios/explore/abstract_states.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "model/status.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "scenarios/metrics.hpp"
#include "sim/search/fills.hpp"
#include "tests/scenarios/explore_worlds.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

TEST(AbstractState, IsReadAsItWasWritten) {
  const AbstractState busy{.status = "online",
                           .has_url = true,
                           .instance = "shutting-down",
                           .live = 3,
                           .wished = "rest",
                           .operations = {"delete cleanup", "provision", "provision"}};
  EXPECT_EQ(busy.text(), "online url | shutting-down | live 3 | rest | delete cleanup, provision, provision");
  EXPECT_EQ(AbstractState::parse(busy.text()), busy);
  const AbstractState idle{.status = "none", .instance = "none", .wished = "nothing"};
  EXPECT_EQ(idle.text(), "none | none | live 0 | nothing");
  EXPECT_EQ(AbstractState::parse(idle.text()), idle);
  EXPECT_EQ(AbstractState::parse("garbage"), AbstractState{});
  EXPECT_EQ(AbstractState::parse(""), AbstractState{});
}

/// Names belong to their states, and steps lead from one state that was reached to another.
TEST(AbstractStatesOfRuns, HaveNamesAndSteps) {
  const Scenario scenario = test::scenario_of(open_scenario(kBusy, "pre-1556"));
  const sim::search::FillParameters parameters = fill_parameters_of(scenario);
  TapePlayer player(scenario, scenario.cases.at(0), parameters);
  std::map<std::uint64_t, std::string> names;
  std::map<std::string, std::uint64_t> states;
  std::map<std::uint64_t, sim::search::StateStep> steps;
  std::set<std::string> causes;
  std::set<std::string> work;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto fill = sim::search::swarm_fill(seed, parameters);
    const sim::search::Reading run = player.play({}, fill.get(), {.asked = false, .coverage = true});
    ASSERT_EQ(run.state_names.size(), run.states.size());
    ASSERT_EQ(run.steps.size(), run.transitions.size());
    for (std::size_t i = 0; i < run.states.size(); ++i) {
      EXPECT_EQ(names.try_emplace(run.states[i], run.state_names[i]).first->second, run.state_names[i]);
      EXPECT_EQ(states.try_emplace(run.state_names[i], run.states[i]).first->second, run.states[i]);
      const AbstractState state = AbstractState::parse(run.state_names[i]);
      EXPECT_EQ(state.text(), run.state_names[i]);
      EXPECT_TRUE(state.status == "none" || model::parse_status(state.status)) << state.status;
      work.insert(state.operations.begin(), state.operations.end());
    }
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
      const sim::search::StateStep& step = run.steps[i];
      EXPECT_EQ(steps.try_emplace(run.transitions[i], step).first->second, step) << "there and back are two steps";
      causes.insert(step.because);
      EXPECT_EQ(step.to == 0, step.because == "answer" && step.from == 0) << step.because;
      EXPECT_TRUE(step.to == 0 || names.contains(step.to));
      EXPECT_TRUE(step.from == 0 || names.contains(step.from));
    }
    EXPECT_EQ(run.measures.size(), search_measures().size());
  }
  EXPECT_TRUE(causes.contains("row") && causes.contains("instance") && causes.contains("stop"));
  EXPECT_TRUE(work.contains("restart cycle"));
}

TEST(SearchMeasures, AreMetrics) {
  std::set<std::string> names;
  for (const MetricInfo& metric : metric_table()) names.emplace(metric.name);
  for (const std::string_view name : search_measures()) EXPECT_TRUE(names.contains(std::string{name})) << name;
}

}  // namespace
}  // namespace drydock::scenarios
