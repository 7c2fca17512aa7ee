#pragma once

#include <string>

#include "reports/sweep.hpp"

namespace drydock::reports {

/// Writes a sweep as `drydock.sweep/1`, pretty-printed with a final line break. A value that is not known is null.
[[nodiscard]] std::string sweep_json(const SweepReport& report);

}  // namespace drydock::reports
