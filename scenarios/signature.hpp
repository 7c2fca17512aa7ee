#pragma once

#include <string>

#include "model/observation.hpp"
#include "sim/record.hpp"

namespace drydock::scenarios {

/// The invariant and the kinds along its chain of causes: the same bug found twice has the same signature.
[[nodiscard]] std::string signature_of(const sim::Record& record,
                                       const model::Violation& violation);

}  // namespace drydock::scenarios
