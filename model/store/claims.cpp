#include <algorithm>
#include <utility>

#include "model/store/rows.hpp"
#include "model/store/store.hpp"

// The guarded statements of June to August 2026: each names the status that it takes a row from, and tells its caller
// whether it found it.

namespace drydock::model {

using sim::Context;
using sim::Task;

// --- the reconciler -------------------------------------------------------------------------------------------------

Task<DbResult<std::vector<NamedInstance>>> Store::rows_with_instance(Context context, bool degraded_too,
                                                                     std::uint32_t limit) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<NamedInstance>> {
    Query query = database_.query(
        "SELECT key, instance_id, status, updated_at FROM workspaces INDEXED BY workspaces_serving "
        "WHERE (status = 'online' OR status = 'degraded') AND (?1 OR status = 'online') "
        "AND instance_id IS NOT NULL AND instance_id <> '' AND runtime <> 'external' ORDER BY key");
    query.bind(std::int64_t{degraded_too});
    std::vector<std::pair<std::int64_t, NamedInstance>> found;  // with when each was last written
    while (query.step()) {
      NamedInstance row{.key = static_cast<WorkspaceKey>(query.integer(0)),
                        .instance_id = query.text(1),
                        .status = *parse_status(query.text(2))};
      found.emplace_back(query.integer(3), std::move(row));
    }
    // Sorted here, because an index by the last write would be written by every heartbeat.
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    if (found.size() > limit) found.resize(limit);
    std::vector<NamedInstance> rows;
    rows.reserve(found.size());
    for (auto& [written, row] : found) rows.push_back(std::move(row));
    return rows;
  });
}

Task<DbResult<bool>> Store::still_names(Context context, NamedInstance seen) {
  return read(context, seen.key, [=, this]() mutable -> DbResult<bool> {
    Query query =
        database_.query("SELECT 1 FROM workspaces WHERE key = ? AND instance_id = ? AND status = ? -- one row");
    query.bind(number(seen.key)).bind(seen.instance_id).bind(to_text(seen.status));
    return query.step();
  });
}

// --- pause and resume -----------------------------------------------------------------------------------------------

Task<DbChanged> Store::pause_unless_parked(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'paused', url = '', updated_at = ? WHERE key = ? "
            "AND status <> 'removed' AND status <> 'pending_removal' AND status <> 'paused'")
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_status(key, Status::paused, "");
  });
}

Task<DbChanged> Store::claim_resume(Context context, WorkspaceKey key) {
  return move_status(context, key, Status::paused, Status::provisioning);
}

// --- agents and verdicts --------------------------------------------------------------------------------------------

Task<DbChanged> Store::register_awake(Context context, WorkspaceKey key, std::string url) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    const auto& entry = directory_.entry(key);
    database_
        .query(
            "INSERT INTO workspaces (key, id, alias, name, status, url, last_heartbeat_at, created_at, updated_at) "
            "VALUES (?1, ?2, ?3, ?2, 'online', ?4, ?5, ?5, ?5) ON CONFLICT (key) DO UPDATE SET "
            "status = 'online', url = ?4, last_heartbeat_at = ?5, updated_at = ?5 "
            "WHERE status <> 'removed' AND status <> 'pending_removal' AND status <> 'paused' "
            "AND status <> 'hibernated' -- one row")
        .bind(number(key))
        .bind(entry.uuid)
        .bind(entry.alias)
        .bind(url)
        .bind(now())
        .run();
    const int changed = wrote_status(key, Status::online, std::move(url));
    if (changed != 0 && !row(key).instance_id.empty()) drop_start(key, true);
    return changed;
  });
}

Task<DbChanged> Store::heartbeat_promoting(Context context, WorkspaceKey key, HeartbeatPayload payload) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    const bool promotes = is_known(key) && row(key).status == Status::provisioning;
    run_heartbeat(
        database_.query("UPDATE workspaces SET last_heartbeat_at = ?1, updated_at = ?1, last_error_rate = ?2, "
                        "last_sample_error = ?3, active_tasks = ?4, uptime_seconds = ?5, current_task = ?6, "
                        "status = CASE status WHEN 'provisioning' THEN 'online' ELSE status END, "
                        "last_activity_at = CASE WHEN ?8 THEN ?1 ELSE last_activity_at END "
                        "WHERE key = ?7 AND status <> 'removed' AND status <> 'pending_removal'"),
        key, payload);
    if (promotes) return wrote_status(key, Status::online);
    heartbeats_ += static_cast<std::uint64_t>(database_.changes());
    return database_.changes();
  });
}

Task<DbChanged> Store::set_offline_unless_dormant(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'offline', updated_at = ? WHERE key = ? AND status <> 'removed' "
            "AND status <> 'pending_removal' AND status <> 'provisioning' AND status <> 'paused' "
            "AND status <> 'hibernated'")
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_status(key, Status::offline);
  });
}

Task<DbResult<std::optional<sim::Instant>>> Store::last_heartbeat(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<sim::Instant>> {
    Query query = database_.query("SELECT last_heartbeat_at FROM workspaces WHERE key = ?");
    query.bind(number(key));
    if (!query.step() || query.is_null(0)) return std::nullopt;
    return sim::Instant{sim::Duration{query.integer(0)}};
  });
}

// --- restarts -------------------------------------------------------------------------------------------------------

Task<DbChanged> Store::set_provisioning_with_url(Context context, WorkspaceKey key) {
  return move_status(context, key, std::nullopt, Status::provisioning);
}

Task<DbChanged> Store::clear_url(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET url = '', updated_at = ? WHERE key = ?").bind(now()).bind(number(key)).run();
    return wrote_status(key, row(key).status, "");
  });
}

// --- the queue ------------------------------------------------------------------------------------------------------

Task<DbResult<std::vector<WaitingCalls>>> Store::waiting_calls(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WaitingCalls>> {
    Query query = database_.query(
        "SELECT q.workspace_key, min(w.max_concurrent_tasks, count(*)) "
        "FROM a2a_queue q INDEXED BY a2a_queue_waiting CROSS JOIN workspaces w ON w.key = q.workspace_key "
        "WHERE q.status = 'queued' AND (w.status = 'online' OR w.status = 'degraded') "
        "GROUP BY q.workspace_key ORDER BY q.workspace_key");
    std::vector<WaitingCalls> waiting;
    while (query.step()) waiting.push_back({static_cast<WorkspaceKey>(query.integer(0)), query.integer(1)});
    return waiting;
  });
}

// --- hibernate and wake ---------------------------------------------------------------------------------------------

Task<DbChanged> Store::set_hibernated_idle(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query("UPDATE workspaces SET status = 'hibernated', url = '', active_tasks = 0, updated_at = ? WHERE key = ?")
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_status(key, Status::hibernated, "");
  });
}

Task<DbChanged> Store::claim_wake(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'provisioning', url = '', updated_at = ? "
            "WHERE key = ? AND status = 'hibernated'")
        .bind(now())
        .bind(number(key))
        .run();
    const int changed = wrote_status(key, Status::provisioning, "");
    if (changed != 0) owe_start(key, Wish::asked);
    return changed;
  });
}

}  // namespace drydock::model
