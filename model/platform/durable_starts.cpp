#include <algorithm>

#include "model/platform/platform.hpp"

// The second lifecycle, with `intents.durable` (docs/platform.md §16). A request or a discovery writes down what is
// owed, in the transaction that changes the workspace's row. Workers do what is owed, from the rows alone, so a crash
// or a lost answer loses nothing: `reconcile` gives each row without a worker a new one, at boot and at intervals.
//
//   owed              written by (model/store/intents.cpp, owed.cpp)       done by
//   a start           create, restart, resume; a changed secret or file;   work_on_start, one a workspace:
//                     confirm_lost, which finds an instance dead             release_instance, settle_terminates,
//                                                                            provision_workspace
//   a terminate       restart, pause, hibernate, delete; a launch that     work_on_outbox, one an instance
//                     its row does not want any more                         (owed_terminates.cpp)
//   a launch's end    begin_launch, before EC2 is asked                    record_launch, which settles the start;
//                                                                            resolve_launch, where an answer was lost
//
// No launch begins before the workspace owes no terminate. A start is owed until the row names an instance that was
// launched for it; the answer to a request comes once its decision is written, and does not wait for the launch.

namespace drydock::model {

using sim::Context;
using sim::Task;
using namespace std::chrono_literals;

namespace {

/// A start that could not be made is tried again after 1 s, then after twice as long each time, up to this.
constexpr sim::Duration kLongestWait = 1min;
/// The interval at which a task checks whether the workspace's terminates are settled.
constexpr sim::Duration kSettlePoll = 500ms;

}  // namespace

// --- who works on what ----------------------------------------------------------------------------------------------

/// Gives the workspace a start worker, or wakes the one that it has. Called once the workspace owes a start.
void Platform::keep_starting(WorkspaceKey key) {
  RestartState& state = restart_state(key);
  if (state.running) {
    state.wished.notify_all();
    return;
  }
  state.running = true;
  state.started_at = deps_.clock.now();
  spawn("start worker", work_on_start(key));
}

/// Gives each terminate that is owed a worker. `permit` is of the backup that the caller has taken for one of the
/// instances; empty: it has taken none.
void Platform::attend(const std::vector<OutboxRow>& owed, std::optional<StopPermit> permit) {
  for (const OutboxRow& row : owed) {
    if (!attended_.insert(row.id).second) continue;
    const bool covered = permit && permit->covers(row.instance_id);
    spawn("outbox worker", work_on_outbox(row, covered ? permit : std::nullopt));
  }
}

/// Takes up, at boot and at intervals, what a crash or a lost reply left without a worker, and checks workspaces that
/// may have lost their instance.
Task<void> Platform::reconcile() {
  DbResult<std::vector<OutboxRow>> owed = co_await deps_.store.open_outbox(background());
  if (owed) attend(*owed, std::nullopt);
  DbResult<std::vector<WorkspaceKey>> starts = co_await deps_.store.owed_starts(background());
  if (starts) {
    for (const WorkspaceKey key : *starts) {
      if (!is_restarting(key)) keep_starting(key);
    }
  }
  DbResult<std::vector<WorkspaceKey>> strays = co_await deps_.store.stray_launches(background());
  if (strays) {
    for (const WorkspaceKey key : *strays) co_await resolve_launch(key);
  }
  const sim::Instant before = deps_.store.wall() - policy_.time_remote_stale;
  DbResult<std::vector<WorkspaceKey>> silent = co_await deps_.store.unattended(background(), before);
  if (!silent) co_return;
  for (const WorkspaceKey key : *silent) spawn("loss check", confirm_lost(key));
}

// --- the worker -----------------------------------------------------------------------------------------------------

Task<void> Platform::work_on_start(WorkspaceKey key) {
  RestartState& state = restart_state(key);
  sim::Duration wait = 1s;
  while (true) {
    DbResult<bool> owed = co_await deps_.store.owes_start(background(), key);
    if (owed && !*owed) break;
    Task<bool> steps = start_steps(key);
    const bool started = co_await operation("restart cycle", key, background(), std::move(steps));
    if (started) {
      wait = 1s;
      continue;
    }
    const sim::Instant until = deps_.clock.now() + wait;
    [[maybe_unused]] const bool woken = co_await deps_.clock.wait(state.wished, until);
    wait = std::min(2 * wait, kLongestWait);
  }
  state.running = false;
}

/// Makes one attempt at the start; returns true when the row names an instance at its end.
Task<bool> Platform::start_steps(WorkspaceKey key) {
  const auto begun = log(kind::restart_cycle, key);
  const sim::CauseScope scope(deps_.record, begun);
  DbResult<std::optional<WorkspaceRecord>> found = co_await deps_.store.find_restartable(background(), key);
  if (!found || !*found) co_return false;
  const bool released = co_await release_instance(key, std::move(**found));
  if (!released) co_return false;
  co_await settle_terminates(key, background());
  // An earlier try may have launched without anybody hearing of it.
  const bool known = co_await resolve_launch(key);
  if (!known) co_return false;
  DbResult<std::string> taken_over = co_await deps_.store.instance_id(background(), key);
  if (!taken_over || !taken_over->empty()) co_return taken_over.has_value();
  RestartState& state = restart_state(key);
  state.launching = true;
  co_await provision_workspace(key, true);
  state.launching = false;
  state.landed.notify_all();
  DbResult<std::string> instance = co_await deps_.store.instance_id(background(), key);
  co_return instance && !instance->empty();
}

/// Brings the row to provisioning, naming no instance; the instance that it named is backed up and owed a terminate.
/// Returns false when that could not be done, or an ancestor is paused.
Task<bool> Platform::release_instance(WorkspaceKey key, WorkspaceRecord row) {
  DbResult<std::string> instance = co_await deps_.store.instance_id(background(), key);
  if (!instance) co_return false;
  if (instance->empty() && row.status == Status::provisioning) co_return true;
  DbResult<bool> held = co_await deps_.store.has_paused_ancestor(background(), key);
  if (!held || *held) co_return false;
  if (policy_.restart_drain_signal && !row.url.empty()) spawn("drain signal", send_drain_signal(key, row.url));
  Permit permit = co_await backups_.cover(background(), key, false);
  if (!permit) {
    co_await report_refused(key, std::move(permit.error()));
    co_return false;
  }
  const sim::CauseScope covered(deps_.record, permit->event());
  deps_.keys.forget_url(key);  // as in restart_durably
  DbResult<Decided> begun = co_await deps_.store.begin_restart(background(), key, std::nullopt);
  if (!begun) co_return false;
  attend(begun->owed, std::move(*permit));
  if (!begun->done) co_return false;
  deps_.keys.clear(key);
  spawn("restart context", after_restart(key));
  co_return true;
}

/// Waits until the workspace owes no terminate; returns false when the context ended first.
Task<bool> Platform::settle_terminates(WorkspaceKey key, Context context) {
  while (true) {
    DbResult<bool> owes = co_await deps_.store.owes_terminate(background(), key);
    if (owes && !*owes) co_return true;
    const bool waited = co_await deps_.clock.sleep(context, kSettlePoll);
    if (!waited) co_return false;
  }
}

/// Settles a launch that was written down and whose outcome nobody recorded: an instance of it that lives is kept, or
/// owed a terminate where the row does not want it any more. An instance that EC2 does not show may still come while
/// the launch's own call can be under way, so the launch is forgotten only after the provision timeout. Returns false
/// when the outcome is not known.
Task<bool> Platform::resolve_launch(WorkspaceKey key) {
  DbResult<std::optional<PlannedLaunch>> open = co_await deps_.store.open_launch(background(), key);
  if (!open) co_return false;
  if (!*open) co_return true;
  const sim::Instant read_at = (*open)->read_at;
  CpAnswer found = co_await deps_.control_plane.find_launch(background(policy_.time_cp_client_timeout), key,
                                                            std::move((*open)->token));
  if (!found.ok() && found.http != 404) co_return false;
  const bool lives = found.ok() && (found.state == "pending" || found.state == "running");
  if (lives) {
    co_return co_await keep_launch(background(), key, std::move(found.instance_id), read_at);
  } else if (found.ok() || deps_.clock.now() - read_at > policy_.time_provision_timeout) {
    co_await deps_.store.drop_launch(background(), key);
  }
  co_return true;
}

/// Looks for the launch that an agent may be of which the row does not name.
Task<void> Platform::look_for_launch(WorkspaceKey key) {
  [[maybe_unused]] const bool known = co_await resolve_launch(key);
}

/// Waits until nothing of a parked workspace runs: no launch is on its way, and no terminate is owed. Returns false
/// when the context ended first.
Task<bool> Platform::settle_parked(WorkspaceKey key, Context context) {
  RestartState& state = restart_state(key);
  while (state.launching) {
    const bool landed = co_await deps_.clock.wait(state.landed, context.until);
    if (!landed) co_return false;
  }
  while (true) {
    const bool resolved = co_await resolve_launch(key);
    if (resolved) break;
    const bool waited = co_await deps_.clock.sleep(context, kSettlePoll);
    if (!waited) co_return false;
  }
  co_return co_await settle_terminates(key, context);
}

// --- restart, resume, pause, hibernate, as decisions ----------------------------------------------------------------

Task<Response> Platform::restart_durably(Context context, WorkspaceKey key, Status found, StopPermit permit) {
  // The decision may take effect and its answer be lost: from now on a call asks the row where to go.
  deps_.keys.forget_url(key);
  DbResult<Decided> begun = co_await deps_.store.begin_restart(context, key, found);
  if (!begun) co_return respond_error(500, "failed to update workspace");
  if (!begun->done && !begun->made) co_return respond_error(409, "the workspace was removed or parked meanwhile");
  // `done` is false where somebody has changed the row again between the decision and this answer.
  attend(begun->owed, std::move(permit));
  if (!begun->done) co_return respond_error(500, "the restart was overtaken before it was answered");
  deps_.keys.clear(key);
  keep_starting(key);
  spawn("restart context", after_restart(key));
  co_return restart_accepted(key);
}

Task<void> Platform::after_restart(WorkspaceKey key) {
  co_await record_and_broadcast(background(), key, "WORKSPACE_PROVISIONING", "{}");
  RestartContext data = co_await snapshot_restart_context(key);
  co_await send_restart_context(key, std::move(data));
}

/// Parks all of them in one transaction, so that a crash leaves no child running below a paused parent. Returns those
/// that were parked; empty when the first could not be parked any more, the tree has others by now, or the transaction
/// failed.
Task<std::vector<WorkspaceKey>> Platform::park_durably(Context context, std::vector<WorkspaceKey> keys, Status to,
                                                       Reach reach, std::vector<std::optional<StopPermit>> permits) {
  std::vector<WorkspaceKey> done;
  for (const WorkspaceKey key : keys) deps_.keys.forget_url(key);  // as in restart_durably
  DbResult<std::vector<Decided>> parked = co_await deps_.store.park(context, keys, to, reach);
  if (!parked) co_return done;
  const std::string type = to == Status::paused ? "WORKSPACE_PAUSED" : "WORKSPACE_HIBERNATED";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!(*parked)[i].made) continue;
    const std::uint32_t cause = permits[i] ? permits[i]->event() : deps_.record.current_cause();
    const sim::CauseScope covered(deps_.record, cause);
    attend((*parked)[i].owed, std::move(permits[i]));
    if (!(*parked)[i].done) continue;
    deps_.keys.clear(keys[i]);
    spawn("event", record_and_broadcast(background(), keys[i], type, "{}"));
    done.push_back(keys[i]);
  }
  co_return done;
}

// --- a start that nobody asked for ----------------------------------------------------------------------------------

/// Checks whether the workspace's instance is dead; asked for by an expired liveness key, a dead verdict and
/// `reconcile`. A workspace whose instance is seen dead (with `probe.confirm_death` twice) becomes offline and is owed
/// a start.
Task<void> Platform::confirm_lost(WorkspaceKey key) {
  RestartState& state = restart_state(key);
  if (state.running || state.looking) co_return;
  state.looking = true;
  std::optional<std::string> dead = co_await dead_instance(key);
  if (dead && policy_.probe_confirm_death > 0s) {
    co_await deps_.clock.pause(policy_.probe_confirm_death);
    const std::optional<std::string> still = co_await dead_instance(key);
    if (still != dead) dead.reset();
  }
  state.looking = false;
  if (!dead || state.running) co_return;
  const DbChanged lost = co_await deps_.store.mark_lost(background(), key, std::move(*dead));
  if (!lost || *lost == 0) co_return;
  deps_.keys.clear(key);
  keep_starting(key);
  co_await record_and_broadcast(background(), key, "WORKSPACE_OFFLINE", "{}");
}

/// Returns the instance that the row names, if the control plane says that it has ended; empty otherwise, and for
/// agents that run elsewhere.
Task<std::optional<std::string>> Platform::dead_instance(WorkspaceKey key) {
  DbResult<std::optional<WorkspaceRecord>> row = co_await deps_.store.find_restartable(background(), key);
  if (!row || !*row || has_no_compute((*row)->runtime)) co_return std::nullopt;
  DbResult<std::string> instance = co_await deps_.store.instance_id(background(), key);
  if (!instance || instance->empty()) co_return std::nullopt;
  const std::string state = co_await shown_state(key, *instance);
  if (!has_ended(state)) co_return std::nullopt;
  co_return std::move(*instance);
}

/// Tells whether the control plane shows that an instance has ended, or that EC2 does not know it.
bool Platform::has_ended(std::string_view shown) { return !shown.empty() && shown != "pending" && shown != "running"; }

/// Returns the state in which the control plane shows the instance; empty when its state cannot be known.
Task<std::string> Platform::shown_state(WorkspaceKey key, std::string instance) {
  CpAnswer answer = co_await ask_status(background(), key, std::move(instance));
  co_return answer.ok() ? std::move(answer.state) : std::string{};
}

}  // namespace drydock::model
