#pragma once

#include "scenarios/conform/conform.hpp"
#include "scenarios/conform/search.hpp"

namespace drydock::scenarios {

/// Where the best run and the log part, and what was possible there. The outcome is that run's, its record kept.
[[nodiscard]] Parting parting_of(const ImportedLog& log, const LogWorld& world, const LogRun& run,
                                 const Outcome& outcome);

}  // namespace drydock::scenarios
