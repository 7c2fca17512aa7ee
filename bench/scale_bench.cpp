// What an event costs, in time and memory, where there are many workspaces or a long time: it should not depend on
// either. Peak memory is the process's, so play one of these at a time (docs/speed.sh does).

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <stdexcept>
#include <string>

// docs/speed.sh compiles this file at an older commit too, where the decoder lay elsewhere.
#if __has_include("scenarios/files/decode.hpp")
#include "scenarios/files/decode.hpp"
#else
#include "scenarios/decode.hpp"
#endif
#include "scenarios/run.hpp"

namespace {

using namespace drydock;

std::string document(const std::string& horizon, const std::string& policy, int workspaces, const std::string& more) {
  std::string all;
  for (int i = 0; i < workspaces; ++i) all += fmt::format("{}{{\"id\": \"w{:05}\"}}", i == 0 ? "" : ", ", i);
  return fmt::format(
      R"({{"format": "drydock.scenario/1", "name": "scale", "title": "Scale", "horizon": "{}", "workspaces": [{}],
          {} "cases": [{{"policy": "{}", "expect": []}}]}})",
      horizon, all, more, policy);
}

/// Of every so many workspaces one calls its neighbour.
std::string calls(int workspaces, int of, const std::string& every) {
  std::string all;
  for (int i = 0; i + 1 < workspaces; i += of) {
    all += fmt::format(R"({}{{"kind": "a2a", "from": "w{:05}", "to": "w{:05}", "every": "{}"}})", i == 0 ? "" : ", ", i,
                       i + 1, every);
  }
  return all;
}

/// One hour: every tenth workspace is called each ten minutes, and every hundredth restarted.
std::string ordinary(int workspaces) {
  const std::string traffic = calls(workspaces, 10, "10m");
  std::string steps;
  for (int i = 0; i < workspaces; i += 100) {
    steps += fmt::format(R"({}{{"at": "{}ms", "request": "POST /workspaces/w{:05}/restart"}})", i == 0 ? "" : ", ",
                         60'000 + i * 100, i);
  }
  return document("1h", "pre-1991", workspaces, fmt::format(R"("traffic": [{}], "steps": [{}],)", traffic, steps));
}

/// Twenty minutes of calls and restarts under an old policy, which breaks its promises all over.
std::string broken(int workspaces) {
  const std::string traffic = calls(workspaces, 2, "1m");
  std::string steps;
  for (int i = 0; i < workspaces; ++i) {
    steps += fmt::format(
        R"({}{{"at": "{}ms", "request": "POST /workspaces/w{:05}/restart", "repeat": {{"times": 5, "every": "97s"}}}})",
        i == 0 ? "" : ", ", 1000 + i * 7, i);
  }
  return document("20m", "pre-1556", workspaces, fmt::format(R"("traffic": [{}], "steps": [{}],)", traffic, steps));
}

double peak_bytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  constexpr double kKilobyte = 1024;
  return static_cast<double>(used.ru_maxrss) * kKilobyte;
}

void play(benchmark::State& state, const std::string& text, bool keep_record, double workspaces) {
  auto decoded = scenarios::decode_scenario("scale", text);
  if (!decoded.value) throw std::runtime_error("no scenario: " + text.substr(0, 300));
  scenarios::Workbench workbench;
  scenarios::RunOptions options;
  options.keep_record = keep_record;
  const double before = peak_bytes();
  double events = 0;
  for (auto _ : state) {
    const scenarios::Outcome outcome =
        scenarios::run(*decoded.value, decoded.value->cases.front(), {}, options, workbench);
    if (!outcome.stopped_by.empty()) throw std::runtime_error("ended by its bound of " + outcome.stopped_by);
    events = static_cast<double>(outcome.event_count);
  }
  const double bytes = peak_bytes() - before;
  state.counters["events"] = events;
  state.counters["ns_per_event"] =
      benchmark::Counter(events * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["bytes_per_event"] = bytes / events;
  state.counters["bytes_per_workspace"] = bytes / workspaces;
}

void BM_Ordinary(benchmark::State& state) {
  const int workspaces = static_cast<int>(state.range(0));
  play(state, ordinary(workspaces), false, workspaces);
}
BENCHMARK(BM_Ordinary)->Arg(100)->Arg(1000)->Arg(10'000)->Unit(benchmark::kMillisecond)->Iterations(1);

void BM_Broken(benchmark::State& state) {
  const int workspaces = static_cast<int>(state.range(0));
  play(state, broken(workspaces), false, workspaces);
}
BENCHMARK(BM_Broken)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond)->Iterations(1);

/// Two workspaces for so many days, without the record and with it.
void BM_Long(benchmark::State& state) {
  play(state, document(fmt::format("{}d", state.range(0)), "pre-1991", 2, ""), state.range(1) != 0, 2);
}
BENCHMARK(BM_Long)
    ->Args({30, 0})
    ->Args({365, 0})
    ->Args({30, 1})
    ->Args({365, 1})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
