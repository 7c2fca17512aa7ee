#include "reports/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Axis;
using scenarios::Crossing;
using scenarios::Narrowing;
using scenarios::NeighbourDifference;
using scenarios::Side;
using scenarios::SweepCell;

std::string crossing_words(const Axis& axis, const Crossing& crossing) {
  const auto part = [&](const Side& side, std::string_view where) {
    const std::string evidence = side.holds ? "" : fmt::format(" ({} of {} runs)", side.broken, side.runs);
    return fmt::format("{}{} {}", side.holds ? "held" : "broken", evidence,
                       fmt::format(fmt::runtime(where), axis.text_at(side.position)));
  };
  return part(crossing.left, "at {}") + ", " + part(crossing.right, "at {}");
}

std::string looks_words(const SweepReport& report) {
  const double percent = report.sweep.confidence * 100;
  if (report.sweep.confidence <= scenarios::kConfidence) return "intervals of 95 %";
  return fmt::format(
      "a cell is looked at more than once, so each interval is one of {:.2f} % and all looks "
      "together are right in 95 %",
      percent);
}

std::string times(double ratio) {
  return std::isfinite(ratio) ? fmt::format("{:.1f} times", ratio) : std::string{"beyond measure"};
}

std::string narrowing_words(const Axis& axis, const Narrowing& one) {
  if (one.neighbours == 0)
    return fmt::format("along {} no difference of neighbours varies, with common seeds or without", axis.key);
  std::string text = fmt::format(
      "along {} common seeds make the interval of a difference {} narrower in the median of {} "
      "neighbours, {} over all",
      axis.key, times(one.median), one.neighbours, times(one.overall));
  if (one.exact != 0) text += fmt::format("; in {} the difference does not vary at all", one.exact);
  return text;
}

std::string difference_words(const scenarios::Sweep& sweep) {
  const auto differences = scenarios::differences_of(sweep);
  const auto sure = std::count_if(differences.begin(), differences.end(), [](const NeighbourDifference& one) {
    return one.estimate.low > 0 || one.estimate.high < 0;
  });
  return fmt::format("of {} of neighbouring cells {} {} surely not zero", counted(differences.size(), "difference"),
                     sure, sure == 1 ? "is" : "are");
}

}  // namespace

std::string cell_text(const SweepReport& report, const SweepCell& cell) {
  if (cell.samples.empty()) return "?";
  if (report.sweep.promise && cell.estimate.value <= 0) return "·";
  return short_number(cell.estimate.value);
}

std::string interval_text(const scenarios::Estimate& estimate) {
  if (!std::isfinite(estimate.low) || !std::isfinite(estimate.high)) return "unknown";
  return fmt::format("{} to {}", short_number(estimate.low), short_number(estimate.high));
}

std::string cell_sentence(const SweepReport& report, const SweepCell& cell) {
  std::string place;
  for (std::size_t i = 0; i < report.sweep.axes.size(); ++i) {
    const Axis& axis = report.sweep.axes[i];
    place += fmt::format("{}{} = {}", place.empty() ? "" : ", ", axis.key, axis.values[cell.at[i]]);
  }
  return fmt::format("{}: {} ({}), {}", place, short_number(cell.estimate.value), interval_text(cell.estimate),
                     counted(cell.samples.size(), "run"));
}

std::string cliff_words(const SweepReport& report, const scenarios::CliffLine& line) {
  if (line.crossings.empty()) return line.holds ? "held throughout" : "broken throughout";
  std::string text;
  for (const Crossing& crossing : line.crossings) {
    text += (text.empty() ? "" : "; ") + crossing_words(report.sweep.axes.front(), crossing);
  }
  if (line.crossings.size() > 1) text += fmt::format(": {} changes of side", line.crossings.size());
  return text;
}

double widest_half(const scenarios::Sweep& sweep) {
  double widest = 0;
  for (const SweepCell& cell : sweep.cells) widest = std::max(widest, (cell.estimate.high - cell.estimate.low) / 2);
  return widest;
}

std::uint64_t runs_played(const scenarios::Sweep& sweep) {
  return std::accumulate(sweep.cells.begin(), sweep.cells.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const SweepCell& cell) { return sum + cell.samples.size(); });
}

std::uint64_t runs_cut_short(const scenarios::Sweep& sweep) {
  return std::accumulate(sweep.cells.begin(), sweep.cells.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const SweepCell& cell) { return sum + cell.cut_short; });
}

std::vector<std::string> sweep_notes(const SweepReport& report) {
  const scenarios::Sweep& sweep = report.sweep;
  const auto early = std::count_if(sweep.cells.begin(), sweep.cells.end(),
                                   [&](const SweepCell& cell) { return cell.samples.size() < report.runs; });
  std::vector<std::string> notes;
  notes.push_back(fmt::format("{}, {} from {}; {} of at most {}", counted(runs_played(sweep), "run"),
                              sweep.independent ? "seeds of each cell's own" : "the same seeds in each cell",
                              report.first_seed, counted(sweep.cells.size(), "cell"), counted(report.runs, "run")));
  if (early != 0 && !sweep.interrupted)
    notes.push_back(
        fmt::format("{} decided before all runs were played", counted(static_cast<std::uint64_t>(early), "cell")));
  notes.push_back(looks_words(report) + fmt::format("; the widest is ±{}", short_number(widest_half(sweep))));
  if (sweep.cells.size() > 1) notes.push_back(difference_words(sweep));
  for (const Narrowing& one : report.narrowing) notes.push_back(narrowing_words(sweep.axes[one.axis], one));
  if (const auto cut = runs_cut_short(sweep); cut != 0)
    notes.push_back(fmt::format("a bound cut {} short: what they give is no answer", counted(cut, "run")));
  return notes;
}

}  // namespace drydock::reports
