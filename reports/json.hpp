#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"
#include "reports/json_parts.hpp"
#include "scenarios/files/diagnostic.hpp"

namespace drydock::reports {

/// Writes the runs as `drydock.result/1`, pretty-printed with a final line break. Only `wall_ms` differs between two
/// plays of the same runs.
[[nodiscard]] std::string result_json(std::span<const CaseReport> reports, const Ending& ending);

/// Gives one run as `results` has it; with its `timeline` where the record was kept and `with_timeline` is set.
[[nodiscard]] Ordered run_json(const CaseReport& report, bool with_timeline = true);

/// Writes `{"errors":[…]}`, which stands instead of a result when nothing was run.
[[nodiscard]] std::string errors_json(std::span<const scenarios::Diagnostic> errors);

}  // namespace drydock::reports
