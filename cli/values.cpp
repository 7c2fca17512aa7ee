#include "cli/values.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "cli/input.hpp"
#include "cli/shards.hpp"
#include "model/invariants/catalogue.hpp"
#include "model/policy.hpp"
#include "scenarios/explore/explorer.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/logs/decoder.hpp"
#include "scenarios/metrics.hpp"
#include "sim/check.hpp"

namespace drydock::cli {
namespace {

using Words = std::vector<std::string>;

Value anything() { return {}; }
Value a_file() { return {.words = {}, .files = true}; }
Value a_directory() { return {.words = {}, .directories = true}; }

Value a_policy() { return {.words = scenarios::preset_names(), .files = true}; }

Value a_scenario() { return {.words = built_in_names(), .files = true}; }

/// Returns every knob and cloud value, each with the words that it may be set to.
Value a_setting() {
  Words words;
  for (const model::Knob& knob : model::knobs()) {
    const std::string key = std::string{knob.name} + "=";
    if (knob.values().empty()) words.push_back(key);
    for (const std::string_view value : knob.values()) words.push_back(key + std::string{value});
  }
  for (const std::string& path : scenarios::cloud_paths()) words.push_back(path + "=");
  return {.words = std::move(words)};
}

/// Returns what a grid may be spanned by: every knob and cloud value. Places of the scenario, which a grid may be
/// spanned by as well, differ from file to file.
Value a_place() {
  Words words;
  for (const model::Knob& knob : model::knobs()) words.push_back(std::string{knob.name} + "=");
  for (const std::string& path : scenarios::cloud_paths()) words.push_back(path + "=");
  return {.words = std::move(words)};
}

/// Returns the cases of the built-in scenarios.
Value a_case() {
  std::set<std::string> names;
  for (const std::string& name : built_in_names()) {
    const auto decoded = scenarios::decode_scenario(name, built_in_text(name).value_or(""));
    if (!decoded.value) continue;
    for (const auto& played : decoded.value->cases) names.insert(played.name);
  }
  return {.words = {names.begin(), names.end()}};
}

Value an_invariant() {
  Words names;
  for (const auto& info : model::invariant_catalogue()) names.emplace_back(info.name);
  return {.words = std::move(names)};
}

/// Returns whatever counts or measures.
Value a_metric() { return {.words = scenarios::metric_names()}; }

Value a_kind() { return {.words = scenarios::event_kind_names()}; }

Value a_log_kind() { return {.words = scenarios::log_kind_names()}; }

Value a_strategy() { return {.words = scenarios::strategy_names()}; }

Value a_scheduler() { return {.words = scheduler_names()}; }

struct NamedValue {
  std::string_view name;
  Value (*value)();
  bool only_words = false;
};

// What the names in capitals stand for.
constexpr auto kNames = std::to_array<NamedValue>({{"DIR", a_directory},
                                                   {"CLOCK", anything},
                                                   {"COMMAND", anything},
                                                   {"DATE", anything},
                                                   {"DURATION", anything},
                                                   {"FILE", a_file},
                                                   {"FILE.sql", a_file},
                                                   {"HOST:PORT", anything},
                                                   {"I/N", anything},
                                                   {"ID", an_invariant},
                                                   {"K", anything},
                                                   {"KEY=VALUE", a_setting},
                                                   {"KEY=VALUES", a_place},
                                                   {"KIND", a_log_kind, true},
                                                   {"KIND,…", a_kind},
                                                   {"LOG", a_file},
                                                   {"METRIC", a_metric},
                                                   {"MUTANT", anything},
                                                   {"N", anything},
                                                   {"NAME", anything},
                                                   {"NAME|FILE", a_policy},
                                                   {"P", anything},
                                                   {"PATTERN", a_case},
                                                   {"SCHEDULER", a_scheduler},
                                                   {"SHARE", anything},
                                                   {"SITE#N=VALUE", anything},
                                                   {"STRATEGY", a_strategy, true},
                                                   {"TABLE", anything},
                                                   {"TAPE", a_file},
                                                   {"TAPE|DIR", a_file},
                                                   {"TEXT", anything}});

const NamedValue* find_name(std::string_view name) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [name](const auto& known) { return known.name == name; });
  return found == kNames.end() ? nullptr : found;
}

Words alternatives_of(std::string_view name) {
  Words parts;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t to = std::min(name.find('|', from), name.size());
    parts.emplace_back(name.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

bool is_literal(std::string_view word) {
  return !word.empty() && std::none_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::optional<Value> value_named(std::string_view name) {
  if (const NamedValue* known = find_name(name)) return known->value();
  Value value;
  for (const std::string& part : alternatives_of(name)) {
    if (is_literal(part)) {
      value.words.push_back(part);
      continue;
    }
    const NamedValue* known = find_name(part);
    if (known == nullptr) return std::nullopt;
    const Value more = known->value();
    value.words.insert(value.words.end(), more.words.begin(), more.words.end());
    value.files |= more.files;
    value.directories |= more.directories;
  }
  return value;
}

bool has_only_words(std::string_view name) {
  if (const NamedValue* known = find_name(name)) return known->only_words;
  const Words parts = alternatives_of(name);
  return std::all_of(parts.begin(), parts.end(), is_literal);
}

std::string value_name(const po::option_description& option) {
  return option.semantic()->max_tokens() == 0 ? std::string{} : option.semantic()->name();
}

bool is_repeatable(const po::option_description& option) {
  const auto* typed = dynamic_cast<const po::typed_value_base*>(option.semantic().get());
  return typed != nullptr && typed->value_type() == typeid(std::vector<std::string>);
}

Value value_of(const po::option_description& option) {
  if (const auto* kinds = dynamic_cast<const KindsValue*>(option.semantic().get())) {
    Value value{.words = kinds->kinds(), .files = true};
    for (std::string& kind : value.words) kind += "=";
    return value;
  }
  const std::string name = value_name(option);
  if (name.empty()) return {};
  auto value = value_named(name);
  DRYDOCK_CHECK(value.has_value(), "cli/values.cpp does not say what {} is, which --{} takes", name,
                option.long_name());
  return *std::move(value);
}

Value value_of(const Operands& operands) {
  if (operands.most == 0) return {};
  // Behind an action stands the file that it is done with.
  if (!operands.words.empty()) return {.words = operands.words, .files = operands.name == "ACTION"};
  // A built-in scenario can be named wherever a scenario's file can.
  if (operands.name == "FILE" || operands.name == "FILE|TAPE") return a_scenario();
  auto value = value_named(operands.name);
  DRYDOCK_CHECK(value.has_value(), "cli/values.cpp does not say what {} is", operands.name);
  return *std::move(value);
}

}  // namespace drydock::cli
