#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Instant;
using sim::Task;

void Platform::start_loops() {
  deps_.keys.subscribe([this](WorkspaceKey key) { spawn("liveness monitor", liveness_lost(key)); });
  spawn("provision-timeout sweep", loop(policy_.time_provision_timeout_sweep, Boot::waits,
                                        {&Platform::sweep_provision_timeouts, &Platform::provisions_nothing}));
  if (policy_.health_remote_on_saas) {
    spawn("health sweep", loop(policy_.time_health_sweep, Boot::waits,
                               {&Platform::sweep_remote_health, &Platform::has_no_external_up}));
  }
  spawn("hibernation monitor",
        loop(policy_.time_hibernation_monitor, Boot::waits, {&Platform::hibernate_idle, &Platform::keeps_all_awake}));
  if (policy_.sweeper_cp_orphan_enabled) {
    spawn("cp orphan sweeper", loop(policy_.sweeper_cp_orphan_interval, Boot::runs,
                                    {&Platform::sweep_cp_orphans, &Platform::has_no_cp_orphan}));
  }
  if (policy_.queue_sweep_interval > sim::Duration{}) {
    spawn("queue sweeper",
          loop(policy_.queue_sweep_interval, Boot::waits, {&Platform::sweep_queues, &Platform::queues_nothing}));
  }
  if (policy_.reconciler_mode != Reconciler::off) {
    spawn("reconciler", loop(policy_.reconciler_interval, Boot::runs,
                             {&Platform::reconcile_instances, &Platform::finds_all_running}));
  }
  if (policy_.watchdog_stall_enabled) {
    spawn("stall watchdog",
          loop(policy_.watchdog_stall_interval, Boot::waits, {&Platform::watch_stalls, &Platform::stalls_nobody}));
  }
  if (policy_.watchdog_wedged_enabled) {
    spawn("wedged monitor",
          loop(policy_.watchdog_wedged_interval, Boot::waits, {&Platform::watch_wedged, &Platform::wedges_nobody}));
  }
  if (policy_.sweeper_row_gone_enabled) {
    spawn("row-gone reaper", loop(policy_.sweeper_row_gone_interval, Boot::waits,
                                  {&Platform::sweep_row_gone, &Platform::names_all_instances}));
  }
  start_workers();
  spawn("orphan report",
        loop(policy_.time_orphan_report, Boot::waits, {&Platform::report_orphans, &Platform::reads_alike}));
}

/// The turns of a loop of the platform.
class Platform::LoopTurns final : public sim::Turns {
 public:
  LoopTurns(const Platform& platform, Loop loop) : platform_(platform), loop_(loop) {}

  [[nodiscard]] bool idle(const sim::Stillness& still) const override { return (platform_.*loop_.idle)(still); }

 private:
  const Platform& platform_;
  Loop loop_;
};

/// Ticks at fixed intervals. Of the ticks that come due while an earlier one still runs, one is kept and the others are
/// dropped, as Go's ticker does.
Task<void> Platform::loop(sim::Duration every, Boot boot, Loop played) {
  const LoopTurns turns(*this, played);
  Instant next = deps_.clock.now();
  if (boot == Boot::waits) next += every;
  while (true) {
    co_await deps_.clock.next_turn(next, turns);
    // The events of one tick are not the cause of the next.
    const sim::CauseScope scope(deps_.record, deps_.record.current_cause());
    Task<void> one = (this->*played.turn)();
    co_await std::move(one);
    next += every;
    while (next + every <= deps_.clock.now()) next += every;
  }
}

// --- liveness (docs/platform.md §8) ---------------------------------------------------------------------------------

/// Marks a row whose liveness key expired, and restarts. Without `writes.guarded` it restarts also when the UPDATE
/// matched no row; the cycle's own SELECT filters then.
Task<void> Platform::liveness_lost(WorkspaceKey key) {
  DbResult<std::optional<std::string>> runtime = co_await deps_.store.runtime(background(), key);
  const bool external = runtime && *runtime && **runtime == "external";
  if (policy_.intents_durable && !external) {
    co_await restart_by_id(key, RestartSource::liveness);
    co_return;
  }
  const Status to = external && policy_.heartbeat_recovers_awaiting_agent ? Status::awaiting_agent : Status::offline;
  const DbChanged written = co_await deps_.store.set_liveness_lost(background(), key, to);
  if (!written || (policy_.writes_guarded && *written == 0)) co_return;
  co_await workspace_offline(key, RestartSource::liveness);
}

Task<void> Platform::workspace_offline(WorkspaceKey key, RestartSource source) {
  co_await record_and_broadcast(background(), key, "WORKSPACE_OFFLINE", "{}");
  spawn("restart by id", restart_by_id(key, source));
}

// --- sweeps ---------------------------------------------------------------------------------------------------------

/// Fails rows that have been provisioning for too long; every write that sets updated_at restarts the row's clock. The
/// sweep does not call Stop.
Task<void> Platform::sweep_provision_timeouts() {
  DbResult<std::vector<ProvisioningRow>> rows = co_await deps_.store.provisioning_rows(background());
  if (!rows) co_return;
  for (const ProvisioningRow& row : *rows) {
    const sim::Duration timeout = policy_.provision_timeout(row.runtime);
    const Instant older_than = deps_.store.wall() - timeout;
    if (row.updated_at >= older_than) continue;
    const DbChanged failed =
        co_await deps_.store.fail_overdue(background(), row.key, older_than, "provisioning timed out");
    if (!failed || *failed == 0) continue;
    Body payload;
    payload.add("source", "provision_timeout_sweep");
    co_await record_and_broadcast(background(), row.key, "WORKSPACE_PROVISION_FAILED", payload.text());
  }
}

/// Marks external rows that have no recent heartbeat. No sweep does this for rows that EC2 backs.
Task<void> Platform::sweep_remote_health() {
  const Instant before = deps_.store.wall() - policy_.time_remote_stale;
  DbResult<std::vector<WorkspaceKey>> stale = co_await deps_.store.stale_external(background(), before);
  if (!stale) co_return;
  for (const WorkspaceKey key : *stale) {
    const Status to = policy_.heartbeat_recovers_awaiting_agent ? Status::awaiting_agent : Status::offline;
    const DbChanged written = co_await deps_.store.set_remote_stale(background(), key, to);
    if (!written) continue;
    deps_.keys.clear(key);
    co_await workspace_offline(key, RestartSource::health_sweep);
  }
}

// --- the other readers of IsRunning (docs/platform.md §8) -----------------------------------------------------------

Task<void> Platform::report_orphans() {
  DbResult<std::vector<WorkspaceKey>> rows = co_await deps_.store.online_or_degraded(background());
  if (!rows) co_return;
  for (const WorkspaceKey key : *rows) {
    const Running seen = co_await is_running(background(), key);
    if (!seen.running && !seen.error) log(kind::report_not_running, key);
  }
}

/// GET /admin/workspaces/{id}/status.
Task<Response> Platform::admin_status(Request request) {
  DbResult<std::optional<Status>> status = co_await deps_.store.status(request.context, request.workspace);
  if (!status) co_return respond_error(500, "failed to load workspace");
  if (!*status) co_return respond_error(404, "workspace not found");
  DbResult<std::string> instance = co_await deps_.store.instance_id(request.context, request.workspace);
  const Running seen = co_await is_running(request.context, request.workspace);
  Body body;
  body.add("status", to_text(**status)).add("instance_id", instance ? *instance : std::string{});
  if (seen.pending_or_unknown) {
    body.add("running", "pending-or-unknown");
  } else {
    body.add("running", seen.running);
  }
  co_return respond(200, std::move(body));
}

}  // namespace drydock::model
