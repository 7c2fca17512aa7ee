#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reports/ending.hpp"
#include "reports/reproduce.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {
struct Scenario;
}

namespace drydock::reports {

/// Says what a scenario says of itself, each empty where it does not.
struct About {
  std::string title;
  std::string story;
  std::string source;

  friend bool operator==(const About&, const About&) = default;
};
[[nodiscard]] About about(const scenarios::Scenario& scenario);

/// A `CaseReport` is one run as reports see it: its outcome, how it was asked for, and what its scenario is about.
struct CaseReport {
  scenarios::Outcome outcome;
  Invocation invocation;
  About about{};
  /// With a memory of findings (`--known`): the violations that are known and accepted, so that they fail nothing, and
  /// what is to be said of them, in one line.
  std::vector<std::size_t> known_violations{};
  std::string known{};
};

/// A `CaseStatus` says what a run comes to; a graver status has a higher value.
enum class CaseStatus : std::uint8_t {
  held,           // every expectation met, nothing violated that is not listed
  not_exercised,  // held, but something that should happen now and then did not, or the tape does not fit the run
  inconclusive,   // a bound ended the run before anything was violated
  failed,
};

[[nodiscard]] CaseStatus case_status(const scenarios::Outcome& outcome);
/// Gives the status of each run, in the order of the runs.
[[nodiscard]] std::vector<CaseStatus> statuses_of(std::span<const CaseReport> reports);

/// Says in a few words what is unusual about the run: `12 violated, 1 unmet`. Empty where nothing is.
[[nodiscard]] std::string verdict_note(const scenarios::Outcome& outcome);
/// Says so of a run of which something may be known.
[[nodiscard]] std::string verdict_note(const CaseReport& report);

/// Says why the run's status is `not_exercised`, in one line.
[[nodiscard]] std::string why_not_exercised(const scenarios::Outcome& outcome);

/// Counts the expectations that were not met.
[[nodiscard]] std::size_t unmet_count(const scenarios::Outcome& outcome);

/// Names a run as reports do: `scenario / case`.
[[nodiscard]] std::string run_name(const std::string& scenario, const std::string& case_name);

/// Tells whether there were runs, all of them were played, and all of them held.
[[nodiscard]] bool all_held(std::span<const CaseReport> reports, const Ending& ending);

/// Gives the index of the run that a report of one run shows: the first that did not pass, else the first. `reports` is
/// not empty.
[[nodiscard]] std::size_t shown_run(std::span<const CaseReport> reports);

}  // namespace drydock::reports
