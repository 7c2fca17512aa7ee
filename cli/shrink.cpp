#include "cli/shrink.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/common.hpp"
#include "cli/findings.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "reports/exploration_json.hpp"
#include "reports/exploration_text.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "scenarios/files/tape_file.hpp"

namespace drydock::cli {
namespace {

using scenarios::Finding;
using scenarios::Outcome;
using scenarios::ShownViolation;

constexpr Usage kShrinkUsage{"drydock shrink TAPE [options]",
                             "  drydock shrink found.tape.json\n"
                             "  drydock shrink found.tape.json --promise no-orphan --output small.tape.json\n",
                             "Leaves out decisions, and makes them smaller, as long as the same promise is\n"
                             "broken in the same way, and says how each one that is left could vary. What\n"
                             "`drydock explore` found is minimal already.\n\n"
                             "Exit codes: 0 done, 1 the tape breaks no promise (or not that one), 2 bad\n"
                             "command line or input, 70 internal error, 130 interrupted: the smallest tape by\n"
                             "then is written.\n"};

struct ShrinkRequest {
  std::string tape;
  std::string output;
  std::optional<std::string> promise;
  std::vector<std::string> invariants;  // files
  bool full_calm = false;
  Format format = Format::text;
  reports::TextStyle style;
  bool quiet = false;
};

po::options_description shrink_options() {
  return described({{"output", "FILE", "where the smaller tape goes (default: beside TAPE, as .min.tape.json)"},
                    {"promise", "ID", "the promise to keep broken (default: the tape's finding)"},
                    full_calm_option(),
                    {"quiet", "", "print only where the tape went"},
                    invariant_option(),
                    format_option(),
                    colour_option()});
}

ShrinkRequest shrink_request(const po::variables_map& values, const Console& console) {
  ShrinkRequest request;
  request.tape = operands_of(values).front();
  request.output = one_of(values, "output").value_or(beside_tape(request.tape, ".min.tape.json"));
  need_writable("--output " + request.output, request.output);
  request.promise = one_of(values, "promise");
  if (request.promise) need_word("--promise", *request.promise, invariant_names(values));
  request.invariants = all_of(values, "invariant");
  request.full_calm = values.count("full-calm") > 0;
  request.format = format_of(values);
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  return request;
}

std::string summary(const ShrinkRequest& request, const Finding& finding) {
  const std::size_t after = finding.outcome.tape.size();
  return reports::paragraph("",
                            fmt::format("{}: {} became {}, in {} runs", reports::printable(request.tape),
                                        reports::counted(finding.size_found, "decision"), after, finding.shrink_runs));
}

void say(const ShrinkRequest& request, const Finding& finding, Console& console) {
  const reports::FindingFiles files{
      .reproduce = replay_command(request.output, request.invariants), .tape = request.output, .scenario = ""};
  if (request.format == Format::json) {
    console.out << reports::finding_json(finding, files);
    return;
  }
  if (!request.quiet) {
    console.out << summary(request, finding) << "\n" << reports::finding_block(finding, files, 0, request.style);
  } else {
    console.out << request.output << "\n";
  }
}

}  // namespace

int shrink_with(const Arguments& arguments, Console& console, const Shrinker& shrinker) {
  const auto values = read_options(arguments, kShrinkUsage, shrink_options(), {"TAPE", 1, 1}, console);
  if (!values) return kHeld;
  const ShrinkRequest request = shrink_request(*values, console);
  SelectionRequest wanted;
  wanted.tape = request.tape;
  wanted.invariants = request.invariants;
  const Selection selection = select(wanted);
  if (!selection.errors.empty()) return report_errors(selection.errors, request.format, console);
  const Job& job = selection.jobs.front();

  scenarios::Workbench workbench;
  const Outcome before = shrinker.play(job, workbench);
  const ShownViolation* meant = meant_violation(job.recorded_finding, request.promise, before);
  if (meant == nullptr) return report_nothing_broken("shrink", request.tape, request.promise, console);
  auto finding = shrinker.shrink(*job.scenario, job.played, job.tape, meant->invariant, meant->signature,
                                 {.stop = interrupted, .full_calm = request.full_calm});
  if (!finding && interrupted()) throw Interrupted();
  if (!finding) return report_nothing_broken("shrink", request.tape, request.promise, console);
  finding->size_found = before.tape.size();
  write_whole(request.output, tape_of(*job.scenario, job.played, *finding));
  say(request, *finding, console);
  if (interrupted()) throw Interrupted();
  return kHeld;
}

int shrink_command(const Arguments& arguments, Console& console) { return shrink_with(arguments, console, {}); }

}  // namespace drydock::cli
