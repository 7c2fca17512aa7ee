#pragma once

#include <span>

#include "scenarios/files/keys.hpp"

namespace drydock::scenarios {

/// The objects of `drydock.result/1`. Results are written and never read here; keys may be added to them.
[[nodiscard]] std::span<const Shape> result_shapes();

}  // namespace drydock::scenarios
