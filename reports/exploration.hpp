#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/memory.hpp"
#include "scenarios/explore/exploration.hpp"
#include "scenarios/tool.hpp"

namespace drydock::reports {

/// Says how to see a finding again, and to which files it was written.
struct FindingFiles {
  std::string reproduce{};  // the command line that plays it
  std::string tape{};       // empty where it was not saved
  std::string scenario{};   // empty where it was not saved, or where no scenario says it
  std::string session{};  // the log of a client's session; empty where it was not saved, or where no client was played
};

/// An `ExplorationReport` is a search as reports see it.
struct ExplorationReport {
  scenarios::Exploration found;
  /// Has one entry for each finding, in the order of the findings.
  std::vector<FindingFiles> files;
  /// Names the case of the file that was searched. Empty where a policy was searched without any case.
  std::string case_name;
  /// Says how many decisions of a tape were other than 0 at most. Empty where the search was not exhaustive.
  std::optional<std::uint32_t> deviations;
  /// Lists, ascending, the shards out of `found.shards` that this report holds: one of them, or those that were merged.
  std::vector<std::uint32_t> parts = {1};
  /// Names the program and the version of it that searched.
  std::string tool = scenarios::tool_name();
  /// Is a hash over everything that decides what a search finds: scenario, policy and settings. Results with different
  /// hashes cannot be merged.
  std::uint64_t inputs = 0;
  /// Says how findings stand, where a memory of them was given; `found.findings` are then those for which a pipeline is
  /// to be red.
  std::optional<MemoryReport> memory{};
  /// Says as JSON all that it takes to play the search's runs again (`drydock.campaign/1`). Empty where results were
  /// merged.
  std::string document{};
};

/// Gives the violation that a finding is about.
[[nodiscard]] const scenarios::ShownViolation& violation_of(const scenarios::Finding& finding);

/// Gives what the memory of findings says of a finding; null where none was given.
[[nodiscard]] const scenarios::NightFinding* remembered(const ExplorationReport& report,
                                                        const scenarios::Finding& finding);
/// Says in words how a finding stands that a pipeline is red for; empty where no memory was given.
[[nodiscard]] std::string state_words(const ExplorationReport& report, const scenarios::Finding& finding);

/// These tell whether the search says nothing about a listed fault: the fault never struck, or no run would have gone
/// another way without it.
[[nodiscard]] bool never_fired(const scenarios::FaultUse& fault);
[[nodiscard]] bool never_mattered(const scenarios::FaultUse& fault);

/// Gives the runs per second of wall time; 0 where no time was measured.
[[nodiscard]] double runs_per_second(const scenarios::Exploration& found);

}  // namespace drydock::reports
