#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

// --- HTTP restart (docs/platform.md §7.3) ---------------------------------------------------------------------------

Task<Platform::RestartChecks> Platform::restart_checks(Request request) {
  RestartChecks checks;
  const bool wants_loss = request.asks("force_terminate") || request.asks("accept_state_loss");
  if (wants_loss && !request.ops) {
    checks.refused = respond_error(403, "only operations may accept the loss of state");
    co_return checks;
  }
  DbResult<std::optional<WorkspaceRecord>> found =
      co_await deps_.store.find_workspace(request.context, request.workspace);
  if (!found) {
    checks.refused = respond_error(500, "failed to load workspace");
    co_return checks;
  }
  const bool newer = policy_.restart_async;
  if (!*found || (policy_.restart_refuses_removed && is_removed((*found)->status))) {
    checks.refused = respond_error(404, "workspace not found");
    co_return checks;
  }
  checks.row = std::move(**found);
  if (newer && has_no_compute(checks.row.runtime)) {
    Body body;
    body.add("status", "noop");
    checks.refused = respond(200, std::move(body));
    co_return checks;
  }
  DbResult<bool> paused = co_await deps_.store.has_paused_ancestor(request.context, request.workspace);
  if (!paused) {
    checks.refused = respond_error(500, "failed to check ancestors");
  } else if (*paused) {
    checks.refused = respond_error(409, "an ancestor is paused");
  } else if (newer && !request.body_is_valid) {
    checks.refused = respond_error(400, "invalid request body");
  }
  co_return checks;
}

Task<Response> Platform::restart(Request request) {
  const WorkspaceKey key = request.workspace;
  const Context context = request.context;
  const bool accepts_loss = accepts_state_loss(request);
  RestartChecks checks = co_await restart_checks(std::move(request));
  if (checks.refused) co_return std::move(*checks.refused);
  // The backup comes before every write, so that its refusal can still be the answer (#1990).
  Permit permit = co_await backups_.cover(context, key, accepts_loss);
  if (!permit) co_return refuse(permit.error());
  const sim::CauseScope covered(deps_.record, permit->event());
  if (policy_.intents_durable) co_return co_await restart_durably(context, key, checks.row.status, std::move(*permit));
  Before before{checks.row.status, std::move(checks.row.url)};
  if (!policy_.restart_async) {
    Task<bool> stop = stop_and_decide(context, key, "Restart", std::move(*permit), std::nullopt);
    const bool goes_on = co_await operation("restart", key, background(), std::move(stop));
    if (!goes_on) co_return respond_error(500, "failed to stop workspace");
  }
  const bool keeps_url = policy_.restart_keeps_url && policy_.restart_async;
  Task<DbChanged> mark =
      keeps_url ? deps_.store.set_provisioning_with_url(context, key) : deps_.store.set_provisioning(context, key);
  const DbChanged marked = co_await std::move(mark);
  if (!marked && policy_.restart_async) co_return respond_error(500, "failed to update workspace");
  co_await record_and_broadcast(context, key, "WORKSPACE_PROVISIONING", "{}");
  RestartContext data = co_await snapshot_restart_context(key);
  if (policy_.restart_async) {
    Task<void> work = restart_detached(key, std::move(*permit), std::move(before), std::move(data));
    spawn("restart", operation("restart", key, background(), std::move(work)));
  } else {
    spawn("provision", provision_workspace(key, false));
    spawn("restart context", send_restart_context(key, std::move(data)));
  }
  co_return restart_accepted(key);
}

Response Platform::restart_accepted(WorkspaceKey key) const {
  Body body;
  body.add("status", "provisioning").add("config_dir", fmt::format("/configs/{}", deps_.directory.entry(key).uuid));
  body.add("reset_session", false);
  return respond(200, std::move(body));
}

/// Does the rest of a restart after its answer (B0+), once its image is there. With the provision gate it waits for
/// whoever holds that, and holds it itself until the launch was asked for: a second restart is a second replacement,
/// after the first.
Task<void> Platform::restart_detached(WorkspaceKey key, StopPermit permit, Before before, RestartContext data) {
  const bool ready = co_await image_is_ready(key);
  if (!ready) co_return;
  co_await pass_gate(key);
  Task<void> work = stop_and_provision(key, std::move(permit), std::move(before), std::move(data));
  co_await leave_gate_after(key, std::move(work));
}

/// Stops, then provisions: as a second detached task, or at once for who holds the gate.
Task<void> Platform::stop_and_provision(WorkspaceKey key, StopPermit permit, Before before, RestartContext data) {
  const bool may_abort = policy_.restart_stop_failure == StopFailure::abort_and_restore;
  if (!may_abort) spawn("restart context", send_restart_context(key, data));
  const bool goes_on = co_await stop_and_decide(background(), key, "Restart", std::move(permit), std::move(before));
  if (!goes_on) co_return;
  if (policy_.restart_keeps_url) {
    co_await deps_.store.clear_url(background(), key);
    deps_.keys.clear(key);
  }
  if (may_abort) spawn("restart context", send_restart_context(key, std::move(data)));
  if (policy_.restart_provision_gate) co_return co_await provision_workspace(key, false);
  spawn("provision", provision_workspace(key, false));
}

// --- a stop that did not succeed (docs/platform.md §11, restart_stop_failure) ---------------------------------------

/// Stops, and tells whether the restart goes on to provision. `before` is the row as it was before the restart wrote
/// it; empty where the restart has not written it yet.
Task<bool> Platform::stop_and_decide(Context context, WorkspaceKey key, sim::Literal source, StopPermit permit,
                                     std::optional<Before> before) {
  StopResult stopped = co_await stop_for_restart(context, key, source, std::move(permit));
  if (stopped) co_return true;
  StopError error = std::move(stopped.error());
  if (error.refusal) {
    co_await report_refused(key, std::move(*error.refusal));
    co_await restore(key, std::move(before));
    co_return false;
  }
  switch (policy_.restart_stop_failure) {
    case StopFailure::proceed:
      co_return true;
    case StopFailure::fence: {
      const bool fenced = co_await fence(key, error.instance);
      if (fenced) co_return true;
      break;
    }
    case StopFailure::abort_and_restore:
      break;
  }
  Body payload;
  payload.add("workspace_id", deps_.directory.entry(key).uuid)
      .add("instance_id", std::move(error.instance))
      .add("attempts", std::int64_t{policy_.stop_attempts})
      .add("last_error", std::move(error.message));
  co_await record_and_broadcast(background(), key, "workspace.restart.terminate_retry_exhausted", payload.text());
  co_await restore(key, std::move(before));
  co_return false;
}

Task<void> Platform::restore(WorkspaceKey key, std::optional<Before> before) {
  if (!before) co_return;
  co_await deps_.store.restore(background(), key, before->status, std::move(before->url));
}

/// Records a refused backup as a durable event: a programmatic stop has no caller to refuse (docs/platform.md §10.1).
Task<void> Platform::report_refused(WorkspaceKey key, BackupRefusal refusal) {
  Body payload;
  payload.add("workspace_id", deps_.directory.entry(key).uuid)
      .add("instance_id", std::move(refusal.instance_id))
      .add("error", std::move(refusal.error))
      .add("retry_after", std::int64_t{refusal.retry_after / std::chrono::seconds{1}});
  co_await record_and_broadcast(background(), key, "workspace.restart.terminate_refused", payload.text());
}

Task<RestartContext> Platform::snapshot_restart_context(WorkspaceKey key) {
  RestartContext data;
  data.restarted_at = deps_.clock.now();
  DbResult<RestartContextRow> row = co_await deps_.store.restart_context(background(), key);
  if (row) {
    data.previous_session_end = row->last_heartbeat_at;
    data.secret_keys = std::move(row->secret_keys);
  }
  co_return data;
}

// --- one programmatic cycle (docs/platform.md §7.4) -----------------------------------------------------------------

Task<void> Platform::run_restart_cycle(WorkspaceKey key) {
  return operation("restart cycle", key, background(), restart_cycle_steps(key));
}

Task<void> Platform::restart_cycle_steps(WorkspaceKey key) {
  const auto begun = log(kind::restart_cycle, key);
  const sim::CauseScope scope(deps_.record, begun);
  DbResult<std::optional<WorkspaceRecord>> found = co_await deps_.store.find_restartable(background(), key);
  if (!found || !*found) co_return;
  const WorkspaceRecord row = std::move(**found);
  if (has_no_compute(row.runtime)) co_return;
  DbResult<bool> paused = co_await deps_.store.has_paused_ancestor(background(), key);
  if (!paused || *paused) co_return;
  const bool warming = co_await is_warming(key, row);
  if (warming) co_return;
  // An interrupted provision is given time to get somewhere. The row is not read again afterwards.
  if (row.status == Status::provisioning) co_await deps_.clock.pause(policy_.time_interrupt_sleep);
  if (policy_.restart_drain_signal && !row.url.empty()) spawn("drain signal", send_drain_signal(key, row.url));
  co_await pass_gate(key);
  Task<void> work = replace_instance(key);
  co_await leave_gate_after(key, std::move(work));
}

/// The rest of a cycle: image, backup, stop, launch.
Task<void> Platform::replace_instance(WorkspaceKey key) {
  const bool ready = co_await image_is_ready(key);
  if (!ready) co_return;
  Permit permit = co_await backups_.cover(background(), key, false);
  if (!permit) {
    co_await report_refused(key, std::move(permit.error()));
    co_return;
  }
  const sim::CauseScope covered(deps_.record, permit->event());
  const bool goes_on = co_await stop_and_decide(background(), key, "Auto-restart", std::move(*permit), std::nullopt);
  if (!goes_on) co_return;
  if (policy_.restart_cycle_clears_keys) deps_.keys.clear(key);
  co_await deps_.store.set_provisioning(background(), key);
  co_await record_and_broadcast(background(), key, "WORKSPACE_PROVISIONING", "{}");
  RestartContext data = co_await snapshot_restart_context(key);
  if (policy_.restart_concurrency == Concurrency::coalesce) {
    co_await provision_workspace(key, true);
  } else {
    spawn("provision", provision_workspace(key, false));
  }
  spawn("restart context", send_restart_context(key, std::move(data)));
}

/// `restart.warming_guard`: tells whether a platform root is booting, which takes longer than it takes somebody to ask
/// for it again.
Task<bool> Platform::is_warming(WorkspaceKey key, WorkspaceRecord row) {
  const bool concerns = policy_.restart_warming_guard && row.kind == kPlatformKind;
  if (!concerns || row.status != Status::provisioning) co_return false;
  const Running seen = co_await is_running(background(), key);
  co_return seen.running && !seen.error;
}

// --- programmatic restarts that are asked for (docs/platform.md §17.9) ----------------------------------------------

Task<Response> Platform::ensure(Request request) {
  const WorkspaceKey key = request.workspace;
  DbResult<std::optional<Status>> status = co_await deps_.store.status(request.context, key);
  if (!status) co_return respond_error(500, "failed to load workspace");
  if (!*status || is_removed(**status)) co_return respond_error(404, "workspace not found");
  Body body;
  if (is_up(**status)) {
    body.add("ensured", true);
    co_return respond(200, std::move(body));
  }
  spawn("restart by id", restart_by_id(key, RestartSource::ensure));
  body.add("restarting", true);
  co_return respond(202, std::move(body));
}

/// POST /admin/workspaces/{id}/restart (PR #2925): asynchronous and debounced, as a restart of the platform's own.
Task<Response> Platform::admin_restart(Request request) {
  const WorkspaceKey key = request.workspace;
  DbResult<std::optional<Status>> status = co_await deps_.store.status(request.context, key);
  if (!status) co_return respond_error(500, "failed to load workspace");
  if (!*status) co_return respond_error(404, "workspace not found");
  spawn("restart by id", restart_by_id(key, RestartSource::admin));
  Body body;
  body.add("restarting", true);
  co_return respond(202, std::move(body));
}

/// POST {url}/signals/restart_pending: nobody waits for it, and its outcome changes nothing.
Task<void> Platform::send_drain_signal(WorkspaceKey key, std::string url) {
  const Context context = background(policy_.time_drain_signal_timeout);
  const sim::Duration at_once{};
  co_await deps_.fleet.dispatch(context, std::move(url), at_once);
  log(kind::platform_log, key, {{"message", "drain signal sent"}});
}

}  // namespace drydock::model
