#pragma once

#include <cstdint>
#include <optional>

#include "cli/options.hpp"
#include "scenarios/explore/explorer.hpp"
#include "scenarios/scenario.hpp"
#include "server/client_theatre.hpp"

namespace drydock::cli {

/// Reads `--client` and what goes with it; empty without it. The search is adapted: its strategy is `random` where none
/// is named. Throws UsageError, also where a strategy is named that cannot play a client.
[[nodiscard]] std::optional<server::PlayedClient> played_client(const po::variables_map& values,
                                                                scenarios::ExploreOptions& search);

/// Hashes what decides of a client what a search finds.
[[nodiscard]] std::uint64_t client_inputs(const server::PlayedClient& client);

/// Gives a scenario whose `explore` lists what a search may add. One without lists the faults of the wire at every
/// action of EC2, and the refusals that the actions are known for.
[[nodiscard]] scenarios::Scenario with_wire_faults(const scenarios::Scenario& scenario);

}  // namespace drydock::cli
