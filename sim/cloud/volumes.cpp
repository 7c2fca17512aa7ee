#include <fmt/format.h>

#include <algorithm>

#include "sim/cloud/ids.hpp"
#include "sim/cloud/serve.hpp"
#include "sim/cloud/sim_ec2.hpp"

// Data volumes: where a launch gets its own from, and what becomes of it when the instance ends
// (docs/cloud.md §2.1, §2.2).

namespace drydock::cloud {

// --- the volume of a launch -------------------------------------------------------------------

Result<SimEc2::VolumeSource> SimEc2::resolve_source(const std::optional<BlockDevice>& device) {
  if (!device) return VolumeSource{};
  if (!device->snapshot_id.empty() && !device->volume_id.empty()) {
    return tl::unexpected(
        Error{"InvalidParameterCombination", 400, "a data volume is a given one or one made from a snapshot"});
  }
  if (!device->volume_id.empty()) return resolve_existing(device->volume_id);
  if (device->snapshot_id.empty()) return VolumeSource{};
  return resolve_origin(device->snapshot_id);
}

Result<SimEc2::VolumeSource> SimEc2::resolve_origin(const std::string& snapshot) const {
  const auto known = snapshots_by_id_.find(snapshot);
  if (known == snapshots_by_id_.end() || known->second->deleted) {
    return tl::unexpected(Error{"InvalidSnapshot.NotFound", 400, fmt::format("no snapshot '{}' exists", snapshot)});
  }
  const SnapshotState state = known->second->state;
  if (state != SnapshotState::completed) {
    return tl::unexpected(Error{"IncorrectState", 400, fmt::format("snapshot '{}' is {}", snapshot, to_text(state))});
  }
  return VolumeSource{.snapshot = known->second};
}

Result<SimEc2::VolumeSource> SimEc2::resolve_existing(const std::string& id) {
  const auto known = volumes_by_id_.find(id);
  if (known == volumes_by_id_.end() || known->second->state == VolumeState::deleted) {
    return tl::unexpected(Error{"InvalidVolume.NotFound", 400, fmt::format("no volume '{}' exists", id)});
  }
  Volume* volume = known->second;
  if (volume->state != VolumeState::available && volume->state != VolumeState::in_use) {
    return tl::unexpected(Error{"IncorrectState", 400, fmt::format("volume '{}' is {}", id, to_text(volume->state))});
  }
  return VolumeSource{.existing = volume};
}

/// Provides the data volume that the launch asked for, attached from the start. Returns the state in which that volume
/// was before (empty: it is new, or there is none); the watchers are told once they know the instance.
std::optional<VolumeState> SimEc2::provide_volume(Instance& instance, VolumeSource source, std::uint32_t event) {
  if (!instance.request.data_volume) return std::nullopt;
  std::optional<VolumeState> from;
  Volume* volume = source.existing;
  if (volume == nullptr) {
    volume = &create(instance.request.workspace, instance.request.data_volume->snapshot_id, instance.launched);
  } else {
    if (volume->attached_to != sim::Name::none) detach(*volume, event);
    from = volume->state;
  }
  volume->state = VolumeState::in_use;
  volume->attached_to = instance.name;
  volume->attached_at = instance.launched;
  volume->delete_on_termination = instance.request.data_volume->delete_on_termination;
  note(*volume, instance.launched);
  instance.data_volume = volume;
  return from;
}

Volume& SimEc2::create(std::string_view workspace, std::string_view snapshot, sim::Instant created) {
  Volume& volume = volumes_.emplace_back();
  volume.id = make_id("vol-", workspace, volumes_.size());
  volume.number = volumes_.size();
  volume.name = record_.name(volume.id);
  volume.workspace = record_.name(workspace);
  volume.source_snapshot = snapshot;
  volume.details.size_gib = kDefaultSize;
  volume.created = created;
  volumes_by_id_[volume.id] = &volume;
  return volume;
}

Volume* attached_at(const Instance& instance, std::string_view device) {
  const auto is_there = [&](const Volume* volume) {
    return volume != nullptr && volume->attached_to == instance.name && device_of(*volume) == device;
  };
  if (is_there(instance.data_volume)) return instance.data_volume;
  const auto& others = instance.other_volumes;
  const auto found = std::find_if(others.begin(), others.end(), is_there);
  return found == others.end() ? nullptr : *found;
}

// --- when it is let go ------------------------------------------------------------------------

/// Detaches a volume by force: the guest is not asked to flush its writes. Nothing is lost, because here every write is
/// on the disk at once.
void SimEc2::detach(Volume& volume, std::uint32_t event) {
  volume.attached_to = sim::Name::none;
  enter(volume, VolumeState::available, event);
}

/// Lets go of the volumes of an instance that terminated, its data volume first (docs/cloud.md §2.2).
void SimEc2::release_volumes(const Instance& instance, std::uint32_t event) {
  if (instance.data_volume != nullptr) release(*instance.data_volume, instance, event);
  for (Volume* volume : instance.other_volumes) release(*volume, instance, event);
}

/// Lets go of one of them. The data of a deleted volume is gone at once; only the record of the volume stays for a
/// while.
void SimEc2::release(Volume& volume, const Instance& instance, std::uint32_t event) {
  if (volume.attached_to != instance.name) return;
  if (!volume.delete_on_termination) {
    detach(volume, event);
    return;
  }
  volume.attached_to = sim::Name::none;
  enter(volume, VolumeState::deleting, event);
  scheduler_.spawn(tasks_, "volume deletion", finish_deletion(&volume, event));
}

sim::Task<void> SimEc2::finish_deletion(Volume* volume, std::uint32_t event) {
  const sim::Duration duration =
      choices_.draw(decider({volume->workspace}), "ec2.volume.deletion", profile_.volume_deletion);
  co_await scheduler_.pause_drawn(duration, profile_.volume_deletion.typical());
  enter(*volume, VolumeState::deleted, event);
}

void SimEc2::enter(Volume& volume, VolumeState state, std::uint32_t event) {
  const VolumeState from = volume.state;
  volume.state = state;
  note(volume, scheduler_.now());
  tell(volume, from, event);
}

void SimEc2::note(Volume& volume, sim::Instant since) {
  volume.history.note(since, {volume.state, volume.attached_to, volume.delete_on_termination});
}

void SimEc2::tell(const Volume& volume, std::optional<VolumeState> from, std::uint32_t event) {
  const sim::CauseScope scope(record_, event);
  for (InstanceWatcher* watcher : watchers_) watcher->volume_entered(volume, from, event);
}

// --- the truth about it -----------------------------------------------------------------------

const Volume* SimEc2::data_volume(sim::Name instance) const {
  const Instance* known = find(record_.text(instance));
  return known != nullptr ? known->data_volume : nullptr;
}

void SimEc2::guest_wrote(sim::Name instance, sim::Instant at) {
  const Instance* known = find(record_.text(instance));
  Volume* volume = known != nullptr ? known->data_volume : nullptr;
  if (volume != nullptr && volume->attached_to == instance) volume->writes.push_back(at);
}

// --- DescribeVolumes --------------------------------------------------------------------------

sim::Task<Result<std::vector<VolumeDescription>>> SimEc2::describe_volumes(sim::Context context,
                                                                           std::string workspace) {
  const sim::Subject subject{record_.name(workspace)};
  return call(context, &actions::kDescribeVolumes, subject, std::move(workspace), &SimEc2::list_volumes);
}

Result<std::vector<VolumeDescription>> SimEc2::list_volumes(const std::string& /*workspace*/, sim::Subject& subject) {
  const sim::Instant known = heard(actions::kDescribeVolumes, subject);
  std::vector<VolumeDescription> answer;
  for (const Volume& volume : volumes_) {
    if (volume.workspace != subject.workspace) continue;
    const VolumeView* seen = volume.history.at(known);
    const bool there = seen != nullptr && seen->state != VolumeState::deleted;
    if (there) answer.push_back(describe(volume, *seen));
  }
  return answer;
}

VolumeDescription SimEc2::describe(const Volume& volume, const VolumeView& seen) const {
  return {.id = volume.id,
          .state = seen.state,
          .workspace = record_.text(volume.workspace),
          .instance_id = record_.text(seen.attached_to),
          .snapshot_id = volume.source_snapshot,
          .delete_on_termination = seen.delete_on_termination};
}

}  // namespace drydock::cloud
