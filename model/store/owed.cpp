#include "model/store/rows.hpp"
#include "model/store/store.hpp"

namespace drydock::model {

using sim::Context;
using sim::Instant;
using sim::Task;

namespace {

OutboxRow outbox_at(const Query& query) {
  return {.id = query.integer(0),
          .workspace = static_cast<WorkspaceKey>(query.integer(1)),
          .instance_id = query.text(2),
          .purge = query.integer(3) != 0,
          .attempts = query.integer(4),
          .next_at = Instant{sim::Duration{query.integer(5)}},
          .removes = query.text(6) == "terminate",
          .divergent = query.integer(7) != 0};
}

}  // namespace

std::vector<OutboxRow> Store::outbox_rows(Query& query) {
  std::vector<OutboxRow> rows;
  while (query.step()) rows.push_back(outbox_at(query));
  return rows;
}

// --- the outbox (docs/platform.md §11, durable_outbox) --------------------------------------------------------------

Task<DbResult<std::vector<OutboxRow>>> Store::remove_through_outbox(Context context, std::vector<WorkspaceKey> keys,
                                                                    bool purge) {
  const WorkspaceKey named = keys.front();
  return write(context, named, [=, this]() mutable -> DbResult<std::vector<OutboxRow>> {
    std::vector<OutboxRow> owed;
    for (const WorkspaceKey key : keys) {
      const std::string instance = row(key).instance_id;
      mark_removed(key, instance.empty() ? Status::removed : Status::pending_removal);
      drop_start(key, false);
      if (instance.empty()) continue;
      database_
          .query(
              "INSERT INTO outbox (workspace_key, action, instance_id, purge, next_at, created_at) "
              "VALUES (?1, 'terminate', ?2, ?3, ?4, ?4)")
          .bind(number(key))
          .bind(instance)
          .bind(std::int64_t{purge})
          .bind(now())
          .run();
      observation_.terminate_recorded(key, record_.name(instance));
      owed.push_back({.id = database_.last_row_id(),
                      .workspace = key,
                      .instance_id = instance,
                      .purge = purge,
                      .attempts = 0,
                      .next_at = clock_.now(),
                      .removes = true,
                      .divergent = false});
    }
    return owed;
  });
}

Task<DbResult<std::vector<OutboxRow>>> Store::open_outbox(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<OutboxRow>> {
    Query query = database_.query(
        "SELECT id, workspace_key, instance_id, purge, attempts, next_at, action, divergent FROM outbox "
        "WHERE done_at IS NULL ORDER BY id");
    return outbox_rows(query);
  });
}

Task<DbChanged> Store::postpone_outbox(Context context, OutboxRow owed, Instant next_at) {
  const WorkspaceKey key = owed.workspace;
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE outbox SET attempts = attempts + 1, next_at = ? WHERE id = ?")
        .bind(next_at.time_since_epoch().count())
        .bind(owed.id)
        .run();
    return database_.changes();
  });
}

Task<DbChanged> Store::finish_outbox(Context context, OutboxRow owed) {
  const WorkspaceKey key = owed.workspace;
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE outbox SET done_at = ? WHERE id = ?").bind(now()).bind(owed.id).run();
    if (!owed.removes) return database_.changes();
    database_
        .query(
            "UPDATE workspaces SET status = 'removed', instance_id = nullif(instance_id, ?), updated_at = ? "
            "WHERE key = ?")
        .bind(owed.instance_id)
        .bind(now())
        .bind(number(key))
        .run();
    const int changed = database_.changes();
    if (changed != 0) {
      Row after = row(key);
      after.status = Status::removed;
      if (after.instance_id == owed.instance_id) after.instance_id.clear();
      status_written(key, after);
    }
    return changed;
  });
}

// --- fences (docs/platform.md §11, fence) ---------------------------------------------------------------------------

Task<DbResult<FenceRow>> Store::insert_fence(Context context, WorkspaceKey key, std::string instance) {
  return write(context, key, [=, this]() mutable -> DbResult<FenceRow> {
    database_.query("INSERT INTO fences (workspace_key, instance_id, created_at) VALUES (?, ?, ?)")
        .bind(number(key))
        .bind(instance)
        .bind(now())
        .run();
    observation_.terminate_recorded(key, record_.name(instance));
    return FenceRow{.id = database_.last_row_id(), .workspace = key, .instance_id = instance};
  });
}

Task<DbResult<std::vector<FenceRow>>> Store::open_fences(Context context) {
  return read(context, WorkspaceKey::none, [=, this]() mutable -> DbResult<std::vector<FenceRow>> {
    Query query =
        database_.query("SELECT id, workspace_key, instance_id FROM fences WHERE done_at IS NULL ORDER BY id");
    std::vector<FenceRow> open;
    while (query.step()) {
      open.push_back({.id = query.integer(0),
                      .workspace = static_cast<WorkspaceKey>(query.integer(1)),
                      .instance_id = query.text(2)});
    }
    return open;
  });
}

Task<DbChanged> Store::finish_fence(Context context, FenceRow fence) {
  const WorkspaceKey key = fence.workspace;
  return write(context, key, [=, this]() mutable -> DbChanged {
    database_.query("UPDATE fences SET done_at = ? WHERE id = ?").bind(now()).bind(fence.id).run();
    return database_.changes();
  });
}

}  // namespace drydock::model
