#include "model/store/rows.hpp"
#include "model/store/store.hpp"

// Rows that are left behind for later: by a transaction, so that a caller which got no answer can tell whether it was
// made; by a backup, so that a launch can tell whether EC2 shows the snapshot yet (docs/platform.md §16).

namespace drydock::model {

using sim::Context;
using sim::Instant;
using sim::Task;

// --- was it made? ---------------------------------------------------------------------------------------------------

/// A part of the transaction. The token stands for a random number, which no other transaction has.
void Store::note_decision(std::int64_t token, WorkspaceKey key) {
  database_.query("INSERT INTO decisions (token, workspace_key) VALUES (?, ?)").bind(token).bind(number(key)).run();
}

bool Store::is_decided(std::int64_t token) {
  Query query = database_.query("SELECT 1 FROM decisions WHERE token = ? ORDER BY workspace_key LIMIT 1 -- one row");
  query.bind(token);
  return query.step();
}

bool Store::is_decided(std::int64_t token, WorkspaceKey key) {
  Query query = database_.query("SELECT 1 FROM decisions WHERE token = ? AND workspace_key = ? -- one row");
  query.bind(token).bind(number(key));
  return query.step();
}

// --- the newest snapshot (`backup.names_snapshot`) ------------------------------------------------------------------

Task<DbChanged> Store::note_snapshot(Context context, WorkspaceKey key, std::string snapshot, Instant started) {
  return decide(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "INSERT INTO newest_snapshots (workspace_key, snapshot_id, started_at) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (workspace_key) DO UPDATE SET snapshot_id = excluded.snapshot_id, "
            "started_at = excluded.started_at WHERE excluded.started_at >= started_at -- one row")
        .bind(number(key))
        .bind(snapshot)
        .bind(started.time_since_epoch().count())
        .run();
    return 1;
  });
}

Task<DbResult<std::string>> Store::newest_snapshot(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::string> {
    Query query = database_.query("SELECT snapshot_id FROM newest_snapshots WHERE workspace_key = ? -- one row");
    query.bind(number(key));
    return query.step() ? query.text(0) : std::string{};
  });
}

}  // namespace drydock::model
