#pragma once

#include <initializer_list>

#include "faults/plan.hpp"
#include "sim/record.hpp"

namespace drydock::faults {

/// Tells whether an event is of the trigger's kind and its detail is as `where` asks. The keys `workspace`, `instance`
/// and `actor` name the event's own ones when its detail has no such key.
[[nodiscard]] bool matches(const EventTrigger& trigger, const sim::Record& record, const sim::Event& event,
                           std::initializer_list<sim::Field> detail);

}  // namespace drydock::faults
