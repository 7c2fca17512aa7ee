#include "reports/exploration.hpp"

#include "sim/check.hpp"

namespace drydock::reports {

const scenarios::ShownViolation& violation_of(const scenarios::Finding& finding) {
  DRYDOCK_CHECK(finding.violation < finding.outcome.violations.size(), "the finding {} has no violation {}",
                finding.signature, finding.violation);
  return finding.outcome.violations[finding.violation];
}

const scenarios::NightFinding* remembered(const ExplorationReport& report, const scenarios::Finding& finding) {
  if (!report.memory) return nullptr;
  for (const scenarios::NightFinding& one : report.memory->findings) {
    if (one.now.key.promise == finding.invariant && one.now.key.signature == finding.signature) return &one;
  }
  return nullptr;
}

std::string state_words(const ExplorationReport& report, const scenarios::Finding& finding) {
  const scenarios::NightFinding* known = remembered(report, finding);
  if (known == nullptr) return {};
  std::string text{scenarios::to_text(known->now.state)};
  if (known->before) text += ", first seen " + known->now.first.date;
  return text;
}

bool never_fired(const scenarios::FaultUse& fault) { return fault.fired == 0; }

bool never_mattered(const scenarios::FaultUse& fault) { return fault.fired != 0 && fault.mattered == false; }

double runs_per_second(const scenarios::Exploration& found) {
  return found.wall_s > 0 ? static_cast<double>(found.runs) / found.wall_s : 0;
}

}  // namespace drydock::reports
