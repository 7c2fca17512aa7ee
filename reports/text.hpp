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

/// How wide the column of names is for these runs; long names are cut.
[[nodiscard]] std::size_t name_width(std::size_t widest_name);
/// One line of at most 80 columns for one run, with its line break.
[[nodiscard]] std::string case_line(const scenarios::Outcome& outcome, std::size_t name_column, TextStyle style);

/// One line of at most 80 columns that names the faults that never fired, or without which the run would have gone the
/// same way; empty where there are none, or nobody asked.
[[nodiscard]] std::string idle_faults_line(const scenarios::Outcome& outcome);

/// Everything that someone needs who has to understand this run now: what was promised, when it was
/// broken and for whom, how that came about, and how to see it again. Violations that the case
/// lists are shown where it has no others. Every line fits 80 columns, except the one to copy.
[[nodiscard]] std::string case_block(const CaseReport& report, TextStyle style);

/// Which report files were written, and of one that holds a single run, which. Empty where there are none.
[[nodiscard]] std::string report_files_text(std::span<const CaseReport> reports, const Ending& ending, TextStyle style);

/// `3 cases: 2 ok, 1 failed`.
[[nodiscard]] std::string summary_line(std::span<const CaseStatus> verdicts);

}  // namespace drydock::reports
