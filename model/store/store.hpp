#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/directory.hpp"
#include "model/observation.hpp"
#include "model/policy.hpp"
#include "model/status.hpp"
#include "model/store/database.hpp"
#include "model/store/records.hpp"
#include "sim/carry_out.hpp"
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

/// The platform's database as its code uses it. Every method is one statement of the upstream code; it takes
/// `time.db_statement`, takes effect at its end, and is where another task may run or a crash may strike. Predicates
/// are those of docs/platform.md §6 (a chain of <> where the upstream says NOT IN: SQLite builds a table for each
/// list); a context that has ended makes a statement fail without running.
class Store {
 public:
  Store(Database& database, sim::Scheduler& clock, sim::Record& record, sim::Adversary& adversary,
        const Directory& directory, Observation& observation);

  /// The policy in force: its statement time, and which statuses the schema knows.
  void use(const Policy& policy) { policy_ = &policy; }
  void seed(const SeedRow& row);

  // --- workspaces: reading ---
  sim::Task<DbResult<std::optional<WorkspaceRecord>>> find_workspace(sim::Context context, WorkspaceKey key);
  /// Status not in (removed, paused, hibernated): what a programmatic restart may touch.
  sim::Task<DbResult<std::optional<WorkspaceRecord>>> find_restartable(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> has_paused_ancestor(sim::Context context, WorkspaceKey key);
  /// Empty text when NULL or when there is no row.
  sim::Task<DbResult<std::string>> instance_id(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<std::string>>> runtime(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<Status>>> status(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> is_fresh(sim::Context context, WorkspaceKey key, sim::Instant after);
  sim::Task<DbResult<RestartContextRow>> restart_context(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::vector<ProvisioningRow>>> provisioning_rows(sim::Context context);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> stale_external(sim::Context context, sim::Instant before);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> online_or_degraded(sim::Context context);
  sim::Task<DbResult<std::optional<ProxyTarget>>> proxy_target(sim::Context context, WorkspaceKey key);
  /// Whether the monthly spend has reached the limit.
  sim::Task<DbResult<bool>> over_budget(sim::Context context, WorkspaceKey key);

  /// The active tasks of a row that is online or degraded.
  sim::Task<DbResult<std::optional<std::int64_t>>> find_hibernatable(sim::Context context, WorkspaceKey key);
  /// Online or degraded, idle for longer than their own limit.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> idle_rows(sim::Context context);
  /// Level by level, and by age within one.
  sim::Task<DbResult<std::vector<Member>>> descendants(sim::Context context, WorkspaceKey key, Followed followed);
  sim::Task<DbResult<std::vector<Member>>> children_not_removed(sim::Context context, WorkspaceKey key);
  /// Removed rows that name an instance, the last written first.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> removed_with_instance(sim::Context context, std::uint32_t limit);
  /// Every instance that some row names.
  sim::Task<DbResult<std::vector<std::string>>> named_instances(sim::Context context);
  sim::Task<DbResult<bool>> exists(sim::Context context, WorkspaceKey key);

  // --- workspaces: writing (T numbers of docs/platform.md §6) ---
  sim::Task<DbChanged> set_provisioning(sim::Context context, WorkspaceKey key);  // T19, T20
  sim::Task<DbChanged> set_failed(sim::Context context, WorkspaceKey key,
                                  std::string reason);  // T5
  sim::Task<DbChanged> set_instance_id(sim::Context context, WorkspaceKey key,
                                       std::string instance);                                 // T6
  sim::Task<DbChanged> set_offline_if_dead(sim::Context context, WorkspaceKey key);           // T17, T18
  sim::Task<DbChanged> set_liveness_lost(sim::Context context, WorkspaceKey key, Status to);  // T14
  sim::Task<DbChanged> set_remote_stale(sim::Context context, WorkspaceKey key, Status to);   // T16
  /// T27: only a row that is still provisioning and was not written since `older_than`.
  sim::Task<DbChanged> fail_overdue(sim::Context context, WorkspaceKey key, sim::Instant older_than,
                                    std::string reason);
  /// T9–T13: `from` is the guard; no guard is the era before guarded writes.
  sim::Task<DbChanged> move_status(sim::Context context, WorkspaceKey key, std::optional<Status> from, Status to);
  sim::Task<DbChanged> touch_outbound(sim::Context context, WorkspaceKey key);
  /// T7. Inserts the row of a workspace that nobody created (not with `writes.guarded`). `instance`: only a row that
  /// names it; empty is any.
  sim::Task<DbChanged> register_agent(sim::Context context, WorkspaceKey key, std::string url, std::string instance);
  /// T8.
  sim::Task<DbChanged> heartbeat(sim::Context context, WorkspaceKey key, HeartbeatPayload payload);
  sim::Task<DbResult<std::optional<HeartbeatRow>>> heartbeat_row(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> mint_inbound_secret(sim::Context context, WorkspaceKey key, std::string secret);

  // --- events, secrets, files, tokens ---
  sim::Task<DbChanged> insert_event(sim::Context context, WorkspaceKey key, std::string type, std::string payload);
  sim::Task<DbResult<Environment>> load_environment(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> put_secret(sim::Context context, WorkspaceKey key, std::string name, std::string value);
  sim::Task<DbChanged> delete_secret(sim::Context context, WorkspaceKey key, std::string name);
  sim::Task<DbChanged> put_file(sim::Context context, WorkspaceKey key, std::string path);
  sim::Task<DbResult<TokenState>> check_token(sim::Context context, WorkspaceKey key, std::string token);
  sim::Task<DbChanged> issue_token(sim::Context context, WorkspaceKey key, std::string token);
  sim::Task<DbChanged> revoke_tokens(sim::Context context, WorkspaceKey key);

  // --- creating, parking, removing (lifecycle.cpp) ---
  /// T1: one transaction, the row and its initial secrets.
  sim::Task<DbChanged> create_workspace(sim::Context context, NewWorkspace made);
  /// T3, T4: by id.
  sim::Task<DbChanged> set_awaiting_agent(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> set_paused(sim::Context context, WorkspaceKey key);         // T21
  sim::Task<DbChanged> set_resumed(sim::Context context, WorkspaceKey key);        // T22
  sim::Task<DbChanged> claim_hibernation(sim::Context context, WorkspaceKey key);  // T23
  sim::Task<DbChanged> set_hibernated(sim::Context context, WorkspaceKey key);     // T24
  /// T25: one statement for all of them, whatever their status is. The first is the one that the request named.
  sim::Task<DbChanged> set_removed(sim::Context context, std::vector<WorkspaceKey> keys);
  sim::Task<DbChanged> fail_bootstrap(sim::Context context, WorkspaceKey key,
                                      std::string reason);                         // T28
  sim::Task<DbChanged> clear_instance_id(sim::Context context, WorkspaceKey key);  // T29
  /// T30: leaf tables, references from other rows, the rows; one transaction.
  sim::Task<DbChanged> purge(sim::Context context, std::vector<WorkspaceKey> keys);
  /// What a restart that was given up found (restart.stop_failure=abort_and_restore), unless the row was parked or
  /// removed meanwhile.
  sim::Task<DbChanged> restore(sim::Context context, WorkspaceKey key, Status status, std::string url);
  sim::Task<DbChanged> put_global_secret(sim::Context context, std::string name, std::string value);
  sim::Task<DbChanged> delete_global_secret(sim::Context context, std::string name);
  /// Rows not removed, not paused, not external, without a secret of their own by that name.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> global_secret_targets(sim::Context context, std::string name);

  // --- what is owed (owed.cpp) ---
  /// One transaction: the rows are pending_removal (removed, where there is no instance), and the outbox has what to
  /// terminate. How many rows the outbox got.
  sim::Task<DbResult<std::vector<OutboxRow>>> remove_through_outbox(sim::Context context,
                                                                    std::vector<WorkspaceKey> keys, bool purge);
  sim::Task<DbResult<std::vector<OutboxRow>>> open_outbox(sim::Context context);
  sim::Task<DbChanged> postpone_outbox(sim::Context context, OutboxRow row, sim::Instant next_at);
  /// One transaction: the row is removed and no longer names the instance that was owed, the outbox row is done.
  sim::Task<DbChanged> finish_outbox(sim::Context context, OutboxRow row);

  // --- what is intended (intents.cpp; `intents.durable`) ---
  // Each is one transaction, and is made up to three times while it gets no answer: made twice it does no more than
  // once.
  /// T19 (`asked`: the status in which a client wanted it), T20: provisioning without a url; the instance is owed a
  /// terminate and no longer named. Not for a row that is removed, or dormant unless it was so when it was asked for.
  sim::Task<DbResult<Decided>> begin_restart(sim::Context context, WorkspaceKey key, std::optional<Status> asked);
  /// T22, for a row that is paused, and none of its ancestors is.
  sim::Task<DbResult<Decided>> begin_resume(sim::Context context, WorkspaceKey key);
  /// T21, T23 with T24, for all of them or, if it cannot be done for the first, for none: the row is dormant, its
  /// instance owed a terminate, and no start owed. To paused from any status but removed, to hibernated from online or
  /// degraded without active tasks. One result a key, in their order.
  sim::Task<DbResult<std::vector<Decided>>> park(sim::Context context, std::vector<WorkspaceKey> keys, Status to);
  /// The workspace's unrecorded launch, this one if there was none; nothing if it owes no start.
  sim::Task<DbResult<std::optional<PlannedLaunch>>> begin_launch(sim::Context context, WorkspaceKey key,
                                                                 PlannedLaunch planned);
  /// T6: the row names the instance, and owes no start from before `read_at`. A row that wants none (removed, gone,
  /// dormant, or naming another) owes its terminate instead.
  sim::Task<DbResult<Decided>> record_launch(sim::Context context, WorkspaceKey key, std::string instance,
                                             sim::Instant read_at);
  /// Its token is used up, or nothing will come of it any more.
  sim::Task<DbChanged> drop_launch(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<PlannedLaunch>>> open_launch(sim::Context context, WorkspaceKey key);
  /// Workspaces with an unrecorded launch that owe no start.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> stray_launches(sim::Context context);
  /// T14, T17: offline and owed a start, if the row still names this instance and is neither removed nor dormant.
  sim::Task<DbChanged> mark_lost(sim::Context context, WorkspaceKey key, std::string instance);
  /// Terminates for removed rows that still name an instance: of so many, the last written first.
  sim::Task<DbResult<std::vector<OutboxRow>>> owe_removed(sim::Context context, std::uint32_t limit);
  /// How many of these rows are paused.
  sim::Task<DbResult<std::int64_t>> count_paused(sim::Context context, std::vector<WorkspaceKey> keys);
  sim::Task<DbResult<bool>> owes_start(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> owes_terminate(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> owed_starts(sim::Context context);
  /// Rows that name an instance of ours, owe no start, and neither beat nor were written since `before`.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> unattended(sim::Context context, sim::Instant before);

  sim::Task<DbResult<FenceRow>> insert_fence(sim::Context context, WorkspaceKey key, std::string instance);
  sim::Task<DbResult<std::vector<FenceRow>>> open_fences(sim::Context context);
  sim::Task<DbChanged> finish_fence(sim::Context context, FenceRow row);

  // --- snapshots (decisions.cpp; `backup.names_snapshot`) ---
  /// The workspace's newest one, unless a newer one is known already.
  sim::Task<DbChanged> note_snapshot(sim::Context context, WorkspaceKey key, std::string snapshot,
                                     sim::Instant started);
  /// Empty: none is known.
  sim::Task<DbResult<std::string>> newest_snapshot(sim::Context context, WorkspaceKey key);

  // --- A2A queue and delegations ---
  sim::Task<DbChanged> enqueue_call(sim::Context context, WorkspaceKey target, WorkspaceKey caller);
  sim::Task<DbResult<std::optional<QueuedCall>>> claim_call(sim::Context context, WorkspaceKey target);
  sim::Task<DbChanged> finish_call(sim::Context context, std::int64_t id, std::string status, std::string error);
  sim::Task<DbResult<std::int64_t>> insert_delegation(sim::Context context, WorkspaceKey caller, WorkspaceKey target);
  sim::Task<DbChanged> set_delegation(sim::Context context, std::int64_t id, std::string status);

  [[nodiscard]] Database& database() const { return database_; }

 private:
  /// One statement: its time, then its effect. An ended context makes it fail without running.
  template <typename Effect>
  sim::Task<std::invoke_result_t<Effect>> read(sim::Context context, WorkspaceKey /*key*/, Effect effect) {
    if (context.ended(clock_.now())) co_return tl::unexpected(context_ended());
    co_await clock_.pause(policy_->time_db_statement);
    co_return effect();
  }

  /// The same for a statement that changes something, which the adversary may refuse, or answer with an error although
  /// it took effect.
  template <typename Effect>
  sim::Task<std::invoke_result_t<Effect>> write(sim::Context context, WorkspaceKey key, Effect effect) {
    if (context.ended(clock_.now())) co_return tl::unexpected(context_ended());
    if (policy_->writes_timeout > sim::Duration{})
      context = context.with_deadline(clock_.now() + policy_->writes_timeout);
    co_await clock_.pause(policy_->time_db_statement);
    const sim::Call call{"db.write", directory_.name(key), sim::Name::none};
    sim::Verdict verdict = adversary_.decide(call, sim::FaultPoint::before_effect);
    if (verdict.adverse()) {
      std::optional<sim::CallFailure> refused = co_await sim::carry_out(clock_, context, std::move(verdict));
      if (refused) co_return tl::unexpected(error_of(std::move(*refused)));
    }
    std::invoke_result_t<Effect> result = effect();
    verdict = adversary_.decide(call, sim::FaultPoint::before_reply);
    if (verdict.adverse()) {
      std::optional<sim::CallFailure> lost = co_await sim::carry_out(clock_, context, std::move(verdict));
      if (lost) co_return tl::unexpected(error_of(std::move(*lost)));
    }
    co_return result;
  }

  /// A transaction that may be made again, as long as it gets no answer.
  template <typename Effect>
  sim::Task<std::invoke_result_t<Effect>> decide(sim::Context context, WorkspaceKey key, Effect effect) {
    for (int attempt = 1;; ++attempt) {
      sim::Task<std::invoke_result_t<Effect>> one = write(context, key, effect);
      std::invoke_result_t<Effect> result = co_await std::move(one);
      if (result || attempt == kDecisions) co_return result;
    }
  }
  /// The same for one whose caller needs to know, or that others may have built upon: what got no answer is looked for
  /// before it is made again. `effect` notes the token that it is given if it changes anything; `look` returns what the
  /// transaction that noted it came to.
  template <typename Effect, typename Look>
  sim::Task<std::invoke_result_t<Effect, std::int64_t>> decide_surely(sim::Context context, WorkspaceKey key,
                                                                      Effect effect, Look look) {
    using Result = std::invoke_result_t<Effect, std::int64_t>;
    const std::int64_t token = ++decisions_;
    const auto make = [effect, token]() mutable -> Result { return effect(token); };
    const auto find = [look, token, this]() mutable -> Result {
      if (!is_decided(token)) return tl::unexpected(DbError{"no answer"});
      return look(token);
    };
    for (int attempt = 1;; ++attempt) {
      sim::Task<Result> one = write(context, key, make);
      Result result = co_await std::move(one);
      if (result) co_return result;
      sim::Task<Result> again = read(context, key, find);
      Result seen = co_await std::move(again);
      if (seen || attempt == kDecisions) co_return seen;
    }
  }
  // decisions.cpp
  void note_decision(std::int64_t token, WorkspaceKey key);
  [[nodiscard]] bool is_decided(std::int64_t token);
  [[nodiscard]] bool is_decided(std::int64_t token, WorkspaceKey key);
  static constexpr int kDecisions = 3;

  [[nodiscard]] static DbError context_ended() { return {"context deadline exceeded"}; }
  [[nodiscard]] static DbError error_of(sim::CallFailure failure);

  using Variables = std::map<std::string, std::string>;
  sim::Task<DbResult<Variables>> global_secrets(sim::Context context, WorkspaceKey key, ConfigurationVersion* version);
  sim::Task<DbResult<Variables>> own_secrets(sim::Context context, WorkspaceKey key, ConfigurationVersion* version);
  [[nodiscard]] std::optional<DbError> schema_refuses(Status status) const;
  [[nodiscard]] std::int64_t now() const { return clock_.now().time_since_epoch().count(); }
  /// Tells everybody that a row's status (and what else `after` says) was written.
  void status_written(WorkspaceKey key, const Row& after);
  /// Whether there is a row; `key` may be one of which nobody has heard yet.
  [[nodiscard]] bool is_known(WorkspaceKey key) const {
    return index(key) < observation_.workspaces().size() && row(key).exists;
  }
  [[nodiscard]] const Row& row(WorkspaceKey key) const { return observation_.workspace(key).row; }
  void file_committed(WorkspaceKey key, const std::string& path);
  // Each finishes a statement on one workspace row: tells observers what it wrote, and returns how many rows it changed.
  /// The statement set the status, and the url where `url` has a value.
  int wrote_status(WorkspaceKey key, Status to, std::optional<std::string> url = std::nullopt);
  /// The statement set the instance that the row names; empty: none.
  int wrote_instance(WorkspaceKey key, std::string instance);
  /// Sets the status and empties the url, whatever they are. Returns how many rows it changed.
  int set_status_without_url(WorkspaceKey key, Status to);
  void mark_removed(WorkspaceKey key, Status to);
  // intents.cpp: parts of transactions
  /// Which wish for a start it is; a client's restart is met by any launch that is still to come.
  enum class Wish : std::uint8_t { asked, changed, lost };
  void owe_start(WorkspaceKey key, Wish wish);
  void drop_start(WorkspaceKey key, bool lost_only);
  void owe_terminate(WorkspaceKey key, const std::string& instance, std::string_view action);
  void move_to_outbox(WorkspaceKey key);
  [[nodiscard]] bool may_be_parked(WorkspaceKey key, Status to);
  Decided park_row(WorkspaceKey key, Status to);
  [[nodiscard]] std::vector<OutboxRow> owed_by(WorkspaceKey key);
  [[nodiscard]] bool is_owed_start(WorkspaceKey key);
  [[nodiscard]] bool is_under_a_paused_one(WorkspaceKey key);
  [[nodiscard]] std::vector<WorkspaceKey> removed_that_name_one(std::uint32_t limit);
  [[nodiscard]] static std::vector<OutboxRow> outbox_rows(Query& query);
  [[nodiscard]] std::vector<WorkspaceKey> reached_by_global(const std::string& name);
  DbChanged global_secret_changed(const std::string& name, std::string_view change, int changed);

  Database& database_;
  sim::Scheduler& clock_;
  sim::Record& record_;
  sim::Adversary& adversary_;
  const Directory& directory_;
  Observation& observation_;
  const Policy* policy_ = nullptr;
  sim::Name actor_;
  std::int64_t decisions_ = 0;
};

}  // namespace drydock::model
