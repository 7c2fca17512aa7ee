#include "cli/single_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "cli/input.hpp"
#include "reports/layout.hpp"
#include "reports/text.hpp"
#include "reports/words.hpp"
#include "scenarios/files/tape_file.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;
using scenarios::ShownDecision;

/// Returns the number of answers to the question at a place; empty where it is not asked. Up to there, the run with
/// another answer is the same run: that answer is taken exactly if the question is asked.
std::optional<std::uint32_t> bound_at(const Job& job, const ShownDecision& decision, const JobPlayer& player,
                                      scenarios::Workbench& workbench) {
  Job probe = job;
  probe.tape.set(decision.site, decision.occurrence, 1);
  const Outcome outcome = player(probe, workbench);
  const auto asked = std::find_if(outcome.tape.begin(), outcome.tape.end(), [&](const ShownDecision& one) {
    return one.site == decision.site && one.occurrence == decision.occurrence;
  });
  return asked == outcome.tape.end() ? std::nullopt : std::optional{asked->bound};
}

std::string out_of_bound(std::uint32_t bound) {
  return fmt::format("out of bound: its answers are 0 to {}", bound - 1);
}

/// Says why a decision met no question.
std::string why_misaligned(const Job& job, const ShownDecision& decision, const JobPlayer& player,
                           scenarios::Workbench& workbench) {
  const auto bound = bound_at(job, decision, player, workbench);
  return bound ? out_of_bound(*bound) : "was not asked";
}

/// Returns who may stand before the `/` of a site in this run.
std::vector<std::string> actors_of(const Outcome& outcome) {
  std::vector<std::string> actors{"world", "platform", "cp", "cloud"};
  for (const scenarios::FinalWorkspace& row : outcome.final) actors.push_back(row.workspace);
  return actors;
}

/// Returns what is wrong with a decision that met no question in any run; empty where it only was not asked.
std::optional<Diagnostic> what_is_wrong(const Job& job, const Outcome& outcome, const ShownDecision& decision,
                                        const JobPlayer& player, scenarios::Workbench& workbench) {
  const std::string actor = decision.site.substr(0, decision.site.find('/'));
  const std::vector<std::string> actors = actors_of(outcome);
  if (std::find(actors.begin(), actors.end(), actor) == actors.end()) {
    const std::string near = scenarios::nearest(actor, actors);
    return scenarios::problem(
        fmt::format("{}: {} has no workspace '{}'", reports::decision_key(decision), job.scenario->name, actor),
        near.empty() ? "there are " + reports::joined(actors) : "did you mean " + near + "?");
  }
  const auto bound = bound_at(job, decision, player, workbench);
  if (!bound) return std::nullopt;
  return scenarios::problem(fmt::format("{}: {}", reports::decision_key(decision), out_of_bound(*bound)));
}

/// Knows of each decision that the user gave what is wrong with it in every run.
class GivenDecisions {
 public:
  GivenDecisions(const std::vector<std::string>& given, const JobPlayer& player) : player_(player) {
    for (const std::string& text : given) {
      if (auto parsed = scenarios::parse_deviation(text).decision) given_.push_back(*std::move(parsed));
    }
  }

  void look_at(const Job& job) {
    Job bare = job;
    bare.options.keep_record = false;
    bare.options.keep_trace = false;
    bare.played.expect.clear();
    bare.played.sql_invariants.clear();
    const Outcome outcome = player_(bare, workbench_);
    std::map<std::string, Diagnostic> wrong;
    for (const ShownDecision& decision : outcome.misaligned) {
      if (!is_given(decision)) continue;
      const auto error = what_is_wrong(bare, outcome, decision, player_, workbench_);
      if (error) wrong.emplace(reports::decision_key(decision), *error);
    }
    if (first_) {
      wrong_ = std::move(wrong);
    } else {
      std::erase_if(wrong_, [&](const auto& one) { return !wrong.contains(one.first); });
    }
    first_ = false;
  }

  [[nodiscard]] std::vector<Diagnostic> errors() const {
    std::vector<Diagnostic> errors;
    for (const auto& [key, error] : wrong_) errors.push_back(error);
    return errors;
  }

 private:
  [[nodiscard]] bool is_given(const ShownDecision& decision) const {
    return std::any_of(given_.begin(), given_.end(), [&](const sim::Decision& one) {
      return one.site == decision.site && one.occurrence == decision.occurrence && one.value == decision.value;
    });
  }

  const JobPlayer& player_;
  std::vector<sim::Decision> given_;
  scenarios::Workbench workbench_;
  std::map<std::string, Diagnostic> wrong_;  // by decision
  bool first_ = true;
};

}  // namespace

Outcome judged_bare(Outcome outcome) {
  outcome.unlisted.resize(outcome.violations.size());
  std::iota(outcome.unlisted.begin(), outcome.unlisted.end(), std::size_t{0});
  if (!outcome.violations.empty()) outcome.passed = false;
  return outcome;
}

int exit_code_of(const Outcome& outcome, bool strict) {
  switch (reports::case_status(outcome)) {
    case reports::CaseStatus::failed:
      return kFailed;
    case reports::CaseStatus::inconclusive:
      return kInconclusive;
    case reports::CaseStatus::not_exercised:
      return strict ? kInconclusive : kHeld;
    case reports::CaseStatus::held:
      break;
  }
  return kHeld;
}

std::vector<Diagnostic> wrong_decisions(std::span<const Job> jobs, const std::vector<std::string>& given,
                                        const JobPlayer& player) {
  if (given.empty()) return {};
  GivenDecisions decisions(given, player);
  for (const Job& job : jobs) decisions.look_at(job);
  return decisions.errors();
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
