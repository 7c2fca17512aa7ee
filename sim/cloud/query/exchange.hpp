#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/query/filters.hpp"
#include "sim/cloud/query/pages.hpp"
#include "sim/cloud/query/parameters.hpp"
#include "sim/cloud/query/xml.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/scheduler.hpp"
#include "sim/task.hpp"
#include "sim/time.hpp"

// What the functions that serve the actions share.

namespace drydock::cloud::query {

/// A request that is being served, and the answer that is being written.
struct Exchange {
  SimEc2& ec2;
  const sim::Scheduler& scheduler;
  sim::Context context;
  std::int64_t start_unix_us = 0;
  /// The region that the request is signed for.
  std::string region;
  ParameterTree parameters;
  /// The root of the answer, where the action's fields go.
  Element answer;

  /// Returns the name of the availability zone with that letter.
  [[nodiscard]] std::string zone(char letter) const { return region + letter; }
  /// Returns the letter of a zone of the region, or nothing when there is no such zone.
  [[nodiscard]] std::optional<char> zone_letter(std::string_view name) const;
  /// Writes an instant as EC2 does: `2026-05-19T00:05:00.000Z`.
  [[nodiscard]] std::string time(sim::Instant at) const;
};

using Failure = std::optional<Error>;
/// Serves an action: writes its fields, or returns the error that is the answer instead.
using Served = sim::Task<Failure>;

/// The one account of the simulated region, and the letters of its zones.
inline constexpr std::string_view kAccount = "123456789012";
inline constexpr std::string_view kZones = "abc";

/// Writes the tags of a resource: the element `tagSet`, empty where there are none.
void write_tags(Element parent, const Exchange& exchange, std::string_view id);
/// Writes `<return>true</return>`, the answer of actions that only say that they worked.
inline void write_done(Element answer) { answer.flag("return", true); }
inline void write_token(Element answer, std::string_view token) { answer.text_unless_empty("nextToken", token); }

/// Reads the tags that a request gives to new resources of a type (`TagSpecification.N`). `types` are the types that
/// the action makes.
[[nodiscard]] Result<std::vector<Tag>> tags_for(const ParameterTree& parameters, std::string_view type,
                                                std::span<const std::string_view> types);
/// Reads the tags below a node (`Tag.N.Key`, `Tag.N.Value`).
[[nodiscard]] Result<std::vector<Tag>> read_tags(const ParameterTree& node);
/// Takes the `workspace` tag out of the tags of a new resource and returns its value; empty when there is none.
[[nodiscard]] std::string take_workspace(std::vector<Tag>& tags);

/// Keeps those of the rows that pass the filters and are on the page, in the order of their numbers. Returns the token
/// of the next page.
template <typename Row>
[[nodiscard]] std::string select(std::vector<Row>& rows, std::span<const NamedFilter> filters,
                                 std::span<const FilterRule<Row>> rules, const Page& page, std::string_view action) {
  std::erase_if(rows, [&](const Row& row) { return !passes_all(filters, row, rules); });
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.number < b.number; });
  const auto same = [](const Row& a, const Row& b) { return a.number == b.number; };
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  return cut_to_page(rows, page, action);
}

}  // namespace drydock::cloud::query
