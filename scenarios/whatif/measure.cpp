#include "scenarios/whatif/measure.hpp"

#include <variant>

#include "scenarios/metrics.hpp"

namespace drydock::scenarios {
namespace {

/// Gives the case without the expectations that no metric reads: some would have every run keep its record.
CaseSpec measured_case(CaseSpec played) {
  std::erase_if(played.expect, [](const Expectation& expectation) {
    return !std::holds_alternative<ViolatesExpectation>(expectation.what);
  });
  played.sql_invariants.clear();
  return played;
}

}  // namespace

Point point_of(const Varied& varied, const Measurement& measurement) {
  const std::string& metric = measurement.metric;
  RunOptions options;
  options.keep_record = false;
  options.full_calm = measurement.full_calm || counts_on_at_rest(metric);
  return [scenario = varied.scenario, played = measured_case(varied.played), metric, options](std::uint64_t seed,
                                                                                              Workbench& workbench) {
    sim::Tape tape;
    tape.set_seed(seed);
    const Outcome outcome = run(*scenario, played, tape, options, workbench);
    const double value = metric_of(outcome, metric).value_or(0);
    return Sample{is_promise_metric(metric) ? (value > 0 ? 1.0 : 0.0) : value, !outcome.stopped_by.empty()};
  };
}

}  // namespace drydock::scenarios
