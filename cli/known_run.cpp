#include "cli/known_run.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "reports/words.hpp"
#include "scenarios/files/tape_file.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;
using scenarios::RememberedFinding;

/// Tells whether a finding fails nothing when it is seen: it is accepted, and was neither fixed nor retired since.
bool is_no_news(const RememberedFinding* finding) {
  return finding != nullptr && finding->retired.empty() && !finding->accepted.empty();
}

/// Returns the tape of a run, as kept for one of its violations.
std::string tape_of_run(const Job& job, const Outcome& outcome, std::size_t violation) {
  Outcome kept;
  kept.seed = outcome.seed;
  kept.trace_hash = outcome.trace_hash;
  kept.tape = outcome.tape;
  kept.violations = {outcome.violations[violation]};
  kept.unlisted = {0};
  return scenarios::encode_tape(*job.scenario, job.played, kept);
}

}  // namespace

void KnownRun::take(const Job& job, reports::CaseReport& report) {
  Outcome& outcome = report.outcome;
  if (outcome.unlisted.empty()) return;
  const std::string policy = policy_key(job.played);
  OfPolicy& night = policies_.try_emplace(policy, OfPolicy{job.played.policy, {}}).first->second;
  std::set<std::string> words;
  std::vector<std::size_t> news;
  for (const std::size_t index : outcome.unlisted) {
    const scenarios::ShownViolation& shown = outcome.violations[index];
    const scenarios::FindingKey key{policy, shown.invariant, shown.signature};
    night.seen.push_back(
        {key, job.scenario->name, shown.message, outcome.tape.size(), tape_of_run(job, outcome, index)});
    const RememberedFinding* finding = known_.find(key);
    if (!is_no_news(finding)) {
      news.push_back(index);
      continue;
    }
    report.known_violations.push_back(index);
    words.insert(finding->name() + " " + reports::known_words(*finding));
  }
  report.known = reports::joined({words.begin(), words.end()});
  outcome.unlisted = std::move(news);
  const bool is_met = !job.judges_expectations || reports::unmet_count(outcome) == 0;
  outcome.passed = is_met && outcome.unlisted.empty() && outcome.stopped_by.empty();
}

std::vector<reports::MemoryReport> KnownRun::end() {
  std::vector<reports::MemoryReport> reports;
  for (auto& [name, night] : policies_)
    reports.push_back(known_.note(name, model_version(night.policy), {}, std::move(night.seen)));
  policies_.clear();
  return reports;
}

}  // namespace drydock::cli
