#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "scenarios/explore/explorer.hpp"

namespace drydock::cli {

/// Holds what `drydock explore` calls; a test may put something else in its place.
struct Searcher {
  std::function<scenarios::Exploration(const scenarios::Scenario&, const scenarios::CaseSpec&,
                                       const scenarios::ExploreOptions&)>
      explore = scenarios::explore;
  std::function<std::optional<std::string>(const scenarios::Scenario&, const scenarios::CaseSpec&,
                                           const scenarios::Finding&)>
      scenario_of = scenarios::scenario_of;
};

int explore_with(const Arguments& arguments, Console& console, const Searcher& searcher);

}  // namespace drydock::cli
