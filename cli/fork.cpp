#include "cli/fork.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/single_run.hpp"
#include "reports/layout.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/tape_file.hpp"

namespace drydock::cli {
namespace {

using scenarios::CaseSpec;

class Forking {
 public:
  Forking(Job job, std::vector<Diagnostic>& errors) : job_(std::move(job)), errors_(errors) {}

  Job make(const Fork& fork) && {
    if (fork.policy) take_policy(*fork.policy);
    for (const std::string& setting : fork.set) take_setting(setting);
    for (const std::string& decision : fork.decisions) take_decision(decision);
    job_.played.name += ", forked";
    job_.recorded_hash.reset();
    return std::move(job_);
  }

 private:
  void fail(std::string message, std::string hint = {}) {
    errors_.push_back(scenarios::problem(std::move(message), std::move(hint)));
  }

  void take_policy(const std::string& name) {
    auto policy = scenarios::load_policy(name);
    for (Diagnostic& error : policy.errors) errors_.push_back(std::move(error));
    if (!policy.value) return;
    CaseSpec& played = job_.played;
    played.policy_name = policy.value->name;
    played.policy = *std::move(policy.value);
    // What the tape sets it sets for whatever policy it is played under.
    for (const auto& [key, value] : std::exchange(played.set, {})) apply("the tape's setting ", key, value);
  }

  void take_setting(const std::string& setting) {
    const auto parts = scenarios::split_setting(setting);
    if (!parts) return fail("--set takes KEY=VALUE, not '" + setting + "'");
    apply("--set ", parts->first, parts->second);
  }

  void apply(const std::string& where, const std::string& key, const std::string& value) {
    CaseSpec& played = job_.played;
    if (auto wrong = scenarios::apply_setting(played.policy, played.cloud, key, value)) {
      return fail(fmt::format("{}{}={}: {}", where, key, value, wrong->message), wrong->hint);
    }
    played.set.emplace_back(key, value);
  }

  void take_decision(const std::string& text) {
    auto decision = scenarios::parse_deviation(text);
    if (!decision.decision) return fail("--fork " + text + ": " + decision.error, decision.hint);
    job_.tape.set(std::move(decision.decision->site), decision.decision->occurrence, decision.decision->value);
  }

  Job job_;
  std::vector<Diagnostic>& errors_;
};

std::string reproduce(const Job& job, const Fork& fork) {
  std::string line = "drydock replay " + reports::shell_quote(job.invocation.tape.value_or(""));
  for (const std::string& decision : fork.decisions) line += " --fork " + reports::shell_quote(decision);
  if (fork.policy) line += " --policy " + reports::shell_quote(*fork.policy);
  for (const std::string& setting : fork.set) line += " --set " + reports::shell_quote(setting);
  for (const std::string& file : job.invocation.invariants) line += " --invariant " + reports::shell_quote(file);
  return line;
}

}  // namespace

std::optional<Job> forked(const Job& job, const Fork& fork, std::vector<scenarios::Diagnostic>& errors) {
  Job made = Forking(job, errors).make(fork);
  return errors.empty() ? std::optional{std::move(made)} : std::nullopt;
}

int play_fork(const Job& job, const Fork& fork, const CompareView& view, bool strict, const JobPlayer& player,
              Console& console) {
  std::vector<Diagnostic> errors;
  auto made = forked(job, fork, errors);
  if (made) errors = wrong_decisions({&*made, 1}, fork.decisions, player);
  if (!errors.empty()) return report_errors(errors, view.format, console);
  const std::vector<Job> jobs{job, *std::move(made)};
  auto played = play_compared(jobs, {"the tape", "the fork"}, true, view, player, console);
  if (!played.compared) return played.code;
  played.compared->reproduce = reproduce(job, fork);
  say_compared(*played.compared, view, console);
  const auto& runs = played.compared->runs;
  console.err << changed_model_note(job, runs.front().outcome);
  print_misaligned(jobs[1], runs[1].outcome, player, console);
  return exit_code_of(runs[1].outcome, strict);
}

}  // namespace drydock::cli
