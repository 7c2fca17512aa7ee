#include "cli/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/single_run.hpp"
#include "reports/comparison_json.hpp"
#include "reports/comparison_text.hpp"
#include "reports/formats.hpp"
#include "reports/layout.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/whatif/compare.hpp"

namespace drydock::cli {
namespace {

using reports::ComparedRuns;
using reports::ComparedTapes;
using scenarios::Outcome;

constexpr Usage kCompareUsage{"drydock compare FILE [options]",
                              "  drydock compare reprov-thrash\n"
                              "  drydock compare reprov-thrash --policy pre-1556 --policy post-1556\n"
                              "  drydock compare reprov-thrash --policy latest \\\n"
                              "      --policy latest,restart.debounce_window=5s --runs 200\n"
                              "  drydock compare --tape found.tape.json --policy latest --policy hardened\n",
                              "Plays the same tape to every variant and shows where they part, what led there\n"
                              "and what changed. A variant is POLICY, or POLICY,KEY=VALUE,… for a policy with\n"
                              "settings of its own; without --policy the cases of the file are compared. The\n"
                              "first one is the baseline. Without FILE, --tape plays the tape's own scenario.\n\n"
                              "With --runs N each of N tapes, filled from the seeds --seed (1) and on, is\n"
                              "played to every variant: in how many runs which of them broke what (p: McNemar's\n"
                              "exact test), and the paired differences of the metrics with 95 % intervals.\n\n"
                              "Exit codes: 0 answered, whatever the answer: compare asks and does not judge; 2\n"
                              "bad command line or input (nothing was run), 3 a run was cut short, 4 nothing\n"
                              "selected, 70 internal error, 130 interrupted.\n"};

struct CompareRequest {
  SelectionRequest wanted;
  CompareView view;
  std::optional<std::uint64_t> runs;
  std::vector<std::string> metrics;
};

po::options_description compare_options() {
  return described(
      {{"policy", "NAME|FILE", "+ a variant: a policy, or one with settings of its own, NAME,KEY=VALUE,…"},
       {"case", "PATTERN", "+ compare only the cases that match"},
       {"set", "KEY=VALUE", "+ change a knob or a cloud.… value of every variant"},
       case_seed_option(),
       tape_option(),
       deviate_option(),
       {"runs", "N", "compare over N tapes, filled from the seeds from --seed on"},
       {"metric", "METRIC", "+ with --runs: these metrics (drydock list metrics) instead of all that have a name"},
       jobs_option("play", "all"),
       {"quiet", "", "print only the verdicts"},
       invariant_option(),
       report_option(reports::report_kind_names()),
       format_option(),
       colour_option()});
}

std::vector<std::string> metrics_of(const po::variables_map& values) {
  std::vector<std::string> metrics = all_of(values, "metric");
  for (const std::string& name : metrics) need_word("--metric", name, scenarios::metric_names());
  if (!metrics.empty()) return metrics;
  for (const scenarios::MetricInfo& metric : scenarios::metric_table()) metrics.emplace_back(metric.name);
  return metrics;
}

/// A report of another kind than JSON holds the events of single runs.
void check_many(const po::variables_map& values, const CompareRequest& request) {
  if (!request.runs) {
    if (values.count("metric") > 0) throw UsageError("--metric goes with --runs", "");
    return;
  }
  if (request.wanted.no_seed) throw UsageError("--seed none goes without --runs", "");
  for (const ReportFile& file : request.view.report_files) {
    if (file.kind != "json") throw UsageError(fmt::format("--report {} goes without --runs", file.kind), "");
  }
}

CompareRequest compare_request(const po::variables_map& values, const Console& console) {
  CompareRequest request;
  request.wanted = requested_runs(values);
  if (const auto runs = one_of(values, "runs")) request.runs = positive_of("--runs", *runs, 1'000'000'000);
  request.metrics = metrics_of(values);
  CompareView& view = request.view;
  view.play.keep_events = true;
  view.play.jobs = jobs_of(values, all_threads());
  view.report_files = read_report_files(values, reports::report_kind_names());
  view.format = format_of(values);
  view.style.colour = colour_of(values, console.terminal);
  view.quiet = values.count("quiet") > 0;
  check_many(values, request);
  return request;
}

std::string reproduce(const CompareRequest& request) {
  std::string line = "drydock compare";
  const auto add = [&](std::string_view option, const std::string& value) {
    line += fmt::format(" {} {}", option, reports::shell_quote(value));
  };
  for (const std::string& file : request.wanted.files) line += " " + reports::shell_quote(file);
  for (const std::string& policy : request.wanted.policies) add("--policy", policy);
  for (const std::string& pattern : request.wanted.cases) add("--case", pattern);
  for (const std::string& setting : request.wanted.set) add("--set", setting);
  if (request.wanted.tape) add("--tape", *request.wanted.tape);
  if (request.wanted.seed) add("--seed", std::to_string(*request.wanted.seed));
  if (request.wanted.no_seed) add("--seed", "none");
  for (const std::string& deviation : request.wanted.deviate) add("--deviate", deviation);
  for (const std::string& file : request.wanted.invariants) add("--invariant", file);
  if (request.runs) add("--runs", std::to_string(*request.runs));
  return line;
}

std::vector<std::string> names_of(const std::vector<Job>& jobs) {
  std::vector<std::string> names;
  names.reserve(jobs.size());
  for (const Job& job : jobs) names.push_back(job.played.name);
  return names;
}

int compare_once(const CompareRequest& request, const std::vector<Job>& jobs, const JobPlayer& player,
                 Console& console) {
  auto played = play_compared(jobs, names_of(jobs), false, request.view, player, console);
  if (!played.compared) return played.code;
  played.compared->reproduce = reproduce(request);
  say_compared(*played.compared, request.view, console);
  const auto& runs = played.compared->runs;
  for (const reports::CaseReport& run : runs) console.err << misaligned_note(run.outcome);
  const bool cut_short = std::any_of(runs.begin(), runs.end(),
                                     [](const reports::CaseReport& run) { return !run.outcome.stopped_by.empty(); });
  return cut_short ? kInconclusive : kHeld;
}

std::string text_of(const ComparedTapes& compared, const CompareRequest& request) {
  return request.view.format == Format::json ? reports::study_json(compared)
                                             : reports::study_text(compared, request.view.style);
}

int compare_many(const CompareRequest& request, const std::vector<Job>& jobs, Console& console) {
  std::vector<scenarios::Variant> variants;
  variants.reserve(jobs.size());
  for (const Job& job : jobs) variants.push_back({job.scenario.get(), &job.played, &job.tape});
  ProgressLine progress(console, !request.view.quiet);
  scenarios::StudyOptions options;
  options.runs = *request.runs;
  options.first_seed = request.wanted.seed.value_or(1);
  options.metrics = request.metrics;
  options.jobs = request.view.play.jobs;
  options.interrupted = interrupted;
  options.progress = [&](std::uint64_t tapes) {
    progress.show(fmt::format("{} of {} tapes played to {} variants", tapes, options.runs, jobs.size()));
  };
  const ComparedTapes compared{.names = names_of(jobs),
                               .scenario = jobs.front().scenario->name,
                               .study = scenarios::study(variants, options),
                               .reproduce = reproduce(request)};
  progress.clear();
  console.out << text_of(compared, request) << std::flush;
  write_each(request.view.report_files, [&](const ReportFile& /*file*/) { return reports::study_json(compared); });
  if (compared.study.interrupted) return kInterrupted;
  const auto& cut = compared.study.inconclusive;
  return std::any_of(cut.begin(), cut.end(), [](std::uint64_t runs) { return runs != 0; }) ? kInconclusive : kHeld;
}

}  // namespace

ComparedOrCode play_compared(std::span<const Job> jobs, const std::vector<std::string>& names, bool bare,
                             const CompareView& view, const JobPlayer& player, Console& console) {
  ComparedRuns compared;
  compared.names = names;
  bool broken = false;
  play_all(jobs, view.play, player, [&](std::size_t index, JobResult played) {
    if (!played.outcome) {
      broken = true;
      console.err << "drydock: internal error in " << reports::printable(names[index]) << ": "
                  << reports::printable(played.internal_error) << "\n";
      return;
    }
    Outcome outcome = *std::move(played.outcome);
    if (bare) outcome = judged_bare(std::move(outcome));
    compared.runs.push_back({std::move(outcome), jobs[index].invocation, reports::about(*jobs[index].scenario)});
  });
  if (broken) return {std::nullopt, kInternalError};
  if (compared.runs.size() < jobs.size()) throw Interrupted();
  for (std::size_t i = 1; i < compared.runs.size(); ++i) {
    compared.comparisons.push_back(scenarios::compare(compared.runs.front().outcome, compared.runs[i].outcome));
  }
  return {std::move(compared), kHeld};
}

void say_compared(const ComparedRuns& compared, const CompareView& view, Console& console) {
  if (view.format == Format::json) {
    console.out << reports::comparison_json(compared);
  } else if (view.quiet) {
    console.out << reports::compared_verdicts(compared, view.style);
  } else {
    console.out << reports::comparison_text(compared, view.style);
  }
  console.out << std::flush;
  const reports::Ending ending{.files = reports::written_reports(view.report_files),
                               .started_unix_us = wall_clock_us()};
  // JSON is the comparison itself; the other kinds show its runs side by side.
  write_reports(view.report_files, compared.runs, ending, [&] { return reports::comparison_json(compared); });
}

int compare_with(const Arguments& arguments, Console& console, const JobPlayer& player) {
  const auto values = read_options(arguments, kCompareUsage, compare_options(), {"FILE", 0, 1}, console);
  if (!values) return kHeld;
  const CompareRequest request = compare_request(*values, console);
  Selection selection = select(request.wanted);
  if (!selection.errors.empty()) return report_errors(selection.errors, request.view.format, console);
  if (!request.view.quiet) report_warnings(selection.warnings, console);
  if (selection.jobs.empty())
    return report_nothing_selected("compare", request.wanted, selection, request.view.format, console);
  if (all_of(*values, "tape").size() > 1) throw UsageError("one --tape is played to every variant", "");
  if (selection.jobs.size() < 2) {
    throw UsageError("there is one variant only, " + selection.jobs.front().played.name +
                         ": name two with --policy, or a file of two cases",
                     "");
  }
  const auto wrong = wrong_decisions(selection.jobs, request.wanted.deviate, player);
  if (!wrong.empty()) return report_errors(wrong, request.view.format, console);
  for (Job& job : selection.jobs) job.options.keep_trace = need_trace(request.view.report_files);
  if (request.runs) return compare_many(request, selection.jobs, console);
  return compare_once(request, selection.jobs, player, console);
}

int compare_command(const Arguments& arguments, Console& console) { return compare_with(arguments, console, play_job); }

}  // namespace drydock::cli
