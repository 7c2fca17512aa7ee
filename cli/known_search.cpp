#include "cli/known_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>

#include "cli/findings.hpp"
#include "cli/interrupt.hpp"
#include "model/invariants/catalogue.hpp"
#include "reports/reproduce.hpp"
#include "reports/words.hpp"
#include "scenarios/session/log.hpp"
#include "scenarios/signature.hpp"

namespace drydock::cli {

using scenarios::Finding;
using scenarios::FindingKey;
using scenarios::Outcome;
using scenarios::RememberedFinding;
using scenarios::ShownViolation;
using scenarios::TapeShown;

namespace {

/// A decision is tried at so many questions of its site, as tests/regress does.
constexpr std::uint32_t kMostOccurrences = 12;

/// Tells whether somebody here can judge the promise: one of the catalogue, or of the files of --invariant.
bool is_judged(const scenarios::CaseSpec& played, const std::string& promise) {
  const auto own = std::any_of(played.sql_invariants.begin(), played.sql_invariants.end(),
                               [&](const scenarios::SqlInvariant& one) { return one.name == promise; });
  const auto all = model::invariant_catalogue();
  return own || std::any_of(all.begin(), all.end(), [&](const auto& info) { return info.name == promise; });
}

std::optional<std::size_t> violation_with(const Outcome& outcome, const std::string& promise,
                                          const std::string& signature) {
  for (std::size_t i = 0; i < outcome.violations.size(); ++i) {
    if (outcome.violations[i].invariant == promise && outcome.violations[i].signature == signature) return i;
  }
  return std::nullopt;
}

bool breaks_as_recorded(const Job& job, const Outcome& outcome) {
  return violation_with(outcome, job.recorded_finding.value("invariant", ""),
                        job.recorded_finding.value("signature", ""))
      .has_value();
}

sim::Tape moved(const sim::Tape& tape, const scenarios::ShownDecision& lost, std::uint32_t occurrence) {
  sim::Tape made;
  made.set_seed(tape.seed());
  for (const auto& [key, value] : tape.entries()) {
    const bool is_lost = key.first == lost.site && key.second == lost.occurrence;
    made.set(key.first, is_lost ? occurrence : key.second, value);
  }
  return made;
}

/// Makes the job that plays a known tape under the policy of `like`; the world stays that of the tape. Where the tape
/// cannot be read, says why.
std::optional<Job> job_of(const RememberedFinding& finding, const Job& like, std::string& why) {
  auto decoded = scenarios::decode_recording(finding.name(), finding.tape);
  if (!decoded.value || !decoded.errors.empty()) {
    why = "its tape cannot be read: " + (decoded.errors.empty() ? "" : scenarios::to_text(decoded.errors.front()));
    return std::nullopt;
  }
  constexpr std::string_view kWorld = "cloud.";
  Job job;
  job.scenario = std::make_shared<const scenarios::Scenario>(std::move(decoded.value->scenario));
  job.played = std::move(decoded.value->played);
  std::erase_if(job.played.set, [&](const auto& setting) { return !setting.first.starts_with(kWorld); });
  for (const auto& setting : like.played.set) {
    if (!setting.first.starts_with(kWorld)) job.played.set.push_back(setting);
  }
  job.played.policy = like.played.policy;
  job.played.policy_name = like.played.policy_name;
  job.played.sql_invariants = like.played.sql_invariants;
  job.tape = std::move(decoded.value->tape);
  job.recorded_finding = {{"invariant", finding.key.promise}, {"signature", finding.key.signature}};
  return job;
}

Finding finding_of(const Outcome& outcome, std::size_t violation) {
  const ShownViolation& shown = outcome.violations[violation];
  Finding finding;
  finding.invariant = shown.invariant;
  finding.signature = shown.signature;
  finding.message = shown.message;
  finding.size_found = outcome.tape.size();
  finding.outcome = outcome;
  finding.violation = violation;
  return finding;
}

}  // namespace

Outcome carried_over(const Job& job, const JobPlayer& player, scenarios::Workbench& workbench) {
  Job now = job;
  Outcome best = player(now, workbench);
  while (!best.misaligned.empty() && !breaks_as_recorded(job, best)) {
    const scenarios::ShownDecision lost = best.misaligned.front();
    std::optional<std::pair<sim::Tape, Outcome>> fits;
    for (std::uint32_t occurrence = 1; occurrence <= kMostOccurrences; ++occurrence) {
      if (now.tape.entries().contains({lost.site, occurrence})) continue;
      Job candidate = now;
      candidate.tape = moved(now.tape, lost, occurrence);
      Outcome outcome = player(candidate, workbench);
      if (breaks_as_recorded(job, outcome)) return outcome;
      if (!fits && outcome.misaligned.size() < best.misaligned.size())
        fits.emplace(std::move(candidate.tape), std::move(outcome));
    }
    if (!fits) break;
    now.tape = std::move(fits->first);
    best = std::move(fits->second);
  }
  return best;
}

void KnownSearch::begin(const Job& job, scenarios::ExploreOptions& options, const JobPlayer& player) {
  policy_ = policy_key(job.played);
  promise_ = options.promise;
  options.most_findings = std::numeric_limits<std::size_t>::max();
  std::vector<const RememberedFinding*> findings;
  std::vector<Job> jobs;
  for (const RememberedFinding& finding : known_.before()) {
    if (finding.key.policy != policy_ || !finding.retired.empty() || finding.tape.empty()) continue;
    if (!promise_.empty() && finding.key.promise != promise_) continue;
    if (!is_judged(job.played, finding.key.promise)) {
      not_judged_.push_back(finding.name());
      continue;
    }
    std::string why;
    auto made = job_of(finding, job, why);
    if (!made) {
      tapes_.push_back({.key = finding.key, .shown = scenarios::Shown::does_not_fit, .why = why});
      continue;
    }
    findings.push_back(&finding);
    jobs.push_back(*std::move(made));
  }
  const JobPlayer carrying = [&](const Job& one, scenarios::Workbench& workbench) {
    return carried_over(one, player, workbench);
  };
  play_all(jobs, {.keep_events = true, .jobs = options.jobs}, carrying, [&](std::size_t index, JobResult played) {
    if (!played.outcome) throw std::runtime_error(findings[index]->full_name() + ": " + played.internal_error);
    judge(jobs[index], *findings[index], *played.outcome);
  });
  for (const TapeShown& tape : tapes_) {
    const RememberedFinding* finding = known_.find(tape.key);
    if (tape.shown == scenarios::Shown::breaks && !finding->accepted.empty())
      options.expected.insert({tape.key.promise, tape.key.signature});
  }
}

/// Says what a known tape showed, and takes over everything that its run breaks.
void KnownSearch::judge(const Job& job, const RememberedFinding& finding, const Outcome& outcome) {
  const FindingKey& key = finding.key;
  TapeShown tape{.key = key, .shown = scenarios::Shown::kept};
  if (const auto violation = violation_with(outcome, key.promise, key.signature)) {
    tape.shown = scenarios::Shown::breaks;
    tape.size = outcome.tape.size();
    tape.tape = tape_of(*job.scenario, job.played, finding_of(outcome, *violation));
  } else if (!outcome.stopped_by.empty()) {
    tape.shown = scenarios::Shown::does_not_fit;
    tape.why = "a bound ended its run: " + outcome.stopped_by;
  } else if (!outcome.misaligned.empty()) {
    tape.shown = scenarios::Shown::does_not_fit;
    tape.why = fmt::format("{} of its {} met no question, the first {}", outcome.misaligned.size(),
                           reports::counted(job.tape.entries().size(), "decision"),
                           reports::decision_key(outcome.misaligned.front()));
  }
  for (std::size_t i = 0; i < outcome.violations.size(); ++i) {
    const ShownViolation& shown = outcome.violations[i];
    const RememberedFinding* other = known_.find({policy_, shown.invariant, shown.signature});
    const bool is_another_way = shown.invariant == key.promise && other == nullptr;
    if (tape.shown == scenarios::Shown::kept && is_another_way) {
      tape.shown = scenarios::Shown::does_not_fit;
      tape.why =
          "its tape breaks the promise in another way, " + scenarios::finding_stem(shown.invariant, shown.signature);
    }
  }
  tapes_.push_back(std::move(tape));
  for (std::size_t i = 0; i < outcome.violations.size(); ++i)
    see(job, finding_of(outcome, i), Source::known_tape, finding.full_name());
}

/// Takes over a finding that a run showed; of several the one with the smallest tape.
void KnownSearch::see(const Job& job, const Finding& finding, Source source, const std::string& known_tape) {
  if (!promise_.empty() && finding.invariant != promise_) return;
  const FindingKey key{policy_, finding.invariant, finding.signature};
  const auto found = shown_.find(key);
  const bool is_first = found == shown_.end();
  const bool is_smaller = !is_first && source == found->second.source &&
                          finding.outcome.tape.size() < found->second.finding.outcome.tape.size();
  if (!is_first && source <= found->second.source && !is_smaller) return;
  if (is_first) order_.push_back(key);
  shown_[key] = {finding, tape_of(*job.scenario, job.played, finding), source, known_tape};
}

void KnownSearch::end(const Job& job, reports::ExplorationReport& report) {
  scenarios::Exploration& found = report.found;
  if (!found.internal_error.empty()) return;
  for (const Finding& finding : found.findings) see(job, finding, Source::search, "");
  // A smallest run may break more than the search has met: tomorrow, when it is played again, that is no news.
  for (const Finding& finding : found.findings) {
    for (std::size_t i = 0; i < finding.outcome.violations.size(); ++i)
      see(job, finding_of(finding.outcome, i), Source::run_of_search, "");
  }
  std::vector<scenarios::SeenFinding> seen;
  for (const scenarios::ExpectedFinding& one : found.expected)
    seen.push_back({.key = {policy_, one.invariant, one.signature}, .scenario = found.scenario});
  for (const FindingKey& key : order_) {
    const Shown& shown = shown_.at(key);
    seen.push_back(
        {key, shown.finding.outcome.scenario, shown.finding.message, shown.finding.outcome.tape.size(), shown.tape});
  }
  report.memory = known_.note(policy_, model_version(job.played.policy), std::move(tapes_), std::move(seen));
  report.memory->not_judged = std::move(not_judged_);
  std::vector<Finding> red;
  for (const scenarios::NightFinding& one : report.memory->findings) {
    const auto shown = shown_.find(one.now.key);
    if (scenarios::is_red(one.now.state) && shown != shown_.end()) red.push_back(shown->second.finding);
  }
  // The search's own come first, in its order.
  const auto place = [&](const Finding& finding) {
    const auto at = std::find_if(found.findings.begin(), found.findings.end(), [&](const Finding& one) {
      return one.invariant == finding.invariant && one.signature == finding.signature;
    });
    return at - found.findings.begin();
  };
  std::stable_sort(red.begin(), red.end(), [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
  for (const Finding& one : found.findings) {
    const bool is_news = std::any_of(red.begin(), red.end(), [&](const Finding& other) {
      return other.invariant == one.invariant && other.signature == one.signature;
    });
    if (!is_news) found.expected.push_back({one.invariant, one.signature, one.first_run, one.times});
  }
  found.findings = std::move(red);
}

std::string KnownSearch::reproduce_command(const Finding& finding) const {
  const auto shown = shown_.find({policy_, finding.invariant, finding.signature});
  if (shown == shown_.end() || shown->second.source != Source::known_tape) return {};
  const std::string& name = shown->second.known_tape;
  return fmt::format("drydock findings export {} {} --output .; drydock replay {}.tape.json",
                     reports::shell_quote(known_.file()), reports::shell_quote(name), name.substr(name.rfind('/') + 1));
}

}  // namespace drydock::cli
