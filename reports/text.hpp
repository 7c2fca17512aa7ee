#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "reports/ending.hpp"
#include "reports/reproduce.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// What a run comes to.
enum class CaseStatus : std::uint8_t {
  held,           // every expectation met, nothing violated that is not listed
  not_exercised,  // held, but something that should happen now and then did not
  inconclusive,   // a bound ended the run before anything was violated
  failed,
};

[[nodiscard]] CaseStatus case_status(const scenarios::Outcome& outcome);

/// What is unusual about it, in a few words: `12 violated, 1 unmet`; empty where nothing is.
[[nodiscard]] std::string verdict_note(const scenarios::Outcome& outcome);

struct TextStyle {
  bool colour = false;  // changes no letter
};

/// How wide the column of names is for these runs; long names are cut.
[[nodiscard]] std::size_t name_width(std::size_t widest_name);
/// `scenario / case`, as the text report names a run.
[[nodiscard]] std::string run_name(const std::string& scenario, const std::string& case_name);

/// One line of at most 80 columns for one run, with its line break.
[[nodiscard]] std::string case_line(const scenarios::Outcome& outcome, std::size_t name_column, TextStyle style);

/// One line of at most 80 columns that names the faults that never fired, or without which the run would have gone the
/// same way; empty where there are none, or nobody asked.
[[nodiscard]] std::string idle_faults_line(const scenarios::Outcome& outcome);

/// Everything that someone needs who has to understand this run now: what was promised, when it was
/// broken and for whom, how that came about, and how to see it again. Violations that the case
/// lists are shown where it has no others. Every line fits 80 columns, except the one to copy.
[[nodiscard]] std::string case_block(const CaseReport& report, TextStyle style);

/// The promise, the moment and the chain of causes of one violation, as `case_block` shows it.
[[nodiscard]] std::string violation_block(const scenarios::Outcome& outcome, const scenarios::ShownViolation& violation,
                                          TextStyle style);

/// Which report files were written, and of one that holds a single run, which. Empty where there are none.
[[nodiscard]] std::string report_files_text(std::span<const CaseReport> reports, const Ending& ending, TextStyle style);

/// `3 cases: 2 ok, 1 failed`.
[[nodiscard]] std::string summary_line(std::span<const CaseStatus> verdicts);

/// An instant as reports write it: `+30.451s`.
[[nodiscard]] std::string since_start(sim::Instant at);

}  // namespace drydock::reports
