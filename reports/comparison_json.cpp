#include "reports/comparison_json.hpp"

#include "reports/case_report.hpp"
#include "reports/json.hpp"
#include "reports/json_parts.hpp"
#include "scenarios/tool.hpp"

namespace drydock::reports {
namespace {

using scenarios::Comparison;
using scenarios::Difference;
using scenarios::Divergence;
using scenarios::ShownEvent;

Ordered event_or_null(const std::optional<ShownEvent>& event) { return event ? event_json(*event) : Ordered(nullptr); }

Ordered divergence_json(const std::optional<Divergence>& first) {
  if (!first) return nullptr;
  const ShownEvent& either = first->a ? *first->a : *first->b;
  const ShownEvent& earlier = first->b && first->b->at < either.at ? *first->b : either;
  return {{"event", first->index + 1},
          {"at_s", seconds(earlier.at)},
          {"a", event_or_null(first->a)},
          {"b", event_or_null(first->b)},
          {"causes_a", array_of(first->causes_a, event_json)},
          {"causes_b", array_of(first->causes_b, event_json)}};
}

Ordered difference_json(const Difference& difference) {
  return {{"what", to_text(difference.kind)},
          {"name", difference.name},
          {"workspace", text_or_null(difference.workspace)},
          {"a", Ordered(difference.a)},
          {"b", Ordered(difference.b)}};
}

Ordered comparison_entry(const Comparison& comparison, std::size_t run) {
  return {{"baseline", 0},
          {"run", run},
          {"first_divergence", divergence_json(comparison.first)},
          {"first_alone", {{"a", event_or_null(comparison.alone.a)}, {"b", event_or_null(comparison.alone.b)}}},
          {"differences", array_of(comparison.differences, difference_json)}};
}

Ordered run_entry(const std::string& name, const CaseReport& report) {
  Ordered json{{"name", name}};
  json.update(run_json(report));
  // Two runs of ten thousand events each are for `replay` to tell.
  json.erase("timeline");
  return json;
}

Ordered estimate_json(const scenarios::Estimate& estimate) {
  // Infinite bounds have no JSON; null says that too little was played to give one.
  return {{"value", estimate.value}, {"low", estimate.low}, {"high", estimate.high}};
}

Ordered metric_json(const scenarios::PairedMetric& metric) {
  Ordered json{{"what", "metric"},
               {"name", metric.name},
               {"a", metric.a.value},
               {"b", metric.b.value},
               {"difference", metric.difference.value},
               {"low", metric.difference.low},
               {"high", metric.difference.high}};
  json["mean_a"] = estimate_json(metric.a);
  json["mean_b"] = estimate_json(metric.b);
  return json;
}

Ordered promise_json(const scenarios::PairedPromise& promise) {
  return {{"what", "promise"},
          {"name", promise.invariant},
          {"both", promise.both},
          {"a_alone", promise.a_alone},
          {"b_alone", promise.b_alone},
          {"neither", promise.neither},
          {"p_value", promise.p_value},
          {"seed_of_a", value_or_null(promise.seed_of_a)},
          {"seed_of_b", value_or_null(promise.seed_of_b)}};
}

Ordered pair_json(const scenarios::Pair& pair) {
  Ordered json = array_of(pair.promises, promise_json);
  for (const auto& metric : pair.metrics) json.push_back(metric_json(metric));
  return json;
}

}  // namespace

std::string comparison_json(const ComparedRuns& compared) {
  Ordered runs = Ordered::array();
  for (std::size_t i = 0; i < compared.runs.size(); ++i) runs.push_back(run_entry(compared.names[i], compared.runs[i]));
  Ordered comparisons = Ordered::array();
  for (std::size_t i = 0; i < compared.comparisons.size(); ++i)
    comparisons.push_back(comparison_entry(compared.comparisons[i], i + 1));
  return document_text(Ordered{{"format", "drydock.comparison/1"},
                               {"tool", scenarios::tool_name()},
                               {"runs", runs},
                               {"first_divergence", comparisons.at(0).at("first_divergence")},
                               {"differences", comparisons.at(0).at("differences")},
                               {"comparisons", comparisons},
                               {"reproduce", compared.reproduce}});
}

std::string study_json(const ComparedTapes& compared) {
  const scenarios::Study& study = compared.study;
  Ordered runs = Ordered::array();
  for (std::size_t i = 0; i < compared.names.size(); ++i) {
    runs.push_back(Ordered{{"name", compared.names[i]},
                           {"tapes", study.runs},
                           {"failed", study.failed[i]},
                           {"inconclusive", study.inconclusive[i]}});
  }
  Ordered comparisons = Ordered::array();
  for (std::size_t i = 0; i < study.pairs.size(); ++i) {
    comparisons.push_back(Ordered{
        {"baseline", 0}, {"run", i + 1}, {"first_divergence", nullptr}, {"differences", pair_json(study.pairs[i])}});
  }
  return document_text(Ordered{{"format", "drydock.comparison/1"},
                               {"tool", scenarios::tool_name()},
                               {"scenario", compared.scenario},
                               {"tapes", study.runs},
                               {"first_seed", study.first_seed},
                               {"interrupted", study.interrupted},
                               {"runs", runs},
                               {"first_divergence", nullptr},
                               {"differences", comparisons.at(0).at("differences")},
                               {"comparisons", comparisons},
                               {"reproduce", compared.reproduce}});
}

}  // namespace drydock::reports
