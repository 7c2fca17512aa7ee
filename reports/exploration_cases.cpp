#include "reports/exploration_cases.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/layout.hpp"
#include "reports/reproduce.hpp"
#include "scenarios/signature.hpp"

namespace drydock::reports {
namespace {

CaseReport case_of(const scenarios::Finding& finding, const FindingFiles& files) {
  CaseReport made{finding.outcome, {.command = files.reproduce}};
  made.outcome.case_name = finding_name(finding);
  made.outcome.passed = false;
  made.outcome.unlisted = {finding.violation};
  return made;
}

/// A known finding is a case of the same name as on the day on which it was new. It is not exercised while it is there,
/// or where nobody can tell, and holds once it is fixed.
CaseReport case_of(const scenarios::RememberedFinding& finding, const std::string& file) {
  CaseReport made;
  made.outcome.scenario = finding.scenario;
  made.outcome.case_name = finding.key.promise + " " + scenarios::signature_tag(finding.key.signature);
  made.outcome.policy = finding.key.policy;
  made.outcome.passed = true;
  made.invocation.command =
      fmt::format("drydock findings show {} {}", shell_quote(file), shell_quote(finding.full_name()));
  if (finding.state == scenarios::FindingState::fixed) return made;
  made.outcome.exercised = false;
  made.known = finding.state == scenarios::FindingState::known
                   ? known_words(finding)
                   : std::string{scenarios::to_text(finding.state)} + ": " + printable(finding.why);
  return made;
}

CaseReport case_of_search(const ExplorationReport& report) {
  CaseReport made;
  made.outcome.scenario = report.found.scenario;
  made.outcome.case_name = "search";
  made.outcome.policy = report.found.policy;
  made.outcome.passed = true;
  made.outcome.exercised = was_exercised(report);
  made.outcome.wall_us = static_cast<std::uint64_t>((report.found.wall_s + report.found.shrink_s) * 1e6);
  made.invocation.command =
      fmt::format("# {} runs, strategy {}, seed {}", report.found.runs, report.found.strategy, report.found.seed);
  return made;
}

}  // namespace

bool was_exercised(const ExplorationReport& report) {
  const auto& faults = report.found.faults;
  const bool idle = std::any_of(faults.begin(), faults.end(),
                                [](const auto& fault) { return never_fired(fault) || never_mattered(fault); });
  const bool incomplete = report.deviations.has_value() && !report.found.complete;
  return !idle && !incomplete && report.found.cut_short == 0;
}

bool has_unfit(const ExplorationReport& report) {
  if (!report.memory) return false;
  const auto& all = report.memory->findings;
  return std::any_of(all.begin(), all.end(), [](const scenarios::NightFinding& one) {
    return one.now.state == scenarios::FindingState::does_not_replay;
  });
}

std::string finding_name(const scenarios::Finding& finding) {
  return finding.invariant + " " + scenarios::signature_tag(finding.signature);
}

std::vector<CaseReport> exploration_cases(const ExplorationReport& report) {
  std::vector<CaseReport> cases{case_of_search(report)};
  for (std::size_t i = 0; i < report.found.findings.size(); ++i)
    cases.push_back(case_of(report.found.findings[i], report.files[i]));
  if (!report.memory) return cases;
  for (const scenarios::NightFinding& one : report.memory->findings) {
    if (!scenarios::is_red(one.now.state)) cases.push_back(case_of(one.now, report.memory->file));
  }
  return cases;
}

}  // namespace drydock::reports
