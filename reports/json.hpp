#pragma once

#include <span>
#include <string>

#include "reports/ending.hpp"
#include "reports/json_parts.hpp"
#include "reports/reproduce.hpp"
#include "scenarios/files/diagnostic.hpp"

namespace drydock::reports {

/// `drydock.result/1`, pretty-printed with a final line break. Only `wall_ms` differs between two
/// runs of the same.
[[nodiscard]] std::string result_json(std::span<const CaseReport> reports, const Ending& ending);

/// One run as `results` has it; with its `timeline` where the record was kept and that is wanted.
[[nodiscard]] Ordered run_json(const CaseReport& report, bool with_timeline = true);

/// Whether there were runs, all of them were played, and all of them held.
[[nodiscard]] bool all_held(std::span<const CaseReport> reports, const Ending& ending);

/// `{"errors":[…]}`: what is said instead of a result when nothing was run.
[[nodiscard]] std::string errors_json(std::span<const scenarios::Diagnostic> errors);

/// The tool and its version, as files that it writes name it: `drydock 0.1.0`.
[[nodiscard]] std::string tool_name();

}  // namespace drydock::reports
