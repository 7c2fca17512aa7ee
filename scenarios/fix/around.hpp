#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/choices.hpp"

namespace drydock::scenarios {

/// A tape beside another one, and in which it differs from that: `cp/stop.fault#3=7 asked one later`.
struct NeighbourTape {
  sim::Tape tape;
  std::string what;
};

/// Gives so many tapes around one, the same for every policy. In the first half a decision of the tape is moved, to an
/// occurrence before or after its own, by one, by two and so on: under another policy the same fault meets another
/// call. In the others, and in all where the tape has no decision to move, seeds answer what the tape does not: delays,
/// order and probabilities.
[[nodiscard]] std::vector<NeighbourTape> tapes_around(const sim::Tape& tape, std::size_t count);

}  // namespace drydock::scenarios
