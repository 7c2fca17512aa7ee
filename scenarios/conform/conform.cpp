#include "scenarios/conform/conform.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "scenarios/conform/search.hpp"
#include "scenarios/files/decode.hpp"

namespace drydock::scenarios {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// No log tells the phase of sweepers and heartbeats: so many worlds are tried, each of which begins earlier by
/// `kBetweenLeads` than the one before.
constexpr std::size_t kLeads = 12;
constexpr Duration kBetweenLeads = std::chrono::seconds{5};
/// A tape of more decisions is left as it was found.
constexpr std::size_t kMostShrunk = 300;
/// So is the tape of a run with more events: each further run of it takes seconds.
constexpr std::size_t kLongRun = 30'000;

std::vector<Duration> leads_of(const LogQuestion& question, const ConformOptions& options) {
  if (question.scenario != nullptr || !question.log->absolute) return {kLead};
  if (options.lead) return {*options.lead};
  std::vector<Duration> leads;
  for (std::size_t i = 0; i < kLeads; ++i) leads.emplace_back(kLead + kBetweenLeads * i);
  return leads;
}

bool is_fault(const std::string& site) { return site.ends_with(".fault"); }

/// Leaves out the decisions that the explanation does not need: the faults all together, the others one by one.
void shrink(const LogWorld& world, LogSearch::Candidate& found, Workbench& workbench, std::uint64_t& runs) {
  if (found.run.answers.size() > kMostShrunk || found.run.events > kLongRun) return;
  std::vector<std::vector<sim::Tape::Key>> parts(1);
  for (const auto& [key, value] : found.run.answers) {
    if (is_fault(key.first)) {
      parts.front().push_back(key);
    } else {
      parts.push_back({key});
    }
  }
  for (const auto& part : parts) {
    if (part.empty()) continue;
    sim::Tape without = found.tape;
    for (const auto& [site, occurrence] : part) without.set(site, occurrence, 0);
    LogRun run = play_log(world, without, std::nullopt, workbench);
    ++runs;
    if (!run.match.explained()) continue;
    found.tape = std::move(without);
    found.run = std::move(run);
  }
}

/// Gives the tape with every answer written down that the fill gave.
sim::Tape written_down(const sim::Tape& tape, const LogRun& run) {
  sim::Tape whole = tape;
  for (const auto& [key, value] : run.answers) whole.set(key.first, key.second, value);
  return whole;
}

void pair_lines(const LogRun& run, Conformance& result) {
  const LogWorld& world = result.world;
  for (std::size_t i = 0; i < world.sightings.all.size(); ++i) {
    const auto happening = run.match.happening_of[i];
    if (!happening) continue;
    const Happening& found = run.happenings[*happening];
    result.event_of[world.line_of[i]] = found.seq;
    result.largest_error = std::max(result.largest_error, distance_of(world.sightings.all[i], found, Duration{}));
  }
}

Conformance conclude(const LogQuestion& question, std::vector<LogWorld> worlds, LogSearch& search) {
  Conformance result;
  result.runs = search.runs();
  result.interrupted = search.interrupted();
  if (search.best().empty()) {
    result.world = std::move(worlds.front());
    return result;
  }
  LogSearch::Candidate best = search.best().front();
  result.explained = best.run.match.explained();
  result.world = std::move(worlds[best.world]);
  Workbench workbench;
  if (result.explained) shrink(result.world, best, workbench, result.runs);
  const LogRun& run = best.run;
  result.outcome =
      scenarios::run(result.world.scenario, result.world.played(), written_down(best.tape, run), {}, workbench);
  result.event_of.resize(question.log->events.size());
  pair_lines(run, result);
  if (!result.explained) result.parting = parting_of(*question.log, result.world, run, result.outcome);
  result.wall_s = search.wall_s();
  return result;
}

}  // namespace

Decoded<Conformance> conform(const LogQuestion& question, const ConformOptions& options) {
  Decoded<Conformance> answer;
  std::vector<LogWorld> worlds;
  for (const Duration lead : leads_of(question, options)) {
    auto world = make_log_world(question, lead);
    answer.errors = std::move(world.errors);
    if (!world.value) return answer;
    worlds.push_back(*std::move(world.value));
  }
  LogSearch search(worlds, options);
  search.search();
  answer.value = conclude(question, std::move(worlds), search);
  return answer;
}

// ---- the explaining run as a scenario ----

namespace {

/// At least the log's events are expected, and every promise that breaks.
OrderedJson expectations(const ImportedLog& log, const Outcome& outcome) {
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const LogEvent& event : log.events) {
    if (event.kind != "http.request") ++counts[{event.kind, event.workspace}];
  }
  OrderedJson expect = OrderedJson::array();
  for (const auto& [what, count] : counts) {
    OrderedJson one{{"count", what.first}};
    if (!what.second.empty()) one["workspace"] = what.second;
    one["at_least"] = count;
    expect.push_back(std::move(one));
  }
  std::set<std::string> broken;
  for (const ShownViolation& violation : outcome.violations) broken.insert(violation.invariant);
  for (const std::string& promise : broken) expect.push_back({{"violates", promise}});
  return expect;
}

}  // namespace

std::optional<std::string> scenario_of_log(const ImportedLog& log, const Conformance& conformance) {
  if (!conformance.explained) return std::nullopt;
  const auto& tape = conformance.outcome.tape;
  const bool faults_only =
      std::all_of(tape.begin(), tape.end(), [](const ShownDecision& one) { return is_fault(one.site); });
  if (!faults_only) return std::nullopt;
  OrderedJson document(conformance.world.scenario.document);
  for (OrderedJson& fault : document["faults"]) fault.erase("probability");
  document["cases"][0]["expect"] = expectations(log, conformance.outcome);
  const std::string text = document.dump(2) + "\n";
  const auto decoded = decode_scenario("conform.json", text);
  if (!decoded.value) return std::nullopt;
  Workbench workbench;
  const Outcome outcome = run(*decoded.value, decoded.value->cases.front(), {}, {}, workbench);
  if (!outcome.passed) return std::nullopt;
  return text;
}

}  // namespace drydock::scenarios
