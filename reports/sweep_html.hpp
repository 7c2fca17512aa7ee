#pragma once

#include <string>

#include "reports/sweep.hpp"

namespace drydock::reports {

/// Writes one self-contained page: the grid as a picture, the cliff, every cell with its interval, and how it was
/// played.
[[nodiscard]] std::string sweep_html(const SweepReport& report);

}  // namespace drydock::reports
