#pragma once

#include <initializer_list>

#include "faults/plan.hpp"
#include "sim/record.hpp"

namespace drydock::faults {

/// Whether an event is of the trigger's kind and its detail is what `where` asks for. `workspace`,
/// `instance` and `actor` also name the event's own ones, where the detail has no such key.
[[nodiscard]] bool matches(const EventTrigger& trigger, const sim::Record& record, const sim::Event& event,
                           std::initializer_list<sim::Field> detail);

}  // namespace drydock::faults
