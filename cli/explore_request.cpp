#include "cli/explore_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>

#include "cli/cpus.hpp"
#include "cli/explore_client.hpp"
#include "cli/shards.hpp"
#include "sim/search/exhaustive.hpp"

namespace drydock::cli {
namespace {

using scenarios::Strategy;

const std::vector<std::string> kReportKinds{"json", "junit", "markdown", "html", "trace"};

constexpr Usage kExploreUsage{"drydock explore FILE [options]",
                              "  drydock explore pause-cascade --time 5m --save findings\n"
                              "  drydock explore pause-cascade --policy pre-1991 --until first\n"
                              "  drydock explore pause-cascade --beyond findings --time 5m\n"
                              "  drydock explore my.json --strategy exhaustive --deviations 1\n"
                              "  drydock explore my.json --runs 100000 --shard 2/2 --format json > 2.json\n"
                              "  drydock explore --merge 1.json 2.json --report junit=search.xml\n"
                              "  drydock explore empty-region --client ./controlplane --clock step=15s\n"
                              "  drydock explore pause-cascade --runs 1000000 --campaign night --shard slurm\n"
                              "  drydock explore --merge night --partial --report html=night.html\n"
                              "  drydock explore pause-cascade --known findings.db --date 2026-12-01\n"
                              "  drydock explore open-world --runs 20000 --report trace=runs.db\n",
                              "FILE is a scenario, or the name of a built-in one. What a search may add to it\n"
                              "is in its \"explore\"; docs/search.md tells what the strategies do. Each way in\n"
                              "which a promise was broken is shown with the fewest decisions that break it.\n"
                              "--report trace=FILE has a row for each run: `drydock query` asks it, and\n"
                              "`drydock replay FILE --run N` plays one of them.\n"
                              "By --invariant a run is judged where it shows a new transition of states or a\n"
                              "new finding; an exhaustive search judges every run by it.\n"
                              "With --client every run is a session: COMMAND is started, without a shell, and\n"
                              "asks the simulated EC2 at $AWS_ENDPOINT_URL while faults strike on the way.\n\n"
                              "With --known the tapes of known findings are played first, and only what is new\n"
                              "or reopened is found.\n\n"
                              "Exit codes: 0 nothing found, 1 a promise was broken, 2 bad command line or\n"
                              "input, 3 under --strict: a listed fault never fired or never mattered, or an\n"
                              "exhaustive search is not complete, or a client asked something else in the\n"
                              "same run, or a known tape fits no longer; 4 nothing selected, 5 under\n"
                              "--partial: a part is bad or missing; 70 internal error, 130 interrupted.\n"};

po::options_description explore_options() {
  return described(
      {{"strategy", "STRATEGY", "exhaustive, random, pct, swarm, coverage or mixed (default)"},
       {"runs", "N", "stop after N runs"},
       {"time", "DURATION", "stop after so much wall time (default without --runs: 60s)"},
       {"until", "first|budget", "stop at the first finding, or go on (default: budget)"},
       {"promise", "ID", "look for this promise alone (drydock list invariants)"},
       {"beyond", "TAPE|DIR", "+ find what these tapes do not show, and keep away from what they do"},
       {"deviations", "K", "exhaustive: every tape with at most K decisions that are not 0 (default: 2)"},
       {"seed", "N", "what the runs are drawn from (default: 1)"},
       {"policy", "NAME|FILE", "the policy to search (default: latest)"},
       {"case", "PATTERN", "search this one case of the file instead: its policy, settings and faults"},
       set_option(),
       {"save", "DIR", "write each finding's tape there, and a scenario where one can say it"},
       {"campaign", "DIR", "keep the search there: the same command goes on where it ended"},
       {"trace-sample", "N", "keep a row of one run in N, drawn by number, for --report trace=FILE (default: 1)"},
       {"shard", "I/N|SCHEDULER",
        "only the I-th of N parts of the search; or the part of this element of "
        "slurm, sge, kubernetes, gitlab, gtest, parallel, openmpi, mpich or "
        "environment"},
       {"merge", "FILE|DIR",
        "+ JSON results of shards, or directories of --campaign, to add up, several "
        "after one --merge; nothing is searched"},
       known_option(),
       date_option(),
       {"partial", "", "merge what can be merged, and name what is bad or missing: then exit code 5"},
       {"client", "COMMAND", "play this client of EC2 in every run, as a session of its own"},
       {"clock", "CLOCK", "with --client: step=DURATION a request (default: step=1s), or manual"},
       {"client-timeout", "DURATION", "end a client after so much wall time (default: 10s)"},
       {"longest-session", "DURATION", "end a client after so much virtual time (default: 24h)"},
       {"twice", "", "play each run again from its tape and compare the two"},
       full_calm_option(),
       jobs_option("search", "all"),
       {"quiet", "", "print only what was found"},
       strict_option(),
       invariant_option(),
       report_option(kReportKinds),
       format_option(),
       colour_option()});
}

Strategy strategy_of(const po::variables_map& values) {
  const std::string word = one_of(values, "strategy").value_or("mixed");
  return scenarios::parse_strategy(word).value_or(Strategy::mixed);
}

void read_budget(const po::variables_map& values, scenarios::ExploreOptions& search) {
  constexpr double kDefaultSeconds = 60;
  if (const auto runs = one_of(values, "runs")) search.runs = positive_of("--runs", *runs, 1'000'000'000'000);
  if (const auto time = one_of(values, "time")) {
    search.time_s = wall_seconds_of("--time", *time);
  } else if (!search.runs) {
    search.time_s = kDefaultSeconds;
  }
  const std::string until = one_of(values, "until").value_or("budget");
  search.until_first = until == "first";
}

void read_deviations(const po::variables_map& values, scenarios::ExploreOptions& search) {
  const auto text = one_of(values, "deviations");
  if (!text) return;
  if (search.strategy != Strategy::exhaustive) throw UsageError("--deviations is for --strategy exhaustive", "");
  search.deviations = static_cast<std::uint32_t>(number_of("--deviations", *text, 1000));
}

void read_shard(const po::variables_map& values, scenarios::ExploreOptions& search) {
  const auto text = one_of(values, "shard");
  if (!text) return;
  const Shard shard = shard_of(*text, variable_of_process);
  search.shard = shard.index;
  search.shards = shard.of;
}

scenarios::ExploreOptions search_of(const po::variables_map& values) {
  scenarios::ExploreOptions search;
  search.strategy = strategy_of(values);
  search.seed = seed_of(values).value_or(1);
  search.jobs = jobs_of(values, all_threads());
  read_budget(values, search);
  read_deviations(values, search);
  read_shard(values, search);
  search.twice = values.count("twice") > 0;
  search.full_calm = values.count("full-calm") > 0;
  if (const auto promise = one_of(values, "promise")) {
    need_word("--promise", *promise, invariant_names(values));
    search.promise = *promise;
  }
  return search;
}

/// --merge runs nothing, so options that say what to run have no meaning beside it. Throws UsageError for them.
void check_merge_alone(const po::variables_map& values) {
  for (const char* option : {"trace-sample", "strategy", "runs",  "time",      "until",     "deviations", "seed",
                             "policy",       "case",     "set",   "save",      "campaign",  "shard",      "jobs",
                             "promise",      "beyond",   "twice", "full-calm", "invariant", "client"}) {
    if (values.count(option) != 0)
      throw UsageError(fmt::format("--merge runs nothing: it does not go with --{}", option), "");
  }
}

/// Checks the options of a search that is kept. Throws UsageError.
void check_campaign(const ExploreRequest& request) {
  if (!request.campaign) return;
  if (request.search.until_first)
    throw UsageError("--campaign is searched to its end: it does not go with --until first", "");
  if (request.client) throw UsageError("--campaign keeps runs, not sessions: it does not go with --client", "");
  if (request.search.strategy != Strategy::exhaustive) return;
  if (request.search.runs) throw UsageError("--runs would cut an exhaustive --campaign where it cannot go on", "");
  if (request.search.deviations > sim::search::Sections::kMostDeviations)
    throw UsageError(fmt::format("an exhaustive --campaign takes --deviations of at most {}",
                                 sim::search::Sections::kMostDeviations),
                     "");
}

/// Reads which runs have a row. Throws UsageError where nobody would ever see it.
void read_sample(const po::variables_map& values, ExploreRequest& request) {
  const auto& files = request.report_files;
  const bool is_written =
      std::any_of(files.begin(), files.end(), [](const ReportFile& file) { return file.kind == "trace"; });
  const auto every = one_of(values, "trace-sample");
  if (every) request.search.sample = positive_of("--trace-sample", *every, 1'000'000'000);
  if (!every && is_written) request.search.sample = 1;
  if (request.search.sample == 0) return;
  if (request.client)
    throw UsageError("rows are kept of runs, not of sessions: --report trace does not go with --client", "");
  if (!is_written && !request.campaign)
    throw UsageError("--trace-sample goes with --report trace=FILE, or with --campaign", "");
}

/// Tells whether what is merged is a result, and not a campaign.
bool is_result(const std::string& path) {
  std::error_code error;
  return !std::filesystem::is_directory(path, error);
}

/// Reads which case is searched: under the policy `latest`, where neither --policy nor --case is given.
SelectionRequest explored_case(const po::variables_map& values) {
  SelectionRequest wanted = requested_case(values);
  if (wanted.files.empty()) throw UsageError("FILE is missing", "");
  if (wanted.policies.empty() && wanted.cases.empty()) wanted.policies = {"latest"};
  return wanted;
}

ExploreRequest request_of(const po::variables_map& values, const Console& console) {
  ExploreRequest request;
  request.merge = all_of(values, "merge");
  if (request.merge.empty()) {
    const auto files = operands_of(values);
    if (files.size() > 1) throw UsageError(fmt::format("unexpected '{}'", files[1]), "");
    request.wanted = explored_case(values);
    request.search = search_of(values);
    request.client = played_client(values, request.search);
    request.beyond = all_of(values, "beyond");
    request.save = one_of(values, "save");
    request.campaign = one_of(values, "campaign");
    check_campaign(request);
  } else {
    check_merge_alone(values);
    for (const std::string& file : operands_of(values)) request.merge.push_back(file);
  }
  request.report_files = read_report_files(values, kReportKinds);
  for (const ReportFile& file : request.report_files) {
    if ((file.kind == "html" || file.kind == "trace") &&
        std::any_of(request.merge.begin(), request.merge.end(), is_result)) {
      throw UsageError(
          fmt::format("--report {} goes without --merge of results: they have no record of their runs", file.kind), "");
    }
  }
  if (request.merge.empty()) read_sample(values, request);
  request.known = known_request(values);
  if (request.known && request.client)
    throw UsageError("--known plays tapes, not clients: it does not go with --client", "");
  if (request.known && std::any_of(request.merge.begin(), request.merge.end(), is_result))
    throw UsageError("--known goes with --merge of campaigns: results have no tapes that can be played again", "");
  request.partial = values.count("partial") > 0;
  if (request.partial && request.merge.empty()) throw UsageError("--partial goes with --merge", "");
  request.format = format_of(values);
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  request.strict = values.count("strict") > 0;
  return request;
}

}  // namespace

std::optional<ExploreRequest> explore_request(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kExploreUsage, explore_options(),
                                   {"FILE", 0, std::numeric_limits<std::size_t>::max()}, console);
  if (!values) return std::nullopt;
  return request_of(*values, console);
}

}  // namespace drydock::cli
