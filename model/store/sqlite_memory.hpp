#pragma once

namespace drydock::model {

/// Lets SQLite take its memory from sim/memory.hpp, where this build reuses memory. It must be called before SQLite is
/// first used; a later call changes nothing.
void let_sqlite_reuse_memory();

}  // namespace drydock::model
