#include "reports/case_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::reports {

using scenarios::Outcome;

About about(const scenarios::Scenario& scenario) { return {scenario.title, scenario.story, scenario.source}; }

CaseStatus case_status(const Outcome& outcome) {
  // A violation is one however the run ended; an unmet expectation of a run that was cut short may
  // be its cutting.
  if (!outcome.stopped_by.empty()) return outcome.unlisted.empty() ? CaseStatus::inconclusive : CaseStatus::failed;
  if (!outcome.passed) return CaseStatus::failed;
  return outcome.exercised && outcome.misaligned.empty() ? CaseStatus::held : CaseStatus::not_exercised;
}

std::vector<CaseStatus> statuses_of(std::span<const CaseReport> reports) {
  std::vector<CaseStatus> statuses;
  for (const CaseReport& report : reports) statuses.push_back(case_status(report.outcome));
  return statuses;
}

std::string verdict_note(const Outcome& outcome) {
  switch (case_status(outcome)) {
    case CaseStatus::held:
      return outcome.violations.empty() ? "" : "violates as listed";
    case CaseStatus::not_exercised:
      return outcome.misaligned.empty() ? "not exercised" : "the tape does not fit";
    case CaseStatus::inconclusive:
      return "inconclusive";
    case CaseStatus::failed:
      break;
  }
  std::string text;
  if (!outcome.unlisted.empty()) text = fmt::format("{} violated", outcome.unlisted.size());
  if (const auto unmet = unmet_count(outcome); unmet > 0) {
    text += fmt::format("{}{} unmet", text.empty() ? "" : ", ", unmet);
  }
  return text;
}

std::string verdict_note(const CaseReport& report) {
  const std::string note = verdict_note(report.outcome);
  if (report.known_violations.empty()) return report.known.empty() ? note : report.known;
  const std::string known = fmt::format("{} known", report.known_violations.size());
  return case_status(report.outcome) == CaseStatus::failed ? note + ", " + known : known;
}

std::string why_not_exercised(const Outcome& outcome) {
  if (outcome.misaligned.empty()) return "something that should happen at times did not";
  return printable(fmt::format("the tape fits no longer: {} of the given decisions met no question, the first {}",
                               outcome.misaligned.size(), decision_key(outcome.misaligned.front())));
}

std::size_t unmet_count(const Outcome& outcome) {
  return static_cast<std::size_t>(std::count_if(outcome.expectations.begin(), outcome.expectations.end(),
                                                [](const auto& expectation) { return !expectation.passed; }));
}

std::string run_name(const std::string& scenario, const std::string& case_name) {
  return printable(scenario) + " / " + printable(case_name);
}

bool all_held(std::span<const CaseReport> reports, const Ending& ending) {
  if (reports.empty() || ending.interrupted || !ending.internal_errors.empty()) return false;
  return std::all_of(reports.begin(), reports.end(), [](const CaseReport& report) {
    const CaseStatus found = case_status(report.outcome);
    return found == CaseStatus::held || found == CaseStatus::not_exercised;
  });
}

std::size_t shown_run(std::span<const CaseReport> reports) {
  const auto failed =
      std::find_if_not(reports.begin(), reports.end(), [](const CaseReport& report) { return report.outcome.passed; });
  return failed == reports.end() ? 0 : static_cast<std::size_t>(failed - reports.begin());
}

}  // namespace drydock::reports
