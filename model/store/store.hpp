#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <vector>

#include "model/directory.hpp"
#include "model/observation.hpp"
#include "model/policy.hpp"
#include "model/status.hpp"
#include "model/store/database.hpp"
#include "sim/hooks.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::model {

/// Why a statement did not run: the database refused it, or its context had ended.
struct DbError {
  std::string message;
};

template <typename T>
using DbResult = tl::expected<T, DbError>;
/// How many rows a statement changed.
using DbChanged = DbResult<int>;

struct WorkspaceRecord {
  Status status = Status::provisioning;
  std::string name;
  std::int64_t tier = 0;
  std::string runtime;
  std::string url;
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

struct HeartbeatPayload {
  double error_rate = 0;
  std::string sample_error;
  std::int64_t active_tasks = 0;
  std::int64_t uptime_seconds = 0;
  std::string current_task;
  std::string runtime_state;  // `wedged`, or empty
};

struct HeartbeatRow {
  Status status = Status::provisioning;
  std::string current_task;
  std::int64_t active_tasks = 0;
  std::int64_t max_concurrent_tasks = 1;
};

struct ProvisioningRow {
  WorkspaceKey key = WorkspaceKey::none;
  std::string runtime;
  sim::Instant updated_at{};
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

struct TokenState {
  bool any_live = false;
  bool matches = false;
};

/// A workspace row as a scenario puts it there before time zero.
struct SeedRow {
  WorkspaceKey key = WorkspaceKey::none;
  WorkspaceKey parent = WorkspaceKey::none;
  Status status = Status::online;
  std::string runtime;
  std::string url;
  std::string instance_id;
  std::optional<sim::Instant> last_heartbeat_at;
  double error_rate = 0;
  std::int64_t active_tasks = 0;
  std::optional<std::int64_t> hibernation_idle_minutes;
  std::map<std::string, std::string> secrets;
  std::string token;  // live, when not empty
};

/// The platform's database as its code uses it. Every method is one statement of the upstream code; it takes
/// `time.db_statement`, takes effect at its end, and is where another task may run or a crash may strike. Predicates
/// are those of docs/platform.md §6 (a chain of <> where the upstream says NOT IN: SQLite builds a table for each list); a context that has ended makes a statement fail without running.
class Store {
 public:
  Store(Database& database, sim::Scheduler& clock, sim::Record& record, sim::Adversary& adversary,
        const Directory& directory, Observation& observation);

  /// The policy in force: its statement time, and which statuses the schema knows.
  void use(const Policy& policy) { policy_ = &policy; }
  void seed(const SeedRow& row);

  // --- workspaces: reading ---
  sim::Task<DbResult<std::optional<WorkspaceRecord>>> find_workspace(sim::Context context,
                                                                     WorkspaceKey key);
  /// Status not in (removed, paused, hibernated): what a programmatic restart may touch.
  sim::Task<DbResult<std::optional<WorkspaceRecord>>> find_restartable(sim::Context context,
                                                                       WorkspaceKey key);
  sim::Task<DbResult<bool>> has_paused_ancestor(sim::Context context, WorkspaceKey key);
  /// Empty text when NULL or when there is no row.
  sim::Task<DbResult<std::string>> instance_id(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<std::string>>> runtime(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<Status>>> status(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> is_fresh(sim::Context context, WorkspaceKey key, sim::Instant after);
  sim::Task<DbResult<RestartContextRow>> restart_context(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::vector<ProvisioningRow>>> provisioning_rows(sim::Context context);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> stale_external(sim::Context context,
                                                                sim::Instant before);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> online_or_degraded(sim::Context context);
  sim::Task<DbResult<std::optional<ProxyTarget>>> proxy_target(sim::Context context,
                                                               WorkspaceKey key);
  /// Whether the monthly spend has reached the limit.
  sim::Task<DbResult<bool>> over_budget(sim::Context context, WorkspaceKey key);

  // --- workspaces: writing (T numbers of docs/platform.md §6) ---
  sim::Task<DbChanged> set_provisioning(sim::Context context, WorkspaceKey key);  // T19, T20
  sim::Task<DbChanged> set_failed(sim::Context context, WorkspaceKey key,
                                  std::string reason);  // T5
  sim::Task<DbChanged> set_instance_id(sim::Context context, WorkspaceKey key,
                                       std::string instance);                        // T6
  sim::Task<DbChanged> set_offline_if_dead(sim::Context context, WorkspaceKey key);  // T17, T18
  sim::Task<DbChanged> set_liveness_lost(sim::Context context, WorkspaceKey key, Status to);  // T14
  sim::Task<DbChanged> set_remote_stale(sim::Context context, WorkspaceKey key, Status to);   // T16
  /// T27: only a row that is still provisioning and was not written since `older_than`.
  sim::Task<DbChanged> fail_overdue(sim::Context context, WorkspaceKey key, sim::Instant older_than,
                                    std::string reason);
  /// T9–T13: `from` is the guard; no guard is the era before guarded writes.
  sim::Task<DbChanged> move_status(sim::Context context, WorkspaceKey key,
                                   std::optional<Status> from, Status to);
  sim::Task<DbChanged> touch_outbound(sim::Context context, WorkspaceKey key);
  /// T7. Inserts the row of a workspace that nobody created.
  sim::Task<DbChanged> register_agent(sim::Context context, WorkspaceKey key, std::string url);
  /// T8.
  sim::Task<DbChanged> heartbeat(sim::Context context, WorkspaceKey key, HeartbeatPayload payload);
  sim::Task<DbResult<std::optional<HeartbeatRow>>> heartbeat_row(sim::Context context,
                                                                 WorkspaceKey key);
  sim::Task<DbChanged> mint_inbound_secret(sim::Context context, WorkspaceKey key,
                                           std::string secret);

  // --- events, secrets, files, tokens ---
  sim::Task<DbChanged> insert_event(sim::Context context, WorkspaceKey key, std::string type,
                                    std::string payload);
  sim::Task<DbResult<Environment>> load_environment(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> put_secret(sim::Context context, WorkspaceKey key, std::string name,
                                  std::string value);
  sim::Task<DbChanged> delete_secret(sim::Context context, WorkspaceKey key, std::string name);
  sim::Task<DbChanged> put_file(sim::Context context, WorkspaceKey key, std::string path);
  sim::Task<DbResult<TokenState>> check_token(sim::Context context, WorkspaceKey key,
                                              std::string token);
  sim::Task<DbChanged> issue_token(sim::Context context, WorkspaceKey key, std::string token);
  sim::Task<DbChanged> revoke_tokens(sim::Context context, WorkspaceKey key);

  // --- A2A queue and delegations ---
  sim::Task<DbChanged> enqueue_call(sim::Context context, WorkspaceKey target, WorkspaceKey caller);
  sim::Task<DbResult<std::optional<QueuedCall>>> claim_call(sim::Context context,
                                                            WorkspaceKey target);
  sim::Task<DbChanged> finish_call(sim::Context context, std::int64_t id, std::string status,
                                   std::string error);
  sim::Task<DbResult<std::int64_t>> insert_delegation(sim::Context context, WorkspaceKey caller,
                                                      WorkspaceKey target);
  sim::Task<DbChanged> set_delegation(sim::Context context, std::int64_t id, std::string status);

  [[nodiscard]] Database& database() const { return database_; }

 private:
  /// One statement: its time, then its effect. An ended context makes it fail without running.
  template <typename Effect>
  sim::Task<std::invoke_result_t<Effect>> read(sim::Context context, WorkspaceKey /*key*/,
                                               Effect effect) {
    if (context.ended(clock_.now())) co_return tl::unexpected(context_ended());
    co_await clock_.pause(policy_->time_db_statement);
    co_return effect();
  }

  /// The same for a statement that changes something, which the adversary may refuse, or answer with an error although
  /// it took effect.
  template <typename Effect>
  sim::Task<std::invoke_result_t<Effect>> write(sim::Context context, WorkspaceKey key,
                                                Effect effect) {
    if (context.ended(clock_.now())) co_return tl::unexpected(context_ended());
    co_await clock_.pause(policy_->time_db_statement);
    const sim::Call call{"db.write", directory_.name(key), sim::Name::none};
    sim::Verdict verdict = adversary_.decide(call, sim::FaultPoint::before_effect);
    if (is_adverse(verdict)) {
      std::optional<DbError> refused = co_await obey(context, std::move(verdict));
      if (refused) co_return tl::unexpected(std::move(*refused));
    }
    std::invoke_result_t<Effect> result = effect();
    verdict = adversary_.decide(call, sim::FaultPoint::before_reply);
    if (is_adverse(verdict)) {
      std::optional<DbError> lost = co_await obey(context, std::move(verdict));
      if (lost) co_return tl::unexpected(std::move(*lost));
    }
    co_return result;
  }

  [[nodiscard]] static DbError context_ended() { return {"context deadline exceeded"}; }
  [[nodiscard]] static bool is_adverse(const sim::Verdict& verdict) {
    return !verdict.passes() || verdict.delay > sim::Duration{};
  }
  sim::Task<std::optional<DbError>> obey(sim::Context context, sim::Verdict verdict);

  using Variables = std::map<std::string, std::string>;
  sim::Task<DbResult<Variables>> global_secrets(sim::Context context, WorkspaceKey key,
                                                ConfigurationVersion* version);
  sim::Task<DbResult<Variables>> own_secrets(sim::Context context, WorkspaceKey key,
                                             ConfigurationVersion* version);
  [[nodiscard]] std::optional<DbError> schema_refuses(Status status) const;
  [[nodiscard]] std::int64_t now() const { return clock_.now().time_since_epoch().count(); }
  /// Tells everybody that a row's status (and what else `after` says) was written.
  void status_written(WorkspaceKey key, const Row& after);
  [[nodiscard]] const Row& row(WorkspaceKey key) const { return observation_.workspace(key).row; }
  void file_committed(WorkspaceKey key, const std::string& path);
  /// Finishes a statement that sets the status and nothing else that is observed.
  int wrote_status(WorkspaceKey key, Status to);

  Database& database_;
  sim::Scheduler& clock_;
  sim::Record& record_;
  sim::Adversary& adversary_;
  const Directory& directory_;
  Observation& observation_;
  const Policy* policy_ = nullptr;
  sim::Name actor_;
};

}  // namespace drydock::model
