#pragma once

#include <string>

#include "reports/style.hpp"
#include "scenarios/conform/conform.hpp"

namespace drydock::reports {

/// Holds what was asked of a log, what came of the search, and where its run was saved.
struct ConformReport {
  const scenarios::ImportedLog& log;
  const scenarios::LogQuestion& question;
  const scenarios::Conformance& found;
  std::string tape;      // where it was written; empty: nowhere
  std::string scenario;  // the same, where the run is a scenario by itself
};

/// Writes the verdict first; then the run, or the place at which the log and the best run part. Every line fits 80
/// columns, except the command to copy.
[[nodiscard]] std::string conform_text(const ConformReport& report, TextStyle style);

/// Writes the same as `drydock.conformance/1`.
[[nodiscard]] std::string conform_json(const ConformReport& report);

}  // namespace drydock::reports
