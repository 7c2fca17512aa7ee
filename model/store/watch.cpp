#include "model/store/rows.hpp"
#include "model/store/store.hpp"

// What watches agents, and what a row remembers for that (docs/platform.md §17.9, §17.10).

namespace drydock::model {

using sim::Context;
using sim::Instant;
using sim::Task;

// --- watchdogs ------------------------------------------------------------------------------------------------------

Task<DbResult<std::vector<WorkspaceKey>>> Store::stalled_rows(Context context, Instant before, std::uint32_t limit) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query(
        "SELECT key FROM workspaces INDEXED BY workspaces_serving WHERE (status = 'online' OR status = 'degraded') "
        "AND status = 'online' AND active_tasks > 0 AND runtime <> 'external' "
        "AND coalesce(last_activity_at, created_at) < ? ORDER BY key LIMIT ?");
    query.bind(before.time_since_epoch().count()).bind(static_cast<std::int64_t>(limit));
    return keys_of(query);
  });
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::wedged_rows(Context context, Instant before) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query(
        "SELECT key FROM workspaces INDEXED BY workspaces_serving WHERE (status = 'online' OR status = 'degraded') "
        "AND active_tasks > 0 AND coalesce(last_heartbeat_at, created_at) < ?1 "
        "AND coalesce(last_outbound_at, created_at) < ?1 ORDER BY key");
    query.bind(before.time_since_epoch().count());
    return keys_of(query);
  });
}

Task<DbChanged> Store::touch_activity(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET last_activity_at = ? WHERE key = ?").bind(now()).bind(number(key)).run();
    return database_.changes();
  });
}

// --- registrations that failed --------------------------------------------------------------------------------------

Task<DbChanged> Store::stamp_register_failure(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET last_register_failure_at = ? WHERE key = ?")
        .bind(now())
        .bind(number(key))
        .run();
    return database_.changes();
  });
}

Task<DbChanged> Store::clear_register_failure(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET last_register_failure_at = NULL "
            "WHERE key = ? AND last_register_failure_at IS NOT NULL")
        .bind(number(key))
        .run();
    return database_.changes();
  });
}

Task<DbResult<bool>> Store::register_failed_since(Context context, WorkspaceKey key, Instant since) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> {
    Query query = database_.query("SELECT 1 FROM workspaces WHERE key = ? AND last_register_failure_at > ? -- one row");
    query.bind(number(key)).bind(since.time_since_epoch().count());
    return query.step();
  });
}

// --- what a row is, and why it is as it is --------------------------------------------------------------------------

Task<DbResult<std::string>> Store::kind(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::string> {
    Query query = database_.query("SELECT kind FROM workspaces WHERE key = ?");
    query.bind(number(key));
    return query.step() ? query.text(0) : std::string{};
  });
}

Task<DbChanged> Store::set_sample_error(Context context, WorkspaceKey key, std::string error) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET last_sample_error = ? WHERE key = ?").bind(error).bind(number(key)).run();
    return database_.changes();
  });
}

Task<DbResult<bool>> Store::is_first_boot(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> {
    Query query = database_.query(
        "SELECT 1 FROM workspaces WHERE key = ? AND status = 'provisioning' AND last_heartbeat_at IS NULL -- one row");
    query.bind(number(key));
    return query.step();
  });
}

// --- calls that meet a workspace which settles ----------------------------------------------------------------------

Task<DbChanged> Store::put_back(Context context, std::int64_t id, std::optional<Instant> drop_before) {
  return write(context, WorkspaceKey::none, [=, this]() mutable -> DbChanged {
    const std::int64_t oldest =
        drop_before ? drop_before->time_since_epoch().count() : Instant::min().time_since_epoch().count();
    database_
        .query(
            "UPDATE a2a_queue SET status = CASE WHEN settling_since <= ?2 THEN 'dropped' ELSE 'queued' END, "
            "attempts = attempts - 1, settling_since = coalesce(settling_since, ?3) WHERE id = ?1")
        .bind(id)
        .bind(oldest)
        .bind(now())
        .run();
    return database_.changes();
  });
}

}  // namespace drydock::model
