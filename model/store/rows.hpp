#pragma once

#include <cstdint>
#include <vector>

#include "model/directory.hpp"
#include "model/store/database.hpp"

// What the files of the store share.

namespace drydock::model {

/// A workspace's key as SQL has it.
[[nodiscard]] inline std::int64_t number(WorkspaceKey key) { return static_cast<std::int64_t>(key); }

/// The first column of every row, as keys.
[[nodiscard]] inline std::vector<WorkspaceKey> keys_of(Query& query) {
  std::vector<WorkspaceKey> keys;
  while (query.step()) keys.push_back(static_cast<WorkspaceKey>(query.integer(0)));
  return keys;
}

}  // namespace drydock::model
