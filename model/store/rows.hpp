#pragma once

#include <cstdint>
#include <vector>

#include "model/directory.hpp"
#include "model/store/database.hpp"

// Helpers that the files of the store share.

namespace drydock::model {

/// Converts a workspace's key to the number that SQL has.
[[nodiscard]] inline std::int64_t number(WorkspaceKey key) { return static_cast<std::int64_t>(key); }

/// Reads all rows; their first column is a key.
[[nodiscard]] inline std::vector<WorkspaceKey> keys_of(Query& query) {
  std::vector<WorkspaceKey> keys;
  while (query.step()) keys.push_back(static_cast<WorkspaceKey>(query.integer(0)));
  return keys;
}

}  // namespace drydock::model
