#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <map>
#include <set>
#include <utility>

#include "scenarios/metrics.hpp"
#include "scenarios/run.hpp"
#include "scenarios/whatif/compare.hpp"
#include "scenarios/whatif/trials.hpp"
#include "sim/check.hpp"

namespace drydock::scenarios {
namespace {

/// The numbers that are kept of one run.
struct Reading {
  std::vector<double> metrics;
  std::set<std::string> broken;
  bool inconclusive = false;
};

Reading read(const Outcome& outcome, const std::vector<std::string>& metrics) {
  Reading reading;
  for (const std::string& name : metrics) {
    const auto value = metric_of(outcome, name);
    DRYDOCK_CHECK(value.has_value(), "there is no metric {}", name);
    reading.metrics.push_back(*value);
  }
  for (const ShownViolation& violation : outcome.violations) reading.broken.insert(violation.invariant);
  reading.inconclusive = !outcome.stopped_by.empty();
  return reading;
}

using Readings = std::vector<Reading>;  // of one variant, run by run

/// The chance that a fair coin falls as unevenly as this, to either side.
double uneven_chance(std::uint64_t one, std::uint64_t other) {
  const std::uint64_t tosses = one + other;
  if (tosses == 0) return 1;
  const boost::math::binomial_distribution<double> coin(static_cast<double>(tosses), 0.5);
  return std::min(1.0, 2 * boost::math::cdf(coin, static_cast<double>(std::min(one, other))));
}

class Pairing {
 public:
  Pairing(const Readings& a, const Readings& b, const StudyOptions& options) : a_(a), b_(b), options_(options) {}

  [[nodiscard]] Pair pair() const {
    Pair made;
    for (std::size_t i = 0; i < options_.metrics.size(); ++i) made.metrics.push_back(metric(i));
    std::set<std::string> invariants;
    for (const Readings* each : {&a_, &b_}) {
      for (const Reading& reading : *each) invariants.insert(reading.broken.begin(), reading.broken.end());
    }
    for (const std::string& invariant : invariants) made.promises.push_back(promise(invariant));
    return made;
  }

 private:
  static std::vector<double> column(const Readings& readings, std::size_t metric) {
    std::vector<double> values;
    values.reserve(readings.size());
    for (const Reading& reading : readings) values.push_back(reading.metrics[metric]);
    return values;
  }

  [[nodiscard]] PairedMetric metric(std::size_t index) const {
    const std::vector<double> a = column(a_, index);
    const std::vector<double> b = column(b_, index);
    return {.name = options_.metrics[index], .a = mean_of(a), .b = mean_of(b), .difference = paired_difference(a, b)};
  }

  [[nodiscard]] PairedPromise promise(const std::string& invariant) const {
    PairedPromise found;
    found.invariant = invariant;
    for (std::size_t run = 0; run < a_.size(); ++run) {
      const bool in_a = a_[run].broken.contains(invariant);
      const bool in_b = b_[run].broken.contains(invariant);
      const std::uint64_t seed = options_.first_seed + run;
      if (in_a && in_b) {
        ++found.both;
      } else if (in_a) {
        ++found.a_alone;
        if (!found.seed_of_a) found.seed_of_a = seed;
      } else if (in_b) {
        ++found.b_alone;
        if (!found.seed_of_b) found.seed_of_b = seed;
      } else {
        ++found.neither;
      }
    }
    found.p_value = uneven_chance(found.a_alone, found.b_alone);
    return found;
  }

  const Readings& a_;
  const Readings& b_;
  const StudyOptions& options_;
};

Reading play(const Variant& variant, std::uint64_t seed, const std::vector<std::string>& metrics,
             Workbench& workbench) {
  sim::Tape tape = *variant.tape;
  tape.set_seed(seed);
  RunOptions options;
  options.keep_record = !variant.played->sql_invariants.empty();
  return read(run(*variant.scenario, *variant.played, tape, options, workbench), metrics);
}

}  // namespace

Study study(const std::vector<Variant>& variants, const StudyOptions& options) {
  std::vector<Readings> readings(variants.size(), Readings(options.runs));
  Trials trials(options.jobs);
  Study made;
  made.first_seed = options.first_seed;
  made.runs = trials.play(
      options.runs,
      [&](Workbench& workbench, std::uint64_t run) {
        for (std::size_t i = 0; i < variants.size(); ++i)
          readings[i][run] = play(variants[i], options.first_seed + run, options.metrics, workbench);
      },
      options.interrupted, options.progress);
  made.interrupted = made.runs < options.runs;
  for (Readings& each : readings) {
    each.resize(made.runs);
    const auto count = [&](auto&& is) {
      return static_cast<std::uint64_t>(std::count_if(each.begin(), each.end(), is));
    };
    made.failed.push_back(count([](const Reading& reading) { return !reading.broken.empty(); }));
    made.inconclusive.push_back(count([](const Reading& reading) { return reading.inconclusive; }));
  }
  for (std::size_t i = 1; i < variants.size(); ++i)
    made.pairs.push_back(Pairing(readings.front(), readings[i], options).pair());
  return made;
}

}  // namespace drydock::scenarios
