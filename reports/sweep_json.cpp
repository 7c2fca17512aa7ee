#include "reports/sweep_json.hpp"

#include <cmath>

#include "reports/json_parts.hpp"
#include "scenarios/tool.hpp"

namespace drydock::reports {
namespace {

using scenarios::CliffLine;
using scenarios::Crossing;
using scenarios::Narrowing;
using scenarios::NeighbourDifference;
using scenarios::Side;
using scenarios::SweepCell;

Ordered known(double value) { return std::isfinite(value) ? number(value) : Ordered(nullptr); }

void add_estimate(Ordered& json, const scenarios::Estimate& estimate) {
  json["value"] = known(estimate.value);
  json["low"] = known(estimate.low);
  json["high"] = known(estimate.high);
}

Ordered place_of(const SweepReport& report, const SweepCell& cell) {
  Ordered at = Ordered::object();
  for (std::size_t i = 0; i < report.sweep.axes.size(); ++i) {
    const scenarios::Axis& axis = report.sweep.axes[i];
    at[axis.key] = axis.values[cell.at[i]];
  }
  return at;
}

Ordered cell_json(const SweepReport& report, const SweepCell& cell) {
  Ordered json{{"at", place_of(report, cell)}};
  add_estimate(json, cell.estimate);
  json["runs"] = cell.samples.size();
  json["decided"] = cell.decided;
  return json;
}

Ordered side_json(const scenarios::Axis& axis, const Side& side) {
  return {{"at", axis.text_at(side.position)}, {"holds", side.holds}, {"broken", side.broken}, {"runs", side.runs}};
}

Ordered line_json(const SweepReport& report, const CliffLine& line) {
  const auto& axes = report.sweep.axes;
  Ordered at = Ordered::object();
  if (line.at) at[axes[1].key] = axes[1].values[*line.at];
  Ordered json{{"at", at}, {"along", axes.front().key}};
  json["throughout"] = !line.crossings.empty() ? Ordered(nullptr) : line.holds ? Ordered("held") : Ordered("broken");
  json["crossings"] = array_of(line.crossings, [&](const Crossing& crossing) {
    return Ordered{{"left", side_json(axes.front(), crossing.left)},
                   {"right", side_json(axes.front(), crossing.right)}};
  });
  return json;
}

Ordered difference_json(const SweepReport& report, const NeighbourDifference& difference) {
  Ordered json{{"from", place_of(report, report.sweep.cells[difference.from])},
               {"to", place_of(report, report.sweep.cells[difference.to])}};
  add_estimate(json, difference.estimate);
  json["runs"] = difference.runs;
  return json;
}

Ordered narrowing_json(const SweepReport& report, const Narrowing& one) {
  return {{"along", report.sweep.axes[one.axis].key},
          {"neighbours", one.neighbours},
          {"exact", one.exact},
          {"median", known(one.median)},
          {"overall", known(one.overall)}};
}

}  // namespace

std::string sweep_json(const SweepReport& report) {
  const scenarios::Sweep& sweep = report.sweep;
  Ordered json{{"format", "drydock.sweep/1"},
               {"tool", scenarios::tool_name()},
               {"scenario", report.scenario},
               {"case", report.case_name},
               {"policy", report.policy},
               {"seed", report.first_seed},
               {"runs", report.runs},
               {"common_seeds", !sweep.independent},
               {"confidence", sweep.confidence},
               {"interrupted", sweep.interrupted}};
  json["axes"] = array_of(sweep.axes, [](const scenarios::Axis& axis) {
    return Ordered{{"key", axis.key}, {"values", axis.values}};
  });
  json["metric"] = report.metric;
  json["unit"] = report.unit;
  json["cells"] = array_of(sweep.cells, [&](const SweepCell& cell) { return cell_json(report, cell); });
  json["differences"] = array_of(scenarios::differences_of(sweep), [&](const NeighbourDifference& difference) {
    return difference_json(report, difference);
  });
  if (sweep.promise) json["threshold"] = known(sweep.threshold);
  if (!sweep.cliff.empty())
    json["cliff"] = array_of(sweep.cliff, [&](const CliffLine& line) { return line_json(report, line); });
  if (!report.narrowing.empty()) {
    json["narrowing"] = array_of(report.narrowing, [&](const Narrowing& one) { return narrowing_json(report, one); });
  }
  json["cut_short"] = runs_cut_short(sweep);
  json["reproduce"] = report.command;
  return document_text(json);
}

}  // namespace drydock::reports
