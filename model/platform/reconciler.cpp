#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

/// Restarts rows whose instance has gone (docs/platform.md §17.2). v1 acts on what it read before it asked the control
/// plane; v2 reads the row again, and acts only if that still names the instance and has the status.
Task<void> Platform::reconcile_instances() {
  const bool rereads = policy_.reconciler_mode == Reconciler::v2;
  const Context cycle = rereads ? background(policy_.reconciler_deadline) : background();
  DbResult<std::vector<NamedInstance>> rows =
      co_await deps_.store.rows_with_instance(cycle, rereads, policy_.reconciler_limit);
  if (!rows) co_return;
  const auto tick = log(kind::sweep_tick, WorkspaceKey::none,
                        {{"sweeper", "reconciler"}, {"selected", static_cast<std::int64_t>(rows->size())}});
  const sim::CauseScope scope(deps_.record, tick);
  for (const NamedInstance& row : *rows) {
    if (cycle.ended(deps_.clock.now())) co_return;
    const sim::Instant latest = deps_.clock.now() + policy_.reconciler_probe_timeout;
    const Context probe = rereads ? cycle.with_deadline(latest) : cycle;
    const Running seen = co_await is_running(probe, row.key);
    if (seen.running || seen.error || seen.pending_or_unknown) continue;
    if (rereads) {
      DbResult<bool> same = co_await deps_.store.still_names(background(), row);
      if (!same || !*same) continue;
    }
    co_await workspace_offline(row.key, RestartSource::reconciler);
  }
}

}  // namespace drydock::model
