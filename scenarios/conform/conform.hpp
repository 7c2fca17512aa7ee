#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/conform/log_world.hpp"
#include "scenarios/conform/matcher.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

struct ConformOptions {
  std::optional<std::uint64_t> runs;
  std::optional<double> time_s;  // of the wall; ends after a prefix of the same numbered runs
  std::uint64_t seed = 1;        // of the random starts and steps
  unsigned jobs = 1;             // threads; changes no result
  /// When time zero is, before the first line, where the log's own world is played; absent: it is tried out.
  std::optional<Duration> lead;
  std::function<bool()> interrupted;
  std::function<void(std::uint64_t runs, std::size_t matched)> progress;
};

/// An event of a run, near the place at which it and the log part.
struct NearEvent {
  ShownEvent event;
  Duration off{};      // how much too late it is for the line, or, below 0, too early
  bool fits = false;   // it is what the line says, whenever it happened
  bool taken = false;  // another line is this event
};

/// Where the best run and the log part.
struct Parting {
  std::size_t explained = 0;  // lines before it, the log's requests among them
  /// The first line that is not explained: an index of the log's events; empty: the end of the log.
  std::optional<std::size_t> line;
  /// What the run does that the log does not show, where that is what parts them.
  std::optional<ShownEvent> surplus;
  std::vector<NearEvent> nearest;  // what the line speaks of, in the best runs, the nearest first
  /// What the best run does there: what a log would show, or, where that is nothing, what else happens.
  std::vector<ShownEvent> instead;
  /// Set where the nearest event is off by less than one step of the delays' grid.
  std::optional<Duration> grid_step;
};

/// What came of it: a run that explains the log, or the one that explains most of it.
struct Conformance {
  bool explained = false;
  bool interrupted = false;
  std::uint64_t runs = 0;
  double wall_s = 0;
  Outcome outcome;  // of that run, its record kept
  LogWorld world;
  std::vector<std::optional<std::uint32_t>> event_of;  // of each of the log's events: the run's
  Duration largest_error{};                            // of an explained line's time
  std::optional<Parting> parting;                      // where it is not explained
};

/// Looks for a run of the policy whose visible events are the log's (docs/conform.md, *The search*). The same question,
/// seed and number of runs give the same answer on any number of threads.
[[nodiscard]] Decoded<Conformance> conform(const LogQuestion& question, const ConformOptions& options);

/// The scenario that an explaining run is by itself: where its only decisions are that the log's faults strike. Its
/// expectations are the log's events, counted.
[[nodiscard]] std::optional<std::string> scenario_of(const ImportedLog& log, const Conformance& conformance);

}  // namespace drydock::scenarios
