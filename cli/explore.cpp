#include "cli/explore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>

#include "cli/campaign.hpp"
#include "cli/common.hpp"
#include "cli/explore_client.hpp"
#include "cli/explore_request.hpp"
#include "cli/findings.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/known_search.hpp"
#include "cli/merge.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/run_of_search.hpp"
#include "model/policy.hpp"
#include "reports/exploration_cases.hpp"
#include "reports/exploration_html.hpp"
#include "reports/exploration_json.hpp"
#include "reports/exploration_text.hpp"
#include "reports/formats.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "scenarios/explore/runs_database.hpp"
#include "sim/hash.hpp"

namespace drydock::cli {
namespace {

using reports::ExplorationReport;
using scenarios::Exploration;
using scenarios::Strategy;

// ---- what is said of a search ----

void print_text(const ExploreRequest& request, const ExplorationReport& report, Console& console) {
  const bool is_news = report.memory && std::any_of(report.memory->findings.begin(), report.memory->findings.end(),
                                                    [](const auto& one) { return one.is_changed(); });
  if (request.quiet && report.found.findings.empty() && !is_news) return;
  console.out << reports::exploration_head(report, request.style) << "\n"
              << reports::exploration_findings(report, request.style);
  if (report.memory) console.out << reports::memory_text(*report.memory, request.style);
  if (!request.quiet) console.out << reports::exploration_rest(report, request.style);
}

int exit_code(const ExploreRequest& request, const ExplorationReport& report) {
  if (!report.found.internal_error.empty()) return kInternalError;
  if (report.found.interrupted) return kInterrupted;
  if (!report.found.findings.empty()) return kFailed;
  const bool differed = report.found.client && report.found.client->differed > 0;
  return request.strict && (differed || !reports::was_exercised(report) || reports::has_unfit(report)) ? kInconclusive
                                                                                                       : kHeld;
}

/// JSON is the search itself; the other kinds show its findings as cases.
std::string rendered(const ExploreRequest& request, const ExplorationReport& report, const ReportFile& file) {
  const std::string& kind = file.kind;
  if (kind == "json") return reports::exploration_json(report);
  if (kind == "trace")
    return scenarios::runs_database(
        report.found,
        {.case_name = report.case_name, .document = report.document, .again = replay_run_command(file.path)});
  reports::Ending ending;
  ending.interrupted = report.found.interrupted;
  ending.files = reports::written_reports(request.report_files);
  ending.started_unix_us = wall_clock_us();
  if (!report.found.internal_error.empty())
    ending.internal_errors.push_back({{report.found.scenario, "search"}, report.found.internal_error});
  if (kind == "html") return reports::exploration_html(report, ending);
  return reports::render_report(reports::report_kind(kind), reports::exploration_cases(report), ending);
}

int say(const ExploreRequest& request, const ExplorationReport& report, Console& console) {
  if (request.format == Format::json) {
    console.out << reports::exploration_json(report);
  } else {
    print_text(request, report, console);
  }
  console.out << std::flush;
  if (report.found.interrupted) console.err << "drydock: interrupted; this is what was known by then\n";
  if (!report.found.internal_error.empty()) {
    console.err << "drydock: internal error: " << reports::printable(report.found.internal_error) << "\n";
  }
  write_each(request.report_files, [&](const ReportFile& file) { return rendered(request, report, file); });
  return exit_code(request, report);
}

// ---- a search ----

std::string progress_text(const scenarios::SearchProgress& progress) {
  std::string text = fmt::format("{}: {} runs, {:.0f}/s, {} states, {} findings", progress.phase, progress.runs,
                                 progress.runs_per_s, progress.distinct, progress.findings);
  if (progress.share) text += fmt::format(", {:.0f} % done", *progress.share * 100);
  return text;
}

/// Before the search rather than after it: an hour must not end in a typo.
void make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || !std::filesystem::is_directory(path))
    throw UsageError(fmt::format("--save {}: there can be no such directory", path), "");
}

/// Hashes everything that decides what a search of this job finds, beyond what is known.
std::uint64_t inputs_of(const Job& job, const std::vector<scenarios::KnownFinding>& beyond) {
  sim::RollingHash hash;
  hash.add(job.scenario->document.dump(-1, ' ', false, scenarios::Json::error_handler_t::replace));
  hash.add(job.played.in_file ? job.played.name : "");
  for (const model::Knob& knob : model::knobs()) hash.add(model::knob_text(job.played.policy, knob));
  for (const auto& [key, value] : job.played.set) {
    hash.add(key);
    hash.add(value);
  }
  for (const scenarios::SqlInvariant& promise : job.played.sql_invariants) {
    hash.add(promise.name);
    hash.add(promise.sql);
  }
  for (const scenarios::KnownFinding& known : beyond) {
    hash.add(known.invariant);
    hash.add(known.signature);
    for (const auto& [key, value] : known.tape.entries())
      hash.add(fmt::format("{}#{}={}", key.first, key.second, value));
  }
  return hash.value();
}

class Search {
 public:
  Search(const ExploreRequest& request, const Job& job, const Searcher& searcher, Console& console)
      : request_(request), job_(job), searcher_(searcher), console_(console) {}

  int run() {
    if (request_.save) make_directory(*request_.save);
    if (request_.client) rehearse();
    const std::uint64_t inputs = inputs_searched();
    if (request_.campaign) {
      campaign_.emplace(*request_.campaign, campaign_document(request_.search, job_, inputs), request_.search.runs,
                        console_.err);
    }
    if (request_.known) known_.emplace(*request_.known, campaign_name());
    if (!job_.scenario->explore && !request_.quiet) {
      console_.err << "note: " << reports::printable(job_.scenario->name)
                   << " has no \"explore\": only delays and order vary\n";
    }
    ExplorationReport report;
    report.found = explore();
    if (known_) known_->end(job_, report);
    report.parts = {report.found.shard};
    report.inputs = inputs;
    report.document = campaign_document(request_.search, job_, inputs).dump();
    if (job_.played.in_file) report.case_name = job_.played.name;
    if (request_.search.strategy == Strategy::exhaustive) report.deviations = request_.search.deviations;
    add_files(report);
    const int code = say(request_, report, console_);
    if (unwritten_) throw CannotWrite(*unwritten_);
    return code;
  }

 private:
  Exploration explore() {
    ProgressLine line(console_, !request_.quiet);
    scenarios::ExploreOptions options = request_.search;
    if (theatre_) options.theatre = theatre_.get();
    options.interrupted = interrupted;
    options.progress = [&line](const scenarios::SearchProgress& progress) { line.show(progress_text(progress)); };
    if (campaign_) {
      options.ledger = &*campaign_;
      options.found = [this](const scenarios::Finding& finding) { campaign_->keep_finding(job_, finding, false); };
    }
    if (known_) known_->begin(job_, options, play_job);
    Exploration found = searcher_.explore(*job_.scenario, job_.played, options);
    if (campaign_) keep_findings(found);
    if (theatre_) found.client = theatre_->use();
    // What a client decided otherwise was not counted through.
    if (found.client && found.client->differed > 0) found.complete = false;
    return found;
  }

  /// Before the search: a client that cannot do its work where nothing goes wrong has nothing to show.
  void rehearse() {
    theatre_ = std::make_unique<server::ClientTheatre>(*job_.scenario, job_.played, *request_.client);
    const std::string wrong = theatre_->rehearse();
    if (!wrong.empty() && !request_.quiet) console_.err << "note: the client, " << reports::printable(wrong) << "\n";
  }

  [[nodiscard]] std::uint64_t inputs_searched() const {
    const std::uint64_t inputs = inputs_of(job_, request_.search.beyond);
    return request_.client ? sim::mix(inputs, client_inputs(*request_.client)) : inputs;
  }

  void keep_findings(const Exploration& found) {
    for (const scenarios::Finding& finding : found.findings) campaign_->keep_finding(job_, finding, finding.minimal);
    if (campaign_->others() > 0 && !request_.quiet) {
      console_.err << fmt::format("note: others are still playing in {} ({}); --merge {} has it all afterwards\n",
                                  reports::printable(*request_.campaign), reports::counted(campaign_->others(), "line"),
                                  reports::printable(*request_.campaign));
    }
  }

  void add_files(ExplorationReport& report) {
    for (const scenarios::Finding& finding : report.found.findings) {
      report.files.push_back(files_of(finding));
    }
  }

  /// Says in a memory of findings which search it was.
  [[nodiscard]] std::string campaign_name() const {
    return request_.campaign.value_or("explore " + job_.scenario->name);
  }

  reports::FindingFiles files_of(const scenarios::Finding& finding) {
    if (const std::string known = known_ ? known_->reproduce_command(finding) : ""; !known.empty())
      return {.reproduce = known};
    if (request_.save && !unwritten_) {
      try {
        const auto& [scenario, played] = played_in(finding);
        return save_finding(*request_.save, stems_, job_, finding, searcher_.scenario_of(scenario, played, finding));
      } catch (const CannotWrite& error) {
        // What was found is said all the same, and then that it could not be kept.
        unwritten_ = error.what();
      }
    }
    if (finding.session) return {.reproduce = "drydock explore --client COMMAND --save DIR (it was not kept)"};
    return {.reproduce = deviate_command(job_, finding)};
  }

  /// What a finding's tape is a tape of: the scenario that is searched, or the session that a client made of it.
  [[nodiscard]] std::pair<const scenarios::Scenario&, const scenarios::CaseSpec&> played_in(
      const scenarios::Finding& finding) const {
    if (finding.session) return {finding.session->file.scenario, finding.session->file.played};
    return {*job_.scenario, job_.played};
  }

  const ExploreRequest& request_;
  const Job& job_;
  const Searcher& searcher_;
  Console& console_;
  std::unique_ptr<server::ClientTheatre> theatre_;
  std::optional<CampaignDirectory> campaign_;
  std::optional<KnownSearch> known_;
  std::set<std::string> stems_;  // of the files of this search
  std::optional<std::string> unwritten_;
};

/// Makes known findings of tapes. A tape that was kept for no finding is an error.
std::vector<scenarios::KnownFinding> known_findings(const std::vector<std::string>& paths,
                                                    std::vector<Diagnostic>& errors) {
  std::vector<scenarios::KnownFinding> known;
  if (paths.empty()) return known;
  SelectionRequest wanted;
  wanted.files = paths;
  wanted.only_tapes = true;
  const Selection tapes = select(wanted);
  errors.insert(errors.end(), tapes.errors.begin(), tapes.errors.end());
  for (const Job& job : tapes.jobs) {
    const scenarios::Json& finding = job.recorded_finding;
    if (!finding.is_object()) {
      errors.push_back(
          scenarios::problem_in(job.invocation.file, "was kept for no finding: --beyond cannot know which it is"));
      continue;
    }
    known.push_back({finding.value("invariant", ""), finding.value("signature", ""), job.tape});
  }
  return known;
}

int search(ExploreRequest request, const Searcher& searcher, Console& console) {
  Selection selection = select(request.wanted);
  request.search.beyond = known_findings(request.beyond, selection.errors);
  if (!selection.errors.empty()) return report_errors(selection.errors, request.format, console);
  if (!request.quiet) report_warnings(selection.warnings, console);
  if (selection.jobs.empty())
    return report_nothing_selected("explore", request.wanted, selection, request.format, console);
  Job job = only_job(selection, request.wanted);
  if (request.client) job.scenario = std::make_shared<const scenarios::Scenario>(with_wire_faults(*job.scenario));
  return Search(request, job, searcher, console).run();
}

// ---- merging ----

/// A campaign that kept no rows has no database of them.
void refuse_trace(const ExploreRequest& request) {
  for (const ReportFile& file : request.report_files) {
    if (file.kind == "trace")
      throw UsageError("--report trace: the campaign kept no rows of its runs; search it with --trace-sample", "");
  }
}

int merge(const ExploreRequest& request, const Searcher& searcher, Console& console) {
  ProgressLine line(console, !request.quiet);
  std::optional<KnownSearch> known;
  if (request.known) known.emplace(*request.known, request.merge.front());
  Merged merged = merge_results(
      request.merge, searcher.explore,
      [&line](const scenarios::SearchProgress& progress) { line.show(progress_text(progress)); },
      known ? &*known : nullptr);
  line.clear();
  const bool nothing = !merged.report;
  if (nothing || (!request.partial && !merged.problems.empty()))
    return report_errors(merged.problems, request.format, console);
  for (const Diagnostic& problem : merged.problems)
    console.err << "drydock explore: " << reports::printable(scenarios::to_text(problem)) << "\n";
  for (const std::string& part : merged.missing)
    console.err << "drydock explore: missing: " << reports::printable(part) << "\n";
  if (merged.report->found.sample == 0) refuse_trace(request);
  const int code = say(request, *merged.report, console);
  const bool incomplete = !merged.problems.empty() || !merged.missing.empty();
  return request.partial && incomplete && (code == kHeld || code == kFailed || code == kInconclusive) ? kIncomplete
                                                                                                      : code;
}

}  // namespace

int explore_with(const Arguments& arguments, Console& console, const Searcher& searcher) {
  const std::optional<ExploreRequest> request = explore_request(arguments, console);
  if (!request) return kHeld;
  return request->merge.empty() ? search(*request, searcher, console) : merge(*request, searcher, console);
}

int explore_command(const Arguments& arguments, Console& console) { return explore_with(arguments, console, {}); }

}  // namespace drydock::cli
