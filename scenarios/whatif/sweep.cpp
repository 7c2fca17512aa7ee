#include "scenarios/whatif/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/check.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::uint64_t kFirstLook = 8;
/// Samples that are all the same decide nothing before so many: by then what comes in more than one run in eight would
/// have shown itself ((7/8)^32 = 1.4 %).
constexpr std::size_t kEnoughSame = 32;

std::uint64_t broken_in(const std::vector<double>& samples) {
  return static_cast<std::uint64_t>(
      std::count_if(samples.begin(), samples.end(), [](double sample) { return sample > 0; }));
}

bool all_same(const std::vector<double>& samples) {
  return std::adjacent_find(samples.begin(), samples.end(), std::not_equal_to<>{}) == samples.end();
}

double half_width(const Estimate& estimate) { return (estimate.high - estimate.low) / 2; }

class Sweeping {
 public:
  Sweeping(const std::vector<Axis>& axes, const Points& points, const SweepOptions& options, Trials& trials)
      : options_(options), points_(points), trials_(trials), looks_(looks_of(options)) {
    sweep_.axes = axes;
    sweep_.promise = options.promise;
    sweep_.independent = options.independent;
    sweep_.threshold = options.threshold;
    sweep_.confidence = 1 - (1 - kConfidence) / static_cast<double>(looks_.size());
    make_cells();
  }

  Sweep play() && {
    for (const std::uint64_t runs : looks_) {
      play_until(runs);
      if (sweep_.interrupted) break;
    }
    if (!sweep_.interrupted && options_.promise) find_cliff();
    return std::move(sweep_);
  }

 private:
  void make_cells() {
    std::size_t count = 1;
    for (const Axis& axis : sweep_.axes) count *= axis.values.size();
    for (std::size_t i = 0; i < count; ++i) {
      SweepCell cell;
      std::size_t rest = i;
      for (auto axis = sweep_.axes.rbegin(); axis != sweep_.axes.rend(); ++axis) {
        cell.at.insert(cell.at.begin(), rest % axis->values.size());
        rest /= axis->values.size();
      }
      cells_.push_back(points_(sweep_.values_of(cell)));
      DRYDOCK_CHECK(cells_.back(), "cell {} cannot be played", i);
      sweep_.cells.push_back(std::move(cell));
    }
  }

  [[nodiscard]] std::uint64_t seed_of(std::size_t cell, std::uint64_t run) const {
    return options_.first_seed + run + (options_.independent ? cell * options_.runs : 0);
  }

  /// Every cell that is not decided gets so many runs. All cells play a seed before any plays the next, so that what
  /// was played when the user interrupts is, of each cell, the runs from the first on.
  void play_until(std::uint64_t runs) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < sweep_.cells.size(); ++i)
      if (!sweep_.cells[i].decided) open.push_back(i);
    if (open.empty()) return;
    const std::uint64_t before = sweep_.cells[open.front()].samples.size();
    std::vector<Sample> played(open.size() * (runs - before));
    const std::uint64_t done = trials_.play(
        played.size(),
        [&](Workbench& workbench, std::uint64_t index) {
          const std::size_t cell = open[index % open.size()];
          played[index] = cells_[cell](seed_of(cell, before + index / open.size()), workbench);
        },
        options_.interrupted, [&](std::uint64_t more) { tell(open.size(), more); });
    for (std::uint64_t index = 0; index < done; ++index) {
      SweepCell& cell = sweep_.cells[open[index % open.size()]];
      cell.samples.push_back(played[index].value);
      if (played[index].cut_short) ++cell.cut_short;
    }
    runs_ += done;
    sweep_.interrupted = done < played.size();
    for (const std::size_t i : open) judge(sweep_.cells[i]);
  }

  void judge(SweepCell& cell) const {
    const auto& samples = cell.samples;
    cell.estimate = options_.promise ? proportion_of(broken_in(samples), samples.size(), sweep_.confidence)
                                     : mean_of(samples, sweep_.confidence);
    cell.decided = is_narrow(cell) && is_on_one_side(cell);
  }

  [[nodiscard]] bool is_narrow(const SweepCell& cell) const {
    const Precision& precision = options_.precision;
    if (precision.half_width <= 0) return false;
    if (!options_.promise && all_same(cell.samples)) return cell.samples.size() >= kEnoughSame;
    const double scale = precision.relative ? std::abs(cell.estimate.value) : 1;
    return half_width(cell.estimate) <= precision.half_width * scale;
  }

  /// Tells whether the cell's interval lies wholly above the threshold (the promise does not hold), or wholly at or
  /// below it (the promise holds). With threshold 0 one broken run puts a cell above; none ever puts it below, so a
  /// cell in which nothing breaks plays all of its runs.
  [[nodiscard]] bool is_on_one_side(const SweepCell& cell) const {
    if (!options_.promise) return true;
    return cell.estimate.low > options_.threshold || cell.estimate.high <= options_.threshold;
  }

  // ---- the cliff ----

  void find_cliff() {
    const Axis& axis = sweep_.axes.front();
    if (axis.scale == Axis::Scale::words) return;
    const bool alone = sweep_.axes.size() == 1;
    const std::size_t lines = alone ? 1 : sweep_.axes[1].values.size();
    for (std::size_t line = 0; line < lines && !sweep_.interrupted; ++line) {
      CliffLine found;
      if (!alone) found.at = line;
      found.holds = side_of(0, line, lines).holds;
      for (std::size_t i = 0; i + 1 < axis.values.size() && !sweep_.interrupted; ++i) {
        const Crossing coarse{side_of(i, line, lines), side_of(i + 1, line, lines)};
        if (coarse.left.holds == coarse.right.holds) continue;
        const auto resolution = options_.resolution.value_or(axis.resolution_between(i, i + 1));
        found.crossings.push_back(
            bisect(coarse, resolution, [&](std::int64_t place) { return look(found.at, place); }));
      }
      sweep_.cliff.push_back(std::move(found));
    }
  }

  [[nodiscard]] bool holds(std::uint64_t broken, std::uint64_t runs) const {
    return static_cast<double>(broken) <= options_.threshold * static_cast<double>(runs);
  }

  [[nodiscard]] Side side_of(std::size_t i, std::size_t line, std::size_t lines) const {
    const SweepCell& cell = sweep_.cells[i * lines + line];
    const std::uint64_t broken = broken_in(cell.samples);
    return {sweep_.axes.front().positions[i], holds(broken, cell.samples.size()), broken, cell.samples.size()};
  }

  /// Plays a place between two cells, look by look until enough runs broke the promise or all are played. Empty where
  /// it cannot be played, or the user interrupts.
  std::optional<Side> look(std::optional<std::size_t> line, std::int64_t place) {
    std::vector<std::string> values{sweep_.axes.front().text_at(place)};
    if (line) values.push_back(sweep_.axes[1].values[*line]);
    const Point point = points_(values);
    if (!point) return std::nullopt;
    Side side{place, true, 0, 0};
    for (const std::uint64_t runs : looks_) {
      std::vector<Sample> played(runs - side.runs);
      const std::uint64_t done = trials_.play(
          played.size(),
          [&](Workbench& workbench, std::uint64_t index) {
            played[index] = point(options_.first_seed + side.runs + index, workbench);
          },
          options_.interrupted, [&](std::uint64_t more) { tell(0, more); });
      runs_ += done;
      sweep_.interrupted = done < played.size();
      if (sweep_.interrupted) return std::nullopt;
      for (const Sample& sample : played) side.broken += sample.value > 0 ? 1 : 0;
      side.runs = runs;
      // Whatever the other runs did, it would not hold.
      if (!holds(side.broken, options_.runs)) break;
    }
    side.holds = holds(side.broken, options_.runs);
    return side;
  }

  void tell(std::size_t open, std::uint64_t under_way) const {
    if (options_.progress) options_.progress({runs_ + under_way, open, sweep_.cells.size()});
  }

  const SweepOptions& options_;
  const Points& points_;
  Trials& trials_;
  std::vector<std::uint64_t> looks_;
  std::vector<Point> cells_;
  Sweep sweep_;
  std::uint64_t runs_ = 0;
};

double reach(const NeighbourDifference& difference) { return half_width(difference.estimate); }

/// Tells whether an interval has no width but what rounding gives it.
bool is_exact(double narrow, double wide) {
  constexpr double kRounding = 1e-9;
  return narrow <= kRounding * wide;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

std::vector<std::string> Sweep::values_of(const SweepCell& cell) const {
  std::vector<std::string> values;
  values.reserve(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) values.push_back(axes[i].values[cell.at[i]]);
  return values;
}

bool is_promise_metric(std::string_view metric) {
  return metric == "violations" || metric == "unlisted_violations" || metric.starts_with("violations:");
}

std::vector<std::uint64_t> looks_of(const SweepOptions& options) {
  std::vector<std::uint64_t> looks;
  if (options.precision.half_width > 0)
    for (std::uint64_t runs = kFirstLook; runs < options.runs; runs *= 2) looks.push_back(runs);
  looks.push_back(options.runs);
  return looks;
}

Sweep sweep(const std::vector<Axis>& axes, const Points& points, const SweepOptions& options, Trials& trials) {
  return Sweeping(axes, points, options, trials).play();
}

std::vector<NeighbourDifference> differences_of(const Sweep& sweep) {
  std::vector<NeighbourDifference> differences;
  std::size_t stride = sweep.cells.size();
  for (std::size_t axis = 0; axis < sweep.axes.size(); ++axis) {
    stride /= sweep.axes[axis].values.size();
    for (std::size_t from = 0; from < sweep.cells.size(); ++from) {
      const SweepCell& a = sweep.cells[from];
      if (a.at[axis] + 1 == sweep.axes[axis].values.size()) continue;
      const SweepCell& b = sweep.cells[from + stride];
      const std::size_t runs = std::min(a.samples.size(), b.samples.size());
      const std::span one(a.samples.data(), runs);
      const std::span other(b.samples.data(), runs);
      differences.push_back({from, from + stride, axis, runs,
                             sweep.independent ? unpaired_difference(one, other, sweep.confidence)
                                               : paired_difference(one, other, sweep.confidence)});
    }
  }
  return differences;
}

std::vector<Narrowing> narrowing_of(const Sweep& common, const Sweep& independent) {
  const auto narrow = differences_of(common);
  const auto wide = differences_of(independent);
  DRYDOCK_CHECK(narrow.size() == wide.size(), "two grids of {} and {} neighbours", narrow.size(), wide.size());
  std::vector<Narrowing> found;
  for (std::size_t axis = 0; axis < common.axes.size(); ++axis) {
    Narrowing made;
    made.axis = axis;
    double narrow_squares = 0;
    double wide_squares = 0;
    std::vector<double> ratios;
    for (std::size_t i = 0; i < narrow.size(); ++i) {
      if (narrow[i].axis != axis) continue;
      if (reach(narrow[i]) <= 0 && reach(wide[i]) <= 0) continue;
      narrow_squares += std::pow(reach(narrow[i]), 2);
      wide_squares += std::pow(reach(wide[i]), 2);
      const bool exact = is_exact(reach(narrow[i]), reach(wide[i]));
      if (exact) ++made.exact;
      ratios.push_back(exact ? std::numeric_limits<double>::infinity() : reach(wide[i]) / reach(narrow[i]));
    }
    made.neighbours = ratios.size();
    made.median = median_of(std::move(ratios));
    made.overall = std::sqrt(wide_squares / narrow_squares);
    found.push_back(made);
  }
  return found;
}

}  // namespace drydock::scenarios
