#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/conform/conform_options.hpp"
#include "scenarios/conform/log_world.hpp"
#include "scenarios/conform/parting.hpp"
#include "scenarios/files/decoded.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

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
