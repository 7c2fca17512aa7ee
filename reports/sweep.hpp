#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/whatif/sweep.hpp"

namespace drydock::reports {

/// A `SweepReport` is a sweep as reports see it.
struct SweepReport {
  scenarios::Sweep sweep;
  /// Says for each axis how much narrower common seeds make the intervals than seeds of each cell's own. Empty where
  /// that was not asked.
  std::vector<scenarios::Narrowing> narrowing;
  std::string scenario;
  std::string case_name;
  std::string policy;
  std::string metric;
  std::string unit;        // of a cell's value
  std::string meaning;     // of the metric
  std::uint64_t runs = 0;  // of each cell, at most
  std::uint64_t first_seed = 0;
  std::string command;  // plays it again
};

/// Writes a cell's value as pictures and tables show it: a promise that no run broke is a dot.
[[nodiscard]] std::string cell_text(const SweepReport& report, const scenarios::SweepCell& cell);
/// Writes the interval of an estimate: `0.12 to 0.43`.
[[nodiscard]] std::string interval_text(const scenarios::Estimate& estimate);

/// Says the cell in one line: its place, its value and interval, its runs.
[[nodiscard]] std::string cell_sentence(const SweepReport& report, const scenarios::SweepCell& cell);

/// Says a line of the cliff in words: `broken (5 of 8 runs) at 12.3s, held at 12.4s`.
[[nodiscard]] std::string cliff_words(const SweepReport& report, const scenarios::CliffLine& line);

/// These give half the width of the widest interval, the runs of all cells, and how many of them a bound cut short.
[[nodiscard]] double widest_half(const scenarios::Sweep& sweep);
[[nodiscard]] std::uint64_t runs_played(const scenarios::Sweep& sweep);
[[nodiscard]] std::uint64_t runs_cut_short(const scenarios::Sweep& sweep);

/// Says in one line each how it was played, what the differences of neighbours say, and what common seeds gave.
[[nodiscard]] std::vector<std::string> sweep_notes(const SweepReport& report);

}  // namespace drydock::reports
