#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "faults/physics.hpp"
#include "faults/vocabulary.hpp"
#include "model/controlplane/control_plane.hpp"
#include "scenarios/files/decode_parts.hpp"

namespace drydock::scenarios {
namespace {

using faults::FaultSpec;

constexpr std::array<std::string_view, 2> kEffects{"none", "applied"};

sim::Probability decode_probability(DiagnosticSink& report, const Node& node) {
  if (!node.json->is_number()) {
    report.wrong_type(node, "a number from 0 to 1");
    return {sim::Probability::kOne};
  }
  const auto ppm = decimal_to_ppm(report.source().number_text(node));
  if (!ppm) {
    report.error(
        node, fmt::format("expected a number from 0 to 1, found {}", report.source().number_text(node).substr(0, 40)));
  }
  return {ppm.value_or(sim::Probability::kOne)};
}

/// The calls that are hit: one number or a list, ascending.
std::vector<std::uint32_t> decode_nth(DiagnosticSink& report, const Node& node) {
  constexpr std::uint64_t most = 1'000'000'000;
  std::vector<std::uint32_t> calls;
  if (!node.json->is_array()) {
    if (const auto call = read_count(report, node, 1, most)) calls.push_back(static_cast<std::uint32_t>(*call));
    return calls;
  }
  if (node.children.empty()) report.error(node, "names no calls");
  for (const Node& child : node.children) {
    if (const auto call = read_count(report, child, 1, most)) calls.push_back(static_cast<std::uint32_t>(*call));
  }
  std::sort(calls.begin(), calls.end());
  if (std::adjacent_find(calls.begin(), calls.end()) != calls.end()) report.error(node, "names a call twice");
  return calls;
}

faults::EventTrigger decode_when(DecodeContext& context, const Node& node) {
  faults::EventTrigger trigger;
  const Fields fields(context.report, node, shape::event_trigger);
  if (const Node* event = fields.find("event")) {
    trigger.event = read_event_kind(context.report, *event).value_or("");
  }
  if (const Node* where = fields.find("where")) {
    for (const auto& [key, value] : read_values(context.report, *where)) trigger.where[key] = value.dump();
  }
  trigger.nth = fields.count32("nth", 1).value_or(1);
  trigger.delay = fields.duration("delay").value_or(Duration{});
  return trigger;
}

/// The window from `from`, `for` so long; both or neither.
std::optional<std::pair<Duration, Duration>> decode_window(DecodeContext& context, const Fields& fields) {
  DiagnosticSink& report = context.report;
  const Node* from = fields.find("from");
  const Node* length = fields.find("for");
  if (from == nullptr && length == nullptr) return std::nullopt;
  if (length == nullptr) {
    report.error_at_key(*from, "\"from\" needs \"for\"", "say how long: \"for\":\"30s\"");
    return std::nullopt;
  }
  if (from == nullptr) {
    report.error_at_key(*length, "\"for\" needs \"from\"", "say since when: \"from\":\"1m\"");
    return std::nullopt;
  }
  const auto begin = read_duration(report, *from);
  const auto lasts = read_duration(report, *length, Duration{1});
  if (!begin || !lasts) return std::nullopt;
  if (*begin >= context.horizon) report.warning(*from, "begins at or after the horizon: it never fires");
  return std::pair{*begin, *begin + *lasts};
}

void decode_trigger(DecodeContext& context, const Fields& fields, FaultSpec& spec) {
  DiagnosticSink& report = context.report;
  std::string given;
  int triggers = 0;
  const auto note = [&](bool present, std::string_view name) {
    if (!present) return;
    ++triggers;
    given += (given.empty() ? "" : ", ") + std::string{name};
  };
  note(fields.has("at"), "at");
  note(fields.has("from") || fields.has("for"), "from");
  note(fields.has("nth"), "nth");
  note(fields.has("when"), "when");
  if (triggers != 1 && fields.node().json->is_object()) {
    report.error(fields.node(), triggers == 0 ? "has no trigger" : "has several triggers: " + given,
                 "exactly one of at, from + for, nth, when");
  }
  spec.at = fields.duration("at");
  if (spec.at && *spec.at >= context.horizon) {
    report.warning(*fields.find("at"), "is at or after the horizon: it never fires");
  }
  spec.window = decode_window(context, fields);
  if (const Node* nth = fields.find("nth")) spec.nth = decode_nth(report, *nth);
  if (const Node* when = fields.find("when")) spec.when = decode_when(context, *when);
}

}  // namespace

void warn_if_never_called(DiagnosticSink& report, const Node& node, std::string_view on) {
  if (!on.starts_with("ec2.")) return;
  const auto called = model::called_actions();
  if (std::find(called.begin(), called.end(), on.substr(4)) != called.end()) return;
  report.warning(node, fmt::format("the control plane never calls {}: it never fires", on.substr(4)),
                 fmt::format("it calls {}", fmt::join(called, ", ")));
}

namespace {

/// Point, error and effect must fit each other.
void decode_what(DecodeContext& context, const Fields& fields, FaultSpec& spec) {
  DiagnosticSink& report = context.report;
  spec.on = fields.line("on").value_or("");
  spec.error = fields.line("error").value_or("");
  spec.applied = fields.word("effect", kEffects).value_or("none") == "applied";
  const auto point = faults::find_point(spec.on);
  if (!point) {
    if (!spec.on.empty()) report.unknown(*fields.find("on"), "fault point", spec.on, point_names());
    return;
  }
  if (const Node* nth = fields.find("nth"); nth != nullptr && !point->has_calls) {
    report.error_at_key(*nth, fmt::format("{} has no calls to count", spec.on), "use at, from + for, or when");
  }
  warn_if_never_called(report, *fields.find("on"), spec.on);
  if (spec.error.empty()) return;
  const auto fault = faults::find_fault(spec.on, spec.error);
  if (!fault) {
    const auto fitting = faults::errors_at(spec.on);
    auto hint = did_you_mean(spec.error, fitting);
    if (hint.empty()) hint = "`drydock list faults` says what fits; here for instance " + fitting.front();
    report.error(*fields.find("error"), fmt::format("{} does not fit {}", in_quotes(spec.error), spec.on), hint);
  } else if (spec.applied && !fault->applied_fits) {
    report.error(*fields.find("effect"), fmt::format("{} at {} cannot be applied", spec.error, spec.on),
                 "only a call that changes something can take effect and lose its reply");
  }
}

void decode_extras(DecodeContext& context, const Fields& fields, FaultSpec& spec) {
  DiagnosticSink& report = context.report;
  if (const Node* probability = fields.find("probability")) {
    spec.probability = decode_probability(report, *probability);
    if (spec.probability.ppm == 0) report.warning(*probability, "is 0: the fault never fires");
  }
  spec.limit = fields.count32("limit", 1);
  spec.slow_by = fields.duration("slow_by", Duration{1});
  const auto down = fields.duration("down", Duration{1});
  spec.down = down.value_or(spec.down);
  if (spec.error == "stopped") spec.back_after = down;
  spec.notice = fields.duration("notice").value_or(spec.notice);
  const auto only_for = [&](std::string_view key, bool fits, std::string_view errors) {
    if (!fields.has(key) || fits) return;
    report.error_at_key(*fields.find(key), fmt::format("{} is for error {} only", in_quotes(key), errors));
  };
  const bool answers = faults::is_an_answer(spec.on, spec.error);
  for (const std::string_view key : {"status", "retry_after"}) {
    if (fields.has(key) && !answers)
      context.report.error_at_key(*fields.find(key),
                                  fmt::format("{} is for an error of EC2's API only", in_quotes(key)));
  }
  spec.status = static_cast<int>(fields.count("status", 400, 599).value_or(0));
  spec.retry_after = fields.duration("retry_after", std::chrono::seconds{1}).value_or(Duration{});
  if (spec.retry_after % std::chrono::seconds{1} != Duration{})
    context.report.error(*fields.find("retry_after"), "is not a number of whole seconds");
  only_for("slow_by", faults::takes_slow_by(spec.error), "slow, lag, lingers, clock-ahead or clock-behind");
  only_for("down", spec.error == "crash" || spec.error == "stopped", "crash or stopped");
  only_for("notice", faults::gives_notice(spec.error), "interrupted");
}

FaultSpec decode_fault(DecodeContext& context, const Node& node) {
  FaultSpec spec;
  const Fields fields(context.report, node, shape::fault);
  spec.name = fields.line("name").value_or("");
  spec.workspace = workspace_field(context, fields, "workspace");
  decode_what(context, fields, spec);
  decode_trigger(context, fields, spec);
  decode_extras(context, fields, spec);
  return spec;
}

/// The names that a scenario has declared.
void know_workspaces(DecodeContext& context, const Scenario& scenario) {
  for (const WorkspaceSpec& workspace : scenario.workspaces) {
    context.aliases.push_back(workspace.alias);
    context.alias_set.insert(workspace.alias);
    context.alias_by_uuid.emplace(workspace.uuid, workspace.alias);
  }
}

/// Faults without a name are called after what they do; a second one of its kind gets a number.
std::string default_name(const FaultSpec& spec, const std::set<std::string>& taken,
                         std::map<std::string, int>& numbers) {
  const std::string base = spec.on + ":" + spec.error + (spec.applied ? ":applied" : "");
  std::string name = base;
  int& number = numbers.try_emplace(base, 1).first->second;
  while (taken.find(name) != taken.end()) name = fmt::format("{}-{}", base, ++number);
  return name;
}

}  // namespace

std::optional<std::uint32_t> decimal_to_ppm(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  // The number is `digits` × 10^exponent, `digits` without leading zeros.
  std::string digits;
  std::int64_t exponent = 0;
  bool fraction = false;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      fraction = true;
      continue;
    }
    if (fraction) --exponent;
    if (!digits.empty() || text[at] != '0') digits.push_back(text[at]);
  }
  if (digits.empty()) return 0;
  if (negative) return std::nullopt;
  if (at < text.size()) {
    const bool down = text.substr(at + 1).starts_with('-');
    std::int64_t written = 0;
    for (const char c : text.substr(at + 1)) {
      if (c >= '0' && c <= '9') written = std::min<std::int64_t>(written * 10 + (c - '0'), 1'000'000'000);
    }
    exponent += down ? -written : written;
  }
  // Parts per million are the first `length` digits; what follows them is the remainder.
  const std::int64_t length = static_cast<std::int64_t>(digits.size()) + exponent + 6;
  if (length > 7) return std::nullopt;
  std::uint32_t ppm = 0;
  for (std::int64_t i = 0; i < length; ++i) {
    const auto index = static_cast<std::size_t>(i);
    ppm = ppm * 10 + (index < digits.size() ? static_cast<std::uint32_t>(digits[index] - '0') : 0);
  }
  const auto taken = static_cast<std::size_t>(std::max<std::int64_t>(length, 0));
  const auto rest = std::string_view{digits}.substr(std::min(digits.size(), taken));
  const bool remainder = rest.find_first_not_of('0') != std::string_view::npos;
  constexpr auto one = sim::Probability::kOne;
  if (ppm > one || (ppm == one && remainder)) return std::nullopt;
  if (!remainder) return ppm;
  if (length >= 0 && rest.front() >= '5') ++ppm;
  return std::clamp<std::uint32_t>(ppm, 1, one - 1);
}

std::vector<FaultSpec> decode_faults(DecodeContext& context, const Node& node, const std::vector<FaultSpec>& before) {
  std::vector<FaultSpec> all = before;
  if (!is_list(context.report, node, kMostFaults)) return all;
  std::set<std::string> taken;
  for (const FaultSpec& spec : before) taken.insert(spec.name);
  std::vector<std::pair<const Node*, FaultSpec>> decoded;
  for (const Node& child : node.children) {
    if (child.find("fis") != nullptr) {
      for (auto& spec : decode_fis(context, child)) decoded.emplace_back(&child, std::move(spec));
    } else if (child.find("fis_template") != nullptr) {
      for (auto& spec : decode_fis_template(context, child)) decoded.emplace_back(&child, std::move(spec));
    } else {
      decoded.emplace_back(&child, decode_fault(context, child));
    }
  }
  if (decoded.size() > kMostFaults) {
    context.report.error(node,
                         fmt::format("stands for {} faults, at most {} are allowed", decoded.size(), kMostFaults));
    return all;
  }
  for (const auto& [at, spec] : decoded) {
    if (spec.name.empty() || taken.insert(spec.name).second) continue;
    const Node* name = at->find("name");
    context.report.error(name != nullptr ? *name : *at, fmt::format("fault {} is there already", in_quotes(spec.name)));
  }
  std::map<std::string, int> numbers;
  for (auto& [at, spec] : decoded) {
    if (spec.name.empty()) {
      spec.name = default_name(spec, taken, numbers);
      taken.insert(spec.name);
    }
    all.push_back(std::move(spec));
  }
  return all;
}

Decoded<std::vector<FaultSpec>> decode_armed_faults(const Scenario& scenario, std::string_view text) {
  return decode_text<std::vector<FaultSpec>>("fault", text, [&](DiagnosticSink& report, const Node& root) {
    DecodeContext context(report, "");
    context.horizon = sim::kLongestDuration;
    know_workspaces(context, scenario);
    return decode_faults(context, root, {});
  });
}

}  // namespace drydock::scenarios
