#pragma once

#include <string>

#include "reports/style.hpp"
#include "scenarios/conform/conform.hpp"

namespace drydock::reports {

/// What was asked of a log, what came of it, and where the run went that explains it.
struct ConformReport {
  const scenarios::ImportedLog& log;
  const scenarios::LogQuestion& question;
  const scenarios::Conformance& found;
  std::string tape;      // where it was written; empty: nowhere
  std::string scenario;  // the same, where the run is a scenario by itself
};

/// The verdict first; then the run, or the place at which the log and the best run part. Every line fits 80 columns,
/// except the one to copy.
[[nodiscard]] std::string conform_text(const ConformReport& report, TextStyle style);

/// `drydock.conformance/1`.
[[nodiscard]] std::string conform_json(const ConformReport& report);

}  // namespace drydock::reports
