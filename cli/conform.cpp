#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/findings.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/logs.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "reports/conformance.hpp"
#include "scenarios/conform/conform.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/tape_file.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kConformUsage{"drydock conform LOG… [options]",
                              "  drydock conform docs/logs/1991.json --mapping docs/logs/1991.mapping.json \\\n"
                              "      --scenario pause-cascade --policy pre-1991\n"
                              "  drydock conform docs/logs/1932.ndjson --policy pre-1932 --save why.tape.json\n",
                              "Is there a run of this policy whose visible events are these, give or take the\n"
                              "skew? What the log was asked is asked, what it shows to have failed fails, and\n"
                              "nothing else does; delays, and what comes first, are free. The world is FILE's,\n"
                              "or the workspaces that the log names. docs/conform.md has the rules.\n\n"
                              "Exit codes: 0 explained, 1 not explained, 2 bad command line or input, 70\n"
                              "internal error, 130 interrupted.\n"};

struct ConformRequest {
  std::string policy;
  std::vector<std::pair<std::string, std::string>> set;
  std::optional<std::string> scenario;
  sim::Duration skew{};
  scenarios::ConformOptions search;
  std::string save;
  Format format = Format::text;
  reports::TextStyle style;
  bool quiet = false;
};

// ---- the command line ----

po::options_description conform_options() {
  return described(
      {{"policy", "NAME|FILE", "the policy (default: latest)"},
       set_option(),
       {"scenario", "FILE", "the world: workspaces, cloud, traffic; its steps too where the log shows no requests"},
       {"skew", "DURATION", "how far the log's clock may be off (default: 2s)"},
       {"lead", "DURATION", "how long before the first line a world without a scenario begins (default: tried out)"},
       {"runs", "N", "give up after N runs"},
       {"time", "DURATION", "give up after so much wall time (default without --runs: 10s)"},
       {"seed", "N", "what the search draws from (default: 1)"},
       jobs_option("search", "all"),
       {"save", "TAPE", "write the tape that explains the log, and beside it a scenario where one can say it"},
       mapping_option(),
       log_kind_option(),
       visible_option(),
       {"quiet", "", "print only the verdict"},
       format_option(),
       colour_option()});
}

sim::Duration duration_of(std::string_view option, const std::string& text) {
  if (const auto duration = sim::parse_duration(text)) return *duration;
  throw UsageError(fmt::format("{} takes a duration such as 2s or 500ms, not '{}'", option, text), "");
}

scenarios::ConformOptions conformance_search(const po::variables_map& values) {
  constexpr double kDefaultSeconds = 10;
  constexpr std::uint64_t kMostRuns = 1'000'000'000'000;
  scenarios::ConformOptions search;
  search.seed = seed_of(values).value_or(1);
  search.jobs = jobs_of(values, all_threads());
  if (const auto runs = one_of(values, "runs")) search.runs = positive_of("--runs", *runs, kMostRuns);
  if (const auto time = one_of(values, "time")) {
    search.time_s = wall_seconds_of("--time", *time);
  } else if (!search.runs) {
    search.time_s = kDefaultSeconds;
  }
  if (const auto lead = one_of(values, "lead")) search.lead = duration_of("--lead", *lead);
  search.interrupted = interrupted;
  return search;
}

std::string scenario_beside(const std::string& tape) { return beside_tape(tape, ".scenario.json"); }

ConformRequest conform_request(const po::variables_map& values, const Console& console) {
  ConformRequest request;
  request.policy = one_of(values, "policy").value_or("latest");
  for (const std::string& text : all_of(values, "set")) {
    auto setting = scenarios::split_setting(text);
    if (!setting) throw UsageError(fmt::format("--set takes KEY=VALUE, not '{}'", text), "");
    request.set.push_back(*std::move(setting));
  }
  request.scenario = one_of(values, "scenario");
  request.skew = duration_of("--skew", one_of(values, "skew").value_or("2s"));
  request.search = conformance_search(values);
  request.save = one_of(values, "save").value_or("");
  if (!request.save.empty()) {
    need_writable("--save " + request.save, request.save);
    need_writable("--save " + request.save, scenario_beside(request.save));
  }
  request.format = format_of(values);
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  return request;
}

// ---- what is asked ----

/// Settings and policy are checked before the log is: their messages have no place in a file.
std::vector<Diagnostic> check_policy(const ConformRequest& request) {
  auto policy = scenarios::load_policy(request.policy);
  if (!policy.value) return policy.errors;
  cloud::Profile profile;
  std::vector<Diagnostic> errors;
  for (const auto& [key, value] : request.set) {
    if (auto error = scenarios::apply_setting(*policy.value, profile, key, value)) errors.push_back(*std::move(error));
  }
  return errors;
}

std::optional<scenarios::Scenario> read_world(const ConformRequest& request, std::vector<Diagnostic>& errors) {
  if (!request.scenario) return std::nullopt;
  const Input input = read_input(*request.scenario);
  if (!input.text) {
    errors.push_back(input.error);
    return std::nullopt;
  }
  auto decoded = scenarios::decode_scenario(*request.scenario, *input.text);
  std::move(decoded.errors.begin(), decoded.errors.end(), std::back_inserter(errors));
  return std::move(decoded.value);
}

// ---- the answer ----

void save(const ConformRequest& request, const scenarios::ImportedLog& log, const scenarios::Conformance& found,
          reports::ConformReport& report) {
  if (request.save.empty() || !found.explained) return;
  const scenarios::Scenario& scenario = found.world.scenario;
  write_whole(request.save, scenarios::encode_tape(scenario, found.world.played(), found.outcome));
  report.tape = request.save;
  if (const auto text = scenarios::scenario_of_log(log, found)) {
    report.scenario = scenario_beside(request.save);
    write_whole(report.scenario, *text);
  }
}

int say(const ConformRequest& request, const reports::ConformReport& report, Console& console) {
  if (request.format == Format::json) {
    console.out << reports::conform_json(report);
  } else {
    const std::string text = reports::conform_text(report, request.style);
    console.out << (request.quiet ? text.substr(0, text.find('\n') + 1) : text);
  }
  console.out << std::flush;
  if (report.found.interrupted) return kInterrupted;
  return report.found.explained ? kHeld : kFailed;
}

int nothing_to_explain(const scenarios::ImportedLog& log, Format format, Console& console) {
  const auto hint =
      fmt::format("{} unmatched, {} ignored; drydock import shows them", log.unmatched.size(), log.ignored);
  return report_errors({scenarios::problem("no line of the log is an event", hint)}, format, console);
}

}  // namespace

int conform_command(const Arguments& arguments, Console& console) {
  const Operands files{"LOG", 1, std::numeric_limits<std::size_t>::max()};
  const auto values = read_options(arguments, kConformUsage, conform_options(), files, console);
  if (!values) return kHeld;
  ConformRequest request = conform_request(*values, console);
  ReadLogs read = read_logs(*values);
  const auto scenario = read_world(request, read.errors);
  for (Diagnostic& error : check_policy(request)) read.errors.push_back(std::move(error));
  if (!read.errors.empty()) return report_errors(read.errors, request.format, console);
  if (read.log->events.empty()) return nothing_to_explain(*read.log, request.format, console);

  const scenarios::LogQuestion question{.log = &*read.log,
                                        .scenario = scenario ? &*scenario : nullptr,
                                        .policy = request.policy,
                                        .set = request.set,
                                        .skew = request.skew};
  watch_for_interrupt();
  ProgressLine line(console, !request.quiet && request.format == Format::text);
  request.search.progress = [&](std::uint64_t runs, std::size_t matched) {
    line.show(fmt::format("{} runs, {} of {} lines", runs, matched, read.log->events.size()));
  };
  const auto answer = scenarios::conform(question, request.search);
  line.clear();
  if (!answer.value) return report_errors(answer.errors, request.format, console);
  reports::ConformReport report{
      .log = *read.log, .question = question, .found = *answer.value, .tape = "", .scenario = ""};
  save(request, *read.log, *answer.value, report);
  return say(request, report, console);
}

}  // namespace drydock::cli
