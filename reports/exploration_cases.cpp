#include "reports/exploration_cases.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/hash.hpp"

namespace drydock::reports {
namespace {

CaseReport case_of(const scenarios::Finding& finding, const FindingFiles& files) {
  CaseReport made{finding.outcome, {.command = files.reproduce}};
  made.outcome.case_name = finding_name(finding);
  made.outcome.passed = false;
  made.outcome.unlisted = {finding.violation};
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

std::string finding_name(const scenarios::Finding& finding) {
  return fmt::format("{} {:08x}", finding.invariant,
                     static_cast<std::uint32_t>(sim::hash_text(finding.signature) >> 32U));
}

std::vector<CaseReport> exploration_cases(const ExplorationReport& report) {
  std::vector<CaseReport> cases{case_of_search(report)};
  for (std::size_t i = 0; i < report.found.findings.size(); ++i)
    cases.push_back(case_of(report.found.findings[i], report.files[i]));
  return cases;
}

}  // namespace drydock::reports
