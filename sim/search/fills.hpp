#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choices.hpp"

namespace drydock::sim::search {

/// What every strategy needs to know of the world that it fills tapes for.
struct FillParameters {
  Duration horizon{};
  /// The points of delays that vary (`ec2.run.pending`; a `*` at either end stands for anything); none: all.
  std::vector<std::string> delays;
  std::uint64_t orderings = 1;  // of order questions in a typical run: PCT's k
  std::uint32_t depth = 3;      // PCT's d
};

/// Whether the delay of this site varies.
[[nodiscard]] bool varies(const FillParameters& parameters, std::string_view site);

/// The control: every question by its own dice.
[[nodiscard]] std::unique_ptr<Fill> random_fill(std::uint64_t seed, const FillParameters& parameters);

/// Each family of faults and requests, order and delays wholly off by coin; what is left at rates of its own, requests
/// and faults perhaps within a stretch of time. After Groce et al., Swarm Testing (ISSTA 2012).
[[nodiscard]] std::unique_ptr<Fill> swarm_fill(std::uint64_t seed, const FillParameters& parameters);

/// The ready task of the highest priority goes first; priorities are drawn, and lowered at d - 1 points. Everything
/// else as in the control. After Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding
/// Bugs (ASPLOS 2010).
[[nodiscard]] std::unique_ptr<Fill> pct_fill(std::uint64_t seed, const FillParameters& parameters);

}  // namespace drydock::sim::search
