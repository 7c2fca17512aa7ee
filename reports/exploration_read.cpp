#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "reports/exploration_json.hpp"
#include "scenarios/files/json_source.hpp"
#include "sim/time.hpp"

namespace drydock::reports {
namespace {

using scenarios::Exploration;
using scenarios::Finding;
using scenarios::Json;

/// A `Misfit` is thrown where a file has the right shape and says something impossible.
class Misfit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::uint64_t count_in(const Json& object, const char* key) {
  const Json& value = object.at(key);
  if (!value.is_number_unsigned()) throw Misfit(std::string{key} + " is not a count");
  return value.get<std::uint64_t>();
}

std::uint32_t small_count_in(const Json& object, const char* key) {
  const std::uint64_t value = count_in(object, key);
  if (value > UINT32_MAX) throw Misfit(std::string{key} + " is too large");
  return static_cast<std::uint32_t>(value);
}

std::uint64_t hash_in(const Json& object, const char* key) {
  const std::string text = object.at(key).get<std::string>();
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (text.size() != 16 || error != std::errc{} || end != text.data() + text.size())
    throw Misfit(std::string{key} + " is not 16 hexadecimal digits");
  return hash;
}

sim::Instant instant_in(const Json& object) {
  const double us = object.at("at_s").get<double>() * 1e6;
  constexpr auto kMost = static_cast<double>(sim::kLongestDuration.count());
  if (!(us >= 0 && us <= 2 * kMost)) throw Misfit("at_s is outside of any run");
  return sim::kTimeZero + sim::Duration{std::llround(us)};
}

std::string text_or_empty(const Json& value) { return value.is_null() ? std::string{} : value.get<std::string>(); }

std::optional<bool> maybe_bool(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional{value.get<bool>()};
}

scenarios::ShownEvent read_event(const Json& json) {
  return {.seq = small_count_in(json, "event"),
          .cause = 0,
          .at = instant_in(json),
          .kind = json.at("kind").get<std::string>(),
          .actor = json.at("actor").get<std::string>(),
          .workspace = json.at("workspace").get<std::string>(),
          .instance = json.at("instance").get<std::string>(),
          .detail = json.at("detail").dump()};
}

std::vector<scenarios::ShownEvent> read_events(const Json& json) {
  std::vector<scenarios::ShownEvent> events;
  for (const Json& event : json) events.push_back(read_event(event));
  return events;
}

scenarios::ShownDecision read_decision(const Json& json) {
  return {.at = instant_in(json),
          .site = json.at("site").get<std::string>(),
          .occurrence = small_count_in(json, "occurrence"),
          .bound = small_count_in(json, "bound"),
          .value = small_count_in(json, "value"),
          .means = json.at("means").get<std::string>()};
}

scenarios::ExplainedDecision read_explained(const Json& json) {
  return {.decision = read_decision(json),
          .others = json.at("others").get<std::string>(),
          .tried = small_count_in(json, "tried"),
          .still_break = small_count_in(json, "still_break")};
}

scenarios::ShownViolation read_violation(const Json& json) {
  scenarios::ShownViolation violation;
  violation.invariant = json.at("invariant").get<std::string>();
  violation.message = json.at("message").get<std::string>();
  violation.at = instant_in(json);
  violation.event = small_count_in(json, "event");
  violation.workspace = json.at("workspace").get<std::string>();
  violation.instance = json.at("instance").get<std::string>();
  violation.signature = json.at("signature").get<std::string>();
  violation.causes = read_events(json.at("causes"));
  // A result of an older version has the first chain only.
  for (const Json& chain : json.value("other_causes", Json::array()))
    violation.other_causes.push_back(read_events(chain));
  return violation;
}

Finding read_finding(const Json& json, const Exploration& found) {
  Finding finding;
  finding.invariant = json.at("invariant").get<std::string>();
  finding.signature = json.at("signature").get<std::string>();
  finding.message = json.at("message").get<std::string>();
  finding.first_run = count_in(json, "first_run");
  finding.times = count_in(json, "times");
  finding.found_after_s = json.at("found_after_s").get<double>();
  finding.size_found = count_in(json, "size_found");
  finding.shrink_runs = count_in(json, "shrink_runs");
  finding.shrink_s = json.at("shrink_s").get<double>();
  finding.minimal = json.at("minimal").get<bool>();
  for (const Json& one : json.at("explained")) finding.explained.push_back(read_explained(one));
  finding.outcome.scenario = found.scenario;
  finding.outcome.policy = found.policy;
  finding.outcome.violations = {read_violation(json)};
  finding.outcome.unlisted = {0};
  finding.outcome.trace_hash = hash_in(json, "trace_hash");
  for (const Json& one : json.at("tape")) finding.outcome.tape.push_back(read_decision(one));
  const auto start = sim::parse_rfc3339(json.at("start").get<std::string>());
  if (!start) throw Misfit("start is not an instant");
  finding.outcome.start_unix_us = *start;
  return finding;
}

scenarios::FaultUse read_fault(const Json& json) {
  return {.name = json.at("name").get<std::string>(),
          .runs = count_in(json, "runs"),
          .fired = count_in(json, "fired"),
          .noticed = count_in(json, "noticed"),
          .mattered = maybe_bool(json.at("mattered"))};
}

scenarios::ClientUse read_client(const Json& json) {
  scenarios::ClientUse client;
  client.command = json.at("command").get<std::string>();
  client.played = count_in(json, "sessions");
  for (const auto& [end, times] : json.at("ends").items()) client.ends[end] = times.get<std::uint64_t>();
  client.compared = count_in(json, "compared");
  client.differed = count_in(json, "differed");
  client.difference = json.at("difference").get<std::string>();
  return client;
}

std::optional<scenarios::PctBound> read_pct(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return scenarios::PctBound{.tasks = count_in(json, "tasks"),
                             .choices = count_in(json, "choices"),
                             .depth = small_count_in(json, "depth"),
                             .per_run = json.at("per_run").get<double>()};
}

scenarios::Residual read_residual(const Json& json) {
  scenarios::Residual residual;
  for (const auto& [invariant, bound] : json.at("residual").items())
    residual.upper_95[invariant] = bound.at("upper_95").get<double>();
  residual.law = json.at("law").get<std::string>();
  const Json& coverage = json.at("coverage");
  residual.states = count_in(coverage, "states");
  residual.transitions = count_in(coverage, "transitions");
  residual.seen_once = count_in(coverage, "seen_once");
  residual.unseen_transition = coverage.at("unseen_transition").get<double>();
  residual.unseen_transitions_estimate = coverage.at("unseen_transitions_estimate").get<double>();
  residual.pct = read_pct(json.at("pct"));
  return residual;
}

std::optional<scenarios::Certificate> read_certificate(const Json& json) {
  if (json.is_null()) return std::nullopt;
  scenarios::Certificate certificate;
  certificate.deviations = small_count_in(json, "deviations");
  certificate.hash = hash_in(json, "hash");
  for (const Json& site : json.at("sites")) {
    certificate.sites.push_back({.site = site.at("site").get<std::string>(),
                                 .occurrences = small_count_in(site, "occurrences"),
                                 .bound = small_count_in(site, "bound")});
  }
  return certificate;
}

/// Reads which shards the file holds: ascending, each once, none beyond their number. Throws `Misfit` otherwise.
std::vector<std::uint32_t> read_parts(const Json& json, std::uint32_t shards) {
  auto parts = json.at("these").get<std::vector<std::uint32_t>>();
  std::uint32_t before = 0;
  for (const std::uint32_t part : parts) {
    if (part <= before || part > shards) throw Misfit("shards names impossible ones");
    before = part;
  }
  if (parts.empty()) throw Misfit("shards names none");
  return parts;
}

void read_counts(const Json& json, Exploration& found) {
  found.scenario = json.at("scenario").get<std::string>();
  found.policy = json.at("policy").get<std::string>();
  found.strategy = json.at("strategy").get<std::string>();
  found.seed = count_in(json, "seed");
  found.shards = small_count_in(json.at("shards"), "of");
  found.runs = count_in(json, "runs");
  found.distinct = count_in(json, "distinct");
  found.cut_short = count_in(json, "cut_short");
  found.pruned = count_in(json, "pruned");
  found.complete = json.at("complete").get<bool>();
  found.interrupted = json.at("interrupted").get<bool>();
  found.wall_s = json.at("wall_s").get<double>();
  found.shrink_s = json.value("shrink_s", 0.0);  // older results have none
  found.findings_not_shrunk = count_in(json, "findings_not_shrunk");
  if (json.contains("known")) {  // older results have none
    found.known = count_in(json.at("known"), "findings");
    found.known_runs = count_in(json.at("known"), "runs");
  }
  if (json.contains("internal_error")) found.internal_error = json.at("internal_error").get<std::string>();
}

ExplorationReport read_report(const Json& json) {
  ExplorationReport report;
  Exploration& found = report.found;
  read_counts(json, found);
  report.case_name = text_or_empty(json.at("case"));
  report.inputs = hash_in(json, "inputs");
  report.tool = json.at("tool").get<std::string>();
  report.parts = read_parts(json.at("shards"), found.shards);
  found.shard = report.parts.front();
  const Json& bound = json.at("bound");
  if (!bound.at("deviations").is_null()) report.deviations = small_count_in(bound, "deviations");
  for (const Json& one : json.at("findings")) {
    found.findings.push_back(read_finding(one, found));
    report.files.push_back({.reproduce = one.at("reproduce").get<std::string>(),
                            .tape = text_or_empty(one.at("saved")),
                            .scenario = text_or_empty(one.at("saved_scenario")),
                            // older results have none
                            .session = one.contains("saved_session") ? text_or_empty(one.at("saved_session")) : ""});
  }
  for (const Json& one : json.at("faults")) found.faults.push_back(read_fault(one));
  for (const auto& [request, times] : json.at("requests").items()) found.requests[request] = times.get<std::uint64_t>();
  found.residual = read_residual(json);
  found.certificate = read_certificate(json.at("certificate"));
  if (json.contains("client")) found.client = read_client(json.at("client"));
  return report;
}

/// Gives the message of the JSON library without the name and number of its error.
std::string plain(const Json::exception& error) {
  const std::string text = error.what();
  const auto end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

std::string syntax_error(const scenarios::JsonSource& source) {
  const scenarios::Position at = source.position(source.error()->offset);
  return fmt::format("is no JSON: line {}, column {}: {}", at.line, at.column, source.error()->message);
}

}  // namespace

ReadExploration read_exploration(std::string_view text) {
  try {
    const scenarios::JsonSource source(text);
    if (source.error()) return {std::nullopt, syntax_error(source)};
    const Json& json = *source.root().json;
    if (!json.is_object() || json.value("format", Json()) != "drydock.exploration/1")
      return {std::nullopt, "is not a drydock.exploration/1, the result of drydock explore"};
    return {read_report(json), ""};
  } catch (const Json::exception& error) {
    return {std::nullopt, plain(error)};
  } catch (const Misfit& error) {
    return {std::nullopt, error.what()};
  }
}

}  // namespace drydock::reports
