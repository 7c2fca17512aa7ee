#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/cloud/ec2.hpp"
#include "sim/cloud/query/parameters.hpp"

// What parameters an action takes. A request that breaks the rules is refused before the region hears of it.

namespace drydock::cloud::query {

/// A parameter that an action takes.
struct ParameterRule {
  enum class Kind : std::uint8_t { text, number, flag };

  /// Its name, with `N` for the index of a list: `Filter.N.Value.N`. A name that ends in `*` stands for all that begin
  /// so.
  std::string_view name;
  Kind kind = Kind::text;
  bool required = false;
  /// The range of a number.
  std::uint32_t least = 0;
  std::uint32_t most = UINT32_MAX;
};

using RuleKind = ParameterRule::Kind;

/// Returns the error of the first parameter that the action does not take or that has a value of the wrong kind, or of
/// the first that is missing; nothing when all is right. Every action takes `Action`, `Version`, `DryRun` and what a
/// signature consists of.
[[nodiscard]] std::optional<Error> broken_rule(std::span<const ParameterRule> rules, const FlatParameters& parameters);

[[nodiscard]] Error missing_parameter(std::string_view name);
/// Says that a value is none that the parameter can have, and why.
[[nodiscard]] Error invalid_value(std::string_view value, std::string_view name, std::string_view why);

}  // namespace drydock::cloud::query
