#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

// `drydock.stream/1`: one JSON object a line, each with a `type`. docs/reports.md lists the keys.

/// Writes the lines of one run: `run`, its `event`s as they happened, its `violation`s, its `result`. `number` counts
/// the runs from 1. Events are there where they were kept.
[[nodiscard]] std::string ndjson_run(const CaseReport& report, std::size_t number);

/// Writes the line of a run in which Drydock itself failed.
[[nodiscard]] std::string ndjson_error(const InternalFailure& error);

/// Writes the last line; a stream without it was cut.
[[nodiscard]] std::string ndjson_summary(std::span<const CaseReport> reports, const Ending& ending);

/// Writes the whole stream.
[[nodiscard]] std::string ndjson(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
