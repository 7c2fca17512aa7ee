#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "model/agent/fleet.hpp"
#include "model/controlplane/control_plane.hpp"
#include "model/http.hpp"
#include "model/keys.hpp"
#include "model/kinds.hpp"
#include "model/observation.hpp"
#include "model/platform/backups.hpp"
#include "model/policy.hpp"
#include "model/store/store.hpp"
#include "sim/literal.hpp"
#include "sim/scheduler.hpp"

namespace drydock::model {

/// The ports of the platform process, and the record of its log.
struct Deps {
  sim::Scheduler& clock;
  sim::Record& record;
  sim::Adversary& adversary;
  Store& store;
  Keys& keys;
  ControlPlane& control_plane;
  Fleet& fleet;
  const Directory& directory;
  Observation& observation;
};

/// The caller of restart_by_id. `debounce_mode=mutation_bypass` treats callers that have changed data differently.
enum class RestartSource : std::uint8_t {
  secret,
  model,
  file_write,
  liveness,
  health_sweep,
  dead_verdict,
  preflight,
  wake,
  reconciler,
  stall,
  ensure,
  admin,
};

[[nodiscard]] std::string_view to_text(RestartSource source);
[[nodiscard]] bool is_mutation(RestartSource source);

/// An error of a Stop, as the retry core returns it.
struct StopError {
  std::string message;
  std::string instance;                    // the one that may still run
  bool abandoned = false;                  // the context ended between two attempts
  std::optional<BackupRefusal> refusal{};  // nothing was attempted: its backup was refused
};
using StopResult = tl::expected<void, StopError>;

/// IsRunning's answer (docs/platform.md §4.2).
struct Running {
  bool running = false;
  bool error = false;
  /// `probe.pending_handling=tri_state`: the answer is neither yes nor no.
  bool pending_or_unknown = false;
};

/// The content of the restart-context message, as it was at the restart.
struct RestartContext {
  sim::Instant restarted_at{};
  std::optional<sim::Instant> previous_session_end;
  std::vector<std::string> secret_keys;
};

/// A row as a restart found it, to be put back when the restart is given up.
struct Before {
  Status status = Status::provisioning;
  std::string url;
};

/// Tells whether the runtime's agents run elsewhere, so that the platform starts and stops nothing for them
/// (docs/platform.md §2.1).
[[nodiscard]] bool has_no_compute(std::string_view runtime);

/// Lists, for a refusal, the workspaces that a cascade would reach: a JSON array of {id, name}.
[[nodiscard]] std::string listed(const std::vector<Member>& members, const Directory& directory);

/// A call that the proxy makes for a client, an agent or the platform itself.
struct ProxyCall {
  WorkspaceKey target = WorkspaceKey::none;
  WorkspaceKey caller = WorkspaceKey::none;
  std::optional<sim::Duration> takes;
  sim::Context context;
};

/// The tenant server: one process, its memory and its tasks. Functions bear the upstream names; each behaviour is a
/// file of its own beside this one. Everything in here is lost when the process stops.
class Platform {
 public:
  Platform(Deps deps, const Policy& policy, sim::TaskGroup& tasks);
  ~Platform();

  /// Starts the periodic loops and subscribes to liveness expiry.
  void start_loops();
  /// Tells whether every heartbeat finds what the one before it found (idle.cpp).
  [[nodiscard]] bool hears_alike(const sim::Stillness& still) const;

  // --- HTTP (platform.cpp, registry.cpp) ---
  sim::Task<Response> handle(Request request);
  sim::Task<Response> handle_register(sim::Context context, AgentCall call);
  sim::Task<Response> handle_heartbeat(sim::Context context, AgentCall call);

  // --- restart (restart.cpp, coalesce.cpp, restart_context.cpp) ---
  sim::Task<Response> restart(Request request);
  /// Restarts a workspace that is not up (docs/platform.md §17.9).
  sim::Task<Response> ensure(Request request);
  sim::Task<Response> admin_restart(Request request);
  sim::Task<void> restart_by_id(WorkspaceKey key, RestartSource source);
  using Cycle = std::function<sim::Task<void>()>;
  sim::Task<void> coalesce_restart(WorkspaceKey key, Cycle cycle);
  sim::Task<void> run_restart_cycle(WorkspaceKey key);
  [[nodiscard]] bool is_restarting(WorkspaceKey key) const;
  [[nodiscard]] std::uint64_t debounce_drops() const { return debounce_drops_; }
  sim::Task<void> send_restart_context(WorkspaceKey key, RestartContext data);

  // --- stop and provision (stop.cpp, provision.cpp, backups.hpp) ---
  // Each stop takes a permit that belongs to its caller and outlives the call.
  sim::Task<StopResult> cp_stop(sim::Context context, WorkspaceKey key, sim::Literal source, StopPermit* permit);
  sim::Task<StopResult> stop_instance(sim::Context context, WorkspaceKey key, std::string instance, sim::Literal source,
                                      StopPermit* permit);
  sim::Task<StopResult> cp_stop_with_retry_err(sim::Context context, WorkspaceKey key, sim::Literal source,
                                               StopPermit* permit);
  /// Stops, with as many attempts as the policy makes for a restart.
  sim::Task<StopResult> stop_for_restart(sim::Context context, WorkspaceKey key, sim::Literal source,
                                         StopPermit permit);
  [[nodiscard]] Backups& backups() { return backups_; }
  sim::Task<Running> is_running(sim::Context context, WorkspaceKey key);
  sim::Task<void> provision_workspace(WorkspaceKey key, bool sync);
  /// `restart.provision_gate` (gate.cpp): waits until nobody else replaces the workspace. Whoever passed leaves again.
  sim::Task<void> pass_gate(WorkspaceKey key);
  /// Does the work of one who passed the gate, and leaves it.
  sim::Task<void> leave_gate_after(WorkspaceKey key, sim::Task<void> work);

  // --- proxy and probes (proxy.cpp, delegate.cpp) ---
  sim::Task<Response> proxy_a2a(ProxyCall call);
  sim::Task<bool> maybe_mark_container_dead(WorkspaceKey key);
  /// Returns the answer of a call that must not be dispatched; empty: it may be.
  sim::Task<std::optional<Response>> preflight_container_health(WorkspaceKey key);
  sim::Task<Response> delegate(Request request);
  sim::Task<void> drain_queue(WorkspaceKey key);
  /// `queue.sweep_interval`.
  sim::Task<void> sweep_queues();

  // --- secrets and files (secrets.cpp) ---
  sim::Task<Response> put_secret(Request request);
  sim::Task<Response> delete_secret(Request request);
  sim::Task<Response> put_model(Request request);
  sim::Task<Response> write_file(Request request);
  [[nodiscard]] std::uint64_t file_write_drops() const { return file_write_drops_; }

  sim::Task<Response> put_global_secret(Request request);
  sim::Task<Response> delete_global_secret(Request request);

  // --- creating, parking, removing (create.cpp, pause.cpp, hibernate.cpp, remove.cpp) ---
  sim::Task<Response> create(Request request);
  sim::Task<Response> bootstrap_failed(Request request);
  sim::Task<Response> pause(Request request);
  sim::Task<Response> resume_paused(Request request);
  sim::Task<Response> hibernate(Request request);
  /// What a hibernation came to: the row was not claimed, or claimed and not parked, or it is hibernated.
  enum class Hibernation : std::uint8_t { unclaimed, unfinished, done };
  sim::Task<Hibernation> hibernate_workspace(WorkspaceKey key, bool force = false);
  /// `hibernate.wakes`: claims a hibernated row, and provisions it.
  sim::Task<void> wake(WorkspaceKey key);
  /// `hibernate.stops`: backs up, parks and stops. Returns the refusal; empty: done.
  sim::Task<std::optional<Response>> hibernate_and_stop(sim::Context context, WorkspaceKey key);
  sim::Task<Response> remove(Request request);
  sim::Task<StopResult> stop_workspace_for_delete(sim::Context context, WorkspaceKey key);

  // --- sweepers and workers (sweepers.cpp, owed_terminates.cpp) ---
  sim::Task<void> sweep_cp_orphans();
  sim::Task<void> sweep_row_gone();
  sim::Task<void> hibernate_idle();

  // --- loops (monitors.cpp) ---
  sim::Task<void> liveness_lost(WorkspaceKey key);
  sim::Task<void> sweep_provision_timeouts();
  sim::Task<void> sweep_remote_health();
  sim::Task<void> report_orphans();
  /// `reconciler.mode` (reconciler.cpp).
  sim::Task<void> reconcile_instances();
  /// `watchdog.stall.enabled`, `watchdog.wedged.enabled` (watchdogs.cpp).
  sim::Task<void> watch_stalls();
  sim::Task<void> watch_wedged();
  sim::Task<Response> admin_status(Request request);

  [[nodiscard]] const Policy& policy() const { return policy_; }

 private:
  struct RestartState {
    bool running = false;
    bool pending = false;
    bool trailing = false;  // debounce_mode=trailing: one restart waits for the window's end
    bool locked = false;    // the mutex of restart.concurrency=drop_mutex
    std::optional<sim::Instant> started_at;
    // with intents.durable `running` means that the workspace has a start worker, and:
    bool launching = false;  // the worker has a launch under way
    bool looking = false;    // somebody checks whether its instance is dead
    sim::Signal wished;      // another start was owed: the worker need not wait
    sim::Signal landed;      // `launching` has become false
  };

  // coalesce.cpp
  bool debounced(WorkspaceKey key, RestartSource source);
  sim::Task<void> run_trailing_restart(WorkspaceKey key);
  sim::Task<void> restart_under_mutex(WorkspaceKey key);
  sim::Task<bool> contain_panic(sim::Task<void> cycle);

  // durable_starts.cpp (intents.durable)
  void keep_starting(WorkspaceKey key);
  void attend(const std::vector<OutboxRow>& owed, std::optional<StopPermit> permit);
  sim::Task<void> reconcile();
  sim::Task<void> work_on_start(WorkspaceKey key);
  sim::Task<bool> start_steps(WorkspaceKey key);
  sim::Task<bool> release_instance(WorkspaceKey key, WorkspaceRecord row);
  sim::Task<bool> settle_terminates(WorkspaceKey key, sim::Context context);
  sim::Task<bool> resolve_launch(WorkspaceKey key);
  sim::Task<void> look_for_launch(WorkspaceKey key);
  sim::Task<void> after_restart(WorkspaceKey key);
  sim::Task<bool> settle_parked(WorkspaceKey key, sim::Context context);
  sim::Task<Response> restart_durably(sim::Context context, WorkspaceKey key, Status found, StopPermit permit);
  sim::Task<std::vector<WorkspaceKey>> park_durably(sim::Context context, std::vector<WorkspaceKey> keys, Status to,
                                                    Reach reach, std::vector<std::optional<StopPermit>> permits);
  sim::Task<void> confirm_lost(WorkspaceKey key);
  sim::Task<std::optional<std::string>> dead_instance(WorkspaceKey key);
  sim::Task<std::string> shown_state(WorkspaceKey key, std::string instance);
  [[nodiscard]] static bool has_ended(std::string_view shown);

  // restart.cpp
  [[nodiscard]] Response restart_accepted(WorkspaceKey key) const;
  struct RestartChecks {
    std::optional<Response> refused;
    WorkspaceRecord row;
  };
  sim::Task<RestartChecks> restart_checks(Request request);
  sim::Task<void> restart_cycle_steps(WorkspaceKey key);
  sim::Task<void> replace_instance(WorkspaceKey key);
  sim::Task<void> restart_detached(WorkspaceKey key, StopPermit permit, Before before, RestartContext data);
  sim::Task<void> stop_and_provision(WorkspaceKey key, StopPermit permit, Before before, RestartContext data);
  sim::Task<bool> stop_and_decide(sim::Context context, WorkspaceKey key, sim::Literal source, StopPermit permit,
                                  std::optional<Before> before);
  sim::Task<void> restore(WorkspaceKey key, std::optional<Before> before);
  sim::Task<void> report_refused(WorkspaceKey key, BackupRefusal refusal);
  sim::Task<RestartContext> snapshot_restart_context(WorkspaceKey key);
  sim::Task<void> send_drain_signal(WorkspaceKey key, std::string url);
  sim::Task<bool> is_warming(WorkspaceKey key, WorkspaceRecord row);

  // image.cpp (restart.ensures_image, provision.ensures_image)
  sim::Task<bool> image_is_ready(WorkspaceKey key);
  sim::Task<bool> has_older_route();
  sim::Task<void> decline_restart(WorkspaceKey key, std::string why);
  sim::Task<void> provision_created(WorkspaceKey key);

  // stop.cpp
  sim::Task<CpAnswer> ask_status(sim::Context context, WorkspaceKey key, std::string instance);
  void stop_returned(WorkspaceKey key, sim::Name instance, bool stopped, bool answered = true);

  // pause.cpp
  struct Tree {
    std::vector<Member> members;  // the named workspace first
    Reach reach = Reach::tree;
    bool deprecated = false;  // cascades although nobody asked
    std::optional<Response> refused;
  };
  sim::Task<Tree> pause_tree(Request request, std::string name, Followed followed);
  sim::Task<void> pause_one(sim::Context context, WorkspaceKey key, std::optional<StopPermit> permit);
  sim::Task<Response> pause_durably(sim::Context context, Tree tree, std::vector<std::optional<StopPermit>> permits);
  sim::Task<Response> resume_durably(sim::Context context, Tree tree);

  // hibernate.cpp
  sim::Task<void> stop_for_hibernation(WorkspaceKey key);

  // honest_pause.cpp (pause.honest, resume.honest)
  struct Outcomes {
    std::int64_t done = 0;
    std::string failures;  // JSON objects, with commas between them
    std::int64_t failed = 0;
  };
  void note_failure(Outcomes* outcomes, WorkspaceKey key, std::string_view stage, std::string_view error);
  sim::Task<Response> pause_honestly(Tree tree, std::vector<std::optional<StopPermit>> permits);
  sim::Task<bool> pause_member(sim::Context context, WorkspaceKey key, std::optional<StopPermit> permit,
                               Outcomes* outcomes);
  sim::Task<StopResult> stop_for_pause(sim::Context context, WorkspaceKey key, std::optional<StopPermit> permit);
  sim::Task<Response> resume_honestly(Tree tree);
  sim::Task<bool> resume_member(sim::Context context, WorkspaceKey key, Outcomes* outcomes);

  // remove.cpp
  struct Removal {
    std::vector<WorkspaceKey> keys;  // the named one first
    std::vector<std::string> stop_errors;
    int removed = 0;
  };
  sim::Task<std::optional<Response>> check_removable(sim::Context context, WorkspaceKey key,
                                                     std::optional<std::string> confirmed);
  [[nodiscard]] bool delete_reaches_instances() const;
  sim::Task<void> clean_up(sim::Context context, Removal* removal);
  sim::Task<void> remove_one(sim::Context context, WorkspaceKey key, Removal* removal);
  sim::Task<void> forget_removed(sim::Context context, std::vector<WorkspaceKey> keys);
  sim::Task<Response> remove_tenant_first(Request request, Removal removal);
  sim::Task<Response> remove_through_outbox(Request request, Removal removal);
  sim::Task<Response> finish_removal(Request request, Removal removal);

  // owed_terminates.cpp
  /// How far the worker of an outbox row is.
  struct OwedTerminate {
    sim::Instant since{};              // when it began
    std::optional<StopPermit> permit;  // of the backup that was accepted; it holds for all later attempts
    bool accepted = false;             // a terminate was
  };
  void start_workers();
  sim::Task<void> take_up_owed();
  sim::Task<bool> fence(WorkspaceKey key, std::string instance);
  sim::Task<void> work_on_fence(FenceRow fence);
  sim::Task<void> work_on_outbox(OutboxRow owed, std::optional<StopPermit> permit);
  sim::Task<bool> settle_outbox(OutboxRow owed, OwedTerminate* work);
  sim::Task<bool> end_owed(OutboxRow owed, OwedTerminate* work);
  sim::Task<bool> confirm_ended(OutboxRow owed, OwedTerminate* work);
  sim::Task<std::optional<StopPermit>> permit_for(OutboxRow owed);

  // sweepers.cpp
  sim::Task<void> owe_cp_orphans();
  sim::Task<void> sweep_cp_orphans_within(sim::Context context);
  sim::Task<void> reap_unnamed(std::vector<cloud::InstanceDescription> instances, std::vector<std::string> named);

  // secrets.cpp
  [[nodiscard]] bool writes_its_own(const Request& request) const;
  sim::Task<bool> restarts_for_secrets(WorkspaceKey key);
  sim::Task<void> restart_for_secret(WorkspaceKey key);
  sim::Task<void> restart_reached(std::string name);

  // provision.cpp
  sim::Task<void> provision_steps(sim::Context context, WorkspaceKey key, bool sync);
  void spawn_provision(WorkspaceKey key);
  void spawn_gated(WorkspaceKey key, sim::Task<void> work);
  sim::Task<CpAnswer> ask_for_launch(sim::Context context, StartRequest start);
  [[nodiscard]] std::string idempotency_key(WorkspaceKey key);
  sim::Task<void> persist_instance(sim::Context context, WorkspaceKey key, std::string instance);
  sim::Task<void> provision_noted(sim::Context context, WorkspaceKey key, bool sync);
  sim::Task<bool> may_launch(WorkspaceKey key);
  sim::Task<void> discard_launch(WorkspaceKey key, std::string instance);
  sim::Task<void> cancel_launches(std::vector<WorkspaceKey> keys);
  sim::Task<bool> name_snapshot(sim::Context context, WorkspaceKey key, StartRequest* start);
  sim::Task<bool> plan_launch(sim::Context context, WorkspaceKey key, PlannedLaunch* launch);
  sim::Task<void> launch_failed(sim::Context context, WorkspaceKey key, CpAnswer answer);
  sim::Task<bool> keep_launch(sim::Context context, WorkspaceKey key, std::string instance, sim::Instant read_at);
  sim::Task<void> mark_failed(sim::Context context, WorkspaceKey key, std::string reason);

  // restart_context.cpp
  sim::Task<bool> wait_for_online(WorkspaceKey key);
  sim::Task<bool> wait_for_fresh(WorkspaceKey key, sim::Instant restarted_at);

  // proxy.cpp
  struct Resolved {
    std::string url;
    std::optional<Response> refusal;
  };
  sim::Task<Resolved> resolve_agent_url(sim::Context context, WorkspaceKey target, WorkspaceKey caller);
  sim::Task<Response> queue_call(WorkspaceKey target, WorkspaceKey caller);
  /// What a dead verdict found: nobody may be asked, the instance is there, it may only be settling, or it is dead.
  enum class Verdict : std::uint8_t { unasked, alive, settling, dead };
  sim::Task<Verdict> dead_verdict(WorkspaceKey key);
  // settle.cpp (probe.settle)
  sim::Task<Verdict> settle(WorkspaceKey key);
  sim::Task<Verdict> settle_by_waiting(WorkspaceKey key);
  sim::Task<sim::Instant> last_beat(WorkspaceKey key);
  [[nodiscard]] bool is_second_observation(WorkspaceKey key);
  sim::Task<Response> answer_dispatch(ProxyCall call, DispatchResult outcome);
  sim::Task<bool> is_alive(WorkspaceKey key);
  sim::Task<void> mark_dead(WorkspaceKey key, RestartSource source);

  // delegate.cpp
  sim::Task<void> run_delegation(std::int64_t id, ProxyCall call);

  // registry.cpp
  sim::Task<void> forget_other_tokens(sim::Context context, WorkspaceKey key, std::string bearer);
  sim::Task<std::optional<Response>> authenticate(sim::Context context, AgentCall call);
  sim::Task<void> registration_failed(WorkspaceKey key);
  sim::Task<bool> holds_degraded(sim::Context context, WorkspaceKey key);
  sim::Task<void> evaluate_status(sim::Context context, WorkspaceKey key, HeartbeatPayload payload);
  [[nodiscard]] bool recovers(Status status) const;
  sim::Task<void> move_and_tell(sim::Context context, WorkspaceKey key, std::optional<Status> guard, Status to,
                                std::string type, std::string payload);

  // watchdogs.cpp
  struct Stall {
    std::optional<sim::Instant> asked_at;      // of the message that it was sent
    std::optional<sim::Instant> restarted_at;  // by the watchdog, the last time
  };
  sim::Task<void> ask_for_activity(WorkspaceKey key);
  void stall_goes_on(WorkspaceKey key);

  // monitors.cpp
  /// Says whether a loop ticks at once when the process starts, or waits one interval first.
  enum class Boot : std::uint8_t { runs, waits };
  /// What a loop does at each turn, and by what one knows that it is idle (sim::Turns).
  struct Loop {
    sim::Task<void> (Platform::*turn)() = nullptr;
    bool (Platform::*idle)(const sim::Stillness& still) const = nullptr;
  };
  class LoopTurns;
  sim::Task<void> loop(sim::Duration every, Boot boot, Loop played);
  sim::Task<void> workspace_offline(WorkspaceKey key, RestartSource source);

  // idle.cpp: each tells whether the loop that it is of is idle.
  [[nodiscard]] bool provisions_nothing(const sim::Stillness& still) const;
  [[nodiscard]] bool has_no_external_up(const sim::Stillness& still) const;
  [[nodiscard]] bool keeps_all_awake(const sim::Stillness& still) const;
  [[nodiscard]] bool has_no_cp_orphan(const sim::Stillness& still) const;
  [[nodiscard]] bool names_all_instances(const sim::Stillness& still) const;
  [[nodiscard]] bool has_nothing_to_reconcile(const sim::Stillness& still) const;
  [[nodiscard]] bool queues_nothing(const sim::Stillness& still) const;
  [[nodiscard]] bool finds_all_running(const sim::Stillness& still) const;
  [[nodiscard]] bool runs_if_up(const WorkspaceFacts& workspace) const;
  [[nodiscard]] bool stalls_nobody(const sim::Stillness& still) const;
  [[nodiscard]] bool wedges_nobody(const sim::Stillness& still) const;
  [[nodiscard]] bool reads_alike(const sim::Stillness& still) const;
  [[nodiscard]] std::uint64_t most_describes(sim::Duration within) const;

  // --- small things ---
  [[nodiscard]] sim::Context background() const { return {}; }
  [[nodiscard]] sim::Context background(sim::Duration timeout) const { return {deps_.clock.now() + timeout}; }
  sim::Root& spawn(std::string_view label, sim::Task<void> task) {
    return deps_.clock.spawn(tasks_, label, std::move(task));
  }
  std::uint32_t log(sim::Kind kind, WorkspaceKey key, std::initializer_list<sim::Field> detail = {});
  /// Tells observers where a unit of work begins and ends; work that a crash cuts off never ends. `recurs`: another
  /// turn of the same work follows.
  template <typename T>
  sim::Task<T> operation(sim::Literal label, WorkspaceKey key, sim::Context context, sim::Task<T> work,
                         bool recurs = false) {
    Operation begun;
    begun.label = label;
    begun.workspace = key;
    begun.until = context.until;
    begun.recurs = recurs;
    const std::uint64_t id = deps_.observation.operation_began(begun);
    if constexpr (std::is_void_v<T>) {
      co_await std::move(work);
      deps_.observation.operation_ended(id);
    } else {
      T result = co_await std::move(work);
      deps_.observation.operation_ended(id);
      co_return result;
    }
  }
  /// Inserts a durable event row and broadcasts the event; an event that cannot be recorded is not broadcast.
  sim::Task<void> record_and_broadcast(sim::Context context, WorkspaceKey key, std::string type, std::string payload);
  RestartState& restart_state(WorkspaceKey key) { return restart_states_[key]; }

  Deps deps_;
  Policy policy_;
  Backups backups_;
  sim::TaskGroup& tasks_;
  sim::Name actor_;
  std::map<WorkspaceKey, RestartState> restart_states_;
  struct Gate {
    bool taken = false;
    sim::Signal left;
  };
  std::map<WorkspaceKey, Gate> gates_;
  struct Launches {
    int running = 0;
    bool cancelled = false;
    sim::Signal ended;
  };
  std::map<WorkspaceKey, Launches> launches_;       // delete.cancels_launches
  std::map<WorkspaceKey, sim::Instant> suspected_;  // when a verdict first found it not running (probe.settle)
  std::map<WorkspaceKey, Stall> stalls_;
  std::set<WorkspaceKey> wedged_;           // those that an event was written of
  std::map<WorkspaceKey, int> boot_turns_;  // restart contexts that are with the agent
  std::map<WorkspaceKey, sim::Instant> file_writes_;
  std::set<std::int64_t> attended_;  // rows of the outbox that have a worker
  std::uint64_t debounce_drops_ = 0;
  std::uint64_t file_write_drops_ = 0;
  std::uint64_t tokens_issued_ = 0;
  std::uint64_t keys_made_ = 0;
};

}  // namespace drydock::model
