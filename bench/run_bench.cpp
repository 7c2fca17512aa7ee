// Runs per second of reprov-thrash, and of three days of fourteen workspaces, beside a bare replay of their own SQLite
// calls with the same reset (aim: at most 1.5 times its time). Statements, events, steps and allocations per run stand
// in the counters.

#include <benchmark/benchmark.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "bench/sqlite_tape.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/run.hpp"

namespace {

std::atomic<std::uint64_t> allocations{0};  // NOLINT: what the wrapped operator new counts

}  // namespace

// operator new, by its mangled name and the linker's --wrap (cmake/targets.cmake).
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" void* __real__Znwm(std::size_t size);
extern "C" void* __wrap__Znwm(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __real__Znwm(size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

using namespace drydock;

/// What is measured: a case of a scenario, by its number.
struct Measured {
  std::string path;  // from the root of the tree
  std::size_t played = 0;
};
const Measured kMeasured[] = {
    {"scenarios/reprov-thrash.json", 0}, {"scenarios/reprov-thrash.json", 1}, {"bench/three-days.json", 0}};

scenarios::Scenario load(const std::string& path) {
  std::ifstream file(std::string{DRYDOCK_SOURCE_DIR} + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  auto decoded = scenarios::decode_scenario(path, text.str());
  if (!decoded.value) throw std::runtime_error("no scenario " + path);
  return std::move(*decoded.value);
}

/// The case without its expectations: those are judged once, a search plays many runs (and `sql` ones build a database
/// of their own).
scenarios::CaseSpec unjudged(const scenarios::Scenario& scenario, std::size_t index) {
  scenarios::CaseSpec played = scenario.cases[index];
  played.expect.clear();
  return played;
}

void BM_Run(benchmark::State& state) {
  const Measured& measured = kMeasured[state.range(0)];
  const scenarios::Scenario scenario = load(measured.path);
  const scenarios::CaseSpec played = unjudged(scenario, measured.played);
  scenarios::Workbench workbench;
  scenarios::RunOptions options;
  options.keep_record = state.range(1) != 0;
  scenarios::Outcome outcome = scenarios::run(scenario, played, {}, options, workbench);
  const std::uint64_t before = allocations.load();
  for (auto _ : state) {
    outcome = scenarios::run(scenario, played, {}, options, workbench);
    benchmark::DoNotOptimize(outcome);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(scenario.name + " / " + played.name);
  state.counters["statements"] = static_cast<double>(outcome.statements);
  state.counters["events"] = static_cast<double>(outcome.event_count);
  state.counters["steps"] = static_cast<double>(outcome.steps);
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocations.load() - before), benchmark::Counter::kAvgIterations);
}
BENCHMARK(BM_Run)->Args({0, 0})->Args({0, 1})->Args({1, 0})->Args({2, 0})->Unit(benchmark::kMicrosecond);

void BM_BareSql(benchmark::State& state) {
  const Measured& measured = kMeasured[state.range(0)];
  const scenarios::Scenario scenario = load(measured.path);
  const scenarios::CaseSpec played = unjudged(scenario, measured.played);
  static scenarios::Workbench workbench;  // outlives the tape, whose statements it owns
  scenarios::RunOptions options;
  options.keep_record = false;
  (void)scenarios::run(scenario, played, {}, options, workbench);  // prepares every statement
  bench::SqliteTape& tape = bench::SqliteTape::instance();
  tape = {};
  tape.start();
  (void)scenarios::run(scenario, played, {}, options, workbench);
  tape.stop();
  for (auto _ : state) tape.play();
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(scenario.name + " / " + played.name);
  state.counters["calls"] = static_cast<double>(tape.calls().size());
}
BENCHMARK(BM_BareSql)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond);

}  // namespace
