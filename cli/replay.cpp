#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "cli/common.hpp"
#include "cli/fork.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/play.hpp"
#include "cli/replay.hpp"
#include "cli/run_of_search.hpp"
#include "cli/single_run.hpp"
#include "reports/formats.hpp"
#include "reports/layout.hpp"
#include "reports/text.hpp"
#include "reports/timeline.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;

constexpr Usage kReplayUsage{"drydock replay TAPE… [options]",
                             "  drydock replay findings/no-orphan-1f9b2c07.tape.json\n"
                             "  drydock replay found.tape.json --all | less\n"
                             "  drydock replay found.tape.json --twice --quiet\n"
                             "  drydock replay found.tape.json --fork 'qa/request#1=0'\n"
                             "  drydock replay found.tape.json --fork --set restart.debounce_window=5s\n"
                             "  drydock replay found.tape.json --policy hardened\n"
                             "  drydock replay findings/ --strict --report junit=corpus.xml\n"
                             "  drydock replay night.db --run 4711\n",
                             "Plays the run that a tape records: what was asked and answered, launches, stops,\n"
                             "changes of status, faults (!) and each decision that was not the boring one (*).\n\n"
                             "--fork, --set and --policy change one thing of it, keep the rest (the tape's own\n"
                             "settings and faults too), and show the first difference and the new end. The\n"
                             "value 0 takes a decision out. --fork may stand alone before --set or --policy.\n\n"
                             "Of several tapes, and of a directory of them, only the verdicts are told.\n\n"
                             "Exit codes: 0 every promise held, 1 a promise was broken (where there is a fork,\n"
                             "in it), 2 bad command line or input, 3 inconclusive, or under --strict a tape\n"
                             "that fits no longer, 70 internal error, two plays that differ included, 130\n"
                             "interrupted.\n"};

struct ReplayRequest {
  SelectionRequest wanted;
  std::optional<std::uint64_t> run;  // TAPE is a database of runs: which of them
  Fork fork;
  PlayOptions play;
  std::vector<ReportFile> report_files;
  Format format = Format::text;
  reports::TextStyle style;
  bool all = false;
  bool quiet = false;
  bool strict = false;
};

po::options_description replay_options() {
  return described({{"run", "N", "TAPE is a database of a search's runs (explore --report trace): play run N"},
                    {"fork", "SITE#N=VALUE", "+ one decision that goes another way: compare with the tape's run"},
                    {"set", "KEY=VALUE", "+ fork: change a knob or a cloud.… value"},
                    {"policy", "NAME|FILE", "fork: another policy in the place of the tape's"},
                    {"all", "", "show every event"},
                    {"twice", "", "play it twice and compare every event"},
                    {"quiet", "", "print only the verdict"},
                    strict_option(),
                    invariant_option(),
                    report_option(reports::report_kind_names()),
                    format_option(kRunFormats),
                    colour_option()});
}

ReplayRequest replay_request(const po::variables_map& values, const Console& console) {
  ReplayRequest request;
  request.wanted.files = operands_of(values);
  request.wanted.only_tapes = true;
  request.wanted.invariants = all_of(values, "invariant");
  if (const auto run = one_of(values, "run")) {
    request.run = number_of("--run", *run, std::numeric_limits<std::int64_t>::max());
    if (request.wanted.files.size() > 1) throw UsageError("--run is for one database", "");
  }
  request.fork = {all_of(values, "fork"), all_of(values, "set"), one_of(values, "policy")};
  request.play.twice = values.count("twice") > 0;
  request.play.keep_events = true;
  request.report_files = read_report_files(values, reports::report_kind_names());
  request.format = format_of(values, kRunFormats);
  request.style.colour = colour_of(values, console.terminal);
  request.all = values.count("all") > 0;
  request.quiet = values.count("quiet") > 0;
  request.strict = values.count("strict") > 0;
  if (request.all && !request.fork.empty()) throw UsageError("--all is for a tape's own run, not for a fork", "");
  return request;
}

void print_text(const ReplayRequest& request, const Job& job, const Outcome& outcome, Console& console) {
  if (!request.quiet) console.out << reports::timeline(outcome, request.all, request.style) << "\n";
  const std::size_t column = reports::display_width(reports::run_name(outcome.scenario, outcome.case_name));
  console.out << reports::case_line(outcome, reports::name_width(column), request.style);
  if (!outcome.passed && !request.quiet)
    console.out << reports::case_block({outcome, job.invocation, reports::about(*job.scenario)}, request.style);
}

int say(const ReplayRequest& request, const Job& job, const Outcome& played, const JobPlayer& player,
        reports::Ending ending, Console& console) {
  const reports::CaseReport report{judged_bare(played), job.invocation, reports::about(*job.scenario)};
  ending.files = reports::written_reports(request.report_files);
  if (request.format == Format::text) print_text(request, job, report.outcome, console);
  print_runs(request.format, {&report, 1}, ending, console);
  console.out << std::flush;
  console.err << changed_model_note(job, report.outcome);
  print_misaligned(job, report.outcome, player, console);
  write_reports(request.report_files, {&report, 1}, ending);
  if (request.format == Format::text && !report.outcome.passed)
    console.out << reports::report_files_text({&report, 1}, ending, request.style);
  return exit_code_of(report.outcome, request.strict);
}

/// A run that could not be played is still a line of a stream, and a test case.
int say_internal_error(const ReplayRequest& request, const Job& job, const std::string& what, reports::Ending ending,
                       Console& console) {
  console.err << "drydock: internal error: " << reports::printable(what) << "\n";
  ending.files = reports::written_reports(request.report_files);
  ending.internal_errors.push_back({{job.scenario->name, job.played.name, job.invocation.file}, what});
  print_runs(request.format, {}, ending, console);
  write_reports(request.report_files, {}, ending);
  return kInternalError;
}

/// `--fork` alone says what --set and --policy say by themselves. The library would take the next option for its value.
Arguments without_bare_fork(const Arguments& arguments, bool& bare) {
  Arguments rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool last = i + 1 == arguments.size();
    if (arguments[i] == "--fork" && (last || arguments[i + 1].starts_with("--"))) {
      bare = true;
    } else {
      rest.push_back(arguments[i]);
    }
  }
  return rest;
}

int graver(int a, int b) {
  constexpr std::array kOrder{kHeld, kInconclusive, kFailed, kInternalError};
  const auto place = [&](int code) { return std::find(kOrder.begin(), kOrder.end(), code) - kOrder.begin(); };
  return place(a) < place(b) ? b : a;
}

/// Says the verdict on each of several tapes, as soon as it is known, and writes one report of all.
int play_corpus(const ReplayRequest& request, std::span<const Job> jobs, const JobPlayer& player, Console& console) {
  reports::Ending ending{.files = reports::written_reports(request.report_files), .started_unix_us = wall_clock_us()};
  std::vector<reports::CaseReport> all;
  int code = kHeld;
  std::size_t finished = 0;
  play_all(jobs, request.play, player, [&](std::size_t index, JobResult played) {
    finished = index + 1;
    const Job& job = jobs[index];
    if (!played.outcome) {
      ending.internal_errors.push_back({{job.scenario->name, job.played.name}, played.internal_error});
      console.err << "drydock: internal error in " << reports::printable(*job.invocation.tape) << ": "
                  << reports::printable(played.internal_error) << "\n";
      code = kInternalError;
      return;
    }
    all.push_back({judged_bare(*std::move(played.outcome)), job.invocation});
    const Outcome& outcome = all.back().outcome;
    code = graver(code, exit_code_of(outcome, request.strict));
    console.err << changed_model_note(job, outcome) << misaligned_note(outcome);
    if (request.format != Format::text || (request.quiet && outcome.passed)) return;
    console.out << reports::case_line(outcome, reports::kWidth / 2, request.style) << "    "
                << reports::printable(*job.invocation.tape) << "\n"
                << std::flush;
  });
  ending.interrupted = finished < jobs.size();
  for (std::size_t i = finished; i < jobs.size(); ++i)
    ending.not_played.push_back({jobs[i].scenario->name, jobs[i].played.name});
  print_runs(request.format, all, ending, console);
  if (request.format == Format::text && !request.quiet) console.out << reports::summary_line(reports::statuses_of(all));
  write_reports(request.report_files, all, ending);
  if (ending.interrupted) throw Interrupted();
  return code;
}

int play_alone(const ReplayRequest& request, std::span<const Job> jobs, const JobPlayer& player, Console& console) {
  const reports::Ending ending{.started_unix_us = wall_clock_us()};
  int code = kInterrupted;
  play_all(jobs, request.play, player, [&](std::size_t, JobResult played) {
    if (played.outcome) {
      code = say(request, jobs.front(), *played.outcome, player, ending, console);
    } else {
      code = say_internal_error(request, jobs.front(), played.internal_error, ending, console);
    }
  });
  if (code == kInterrupted) throw Interrupted();
  return code;
}

/// Makes a selection of a run that a database has. Users' invariants are those of its search.
Selection run_in_database(const ReplayRequest& request, Console& console) {
  if (!request.wanted.invariants.empty()) throw UsageError("--run has the promises of its search: not --invariant", "");
  RunOfSearch found = run_of_search(request.wanted.files.front(), *request.run);
  Selection selection;
  if (found.job) {
    selection.jobs.push_back(*std::move(found.job));
  } else {
    selection.errors.push_back(found.error);
  }
  if (!found.note.empty()) console.err << "note: " << reports::printable(found.note) << "\n";
  return selection;
}

}  // namespace

int replay_with(const Arguments& arguments, Console& console, const JobPlayer& player) {
  bool bare_fork = false;
  const auto values = read_options(without_bare_fork(arguments, bare_fork), kReplayUsage, replay_options(),
                                   {"TAPE", 1, std::numeric_limits<std::size_t>::max()}, console);
  if (!values) return kHeld;
  const ReplayRequest request = replay_request(*values, console);
  if (bare_fork && request.fork.empty())
    throw UsageError("--fork changes nothing: it takes SITE#N=VALUE, --set or --policy", "");
  Selection selection = request.run ? run_in_database(request, console) : select(request.wanted);
  if (!selection.errors.empty()) return report_errors(selection.errors, request.format, console);
  for (Job& job : selection.jobs) job.options.keep_trace = need_trace(request.report_files);
  if (selection.jobs.size() > 1) {
    if (request.all || !request.fork.empty())
      throw UsageError("--all, --fork, --set and --policy are for one tape", "");
    return play_corpus(request, selection.jobs, player, console);
  }
  const Job& job = selection.jobs.front();
  if (request.fork.empty()) return play_alone(request, selection.jobs, player, console);
  if (request.format != Format::text && request.format != Format::json)
    throw UsageError("--fork compares two runs: its --format is text or json", "");
  const CompareView view{.play = request.play,
                         .report_files = request.report_files,
                         .format = request.format,
                         .style = request.style,
                         .quiet = request.quiet};
  return play_fork(job, request.fork, view, request.strict, player, console);
}

int replay_command(const Arguments& arguments, Console& console) { return replay_with(arguments, console, play_job); }

}  // namespace drydock::cli
