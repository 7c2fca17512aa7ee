#include <fmt/format.h>

#include <algorithm>

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

void add_other(Instance& instance, Volume& volume) {
  auto& others = instance.other_volumes;
  if (std::find(others.begin(), others.end(), &volume) == others.end()) others.push_back(&volume);
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
  std::optional<Error> too_small = why_too_small(request.snapshot_id, request.details.size_gib);
  if (too_small) return tl::unexpected(std::move(*too_small));
  Volume& volume = create(request.workspace, request.snapshot_id, scheduler_.now());
  volume.request = request;
  set_details(volume, request.details);
  for (const Tag& tag : request.tags) set_tag(volume.id, tag);
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

/// Returns the error of a volume that is smaller than the snapshot from which it is made (docs/cloud.md §2.1).
std::optional<Error> SimEc2::why_too_small(const std::string& snapshot, std::uint32_t size_gib) const {
  const Snapshot* origin = find_snapshot(snapshot);
  if (origin == nullptr || size_gib == 0 || size_gib >= origin->size_gib) return std::nullopt;
  return Error{"InvalidParameterValue", 400,
               fmt::format("The size of a volume cannot be less than {} GiB, the size of snapshot '{}'",
                           origin->size_gib, snapshot)};
}

/// Sets what a request says of a new volume; what it leaves out comes from the volume's snapshot.
void SimEc2::set_details(Volume& volume, const VolumeDetails& details) const {
  volume.details = details;
  const Snapshot* origin = find_snapshot(volume.source_snapshot);
  if (details.size_gib == 0) volume.details.size_gib = origin == nullptr ? kDefaultSize : origin->size_gib;
  if (origin != nullptr && origin->encrypted) volume.details.encrypted = true;
}

sim::Task<void> SimEc2::finish_creation(Volume* volume, std::uint32_t event) {
  const DurationRange range = volume->source_snapshot.empty() ? kCreation : kRestoration;
  const sim::Duration duration = choices_.draw(decider({volume->workspace}), "ec2.volume.creation", range);
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
  if (request.device.empty() ? holds_volume(instance) : attached_at(instance, request.device) != nullptr) {
    return tl::unexpected(Error{"InvalidParameterValue", 400, "the device of the data volume is taken"});
  }
  if (volume.details.zone != zone_of(instance)) {
    return tl::unexpected(Error{"InvalidVolume.ZoneMismatch", 400,
                                fmt::format("'{}' is in another zone than '{}'", volume.id, instance.id)});
  }
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {volume.workspace, instance.name},
                                  {{"action", actions::kAttachVolume.name}, {"volume", volume.id}});
  volume.attached_to = instance.name;
  volume.attached_at = scheduler_.now();
  volume.device = request.device;
  volume.delete_on_termination = false;  // unlike one of the launch (docs/cloud.md §2.2)
  if (holds_volume(instance)) {
    add_other(instance, volume);
  } else {
    instance.data_volume = &volume;
  }
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
  const Instance& holder = *find(record_.text(volume.attached_to));
  if (holder.root_volume == &volume && holder.state != InstanceState::stopped) {
    return tl::unexpected(
        Error{"OperationNotPermitted", 400, fmt::format("'{}' is the root volume of '{}'", volume.id, holder.id)});
  }
  const auto event =
      record_.emit(sim::Kind::ec2_call, actor_, {volume.workspace, volume.attached_to},
                   {{"action", actions::kDetachVolume.name}, {"volume", volume.id}, {"force", request.force}});
  detach(volume, event);
  return describe(volume, *volume.history.at(scheduler_.now()));
}

}  // namespace drydock::cloud
