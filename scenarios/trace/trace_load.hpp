#pragma once

#include "scenarios/outcome.hpp"

struct sqlite3;

namespace drydock::scenarios {

class World;

// Each fills tables of a connection that has the trace schema, within the caller's transaction.

/// Fills in everything that is known within the run: `outcome` has its facts, its expectations need not be judged.
void load_run(sqlite3* handle, const World& world, const Outcome& outcome);
/// Fills in what is known only after the run, in place of what was there: whether it passed, and which faults mattered.
void load_verdict(sqlite3* handle, const Outcome& outcome);
/// Adds one more broken promise.
void load_violation(sqlite3* handle, const ShownViolation& broken);
/// Fills the table `event`.
void load_events(sqlite3* handle, const ShownEvents& events);

}  // namespace drydock::scenarios
