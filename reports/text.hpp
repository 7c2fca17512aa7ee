#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"
#include "reports/style.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// Gives the width of the column of names, in cells, where the widest name has `widest_name` cells. Longer names are
/// cut.
[[nodiscard]] std::size_t name_width(std::size_t widest_name);
/// Writes one line of at most 80 columns for one run, with its line break.
[[nodiscard]] std::string case_line(const scenarios::Outcome& outcome, std::size_t name_column, TextStyle style);
/// Writes it of a run of which something may be known.
[[nodiscard]] std::string case_line(const CaseReport& report, std::size_t name_column, TextStyle style);

/// Writes one line of at most 80 columns that names the faults that never fired, or without which the run would have
/// gone the same way. Empty where there are none, or where nobody asked.
[[nodiscard]] std::string idle_faults_line(const scenarios::Outcome& outcome);

/// Writes everything that a reader needs who has to understand this run now: what was promised, when it was broken and
/// for whom, how that came about, and how to see it again. Violations that the case lists are shown only where the run
/// has no others. Every line fits 80 columns, except the command to copy.
[[nodiscard]] std::string case_block(const CaseReport& report, TextStyle style);

/// Lists the report files that were written, and names the run that a file of one run holds. Empty where no file was
/// written.
[[nodiscard]] std::string report_files_text(std::span<const CaseReport> reports, const Ending& ending, TextStyle style);

/// Counts the verdicts: `3 cases: 2 ok, 1 failed`, with a line break.
[[nodiscard]] std::string summary_line(std::span<const CaseStatus> verdicts);

}  // namespace drydock::reports
