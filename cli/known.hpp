#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/memory_file.hpp"
#include "cli/options.hpp"
#include "cli/selection.hpp"
#include "reports/memory.hpp"
#include "scenarios/memory/night.hpp"

namespace drydock::cli {

// What the commands have in common that know findings from night to night: explore, run, mutate.

/// Says which memory of findings a command is to know.
struct KnownRequest {
  std::string file;
  std::string date;  // empty: the file is only read
};

/// Are `--known FILE` and `--date DATE`, rows of the tables of these commands.
[[nodiscard]] Option known_option();
[[nodiscard]] Option date_option();
/// Reads both; empty without --known. Throws UsageError.
[[nodiscard]] std::optional<KnownRequest> known_request(const po::variables_map& values);
/// Reads `--date`, a day or an instant in UTC. Empty without it. Throws UsageError.
[[nodiscard]] std::string date_of(const po::variables_map& values);

/// Names the policy of a case as a memory does: with the knobs that were set.
[[nodiscard]] std::string policy_key(const scenarios::CaseSpec& played);

/// Names a version of the model: Drydock's, and a hash of how the platform behaves under this policy in a few runs of
/// the open world.
[[nodiscard]] std::string model_version(const model::Policy& policy);

/// A memory of findings as a command has it that plays.
class KnownFindings {
 public:
  /// Opens the file. `campaign` says what the command is. Throws as MemoryFile does, and UsageError where the date is
  /// before the latest one in the file.
  KnownFindings(KnownRequest request, std::string campaign);

  [[nodiscard]] const std::string& file() const { return request_.file; }
  /// Returns what was known when the file was opened.
  [[nodiscard]] const std::vector<scenarios::RememberedFinding>& before() const { return before_; }
  /// Returns the finding as it was known then; null where nobody knew of it.
  [[nodiscard]] const scenarios::RememberedFinding* find(const scenarios::FindingKey& key) const;

  /// Says how findings stand after what was seen of a policy, and writes it down where there is a date. Other commands
  /// may have changed the file meanwhile: what counts is how the findings stand by now.
  [[nodiscard]] reports::MemoryReport note(const std::string& policy, const std::string& model,
                                           std::vector<scenarios::TapeShown> tapes,
                                           std::vector<scenarios::SeenFinding> seen);

 private:
  KnownRequest request_;
  std::string campaign_;
  std::unique_ptr<MemoryFile> memory_;
  std::vector<scenarios::RememberedFinding> before_;
};

}  // namespace drydock::cli
