#include <fmt/format.h>

#include <algorithm>

#include "model/kinds.hpp"
#include "model/store/rows.hpp"
#include "model/store/store.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

namespace {

std::vector<Member> members_of(Query& query) {
  std::vector<Member> members;
  while (query.step()) members.push_back({static_cast<WorkspaceKey>(query.integer(0)), query.text(1)});
  return members;
}

/// Walks down the tree, and stops on each branch at the first row that it may not touch.
const char* descendants_sql(Followed followed) {
  switch (followed) {
    case Followed::not_removed:
      return "WITH RECURSIVE below(key, name, depth) AS ("
             "SELECT key, name, 1 FROM workspaces WHERE parent_key = ?1 "
             "AND status <> 'removed' AND status <> 'pending_removal' "
             "UNION SELECT w.key, w.name, b.depth + 1 FROM workspaces w JOIN below b "
             "ON w.parent_key = b.key WHERE w.key <> ?1 AND w.status <> 'removed' AND w.status <> 'pending_removal') "
             "SELECT key, name FROM below ORDER BY depth, key";
    case Followed::not_removed_nor_paused:
      return "WITH RECURSIVE below(key, name, depth) AS ("
             "SELECT key, name, 1 FROM workspaces WHERE parent_key = ?1 "
             "AND status <> 'removed' AND status <> 'pending_removal' AND status <> 'paused' "
             "UNION SELECT w.key, w.name, b.depth + 1 FROM workspaces w JOIN below b "
             "ON w.parent_key = b.key WHERE w.key <> ?1 AND w.status <> 'removed' "
             "AND w.status <> 'pending_removal' AND w.status <> 'paused') "
             "SELECT key, name FROM below ORDER BY depth, key";
    case Followed::paused:
      return "WITH RECURSIVE below(key, name, depth) AS ("
             "SELECT key, name, 1 FROM workspaces WHERE parent_key = ?1 AND status = 'paused' "
             "UNION SELECT w.key, w.name, b.depth + 1 FROM workspaces w JOIN below b "
             "ON w.parent_key = b.key WHERE w.key <> ?1 AND w.status = 'paused') "
             "SELECT key, name FROM below ORDER BY depth, key";
  }
  return "";
}

}  // namespace

// --- reading --------------------------------------------------------------------------------------------------------

Task<DbResult<std::vector<Member>>> Store::descendants(Context context, WorkspaceKey key, Followed followed) {
  return read(context, key, [=, this]() mutable -> DbResult<std::vector<Member>> {
    Query query = database_.query(descendants_sql(followed));
    query.bind(number(key));
    return members_of(query);
  });
}

bool Store::has_others_below(WorkspaceKey key, const std::vector<WorkspaceKey>& known) {
  Query query = database_.query(descendants_sql(Followed::not_removed_nor_paused));
  query.bind(number(key));
  const std::vector<Member> below = members_of(query);
  return !std::ranges::all_of(
      below, [&known](const Member& member) { return std::ranges::find(known, member.key) != known.end(); });
}

Task<DbResult<std::vector<Member>>> Store::children_not_removed(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::vector<Member>> {
    Query query = database_.query(
        "SELECT key, name FROM workspaces WHERE parent_key = ? AND status <> 'removed' "
        "AND status <> 'pending_removal' ORDER BY key");
    query.bind(number(key));
    return members_of(query);
  });
}

Task<DbResult<std::optional<std::int64_t>>> Store::find_hibernatable(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<std::int64_t>> {
    Query query = database_.query(
        "SELECT active_tasks FROM workspaces WHERE key = ? AND (status = 'online' OR status = 'degraded') -- one row");
    query.bind(number(key));
    if (!query.step()) return std::nullopt;
    return std::optional{query.integer(0)};
  });
}

/// The age of the last heartbeat says how long a row has been idle, as in the upstream.
Task<DbResult<std::vector<WorkspaceKey>>> Store::idle_rows(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query(
        "SELECT key FROM workspaces INDEXED BY workspaces_that_hibernate WHERE hibernation_idle_minutes > 0 "
        "AND (status = 'online' OR status = 'degraded') AND active_tasks = 0 AND runtime <> 'external' "
        "AND last_heartbeat_at IS NOT NULL AND last_heartbeat_at < ? - hibernation_idle_minutes * 60000000 "
        "ORDER BY key");
    query.bind(now());
    return keys_of(query);
  });
}

std::vector<WorkspaceKey> Store::removed_that_name_one(std::uint32_t limit) {
  Query query = database_.query(
      "SELECT key FROM workspaces INDEXED BY workspaces_removed WHERE status = 'removed' AND instance_id <> '' "
      "ORDER BY updated_at DESC, key LIMIT ?");
  query.bind(static_cast<std::int64_t>(limit));
  return keys_of(query);
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::removed_with_instance(Context context, std::uint32_t limit) {
  return read(context, WorkspaceKey::none,
              [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> { return removed_that_name_one(limit); });
}

Task<DbResult<std::vector<std::string>>> Store::named_instances(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<std::string>> {
    Query query = database_.query(
        "SELECT instance_id FROM workspaces WHERE instance_id IS NOT NULL AND instance_id <> '' "
        "ORDER BY instance_id");
    std::vector<std::string> named;
    while (query.step()) named.push_back(query.text(0));
    return named;
  });
}

Task<DbResult<bool>> Store::exists(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> {
    Query query = database_.query(
        "SELECT 1 FROM workspaces WHERE key = ? AND status <> 'removed' AND status <> 'pending_removal' -- one row");
    query.bind(number(key));
    return query.step();
  });
}

// --- creating -------------------------------------------------------------------------------------------------------

Task<DbChanged> Store::create_workspace(Context context, NewWorkspace made) {
  // The time of the transaction's other statements; nobody sees anything of it before it is committed.
  co_await clock_.pause(policy_->time_db_statement * static_cast<std::int64_t>(made.secrets.size()));
  const WorkspaceKey key = made.key;
  const auto insert = [=, this](std::int64_t token) mutable -> DbChanged {
    if (is_known(key)) return tl::unexpected(DbError{"duplicate key"});
    const auto& entry = directory_.entry(made.key);
    const auto parent = made.parent == WorkspaceKey::none ? std::nullopt : std::optional{number(made.parent)};
    database_
        .query(
            "INSERT INTO workspaces (key, id, alias, name, tier, status, parent_key, runtime, created_at, updated_at) "
            "VALUES (?1, ?2, ?3, ?4, 4, 'provisioning', ?5, ?6, ?7, ?7)")
        .bind(number(made.key))
        .bind(entry.uuid)
        .bind(entry.alias)
        .bind(made.name)
        .bind(parent)
        .bind(made.runtime)
        .bind(now())
        .run();
    for (const auto& [name, value] : made.secrets) {
      database_.query("INSERT INTO workspace_secrets (workspace_key, key, encrypted_value) VALUES (?, ?, ?)")
          .bind(number(made.key))
          .bind(name)
          .bind(value)
          .run();
    }
    observation_.seed_workspace(made.key, made.parent, made.runtime, {});
    Row after;
    after.exists = true;
    status_written(made.key, after);
    owe_start(made.key, Wish::asked);
    if (policy_->intents_durable) note_decision(token, made.key);
    return 1;
  };
  const auto insert_once = [make = insert]() mutable -> DbChanged { return make(0); };
  // With intents.durable the answer decides about a launch, so a transaction that got no answer is looked for.
  const auto look = [=, this](std::int64_t /*token*/) mutable -> DbChanged {
    const bool stands = is_known(key) && row(key).status == Status::provisioning;
    if (!stands) return tl::unexpected(DbError{"overtaken"});
    return 1;
  };
  Task<DbChanged> one =
      policy_->intents_durable ? decide_surely(context, key, insert, look) : write(context, key, insert_once);
  co_return co_await std::move(one);
}

Task<DbChanged> Store::set_awaiting_agent(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    if (std::optional<DbError> unknown = schema_refuses(Status::awaiting_agent))
      return tl::unexpected(std::move(*unknown));
    database_.query("UPDATE workspaces SET status = 'awaiting_agent', updated_at = ? WHERE key = ?")
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_status(key, Status::awaiting_agent);
  });
}

// --- parking --------------------------------------------------------------------------------------------------------

Task<DbChanged> Store::set_paused(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged { return set_status_without_url(key, Status::paused); });
}

Task<DbChanged> Store::set_resumed(Context context, WorkspaceKey key) {
  return move_status(context, key, std::nullopt, Status::provisioning);
}

Task<DbChanged> Store::claim_hibernation(Context context, WorkspaceKey key, bool busy_too) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    if (std::optional<DbError> unknown = schema_refuses(Status::hibernating))
      return tl::unexpected(std::move(*unknown));
    database_
        .query(
            "UPDATE workspaces SET status = 'hibernating', updated_at = ? WHERE key = ? "
            "AND (status = 'online' OR status = 'degraded') AND (? OR active_tasks = 0)")
        .bind(now())
        .bind(number(key))
        .bind(std::int64_t{busy_too})
        .run();
    return wrote_status(key, Status::hibernating);
  });
}

Task<DbChanged> Store::set_hibernated(Context context, WorkspaceKey key) {
  return write(context, key,
               [=, this]() mutable -> DbChanged { return set_status_without_url(key, Status::hibernated); });
}

Task<DbChanged> Store::restore(Context context, WorkspaceKey key, Status status, std::string url) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = ?, url = ?, updated_at = ? "
            "WHERE key = ? AND status <> 'removed' AND status <> 'pending_removal' "
            "AND status <> 'paused' AND status <> 'hibernated'")
        .bind(to_text(status))
        .bind(url)
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_status(key, status, std::move(url));
  });
}

Task<DbChanged> Store::fail_bootstrap(Context context, WorkspaceKey key, std::string reason) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'failed', last_sample_error = ?, updated_at = ? "
            "WHERE key = ? AND status = 'provisioning'")
        .bind(reason)
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_status(key, Status::failed);
  });
}

// --- removing -------------------------------------------------------------------------------------------------------

void Store::mark_removed(WorkspaceKey key, Status to) {
  database_.query("UPDATE workspaces SET status = ?, updated_at = ? WHERE key = ?")
      .bind(to_text(to))
      .bind(now())
      .bind(number(key))
      .run();
  wrote_status(key, to);
}

Task<DbChanged> Store::set_removed(Context context, std::vector<WorkspaceKey> keys) {
  const WorkspaceKey named = keys.front();
  return write(context, named, [=, this]() mutable -> DbChanged {
    int changed = 0;
    for (const WorkspaceKey key : keys) {
      mark_removed(key, Status::removed);
      changed += database_.changes();
    }
    return changed;
  });
}

Task<DbChanged> Store::clear_instance_id(Context context, WorkspaceKey key) {
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE workspaces SET instance_id = NULL, updated_at = ? WHERE key = ?")
        .bind(now())
        .bind(number(key))
        .run();
    return wrote_instance(key, "");
  });
}

Task<DbChanged> Store::purge(Context context, std::vector<WorkspaceKey> keys) {
  const WorkspaceKey named = keys.front();
  return write(context, named, [=, this]() mutable -> DbChanged {
    for (const char* leaf :
         {"DELETE FROM workspace_secrets WHERE workspace_key = ?",
          "DELETE FROM workspace_files WHERE workspace_key = ?",
          "DELETE FROM workspace_auth_tokens WHERE workspace_key = ?", "DELETE FROM a2a_queue WHERE workspace_key = ?",
          "UPDATE workspaces SET parent_key = NULL WHERE parent_key = ?",
          "UPDATE workspaces SET forwarded_to_key = NULL WHERE forwarded_to_key = ?",
          "DELETE FROM workspaces WHERE key = ?"}) {
      for (const WorkspaceKey key : keys) database_.query(leaf).bind(number(key)).run();
    }
    for (const WorkspaceKey key : keys) {
      if (!row(key).exists) continue;
      const auto event = record_.emit(kind::workspace_status, actor_, {directory_.name(key), sim::Name::none},
                                      {{"from", to_text(row(key).status)}, {"to", "gone"}});
      observation_.row_written(key, {}, event);
    }
    return static_cast<int>(keys.size());
  });
}

// --- global secrets -------------------------------------------------------------------------------------------------

std::vector<WorkspaceKey> Store::reached_by_global(const std::string& name) {
  Query query = database_.query(
      "SELECT key FROM workspaces w WHERE status <> 'removed' AND status <> 'pending_removal' "
      "AND status <> 'paused' AND runtime <> 'external' AND NOT EXISTS ("
      "SELECT 1 FROM workspace_secrets s WHERE s.workspace_key = w.key AND s.key = ?) ORDER BY key");
  query.bind(name);
  return keys_of(query);
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::global_secret_targets(Context context, std::string name) {
  return read(context, WorkspaceKey::none,
              [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> { return reached_by_global(name); });
}

DbChanged Store::global_secret_changed(const std::string& name, std::string_view change, int changed) {
  if (changed == 0) return 0;
  const auto event = record_.emit(kind::secret_saved, actor_, {}, {{"key", name}, {"change", change}});
  const std::vector<WorkspaceKey> reached = reached_by_global(name);
  observation_.global_secret_committed(reached, event);
  for (const WorkspaceKey key : reached) owe_start(key, Wish::changed);
  return changed;
}

Task<DbChanged> Store::put_global_secret(Context context, std::string name, std::string value) {
  return write(context, WorkspaceKey::none, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "INSERT INTO global_secrets (key, encrypted_value) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET encrypted_value = excluded.encrypted_value")
        .bind(name)
        .bind(value)
        .run();
    return global_secret_changed(name, "saved", database_.changes());
  });
}

Task<DbChanged> Store::delete_global_secret(Context context, std::string name) {
  return write(context, WorkspaceKey::none, [=, this]() mutable -> DbChanged {
    database_.query("DELETE FROM global_secrets WHERE key = ?").bind(name).run();
    return global_secret_changed(name, "deleted", database_.changes());
  });
}

}  // namespace drydock::model
