#include "scenarios/trace/trace_schema.hpp"

namespace drydock::scenarios {

// Comments stand inside the statements: SQLite keeps a statement's text, and nothing of what is between two.
const char* trace_schema() {
  return R"sql(
CREATE TABLE workspaces (
  -- The platform's rows as they stood at the end.
  id TEXT,  -- UUID
  alias TEXT,  -- the scenario's name for it
  name TEXT,  -- as a client gave it
  role TEXT,
  tier INTEGER,
  status TEXT,  -- online, provisioning, paused, …
  url TEXT,  -- where its agent listens
  parent_id TEXT,  -- UUID
  forwarded_to TEXT,  -- UUID
  runtime TEXT,
  template TEXT,
  instance_id TEXT,  -- the instance that the row names
  last_heartbeat_at INTEGER,  -- µs of virtual time
  last_error_rate REAL,  -- 0 to 1
  last_sample_error TEXT,
  uptime_seconds INTEGER,  -- s
  current_task TEXT,
  active_tasks INTEGER,
  max_concurrent_tasks INTEGER,
  last_outbound_at INTEGER,  -- µs of virtual time
  hibernation_idle_minutes INTEGER,  -- min
  platform_inbound_secret TEXT,
  delivery_mode TEXT,
  budget_limit INTEGER,  -- cents
  monthly_spend INTEGER,  -- cents
  created_at INTEGER,  -- µs of virtual time
  updated_at INTEGER  -- µs of virtual time
) STRICT;

CREATE TABLE structure_events (
  -- The platform's durable events.
  id INTEGER,
  event_type TEXT,
  workspace_id TEXT,  -- UUID; outlives the workspace's row
  agent_id TEXT,
  target_id TEXT,
  payload TEXT,  -- JSON
  created_at INTEGER  -- µs of virtual time
) STRICT;

CREATE TABLE workspace_secrets (
  -- Secrets of single workspaces.
  workspace_id TEXT,  -- UUID
  key TEXT,
  encrypted_value TEXT,
  encryption_version INTEGER
) STRICT;

CREATE TABLE global_secrets (
  -- Secrets of all workspaces.
  key TEXT,
  encrypted_value TEXT,
  encryption_version INTEGER
) STRICT;

CREATE TABLE workspace_files (
  -- Configuration files of workspaces, without their contents.
  workspace_id TEXT,  -- UUID
  path TEXT,
  updated_at INTEGER  -- µs of virtual time
) STRICT;

CREATE TABLE workspace_auth_tokens (
  -- The agents' tokens.
  id INTEGER,
  workspace_id TEXT,  -- UUID
  token_hash TEXT,
  prefix TEXT,
  created_at INTEGER,  -- µs of virtual time
  last_used_at INTEGER,  -- µs of virtual time
  revoked_at INTEGER  -- µs of virtual time; NULL: it is valid
) STRICT;

CREATE TABLE a2a_queue (
  -- Calls between agents that wait for their callee.
  id INTEGER,
  workspace_id TEXT,  -- UUID of the callee
  caller_id TEXT,  -- UUID
  priority INTEGER,
  body TEXT,
  method TEXT,
  idempotency_key TEXT,
  enqueued_at INTEGER,  -- µs of virtual time
  dispatched_at INTEGER,  -- µs of virtual time
  completed_at INTEGER,  -- µs of virtual time
  expires_at INTEGER,  -- µs of virtual time
  attempts INTEGER,
  status TEXT,
  last_error TEXT
) STRICT;

CREATE TABLE activity_logs (
  -- The calls between agents that went through the proxy.
  id INTEGER,
  workspace_id TEXT,  -- UUID
  target_id TEXT,  -- UUID
  method TEXT,
  status TEXT,
  idempotency_key TEXT,
  created_at INTEGER,  -- µs of virtual time
  updated_at INTEGER  -- µs of virtual time
) STRICT;

CREATE TABLE outbox (
  -- Terminates that are owed (delete.order=durable_outbox, intents.durable); finished ones stay.
  id INTEGER,
  workspace_id TEXT,  -- UUID
  action TEXT,
  instance_id TEXT,
  purge INTEGER,  -- 1: the volume goes too
  divergent INTEGER,  -- 1: what a backup shows is no longer the workspace's
  attempts INTEGER,
  next_at INTEGER,  -- µs of virtual time
  created_at INTEGER,  -- µs of virtual time
  done_at INTEGER  -- µs of virtual time; NULL: it is owed
) STRICT;

CREATE TABLE fences (
  -- Instances to be stopped beside their successors (restart.stop_failure=fence); finished ones stay.
  id INTEGER,
  workspace_id TEXT,  -- UUID
  instance_id TEXT,
  created_at INTEGER,  -- µs of virtual time
  done_at INTEGER  -- µs of virtual time; NULL: it may still run
) STRICT;

CREATE TABLE owed_starts (
  -- Workspaces that are to be launched (intents.durable).
  workspace_id TEXT,  -- UUID
  lost INTEGER,  -- 1: only because its instance was found dead
  since INTEGER  -- µs of virtual time
) STRICT;

CREATE TABLE launches (
  -- Launches whose outcome is not recorded yet (intents.durable).
  workspace_id TEXT,  -- UUID
  token TEXT,  -- EC2's ClientToken
  user_data TEXT,
  read_at INTEGER  -- µs of virtual time: when it read its configuration
) STRICT;

CREATE TABLE decisions (
  -- What a transaction that got no answer is looked for by (intents.durable). Not the tape's: that is decision.
  token INTEGER,
  workspace_id TEXT  -- UUID
) STRICT;

CREATE TABLE newest_snapshots (
  -- The newest snapshot that the platform was told of (backup.names_snapshot).
  workspace_id TEXT,  -- UUID
  snapshot_id TEXT,
  started_at INTEGER  -- µs of virtual time
) STRICT;

CREATE TABLE instance (
  -- The cloud's truth: every instance there was.
  id TEXT,
  workspace TEXT,  -- alias
  state TEXT,  -- at the end: pending, running, shutting-down, terminated, …
  launched_us INTEGER,  -- µs of virtual time; before time zero it is negative
  ended_us INTEGER,  -- µs of virtual time; NULL: it was never terminated
  reason TEXT  -- why it ended
) STRICT;

CREATE TABLE volume (
  -- The cloud's truth: every data volume.
  id TEXT,
  workspace TEXT,  -- alias
  state TEXT,
  source_snapshot TEXT  -- what it was restored from; NULL: empty
) STRICT;

CREATE TABLE snapshot (
  -- The cloud's truth: every snapshot.
  id TEXT,
  volume TEXT,
  workspace TEXT,  -- alias
  state TEXT,
  started_us INTEGER,  -- µs of virtual time
  completed_us INTEGER,  -- µs of virtual time; NULL: not completed
  divergent INTEGER  -- 1: of an instance that its row no longer named; nothing is restored from it
) STRICT;

CREATE TABLE run (
  -- What was played and what came of it; metric.NAME is a metric (drydock list metrics).
  key TEXT PRIMARY KEY,
  value TEXT  -- passed, exercised: 1 or 0, NULL within the run
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  -- The record: everything that happened, in order.
  seq INTEGER PRIMARY KEY,  -- from 1
  at_us INTEGER,  -- µs of virtual time
  kind TEXT,  -- drydock list events
  workspace TEXT,  -- alias
  instance TEXT,
  actor TEXT,  -- who did it: platform, cp, cloud, world, or a workspace
  cause_seq INTEGER,  -- the event that it follows from; NULL: a beginning
  detail TEXT  -- JSON
) STRICT;

CREATE TABLE request (
  -- Requests from outside, and what they were answered.
  seq INTEGER,  -- of its event
  at_us INTEGER,  -- µs of virtual time
  step TEXT,  -- the scenario's step; NULL: traffic
  caller TEXT,  -- user, ops, or a workspace
  method TEXT,
  path TEXT,
  status INTEGER,  -- 0: the connection failed; NULL: never answered
  headers TEXT,  -- JSON
  body TEXT  -- JSON: the answer's
) STRICT;

CREATE TABLE decision (
  -- The tape: the decisions that were not the boring ones.
  seq INTEGER,  -- which question of the run it was, from 1
  at_us INTEGER,  -- µs of virtual time
  site TEXT,  -- drydock list sites
  occurrence INTEGER,  -- the site's question, from 1
  bound INTEGER,  -- its answers are 0 to bound - 1
  value INTEGER,
  means TEXT  -- the answer in words
) STRICT;

CREATE TABLE fault (
  -- The faults that the scenario lists, and what became of them.
  name TEXT,
  fired INTEGER,  -- how often
  noticed INTEGER,  -- how often somebody noticed
  mattered INTEGER  -- 1: the run goes otherwise without it; NULL: not asked
) STRICT;

CREATE TABLE violation (
  -- The promises that were broken (drydock list invariants).
  seq INTEGER,  -- the event that broke it; NULL: no single one
  at_us INTEGER,  -- µs of virtual time
  invariant TEXT,
  workspace TEXT,  -- alias
  instance TEXT,
  message TEXT
) STRICT;

CREATE TABLE decided_by (
  -- What decided a violation beside its own event; of a promise that is judged at the end, all that did.
  violation INTEGER,  -- its rowid
  chain INTEGER,  -- which of its chains of causes, from 0, the one of its own event
  seq INTEGER  -- the event with which the chain ends
) STRICT;

CREATE VIEW events AS
  -- Events with their time in seconds.
  SELECT seq, at_us / 1e6 AS at_s, kind, workspace, instance, actor, cause_seq, detail FROM event ORDER BY seq;

CREATE VIEW timeline AS
  -- What became of each workspace and instance, in order; times in seconds.
  SELECT seq, at_us / 1e6 AS at_s, workspace, instance, kind, json_extract(detail, '$.from') AS "from",
    json_extract(detail, '$.to') AS "to"
  FROM event WHERE kind IN ('workspace.status', 'ec2.state', 'snapshot.state') ORDER BY seq;

CREATE VIEW why AS
  -- The chains of causes of each violation, each nearest first and each event once; times in seconds.
  WITH RECURSIVE link(violation, chain, depth, seq) AS (
    SELECT rowid, 0, 0, seq FROM violation WHERE seq IS NOT NULL
    UNION ALL
    SELECT violation, chain, 0, seq FROM decided_by
    UNION ALL
    SELECT l.violation, l.chain, l.depth + 1, e.cause_seq FROM link l JOIN event e ON e.seq = l.seq
    WHERE e.cause_seq IS NOT NULL),
  once AS (SELECT violation, min(chain) AS chain, depth, seq FROM link GROUP BY violation, seq)
  SELECT o.violation, v.invariant, o.depth, e.seq, e.at_us / 1e6 AS at_s, e.kind, e.workspace, e.instance, e.detail,
    o.chain
  FROM once o JOIN violation v ON v.rowid = o.violation JOIN event e ON e.seq = o.seq
  ORDER BY o.violation, o.chain, o.depth;

CREATE VIEW orphans AS
  -- Live instances at the end that no row names which is to have one; they cost money and nobody knows.
  SELECT i.* FROM instance i
  WHERE i.state IN ('pending', 'running') AND NOT EXISTS (
    SELECT 1 FROM workspaces w WHERE w.instance_id = i.id
      AND w.status NOT IN ('removed', 'paused', 'hibernated')) ORDER BY i.id;
)sql";
}

}  // namespace drydock::scenarios
