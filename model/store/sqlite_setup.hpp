#pragma once

namespace drydock::model {

/// Sets what SQLite keeps for the whole process: one connection a thread without locks, no memory statistics, and
/// memory of sim/memory.hpp where this build reuses it (docs/architecture.md, *Decisions*). Whoever opens a
/// connection calls it before. Returns whether SQLite's memory is ours: it is not where somebody else has used SQLite
/// before the first call.
bool set_up_sqlite();

}  // namespace drydock::model
