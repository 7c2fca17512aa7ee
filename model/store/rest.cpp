#include "model/store/store.hpp"

// What the loops of the platform may find in its rows: `WHERE` is that of the statement which a loop makes, without
// what time alone changes (docs/architecture.md, *Rest*).

namespace drydock::model {
namespace {

bool has_row(Query query) { return query.step(); }

}  // namespace

bool Store::is_any_provisioning() const {
  return has_row(database_.query("SELECT 1 FROM workspaces WHERE status = 'provisioning' LIMIT 1 -- one row"));
}

bool Store::is_any_external_up() const {
  return has_row(
      database_.query("SELECT 1 FROM workspaces WHERE runtime = 'external' "
                      "AND (status = 'online' OR status = 'degraded') LIMIT 1 -- one row"));
}

bool Store::is_any_removed_with_instance() const {
  return has_row(
      database_.query("SELECT 1 FROM workspaces WHERE status = 'removed' AND instance_id <> '' LIMIT 1 -- one row"));
}

bool Store::is_any_naming(const std::string& instance) const {
  Query query = database_.query("SELECT 1 FROM workspaces WHERE instance_id = ? LIMIT 1 -- one row");
  query.bind(instance);
  return query.step();
}

bool Store::may_any_fall_idle(sim::Instant since, sim::Duration within) const {
  Query query = database_.query(
      "SELECT 1 FROM workspaces WHERE hibernation_idle_minutes > 0 AND (status = 'online' OR status = 'degraded') "
      "AND runtime <> 'external' AND last_heartbeat_at IS NOT NULL "
      "AND (last_heartbeat_at <= ?1 OR hibernation_idle_minutes * 60000000 <= ?2) LIMIT 1 -- one row");
  query.bind(since.time_since_epoch().count()).bind(within.count());
  return query.step();
}

bool Store::may_any_seem_lost(sim::Instant since) const {
  Query query = database_.query(
      "SELECT 1 FROM workspaces WHERE (status = 'online' OR status = 'degraded' OR status = 'offline' "
      "OR status = 'failed' OR status = 'provisioning') AND instance_id <> '' AND runtime <> 'external' "
      "AND runtime <> 'mock' AND coalesce(last_heartbeat_at, 0) <= ? LIMIT 1 -- one row");
  query.bind(since.time_since_epoch().count());
  return query.step();
}

bool Store::is_any_call_queued() const {
  return has_row(database_.query("SELECT 1 FROM a2a_queue WHERE status = 'queued' LIMIT 1 -- one row"));
}

bool Store::may_any_stall(sim::Instant since) const {
  Query query = database_.query(
      "SELECT 1 FROM workspaces WHERE status = 'online' AND active_tasks > 0 AND runtime <> 'external' "
      "AND coalesce(last_activity_at, 0) <= ? LIMIT 1 -- one row");
  query.bind(since.time_since_epoch().count());
  return query.step();
}

bool Store::may_any_be_wedged(sim::Instant since) const {
  Query query = database_.query(
      "SELECT 1 FROM workspaces WHERE (status = 'online' OR status = 'degraded') AND active_tasks > 0 "
      "AND coalesce(last_heartbeat_at, 0) <= ? LIMIT 1 -- one row");
  query.bind(since.time_since_epoch().count());
  return query.step();
}

bool Store::has_any_failed_to_register(sim::Instant since) const {
  Query query = database_.query(
      "SELECT 1 FROM workspaces WHERE (status = 'online' OR status = 'degraded') AND last_register_failure_at > ? "
      "LIMIT 1 -- one row");
  query.bind(since.time_since_epoch().count());
  return query.step();
}

bool Store::owes_anything() const {
  return has_row(
      database_.query("SELECT 1 FROM owed_starts UNION ALL SELECT 1 FROM launches "
                      "UNION ALL SELECT 1 FROM outbox WHERE done_at IS NULL LIMIT 1 -- one row"));
}

}  // namespace drydock::model
