#include <algorithm>

#include "model/store/rows.hpp"
#include "model/store/store.hpp"

namespace drydock::model {

using sim::Context;
using sim::Instant;
using sim::Task;

namespace {

Instant instant(std::int64_t us) { return Instant{sim::Duration{us}}; }

Status status_at(const Query& query, int column) {
  const auto status = parse_status(query.text(column));
  DRYDOCK_CHECK(status, "a row has the status {}", query.text(column));
  return *status;
}

std::optional<WorkspaceRecord> record_at(Query& query) {
  if (!query.step()) return std::nullopt;
  return WorkspaceRecord{.status = status_at(query, 0),
                         .name = query.text(1),
                         .tier = query.integer(2),
                         .runtime = query.text(3),
                         .url = query.text(4),
                         .kind = query.text(5)};
}

}  // namespace

Task<DbResult<std::optional<WorkspaceRecord>>> Store::find_workspace(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<WorkspaceRecord>> {
    Query query = database_.query("SELECT status, name, tier, runtime, url, kind FROM workspaces WHERE key = ?");
    query.bind(number(key));
    return record_at(query);
  });
}

Task<DbResult<std::optional<WorkspaceRecord>>> Store::find_restartable(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<WorkspaceRecord>> {
    Query query = database_.query(
        "SELECT status, name, tier, runtime, url, kind FROM workspaces "
        "WHERE key = ? AND status <> 'removed' AND status <> 'pending_removal' AND status <> 'paused' "
        "AND status <> 'hibernated' -- one row");
    query.bind(number(key));
    return record_at(query);
  });
}

Task<DbResult<bool>> Store::has_paused_ancestor(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> { return is_under_a_paused_one(key); });
}

bool Store::is_under_a_paused_one(WorkspaceKey key) {
  Query query = database_.query(
      "SELECT CASE WHEN parent_key IS NULL THEN 0 ELSE EXISTS ("
      "WITH RECURSIVE ancestors(key, status, parent_key) AS ("
      "SELECT p.key, p.status, p.parent_key FROM workspaces p WHERE p.key = w.parent_key "
      "UNION SELECT p.key, p.status, p.parent_key FROM workspaces p JOIN ancestors a ON p.key = a.parent_key) "
      "SELECT 1 FROM ancestors WHERE status = 'paused') END FROM workspaces w WHERE key = ? -- one row");
  query.bind(number(key));
  return query.step() && query.integer(0) > 0;
}

Task<DbResult<std::string>> Store::instance_id(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::string> {
    Query query = database_.query("SELECT instance_id FROM workspaces WHERE key = ?");
    query.bind(number(key));
    return query.step() ? query.text(0) : std::string{};
  });
}

Task<DbResult<std::optional<std::string>>> Store::runtime(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<std::string>> {
    Query query = database_.query("SELECT runtime FROM workspaces WHERE key = ?");
    query.bind(number(key));
    if (!query.step()) return std::nullopt;
    return query.text(0);
  });
}

Task<DbResult<std::optional<Status>>> Store::status(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<Status>> {
    Query query = database_.query("SELECT status FROM workspaces WHERE key = ?");
    query.bind(number(key));
    if (!query.step()) return std::nullopt;
    return status_at(query, 0);
  });
}

Task<DbResult<bool>> Store::is_fresh(Context context, WorkspaceKey key, Instant after) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> {
    Query query = database_.query("SELECT url <> '' AND last_heartbeat_at > ? FROM workspaces WHERE key = ?");
    query.bind(after.time_since_epoch().count()).bind(number(key));
    return query.step() && query.integer(0) != 0;
  });
}

Task<DbResult<RestartContextRow>> Store::restart_context(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<RestartContextRow> {
    RestartContextRow found;
    Query query = database_.query(
        "SELECT last_heartbeat_at, (SELECT group_concat(key, char(10)) FROM (SELECT key FROM workspace_secrets "
        "WHERE workspace_key = w.key UNION SELECT key FROM global_secrets ORDER BY key)) FROM workspaces w "
        "WHERE w.key = ? -- one row");
    query.bind(number(key));
    if (!query.step()) return found;
    if (!query.is_null(0)) found.last_heartbeat_at = instant(query.integer(0));
    const std::string keys = query.text(1);
    std::size_t begin = 0;
    while (begin < keys.size()) {
      const std::size_t end = std::min(keys.find('\n', begin), keys.size());
      found.secret_keys.push_back(keys.substr(begin, end - begin));
      begin = end + 1;
    }
    return found;
  });
}

Task<DbResult<std::vector<ProvisioningRow>>> Store::provisioning_rows(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<ProvisioningRow>> {
    Query query =
        database_.query("SELECT key, runtime, updated_at FROM workspaces WHERE status = 'provisioning' ORDER BY key");
    std::vector<ProvisioningRow> rows;
    while (query.step()) {
      rows.push_back({.key = static_cast<WorkspaceKey>(query.integer(0)),
                      .runtime = query.text(1),
                      .updated_at = instant(query.integer(2))});
    }
    return rows;
  });
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::stale_external(Context context, Instant before) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query(
        "SELECT key FROM workspaces INDEXED BY workspaces_external WHERE runtime = 'external' "
        "AND (status = 'online' OR status = 'degraded') "
        "AND coalesce(last_heartbeat_at, updated_at) < ? ORDER BY key");
    query.bind(before.time_since_epoch().count());
    return keys_of(query);
  });
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::online_or_degraded(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query(
        "SELECT key FROM workspaces WHERE (status = 'online' OR status = 'degraded') "
        "AND runtime <> 'external' ORDER BY key");
    return keys_of(query);
  });
}

Task<DbResult<std::optional<ProxyTarget>>> Store::proxy_target(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<ProxyTarget>> {
    Query query = database_.query("SELECT coalesce(url, ''), status FROM workspaces WHERE key = ?");
    query.bind(number(key));
    if (!query.step()) return std::nullopt;
    return ProxyTarget{.url = query.text(0), .status = status_at(query, 1)};
  });
}

Task<DbResult<bool>> Store::over_budget(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> {
    Query query = database_.query(
        "SELECT budget_limit IS NOT NULL AND monthly_spend >= budget_limit FROM workspaces WHERE key = ?");
    query.bind(number(key));
    return query.step() && query.integer(0) != 0;
  });
}

Task<DbResult<std::optional<HeartbeatRow>>> Store::heartbeat_row(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<HeartbeatRow>> {
    Query query = database_.query(
        "SELECT status, current_task, active_tasks, max_concurrent_tasks FROM workspaces WHERE key = ?");
    query.bind(number(key));
    if (!query.step()) return std::nullopt;
    return HeartbeatRow{.status = status_at(query, 0),
                        .current_task = query.text(1),
                        .active_tasks = query.integer(2),
                        .max_concurrent_tasks = query.integer(3)};
  });
}

}  // namespace drydock::model
