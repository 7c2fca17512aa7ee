#include <algorithm>

#include "model/store/rows.hpp"
#include "model/store/store.hpp"

// The decisions of a request or a discovery, each in one transaction with the row that it changes (docs/platform.md
// §16).

namespace drydock::model {

using sim::Context;
using sim::Instant;
using sim::Task;

namespace {

std::optional<PlannedLaunch> planned_at(Query& query) {
  if (!query.step()) return std::nullopt;
  return PlannedLaunch{query.text(0), query.text(1), Instant{sim::Duration{query.integer(2)}}};
}

bool rests(const Row& row) { return !row.exists || is_removed(row.status) || is_dormant(row.status); }

}  // namespace

// --- parts of transactions ------------------------------------------------------------------------------------------

/// A start that a change of configuration asks for is owed from now: a launch that read before does not settle it.
void Store::owe_start(WorkspaceKey key, Wish wish) {
  if (!policy_->intents_durable || rests(row(key))) return;
  database_
      .query(
          "INSERT INTO owed_starts (workspace_key, lost, since) SELECT key, ?2, ?3 FROM workspaces WHERE key = ?1 "
          "AND runtime <> 'external' AND runtime <> 'mock' ON CONFLICT (workspace_key) DO UPDATE SET "
          "lost = min(lost, excluded.lost), since = CASE WHEN ?4 THEN excluded.since ELSE since END -- one row")
      .bind(number(key))
      .bind(std::int64_t{wish == Wish::lost})
      .bind(now())
      .bind(std::int64_t{wish == Wish::changed})
      .run();
}

void Store::drop_start(WorkspaceKey key, bool lost_only) {
  if (!policy_->intents_durable) return;
  database_.query("DELETE FROM owed_starts WHERE workspace_key = ?1 AND lost >= ?2")
      .bind(number(key))
      .bind(std::int64_t{lost_only})
      .run();
}

void Store::owe_terminate(WorkspaceKey key, const std::string& instance, std::string_view action) {
  if (!is_owed_terminate(key, instance)) {
    database_
        .query(
            "INSERT INTO outbox (workspace_key, action, instance_id, divergent, next_at, created_at) "
            "VALUES (?1, ?2, ?3, ?2 = 'stop stray', ?4, ?4)")
        .bind(number(key))
        .bind(action)
        .bind(instance)
        .bind(now())
        .run();
  }
  observation_.terminate_recorded(key, record_.name(instance));
}

bool Store::is_owed_terminate(WorkspaceKey key, const std::string& instance) {
  Query query = database_.query(
      "SELECT 1 FROM outbox WHERE done_at IS NULL AND workspace_key = ? AND instance_id = ? "
      "ORDER BY id LIMIT 1");
  query.bind(number(key)).bind(instance);
  return query.step();
}

/// Owes the terminate of the instance that the row names, and lets the row name none: a worker needs nothing but the
/// id.
void Store::move_to_outbox(WorkspaceKey key) {
  const std::string instance = row(key).instance_id;
  if (instance.empty()) return;
  owe_terminate(key, instance, "stop");
  database_.query("UPDATE workspaces SET instance_id = NULL WHERE key = ?").bind(number(key)).run();
  wrote_instance(key, "");
}

bool Store::is_owed_start(WorkspaceKey key) {
  Query query = database_.query("SELECT 1 FROM owed_starts WHERE workspace_key = ? -- one row");
  query.bind(number(key));
  return query.step() && !rests(row(key));
}

std::vector<OutboxRow> Store::owed_by(WorkspaceKey key) {
  Query query = database_.query(
      "SELECT id, workspace_key, instance_id, purge, attempts, next_at, action, divergent FROM outbox "
      "WHERE done_at IS NULL AND workspace_key = ? ORDER BY id");
  query.bind(number(key));
  return outbox_rows(query);
}

// --- starts ---------------------------------------------------------------------------------------------------------

Task<DbResult<Decided>> Store::begin_restart(Context context, WorkspaceKey key, std::optional<Status> asked) {
  const auto begin = [=, this](std::int64_t token) mutable -> DbResult<Decided> {
    const Row& before = row(key);
    const bool may = before.exists && !is_removed(before.status) && (!rests(before) || asked == before.status) &&
                     !is_under_a_paused_one(key);
    if (!may) return Decided{};
    set_status_without_url(key, Status::provisioning);
    if (asked) owe_start(key, Wish::asked);
    move_to_outbox(key);
    note_decision(token, key);
    return Decided{.done = true, .made = true, .owed = owed_by(key)};
  };
  const auto look = [=, this](std::int64_t /*token*/) mutable -> DbResult<Decided> {
    const bool stands = row(key).exists && row(key).status == Status::provisioning;
    return Decided{.done = stands, .made = true, .owed = owed_by(key)};
  };
  return decide_surely(context, key, begin, look);
}

Task<DbResult<Decided>> Store::begin_resume(Context context, WorkspaceKey key) {
  const auto look = [=, this](std::int64_t /*token*/) mutable -> DbResult<Decided> {
    const bool stands = row(key).exists && row(key).status == Status::provisioning;
    return Decided{.done = stands, .made = true, .owed = owed_by(key)};
  };
  const auto resume = [=, this](std::int64_t token) mutable -> DbResult<Decided> {
    database_
        .query(
            "UPDATE workspaces SET status = 'provisioning', updated_at = ?1 WHERE key = ?2 AND status = 'paused' "
            "AND NOT ?3")
        .bind(now())
        .bind(number(key))
        .bind(std::int64_t{is_under_a_paused_one(key)})
        .run();
    const bool resumed = wrote_status(key, Status::provisioning) != 0;
    if (resumed) {
      owe_start(key, Wish::asked);
      note_decision(token, key);
    }
    const Row& after = row(key);
    return Decided{.done = after.exists && after.status == Status::provisioning, .made = resumed, .owed = owed_by(key)};
  };
  return decide_surely(context, key, resume, look);
}

bool Store::may_be_parked(WorkspaceKey key, Status to) {
  Query query = database_.query(
      "SELECT 1 FROM workspaces WHERE key = ?1 AND CASE WHEN ?2 = 'paused' "
      "THEN status <> 'removed' AND status <> 'pending_removal' AND status <> 'paused' "
      "ELSE (status = 'online' OR status = 'degraded') AND active_tasks = 0 END -- one row");
  query.bind(number(key)).bind(to_text(to));
  return query.step();
}

Decided Store::park_row(WorkspaceKey key, Status to) {
  if (!may_be_parked(key, to)) return {.done = false, .made = false, .owed = owed_by(key)};
  set_status_without_url(key, to);
  drop_start(key, false);
  move_to_outbox(key);
  return {.done = true, .made = true, .owed = owed_by(key)};
}

Task<DbResult<std::vector<Decided>>> Store::park(Context context, std::vector<WorkspaceKey> keys, Status to,
                                                 Reach reach) {
  const WorkspaceKey named = keys.front();
  const auto park = [=, this](std::int64_t token) mutable -> DbResult<std::vector<Decided>> {
    std::vector<Decided> parked(keys.size());
    if (reach == Reach::tree && has_others_below(named, keys)) return parked;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      parked[i] = park_row(keys[i], to);
      if (parked[i].made) note_decision(token, keys[i]);
      if (i == 0 && !parked[i].made) break;
    }
    return parked;
  };
  const auto look = [=, this](std::int64_t token) mutable -> DbResult<std::vector<Decided>> {
    std::vector<Decided> parked;
    for (const WorkspaceKey key : keys) {
      const bool made = is_decided(token, key);
      const bool stands = made && row(key).exists && row(key).status == to;
      parked.push_back({.done = stands, .made = made, .owed = owed_by(key)});
    }
    return parked;
  };
  return decide_surely(context, named, park, look);
}

Task<DbResult<std::optional<PlannedLaunch>>> Store::begin_launch(Context context, WorkspaceKey key,
                                                                 PlannedLaunch planned) {
  return decide(context, key, [=, this]() mutable -> DbResult<std::optional<PlannedLaunch>> {
    if (rests(row(key))) return std::nullopt;
    database_
        .query(
            "INSERT INTO launches (workspace_key, token, user_data, read_at) "
            "SELECT workspace_key, ?2, ?3, ?4 FROM owed_starts WHERE workspace_key = ?1 "
            "ON CONFLICT (workspace_key) DO NOTHING -- one row")
        .bind(number(key))
        .bind(planned.token)
        .bind(planned.user_data)
        .bind(planned.read_at.time_since_epoch().count())
        .run();
    Query query = database_.query(
        "SELECT l.token, l.user_data, l.read_at FROM launches l JOIN owed_starts o USING (workspace_key) "
        "WHERE l.workspace_key = ? -- one row");
    query.bind(number(key));
    return planned_at(query);
  });
}

Task<DbResult<Decided>> Store::record_launch(Context context, WorkspaceKey key, std::string instance, Instant read_at) {
  const auto look = [=, this](std::int64_t /*token*/) mutable -> DbResult<Decided> {
    return Decided{.done = row(key).instance_id == instance, .made = true, .owed = owed_by(key)};
  };
  const auto keep = [=, this](std::int64_t token) mutable -> DbResult<Decided> {
    const Row& before = row(key);
    const bool wanted = !rests(before) && (before.instance_id.empty() || before.instance_id == instance);
    if (wanted) {
      database_.query("UPDATE workspaces SET instance_id = ?, updated_at = ? WHERE key = ?")
          .bind(instance)
          .bind(now())
          .bind(number(key))
          .run();
      wrote_instance(key, instance);
      database_.query("DELETE FROM owed_starts WHERE workspace_key = ? AND since <= ?")
          .bind(number(key))
          .bind(read_at.time_since_epoch().count())
          .run();
    } else {
      owe_terminate(key, instance, "stop stray");
    }
    database_.query("DELETE FROM launches WHERE workspace_key = ?").bind(number(key)).run();
    note_decision(token, key);
    return Decided{.done = wanted, .made = true, .owed = owed_by(key)};
  };
  return decide_surely(context, key, keep, look);
}

Task<DbChanged> Store::drop_launch(Context context, WorkspaceKey key) {
  return decide(context, key, [=, this]() mutable -> DbChanged {
    database_.query("DELETE FROM launches WHERE workspace_key = ?").bind(number(key)).run();
    return database_.changes();
  });
}

Task<DbResult<std::optional<PlannedLaunch>>> Store::open_launch(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<std::optional<PlannedLaunch>> {
    Query query = database_.query("SELECT token, user_data, read_at FROM launches WHERE workspace_key = ? -- one row");
    query.bind(number(key));
    return planned_at(query);
  });
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::stray_launches(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query(
        "SELECT workspace_key FROM launches l WHERE NOT EXISTS (SELECT 1 FROM owed_starts o "
        "WHERE o.workspace_key = l.workspace_key) ORDER BY workspace_key");
    return keys_of(query);
  });
}

Task<DbChanged> Store::mark_lost(Context context, WorkspaceKey key, std::string instance) {
  return decide(context, key, [=, this]() mutable -> DbChanged {
    database_
        .query(
            "UPDATE workspaces SET status = 'offline', updated_at = ?1 WHERE key = ?2 AND instance_id = ?3 "
            "AND status <> 'removed' AND status <> 'pending_removal' AND status <> 'paused' "
            "AND status <> 'hibernated' AND status <> 'hibernating'")
        .bind(now())
        .bind(number(key))
        .bind(instance)
        .run();
    const int changed = wrote_status(key, Status::offline);
    if (changed != 0) owe_start(key, Wish::lost);
    return changed;
  });
}

// --- removed rows that still name an instance -----------------------------------------------------------------------

Task<DbResult<std::vector<OutboxRow>>> Store::owe_removed(Context context, std::uint32_t limit) {
  return decide(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<OutboxRow>> {
    std::vector<OutboxRow> owed;
    for (const WorkspaceKey key : removed_that_name_one(limit)) {
      move_to_outbox(key);
      for (OutboxRow& row : owed_by(key)) owed.push_back(std::move(row));
    }
    return owed;
  });
}

Task<DbResult<std::int64_t>> Store::count_paused(Context context, std::vector<WorkspaceKey> keys) {
  return read(context, keys.front(), [=, this]() mutable -> DbResult<std::int64_t> {
    return std::count_if(keys.begin(), keys.end(),
                         [this](WorkspaceKey key) { return row(key).exists && row(key).status == Status::paused; });
  });
}

// --- reading --------------------------------------------------------------------------------------------------------

Task<DbResult<bool>> Store::owes_start(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> { return is_owed_start(key); });
}

Task<DbResult<bool>> Store::owes_terminate(Context context, WorkspaceKey key) {
  return read(context, key, [=, this]() mutable -> DbResult<bool> { return !owed_by(key).empty(); });
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::owed_starts(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query("SELECT workspace_key FROM owed_starts ORDER BY workspace_key");
    return keys_of(query);
  });
}

Task<DbResult<std::vector<WorkspaceKey>>> Store::unattended(Context context, Instant before) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<WorkspaceKey>> {
    Query query = database_.query(
        "SELECT key FROM workspaces w NOT INDEXED WHERE updated_at < ?1 AND coalesce(last_heartbeat_at, 0) < ?1 "
        "AND (status = 'online' OR status = 'degraded' OR status = 'offline' OR status = 'failed' "
        "OR status = 'provisioning') AND instance_id <> '' AND runtime <> 'external' AND runtime <> 'mock' "
        "AND NOT EXISTS (SELECT 1 FROM owed_starts o WHERE o.workspace_key = w.key) ORDER BY key");
    query.bind(before.time_since_epoch().count());
    return keys_of(query);
  });
}

}  // namespace drydock::model
