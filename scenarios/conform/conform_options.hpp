#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// The bounds of the search for a run that explains a log, and what the search tells meanwhile.
struct ConformOptions {
  std::optional<std::uint64_t> runs;
  std::optional<double> time_s;  // of the wall; the runs are the first of those that there would be without it
  std::uint64_t seed = 1;        // of the random starts and steps
  unsigned jobs = 1;             // threads; changes no result
  /// The log's own world begins so long before the first line; absent: several such times are tried.
  std::optional<Duration> lead;
  std::function<bool()> interrupted;
  std::function<void(std::uint64_t runs, std::size_t matched)> progress;
};

}  // namespace drydock::scenarios
