#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/exploration.hpp"
#include "scenarios/explore/explorer.hpp"
#include "scenarios/files/diagnostic.hpp"

namespace drydock::cli {

class KnownSearch;

/// Holds what several results, or the directories of several campaigns, come to together.
struct Merged {
  std::optional<reports::ExplorationReport> report;  // of those that are good; empty where none is
  std::vector<scenarios::Diagnostic> problems;       // a part that is bad, and why
  std::vector<std::string> missing;                  // what nobody has searched, in words
};

/// Searches a case: scenarios::explore, or what a test puts in its place.
using ExploreCase = std::function<scenarios::Exploration(const scenarios::Scenario&, const scenarios::CaseSpec&,
                                                         const scenarios::ExploreOptions&)>;

/// Adds up results of `drydock explore`, or directories of campaigns: all are of one kind, else UsageError is thrown.
/// Of campaigns nothing is searched, but their findings are shrunk, and compared with what is `known`, where that is
/// not null.
[[nodiscard]] Merged merge_results(const std::vector<std::string>& paths, const ExploreCase& explore,
                                   const std::function<void(const scenarios::SearchProgress&)>& progress,
                                   KnownSearch* known);

}  // namespace drydock::cli
