#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choices.hpp"

namespace drydock::sim::search {

/// The facts that every strategy needs about the world for which it fills tapes.
struct FillParameters {
  Duration horizon{};
  /// The points whose delays vary (`ec2.run.pending`; one `*` stands for any text). Empty: all delays vary.
  std::vector<std::string> delays;
  std::uint64_t orderings = 1;  // the most order questions at one instant of a typical run: PCT's k
  std::uint32_t depth = 3;      // PCT's d
  /// Combinations of families that a swarm stays away from: of each, seven of eight runs leave one family out.
  std::vector<std::vector<std::uint32_t>> closed;
};

/// Tells whether the delay of this site varies.
[[nodiscard]] bool varies(const FillParameters& parameters, std::string_view site);

/// Makes the fill of the control strategy: it answers every question by a draw of its own.
[[nodiscard]] std::unique_ptr<Fill> random_fill(std::uint64_t seed, const FillParameters& parameters);

/// Makes a swarm: coins turn each family of faults and requests, the order and the delays off for the whole run.
/// Whatever stays on happens at rates drawn for this run, and the faults and requests perhaps only within one stretch
/// of time. After Groce et al., Swarm Testing (ISSTA 2012).
[[nodiscard]] std::unique_ptr<Fill> swarm_fill(std::uint64_t seed, const FillParameters& parameters);

/// Makes a fill that lets the ready task of the highest priority go first. Priorities are drawn for each instant, and
/// at d - 1 drawn points of it the priority of the task that would go is lowered. Every other question is answered as
/// in the control. After Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs
/// (ASPLOS 2010), whose threads compete all the time: here tasks compete within an instant.
[[nodiscard]] std::unique_ptr<Fill> pct_fill(std::uint64_t seed, const FillParameters& parameters);

}  // namespace drydock::sim::search
