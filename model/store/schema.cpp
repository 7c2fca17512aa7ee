#include "model/store/database.hpp"

namespace drydock::model {

// Instants are microseconds of virtual time. `key` is the platform-internal integer of a row; `id` the UUID.
const char* schema_sql() {
  return R"sql(
CREATE TABLE workspaces (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  alias TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT,
  tier INTEGER NOT NULL DEFAULT 1,
  status TEXT NOT NULL DEFAULT 'provisioning',
  url TEXT,
  parent_key INTEGER,
  forwarded_to_key INTEGER,
  runtime TEXT NOT NULL DEFAULT 'langgraph',
  kind TEXT NOT NULL DEFAULT 'workspace',
  template TEXT,
  instance_id TEXT,
  last_heartbeat_at INTEGER,
  last_error_rate REAL NOT NULL DEFAULT 0,
  last_sample_error TEXT,
  uptime_seconds INTEGER NOT NULL DEFAULT 0,
  current_task TEXT,
  active_tasks INTEGER NOT NULL DEFAULT 0,
  max_concurrent_tasks INTEGER NOT NULL DEFAULT 1,
  last_outbound_at INTEGER,
  last_activity_at INTEGER,
  last_register_failure_at INTEGER,
  hibernation_idle_minutes INTEGER,
  platform_inbound_secret TEXT,
  delivery_mode TEXT NOT NULL DEFAULT 'push',
  budget_limit INTEGER,
  monthly_spend INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
-- What loops look for, in the order in which they want it: a turn that finds nothing reads nothing.
CREATE INDEX workspaces_provisioning ON workspaces(key) WHERE status = 'provisioning';
CREATE INDEX workspaces_serving ON workspaces(key, runtime) WHERE status = 'online' OR status = 'degraded';
CREATE INDEX workspaces_removed ON workspaces(updated_at DESC, key) WHERE status = 'removed' AND instance_id <> '';
CREATE INDEX workspaces_that_hibernate ON workspaces(key) WHERE hibernation_idle_minutes > 0;
CREATE INDEX workspaces_external ON workspaces(key) WHERE runtime = 'external';
CREATE INDEX workspaces_by_parent ON workspaces(parent_key) WHERE parent_key IS NOT NULL;
CREATE INDEX workspaces_by_instance ON workspaces(instance_id) WHERE instance_id IS NOT NULL;

CREATE TABLE structure_events (
  id INTEGER PRIMARY KEY,
  event_type TEXT NOT NULL,
  workspace_id TEXT,  -- the UUID: an event outlives its workspace
  agent_id TEXT,
  target_id TEXT,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE workspace_secrets (
  workspace_key INTEGER NOT NULL REFERENCES workspaces(key),
  key TEXT NOT NULL,
  encrypted_value TEXT NOT NULL,
  encryption_version INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_key, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE global_secrets (
  key TEXT PRIMARY KEY,
  encrypted_value TEXT NOT NULL,
  encryption_version INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE workspace_files (
  workspace_key INTEGER NOT NULL REFERENCES workspaces(key),
  path TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_key, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE workspace_auth_tokens (
  id INTEGER PRIMARY KEY,
  workspace_key INTEGER NOT NULL REFERENCES workspaces(key) ON DELETE CASCADE,
  token_hash TEXT NOT NULL,
  prefix TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX live_tokens ON workspace_auth_tokens(workspace_key) WHERE revoked_at IS NULL;

CREATE TABLE a2a_queue (
  id INTEGER PRIMARY KEY,
  workspace_key INTEGER NOT NULL REFERENCES workspaces(key) ON DELETE CASCADE,
  caller_key INTEGER,
  priority INTEGER NOT NULL DEFAULT 50,
  body TEXT NOT NULL,
  method TEXT NOT NULL,
  idempotency_key TEXT,
  enqueued_at INTEGER NOT NULL,
  dispatched_at INTEGER,
  completed_at INTEGER,
  expires_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  settling_since INTEGER,
  status TEXT NOT NULL DEFAULT 'queued',
  last_error TEXT
) STRICT;
CREATE UNIQUE INDEX a2a_queue_idempotency ON a2a_queue(workspace_key, idempotency_key)
  WHERE status IN ('queued', 'dispatched');
CREATE INDEX a2a_queue_waiting ON a2a_queue(workspace_key, priority DESC, id) WHERE status = 'queued';

-- delete.order=durable_outbox: terminates that are owed. `instance_id` by value; done rows are kept.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  workspace_key INTEGER NOT NULL,
  action TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  purge INTEGER NOT NULL DEFAULT 0,
  divergent INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX outbox_open ON outbox(id) WHERE done_at IS NULL;
CREATE INDEX outbox_open_of ON outbox(workspace_key, id) WHERE done_at IS NULL;

-- restart.stop_failure=fence: instances that may still run beside their successor.
CREATE TABLE fences (
  id INTEGER PRIMARY KEY,
  workspace_key INTEGER NOT NULL,
  instance_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX fences_open ON fences(id) WHERE done_at IS NULL;

-- intents.durable: workspaces that are to be launched, until an instance that read its configuration later is recorded.
-- `lost`: only because the instance was found dead.
CREATE TABLE owed_starts (
  workspace_key INTEGER PRIMARY KEY,
  lost INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT;

-- intents.durable: the launch whose outcome is not recorded yet, at most one a workspace.
CREATE TABLE launches (
  workspace_key INTEGER PRIMARY KEY,
  token TEXT NOT NULL,
  user_data TEXT NOT NULL,
  read_at INTEGER NOT NULL
) STRICT;

-- intents.durable: what a transaction that got no answer is looked for by; one row a workspace that it changed.
CREATE TABLE decisions (
  token INTEGER NOT NULL,
  workspace_key INTEGER NOT NULL,
  PRIMARY KEY (token, workspace_key)
) STRICT, WITHOUT ROWID;

-- backup.names_snapshot: the newest snapshot that the platform was told of, of those that may be restored from.
CREATE TABLE newest_snapshots (
  workspace_key INTEGER PRIMARY KEY,
  snapshot_id TEXT NOT NULL,
  started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE activity_logs (
  id INTEGER PRIMARY KEY,
  workspace_key INTEGER NOT NULL,
  target_key INTEGER,
  method TEXT NOT NULL,
  status TEXT NOT NULL,
  idempotency_key TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
)sql";
}

}  // namespace drydock::model
