#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cli/common.hpp"
#include "cli/findings.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/play.hpp"
#include "cli/single_run.hpp"
#include "reports/fix.hpp"
#include "reports/layout.hpp"
#include "reports/reproduce.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/fix/fixes.hpp"
#include "scenarios/fix/offered.hpp"

namespace drydock::cli {
namespace {

using reports::FixOver;
using reports::FixReport;
using scenarios::OfferedChange;
using scenarios::Outcome;

constexpr Usage kFixUsage{"drydock fix FILE|TAPE [options]",
                          "  drydock fix found.tape.json\n"
                          "  drydock fix reprov-thrash --case pre-1556 --promise no-healthy-kill\n"
                          "  drydock fix found.tape.json --over cloud\n"
                          "  drydock fix found.tape.json --ablate hardened --format json\n",
                          "Which smallest change makes a broken promise hold? Every other value of every\n"
                          "knob is tried, and pairs and triples where no single one does. A change is a fix\n"
                          "when the promise holds in the failing run and in --around runs beside it: the\n"
                          "tape with a decision moved to another call, and with other delays. The first\n"
                          "fixes are played on the built-in scenarios, too. They are ranked by how many\n"
                          "values they change, by which promises they break and leave broken, and by the\n"
                          "metrics that they make clearly worse. Of a constant the edge is located.\n\n"
                          "--over cloud changes the world instead of the platform: on which assumption does\n"
                          "the failure hang? --ablate POLICY tries the changes of a policy alone: which of\n"
                          "them do the work here? Where no three do, all are made fewer.\n\n"
                          "Of a FILE the first case that breaks a promise is meant.\n\n"
                          "Exit codes: 0 a fix was found, 1 none within the budget, or nothing is broken, 2\n"
                          "bad command line or input, 4 nothing selected, 70 internal error, 130\n"
                          "interrupted: what is known by then is printed.\n"};

struct FixRequest {
  SelectionRequest wanted;
  std::optional<std::string> promise;
  bool over_world = false;
  std::optional<std::string> ablated;
  scenarios::FixOptions fix;
  std::vector<ReportFile> report_files;
  Format format = Format::text;
  reports::TextStyle style;
  bool quiet = false;
};

po::options_description fix_options() {
  return described({{"promise", "ID", "the broken promise (default: the tape's finding, or the first)"},
                    {"policy", "NAME|FILE", "play it under this policy (default: the file's cases)"},
                    {"case", "PATTERN", "play this case of the file"},
                    set_option(),
                    {"over", "knobs|cloud", "what to change: the platform, or the world (default: knobs)"},
                    {"ablate", "NAME|FILE", "try the changes that this policy makes, and no others"},
                    {"changes", "N", "at most so many values at once, 1 to 3 (default: 3)"},
                    {"around", "N", "runs around the failing one (default: 24)"},
                    {"runs", "N", "begin no pair and no triple after so many runs (default: 2000)"},
                    {"shown", "N", "play so many fixes on the built-in scenarios; 0: none (default: 10)"},
                    jobs_option("play", "all"),
                    {"quiet", "", "print only what to change"},
                    invariant_option(),
                    report_option({"json"}),
                    format_option(),
                    colour_option()});
}

std::optional<std::uint64_t> count_of(const po::variables_map& values, const char* option, std::uint64_t most) {
  const auto text = one_of(values, option);
  return text ? std::optional{number_of(std::string{"--"} + option, *text, most)} : std::nullopt;
}

void read_fix_options(const po::variables_map& values, scenarios::FixOptions& fix) {
  constexpr std::uint64_t kMostAround = 10'000;
  constexpr std::uint64_t kMostRuns = 1'000'000'000;
  constexpr std::uint64_t kMostShown = 1000;
  if (const auto changes = one_of(values, "changes")) fix.most_changes = positive_of("--changes", *changes, 3);
  fix.around = count_of(values, "around", kMostAround).value_or(fix.around);
  if (const auto runs = one_of(values, "runs")) fix.budget = positive_of("--runs", *runs, kMostRuns);
  fix.shown = count_of(values, "shown", kMostShown).value_or(fix.shown);
  fix.jobs = jobs_of(values, all_threads());
  fix.interrupted = interrupted;
}

FixRequest fix_request(const po::variables_map& values, const Console& console) {
  FixRequest request;
  request.wanted = requested_case(values);
  request.promise = one_of(values, "promise");
  if (request.promise) need_word("--promise", *request.promise, invariant_names(values));
  const std::string over = one_of(values, "over").value_or("knobs");
  need_word("--over", over, {"knobs", "cloud"});
  request.over_world = over == "cloud";
  request.ablated = one_of(values, "ablate");
  if (request.over_world && request.ablated)
    throw UsageError("--ablate tries a policy's changes, which are knobs: it goes without --over cloud", "");
  read_fix_options(values, request.fix);
  request.report_files = read_report_files(values, {"json"});
  request.format = format_of(values);
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  return request;
}

/// A run that breaks a promise.
struct FailingRun {
  const Job* job = nullptr;
  Outcome outcome;
  scenarios::ShownViolation violation;
};

/// Plays the jobs up to the first that breaks the promise that is meant.
std::optional<FailingRun> failing_run(const FixRequest& request, const std::vector<Job>& jobs) {
  scenarios::Workbench workbench;
  for (const Job& job : jobs) {
    Outcome outcome = play_job(job, workbench);
    const auto* meant = meant_violation(job.recorded_finding, request.promise, outcome);
    if (meant == nullptr) continue;
    const scenarios::ShownViolation violation = *meant;
    return FailingRun{&job, std::move(outcome), violation};
  }
  return std::nullopt;
}

std::string reproduce(const FixRequest& request) {
  std::string line = "drydock fix";
  const auto add = [&](std::string_view option, const std::string& value) {
    line += fmt::format(" {} {}", option, reports::shell_quote(value));
  };
  for (const std::string& file : request.wanted.files) line += " " + reports::shell_quote(file);
  if (request.promise) add("--promise", *request.promise);
  for (const std::string& policy : request.wanted.policies) add("--policy", policy);
  for (const std::string& pattern : request.wanted.cases) add("--case", pattern);
  for (const std::string& setting : request.wanted.set) add("--set", setting);
  if (request.over_world) add("--over", "cloud");
  if (request.ablated) add("--ablate", *request.ablated);
  for (const std::string& file : request.wanted.invariants) add("--invariant", file);
  return line + fmt::format(" --changes {} --around {} --runs {} --shown {}", request.fix.most_changes,
                            request.fix.around, request.fix.budget, request.fix.shown);
}

std::string command_of(const FailingRun& failing, const scenarios::Fix& fix) {
  reports::Invocation invocation = failing.job->invocation;
  for (const OfferedChange& change : fix.changes) invocation.set.push_back(change.key + "=" + change.to);
  return reports::reproduce_command(failing.outcome, invocation);
}

FixReport report_of(const FixRequest& request, const FailingRun& failing, scenarios::Fixes fixes) {
  FixReport report;
  report.over = request.ablated ? FixOver::policy : request.over_world ? FixOver::world : FixOver::knobs;
  report.scenario = failing.outcome.scenario;
  report.case_name = failing.outcome.case_name;
  report.policy = failing.outcome.policy;
  report.ablated = request.ablated.value_or("");
  report.workspace = failing.violation.workspace;
  report.message = failing.violation.message;
  report.budget = request.fix.budget;
  for (const scenarios::Fix& fix : fixes.fixes) report.commands.push_back(command_of(failing, fix));
  report.reproduce = reproduce(request);
  report.fixes = std::move(fixes);
  return report;
}

int say(const FixRequest& request, const FixReport& report, Console& console) {
  if (request.format == Format::json) {
    console.out << reports::fix_document(report);
  } else if (request.quiet) {
    console.out << reports::paragraph("", reports::fix_sentence(report));
  } else {
    console.out << reports::fix_text(report, request.style);
  }
  console.out << std::flush;
  write_each(request.report_files, [&](const ReportFile&) { return reports::fix_document(report); });
  if (report.fixes.interrupted) return kInterrupted;
  return report.fixes.fixes.empty() ? kFailed : kHeld;
}

std::vector<OfferedChange> offered_to(const FixRequest& request, const Job& job, const model::Policy& ablated) {
  const scenarios::CaseSpec& played = job.played;
  if (request.ablated) return scenarios::differences_between(played.policy, ablated);
  if (request.over_world) return scenarios::offered_world(played.policy, played.cloud);
  return scenarios::offered_knobs(played.policy, scenarios::calm_length(*job.scenario, played.policy));
}

int fix_run(FixRequest& request, const FailingRun& failing, const model::Policy& ablated, Console& console) {
  const Job& job = *failing.job;
  scenarios::FixOptions& options = request.fix;
  options.invariant = failing.violation.invariant;
  options.catalogue = !request.over_world && options.shown > 0;
  options.reduce = request.ablated.has_value();
  const std::vector<OfferedChange> offered = offered_to(request, job, ablated);
  ProgressLine progress(console, !request.quiet);
  options.progress = [&](std::uint64_t runs) { progress.show(fmt::format("{} runs", runs)); };
  scenarios::Fixes fixes = scenarios::find_fixes(*job.scenario, job.played, job.tape, offered, options);
  progress.clear();
  console.err << changed_model_note(job, failing.outcome);
  return say(request, report_of(request, failing, std::move(fixes)), console);
}

}  // namespace

int fix_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kFixUsage, fix_options(), {"FILE|TAPE", 1, 1}, console);
  if (!values) return kHeld;
  FixRequest request = fix_request(*values, console);
  const Selection selection = select(request.wanted);
  if (!selection.errors.empty()) return report_errors(selection.errors, request.format, console);
  if (!request.quiet) report_warnings(selection.warnings, console);
  if (selection.jobs.empty()) return report_nothing_selected("fix", request.wanted, selection, request.format, console);
  model::Policy ablated;
  if (request.ablated) {
    auto loaded = scenarios::load_policy(*request.ablated);
    if (!loaded.value) return report_errors(loaded.errors, request.format, console);
    ablated = *std::move(loaded.value);
  }
  const auto failing = failing_run(request, selection.jobs);
  if (!failing) return report_nothing_broken("fix", request.wanted.files.front(), request.promise, console);
  return fix_run(request, *failing, ablated, console);
}

}  // namespace drydock::cli
