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

/// The result of `conform`: a run that explains the log, or the one that explains most of it.
struct Conformance {
  bool explained = false;
  bool interrupted = false;
  std::uint64_t runs = 0;
  double wall_s = 0;
  Outcome outcome;  // the run's, its record kept
  LogWorld world;
  std::vector<std::optional<std::uint32_t>> event_of;  // for each of the log's events: the run's event, by its number
  Duration largest_error{};                            // between the times of a line and its event
  std::optional<Parting> parting;                      // set where the best run does not explain the log
};

/// Looks for a run of the policy whose visible events are the log's (docs/conform.md, *The search*). The same question,
/// seed and number of runs give the same answer on any number of threads.
[[nodiscard]] Decoded<Conformance> conform(const LogQuestion& question, const ConformOptions& options);

/// Writes the explaining run as a scenario of its own, whose expectations are the log's events, counted. Empty where
/// the run is not explained by faults alone: a scenario cannot say delays and orders.
[[nodiscard]] std::optional<std::string> scenario_of_log(const ImportedLog& log, const Conformance& conformance);

}  // namespace drydock::scenarios
