#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/run.hpp"
#include "scenarios/whatif/axis.hpp"
#include "scenarios/whatif/cliff.hpp"
#include "scenarios/whatif/statistics.hpp"
#include "scenarios/whatif/trials.hpp"

namespace drydock::scenarios {

/// The result of one run of a sweep.
struct Sample {
  double value = 0;        // of the metric; of a promise 1 where it was broken, else 0
  bool cut_short = false;  // a bound ended the run
};

/// Plays one point of the grid on the tape that is filled from a seed.
using Point = std::function<Sample(std::uint64_t seed, Workbench& workbench)>;
/// The point of these values, one of each axis; null where there is none. Called on one thread only.
using Points = std::function<Point(const std::vector<std::string>& values)>;

/// Half the width that a cell's interval is to have: a share of the cell's value, or a width as it is. 0: never narrow
/// enough, so every cell plays every run.
struct Precision {
  double half_width = 0;
  bool relative = false;
};

struct SweepProgress {
  std::uint64_t runs = 0;
  std::size_t open = 0;  // cells that are not decided
  std::size_t cells = 0;
};

struct SweepOptions {
  std::uint64_t runs = 64;  // of each cell, at most
  std::uint64_t first_seed = 1;
  bool independent = false;  // each cell has seeds of its own
  /// The metric is a promise: cells have shares of runs in which it was broken, and there is a cliff.
  bool promise = false;
  double threshold = 0;  // the share of runs above which a promise does not hold
  Precision precision;
  /// A cliff is located to within so much (a position of the first axis); absent: `Axis::resolution_between`.
  std::optional<std::int64_t> resolution;
  unsigned jobs = 1;
  std::function<bool()> interrupted;
  std::function<void(const SweepProgress& progress)> progress;
};

struct SweepCell {
  std::vector<std::size_t> at;  // of each axis: the index of its value
  std::vector<double> samples;  // of the seeds in their order
  std::uint64_t cut_short = 0;
  Estimate estimate;
  bool decided = false;  // and so played no further
};

/// The difference of two cells that are neighbours along an axis, over the seeds that both played.
struct NeighbourDifference {
  std::size_t from = 0;  // cells
  std::size_t to = 0;
  std::size_t axis = 0;
  std::size_t runs = 0;
  Estimate estimate;
};

/// A grid of cells, the last axis fastest.
struct Sweep {
  std::vector<Axis> axes;
  std::vector<SweepCell> cells;
  std::vector<CliffLine> cliff;
  double confidence = kConfidence;  // of each look at a cell; all looks together have `kConfidence`
  bool promise = false;
  bool independent = false;
  double threshold = 0;
  bool interrupted = false;

  [[nodiscard]] std::vector<std::string> values_of(const SweepCell& cell) const;
};

/// Tells whether a metric says that promises were broken, so that a sweep takes the share of runs in which they were.
[[nodiscard]] bool is_promise_metric(std::string_view metric);

/// Plays the grid, and then looks for the cliff. The result is the same on any number of threads. docs/whatif.md,
/// *Sweep*, states the rule by which a cell is decided.
[[nodiscard]] Sweep sweep(const std::vector<Axis>& axes, const Points& points, const SweepOptions& options,
                          Trials& trials);

/// Gives the numbers of runs that a cell has at each look, the last being all of them.
[[nodiscard]] std::vector<std::uint64_t> looks_of(const SweepOptions& options);

[[nodiscard]] std::vector<NeighbourDifference> differences_of(const Sweep& sweep);

/// The factor by which common seeds narrow the intervals of neighbours' differences, against seeds of their own.
struct Narrowing {
  std::size_t axis = 0;
  std::size_t neighbours = 0;  // pairs of which one side varies at all
  std::size_t exact = 0;       // of these: with common seeds the difference does not vary
  double median = 0;           // over the neighbours; infinite where most are exact
  double overall = 0;          // of the root mean square widths
};
/// Compares two sweeps of the same grid, each with the same number of runs in every cell.
[[nodiscard]] std::vector<Narrowing> narrowing_of(const Sweep& common, const Sweep& independent);

}  // namespace drydock::scenarios
