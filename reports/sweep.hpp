#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/whatif/sweep.hpp"

namespace drydock::reports {

/// A sweep as reports see it.
struct SweepReport {
  scenarios::Sweep sweep;
  /// With common seeds against seeds of each cell's own, of each axis; none where it was not asked.
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

/// A cell's value in few digits: `0.25`, `12.3`, `1234`; `?` where there is none.
[[nodiscard]] std::string short_number(double value);

/// A cell's value as pictures and tables show it: a promise that no run broke is a dot.
[[nodiscard]] std::string cell_text(const SweepReport& report, const scenarios::SweepCell& cell);
/// Its interval: `0.12 to 0.43`.
[[nodiscard]] std::string interval_text(const scenarios::Estimate& estimate);

/// The cell in one line: its place, its value and interval, its runs.
[[nodiscard]] std::string cell_sentence(const SweepReport& report, const scenarios::SweepCell& cell);

/// What a line of the cliff says: `broken up to 12.3s, held from 12.4s on`.
[[nodiscard]] std::string cliff_words(const SweepReport& report, const scenarios::CliffLine& line);

/// The cells whose interval is the widest, and how many runs a bound cut short.
[[nodiscard]] double widest_half(const scenarios::Sweep& sweep);
[[nodiscard]] std::uint64_t runs_played(const scenarios::Sweep& sweep);
[[nodiscard]] std::uint64_t runs_cut_short(const scenarios::Sweep& sweep);

/// One line each: what was asked, how it was played, what the differences of neighbours say, what common seeds gave.
[[nodiscard]] std::vector<std::string> sweep_notes(const SweepReport& report);

}  // namespace drydock::reports
