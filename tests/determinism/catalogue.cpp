#include "tests/determinism/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "cli/input.hpp"
#include "reports/case_report.hpp"
#include "reports/json.hpp"
#include "scenarios/divergence.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/world.hpp"

namespace drydock::determinism {
namespace {

constexpr std::string_view kBusy = "busy";

Jobs jobs_for(const cli::SelectionRequest& wanted) {
  cli::Selection selection = cli::select(wanted);
  for (const scenarios::Diagnostic& error : selection.errors) {
    throw std::invalid_argument(error.file + " " + error.pointer + ": " + error.message);
  }
  return std::move(selection.jobs);
}

/// What `--format json` prints of it, but the wall clock.
std::string report_of(const Outcome& outcome) {
  reports::CaseReport report{outcome, {}};
  report.outcome.wall_us = 0;
  return reports::result_json({&report, 1}, {});
}

std::string first_differing_line(std::string_view a, std::string_view b) {
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto begin = static_cast<std::size_t>(at.first - a.begin());
  const std::size_t line = begin == 0 ? 0 : a.rfind('\n', begin - 1) + 1;
  const auto rest = [line](std::string_view text) { return text.substr(line, text.find('\n', line) - line); };
  return fmt::format("the reports differ: {} / {}", rest(a), rest(b));
}

/// The events' heads, which every run has, kept record or not.
std::vector<std::string> heads_of(const Job& job, bool keep_record) {
  Workbench workbench;
  scenarios::RunOptions options;
  options.keep_record = keep_record;
  scenarios::World world(*job.scenario, job.played, job.tape, options, workbench.database());
  const std::string stopped_by = world.play();
  std::vector<std::string> heads;
  const sim::Record& record = world.record();
  for (const sim::Event& event : record.events()) {
    heads.push_back(fmt::format("event {} at {} {} by {} {} {} (cause {})", event.seq,
                                sim::format_duration(event.at - sim::kTimeZero), record.kind_name(event.kind),
                                record.text(event.actor), record.text(event.workspace), record.text(event.instance),
                                event.cause));
  }
  if (!stopped_by.empty()) heads.push_back("stopped by " + stopped_by);
  return heads;
}

}  // namespace

/// Hours of virtual time, or hundreds of workspaces.
bool is_long(const std::string& name) {
  const Jobs jobs = cases_of(name);
  const scenarios::Scenario& scenario = *jobs.front().scenario;
  return scenario.horizon > std::chrono::hours{2} || scenario.workspaces.size() > 100;
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names = cli::built_in_names();
  if (!kFastBuild) std::erase_if(names, is_long);
  names.emplace_back(kBusy);
  return names;
}

std::vector<std::string> some_names() {
  return {"reprov-thrash", "pause-cascade", "delete-descendant-retry", "restart-snapshot-limit", std::string{kBusy}};
}

std::string argument_for(const std::string& scenario) {
  if (scenario != kBusy) return scenario;
  return std::string{DRYDOCK_SOURCE_DIR} + "/tests/determinism/busy.json";
}

Jobs cases_of(const std::string& scenario) {
  cli::SelectionRequest wanted;
  wanted.files = {argument_for(scenario)};
  return jobs_for(wanted);
}

Jobs under_every_preset(const std::string& scenario) {
  cli::SelectionRequest wanted;
  wanted.files = {argument_for(scenario)};
  wanted.policies = scenarios::preset_names();
  Jobs jobs = jobs_for(wanted);
  for (Job& job : jobs) job.played.name = "policy " + job.played.name;
  return jobs;
}

Jobs with_seeds(const Jobs& jobs, std::uint64_t last) {
  Jobs all;
  for (const Job& job : jobs) {
    all.push_back(job);
    for (std::uint64_t seed = 1; seed <= last; ++seed) {
      all.push_back(job);
      all.back().tape.set_seed(seed);
      all.back().played.seed = seed;
    }
  }
  return all;
}

Jobs operator+(Jobs a, const Jobs& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string name_of(const Job& job) {
  const std::string name = job.scenario->name + " / " + job.played.name;
  return job.tape.seed() ? fmt::format("{}, seed {}", name, *job.tape.seed()) : name;
}

Outcome play(const Job& job, Workbench& workbench, bool keep_record) {
  scenarios::RunOptions options;
  options.keep_record = keep_record;
  return scenarios::run(*job.scenario, job.played, job.tape, options, workbench);
}

Outcome play(const Job& job) {
  Workbench workbench;
  return play(job, workbench);
}

std::string difference(const Outcome& a, const Outcome& b) {
  if (std::string words = scenarios::first_difference(a, b); !words.empty()) return words;
  if (a.trace_hash != b.trace_hash) {
    return fmt::format("the hashes differ: {} / {}", hex(a.trace_hash), hex(b.trace_hash));
  }
  const std::string left = report_of(a);
  const std::string right = report_of(b);
  return left == right ? "" : first_differing_line(left, right);
}

std::string difference_by_record(const Job& job) {
  std::vector<std::string> kept = heads_of(job, true);
  std::vector<std::string> not_kept = heads_of(job, false);
  kept.emplace_back("its end");
  not_kept.emplace_back("its end");
  const auto [a, b] = std::mismatch(kept.begin(), kept.end(), not_kept.begin(), not_kept.end());
  if (a == kept.end() || b == not_kept.end()) return "no head differs: a detail or a decision does";
  return *a + " with the record kept, " + *b + " without";
}

std::string said_by_twice(const Job& job, const cli::JobPlayer& player) {
  std::string said;
  cli::PlayOptions options;
  options.twice = true;
  cli::play_all({&job, 1}, options, player,
                [&said](std::size_t, const cli::JobResult& played) { said = played.internal_error; });
  return said;
}

std::string hex(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace drydock::determinism
