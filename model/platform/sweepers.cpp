#include <algorithm>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

// --- the CP orphan sweeper (docs/platform.md §10.4, #2989) ----------------------------------------------------------

Task<void> Platform::sweep_cp_orphans() {
  if (policy_.intents_durable) return owe_cp_orphans();
  const Context context = background(policy_.sweeper_cp_orphan_deadline);
  Task<void> cycle = sweep_cp_orphans_within(context);
  return operation("cp orphan sweep", WorkspaceKey::none, context, std::move(cycle), true);
}

/// Gives each removed row that names an instance a worker of its own, so none waits for another.
Task<void> Platform::owe_cp_orphans() {
  DbResult<std::vector<OutboxRow>> owed =
      co_await deps_.store.owe_removed(background(), policy_.sweeper_cp_orphan_limit);
  if (!owed) co_return;
  const auto tick = log(kind::sweep_tick, WorkspaceKey::none,
                        {{"sweeper", "cp_orphan"}, {"selected", static_cast<std::int64_t>(owed->size())}});
  deps_.observation.orphan_sweep_began(tick);
  const sim::CauseScope scope(deps_.record, tick);
  attend(*owed, std::nullopt);
}

/// Makes one Stop for each removed row that still names an instance; one that fails is left for the next cycle.
Task<void> Platform::sweep_cp_orphans_within(Context context) {
  DbResult<std::vector<WorkspaceKey>> orphans =
      co_await deps_.store.removed_with_instance(context, policy_.sweeper_cp_orphan_limit);
  if (!orphans) co_return;
  const auto tick = log(kind::sweep_tick, WorkspaceKey::none,
                        {{"sweeper", "cp_orphan"}, {"selected", static_cast<std::int64_t>(orphans->size())}});
  deps_.observation.orphan_sweep_began(tick);
  const sim::CauseScope scope(deps_.record, tick);
  for (const WorkspaceKey key : *orphans) {
    StopPermit permit = backups_.of_removed();
    const StopResult stopped = co_await cp_stop(context, key, "CP orphan sweeper", &permit);
    if (!stopped) continue;
    const DbChanged cleared = co_await deps_.store.clear_instance_id(context, key);
    if (cleared) {
      log(kind::sweep_reaped, key, {{"sweeper", "cp_orphan"}});
    } else {
      log(kind::platform_log, key, {{"message", "instance_id not cleared"}, {"error", cleared.error().message}});
    }
  }
}

// --- the row-gone reaper (#1932) ------------------------------------------------------------------------------------

/// Stops tagged instances that no row names and that are older than the grace for an unfinished launch.
Task<void> Platform::sweep_row_gone() {
  const Context http = background(policy_.time_cp_client_timeout);
  CpAnswer listed = co_await deps_.control_plane.list(http);
  if (!listed.ok()) co_return;
  DbResult<std::vector<std::string>> named = co_await deps_.store.named_instances(background());
  if (!named) co_return;
  const auto tick = log(kind::sweep_tick, WorkspaceKey::none,
                        {{"sweeper", "row_gone"}, {"selected", static_cast<std::int64_t>(listed.instances.size())}});
  const sim::CauseScope scope(deps_.record, tick);
  Task<void> reap = reap_unnamed(std::move(listed.instances), std::move(*named));
  co_await operation("row-gone reaper", WorkspaceKey::none, background(), std::move(reap), true);
}

Task<void> Platform::reap_unnamed(std::vector<cloud::InstanceDescription> instances, std::vector<std::string> named) {
  for (const cloud::InstanceDescription& instance : instances) {
    const WorkspaceKey key = deps_.directory.find(instance.workspace);
    const bool young = deps_.store.wall() - instance.launched < policy_.sweeper_row_gone_grace;
    if (young || std::binary_search(named.begin(), named.end(), instance.id)) continue;
    // A row that is still there may want what this instance wrote: then the stop has its backup leg.
    DbResult<bool> exists = co_await deps_.store.exists(background(), key);
    if (!exists) continue;
    StopPermit permit = backups_.of_removed();
    if (*exists) {
      Permit taken = co_await backups_.cover_instance(background(), key, instance.id, false);
      if (!taken) continue;
      permit = std::move(*taken);
    }
    const sim::CauseScope covered(deps_.record, permit.event());
    const StopResult stopped = co_await stop_instance(background(), key, instance.id, "Row-gone reaper", &permit);
    if (!stopped) continue;
    deps_.record.emit(kind::sweep_reaped, actor_, {deps_.directory.name(key), deps_.record.name(instance.id)},
                      {{"sweeper", "row_gone"}});
  }
}

}  // namespace drydock::model
