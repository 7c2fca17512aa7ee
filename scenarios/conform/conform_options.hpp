#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// How long the search for a run that explains a log goes on, and what it tells meanwhile.
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

}  // namespace drydock::scenarios
