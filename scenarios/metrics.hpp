#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

/// Something that a run counts or measures and nobody judges.
struct MetricInfo {
  std::string_view name;
  std::string_view unit;
  std::string_view meaning;
};

/// Every metric that has a name of its own, in the order of `drydock list metrics`. Beside them each kind of event is
/// one (how many there were), and `violations:ID` for each invariant (how many of its promises were broken).
[[nodiscard]] std::span<const MetricInfo> metric_table();

/// Lists all names that `metric_of` knows, event kinds and `violations:ID` included.
[[nodiscard]] std::vector<std::string> metric_names();

/// Tells whether the metric counts events that happen also where nothing changes any more (docs/architecture.md,
/// *Rest*): heartbeats, and turns of sweepers.
[[nodiscard]] bool counts_on_at_rest(std::string_view name);

/// Gives the metric's value in that run; empty where there is no such metric. Needs no record.
[[nodiscard]] std::optional<double> metric_of(const Outcome& outcome, std::string_view name);

}  // namespace drydock::scenarios
