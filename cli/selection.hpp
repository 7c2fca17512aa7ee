#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reports/reproduce.hpp"
#include "scenarios/files/decoded.hpp"
#include "scenarios/files/diagnostic.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"

namespace drydock::cli {

/// Says which runs the user asked for, in the words of the options.
struct SelectionRequest {
  /// Scenarios, tapes, and directories of them. A tape plays its own scenario.
  std::vector<std::string> files;
  bool only_tapes = false;  // directories stand for their tapes alone, and a scenario is an error
  std::vector<std::string> policies;
  std::vector<std::string> cases;  // patterns; none = all
  std::vector<std::string> set;
  std::optional<std::uint64_t> seed;
  bool no_seed = false;  // the calm run also where a case has a seed of its own
  std::optional<std::string> tape;
  std::vector<std::string> deviate;
  std::vector<std::string> invariants;  // files of users' invariants
};

/// A job is one run to be played.
struct Job {
  std::shared_ptr<const scenarios::Scenario> scenario;
  scenarios::CaseSpec played;
  sim::Tape tape;
  scenarios::RunOptions options;
  reports::Invocation invocation;
  /// False under --policy: then there is nothing to expect, and only violations fail the run.
  bool judges_expectations = true;
  /// The tape was recorded with this hash; empty where the job is not that very run.
  std::optional<std::uint64_t> recorded_hash;
  /// The tape was kept for this (`{invariant, signature, message}`); null without a tape.
  scenarios::Json recorded_finding = nullptr;
};

struct Selection {
  std::vector<Job> jobs;
  std::vector<scenarios::Diagnostic> errors;  // if any, nothing is to be run
  std::vector<scenarios::Diagnostic> warnings;
  /// A pattern could have matched each of these; they are written `scenario/case`.
  std::vector<std::string> candidates;
};

/// Reads users' invariants, all errors at once; no two have one name.
[[nodiscard]] scenarios::Decoded<std::vector<scenarios::SqlInvariant>> read_invariants(
    const std::vector<std::string>& files);

/// Reads every file and makes the runs of them, in the order of files and cases. All errors of all
/// files are found at once.
[[nodiscard]] Selection select(const SelectionRequest& wanted);

}  // namespace drydock::cli
