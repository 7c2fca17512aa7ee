#pragma once

#include <string_view>

#include "model/store/database.hpp"

namespace drydock::determinism {

/// Ways in which SQLite may legally answer otherwise.
enum class Shake {
  /// Rows of a SELECT without ORDER BY come in the opposite order.
  reverse_unordered_rows,
  /// The planner does none of its optimisations: other indexes, other loops.
  plain_plans,
};

void shake(model::Database& database, Shake how);
[[nodiscard]] std::string_view to_text(Shake how);

}  // namespace drydock::determinism
