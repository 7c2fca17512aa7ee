#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/directory.hpp"
#include "model/observation.hpp"
#include "model/status.hpp"
#include "sim/time.hpp"

// What statements of the store take and return. A field is what the column of the same name holds (docs/platform.md
// §2).

namespace drydock::model {

// --- workspaces -----------------------------------------------------------------------------------------------------

/// The kind of an organisation's root agent, which belongs to the platform; other rows are of kind `workspace`.
inline constexpr std::string_view kPlatformKind = "platform";

/// A workspace row as a scenario puts it there before time zero.
struct SeedRow {
  WorkspaceKey key = WorkspaceKey::none;
  WorkspaceKey parent = WorkspaceKey::none;
  Status status = Status::online;
  std::string runtime;
  std::string kind = "workspace";
  std::string url;
  std::string instance_id;
  std::optional<sim::Instant> last_heartbeat_at;
  double error_rate = 0;
  std::int64_t active_tasks = 0;
  std::optional<std::int64_t> hibernation_idle_minutes;
  std::map<std::string, std::string> secrets;
  std::string token;  // a live one; empty: the workspace has none
};

/// A workspace as a request creates it.
struct NewWorkspace {
  WorkspaceKey key = WorkspaceKey::none;
  WorkspaceKey parent = WorkspaceKey::none;
  std::string name;
  std::string runtime;
  std::map<std::string, std::string> secrets;
};

struct WorkspaceRecord {
  Status status = Status::provisioning;
  std::string name;
  std::int64_t tier = 0;
  std::string runtime;
  std::string url;
  std::string kind;
};

struct ProvisioningRow {
  WorkspaceKey key = WorkspaceKey::none;
  std::string runtime;
  sim::Instant updated_at{};
};

/// A row as the reconciler reads it: the instance that it names, and the status that it had then.
struct NamedInstance {
  WorkspaceKey key = WorkspaceKey::none;
  std::string instance_id;
  Status status = Status::online;
};

/// The environment of a provision, and which configuration writes it contains.
struct Environment {
  std::map<std::string, std::string> variables;
  ConfigurationVersion version;
};

struct RestartContextRow {
  std::optional<sim::Instant> last_heartbeat_at;
  std::vector<std::string> secret_keys;  // sorted union of own and global
};

/// A workspace that a cascade reaches.
struct Member {
  WorkspaceKey key = WorkspaceKey::none;
  std::string name;
};

/// The statuses that a row must have for a cascade to reach it and go on to its children.
enum class Followed : std::uint8_t { not_removed, not_removed_nor_paused, paused };

/// Whether a request is for the rows that it names, or for everything that is up below the first of them.
enum class Reach : std::uint8_t { named, tree };

// --- agents and calls -----------------------------------------------------------------------------------------------

struct TokenState {
  bool any_live = false;
  bool matches = false;
};

struct HeartbeatPayload {
  double error_rate = 0;
  std::string sample_error;
  std::int64_t active_tasks = 0;
  std::int64_t uptime_seconds = 0;
  std::string current_task;
  std::string runtime_state;  // `wedged`, or empty
  bool active = false;        // it has worked on something since its last heartbeat
};

struct HeartbeatRow {
  Status status = Status::provisioning;
  std::string current_task;
  std::int64_t active_tasks = 0;
  std::int64_t max_concurrent_tasks = 1;
};

struct ProxyTarget {
  std::string url;
  Status status = Status::provisioning;
};

struct QueuedCall {
  std::int64_t id = 0;
  WorkspaceKey caller = WorkspaceKey::none;
  std::int64_t attempts = 0;
};

/// A workspace whose queue has calls, and how many of them it may be sent at once.
struct WaitingCalls {
  WorkspaceKey workspace = WorkspaceKey::none;
  std::int64_t most = 0;
};

// --- what is owed ---------------------------------------------------------------------------------------------------

/// A terminate that is owed (`delete.order=durable_outbox`, `intents.durable`).
struct OutboxRow {
  std::int64_t id = 0;
  WorkspaceKey workspace = WorkspaceKey::none;
  std::string instance_id;
  bool purge = false;
  std::int64_t attempts = 0;
  sim::Instant next_at{};
  /// True: the workspace's row becomes `removed` once the terminate succeeded. False for the other stops that
  /// `intents.durable` owes.
  bool removes = true;
  /// True where no row ever named the instance: nothing may be restored from its volume.
  bool divergent = false;
};

/// The result of a transaction of `intents.durable`.
struct Decided {
  /// The row is now as the caller wanted it.
  bool done = false;
  /// The transaction changed the row. Where `done` is false all the same, somebody has changed the row again since.
  bool made = false;
  /// Every terminate that the workspace owes.
  std::vector<OutboxRow> owed;
};

/// A launch that was written down before it was made.
struct PlannedLaunch {
  std::string token;  // EC2's ClientToken
  std::string user_data;
  sim::Instant read_at{};  // when its configuration was read
};

/// An instance to be stopped beside its successor (`restart.stop_failure=fence`).
struct FenceRow {
  std::int64_t id = 0;
  WorkspaceKey workspace = WorkspaceKey::none;
  std::string instance_id;
};

}  // namespace drydock::model
