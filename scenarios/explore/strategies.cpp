#include <algorithm>
#include <array>

#include "scenarios/explore/explorer.hpp"

namespace drydock::scenarios {
namespace {

struct StrategyName {
  Strategy strategy{};
  std::string_view name;
  std::string_view law;
};
constexpr std::array<StrategyName, 6> kStrategies{{
    {Strategy::exhaustive, "exhaustive", "every tape within the bound, none by chance"},
    {Strategy::random, "random", "each decision drawn on its own"},
    {Strategy::pct, "pct", "order by random priorities with change points, the rest drawn on its own"},
    {Strategy::swarm, "swarm", "families of faults and requests off by coin, the rest at drawn rates"},
    {Strategy::coverage, "coverage", "mutants of tapes that showed something new: no law, no bound"},
    {Strategy::mixed, "mixed", "of 8 runs 3 swarm, 1 random, 1 pct and 3 coverage; the bounds rest on the first five"},
}};

const StrategyName& row_of(Strategy strategy) {
  return *std::find_if(kStrategies.begin(), kStrategies.end(),
                       [&](const StrategyName& row) { return row.strategy == strategy; });
}

}  // namespace

std::optional<Strategy> parse_strategy(std::string_view name) {
  for (const StrategyName& row : kStrategies) {
    if (row.name == name) return row.strategy;
  }
  return std::nullopt;
}

std::string_view to_text(Strategy strategy) { return row_of(strategy).name; }

std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  names.reserve(kStrategies.size());
  for (const StrategyName& row : kStrategies) names.emplace_back(row.name);
  return names;
}

std::string_view law_of(Strategy strategy) { return row_of(strategy).law; }

}  // namespace drydock::scenarios
