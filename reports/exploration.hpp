#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/explore/exploration.hpp"

namespace drydock::reports {

/// How to see a finding again, and where it was written to.
struct FindingFiles {
  std::string reproduce;  // the command line that plays it
  std::string tape;       // empty where it was not saved
  std::string scenario;   // empty where it was not saved, or where no scenario says it
};

/// A search as reports see it.
struct ExplorationReport {
  scenarios::Exploration found;
  /// One for each finding, in their order.
  std::vector<FindingFiles> files;
  /// The case of the file that was searched; empty where a policy was, without any case.
  std::string case_name;
  /// Exhaustive: how many decisions of a tape were not 0 at most.
  std::optional<std::uint32_t> deviations;
  /// Which of `found.shards` shards are in here, ascending: one of them, or those that were merged.
  std::vector<std::uint32_t> parts = {1};
  /// Hash over everything that decides what a search finds: scenario, policy and settings. Results of
  /// different ones cannot be merged.
  std::uint64_t inputs = 0;
};

/// The violation that a finding is about.
[[nodiscard]] const scenarios::ShownViolation& violation_of(const scenarios::Finding& finding);

/// A listed fault that the search says nothing about: it never struck, or no run would have gone
/// otherwise without it.
[[nodiscard]] bool never_fired(const scenarios::FaultUse& fault);
[[nodiscard]] bool never_mattered(const scenarios::FaultUse& fault);

/// Runs per second of wall time; 0 where no time was measured.
[[nodiscard]] double runs_per_second(const scenarios::Exploration& found);

}  // namespace drydock::reports
