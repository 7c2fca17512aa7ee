#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/observation.hpp"
#include "scenarios/outcome.hpp"
#include "sim/record.hpp"

namespace drydock::scenarios {

/// The invariant and the kinds along its chain of causes: the same bug found twice has the same signature.
[[nodiscard]] std::string signature_of(const sim::Record& record, const model::Violation& violation);
/// The same of what is shown; `causes` begin with the violating event.
[[nodiscard]] std::string signature_of(std::string_view invariant, std::span<const ShownEvent> causes);

}  // namespace drydock::scenarios
