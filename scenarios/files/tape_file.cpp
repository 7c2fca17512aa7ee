#include "scenarios/files/tape_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/decode_parts.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/sites.hpp"
#include "scenarios/tool.hpp"

namespace drydock::scenarios {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// `actor/point[.aspect]`, printable and without spaces or `#`.
bool is_site(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '#' && c != '='; });
}

/// Returns what stands behind the actor: `ec2.run.pending` of `reviewer/ec2.run.pending`.
std::string site_point_of(const std::string& site) { return site.substr(site.find('/') + 1); }

template <typename T>
bool parse_number(std::string_view text, T& value, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_null(const Node* node) { return node == nullptr || node->json->is_null(); }

std::optional<std::uint64_t> decode_hash(DiagnosticSink& report, const Node& node) {
  const auto text = read_string(report, node);
  if (!text) return std::nullopt;
  std::uint64_t hash = 0;
  if (text->size() == 16 && parse_number(*text, hash, 16)) return hash;
  report.error(node, fmt::format("{} is not 16 hexadecimal digits", in_quotes(*text)));
  return std::nullopt;
}

void decode_decision(DiagnosticSink& report, const Node& node, sim::Tape& tape) {
  const Fields fields(report, node, shape::decision);
  const auto site = fields.line("site");
  const auto occurrence = fields.count32("occurrence", 1, UINT32_MAX);
  const auto value = fields.count32("value", 0, UINT32_MAX);
  (void)fields.string("means");
  if (site && !is_site(*site)) {
    report.error(*fields.find("site"), fmt::format("{} is not a site", in_quotes(*site)),
                 "actor/point, for instance world/order");
    return;
  }
  if (!site || !occurrence || !value) return;
  if (tape.entries().find({*site, *occurrence}) != tape.entries().end()) {
    report.error(node, fmt::format("{}#{} is decided twice", *site, *occurrence));
    return;
  }
  tape.set(*site, *occurrence, *value);
}

Json decode_finding(DiagnosticSink& report, const Node* node) {
  if (is_null(node)) return nullptr;
  const Fields fields(report, *node, shape::finding);
  (void)fields.line("invariant");
  (void)fields.string("signature");
  (void)fields.string("message");
  return *node->json;
}

/// The case that the tape names, or the bare scenario under the tape's policy.
CaseSpec played_case(DiagnosticSink& report, const Node* name, const Scenario& scenario,
                     const std::string& policy_name) {
  CaseSpec spec;
  spec.name = policy_name;
  spec.cloud = scenario.cloud;
  spec.faults = scenario.faults;
  if (is_null(name)) {
    spec.judges_steps = false;
    return spec;
  }
  const auto wanted = read_line(report, *name);
  if (!wanted) return spec;
  const auto found = std::find_if(scenario.cases.begin(), scenario.cases.end(),
                                  [&](const CaseSpec& one) { return one.name == *wanted; });
  if (found == scenario.cases.end()) {
    std::vector<std::string> names;
    for (const CaseSpec& one : scenario.cases) names.push_back(one.name);
    if (!names.empty()) report.unknown(*name, "case", *wanted, names);
    return spec;
  }
  spec.name = found->name;
  spec.in_file = true;
  spec.faults = found->faults;
  spec.expect = found->expect;
  return spec;
}

/// The policy that was played: `knobs` where the tape carries them, else the preset or file of that
/// name.
void decode_played_policy(DiagnosticSink& report, const Fields& fields, PolicyLoader& policies, CaseSpec& spec) {
  if (const Node* knobs = fields.find("knobs")) {
    spec.policy.name = spec.policy_name;
    decode_knobs(report, *knobs, spec.policy);
    return;
  }
  const Node* node = fields.find("policy");
  if (node == nullptr || spec.policy_name.empty()) return;
  const auto& loaded = policies.load(spec.policy_name);
  if (loaded.value) {
    spec.policy = *loaded.value;
    spec.policy_name = policies.full_name(spec.policy_name);
  } else {
    report.error(*node, loaded.errors.front().message, loaded.errors.front().hint);
  }
}

TapeFile decode_tape_at(DiagnosticSink& report, const Node& node, const std::string& directory) {
  TapeFile file;
  if (!is_format(report, node, "drydock.tape/1")) return file;
  const Fields fields(report, node, shape::tape);
  (void)fields.line("tool");
  if (const Node* scenario = fields.find("scenario")) {
    file.scenario = decode_scenario_at(report, *scenario, directory);
  }
  const std::string policy = fields.line("policy").value_or("");
  file.played = played_case(report, fields.find("case"), file.scenario, policy);
  file.played.policy_name = policy;
  PolicyLoader policies(directory);
  decode_played_policy(report, fields, policies, file.played);
  if (const Node* set = fields.find("set")) {
    file.played.set = decode_settings(report, *set, file.played.policy, file.played.cloud);
  }
  if (const Node* seed = fields.find("seed"); !is_null(seed)) {
    (void)read_count(report, *seed, 0, UINT64_MAX);
  }
  if (const Node* decisions = fields.find("decisions"); decisions != nullptr && is_list(report, *decisions)) {
    for (const Node& decision : decisions->children) decode_decision(report, decision, file.tape);
  }
  file.finding = decode_finding(report, fields.find("finding"));
  if (const Node* hash = fields.find("trace_hash"); !is_null(hash)) file.trace_hash = decode_hash(report, *hash);
  file.scenario.cases = {file.played};
  return file;
}

/// All knobs of a policy, for a tape whose policy is a file that may not travel with it.
OrderedJson knobs_of(const model::Policy& policy) {
  OrderedJson out = OrderedJson::object();
  for (const model::Knob& knob : model::knobs()) out[std::string{knob.name}] = model::knob_text(policy, knob);
  return out;
}

/// Tells whether a tape that names the policy, and has the case's settings, needs to say no more: the name is that of
/// a preset, and not of a file that calls itself so.
bool is_preset_as_shipped(const CaseSpec& played) {
  if (is_policy_path(played.policy_name)) return false;
  Decoded<model::Policy> preset = load_policy(played.policy_name);
  if (!preset.value || !preset.errors.empty()) return false;
  cloud::Profile cloud = played.cloud;
  for (const auto& [key, value] : played.set) (void)apply_setting(*preset.value, cloud, key, value);
  preset.value->name = played.policy.name;
  return *preset.value == played.policy;
}

OrderedJson finding_of(const Outcome& outcome) {
  if (outcome.violations.empty()) return nullptr;
  const bool unlisted = !outcome.unlisted.empty() && outcome.unlisted.front() < outcome.violations.size();
  const ShownViolation& shown = outcome.violations[unlisted ? outcome.unlisted.front() : 0];
  OrderedJson finding;
  finding["invariant"] = shown.invariant;
  finding["signature"] = shown.signature;
  finding["message"] = shown.message;
  return finding;
}

}  // namespace

Decoded<TapeFile> decode_tape(const std::string& file, std::string_view text) {
  return decode_text<TapeFile>(file, text, [&](DiagnosticSink& report, const Node& root) {
    return decode_tape_at(report, root, folder_of(file));
  });
}

std::string encode_tape(const Scenario& scenario, const CaseSpec& played, const Outcome& outcome) {
  OrderedJson out;
  out["format"] = "drydock.tape/1";
  out["tool"] = tool_name();
  out["case"] = played.in_file ? OrderedJson(played.name) : OrderedJson(nullptr);
  out["policy"] = played.policy_name;
  if (!is_preset_as_shipped(played)) out["knobs"] = knobs_of(played.policy);
  out["set"] = OrderedJson::object();
  for (const auto& [key, value] : played.set) out["set"][key] = value;
  out["seed"] = outcome.seed ? OrderedJson(*outcome.seed) : OrderedJson(nullptr);
  out["decisions"] = OrderedJson::array();
  for (const ShownDecision& decision : outcome.tape) {
    OrderedJson entry;
    entry["site"] = decision.site;
    entry["occurrence"] = decision.occurrence;
    entry["value"] = decision.value;
    entry["means"] = decision.means;
    out["decisions"].push_back(std::move(entry));
  }
  out["finding"] = finding_of(outcome);
  out["trace_hash"] = fmt::format("{:016x}", outcome.trace_hash);
  out["scenario"] = OrderedJson(scenario.document);
  return out.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

Deviation parse_deviation(std::string_view text) {
  const auto failure = [&](std::string_view what) {
    return Deviation{
        std::nullopt,
        fmt::format("{}: {}; expected site#occurrence=value, for instance world/order#2=1", in_quotes(text), what),
        {}};
  };
  const auto hash = text.find('#');
  const auto equals = text.find('=', hash == std::string_view::npos ? 0 : hash);
  if (hash == std::string_view::npos || equals == std::string_view::npos) return failure("malformed");
  sim::Decision decision;
  decision.site = text.substr(0, hash);
  if (!is_site(decision.site)) return failure("no such kind of site");
  if (!is_site_point(site_point_of(decision.site))) {
    Deviation unknown = failure("no such kind of site");
    const std::string near = nearest(site_point_of(decision.site), site_points());
    unknown.hint = near.empty() ? "drydock list sites" : "did you mean " + near + "?";
    return unknown;
  }
  if (!parse_number(text.substr(hash + 1, equals - hash - 1), decision.occurrence) || decision.occurrence == 0) {
    return failure("the occurrence is a whole number from 1");
  }
  if (!parse_number(text.substr(equals + 1), decision.value)) return failure("the value is a whole number");
  return {std::move(decision), {}, {}};
}

}  // namespace drydock::scenarios
