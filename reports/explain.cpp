#include "reports/explain.hpp"

#include "reports/case_report.hpp"
#include "reports/layout.hpp"
#include "reports/text.hpp"

namespace drydock::reports {

std::string explain(const scenarios::Played& played) {
  CaseReport report{.outcome = played.outcome, .invocation = {.file = played.file}};
  if (!played.play.policy.empty()) report.invocation.policy = played.play.policy;
  report.invocation.seed = played.play.seed;
  report.invocation.set = played.play.set;
  report.invocation.deviate = played.play.deviate;
  const std::size_t column = display_width(run_name(played.outcome.scenario, played.outcome.case_name));
  std::string text = case_line(played.outcome, name_width(column), {});
  if (!played.outcome.passed) text += case_block(report, {});
  return text;
}

}  // namespace drydock::reports
