#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reports/ending.hpp"
#include "reports/reproduce.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// One run as reports see it.
struct CaseReport {
  scenarios::Outcome outcome;
  Invocation invocation;
};

/// What a run comes to.
enum class CaseStatus : std::uint8_t {
  held,           // every expectation met, nothing violated that is not listed
  not_exercised,  // held, but something that should happen now and then did not
  inconclusive,   // a bound ended the run before anything was violated
  failed,
};

[[nodiscard]] CaseStatus case_status(const scenarios::Outcome& outcome);
/// The status of each run, in the order of the runs.
[[nodiscard]] std::vector<CaseStatus> statuses_of(std::span<const CaseReport> reports);

/// What is unusual about it, in a few words: `12 violated, 1 unmet`; empty where nothing is.
[[nodiscard]] std::string verdict_note(const scenarios::Outcome& outcome);

/// How many expectations were not met.
[[nodiscard]] std::size_t unmet_count(const scenarios::Outcome& outcome);

/// `scenario / case`, as reports name a run.
[[nodiscard]] std::string run_name(const std::string& scenario, const std::string& case_name);

/// Whether there were runs, all of them were played, and all of them held.
[[nodiscard]] bool all_held(std::span<const CaseReport> reports, const Ending& ending);

/// Which of the runs a report of one run shows: the first that did not pass, else the first. There is at least one.
[[nodiscard]] std::size_t shown_run(std::span<const CaseReport> reports);

}  // namespace drydock::reports
