#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/fix/offered.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/whatif/compare.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {

/// The two values of a changed constant between which the promise begins to hold, all else as in the fix.
struct FixEdge {
  std::string key;
  std::string broken;
  std::string held;
};

/// A promise that a change breaks and that was kept without it, and where.
struct FixBreak {
  enum class Where : std::uint8_t { here, around, catalogue };
  std::string invariant;
  Where where = Where::here;
  std::string what;  // around: the first such tape; catalogue: the first such scenario
  std::uint64_t times = 1;
};

/// A change with which the promise holds: in the failing run, and in all around it.
struct Fix {
  std::vector<OfferedChange> changes;
  std::vector<FixEdge> edges;     // of those of its changes that have a scale
  std::vector<std::string> left;  // other promises that the failing run breaks with the change as without it
  std::vector<FixBreak> breaks;
  std::size_t unasked = 0;           // decisions of the tape that the run with the change is not asked
  std::vector<PairedMetric> around;  // what it changes in the runs around the failing one
  std::vector<PairedMetric> catalogue;
  bool on_catalogue = false;  // it was played there
  /// No part of it holds: every smaller change was tried (true), or none of its changes can be left out (false).
  bool smallest = true;
};

/// A change that closes the failing run alone: around it the promise is broken all the same.
struct NearMiss {
  std::vector<OfferedChange> changes;
  std::string broken_by;  // the first tape around it that breaks the promise
};

/// All changes of so many values at once.
struct FixLevel {
  std::size_t changes = 1;
  std::uint64_t there_are = 0;
  std::uint64_t tried = 0;
};

struct FixOptions {
  std::string invariant;
  std::size_t around = 24;
  std::uint64_t budget = 2000;   // no pair and no triple is begun after so many runs
  std::size_t most_changes = 3;  // at once
  std::size_t shown = 10;        // so many, the first, are played on the catalogue
  bool catalogue = true;
  /// The changes are a policy's: where no few of them hold, all of them together are tried, and made fewer.
  bool reduce = false;
  unsigned jobs = 1;
  std::function<bool()> interrupted;
  /// Told of the runs that were played, now and then, on the caller's thread.
  std::function<void(std::uint64_t runs)> progress;
};

/// Everything that a search for fixes says.
struct Fixes {
  std::string invariant;
  std::size_t around = 0;
  std::size_t around_broken = 0;  // of the tapes around, how many break the promise as it is
  std::size_t scenarios = 0;      // of the catalogue
  std::size_t keys = 0;           // that have a value to offer
  std::vector<FixLevel> levels;
  std::vector<Fix> fixes;  // the best first
  std::vector<NearMiss> missed;
  std::optional<bool> all_hold;  // with `reduce`: whether all changes together hold; empty: that was not asked
  std::uint64_t runs = 0;
  bool interrupted = false;
};

/// Looks for the smallest of these changes with which a promise holds that the tape's run breaks: one, or two or three
/// at once where no fewer do.
[[nodiscard]] Fixes find_fixes(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
                               const std::vector<OfferedChange>& offered, const FixOptions& options);

/// Tells whether the first is to be named before the second: fewer changes come first, then what breaks fewer other
/// promises, leaves fewer broken, and makes fewer metrics clearly worse.
[[nodiscard]] bool is_better(const Fix& one, const Fix& other);

/// Lists the metrics of which more is worse and clearly more there is: their interval lies above 0.
[[nodiscard]] std::vector<PairedMetric> clearly_worse(const std::vector<PairedMetric>& metrics);

}  // namespace drydock::scenarios
