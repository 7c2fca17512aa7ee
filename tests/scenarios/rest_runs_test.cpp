// A run that ends once its world rests says what the whole run says: the same violations with their moments and causes,
// answers, decisions, metrics and final rows. Played are the catalogue under its own cases and under every preset, with
// seeds, and the open world as two searches fill its tapes.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/bench.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/run.hpp"
#include "sim/search/fills.hpp"
#include "tests/support/play.hpp"
#include "tests/support/sanitized.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;

/// Without optimisation and under a sanitizer less of the same is played.
#if defined(__OPTIMIZE__)
constexpr bool kPlaysMuch = !test::kSanitized;
#else
constexpr bool kPlaysMuch = false;
#endif

/// One run: a case of a scenario, and the seed that fills its tape.
struct RestingRun {
  const Scenario* scenario = nullptr;
  CaseSpec played;
  std::optional<std::uint64_t> seed;
};

using Filler = std::function<std::unique_ptr<sim::Fill>()>;

Outcome calm_played(const RestingRun& one, const Filler& filler, bool full_calm, Workbench& workbench) {
  const std::unique_ptr<sim::Fill> fill = filler ? filler() : nullptr;
  RunOptions options;
  options.keep_record = false;
  options.full_calm = full_calm;
  options.fill = fill.get();
  sim::Tape tape;
  if (one.seed) tape.set_seed(*one.seed);
  return run(*one.scenario, one.played, tape, options, workbench);
}

using Lines = std::vector<std::string>;

void add_violations(const Outcome& outcome, Lines& lines) {
  for (const ShownViolation& violation : outcome.violations) {
    std::string line = fmt::format("violation of {} at {} by event {} of {} {}: {}; {}; causes", violation.invariant,
                                   sim::format_duration(violation.at - sim::kTimeZero), violation.event,
                                   violation.workspace, violation.instance, violation.message, violation.signature);
    for (const auto& event : violation.causes) line += fmt::format(" {}", event.seq);
    for (const auto& chain : violation.other_causes) {
      for (const auto& event : chain) line += fmt::format(" | {}", event.seq);
    }
    lines.push_back(line);
  }
}

/// What heartbeats go on to write in a world at rest.
const std::set<std::string>& beaten_columns() {
  static const std::set<std::string> columns{"last_activity_at", "last_heartbeat_at", "updated_at", "uptime_seconds"};
  return columns;
}

void add_rows(const Outcome& outcome, const std::set<std::string>& beaten, Lines& lines) {
  for (const FinalWorkspace& row : outcome.final) {
    std::string line = fmt::format("row of {}, instance {}:", row.workspace, row.instance_state);
    for (const auto& [name, value] : row.columns) {
      if (beaten.contains(row.workspace) && beaten_columns().contains(name)) continue;
      line += fmt::format(" {}={}", name, value.dump());
    }
    lines.push_back(line);
  }
}

void add_metrics(const Outcome& outcome, Lines& lines) {
  for (const std::string& name : metric_names()) {
    if (counts_on_at_rest(name)) continue;
    lines.push_back(fmt::format("{} = {}", name, metric_of(outcome, name).value_or(-1)));
  }
}

/// Everything that a run says and that does not grow with the calm, in lines.
Lines lines_of(const Outcome& outcome, const std::set<std::string>& beaten) {
  Lines lines{fmt::format("{}, {}, exercised {}, {} decisions, stopped by '{}'",
                          sim::format_duration(outcome.virtual_length), outcome.passed ? "passed" : "failed",
                          outcome.exercised, outcome.decisions, outcome.stopped_by)};
  add_violations(outcome, lines);
  for (const auto& response : outcome.responses) {
    lines.push_back(fmt::format("answer to {} at {}: {} {}", response.request,
                                sim::format_duration(response.at - sim::kTimeZero), response.status,
                                response.body.dump()));
  }
  for (const auto& decision : outcome.tape)
    lines.push_back(fmt::format("{}#{}={}", decision.site, decision.occurrence, decision.value));
  for (const auto& fault : outcome.faults)
    lines.push_back(fmt::format("{}: {} {}", fault.name, fault.fired, fault.noticed));
  add_rows(outcome, beaten, lines);
  add_metrics(outcome, lines);
  return lines;
}

std::set<std::string> beaten_rows(const Outcome& a, const Outcome& b) {
  std::set<std::string> beaten;
  for (std::size_t i = 0; i < a.final.size() && i < b.final.size(); ++i) {
    const auto& one = a.final[i].columns;
    const auto& other = b.final[i].columns;
    const auto at = one.find("last_heartbeat_at");
    if (at != one.end() && other.contains(at->first) && at->second != other.at(at->first))
      beaten.insert(a.final[i].workspace);
  }
  return beaten;
}

std::string name_of(const RestingRun& one) {
  const std::string name = one.scenario->name + " / " + one.played.name;
  return one.seed ? fmt::format("{}, seed {}", name, *one.seed) : name;
}

/// Compares the two ways to play runs, and counts what the shorter one saves.
class TwoWays {
 public:
  void compare(const RestingRun& one, const Filler& filler = {}) {
    const Outcome whole = calm_played(one, filler, true, workbench_);
    const Outcome rested = calm_played(one, filler, false, workbench_);
    const std::set<std::string> beaten = beaten_rows(whole, rested);
    const Lines wanted = lines_of(whole, beaten);
    const Lines got = lines_of(rested, beaten);
    const auto [a, b] = std::mismatch(wanted.begin(), wanted.end(), got.begin(), got.end());
    if (a != wanted.end() || b != got.end()) {
      ADD_FAILURE() << name_of(one) << "\n  whole:  " << (a == wanted.end() ? "its end" : *a)
                    << "\n  rested: " << (b == got.end() ? "its end" : *b);
    }
    ++runs_;
    if (rested.steps < whole.steps) ++rested_;
    steps_ += static_cast<double>(whole.steps);
    left_ += static_cast<double>(rested.steps);
  }

  [[nodiscard]] double share_that_rested() const { return static_cast<double>(rested_) / static_cast<double>(runs_); }
  [[nodiscard]] std::string said() const {
    return fmt::format("{} of {} runs came to rest, {:.0f} % of all steps are left", rested_, runs_,
                       100 * left_ / steps_);
  }

 private:
  Workbench workbench_;
  std::uint64_t runs_ = 0;
  std::uint64_t rested_ = 0;
  double steps_ = 0;
  double left_ = 0;
};

/// The scenarios that travel inside of the binary, by their files' bare names.
std::vector<std::string> shipped_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string{DRYDOCK_SOURCE_DIR} + "/scenarios"))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Plays the cases, each as it is and with seeds 1 to `last`, in both ways.
void compare_ways(const Scenario& scenario, const std::vector<CaseSpec>& cases, std::uint64_t last) {
  // Hours of virtual time, or hundreds of workspaces.
  const bool is_long = scenario.horizon > std::chrono::hours{2} || scenario.workspaces.size() > 100;
  if (is_long && !kPlaysMuch) GTEST_SKIP() << "a fast build plays it";
  TwoWays ways;
  for (CaseSpec played : cases) {
    played.expect.clear();  // an expectation may count heartbeats
    ways.compare({&scenario, played, played.seed});
    for (std::uint64_t seed = 1; seed <= last; ++seed) ways.compare({&scenario, played, seed});
  }
  testing::Test::RecordProperty("saved", ways.said());
}

std::vector<CaseSpec> under_presets(const Scenario& scenario) {
  std::vector<CaseSpec> cases;
  for (const std::string& preset : preset_names()) cases.push_back(case_under(scenario, test::policy_of(preset)));
  return cases;
}

class RestOf : public testing::TestWithParam<std::string> {};
class RestOfSlow : public testing::TestWithParam<std::string> {};

TEST_P(RestOf, EndsAsTheWholeRunDoes) {
  const Scenario scenario = test::scenario_of(test::shipped(GetParam() + ".json"));
  compare_ways(scenario, scenario.cases, kPlaysMuch ? 3 : 0);
}

TEST_P(RestOfSlow, EndsAsTheWholeRunDoesUnderEveryPreset) {
  const Scenario scenario = test::scenario_of(test::shipped(GetParam() + ".json"));
  compare_ways(scenario, under_presets(scenario), kPlaysMuch ? 20 : 1);
}

std::string scenario_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, RestOf, testing::ValuesIn(shipped_names()), scenario_name);
INSTANTIATE_TEST_SUITE_P(Catalogue, RestOfSlow, testing::ValuesIn(shipped_names()), scenario_name);

/// Plays runs of the open world under every preset, as two strategies fill their tapes.
void compare_open_world(std::uint64_t runs) {
  const Scenario scenario = test::scenario_of(test::shipped("open-world.json"));
  const search::FillParameters parameters = fill_parameters_of(scenario);
  TwoWays ways;
  for (const CaseSpec& played : under_presets(scenario)) {
    const RestingRun one{&scenario, played, {}};
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      ways.compare(one, [&] { return search::random_fill(seed, parameters); });
      ways.compare(one, [&] { return search::swarm_fill(seed, parameters); });
    }
  }
  // Or else the two ways would be one.
  EXPECT_GT(ways.share_that_rested(), 0.5) << ways.said();
  testing::Test::RecordProperty("saved", ways.said());
}

TEST(RestOfTheOpenWorld, EndsAsTheWholeRunDoes) { compare_open_world(kPlaysMuch ? 25 : 1); }
TEST(RestOfTheOpenWorldSlow, EndsAsTheWholeRunDoes) { compare_open_world(kPlaysMuch ? 500 : 2); }

}  // namespace
}  // namespace drydock::scenarios
