#include <fmt/format.h>

#include <algorithm>

#include "model/controlplane/control_plane.hpp"
#include "sim/cloud/limiter.hpp"

namespace drydock::model {

using sim::Task;

namespace {

/// An ended instance has nothing left to save.
bool has_ended(const cloud::InstanceDescription& instance) {
  return instance.state == cloud::InstanceState::shutting_down || instance.state == cloud::InstanceState::terminated;
}

}  // namespace

/// Calls CreateSnapshot on the instance's data volume. The caller waits until EC2 accepted the snapshot, not until it
/// is complete (docs/platform.md §10.1).
Task<CpAnswer> ControlPlane::handle_backup(InstanceRequest request) {
  const WorkspaceKey workspace = request.workspace;
  cloud::Result<Instances> seen = co_await describe(workspace, request.instance_id);
  CpAnswer answer = CpAnswer::of(200);
  cloud::CreateSnapshotRequest create;
  if (seen) {
    const cloud::InstanceDescription& instance = seen->front();
    answer.state = cloud::to_text(instance.state);
    if (has_ended(instance)) co_return answer;
    if (instance.volume_id.empty()) co_return CpAnswer::of(404, "InvalidVolume.NotFound");
    create.volume_id = instance.volume_id;
  } else if (seen.error().code == "InvalidInstanceID.NotFound") {
    // The instance is long gone, or not visible yet; its volume tells which.
    cloud::Result<std::string> held = co_await volume_held_by(workspace, request.instance_id);
    if (!held) co_return CpAnswer::refused_by_ec2(held.error());
    if (held->empty()) co_return answer;
    create.volume_id = std::move(*held);
  } else {
    co_return CpAnswer::refused_by_ec2(seen.error());
  }
  create.divergent = request.divergent;
  cloud::Result<cloud::SnapshotDescription> taken = co_await snapshot(workspace, create);
  const bool is_full = !taken && taken.error().code == "ConcurrentSnapshotLimitExceeded";
  if (is_full && request.clears_failed) {
    const bool cleared = co_await clear_failed(workspace);
    if (cleared) taken = co_await snapshot(workspace, std::move(create));
  }
  if (taken) {
    answer.snapshot_id = taken->id;
    answer.snapshot_started = taken->started;
    co_return answer;
  }
  answer = CpAnswer::refused_by_ec2(taken.error());
  if (is_snapshot_limit(taken.error().code)) {
    answer.http = 503;
    answer.retry_after = co_await when_accepted(workspace, taken.error().code);
  }
  co_return answer;
}

Task<cloud::Result<cloud::SnapshotDescription>> ControlPlane::snapshot(WorkspaceKey workspace,
                                                                       cloud::CreateSnapshotRequest create) {
  std::function<Task<cloud::Result<cloud::SnapshotDescription>>(sim::Context)> send =
      [this, create](sim::Context context) { return ec2_.create_snapshot(context, create); };
  return sdk<cloud::SnapshotDescription>(workspace, "CreateSnapshot", std::move(send));
}

/// Deletes the workspace's snapshots in `error`: each holds its place among the pending ones until then (docs/cloud.md
/// §2.4), and nothing can be restored from it. Returns true when at least one was deleted.
Task<bool> ControlPlane::clear_failed(WorkspaceKey workspace) {
  cloud::Result<Snapshots> snapshots = co_await snapshots_of(workspace);
  if (!snapshots) co_return false;
  bool cleared = false;
  for (const cloud::SnapshotDescription& failed : *snapshots) {
    if (failed.state != cloud::SnapshotState::error) continue;
    std::function<Task<cloud::Result<cloud::Done>>(sim::Context)> send = [this, id = failed.id](sim::Context context) {
      return ec2_.delete_snapshot(context, id);
    };
    cloud::Result<cloud::Done> gone = co_await sdk<cloud::Done>(workspace, "DeleteSnapshot", std::move(send));
    cleared = cleared || gone;
  }
  co_return cleared;
}

/// Returns the volume attached to an instance; empty when there is none.
Task<cloud::Result<std::string>> ControlPlane::volume_held_by(WorkspaceKey workspace, std::string instance) {
  cloud::Result<Volumes> volumes = co_await volumes_of(workspace);
  if (!volumes) co_return tl::unexpected(std::move(volumes.error()));
  const auto held = std::find_if(volumes->begin(), volumes->end(), [&](const cloud::VolumeDescription& volume) {
    return volume.instance_id == instance;
  });
  co_return held == volumes->end() ? std::string{} : held->id;
}

/// Computes the wait until a snapshot is accepted, from the lineage's own snapshots: AWS sends no Retry-After with
/// these errors (docs/cloud.md §2.4). Empty: it cannot be known.
Task<std::optional<sim::Duration>> ControlPlane::when_accepted(WorkspaceKey workspace, std::string code) {
  cloud::Result<Snapshots> snapshots = co_await snapshots_of(workspace);
  if (!snapshots) co_return std::nullopt;
  if (code == "ConcurrentSnapshotLimitExceeded") {
    const auto pending = std::find_if(
        snapshots->begin(), snapshots->end(),
        [](const cloud::SnapshotDescription& snapshot) { return snapshot.state == cloud::SnapshotState::pending; });
    if (pending == snapshots->end()) co_return sim::Duration{};
    co_return std::max(sim::Duration{}, pending->started + profile_.snapshot.hi - clock_.now());
  }
  std::vector<sim::Instant> accepted;
  for (const cloud::SnapshotDescription& snapshot : *snapshots) accepted.push_back(snapshot.started);
  co_return cloud::next_accept(profile_.snapshot_limit, accepted, clock_.now()) - clock_.now();
}

}  // namespace drydock::model
