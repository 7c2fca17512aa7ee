#include <fmt/format.h>

#include "sim/cloud/ids.hpp"
#include "sim/cloud/serve.hpp"
#include "sim/cloud/sim_ec2.hpp"

// Volumes that are made, attached, detached and deleted by calls of their own (docs/cloud.md §2.1).

namespace drydock::cloud {
namespace {

/// The time from `creating` to `available`, of an empty volume and of one made from a snapshot (docs/cloud.md §1.6).
constexpr DurationRange kCreation{500ms, 3s};
constexpr DurationRange kRestoration{1s, 8s};

Error incorrect_state(const std::string& id, std::string_view state) {
  return {"IncorrectState", 400, fmt::format("'{}' is {}", id, state)};
}

bool takes_volumes(InstanceState state) { return state == InstanceState::running || state == InstanceState::stopped; }

bool holds_volume(const Instance& instance) {
  return instance.data_volume != nullptr && instance.data_volume->attached_to == instance.name;
}

}  // namespace

sim::Subject SimEc2::subject_of_volume(const std::string& id) const {
  const auto known = volumes_by_id_.find(id);
  if (known == volumes_by_id_.end()) return {};
  return {known->second->workspace, known->second->attached_to};
}

// --- CreateVolume -----------------------------------------------------------------------------

sim::Task<Result<VolumeDescription>> SimEc2::create_volume(sim::Context context, CreateVolumeRequest request) {
  const sim::Subject subject{record_.name(request.workspace)};
  return call(context, &actions::kCreateVolume, subject, std::move(request), &SimEc2::make_volume);
}

Result<VolumeDescription> SimEc2::make_volume(const CreateVolumeRequest& request, sim::Subject& subject) {
  const Result<Volume*> before = made_before(request);
  if (!before) return tl::unexpected(before.error());
  if (*before != nullptr) return describe(**before, *(*before)->history.at(scheduler_.now()));
  if (!request.snapshot_id.empty()) {
    const Result<VolumeSource> origin = resolve_origin(request.snapshot_id);
    if (!origin) return tl::unexpected(origin.error());
  }
  Volume& volume = create(request.workspace, request.snapshot_id, scheduler_.now());
  volume.request = request;
  note(volume, volume.created);
  if (!request.client_token.empty()) volumes_by_token_[request.client_token] = &volume;
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, subject,
                                  {{"action", actions::kCreateVolume.name}, {"volume", volume.id}});
  const sim::CauseScope scope(record_, event);
  tell(volume, std::nullopt, event);
  scheduler_.spawn(tasks_, "volume creation", finish_creation(&volume, event));
  return describe(volume, *volume.history.at(scheduler_.now()));
}

/// Looks up the volume that this token made, by the rules of a launch (docs/cloud.md §1.5). The end of a volume has no
/// date, so its token is kept for a time from its creation on. Null: the token is new or forgotten.
Result<Volume*> SimEc2::made_before(const CreateVolumeRequest& request) {
  if (!well_formed_token(request.client_token)) {
    return tl::unexpected(Error{"InvalidClientToken", 400, "a ClientToken is up to 64 ASCII characters"});
  }
  const auto known = volumes_by_token_.find(request.client_token);
  if (known == volumes_by_token_.end()) return nullptr;
  Volume* volume = known->second;
  if (scheduler_.now() >= volume->created + kTokenKept) return nullptr;
  if (!(volume->request == request)) {
    return tl::unexpected(Error{"IdempotentParameterMismatch", 400, "the token was used with other parameters"});
  }
  return volume;
}

sim::Task<void> SimEc2::finish_creation(Volume* volume, std::uint32_t event) {
  const DurationRange range = volume->source_snapshot.empty() ? kCreation : kRestoration;
  const sim::Duration duration = choices_.draw(record_.text(volume->workspace), "ec2.volume.creation", range);
  co_await scheduler_.pause_drawn(duration, range.typical());
  enter(*volume, VolumeState::available, event);
}

// --- DeleteVolume -----------------------------------------------------------------------------

sim::Task<Result<Done>> SimEc2::delete_volume(sim::Context context, std::string id) {
  const sim::Subject subject = subject_of_volume(id);
  return call(context, &actions::kDeleteVolume, subject, std::move(id), &SimEc2::remove_volume);
}

/// Deletes a volume. Its snapshots stay (docs/cloud.md §2.3).
Result<Done> SimEc2::remove_volume(const std::string& id, sim::Subject& subject) {
  const Result<Volume*> found = resolve_volume(id);
  if (!found) return tl::unexpected(found.error());
  if ((*found)->state == VolumeState::in_use) {
    return tl::unexpected(
        Error{"VolumeInUse", 400, fmt::format("'{}' is attached to '{}'", id, record_.text((*found)->attached_to))});
  }
  const auto event =
      record_.emit(sim::Kind::ec2_call, actor_, subject, {{"action", actions::kDeleteVolume.name}, {"volume", id}});
  const sim::CauseScope scope(record_, event);
  enter(**found, VolumeState::deleting, event);
  scheduler_.spawn(tasks_, "volume deletion", finish_deletion(*found, event));
  return Done{};
}

// --- AttachVolume, DetachVolume ---------------------------------------------------------------

sim::Task<Result<VolumeDescription>> SimEc2::attach_volume(sim::Context context, AttachVolumeRequest request) {
  const sim::Subject subject = subject_of({request.instance_id});
  return call(context, &actions::kAttachVolume, subject, std::move(request), &SimEc2::attach);
}

/// Attaches a volume at once: nothing in this world takes time that the state `attaching` would show.
Result<VolumeDescription> SimEc2::attach(const AttachVolumeRequest& request, sim::Subject& subject) {
  const Result<std::vector<Instance*>> found = resolve({request.instance_id}, heard(actions::kAttachVolume, subject));
  if (!found) return tl::unexpected(found.error());
  Instance& instance = *found->front();
  const Result<Volume*> resolved = resolve_volume(request.volume_id);
  if (!resolved) return tl::unexpected(resolved.error());
  Volume& volume = **resolved;
  if (volume.state == VolumeState::in_use) {
    return tl::unexpected(Error{"VolumeInUse", 400, fmt::format("'{}' is attached already", volume.id)});
  }
  if (!takes_volumes(instance.state)) return tl::unexpected(incorrect_state(instance.id, to_text(instance.state)));
  if (holds_volume(instance)) {
    return tl::unexpected(Error{"InvalidParameterValue", 400, "the device of the data volume is taken"});
  }
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {volume.workspace, instance.name},
                                  {{"action", actions::kAttachVolume.name}, {"volume", volume.id}});
  volume.attached_to = instance.name;
  volume.delete_on_termination = false;  // unlike one of the launch (docs/cloud.md §2.2)
  instance.data_volume = &volume;
  enter(volume, VolumeState::in_use, event);
  return describe(volume, *volume.history.at(scheduler_.now()));
}

sim::Task<Result<VolumeDescription>> SimEc2::detach_volume(sim::Context context, DetachVolumeRequest request) {
  const sim::Subject subject = subject_of_volume(request.volume_id);
  return call(context, &actions::kDetachVolume, subject, std::move(request), &SimEc2::detach);
}

/// Detaches a volume. A forced call does the same as another one: nothing is lost here (see `detach` of a volume).
Result<VolumeDescription> SimEc2::detach(const DetachVolumeRequest& request, sim::Subject& subject) {
  const Result<Volume*> resolved = resolve_volume(request.volume_id);
  if (!resolved) return tl::unexpected(resolved.error());
  Volume& volume = **resolved;
  if (volume.state != VolumeState::in_use) return tl::unexpected(incorrect_state(volume.id, to_text(volume.state)));
  if (!request.instance_id.empty()) {
    const Result<std::vector<Instance*>> found = resolve({request.instance_id}, heard(actions::kDetachVolume, subject));
    if (!found) return tl::unexpected(found.error());
    if (volume.attached_to != found->front()->name) {
      return tl::unexpected(Error{"InvalidAttachment.NotFound", 400,
                                  fmt::format("'{}' is not attached to '{}'", volume.id, request.instance_id)});
    }
  }
  const auto event =
      record_.emit(sim::Kind::ec2_call, actor_, {volume.workspace, volume.attached_to},
                   {{"action", actions::kDetachVolume.name}, {"volume", volume.id}, {"force", request.force}});
  detach(volume, event);
  return describe(volume, *volume.history.at(scheduler_.now()));
}

}  // namespace drydock::cloud
