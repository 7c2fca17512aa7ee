#include "reports/odds_json.hpp"

#include "reports/odds_text.hpp"
#include "scenarios/tool.hpp"

namespace drydock::reports {
namespace {

using scenarios::Odds;
using scenarios::OddsPoint;

Ordered last_json(const OddsPoint& point) {
  return point.last.site.empty() ? Ordered(nullptr) : decision_json(point.last);
}

Ordered point_json(const OddsPoint& point) {
  return {{"at_s", seconds(point.last.at)},
          {"event", point.event == 0 ? Ordered(nullptr) : Ordered(point.event)},
          {"probability", point.probability.value},
          {"low", point.probability.low},
          {"high", point.probability.high},
          {"decisions", point.decisions},
          {"hits", point.hits},
          {"tails", point.tails},
          {"last", last_json(point)}};
}

Ordered jump_json(const Odds& odds) {
  if (odds.jump == 0) return nullptr;
  const OddsPoint& after = odds.points[odds.jump];
  return {{"at_s", seconds(after.last.at)},
          {"event", after.event == 0 ? Ordered(nullptr) : Ordered(after.event)},
          {"from", odds.points[odds.jump - 1].probability.value},
          {"to", after.probability.value},
          {"decision", last_json(after)}};
}

/// Gives the virtual time of a point; null unless every point was looked at.
Ordered moment_json(const Odds& odds, std::size_t point) {
  return odds.complete ? Ordered(seconds(odds.points[point].last.at)) : Ordered(nullptr);
}

}  // namespace

Ordered odds_json(const Odds& odds) {
  return {{"format", "drydock.odds/1"},
          {"tool", scenarios::tool_name()},
          {"invariant", odds.target.invariant},
          {"workspace", text_or_null(odds.target.workspace)},
          {"signature", text_or_null(odds.target.signature)},
          {"law", to_text(odds.law)},
          {"law_means", odds_law(odds)},
          {"seed", odds.seed},
          {"tails", odds.tails},
          {"questions", odds.questions},
          {"complete", odds.complete},
          {"interrupted", odds.interrupted},
          {"points", array_of(odds.points, point_json)},
          {"likely_at_s", moment_json(odds, odds.likely)},
          {"certain_at_s", moment_json(odds, odds.certain)},
          {"likely", odds.complete ? last_json(odds.points[odds.likely]) : Ordered(nullptr)},
          {"certain", odds.complete ? last_json(odds.points[odds.certain]) : Ordered(nullptr)},
          {"largest_rise", odds.complete ? jump_json(odds) : Ordered(nullptr)},
          {"sentence", odds_sentence(odds)}};
}

std::string odds_document(const Odds& odds, const std::string& reproduce) {
  Ordered json = odds_json(odds);
  json["reproduce"] = reproduce;
  return document_text(json);
}

}  // namespace drydock::reports
