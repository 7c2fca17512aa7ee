#include <algorithm>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Task;

// Terminates that are written down before they are made: the outbox of a delete, the fence of a restart. The rows
// outlive the process; a worker for each takes them up again at boot (docs/platform.md §11).

void Platform::start_workers() {
  if (policy_.intents_durable) {
    spawn("reconciler",
          loop(policy_.intents_interval, Boot::runs, {&Platform::reconcile, &Platform::has_nothing_to_reconcile}));
  }
  if (policy_.delete_order == DeleteOrder::durable_outbox || policy_.restart_stop_failure == StopFailure::fence)
    spawn("workers", take_up_owed());
}

Task<void> Platform::take_up_owed() {
  if (policy_.delete_order == DeleteOrder::durable_outbox) {
    DbResult<std::vector<OutboxRow>> owed = co_await deps_.store.open_outbox(background());
    if (owed) attend(*owed, std::nullopt);
  }
  if (policy_.restart_stop_failure == StopFailure::fence) {
    DbResult<std::vector<FenceRow>> open = co_await deps_.store.open_fences(background());
    if (open) {
      for (const FenceRow& row : *open) spawn("fence worker", work_on_fence(row));
    }
  }
}

// --- the fence ------------------------------------------------------------------------------------------------------

/// Writes down, before the new instance starts, that the old one is to be stopped. Returns false when it could not.
Task<bool> Platform::fence(WorkspaceKey key, std::string instance) {
  if (instance.empty()) co_return false;
  DbResult<FenceRow> fenced = co_await deps_.store.insert_fence(background(), key, std::move(instance));
  if (!fenced) co_return false;
  spawn("fence worker", work_on_fence(std::move(*fenced)));
  co_return true;
}

/// Stops the fenced instance: tries at once, then every few seconds until a stop succeeds. As soon as one backup is
/// accepted it serves all later attempts.
Task<void> Platform::work_on_fence(FenceRow fence) {
  const WorkspaceKey key = fence.workspace;
  std::optional<StopPermit> permit;
  while (true) {
    if (!permit) {
      Permit taken = co_await backups_.cover_instance(background(), key, fence.instance_id, false);
      if (taken) permit = std::move(*taken);
    }
    if (permit) {
      const sim::CauseScope covered(deps_.record, permit->event());
      Task<StopResult> stop = stop_instance(background(), key, fence.instance_id, "Fence", &*permit);
      const StopResult stopped = co_await operation("fence worker", key, background(), std::move(stop), true);
      if (stopped) break;
    }
    co_await deps_.clock.pause(policy_.time_fence_worker);
  }
  co_await deps_.store.finish_fence(background(), std::move(fence));
}

// --- the outbox -----------------------------------------------------------------------------------------------------

/// Tries until the terminate succeeded and the outbox row says so, with growing waits between two attempts.
Task<void> Platform::work_on_outbox(OutboxRow owed, std::optional<StopPermit> permit) {
  const WorkspaceKey key = owed.workspace;
  sim::Duration backoff = policy_.time_outbox_backoff;
  for (std::int64_t attempt = 0; attempt < owed.attempts; ++attempt)
    backoff = std::min(2 * backoff, policy_.time_outbox_backoff_max);
  co_await deps_.clock.pause_until(std::max(owed.next_at, deps_.clock.now()));
  OwedTerminate work{.since = deps_.clock.now(), .permit = std::move(permit)};
  while (true) {
    Task<bool> attempt = settle_outbox(owed, &work);
    const bool settled = co_await operation("outbox worker", key, background(), std::move(attempt), true);
    if (settled) break;
    const sim::Instant next_at = deps_.clock.now() + backoff;
    co_await deps_.store.postpone_outbox(background(), owed, next_at);
    co_await deps_.clock.pause_until(next_at);
    backoff = std::min(2 * backoff, policy_.time_outbox_backoff_max);
  }
  attended_.erase(owed.id);
  if (!owed.removes) co_return;
  co_await record_and_broadcast(background(), key, "WORKSPACE_REMOVED", "{}");
  if (!owed.purge) co_return;
  std::vector<WorkspaceKey> purged{key};
  co_await deps_.store.purge(background(), std::move(purged));
}

/// Makes one attempt; returns true when the terminate succeeded and the outbox row says so.
Task<bool> Platform::settle_outbox(OutboxRow owed, OwedTerminate* work) {
  if (!work->accepted) {
    const bool accepted = co_await end_owed(owed, work);
    if (!accepted) co_return false;
    work->accepted = true;
  }
  if (policy_.stop_confirmed) {
    const bool ended = co_await confirm_ended(owed, work);
    if (!ended) co_return false;
  }
  const DbChanged finished = co_await deps_.store.finish_outbox(background(), owed);
  co_return finished.has_value();
}

/// Terminates the instance, with a backup first where none was accepted yet; returns true when that was accepted.
Task<bool> Platform::end_owed(OutboxRow owed, OwedTerminate* work) {
  if (!work->permit) {
    std::optional<StopPermit> taken = co_await permit_for(owed);
    if (!taken) co_return false;
    work->permit = std::move(taken);
  }
  const sim::CauseScope covered(deps_.record, work->permit->event());
  const StopResult stopped =
      co_await stop_instance(background(), owed.workspace, owed.instance_id, "Outbox", &*work->permit);
  if (!stopped && !work->permit->covers(owed.instance_id)) work->permit.reset();
  co_return stopped.has_value();
}

/// Tells whether EC2 shows that the instance has ended. One that it still shows alive has to be terminated again, and
/// so has one that it does not know, until that has lasted: it may not show yet what it has launched, and it shows for
/// an hour what it has terminated.
Task<bool> Platform::confirm_ended(OutboxRow owed, OwedTerminate* work) {
  const std::string shown = co_await shown_state(owed.workspace, owed.instance_id);
  const bool may_come = shown == kUnknownState && deps_.clock.now() - work->since < policy_.stop_unknown_for;
  if (has_ended(shown) && !may_come) co_return true;
  if (!shown.empty()) work->accepted = false;
  co_return false;
}

/// Returns the permit for an attempt; empty when the backup was refused. An instance of a removed row needs no backup,
/// others do. The workspace's row does not name the instance any more, so the outbox row tells whether one ever did.
Task<std::optional<StopPermit>> Platform::permit_for(OutboxRow owed) {
  if (owed.removes) co_return backups_.of_removed();
  DbResult<bool> exists = co_await deps_.store.exists(background(), owed.workspace);
  if (!exists) co_return std::nullopt;
  if (!*exists) co_return backups_.of_removed();
  Permit taken = co_await backups_.cover_owed(background(), std::move(owed));
  if (!taken) co_return std::nullopt;
  co_return std::move(*taken);
}

}  // namespace drydock::model
