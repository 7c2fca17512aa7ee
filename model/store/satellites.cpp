#include "model/kinds.hpp"
#include "model/store/rows.hpp"
#include "model/store/store.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

namespace {

std::map<std::string, std::string> variables_of(Query& query) {
  std::map<std::string, std::string> variables;
  while (query.step()) variables[query.text(0)] = query.text(1);
  return variables;
}

}  // namespace

// --- durable events -------------------------------------------------------------------------------------------------

Task<DbChanged> Store::insert_event(Context context, WorkspaceKey key, std::string type, std::string payload) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("INSERT INTO structure_events (event_type, workspace_id, payload, created_at) VALUES (?, ?, ?, ?)")
        .bind(type)
        .bind(directory_.entry(key).uuid)
        .bind(payload)
        .bind(now())
        .run();
    const auto event = record_.emit(kind::structure_event, actor_, {directory_.name(key), sim::Name::none},
                                    {{"type", type}, {"payload", sim::JsonText{payload}}});
    observation_.structure_event(key, type, event);
    return 1;
  });
}

// --- secrets and files ----------------------------------------------------------------------------------------------

/// Makes two statements. Of the secrets that are written between the two, the workspace's own are read, global ones
/// not.
Task<DbResult<Environment>> Store::load_environment(Context context, WorkspaceKey key) {
  Environment environment;
  DbResult<Variables> globals = co_await global_secrets(context, key, &environment.version);
  if (!globals) co_return tl::unexpected(std::move(globals.error()));
  DbResult<Variables> own = co_await own_secrets(context, key, &environment.version);
  if (!own) co_return tl::unexpected(std::move(own.error()));
  environment.variables = std::move(*own);
  environment.variables.merge(*globals);
  co_return environment;
}

Task<DbResult<Store::Variables>> Store::global_secrets(Context context, WorkspaceKey key,
                                                       ConfigurationVersion* version) {
  return read(context, key, [=, this]() mutable -> DbResult<Variables> {
    version->global = observation_.committed(key).global;
    Query query = database_.query("SELECT key, encrypted_value FROM global_secrets ORDER BY key");
    return variables_of(query);
  });
}

Task<DbResult<Store::Variables>> Store::own_secrets(Context context, WorkspaceKey key, ConfigurationVersion* version) {
  return read(context, key, [=, this]() mutable -> DbResult<Variables> {
    version->own = observation_.committed(key).own;
    Query query =
        database_.query("SELECT key, encrypted_value FROM workspace_secrets WHERE workspace_key = ? ORDER BY key");
    query.bind(number(key));
    return variables_of(query);
  });
}

Task<DbChanged> Store::put_secret(Context context, WorkspaceKey key, std::string name, std::string value) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "INSERT INTO workspace_secrets (workspace_key, key, encrypted_value) "
            "SELECT key, ?2, ?3 FROM workspaces WHERE key = ?1 "
            "ON CONFLICT (workspace_key, key) DO UPDATE SET encrypted_value = excluded.encrypted_value -- one row")
        .bind(number(key))
        .bind(name)
        .bind(value)
        .run();
    if (database_.changes() == 0) return tl::unexpected(DbError{"violates foreign key constraint"});
    const auto event = record_.emit(kind::secret_saved, actor_, {directory_.name(key), sim::Name::none},
                                    {{"key", name}, {"change", "saved"}});
    observation_.secret_committed(key, event);
    owe_start(key, Wish::changed);
    return 1;
  });
}

Task<DbChanged> Store::delete_secret(Context context, WorkspaceKey key, std::string name) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("DELETE FROM workspace_secrets WHERE workspace_key = ? AND key = ?")
        .bind(number(key))
        .bind(name)
        .run();
    const int changed = database_.changes();
    if (changed != 0) {
      const auto event = record_.emit(kind::secret_saved, actor_, {directory_.name(key), sim::Name::none},
                                      {{"key", name}, {"change", "deleted"}});
      observation_.secret_committed(key, event);
      owe_start(key, Wish::changed);
    }
    return changed;
  });
}

Task<DbChanged> Store::put_file(Context context, WorkspaceKey key, std::string path) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "INSERT INTO workspace_files (workspace_key, path, updated_at) "
            "SELECT key, ?2, ?3 FROM workspaces WHERE key = ?1 "
            "ON CONFLICT (workspace_key, path) DO UPDATE SET updated_at = excluded.updated_at -- one row")
        .bind(number(key))
        .bind(path)
        .bind(now())
        .run();
    const int changed = database_.changes();
    if (changed != 0) {
      file_committed(key, path);
      owe_start(key, Wish::changed);
    }
    return changed;
  });
}

void Store::file_committed(WorkspaceKey key, const std::string& path) {
  const auto event =
      record_.emit(kind::file_written, actor_, {directory_.name(key), sim::Name::none}, {{"path", path}});
  observation_.file_committed(key, event);
}

// --- tokens ---------------------------------------------------------------------------------------------------------

Task<DbResult<TokenState>> Store::check_token(Context context, WorkspaceKey key, std::string token) {
  return read(context, key, [=, this]() mutable -> DbResult<TokenState> {
    Query query = database_.query(
        "SELECT count(*), count(CASE WHEN token_hash = ?2 THEN 1 END) FROM workspace_auth_tokens "
        "WHERE workspace_key = ?1 AND revoked_at IS NULL -- one row");
    query.bind(number(key)).bind(token);
    query.step();
    return TokenState{.any_live = query.integer(0) > 0, .matches = query.integer(1) > 0};
  });
}

Task<DbChanged> Store::issue_token(Context context, WorkspaceKey key, std::string token) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query("INSERT INTO workspace_auth_tokens (workspace_key, token_hash, prefix, created_at) VALUES (?, ?, ?, ?)")
        .bind(number(key))
        .bind(token)
        .bind(std::string_view{token}.substr(0, 8))
        .bind(now())
        .run();
    return 1;
  });
}

Task<DbChanged> Store::revoke_tokens(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspace_auth_tokens SET revoked_at = ? WHERE workspace_key = ? AND revoked_at IS NULL")
        .bind(now())
        .bind(number(key))
        .run();
    return database_.changes();
  });
}

// --- A2A queue and delegations --------------------------------------------------------------------------------------

Task<DbChanged> Store::enqueue_call(Context context, WorkspaceKey target, WorkspaceKey caller) {
  return write(context, target, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "INSERT INTO a2a_queue (workspace_key, caller_key, body, method, enqueued_at) "
            "VALUES (?, nullif(?, 0), '{}', 'message/send', ?)")
        .bind(number(target))
        .bind(number(caller))
        .bind(now())
        .run();
    return 1;
  });
}

/// Finds the call that is to be dispatched next, and counts this attempt in what it returns.
std::optional<QueuedCall> Store::next_call(WorkspaceKey target) {
  Query query = database_.query(
      "SELECT id, coalesce(caller_key, 0), attempts + 1 FROM a2a_queue INDEXED BY a2a_queue_waiting "
      "WHERE workspace_key = ? AND status = 'queued' AND (expires_at IS NULL OR expires_at > ?) "
      "ORDER BY priority DESC, id LIMIT 1");
  query.bind(number(target)).bind(now());
  if (!query.step()) return std::nullopt;
  return QueuedCall{
      .id = query.integer(0), .caller = static_cast<WorkspaceKey>(query.integer(1)), .attempts = query.integer(2)};
}

/// The upstream's UPDATE … RETURNING. Most queues are empty, so they are looked into before anything is written.
Task<DbResult<std::optional<QueuedCall>>> Store::claim_call(Context context, WorkspaceKey target) {
  return write(context, target, [=, this]() mutable -> DbResult<std::optional<QueuedCall>> {
    const std::optional<QueuedCall> next = next_call(target);
    if (!next) return std::nullopt;
    database_.query("UPDATE a2a_queue SET status = 'dispatched', dispatched_at = ?, attempts = ? WHERE id = ?")
        .bind(now())
        .bind(next->attempts)
        .bind(next->id)
        .run();
    return next;
  });
}

Task<DbChanged> Store::finish_call(Context context, std::int64_t id, std::string status, std::string error) {
  return write(context, WorkspaceKey::none, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE a2a_queue SET status = ?1, last_error = nullif(?2, ''), "
            "completed_at = CASE WHEN ?1 = 'completed' THEN ?3 END WHERE id = ?4")
        .bind(status)
        .bind(error)
        .bind(now())
        .bind(id)
        .run();
    return database_.changes();
  });
}

Task<DbResult<std::int64_t>> Store::insert_delegation(Context context, WorkspaceKey caller, WorkspaceKey target) {
  return write(context, caller, [=, this]() mutable -> DbResult<std::int64_t> {
    database_
        .query(
            "INSERT INTO activity_logs (workspace_key, target_key, method, status, created_at, updated_at) "
            "VALUES (?1, ?2, 'delegate', 'pending', ?3, ?3)")
        .bind(number(caller))
        .bind(number(target))
        .bind(now())
        .run();
    return database_.last_row_id();
  });
}

Task<DbChanged> Store::set_delegation(Context context, std::int64_t id, std::string status) {
  return write(context, WorkspaceKey::none, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE activity_logs SET status = ?, updated_at = ? WHERE id = ?")
        .bind(status)
        .bind(now())
        .bind(id)
        .run();
    return database_.changes();
  });
}

}  // namespace drydock::model
