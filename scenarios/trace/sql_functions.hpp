#pragma once

#include "scenarios/trace/sql_guard.hpp"

struct sqlite3;

namespace drydock::scenarios {

/// Puts functions in the place of SQLite's own that do the same but for this: one whose time grows with the product of
/// its arguments' lengths is refused long ones, since nothing can end a call that has begun; and in a promise a date
/// is that of an argument, not of the clock nor of the machine's time zone. A refusal is an error of the statement.
void bound_functions(sqlite3* handle, SqlUse use);

}  // namespace drydock::scenarios
