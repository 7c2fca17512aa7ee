#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "scenarios/files/diagnostic.hpp"
#include "scenarios/logs/import.hpp"

namespace drydock::cli {

// What `import` and `conform` have in common: logs, and how they are read.

// The rows of their options that say how logs are read.
[[nodiscard]] Option mapping_option();
[[nodiscard]] Option log_kind_option();
[[nodiscard]] Option visible_option();

struct ReadLogs {
  std::optional<scenarios::ImportedLog> log;
  std::vector<scenarios::Diagnostic> errors;
};
/// Reads the mapping and every log; all errors of all files are found at once. Throws UsageError.
[[nodiscard]] ReadLogs read_logs(const po::variables_map& values);

}  // namespace drydock::cli
