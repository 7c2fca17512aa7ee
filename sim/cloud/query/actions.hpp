#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sim/cloud/query/exchange.hpp"
#include "sim/cloud/query/rules.hpp"

// The actions of the API, one row each (docs/cloud.md §7.4).

namespace drydock::cloud::query {

/// An action: its name, its parameters, and the function that serves it. One of the two functions is null: an action
/// that the region takes part in takes virtual time, what is known of the account is answered at once.
struct QueryAction {
  std::string_view name;
  std::span<const ParameterRule> rules;
  Served (*serve)(Exchange*) = nullptr;
  Failure (*tell)(Exchange&) = nullptr;
};

/// Returns the action of that name, or null.
[[nodiscard]] const QueryAction* find_action(std::string_view name);
/// Returns all actions, in the order of their names.
[[nodiscard]] std::vector<const QueryAction*> all_actions();

// The actions by subject: each file has the rules and the functions of its own.
[[nodiscard]] std::span<const QueryAction> launch_actions();
[[nodiscard]] std::span<const QueryAction> instance_actions();
[[nodiscard]] std::span<const QueryAction> attribute_actions();
[[nodiscard]] std::span<const QueryAction> volume_actions();
[[nodiscard]] std::span<const QueryAction> snapshot_actions();
[[nodiscard]] std::span<const QueryAction> tag_actions();
[[nodiscard]] std::span<const QueryAction> account_actions();
[[nodiscard]] std::span<const QueryAction> image_actions();
[[nodiscard]] std::span<const QueryAction> type_actions();

// Rules that several actions share.
inline constexpr ParameterRule kFilterName{"Filter.N.Name"};
inline constexpr ParameterRule kFilterValue{"Filter.N.Value.N"};
inline constexpr ParameterRule kNextToken{"NextToken"};
inline constexpr ParameterRule kMaxResults{"MaxResults", ParameterRule::Kind::number, false, 5, 1000};
inline constexpr ParameterRule kTagResource{"TagSpecification.N.ResourceType"};
inline constexpr ParameterRule kTagKey{"TagSpecification.N.Tag.N.Key"};
inline constexpr ParameterRule kTagValue{"TagSpecification.N.Tag.N.Value"};

}  // namespace drydock::cloud::query
