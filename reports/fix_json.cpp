#include <cmath>
#include <string_view>

#include "reports/fix.hpp"
#include "scenarios/tool.hpp"

namespace drydock::reports {
namespace {

using scenarios::Fix;
using scenarios::FixBreak;
using scenarios::OfferedChange;
using scenarios::PairedMetric;

Ordered number_or_null(double value) { return std::isfinite(value) ? number(value) : Ordered(nullptr); }

Ordered change_json(const OfferedChange& change) {
  return {{"key", change.key}, {"from", text_or_null(change.from)}, {"to", change.to}};
}

Ordered edge_json(const scenarios::FixEdge& edge) {
  return {{"key", edge.key}, {"broken", edge.broken}, {"held", edge.held}};
}

std::string_view to_text(FixBreak::Where where) {
  switch (where) {
    case FixBreak::Where::here:
      return "run";
    case FixBreak::Where::around:
      return "around";
    case FixBreak::Where::catalogue:
      break;
  }
  return "catalogue";
}

Ordered break_json(const FixBreak& each) {
  return {{"invariant", each.invariant},
          {"where", to_text(each.where)},
          {"first", text_or_null(each.what)},
          {"times", each.times}};
}

Ordered cost_json(const PairedMetric& metric) {
  return {{"metric", metric.name},
          {"a", number_or_null(metric.a.value)},
          {"b", number_or_null(metric.b.value)},
          {"difference", number_or_null(metric.difference.value)},
          {"low", number_or_null(metric.difference.low)},
          {"high", number_or_null(metric.difference.high)}};
}

Ordered fix_json(const Fix& fix, const std::string& command) {
  return {{"changes", array_of(fix.changes, change_json)},
          {"smallest", fix.smallest},
          {"edges", array_of(fix.edges, edge_json)},
          {"breaks", array_of(fix.breaks, break_json)},
          {"leaves", fix.left},
          {"unasked", fix.unasked},
          {"on_catalogue", fix.on_catalogue},
          {"around", array_of(fix.around, cost_json)},
          {"catalogue", array_of(fix.catalogue, cost_json)},
          {"command", command}};
}

Ordered missed_json(const scenarios::NearMiss& miss) {
  return {{"changes", array_of(miss.changes, change_json)}, {"broken_by", miss.broken_by}};
}

Ordered level_json(const scenarios::FixLevel& level) {
  return {{"changes", level.changes}, {"there_are", level.there_are}, {"tried", level.tried}};
}

std::string_view to_text(FixOver over) {
  return over == FixOver::knobs ? "knobs" : over == FixOver::world ? "cloud" : "policy";
}

}  // namespace

std::string fix_document(const FixReport& report) {
  const scenarios::Fixes& fixes = report.fixes;
  Ordered found = Ordered::array();
  for (std::size_t i = 0; i < fixes.fixes.size(); ++i) found.push_back(fix_json(fixes.fixes[i], report.commands[i]));
  const Ordered json{{"format", "drydock.fix/1"},
                     {"tool", scenarios::tool_name()},
                     {"scenario", report.scenario},
                     {"case", report.case_name},
                     {"policy", report.policy},
                     {"invariant", fixes.invariant},
                     {"workspace", text_or_null(report.workspace)},
                     {"message", report.message},
                     {"over", to_text(report.over)},
                     {"ablated", text_or_null(report.ablated)},
                     {"all_hold", value_or_null(fixes.all_hold)},
                     {"around", fixes.around},
                     {"around_broken", fixes.around_broken},
                     {"scenarios", fixes.scenarios},
                     {"budget", report.budget},
                     {"runs", fixes.runs},
                     {"levels", array_of(fixes.levels, level_json)},
                     {"interrupted", fixes.interrupted},
                     {"fixes", found},
                     {"missed", array_of(fixes.missed, missed_json)},
                     {"sentence", fix_sentence(report)},
                     {"reproduce", report.reproduce}};
  return document_text(json);
}

}  // namespace drydock::reports
