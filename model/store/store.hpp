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

/// The error of a statement that got no answer: the database refused it or its answer was lost, or its context ended.
struct DbError {
  std::string message;
};

template <typename T>
using DbResult = tl::expected<T, DbError>;
/// The number of rows that a statement changed.
using DbChanged = DbResult<int>;

/// The platform's database as its code uses it. Every method is one statement of the upstream code. It takes
/// `time.db_statement` and takes effect at its end; until then another task may run or a crash may strike. A statement
/// whose context has ended fails without running. Predicates are those of docs/platform.md §6 (a chain of <> stands
/// where the upstream says NOT IN, because SQLite builds a table for each list).
class Store {
 public:
  Store(Database& database, sim::Scheduler& clock, sim::Record& record, sim::Adversary& adversary,
        const Directory& directory, Observation& observation);

  /// Sets the policy in force, which outlives its use: it says how long a statement takes and what the schema knows.
  void use(const Policy& policy) { policy_ = &policy; }
  void seed(const SeedRow& row);

  // --- workspaces: reading ---
  sim::Task<DbResult<std::optional<WorkspaceRecord>>> find_workspace(sim::Context context, WorkspaceKey key);
  /// Finds a row that a programmatic restart may touch: its status is not removed, paused or hibernated.
  sim::Task<DbResult<std::optional<WorkspaceRecord>>> find_restartable(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> has_paused_ancestor(sim::Context context, WorkspaceKey key);
  /// Returns an empty text when the column is NULL or there is no row.
  sim::Task<DbResult<std::string>> instance_id(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<std::string>>> runtime(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<Status>>> status(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> is_fresh(sim::Context context, WorkspaceKey key, sim::Instant after);
  sim::Task<DbResult<RestartContextRow>> restart_context(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::vector<ProvisioningRow>>> provisioning_rows(sim::Context context);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> stale_external(sim::Context context, sim::Instant before);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> online_or_degraded(sim::Context context);
  sim::Task<DbResult<std::optional<ProxyTarget>>> proxy_target(sim::Context context, WorkspaceKey key);
  /// Tells whether the monthly spend has reached the limit.
  sim::Task<DbResult<bool>> over_budget(sim::Context context, WorkspaceKey key);

  /// Returns the active tasks of a row that is online or degraded; empty for any other.
  sim::Task<DbResult<std::optional<std::int64_t>>> find_hibernatable(sim::Context context, WorkspaceKey key);
  /// Returns rows that are online or degraded, and have been idle for longer than their own limit.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> idle_rows(sim::Context context);
  /// Returns them level by level, by age within a level.
  sim::Task<DbResult<std::vector<Member>>> descendants(sim::Context context, WorkspaceKey key, Followed followed);
  sim::Task<DbResult<std::vector<Member>>> children_not_removed(sim::Context context, WorkspaceKey key);
  /// Returns at most `limit` removed rows that name an instance, the last written first.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> removed_with_instance(sim::Context context, std::uint32_t limit);
  /// Returns every instance that some row names.
  sim::Task<DbResult<std::vector<std::string>>> named_instances(sim::Context context);
  /// Tells whether there is a row that is not removed.
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
  /// T27: fails a row that is still provisioning and was not written since `older_than`.
  sim::Task<DbChanged> fail_overdue(sim::Context context, WorkspaceKey key, sim::Instant older_than,
                                    std::string reason);
  /// T9–T13: sets the status, if it is `from`. Without `from` it sets it in any case, as before guarded writes.
  sim::Task<DbChanged> move_status(sim::Context context, WorkspaceKey key, std::optional<Status> from, Status to);
  sim::Task<DbChanged> touch_outbound(sim::Context context, WorkspaceKey key);
  /// T7. Inserts the row of a workspace that nobody created (not with `writes.guarded`). It changes only a row that
  /// names `instance`; empty: a row that names any or none.
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
  /// T1: inserts the row and its initial secrets, in one transaction.
  sim::Task<DbChanged> create_workspace(sim::Context context, NewWorkspace made);
  /// T3, T4: changes the row whatever its status is.
  sim::Task<DbChanged> set_awaiting_agent(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> set_paused(sim::Context context, WorkspaceKey key);   // T21
  sim::Task<DbChanged> set_resumed(sim::Context context, WorkspaceKey key);  // T22
  /// T23. `busy_too`: whatever the active tasks are.
  sim::Task<DbChanged> claim_hibernation(sim::Context context, WorkspaceKey key, bool busy_too = false);
  sim::Task<DbChanged> set_hibernated(sim::Context context, WorkspaceKey key);  // T24
  /// T25: removes all of them in one statement, whatever their status is. The first is the one that the request named.
  sim::Task<DbChanged> set_removed(sim::Context context, std::vector<WorkspaceKey> keys);
  sim::Task<DbChanged> fail_bootstrap(sim::Context context, WorkspaceKey key,
                                      std::string reason);                         // T28
  sim::Task<DbChanged> clear_instance_id(sim::Context context, WorkspaceKey key);  // T29
  /// T30: deletes, in one transaction, what the leaf tables hold of the rows, references from other rows, and the rows.
  sim::Task<DbChanged> purge(sim::Context context, std::vector<WorkspaceKey> keys);
  /// Writes back the status and url that a restart found before it was given up
  /// (restart.stop_failure=abort_and_restore), unless the row was parked or removed meanwhile.
  sim::Task<DbChanged> restore(sim::Context context, WorkspaceKey key, Status status, std::string url);
  sim::Task<DbChanged> put_global_secret(sim::Context context, std::string name, std::string value);
  sim::Task<DbChanged> delete_global_secret(sim::Context context, std::string name);
  /// Returns rows that are not removed, paused or external, and have no secret of their own by that name.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> global_secret_targets(sim::Context context, std::string name);

  // --- watching agents (watch.cpp) ---
  /// Returns at most `limit` online rows that have active tasks, are not external and showed no activity since
  /// `before`.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> stalled_rows(sim::Context context, sim::Instant before,
                                                              std::uint32_t limit);
  /// Returns online and degraded rows that have active tasks, and neither beat nor called anybody since `before`.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> wedged_rows(sim::Context context, sim::Instant before);
  sim::Task<DbChanged> touch_activity(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> stamp_register_failure(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> clear_register_failure(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> register_failed_since(sim::Context context, WorkspaceKey key, sim::Instant since);
  /// Returns the row's kind; empty: there is no row.
  sim::Task<DbResult<std::string>> kind(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> set_sample_error(sim::Context context, WorkspaceKey key, std::string error);
  /// Tells whether the row is provisioning and no agent of it was ever heard.
  sim::Task<DbResult<bool>> is_first_boot(sim::Context context, WorkspaceKey key);
  /// Queues a call again, without counting the attempt. One that has been put back since `drop_before` or earlier is
  /// dropped; empty: none is.
  sim::Task<DbChanged> put_back(sim::Context context, std::int64_t id, std::optional<sim::Instant> drop_before);

  // --- guarded claims (claims.cpp) ---
  /// Returns at most `limit` rows that are online (or degraded, where `degraded_too` says so), name an instance and are
  /// not external, the last written first.
  sim::Task<DbResult<std::vector<NamedInstance>>> rows_with_instance(sim::Context context, bool degraded_too,
                                                                     std::uint32_t limit);
  /// Tells whether the row still names that instance and has that status.
  sim::Task<DbResult<bool>> still_names(sim::Context context, NamedInstance seen);
  /// T21 with a guard: pauses a row that is neither removed nor paused.
  sim::Task<DbChanged> pause_unless_parked(sim::Context context, WorkspaceKey key);
  /// T22 with a guard: takes a row from paused.
  sim::Task<DbChanged> claim_resume(sim::Context context, WorkspaceKey key);
  /// T7 that leaves paused and hibernated rows alone.
  sim::Task<DbChanged> register_awake(sim::Context context, WorkspaceKey key, std::string url);
  /// T8 that turns provisioning into online.
  sim::Task<DbChanged> heartbeat_promoting(sim::Context context, WorkspaceKey key, HeartbeatPayload payload);
  /// T17, T18 that leave paused and hibernated rows alone.
  sim::Task<DbChanged> set_offline_unless_dormant(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<sim::Instant>>> last_heartbeat(sim::Context context, WorkspaceKey key);
  /// T19 that leaves the url.
  sim::Task<DbChanged> set_provisioning_with_url(sim::Context context, WorkspaceKey key);
  sim::Task<DbChanged> clear_url(sim::Context context, WorkspaceKey key);
  /// Returns the online and degraded workspaces that have queued calls.
  sim::Task<DbResult<std::vector<WaitingCalls>>> waiting_calls(sim::Context context);
  /// T24; the row has no active tasks any more.
  sim::Task<DbChanged> set_hibernated_idle(sim::Context context, WorkspaceKey key);
  /// Takes a row from hibernated to provisioning.
  sim::Task<DbChanged> claim_wake(sim::Context context, WorkspaceKey key);

  // --- what is owed (owed.cpp) ---
  /// Marks the rows pending_removal (removed, where they name no instance) and owes the terminates of their instances,
  /// in one transaction. Returns the new rows of the outbox.
  sim::Task<DbResult<std::vector<OutboxRow>>> remove_through_outbox(sim::Context context,
                                                                    std::vector<WorkspaceKey> keys, bool purge);
  sim::Task<DbResult<std::vector<OutboxRow>>> open_outbox(sim::Context context);
  sim::Task<DbChanged> postpone_outbox(sim::Context context, OutboxRow row, sim::Instant next_at);
  /// Marks the outbox row done. Where it removes its workspace, the row becomes removed in the same transaction, and no
  /// longer names the instance.
  sim::Task<DbChanged> finish_outbox(sim::Context context, OutboxRow row);

  // --- what is intended (intents.cpp; `intents.durable`) ---
  // Each is one transaction, made up to three times while it gets no answer; made twice it does no more than once.
  /// T19, T20: sets provisioning and empties the url; the row no longer names its instance, which is owed a terminate.
  /// `asked` is the row's status when a client asked for the restart; empty: no client did. A row that is removed,
  /// below a paused one, or dormant (unless it was so when it was asked for) is left alone.
  sim::Task<DbResult<Decided>> begin_restart(sim::Context context, WorkspaceKey key, std::optional<Status> asked);
  /// T22: resumes a row that is paused, if none of its ancestors is.
  sim::Task<DbResult<Decided>> begin_resume(sim::Context context, WorkspaceKey key);
  /// T21, T23 with T24: makes rows dormant, owes their instances a terminate, and no longer owes them a start. A row
  /// may become paused from any status but removed and paused, and hibernated from online or degraded without active
  /// tasks. Rows that may not are left alone; if the first may not, all are, and so they are where a whole tree is
  /// asked for and a row below the first that `keys` leaves out is up. Returns one result a key, in their order.
  sim::Task<DbResult<std::vector<Decided>>> park(sim::Context context, std::vector<WorkspaceKey> keys, Status to,
                                                 Reach reach);
  /// Returns the workspace's unrecorded launch; if it had none, `planned` is written down as that. Empty: the workspace
  /// owes no start, and nothing was written.
  sim::Task<DbResult<std::optional<PlannedLaunch>>> begin_launch(sim::Context context, WorkspaceKey key,
                                                                 PlannedLaunch planned);
  /// T6: writes the instance into the row, which no longer owes a start from before `read_at`. A row that wants no
  /// instance (it is removed, gone, dormant, or names another) owes the instance's terminate instead.
  sim::Task<DbResult<Decided>> record_launch(sim::Context context, WorkspaceKey key, std::string instance,
                                             sim::Instant read_at);
  /// Forgets the workspace's unrecorded launch: its token is used up, or no instance will come of it any more.
  sim::Task<DbChanged> drop_launch(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::optional<PlannedLaunch>>> open_launch(sim::Context context, WorkspaceKey key);
  /// Returns workspaces that have an unrecorded launch and owe no start.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> stray_launches(sim::Context context);
  /// T14, T17: sets offline and owes a start, if the row still names this instance and is neither removed nor dormant.
  sim::Task<DbChanged> mark_lost(sim::Context context, WorkspaceKey key, std::string instance);
  /// Owes terminates for at most `limit` removed rows that still name an instance, the last written first.
  sim::Task<DbResult<std::vector<OutboxRow>>> owe_removed(sim::Context context, std::uint32_t limit);
  /// Returns how many of these rows are paused.
  sim::Task<DbResult<std::int64_t>> count_paused(sim::Context context, std::vector<WorkspaceKey> keys);
  sim::Task<DbResult<bool>> owes_start(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<bool>> owes_terminate(sim::Context context, WorkspaceKey key);
  sim::Task<DbResult<std::vector<WorkspaceKey>>> owed_starts(sim::Context context);
  /// Returns rows that name an instance of ours, owe no start, and had neither a heartbeat nor a write since `before`.
  sim::Task<DbResult<std::vector<WorkspaceKey>>> unattended(sim::Context context, sim::Instant before);

  sim::Task<DbResult<FenceRow>> insert_fence(sim::Context context, WorkspaceKey key, std::string instance);
  sim::Task<DbResult<std::vector<FenceRow>>> open_fences(sim::Context context);
  sim::Task<DbChanged> finish_fence(sim::Context context, FenceRow row);

  // --- snapshots (decisions.cpp; `backup.names_snapshot`) ---
  /// Notes the workspace's newest snapshot, unless a newer one is known already.
  sim::Task<DbChanged> note_snapshot(sim::Context context, WorkspaceKey key, std::string snapshot,
                                     sim::Instant started);
  /// Returns the newest snapshot that is known; empty: none is.
  sim::Task<DbResult<std::string>> newest_snapshot(sim::Context context, WorkspaceKey key);

  // --- A2A queue and delegations ---
  sim::Task<DbChanged> enqueue_call(sim::Context context, WorkspaceKey target, WorkspaceKey caller);
  sim::Task<DbResult<std::optional<QueuedCall>>> claim_call(sim::Context context, WorkspaceKey target);
  sim::Task<DbChanged> finish_call(sim::Context context, std::int64_t id, std::string status, std::string error);
  sim::Task<DbResult<std::int64_t>> insert_delegation(sim::Context context, WorkspaceKey caller, WorkspaceKey target);
  sim::Task<DbChanged> set_delegation(sim::Context context, std::int64_t id, std::string status);

  // --- the clock by which rows are written ---
  /// Returns the time by the platform's own clock: what it writes into rows, and what it compares with them. Timers and
  /// deadlines have the right time.
  [[nodiscard]] sim::Instant wall() const { return clock_.now() + ahead_; }
  /// Lets the platform's clock be so much ahead from now on; negative: behind.
  void shift_clock(sim::Duration ahead) {
    ahead_ = ahead;
    was_shifted_ = true;
  }
  /// Tells whether rows may hold times of a clock that was wrong.
  [[nodiscard]] bool clock_was_shifted() const { return was_shifted_; }

  // --- looking from outside (rest.cpp) ---
  // These are no statements of the platform: they take no time, and tell what its loops may find, now or later. A row
  // counts as beaten if its last heartbeat came after `since`.
  [[nodiscard]] bool is_any_provisioning() const;
  [[nodiscard]] bool is_any_external_up() const;
  [[nodiscard]] bool is_any_removed_with_instance() const;
  [[nodiscard]] bool is_any_naming(const std::string& instance) const;
  /// Tells whether a row may become idle enough to be hibernated, where heartbeats come `within` so much time.
  [[nodiscard]] bool may_any_fall_idle(sim::Instant since, sim::Duration within) const;
  /// Tells whether `unattended` may find a row.
  [[nodiscard]] bool may_any_seem_lost(sim::Instant since) const;
  [[nodiscard]] bool is_any_call_queued() const;
  /// Tells whether `stalled_rows` may find a row.
  [[nodiscard]] bool may_any_stall(sim::Instant since) const;
  /// Tells whether `wedged_rows` may find a row.
  [[nodiscard]] bool may_any_be_wedged(sim::Instant since) const;
  /// Tells whether a row that is up has had a registration fail after `since`.
  [[nodiscard]] bool has_any_failed_to_register(sim::Instant since) const;
  /// Tells whether a start, a terminate or the end of a launch is owed.
  [[nodiscard]] bool owes_anything() const;
  /// Counts the rows that the run's statements have changed, but for those that a heartbeat did.
  [[nodiscard]] std::uint64_t changes() const { return database_.rows_changed() - heartbeats_; }

  [[nodiscard]] Database& database() const { return database_; }

 private:
  /// Makes a statement: its time passes, then it takes effect. A statement whose context has ended fails without
  /// running.
  template <typename Effect>
  sim::Task<std::invoke_result_t<Effect>> read(sim::Context context, WorkspaceKey /*key*/, Effect effect) {
    if (context.ended(clock_.now())) co_return tl::unexpected(context_ended());
    co_await clock_.pause(policy_->time_db_statement);
    co_return effect();
  }

  /// The same for a statement that changes something. The adversary may refuse it, or answer with an error although it
  /// took effect.
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

  /// Makes a transaction, and makes it again as long as it gets no answer, at most kDecisions times.
  template <typename Effect>
  sim::Task<std::invoke_result_t<Effect>> decide(sim::Context context, WorkspaceKey key, Effect effect) {
    for (int attempt = 1;; ++attempt) {
      sim::Task<std::invoke_result_t<Effect>> one = write(context, key, effect);
      std::invoke_result_t<Effect> result = co_await std::move(one);
      if (result || attempt == kDecisions) co_return result;
    }
  }
  /// The same for a transaction whose caller needs to know its result, or upon which others may have built: before it
  /// is made again, the database is searched for what it may have left. `effect` notes its token if it changes
  /// anything; `look` returns the result of the transaction that noted the token.
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
  [[nodiscard]] std::int64_t now() const { return wall().time_since_epoch().count(); }
  /// Records a write of a row's status (and of what else `after` says), and tells observers.
  void status_written(WorkspaceKey key, const Row& after);
  /// Tells whether there is a row; `key` may be one that the observation has not heard of.
  [[nodiscard]] bool is_known(WorkspaceKey key) const {
    return index(key) < observation_.workspaces().size() && row(key).exists;
  }
  [[nodiscard]] const Row& row(WorkspaceKey key) const { return observation_.workspace(key).row; }
  void file_committed(WorkspaceKey key, const std::string& path);
  // Each finishes a statement on one row: tells observers what it wrote, and returns how many rows it changed.
  /// The statement set the status, and the url where `url` has a value.
  int wrote_status(WorkspaceKey key, Status to, std::optional<std::string> url = std::nullopt);
  /// The statement set the instance that the row names; empty: none.
  int wrote_instance(WorkspaceKey key, std::string instance);
  /// Binds what a heartbeat writes to one of its two statements, and makes it.
  void run_heartbeat(Query update, WorkspaceKey key, const HeartbeatPayload& payload);
  /// Sets the status and empties the url, whatever they are. Returns how many rows it changed.
  int set_status_without_url(WorkspaceKey key, Status to);
  void mark_removed(WorkspaceKey key, Status to);
  // intents.cpp: parts of transactions
  /// The reason for a start: a client asked for it, the configuration changed, or the instance is lost. Any later
  /// launch settles the first and the last; only a launch that read its configuration later settles a change.
  enum class Wish : std::uint8_t { asked, changed, lost };
  void owe_start(WorkspaceKey key, Wish wish);
  void drop_start(WorkspaceKey key, bool lost_only);
  void owe_terminate(WorkspaceKey key, const std::string& instance, std::string_view action);
  [[nodiscard]] bool is_owed_terminate(WorkspaceKey key, const std::string& instance);
  void move_to_outbox(WorkspaceKey key);
  [[nodiscard]] bool may_be_parked(WorkspaceKey key, Status to);
  Decided park_row(WorkspaceKey key, Status to);
  [[nodiscard]] bool has_others_below(WorkspaceKey key, const std::vector<WorkspaceKey>& known);
  [[nodiscard]] std::vector<OutboxRow> owed_by(WorkspaceKey key);
  [[nodiscard]] bool is_owed_start(WorkspaceKey key);
  [[nodiscard]] bool is_under_a_paused_one(WorkspaceKey key);
  [[nodiscard]] bool may_register(WorkspaceKey key);
  [[nodiscard]] std::optional<QueuedCall> next_call(WorkspaceKey target);
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
  std::uint64_t heartbeats_ = 0;  // rows that they changed
  sim::Duration ahead_{};         // of the right time, as the platform's clock is
  bool was_shifted_ = false;
};

}  // namespace drydock::model
