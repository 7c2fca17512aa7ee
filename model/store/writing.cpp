#include "model/store/rows.hpp"
#include "model/store/store.hpp"

namespace drydock::model {

using sim::Context;
using sim::Instant;
using sim::Task;

// --- parts of statements --------------------------------------------------------------------------------------------

int Store::wrote_status(WorkspaceKey key, Status to, std::optional<std::string> url) {
  const int changed = database_.changes();
  if (changed != 0) {
    Row after = row(key);
    after.exists = true;
    after.status = to;
    if (url) after.url = std::move(*url);
    status_written(key, after);
  }
  return changed;
}

int Store::wrote_instance(WorkspaceKey key, std::string instance) {
  const int changed = database_.changes();
  if (changed != 0) {
    Row after = row(key);
    after.instance_id = std::move(instance);
    observation_.row_written(key, std::move(after), record_.current_cause());
  }
  return changed;
}

int Store::set_status_without_url(WorkspaceKey key, Status to) {
  database_.query("UPDATE workspaces SET status = ?1, url = '', updated_at = ?2 WHERE key = ?3")
      .bind(to_text(to))
      .bind(now())
      .bind(number(key))
      .run();
  return wrote_status(key, to, "");
}

// --- statements -----------------------------------------------------------------------------------------------------

Task<DbChanged> Store::set_provisioning(Context context, WorkspaceKey key) {
  return write(context, key,
               [=, this]() mutable -> DbChanged { return set_status_without_url(key, Status::provisioning); });
}

Task<DbChanged> Store::set_failed(Context context, WorkspaceKey key, std::string reason) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'failed', last_sample_error = ?1, updated_at = ?2 "
            "WHERE key = ?3 AND (NOT ?4 OR status = 'provisioning') "
            "AND (NOT ?5 OR (status <> 'removed' AND status <> 'pending_removal'))")
        .bind(reason)
        .bind(now())
        .bind(number(key))
        .bind(std::int64_t{policy_->writes_guarded})
        .bind(std::int64_t{policy_->provision_guards_failure})
        .run();
    return wrote_status(key, Status::failed);
  });
}

Task<DbChanged> Store::set_instance_id(Context context, WorkspaceKey key, std::string instance) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET instance_id = ?, updated_at = ? WHERE key = ?")
        .bind(instance)
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_instance(key, std::move(instance));
  });
}

Task<DbChanged> Store::set_offline_if_dead(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'offline', updated_at = ?1 "
            "WHERE key = ?2 AND status <> 'removed' AND status <> 'pending_removal' AND status <> 'provisioning' "
            "AND (NOT ?3 OR status = 'online' OR status = 'degraded')")
        .bind(now())
        .bind(number(key))
        .bind(std::int64_t{policy_->writes_guarded})
        .run();
    return wrote_status(key, Status::offline);
  });
}

Task<DbChanged> Store::set_liveness_lost(Context context, WorkspaceKey key, Status to) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    if (std::optional<DbError> unknown = schema_refuses(to)) return tl::unexpected(std::move(*unknown));
    database_
        .query(
            "UPDATE workspaces SET status = ?1, updated_at = ?2 "
            "WHERE key = ?3 AND status <> 'removed' AND status <> 'pending_removal' AND status <> 'paused' "
            "AND status <> 'hibernated' AND (NOT ?4 OR status = 'online' OR status = 'degraded')")
        .bind(to_text(to))
        .bind(now())
        .bind(number(key))
        .bind(std::int64_t{policy_->writes_guarded})
        .run();
    return wrote_status(key, to);
  });
}

Task<DbChanged> Store::set_remote_stale(Context context, WorkspaceKey key, Status to) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    if (std::optional<DbError> unknown = schema_refuses(to)) return tl::unexpected(std::move(*unknown));
    database_
        .query(
            "UPDATE workspaces SET status = ?, updated_at = ? "
            "WHERE key = ? AND status <> 'removed' AND status <> 'pending_removal' AND status <> 'provisioning' "
            "AND status <> 'paused'")
        .bind(to_text(to))
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_status(key, to);
  });
}

Task<DbChanged> Store::fail_overdue(Context context, WorkspaceKey key, Instant older_than, std::string reason) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'failed', last_sample_error = ?, updated_at = ? "
            "WHERE key = ? AND status = 'provisioning' AND updated_at < ?")
        .bind(reason)
        .bind(now())
        .bind(number(key))
        .bind(older_than.time_since_epoch().count())
        .run();
    return wrote_status(key, Status::failed);
  });
}

Task<DbChanged> Store::move_status(Context context, WorkspaceKey key, std::optional<Status> from, Status to) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    // An absent guard is the empty text: by id, whatever the status is.
    database_.query("UPDATE workspaces SET status = ?1, updated_at = ?2 WHERE key = ?3 AND (?4 = '' OR status = ?4)")
        .bind(to_text(to))
        .bind(now())
        .bind(number(key))
        .bind(from ? to_text(*from) : std::string_view{})
        .run();
    const int changed = wrote_status(key, to);
    if (changed != 0 && to == Status::online && !row(key).instance_id.empty()) drop_start(key, true);
    return changed;
  });
}

Task<DbChanged> Store::touch_outbound(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET last_outbound_at = ?1, last_activity_at = ?1 WHERE key = ?2")
        .bind(now())
        .bind(number(key))
        .run();
    return database_.changes();
  });
}

/// With `writes.guarded` only a row that there is, and that is not dormant, may be registered.
bool Store::may_register(WorkspaceKey key) {
  if (!policy_->writes_guarded) return true;
  Query query = database_.query(
      "SELECT 1 FROM workspaces WHERE key = ? AND status <> 'paused' AND status <> 'hibernated' -- one row");
  query.bind(number(key));
  return query.step();
}

Task<DbChanged> Store::register_agent(Context context, WorkspaceKey key, std::string url, std::string instance) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    if (!may_register(key)) return 0;
    const auto& entry = directory_.entry(key);
    database_
        .query(
            "INSERT INTO workspaces (key, id, alias, name, status, url, last_heartbeat_at, created_at, updated_at) "
            "VALUES (?1, ?2, ?3, ?2, 'online', ?4, ?5, ?5, ?5) ON CONFLICT (key) DO UPDATE SET "
            "status = 'online', url = ?4, last_heartbeat_at = ?5, updated_at = ?5 "
            "WHERE status <> 'removed' AND status <> 'pending_removal' AND (?6 = '' OR instance_id = ?6)")
        .bind(number(key))
        .bind(entry.uuid)
        .bind(entry.alias)
        .bind(url)
        .bind(now())
        .bind(instance)
        .run();
    const int changed = wrote_status(key, Status::online, std::move(url));
    if (changed != 0 && !row(key).instance_id.empty()) drop_start(key, true);
    return changed;
  });
}

void Store::run_heartbeat(Query update, WorkspaceKey key, const HeartbeatPayload& payload) {
  update.bind(now())
      .bind(payload.error_rate)
      .bind(payload.sample_error)
      .bind(payload.active_tasks)
      .bind(payload.uptime_seconds)
      .bind(payload.current_task)
      .bind(number(key))
      .bind(std::int64_t{payload.active})
      .run();
}

/// It does not name the status, so that no index of statuses is written.
Task<DbChanged> Store::heartbeat(Context context, WorkspaceKey key, HeartbeatPayload payload) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    run_heartbeat(
        database_.query("UPDATE workspaces SET last_heartbeat_at = ?1, updated_at = ?1, last_error_rate = ?2, "
                        "last_sample_error = ?3, active_tasks = ?4, uptime_seconds = ?5, current_task = ?6, "
                        "last_activity_at = CASE WHEN ?8 THEN ?1 ELSE last_activity_at END "
                        "WHERE key = ?7 AND status <> 'removed' AND status <> 'pending_removal'"),
        key, payload);
    heartbeats_ += static_cast<std::uint64_t>(database_.changes());
    return database_.changes();
  });
}

Task<DbChanged> Store::mint_inbound_secret(Context context, WorkspaceKey key, std::string secret) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET platform_inbound_secret = ? WHERE key = ?")
        .bind(secret)
        .bind(number(key))
        .run();
    return database_.changes();
  });
}

}  // namespace drydock::model
