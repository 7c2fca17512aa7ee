#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choices.hpp"
#include "sim/search/reading.hpp"
#include "sim/search/strategy.hpp"
#include "sim/time.hpp"

namespace drydock::sim::search {

/// A fault or a request that a search added to a run.
struct AddedEffect {
  std::uint32_t family = 0;
  Instant at{};
  std::uint64_t fired = 0;
  std::uint64_t noticed = 0;
  friend bool operator==(const AddedEffect&, const AddedEffect&) = default;
};

/// What is kept of a run where somebody wants to ask questions over all runs of a search. Its events are one replay
/// away: a run that was drawn is drawn again by its number; any other has its tape here.
struct RunRow {
  std::uint64_t number = 0;
  Strategy strategy = Strategy::random;  // that played it: never `mixed`
  std::uint64_t hash = 0;
  bool cut_short = false;
  std::uint64_t decisions = 0;  // that were not 0
  std::vector<Broken> broken;
  std::vector<AddedEffect> added;          // faults in the order in which they were decided, then requests
  std::vector<std::uint64_t> states;       // ascending, each once
  std::vector<std::uint64_t> transitions;  // likewise
  std::vector<std::int64_t> measures;
  std::string tape;  // `packed_tape`; empty where the run was drawn
  friend bool operator==(const RunRow&, const RunRow&) = default;
};

/// Makes the row of a run.
[[nodiscard]] RunRow row_of(const Reading& reading, std::uint64_t number, Strategy strategy);

/// Tells whether one run of `every` is this one: by a hash, because what a number divides tells by which strategy of a
/// mixed search it is played. `every` 0 stands for no run. Of an enumeration `key` is the hash of the tape, of any
/// other search the run's number.
[[nodiscard]] bool is_sampled(std::uint64_t key, std::uint64_t every);

/// Writes decisions as JSON, each site once: `[["site", occurrence, value, occurrence, value], …]`.
[[nodiscard]] std::string packed_tape(const std::vector<SearchDecision>& decisions);
/// Reads what `packed_tape` wrote. Throws std::runtime_error where the text is something else.
[[nodiscard]] Tape unpacked_tape(std::string_view text);

/// Adds rows, which are then in the order of their numbers.
void unite_rows(std::vector<RunRow>& all, const std::vector<RunRow>& more);

}  // namespace drydock::sim::search
