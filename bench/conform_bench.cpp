// What a line of a log costs before the search begins: which fault stands behind it (BM_LogFaults), and the world and
// the pairing of lines and events (BM_LogWorld). The time per line (`items_per_second`) is to be the same whether the
// log has a thousand lines or twenty thousand.

#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <utility>

#include "scenarios/conform/log_faults.hpp"
#include "scenarios/conform/log_player.hpp"
#include "scenarios/conform/log_world.hpp"

namespace {

using namespace drydock;
using namespace std::chrono_literals;
using scenarios::ImportedLog;
using scenarios::Json;
using scenarios::LogEvent;

constexpr sim::Duration kSkew = 2s;
constexpr sim::Duration kBetweenLines = 10s;

LogEvent line_of(std::size_t number, std::string kind, Json detail, const std::string& instance = {}) {
  LogEvent event;
  event.place = {"bench.log", number + 1, 1, kind};
  event.at.us = (kBetweenLines * (number + 1)).count();
  event.kind = std::move(kind);
  event.workspace = "w" + std::to_string(number % 14);
  event.instance = instance;
  event.detail = std::move(detail);
  return event;
}

/// A log of nothing but trouble: refusals, failures that they explain, failures that nothing explains, crashes with
/// their starts, deaths in two states.
ImportedLog log_of_trouble(std::size_t lines) {
  ImportedLog log;
  for (std::size_t i = 0; i < lines; ++i) {
    const std::string instance = "i-" + std::to_string(i / 7);
    switch (i % 7) {
      case 0:
        log.events.push_back(line_of(i, "ec2.error", {{"action", "TerminateInstances"}, {"code", "InternalError"}}));
        break;
      case 1:
        log.events.push_back(line_of(i, "stop.failed", {{"http", 503}}));
        break;
      case 2:
        log.events.push_back(line_of(i, "backup.failed", {{"http", 500}}));
        break;
      case 3:
        log.events.push_back(line_of(i, "process.crash", {{"process", "platform"}}));
        break;
      case 4:
        log.events.push_back(line_of(i, "process.start", {{"process", "platform"}}));
        break;
      default:
        log.events.push_back(line_of(
            i, "ec2.state", {{"to", i % 7 == 5 ? "shutting-down" : "terminated"}, {"reason", "Server.InternalError"}},
            instance));
    }
  }
  return log;
}

void BM_LogFaults(benchmark::State& state) {
  const auto lines = static_cast<std::size_t>(state.range(0));
  const ImportedLog log = log_of_trouble(lines);
  for (auto _ : state) {
    const scenarios::LogFaults faults(log, kSkew);
    std::size_t found = 0;
    for (std::size_t i = 0; i < lines; ++i) {
      if (!faults.ends_a_death(i)) found += faults.of(i, sim::Duration{log.events[i].at.us}).has_value() ? 1 : 0;
    }
    benchmark::DoNotOptimize(found);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_LogFaults)->Arg(1'000)->Arg(5'000)->Arg(20'000)->Unit(benchmark::kMillisecond);

/// A log of what happens all day, which any run has.
ImportedLog log_of_a_day(std::size_t lines) {
  ImportedLog log;
  for (std::size_t i = 0; i < lines; ++i) log.events.push_back(line_of(i, "stop.attempt", {{"attempt", 1}}));
  log.visible = {{"stop.attempt", Json::object()}};
  return log;
}

/// Events that are what the lines say, a second too late.
std::vector<scenarios::Happening> happenings_of(const scenarios::LogWorld& world) {
  std::vector<scenarios::Happening> happenings;
  for (const scenarios::Sighting& sighting : world.sightings.all) {
    happenings.push_back({.seq = static_cast<std::uint32_t>(happenings.size() + 1),
                          .at = sighting.from + 1s,
                          .kind = sighting.kind,
                          .workspace = sighting.workspace,
                          .detail = sighting.detail});
  }
  return happenings;
}

void BM_LogWorld(benchmark::State& state) {
  const ImportedLog log = log_of_a_day(static_cast<std::size_t>(state.range(0)));
  const scenarios::LogQuestion question{
      .log = &log, .scenario = nullptr, .policy = "spring-2026", .set = {}, .skew = kSkew};
  for (auto _ : state) {
    const auto world = scenarios::make_log_world(question, scenarios::kLead);
    const auto found = scenarios::match(world.value->sightings, happenings_of(*world.value));
    if (!found.explained()) state.SkipWithError("the lines do not fit themselves");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_LogWorld)->Arg(1'000)->Arg(5'000)->Arg(20'000)->Unit(benchmark::kMillisecond);

}  // namespace
