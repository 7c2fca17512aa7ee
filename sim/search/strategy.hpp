#pragma once

#include <cstdint>

namespace drydock::sim::search {

enum class Strategy : std::uint8_t { exhaustive, random, pct, swarm, coverage, mixed };

}  // namespace drydock::sim::search
