#pragma once

#include <cstdint>
#include <vector>

#include "sim/record.hpp"

namespace drydock::model {

/// Completes the events that decided the last state of a workspace or of its instance by what went wrong for the
/// workspace since the first of them began: the last fault or refusal that met it (or drop of a restart that began
/// where one of them did), and the last crash. Gives each head of a chain of causes once, in the order in which they
/// were given: zeros are dropped, and so is an event that stands in the chain of another.
[[nodiscard]] std::vector<std::uint32_t> with_setbacks(const sim::Record& record, std::vector<std::uint32_t> decided_by,
                                                       sim::Name workspace);

}  // namespace drydock::model
