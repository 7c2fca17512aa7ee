#include "cli/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>

#include "cli/common.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/known_run.hpp"
#include "cli/options.hpp"
#include "cli/single_run.hpp"
#include "reports/formats.hpp"
#include "reports/json.hpp"
#include "reports/layout.hpp"
#include "reports/ndjson.hpp"
#include "reports/text.hpp"

namespace drydock::cli {
namespace {

using reports::CaseStatus;

constexpr Usage kRunUsage{"drydock run FILE… [options]",
                          "  drydock run scenarios/reprov-thrash.json\n"
                          "  drydock run reprov-thrash --case 'pre-*'\n"
                          "  drydock run reprov-thrash --policy latest --set restart.debounce_window=5s\n"
                          "  drydock run reprov-thrash --case post-1556 --seed 7 --twice\n"
                          "  drydock run reprov-thrash --deviate 'reviewer/ec2.run.pending#1=8'\n"
                          "  drydock run scenarios/*.json --quiet --report json=result.json\n"
                          "  drydock run findings/ --strict --report junit=corpus.xml\n",
                          "A FILE that does not exist and has no '/' is the name of a built-in scenario\n"
                          "(drydock list scenarios). A tape plays its own scenario, as --tape does without\n"
                          "FILE; a directory stands for the scenarios and tapes in it, in the order of\n"
                          "their names.\n\n"
                          "Exit codes: 0 all held, 1 an expectation unmet or a promise broken, 2 bad\n"
                          "command line or input (nothing was run), 3 inconclusive, or not exercised under\n"
                          "--strict, 4 nothing selected, 70 internal error, 130 interrupted.\n\n"
                          "With --known a promise that is broken, not listed, known and accepted fails no\n"
                          "case.\n\n"
                          "A case is played once more without each listed fault that fired, to say whether\n"
                          "the fault mattered. One that mattered in no case of its file was not exercised.\n"};

struct RunRequest {
  SelectionRequest wanted;
  PlayOptions play;
  std::optional<KnownRequest> known;
  std::vector<ReportFile> report_files;
  Format format = Format::text;
  reports::TextStyle style;
  bool quiet = false;
  bool strict = false;
};

po::options_description run_options() {
  return described({{"policy", "NAME|FILE",
                     "+ play under this policy instead of the file's cases; then only "
                     "violations fail a run, and what steps expect is not judged"},
                    {"case", "PATTERN", "+ only the cases that match: * and ?, against CASE and SCENARIO/CASE"},
                    set_option(),
                    case_seed_option(),
                    tape_option(),
                    deviate_option(),
                    {"twice", "", "play each case twice and compare every event"},
                    jobs_option("play", "1"),
                    known_option(),
                    date_option(),
                    {"quiet", "", "print only what did not pass"},
                    strict_option(),
                    invariant_option(),
                    report_option(reports::report_kind_names()),
                    format_option(kRunFormats),
                    colour_option()});
}

RunRequest run_request(const po::variables_map& values, const Console& console) {
  RunRequest request;
  request.wanted = requested_runs(values);
  request.play.jobs = jobs_of(values, 1);
  request.play.twice = values.count("twice") > 0;
  request.play.account_for_faults = true;
  request.known = known_request(values);
  request.report_files = read_report_files(values, reports::report_kind_names());
  request.format = format_of(values, kRunFormats);
  request.play.keep_events = request.format == Format::ndjson || need_events(request.report_files);
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  request.strict = values.count("strict") > 0;
  return request;
}

/// Knows, file by file, whether the listed faults did anything: one that a case's policy never gives an occasion to is
/// at work in another case.
class FaultsAtWork {
 public:
  void take(const Job& job, const scenarios::Outcome& outcome) {
    if (files_.empty() || files_.back().scenario != job.scenario.get()) files_.push_back({job.scenario.get(), {}});
    for (const scenarios::FaultAccount& account : outcome.faults) {
      if (account.mattered) files_.back().mattered[account.name] |= *account.mattered;
    }
  }

  /// `scenario: fault` for each that mattered in no case that was played.
  [[nodiscard]] std::vector<std::string> idle() const {
    std::vector<std::string> found;
    for (const File& file : files_) {
      for (const auto& [name, mattered] : file.mattered) {
        if (!mattered) found.push_back(file.scenario->name + ": " + name);
      }
    }
    return found;
  }

 private:
  struct File {
    const scenarios::Scenario* scenario = nullptr;
    std::map<std::string, bool> mattered;
  };
  std::vector<File> files_;  // the jobs of a file come one after another
};

/// Plays the selection, says what comes of it, and knows the exit code in the end.
class Session {
 public:
  Session(const RunRequest& request, const std::vector<Job>& jobs, Console& console)
      : request_(request), jobs_(jobs), console_(console), progress_(console, !request.quiet) {
    std::size_t widest = 0;
    for (const Job& job : jobs) {
      widest = std::max(widest, reports::display_width(reports::run_name(job.scenario->name, job.played.name)));
    }
    name_column_ = reports::name_width(widest);
    ending_.files = reports::written_reports(request.report_files);
    ending_.started_unix_us = wall_clock_us();
    if (request.known) known_.emplace(*request.known);
  }

  int play(const JobPlayer& player) {
    show_progress(0);
    std::size_t finished = 0;
    play_all(jobs_, request_.play, player, [&](std::size_t index, JobResult played) {
      finished = index + 1;
      progress_.clear();
      take(jobs_[index], std::move(played));
      show_progress(index + 1);
    });
    progress_.clear();
    end(finished);
    if (known_) ending_.memory = known_->end();
    print_end();
    write_reports(request_.report_files, reports_, ending_);
    print_report_files();
    return exit_code();
  }

 private:
  void show_progress(std::size_t index) {
    if (index >= jobs_.size()) return;
    const std::string name = reports::run_name(jobs_[index].scenario->name, jobs_[index].played.name);
    progress_.show(fmt::format("playing {} of {}: {}", index + 1, jobs_.size(), name));
  }

  void take(const Job& job, JobResult played) {
    if (!played.outcome) return take_internal_error(job, played.internal_error);
    reports_.push_back({*std::move(played.outcome), job.invocation, reports::about(*job.scenario)});
    reports::CaseReport& report = reports_.back();
    if (known_) known_->take(job, report);
    verdicts_.push_back(reports::case_status(report.outcome));
    faults_.take(job, report.outcome);
    print_case(report, verdicts_.back());
    if (request_.format == Format::ndjson) stream(report);
    print_notes(job, report.outcome);
  }

  void take_internal_error(const Job& job, const std::string& what) {
    ending_.internal_errors.push_back({{job.scenario->name, job.played.name, job.invocation.file}, what});
    const reports::InternalFailure& error = ending_.internal_errors.back();
    console_.err << "drydock: internal error in " << reports::printable(reports::to_text(error)) << "\n";
    if (request_.format == Format::ndjson) console_.out << reports::ndjson_error(error) << std::flush;
  }

  void end(std::size_t finished) {
    ending_.interrupted = finished < jobs_.size();
    for (std::size_t i = finished; i < jobs_.size(); ++i)
      ending_.not_played.push_back({jobs_[i].scenario->name, jobs_[i].played.name, jobs_[i].invocation.file});
  }

  /// An event at a time is what a stream is for; afterwards only reports may still want them.
  void stream(reports::CaseReport& report) {
    console_.out << reports::ndjson_run(report, reports_.size()) << std::flush;
    if (!need_events(request_.report_files)) report.outcome.events = {};
  }

  /// Whoever is to look at what did not pass learns where.
  void print_report_files() {
    const bool all = reports::all_held(reports_, ending_);
    if (request_.format != Format::text || all) return;
    const std::string text = reports::report_files_text(reports_, ending_, request_.style);
    if (!text.empty() && sums_up()) console_.out << "\n";
    console_.out << text;
  }

  void print_case(const reports::CaseReport& report, CaseStatus verdict) {
    if (request_.format != Format::text) return;
    const bool passed = verdict == CaseStatus::held;
    if (passed && request_.quiet) return;
    console_.out << reports::case_line(report, name_column_, request_.style);
    console_.out << reports::idle_faults_line(report.outcome);
    // Violations that a case lists are shown when someone looks at that very case.
    const bool single = jobs_.size() == 1 && !report.outcome.violations.empty();
    if (!passed || single) console_.out << reports::case_block(report, request_.style);
    console_.out << std::flush;
  }

  void print_notes(const Job& job, const scenarios::Outcome& outcome) {
    console_.err << misaligned_note(outcome) << changed_model_note(job, outcome);
  }

  void print_end() {
    if (ending_.interrupted) console_.err << "drydock: interrupted; the other cases were not played\n";
    if (request_.strict) {
      for (const std::string& fault : faults_.idle()) {
        console_.err << "drydock: not exercised: the fault made no difference in any case, "
                     << reports::printable(fault) << "\n";
      }
    }
    if (request_.format == Format::ndjson) {
      console_.out << reports::ndjson_summary(reports_, ending_);  // the runs are printed already
    } else {
      print_runs(request_.format, reports_, ending_, console_);
    }
    if (sums_up()) console_.out << reports::summary_line(verdicts_);
    if (request_.format != Format::text || request_.quiet) return;
    for (const reports::MemoryReport& memory : ending_.memory) console_.out << reports::memory_line(memory);
  }

  [[nodiscard]] bool sums_up() const {
    return request_.format == Format::text && !request_.quiet && verdicts_.size() > 1;
  }

  [[nodiscard]] bool any(CaseStatus verdict) const {
    return std::find(verdicts_.begin(), verdicts_.end(), verdict) != verdicts_.end();
  }

  /// Returns the code of the gravest that happened; an interrupted run says so even where something had failed already.
  [[nodiscard]] int exit_code() const {
    if (!ending_.internal_errors.empty()) return kInternalError;
    if (ending_.interrupted) return kInterrupted;
    if (any(CaseStatus::failed)) return kFailed;
    if (any(CaseStatus::inconclusive)) return kInconclusive;
    if (request_.strict && (any(CaseStatus::not_exercised) || !faults_.idle().empty())) return kInconclusive;
    return kHeld;
  }

  const RunRequest& request_;
  const std::vector<Job>& jobs_;
  Console& console_;
  ProgressLine progress_;
  std::size_t name_column_ = 0;
  std::vector<reports::CaseReport> reports_;
  std::vector<CaseStatus> verdicts_;
  FaultsAtWork faults_;
  std::optional<KnownRun> known_;
  reports::Ending ending_{};
};

int nothing_selected(const RunRequest& request, const Selection& selection, Console& console) {
  print_runs(request.format, {}, {}, console);
  write_reports(request.report_files, {}, {});
  // An empty result was printed already.
  return report_nothing_selected("run", request.wanted, selection, Format::text, console);
}

}  // namespace

int run_with(const Arguments& arguments, Console& console, const JobPlayer& player) {
  const Operands files{"FILE", 0, std::numeric_limits<std::size_t>::max()};
  const auto values = read_options(arguments, kRunUsage, run_options(), files, console);
  if (!values) return kHeld;
  const RunRequest request = run_request(*values, console);
  Selection selection = select(request.wanted);
  for (Job& job : selection.jobs) job.options.keep_trace = need_trace(request.report_files);
  if (!selection.errors.empty()) return report_errors(selection.errors, request.format, console);
  if (!request.quiet) report_warnings(selection.warnings, console);
  if (selection.jobs.empty()) return nothing_selected(request, selection, console);
  const auto wrong = wrong_decisions(selection.jobs, request.wanted.deviate, player);
  if (!wrong.empty()) return report_errors(wrong, request.format, console);
  return Session(request, selection.jobs, console).play(player);
}

int run_command(const Arguments& arguments, Console& console) { return run_with(arguments, console, play_job); }

}  // namespace drydock::cli
