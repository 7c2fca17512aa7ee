#include <fmt/format.h>

#include <algorithm>

#include "cli/common.hpp"
#include "cli/findings.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/play.hpp"
#include "cli/single_run.hpp"
#include "reports/layout.hpp"
#include "reports/odds_html.hpp"
#include "reports/odds_json.hpp"
#include "reports/odds_text.hpp"
#include "scenarios/whatif/odds.hpp"

namespace drydock::cli {
namespace {

using scenarios::Odds;
using scenarios::Outcome;

constexpr Usage kOddsUsage{"drydock odds TAPE [options]",
                           "  drydock odds findings/no-orphan-1f9b2c07.tape.json\n"
                           "  drydock odds found.tape.json --report html=odds.html\n"
                           "  drydock odds found.tape.json --promise settles --runs 1000\n"
                           "  drydock odds found.tape.json --law swarm --any-workspace --format json\n",
                           "How likely the tape's broken promise was, at every point of its run: what was\n"
                           "decided up to there is kept, zeros included, and what comes after it is drawn\n"
                           "again --runs times. A tail counts when it breaks the same promise of the same\n"
                           "workspace, in whatever way. It became likely where the probability is 50 % or\n"
                           "more and stays there, certain where that is 99 %.\n\n"
                           "The law random asks each question by dice of its own: delays and order evenly,\n"
                           "probabilities as they are written, requests and faults at the rates of the\n"
                           "random search. swarm leaves out a random part of them in each tail. Under both\n"
                           "the whole run has no more faults and requests than the scenario's \"explore\"\n"
                           "allows; without one, only its own ranges, probabilities and order vary.\n"
                           "Every point has the same tails, so that what differs is what the tape decided.\n\n"
                           "Exit codes: 0 answered, 1 the tape breaks no promise (or not that one), 2 bad\n"
                           "command line or input, 3 time ran out before every point was looked at, 70\n"
                           "internal error, 130 interrupted.\n"};

struct OddsRequest {
  SelectionRequest wanted;  // the tape
  std::optional<std::string> promise;
  bool any_workspace = false;
  bool same_way = false;
  scenarios::OddsOptions odds;
  std::vector<ReportFile> report_files;
  Format format = Format::text;
  reports::TextStyle style;
  bool quiet = false;
};

po::options_description odds_options() {
  return described({{"promise", "ID", "the broken promise to ask about (default: the tape's finding)"},
                    {"any-workspace", "", "count it of every workspace, not only of the tape's"},
                    {"signature", "", "count only what breaks it in the same way as the tape"},
                    {"law", "random|swarm", "by which tails are drawn (default: random)"},
                    {"runs", "N", "how many tails at each point (default: 200)"},
                    {"seed", "N", "what the tails are drawn from (default: 1)"},
                    {"time", "DURATION", "begin no further point after so much wall time"},
                    full_calm_option(),
                    jobs_option("play", "all"),
                    {"quiet", "", "print only the sentence"},
                    invariant_option(),
                    report_option({"json", "html"}),
                    format_option(),
                    colour_option()});
}

OddsRequest odds_request(const po::variables_map& values, const Console& console) {
  OddsRequest request;
  request.wanted.tape = operands_of(values).front();
  request.wanted.invariants = all_of(values, "invariant");
  request.promise = one_of(values, "promise");
  if (request.promise) need_word("--promise", *request.promise, invariant_names(values));
  request.any_workspace = values.count("any-workspace") > 0;
  request.same_way = values.count("signature") > 0;
  const std::string law = one_of(values, "law").value_or("random");
  need_word("--law", law, scenarios::tail_law_names());
  request.odds.law = scenarios::parse_tail_law(law).value_or(scenarios::TailLaw::random);
  if (const auto runs = one_of(values, "runs")) request.odds.tails = positive_of("--runs", *runs, 10'000'000);
  request.odds.seed = seed_of(values).value_or(1);
  if (const auto time = one_of(values, "time")) request.odds.time_s = wall_seconds_of("--time", *time);
  request.odds.full_calm = values.count("full-calm") > 0;
  request.odds.jobs = jobs_of(values, all_threads());
  request.odds.interrupted = interrupted;
  request.report_files = read_report_files(values, {"json", "html"});
  request.format = format_of(values);
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  return request;
}

scenarios::OddsTarget target_of(const OddsRequest& request, const scenarios::ShownViolation& violation) {
  return {.invariant = violation.invariant,
          .workspace = request.any_workspace ? std::string{} : violation.workspace,
          .signature = request.same_way ? violation.signature : std::string{}};
}

/// Returns the command that asks the same again.
std::string reproduce(const OddsRequest& request) {
  std::string line = "drydock odds " + reports::shell_quote(*request.wanted.tape);
  if (request.promise) line += " --promise " + *request.promise;
  for (const std::string& file : request.wanted.invariants) line += " --invariant " + reports::shell_quote(file);
  if (request.any_workspace) line += " --any-workspace";
  if (request.same_way) line += " --signature";
  return line +
         fmt::format(" --law {} --runs {} --seed {}", to_text(request.odds.law), request.odds.tails, request.odds.seed);
}

int say(const OddsRequest& request, const Job& job, const Outcome& outcome, const Odds& odds, Console& console) {
  const std::string again = reproduce(request);
  if (request.format == Format::json) {
    console.out << reports::odds_document(odds, again);
  } else if (request.quiet) {
    console.out << reports::paragraph("", reports::odds_sentence(odds));
  } else {
    console.out << reports::odds_text(odds, request.style);
  }
  console.out << std::flush;
  console.err << changed_model_note(job, outcome);
  write_each(request.report_files, [&](const ReportFile& file) {
    return file.kind == "html" ? reports::odds_html(odds, outcome, again) : reports::odds_document(odds, again);
  });
  if (odds.interrupted) return kInterrupted;
  return odds.complete ? kHeld : kInconclusive;
}

}  // namespace

int odds_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kOddsUsage, odds_options(), {"TAPE", 1, 1}, console);
  if (!values) return kHeld;
  OddsRequest request = odds_request(*values, console);
  const Selection selection = select(request.wanted);
  if (!selection.errors.empty()) return report_errors(selection.errors, request.format, console);
  const Job& job = selection.jobs.front();

  scenarios::Workbench workbench;
  const Outcome outcome = play_job(job, workbench);
  const auto* meant = meant_violation(job.recorded_finding, request.promise, outcome);
  if (meant == nullptr) return report_nothing_broken("odds", *request.wanted.tape, request.promise, console);
  request.odds.target = target_of(request, *meant);
  ProgressLine progress(console, !request.quiet);
  request.odds.progress = [&](std::size_t points, std::uint64_t tails) {
    progress.show(fmt::format("{} points of {} plays each, {} at the next", points, request.odds.tails, tails));
  };
  const Odds odds = scenarios::odds(*job.scenario, job.played, job.tape, outcome, request.odds);
  progress.clear();
  return say(request, job, outcome, odds, console);
}

}  // namespace drydock::cli
