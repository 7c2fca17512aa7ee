#pragma once

#include <cstdint>
#include <span>

#include "scenarios/trace/named_query.hpp"

namespace drydock::scenarios {

/// The schema of the database of a search's runs, as SQL; it describes itself as `trace_schema` does.
[[nodiscard]] const char* runs_schema();

/// `PRAGMA application_id` of a database of runs: "DryR".
inline constexpr std::int32_t kRunsApplicationId = 0x44727952;
/// `PRAGMA user_version`, as `kTraceVersion` is that of a run's trace.
inline constexpr std::int32_t kRunsVersion = 1;

/// The questions that have names and are asked of such a database.
[[nodiscard]] std::span<const NamedQuery> runs_queries();

}  // namespace drydock::scenarios
