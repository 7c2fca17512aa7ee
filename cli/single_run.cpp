#include "cli/single_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "reports/layout.hpp"
#include "reports/text.hpp"
#include "reports/words.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;
using scenarios::ShownDecision;

/// Says why a decision met no question. Up to the place where the question would have been asked, the run with another
/// answer there is the same run: that answer was taken exactly if the question was asked.
std::string why_misaligned(const Job& job, const ShownDecision& decision, const JobPlayer& player,
                           scenarios::Workbench& workbench) {
  Job probe = job;
  probe.tape.set(decision.site, decision.occurrence, 1);
  const Outcome outcome = player(probe, workbench);
  const auto asked = std::find_if(outcome.tape.begin(), outcome.tape.end(), [&](const ShownDecision& one) {
    return one.site == decision.site && one.occurrence == decision.occurrence;
  });
  if (asked == outcome.tape.end()) return "was not asked";
  return fmt::format("out of bound: its answers are 0 to {}", asked->bound - 1);
}

}  // namespace

Outcome judged_bare(Outcome outcome) {
  outcome.unlisted.resize(outcome.violations.size());
  std::iota(outcome.unlisted.begin(), outcome.unlisted.end(), std::size_t{0});
  if (!outcome.violations.empty()) outcome.passed = false;
  return outcome;
}

int exit_code_of(const Outcome& outcome) {
  switch (reports::case_status(outcome)) {
    case reports::CaseStatus::failed:
      return kFailed;
    case reports::CaseStatus::inconclusive:
      return kInconclusive;
    case reports::CaseStatus::not_exercised:
    case reports::CaseStatus::held:
      break;
  }
  return kHeld;
}

std::string changed_model_note(const Job& job, const Outcome& outcome) {
  if (!job.recorded_hash || *job.recorded_hash == outcome.trace_hash) return {};
  return fmt::format(
      "note: {}: the tape was recorded with trace hash {:016x}, this run has {:016x}:\n"
      "      the model has changed since\n",
      reports::run_name(outcome.scenario, outcome.case_name), *job.recorded_hash, outcome.trace_hash);
}

std::string misaligned_note(const Outcome& outcome) {
  if (outcome.misaligned.empty()) return {};
  return reports::printable(fmt::format("note: {}: {} of the given decisions met no question, the first {}",
                                        reports::run_name(outcome.scenario, outcome.case_name),
                                        outcome.misaligned.size(), reports::decision_key(outcome.misaligned.front()))) +
         "\n";
}

void print_misaligned(const Job& job, const Outcome& outcome, const JobPlayer& player, Console& console) {
  if (outcome.misaligned.empty()) return;
  constexpr std::size_t kMost = 50;
  scenarios::Workbench workbench;
  const std::size_t shown = std::min(outcome.misaligned.size(), kMost);
  for (std::size_t i = 0; i < shown; ++i) {
    const ShownDecision& decision = outcome.misaligned[i];
    console.err << reports::printable(fmt::format("note: {}: {}", reports::decision_key(decision),
                                                  why_misaligned(job, decision, player, workbench)))
                << "\n";
  }
  if (shown < outcome.misaligned.size()) {
    console.err << fmt::format("note: {} more decisions met no question\n", outcome.misaligned.size() - shown);
  }
}

}  // namespace drydock::cli
