#pragma once

struct sqlite3;

namespace drydock::model {

/// Turns off what a connection never needs and Debian's SQLite has: loading code, taking a tokenizer from an address,
/// writing to SQLite's own tables, functions with side effects in a schema, and every virtual table but those of JSON.
void harden(sqlite3* handle);

}  // namespace drydock::model
