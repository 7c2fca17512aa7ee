#pragma once

#include <cstdint>
#include <string>

#include "sim/search/corpus.hpp"

namespace drydock::reports {

/// Draws the abstract states of a search as SVG. States that agree in the status of the row and in the state of the
/// instance that the row names are one node: they have a place of their own in a grid, so that the same states are
/// drawn the same, and what no run reached is seen to be empty. `runs` is how many there were. Empty where no state has
/// a name.
[[nodiscard]] std::string state_graph_svg(const sim::search::Coverage& seen, std::uint64_t runs);

/// Draws how many states and transitions had been seen after so many runs, as SVG. Empty where none were.
[[nodiscard]] std::string discovery_svg(const sim::search::Coverage& seen, std::uint64_t runs);

}  // namespace drydock::reports
