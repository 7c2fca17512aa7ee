#include "sim/cloud/query/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "sim/cloud/query/xml.hpp"

namespace drydock::cloud::query {
namespace {

/// What every action takes. Signatures of version 2 and the presigned ones of version 4 are parameters.
constexpr std::array<ParameterRule, 11> kCommonRules{{{"Action"},
                                                      {"Version"},
                                                      {"DryRun", RuleKind::flag},
                                                      {"AWSAccessKeyId"},
                                                      {"Signature"},
                                                      {"SignatureMethod"},
                                                      {"SignatureVersion"},
                                                      {"Timestamp"},
                                                      {"Expires"},
                                                      {"SecurityToken"},
                                                      {"X-Amz-*"}}};

/// Returns the name with `N` in the place of each index.
std::string pattern_of(std::string_view name) {
  std::string pattern;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    const std::string_view part = name.substr(0, end);
    if (!pattern.empty()) pattern += '.';
    pattern += list_index(part) ? std::string_view{"N"} : part;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return pattern;
}

/// A list of values may be named without an index, and a single value with one.
bool names(const ParameterRule& rule, std::string_view pattern) {
  const std::string_view name = rule.name;
  if (name.ends_with('*')) return pattern.starts_with(name.substr(0, name.size() - 1));
  if (name == pattern) return true;
  constexpr std::string_view index = ".N";
  if (name.ends_with(index)) return name.substr(0, name.size() - index.size()) == pattern;
  return pattern.ends_with(index) && pattern.substr(0, pattern.size() - index.size()) == name;
}

const ParameterRule* rule_for(std::span<const ParameterRule> rules, std::string_view pattern) {
  const auto named = [&](const ParameterRule& rule) { return names(rule, pattern); };
  const auto own = std::find_if(rules.begin(), rules.end(), named);
  if (own != rules.end()) return &*own;
  const auto* common = std::find_if(kCommonRules.begin(), kCommonRules.end(), named);
  return common == kCommonRules.end() ? nullptr : common;
}

std::optional<Error> broken_by(const ParameterRule& rule, std::string_view name, std::string_view value) {
  if (!fits_xml(value)) return Error{"InvalidParameterValue", 400, fmt::format("Invalid characters in {}", name)};
  if (value.empty() || rule.kind == RuleKind::text) return std::nullopt;
  if (rule.kind == RuleKind::flag) {
    if (read_flag(value)) return std::nullopt;
    return invalid_value(value, name, "It must be true or false.");
  }
  const std::optional<std::uint32_t> number = read_number(value);
  if (!number) return invalid_value(value, name, "It must be an integer.");
  if (*number < rule.least) {
    return invalid_value(value, name, fmt::format("Expecting a value greater than or equal to {}.", rule.least));
  }
  if (*number > rule.most) {
    return invalid_value(value, name, fmt::format("Expecting a value less than or equal to {}.", rule.most));
  }
  return std::nullopt;
}

bool is_given(const ParameterRule& rule, const FlatParameters& parameters) {
  return std::any_of(parameters.begin(), parameters.end(), [&](const auto& parameter) {
    return !parameter.second.empty() && names(rule, pattern_of(parameter.first));
  });
}

}  // namespace

Error missing_parameter(std::string_view name) {
  return {"MissingParameter", 400, fmt::format("The request must contain the parameter {}", name)};
}

Error invalid_value(std::string_view value, std::string_view name, std::string_view why) {
  return {"InvalidParameterValue", 400, fmt::format("Value ({}) for parameter {} is invalid. {}", value, name, why)};
}

std::optional<Error> broken_rule(std::span<const ParameterRule> rules, const FlatParameters& parameters) {
  for (const auto& [name, value] : parameters) {
    const ParameterRule* rule = rule_for(rules, pattern_of(name));
    if (rule == nullptr) {
      return Error{"UnknownParameter", 400, fmt::format("The parameter {} is not recognized", name)};
    }
    std::optional<Error> broken = broken_by(*rule, name, value);
    if (broken) return broken;
  }
  for (const ParameterRule& rule : rules) {
    if (!rule.required || is_given(rule, parameters)) continue;
    const bool is_list = rule.name.ends_with(".N");
    return missing_parameter(is_list ? rule.name.substr(0, rule.name.size() - 2) : rule.name);
  }
  return std::nullopt;
}

}  // namespace drydock::cloud::query
