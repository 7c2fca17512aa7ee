#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/whatif/statistics.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {

// --- two runs of one tape ---

/// One thing in which two runs differ.
struct Difference {
  enum class Kind : std::uint8_t { verdict, promise, metric, row, count };
  Kind kind = Kind::count;
  std::string name;       // the invariant, the metric, the row's column, the kind of event
  std::string workspace;  // promise, row
  /// verdict, row: words (null: there is no row); promise: when it was broken first, in seconds, or null where it was
  /// kept; metric, count: a number.
  Json a;
  Json b;
};
[[nodiscard]] std::string_view to_text(Difference::Kind kind);

/// The event at which two runs part, and what led there.
struct Divergence {
  std::size_t index = 0;        // of the first event that they do not share
  std::optional<ShownEvent> a;  // empty where that run has no more
  std::optional<ShownEvent> b;
  std::vector<ShownEvent> causes_a;  // of that event, oldest first; all of them happened in both runs
  std::vector<ShownEvent> causes_b;
};

/// The first event of either run that has no counterpart in the other. Two events are counterparts where they are
/// equally manieth of their kind, workspace and outward detail, whenever they happened: a heartbeat that comes a
/// millisecond later is no difference here.
struct OneSided {
  std::optional<ShownEvent> a;  // empty where the other run has a counterpart of each
  std::optional<ShownEvent> b;
};

/// Everything that another policy, knob or decision changed: `a` is the baseline.
struct Comparison {
  std::optional<Divergence> first;  // empty where all events are the same
  OneSided alone;
  std::vector<Difference> differences;
};

/// Compares two outcomes whose records were kept.
[[nodiscard]] Comparison compare(const Outcome& a, const Outcome& b);

// --- many tapes, each played to every variant ---

/// One of the things that are compared. All three outlive the study.
struct Variant {
  const Scenario* scenario = nullptr;
  const CaseSpec* played = nullptr;
  const sim::Tape* tape = nullptr;  // its seed is the study's; its entries stay
};

struct StudyOptions {
  std::uint64_t runs = 0;
  std::uint64_t first_seed = 1;  // run k plays the seed first_seed + k to every variant
  std::vector<std::string> metrics;
  unsigned jobs = 1;
  std::function<bool()> interrupted;
  /// Told of the tapes that were played, now and then, on the caller's thread.
  std::function<void(std::uint64_t tapes)> progress;
};

/// A metric of the baseline and of another variant over the same tapes.
struct PairedMetric {
  std::string name;
  Estimate a;
  Estimate b;
  Estimate difference;  // b − a, of pairs
};

/// The numbers of tapes in which both, one or neither of two variants broke a promise.
struct PairedPromise {
  std::string invariant;
  std::uint64_t both = 0;
  std::uint64_t a_alone = 0;
  std::uint64_t b_alone = 0;
  std::uint64_t neither = 0;
  /// McNemar's exact test: the chance of tapes as uneven as these if neither variant were better.
  double p_value = 1;
  std::optional<std::uint64_t> seed_of_a;  // of the first tape in which that one alone breaks it
  std::optional<std::uint64_t> seed_of_b;
};

struct Pair {
  std::vector<PairedMetric> metrics;
  std::vector<PairedPromise> promises;  // those that any run broke, by name
};

struct Study {
  std::uint64_t runs = 0;  // the first ones, where it was interrupted
  std::uint64_t first_seed = 1;
  bool interrupted = false;
  std::vector<std::uint64_t> failed;        // of each variant: in how many tapes it broke any promise
  std::vector<std::uint64_t> inconclusive;  // of each variant: how many runs a bound ended
  std::vector<Pair> pairs;                  // the first variant and each other one
};

/// Plays the same tapes to every variant (common random numbers).
[[nodiscard]] Study study(const std::vector<Variant>& variants, const StudyOptions& options);

}  // namespace drydock::scenarios
