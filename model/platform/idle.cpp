#include <algorithm>

#include "model/platform/platform.hpp"
#include "sim/cloud/sim_ec2.hpp"

// When the loops of the platform are idle. Each function here belongs to one loop, and reads what the loop's turn
// reads, but for the ages of rows: an age grows by itself, so a row counts as soon as only its age keeps the turn from
// acting on it, unless heartbeats keep it young. They look at the database and the cloud from outside: no statement's
// time passes, and no fault can meet them (docs/architecture.md, *Rest*).

namespace drydock::model {

using sim::Stillness;

/// Every row that is provisioning is overdue some day.
bool Platform::provisions_nothing(const Stillness& /*still*/) const { return !deps_.store.is_any_provisioning(); }

/// Nothing that is modelled beats for an external row, so one that is up goes stale.
bool Platform::has_no_external_up(const Stillness& /*still*/) const { return !deps_.store.is_any_external_up(); }

bool Platform::keeps_all_awake(const Stillness& still) const {
  return !deps_.store.may_any_fall_idle(still.since, policy_.longest_between_heartbeats());
}

bool Platform::has_no_cp_orphan(const Stillness& /*still*/) const {
  return !deps_.store.is_any_removed_with_instance();
}

/// The reaper spares an instance without a row only while it is young.
bool Platform::names_all_instances(const Stillness& still) const {
  const auto& instances = deps_.observation.ec2().instances();
  return reads_alike(still) && std::all_of(instances.begin(), instances.end(), [this](const cloud::Instance& instance) {
           return instance.state == cloud::InstanceState::terminated || deps_.store.is_any_naming(instance.id);
         });
}

/// A row that has no heartbeat is taken for lost some day, however lately it was written.
bool Platform::has_nothing_to_reconcile(const Stillness& still) const {
  return !deps_.store.owes_anything() && policy_.time_remote_stale > policy_.longest_between_heartbeats() &&
         !deps_.store.may_any_seem_lost(still.since);
}

/// What waits in a queue is sent some day.
bool Platform::queues_nothing(const Stillness& /*still*/) const { return !deps_.store.is_any_call_queued(); }

bool Platform::finds_all_running(const Stillness& still) const {
  const auto& workspaces = deps_.observation.workspaces();
  return reads_alike(still) && std::all_of(workspaces.begin(), workspaces.end(),
                                           [this](const WorkspaceFacts& seen) { return runs_if_up(seen); });
}

/// Tells whether the reconciler would leave the workspace alone: its row is none that it looks at, or names an instance
/// that runs.
bool Platform::runs_if_up(const WorkspaceFacts& workspace) const {
  const Row& row = workspace.row;
  if (!row.exists || !is_up(row.status) || row.instance_id.empty()) return true;
  const cloud::Instance* instance = deps_.observation.ec2().find(row.instance_id);
  return instance != nullptr && instance->state == cloud::InstanceState::running;
}

/// A row with tasks stalls some day, unless heartbeats show activity.
bool Platform::stalls_nobody(const Stillness& still) const {
  return policy_.watchdog_stall_after > policy_.longest_between_heartbeats() && !deps_.store.may_any_stall(still.since);
}

bool Platform::wedges_nobody(const Stillness& still) const {
  return policy_.watchdog_wedged_after > policy_.longest_between_heartbeats() &&
         !deps_.store.may_any_be_wedged(still.since);
}

/// A registration that failed is held against its row for a while, and the first heartbeat after that finds it well.
bool Platform::hears_alike(const Stillness& still) const {
  return !policy_.register_failure_degrades ||
         !deps_.store.has_any_failed_to_register(still.since - policy_.register_failure_hold);
}

/// The orphan report changes nothing whatever it reads. It must get its answers, though: a refusal is an event that a
/// violation may name among its causes.
bool Platform::reads_alike(const Stillness& still) const {
  const cloud::SimEc2& ec2 = deps_.observation.ec2();
  const auto& workspaces = deps_.observation.workspaces();
  return ec2.is_settled() && ec2.admits_describes(most_describes(still.until - deps_.clock.now())) &&
         std::all_of(workspaces.begin(), workspaces.end(), [&](const WorkspaceFacts& workspace) {
           const std::string& named = workspace.row.instance_id;
           if (!workspace.row.exists || named.empty()) return true;
           const bool asks_its_cloud = policy_.probe_names_provider || !deps_.control_plane.is_elsewhere(workspace.key);
           return asks_its_cloud && ec2.shows_until(named, still.until);
         });
}

/// Bounds the number of Describe calls that the loops make within so much time, while they are idle.
std::uint64_t Platform::most_describes(sim::Duration within) const {
  const auto turns = [within](sim::Duration every) { return static_cast<std::uint64_t>(within / every) + 1; };
  std::uint64_t most = turns(policy_.time_orphan_report) * deps_.observation.workspaces().size();
  if (policy_.sweeper_row_gone_enabled) most += turns(policy_.sweeper_row_gone_interval);
  if (policy_.reconciler_mode != Reconciler::off) {
    most += turns(policy_.reconciler_interval) * deps_.observation.workspaces().size();
  }
  return most;
}

}  // namespace drydock::model
