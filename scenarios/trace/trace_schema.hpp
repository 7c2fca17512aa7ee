#pragma once

#include <cstdint>

namespace drydock::scenarios {

/// The trace database's schema, as SQL. Every table, view and column says in a comment of its own what it is; SQLite
/// keeps them, so that a file documents itself (`drydock query FILE`).
[[nodiscard]] const char* trace_schema();

/// `PRAGMA application_id` of a trace database: "DryD". file(1) and SQLite's own tools show it.
inline constexpr std::int32_t kTraceApplicationId = 0x44727944;
/// `PRAGMA user_version`: the schema's version. More tables, views, columns and keys do not change it; anything else
/// does.
inline constexpr std::int32_t kTraceVersion = 1;

}  // namespace drydock::scenarios
