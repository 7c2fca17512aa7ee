#include "scenarios/trace_database.hpp"

namespace drydock::scenarios {

const char* trace_schema() {
  return R"sql(
-- The system's own tables at the end of the run. Instants are microseconds of virtual time.
CREATE TABLE workspaces (id TEXT, alias TEXT, name TEXT, role TEXT, tier INTEGER, status TEXT, url TEXT,
  parent_id TEXT, forwarded_to TEXT, runtime TEXT, template TEXT, instance_id TEXT, last_heartbeat_at INTEGER,
  last_error_rate REAL, last_sample_error TEXT, uptime_seconds INTEGER, current_task TEXT, active_tasks INTEGER,
  max_concurrent_tasks INTEGER, last_outbound_at INTEGER, hibernation_idle_minutes INTEGER,
  platform_inbound_secret TEXT, delivery_mode TEXT, budget_limit INTEGER, monthly_spend INTEGER,
  created_at INTEGER, updated_at INTEGER) STRICT;
CREATE TABLE structure_events (id INTEGER, event_type TEXT, workspace_id TEXT, agent_id TEXT, target_id TEXT,
  payload TEXT, created_at INTEGER) STRICT;
CREATE TABLE workspace_secrets (workspace_id TEXT, key TEXT, encrypted_value TEXT, encryption_version INTEGER) STRICT;
CREATE TABLE global_secrets (key TEXT, encrypted_value TEXT, encryption_version INTEGER) STRICT;
CREATE TABLE workspace_files (workspace_id TEXT, path TEXT, updated_at INTEGER) STRICT;
CREATE TABLE workspace_auth_tokens (id INTEGER, workspace_id TEXT, token_hash TEXT, prefix TEXT, created_at INTEGER,
  last_used_at INTEGER, revoked_at INTEGER) STRICT;
CREATE TABLE a2a_queue (id INTEGER, workspace_id TEXT, caller_id TEXT, priority INTEGER, body TEXT, method TEXT,
  idempotency_key TEXT, enqueued_at INTEGER, dispatched_at INTEGER, completed_at INTEGER, expires_at INTEGER,
  attempts INTEGER, status TEXT, last_error TEXT) STRICT;
CREATE TABLE activity_logs (id INTEGER, workspace_id TEXT, target_id TEXT, method TEXT, status TEXT,
  idempotency_key TEXT, created_at INTEGER, updated_at INTEGER) STRICT;
-- Terminates that are owed (delete.order=durable_outbox) and instances to be stopped beside their successors
-- (restart.stop_failure=fence); finished ones stay.
CREATE TABLE outbox (id INTEGER, workspace_id TEXT, action TEXT, instance_id TEXT, purge INTEGER, attempts INTEGER,
  next_at INTEGER, created_at INTEGER, done_at INTEGER) STRICT;
CREATE TABLE fences (id INTEGER, workspace_id TEXT, instance_id TEXT, created_at INTEGER, done_at INTEGER) STRICT;

-- The cloud's truth, behind its API. `workspace` columns hold aliases from here on.
CREATE TABLE instance (id TEXT, workspace TEXT, state TEXT, launched_us INTEGER, ended_us INTEGER, reason TEXT) STRICT;
CREATE TABLE volume (id TEXT, workspace TEXT, state TEXT, source_snapshot TEXT) STRICT;
-- `divergent` 1: of an instance that its row no longer named; nothing is restored from it.
CREATE TABLE snapshot (id TEXT, volume TEXT, workspace TEXT, state TEXT, started_us INTEGER, completed_us INTEGER,
  divergent INTEGER) STRICT;

-- The record. `cause_seq` is the event that this one follows from, NULL at the beginning of a chain.
CREATE TABLE run (key TEXT, value TEXT) STRICT;
CREATE TABLE event (seq INTEGER PRIMARY KEY, at_us INTEGER, kind TEXT, workspace TEXT, instance TEXT, actor TEXT,
  cause_seq INTEGER, detail TEXT) STRICT;
-- `step` is NULL for traffic; `status` 0 is a connection that failed, NULL a request that was never answered.
CREATE TABLE request (seq INTEGER, at_us INTEGER, step TEXT, caller TEXT, method TEXT, path TEXT, status INTEGER,
  headers TEXT, body TEXT) STRICT;
-- Decisions that were not boring.
CREATE TABLE decision (seq INTEGER, at_us INTEGER, site TEXT, occurrence INTEGER, bound INTEGER, value INTEGER,
  means TEXT) STRICT;
CREATE TABLE fault (name TEXT, fired INTEGER, noticed INTEGER, mattered INTEGER) STRICT;
CREATE TABLE violation (seq INTEGER, at_us INTEGER, invariant TEXT, workspace TEXT, instance TEXT, message TEXT) STRICT;

-- Events with their time in seconds.
CREATE VIEW events AS
  SELECT seq, at_us / 1e6 AS at_s, kind, workspace, instance, actor, cause_seq, detail FROM event ORDER BY seq;
-- What became of each workspace and instance, in order.
CREATE VIEW timeline AS
  SELECT seq, at_us / 1e6 AS at_s, workspace, instance, kind, json_extract(detail, '$.from') AS "from",
    json_extract(detail, '$.to') AS "to"
  FROM event WHERE kind IN ('workspace.status', 'ec2.state', 'snapshot.state') ORDER BY seq;
-- The chain of causes of each violation, nearest first.
CREATE VIEW why AS
  WITH RECURSIVE chain(violation, depth, seq) AS (
    SELECT rowid, 0, seq FROM violation WHERE seq IS NOT NULL
    UNION ALL
    SELECT c.violation, c.depth + 1, e.cause_seq FROM chain c JOIN event e ON e.seq = c.seq
    WHERE e.cause_seq IS NOT NULL)
  SELECT v.invariant, c.depth, e.seq, e.at_us / 1e6 AS at_s, e.kind, e.workspace, e.instance, e.detail
  FROM chain c JOIN violation v ON v.rowid = c.violation JOIN event e ON e.seq = c.seq ORDER BY v.rowid, c.depth;
-- Live instances that no row names which is to have one.
CREATE VIEW orphans AS
  SELECT i.* FROM instance i
  WHERE i.state IN ('pending', 'running') AND NOT EXISTS (
    SELECT 1 FROM workspaces w WHERE w.instance_id = i.id
      AND w.status NOT IN ('removed', 'paused', 'hibernated')) ORDER BY i.id;
)sql";
}

}  // namespace drydock::scenarios
