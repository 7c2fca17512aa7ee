#include <fmt/format.h>

#include <algorithm>

#include "model/controlplane/control_plane.hpp"
#include "sim/carry_out.hpp"

namespace drydock::model {

using sim::Instant;
using sim::Task;

namespace {

using Snapshots = std::vector<cloud::SnapshotDescription>;

/// Returns the snapshot to restore from: the newest that is neither divergent nor in error; null: there is none.
const cloud::SnapshotDescription* newest_of(const Snapshots& snapshots) {
  const auto newest =
      std::find_if(snapshots.rbegin(), snapshots.rend(), [](const cloud::SnapshotDescription& snapshot) {
        return !snapshot.divergent && snapshot.state != cloud::SnapshotState::error;
      });
  return newest == snapshots.rend() ? nullptr : &*newest;
}

/// Tells whether EC2 shows the snapshot with this id, which it may not do a moment after the snapshot was taken
/// (docs/platform.md §16.3). An empty id asks for none.
bool shows(const Snapshots& snapshots, const std::string& id) {
  return id.empty() || std::any_of(snapshots.begin(), snapshots.end(),
                                   [&](const cloud::SnapshotDescription& snapshot) { return snapshot.id == id; });
}

}  // namespace

/// Launches once for each idempotency key: a key whose launch was recorded gets that answer again, and one whose launch
/// is under way gets 409 (docs/platform.md §17.3).
Task<CpAnswer> ControlPlane::handle_start(StartRequest request, Instant until) {
  const std::string key = request.idempotency_key;
  if (key.empty()) co_return co_await launch_instance(std::move(request), until);
  const auto recorded = launched_.find(key);
  if (recorded != launched_.end()) co_return recorded->second;
  if (!launching_.insert(key).second) co_return CpAnswer::of(409, std::string{kInProgress});
  CpAnswer answer = co_await launch_instance(std::move(request), until);
  launching_.erase(key);
  if (answer.ok()) launched_.emplace(key, answer);
  co_return answer;
}

/// Terminates whatever the workspace still has, so that the launch finds nothing beside it.
Task<cloud::Result<bool>> ControlPlane::end_predecessors(WorkspaceKey workspace) {
  using cloud::InstanceState;
  std::function<Task<cloud::Result<Instances>>(sim::Context)> look = [this, workspace](sim::Context context) {
    cloud::InstanceFilter filter;
    filter.workspace = directory_.alias(workspace);
    filter.states = {InstanceState::pending, InstanceState::running, InstanceState::stopping, InstanceState::stopped};
    return ec2_.describe_instances(context, std::move(filter));
  };
  cloud::Result<Instances> found = co_await sdk<Instances>(workspace, "DescribeInstances", std::move(look));
  if (!found) co_return tl::unexpected(std::move(found.error()));
  if (found->empty()) co_return true;
  std::vector<std::string> ids;
  for (const cloud::InstanceDescription& instance : *found) ids.push_back(instance.id);
  using Changes = std::vector<cloud::StateChange>;
  std::function<Task<cloud::Result<Changes>>(sim::Context)> end = [this, ids](sim::Context context) {
    return ec2_.terminate_instances(context, ids);
  };
  cloud::Result<Changes> ended = co_await sdk<Changes>(workspace, "TerminateInstances", std::move(end));
  if (!ended) co_return tl::unexpected(std::move(ended.error()));
  co_return true;
}

/// Launches one instance. Without a token of the tenant's the launch has a ClientToken of its own, where the client of
/// EC2 makes one, so a call that the tenant makes again is another launch.
Task<CpAnswer> ControlPlane::launch_instance(StartRequest request, Instant until) {
  const WorkspaceKey workspace = request.workspace;
  if (request.ends_predecessor) {
    cloud::Result<bool> ended = co_await end_predecessors(workspace);
    if (!ended) co_return CpAnswer::refused_by_ec2(ended.error());
  }
  if (!has_image()) {
    CpAnswer pulled = co_await pull_image(workspace);
    if (!pulled.ok()) co_return pulled;
  }
  cloud::RunInstancesRequest launch;
  launch.workspace = directory_.alias(workspace);
  launch.client_token = request.token;
  if (request.token.empty() && sdk_->makes_tokens) {
    launch.client_token = fmt::format("{}-{}", launch.workspace.substr(0, 40), ++launches_);
  }
  const Instant asked_at = clock_.now();
  launch.user_data = request.user_data;
  cloud::Result<Mapping> volume = co_await data_volume(request, until);
  if (!volume) co_return CpAnswer::refused_by_ec2(volume.error());
  launch.data_volume = std::move(*volume);
  std::function<Task<cloud::Result<cloud::InstanceDescription>>(sim::Context)> send =
      [this, launch](sim::Context context) { return ec2_.run_instances(context, launch); };
  const SdkCall call{.has_token = !request.token.empty()};
  cloud::Result<cloud::InstanceDescription> launched =
      co_await sdk<cloud::InstanceDescription>(workspace, "RunInstances", std::move(send), call);
  if (!launched) {
    volumes_.erase(workspace);  // the remembered volume may have been wrong
    // The token has launched an instance from another snapshot than would be taken now: that instance is the launch.
    if (launched.error().code == "IdempotentParameterMismatch") {
      CpAnswer found = co_await handle_find(workspace, launch.client_token);
      found.was_launched = found.ok() && (found.state == "pending" || found.state == "running");
      found.token_is_spent = found.ok() && !found.was_launched;
      if (found.token_is_spent) found.http = 500;
      co_return found;
    }
    CpAnswer refused = CpAnswer::refused_by_ec2(launched.error());
    refused.token_is_spent = launched.error().code.starts_with("Idempotent");
    co_return refused;
  }
  // EC2 answers a token that it knows with the instance that it launched then, whatever its state is now.
  const bool again = !request.token.empty() && launched->launched < asked_at;
  if (again && !cloud::is_live(launched->state)) {
    CpAnswer ended = CpAnswer::of(500, "the token's instance has ended");
    ended.token_is_spent = true;
    co_return ended;
  }
  if (request.storage == Storage::persistent_volume_reattach) volumes_[workspace] = launched->volume_id;
  if (!again) {
    clock_.spawn(service_.tasks(), "bootstrap watcher",
                 watch_bootstrap(workspace, launched->id, request.bootstrap_watch));
  }
  CpAnswer answer = CpAnswer::of(again ? 200 : 201);
  answer.was_launched = again;
  answer.instance_id = launched->id;
  answer.state = cloud::to_text(launched->state);
  co_return answer;
}

/// Chooses the data volume of a launch by the storage of the policy (docs/platform.md §10.1, *storage_arch*).
Task<cloud::Result<ControlPlane::Mapping>> ControlPlane::data_volume(StartRequest request, Instant until) {
  switch (request.storage) {
    case Storage::stateless:
      break;
    case Storage::persistent_volume_reattach:
      co_return co_await persistent_volume(request.workspace);
    case Storage::snapshot_before_stop:
      co_return co_await restored_volume(std::move(request), until);
  }
  co_return Mapping{};
}

/// Returns the workspace's one volume; an empty mapping makes a new one, where the workspace has none yet.
Task<cloud::Result<ControlPlane::Mapping>> ControlPlane::persistent_volume(WorkspaceKey workspace) {
  cloud::BlockDevice device;
  const auto known = volumes_.find(workspace);
  if (known != volumes_.end()) {
    device.volume_id = known->second;
    co_return device;
  }
  cloud::Result<Volumes> volumes = co_await volumes_of(workspace);
  if (!volumes) co_return tl::unexpected(std::move(volumes.error()));
  const auto usable = [](const cloud::VolumeDescription& volume) {
    return !volume.delete_on_termination &&
           (volume.state == cloud::VolumeState::available || volume.state == cloud::VolumeState::in_use);
  };
  const auto newest = std::find_if(volumes->rbegin(), volumes->rend(), usable);
  if (newest != volumes->rend()) device.volume_id = newest->id;
  co_return device;
}

/// Returns a new volume for the launch, from the newest snapshot of the lineage that is neither divergent nor in error;
/// where there is none, an empty volume. Waits for a snapshot that is pending, and for the one that the tenant names,
/// with the client's waiter where it has one.
Task<cloud::Result<ControlPlane::Mapping>> ControlPlane::restored_volume(StartRequest request, Instant until) {
  const WorkspaceKey workspace = request.workspace;
  cloud::BlockDevice device;
  device.delete_on_termination = true;
  std::string awaited = request.snapshot;
  for (int polls = 1;; ++polls) {
    const bool is_poll = polls > 1;
    cloud::Result<Snapshots> snapshots = co_await snapshots_of(workspace, is_poll);
    const bool failed = !snapshots;
    if (failed && is_poll && sdk_->waiter.takes_for_completed.contains(snapshots.error())) {
      device.snapshot_id = awaited;
      break;
    }
    const bool goes_on = failed && is_poll && sdk_->waiter.outlasts.contains(snapshots.error());
    if (failed && !goes_on) co_return tl::unexpected(std::move(snapshots.error()));
    if (snapshots && shows(*snapshots, request.snapshot)) {
      const cloud::SnapshotDescription* newest = newest_of(*snapshots);
      if (newest == nullptr) break;
      if (newest->state == cloud::SnapshotState::completed) {
        device.snapshot_id = newest->id;
        break;
      }
      awaited = newest->id;
    }
    const std::optional<sim::Duration> wait = before_next_poll(request, polls, failed, until);
    if (!wait) co_return tl::unexpected(cloud::Error{"RequestTimeout", 0, "the newest snapshot is still pending"});
    co_await clock_.pause(*wait);
  }
  co_return device;
}

/// The watcher of a launch does nothing once the agent has come up.
class ControlPlane::BootstrapWatch final : public sim::Turns {
 public:
  BootstrapWatch(const InstanceConsole& console, sim::Name instance) : console_(console), instance_(instance) {}

  [[nodiscard]] bool idle(const sim::Stillness& /*still*/) const override { return console_.agent_booted(instance_); }

 private:
  const InstanceConsole& console_;
  sim::Name instance_;
};

/// Looks once, when a boot should be over, and reports an agent that has not come up. It does not report an instance
/// that somebody stopped meanwhile (docs/platform.md §4.3, §15).
Task<void> ControlPlane::watch_bootstrap(WorkspaceKey workspace, std::string instance, sim::Duration after) {
  const BootstrapWatch watch(*console_, record_.name(instance));
  const Instant looks_at = clock_.now() + after;
  co_await clock_.next_turn(looks_at, watch);
  if (console_->agent_booted(record_.name(instance))) co_return;
  cloud::Result<Instances> seen = co_await describe(workspace, std::move(instance));
  if (!seen) co_return;
  const cloud::InstanceDescription& found = seen->front();
  if (!cloud::is_live(found.state) && found.state_reason == "Client.UserInitiatedShutdown") co_return;
  // The report crosses the same network as the tenant's calls, and is sent once.
  const sim::Call post{"cp.bootstrap_failed", directory_.name(workspace), sim::Name::none};
  sim::Verdict verdict = adversary_.decide(post, sim::FaultPoint::before_effect);
  if (verdict.adverse()) {
    const sim::Context patient;
    const std::optional<sim::CallFailure> lost = co_await sim::carry_out(clock_, patient, std::move(verdict));
    if (lost) co_return;
  }
  co_await tenant_->bootstrap_failed(workspace);
}

}  // namespace drydock::model
