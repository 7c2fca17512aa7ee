#pragma once

#include <cstdint>

#include "faults/plan.hpp"
#include "sim/record.hpp"

namespace drydock::faults {

/// Records that a fault struck (`fault.injected`). Returns the sequence number of that event.
std::uint32_t emit_injected(sim::Record& record, std::uint32_t cause, sim::Name actor, const FaultSpec& fault,
                            sim::Subject subject);

}  // namespace drydock::faults
