#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/cloud/ids.hpp"
#include "sim/cloud/serve.hpp"
#include "sim/cloud/sim_ec2.hpp"

// Launches of several instances at once, each with a root volume, and what may be changed of an instance later. Only
// clients on the wire ask for these (docs/cloud.md §7).

namespace drydock::cloud {
namespace {

/// Returns the instant of the end of a launch's last instance, or nothing while one of them has not ended.
std::optional<sim::Instant> end_of(const Launch& launch) {
  sim::Instant end{};
  for (const Instance* instance : launch.instances) {
    if (!instance->terminated) return std::nullopt;
    end = std::max(end, *instance->terminated);
  }
  return end;
}

/// Returns the address of the n-th instance in the subnet of its zone: a quarter of 10.16.0.0/16 for each zone.
std::string address_in(char zone, std::size_t number) {
  const auto quarter = static_cast<std::size_t>(zone - 'a') % 4;
  return fmt::format("10.{}.{}.{}", 16 + number / 16384, quarter * 64 + number / 256 % 64, number % 256);
}

}  // namespace

sim::Task<Result<const Launch*>> SimEc2::launch_instances(sim::Context context, LaunchRequest request) {
  const sim::Subject subject{record_.name(request.workspace)};
  return call(context, &actions::kRun, subject, std::move(request), &SimEc2::launch_all);
}

Result<const Launch*> SimEc2::launch_all(const LaunchRequest& request, sim::Subject& subject) {
  Result<const Launch*> before = launched_together_before(request);
  if (!before || *before != nullptr) return before;
  std::optional<Error> refused = why_not_addressed(request);
  if (!refused) refused = why_not_mapped(request);
  if (refused) return tl::unexpected(std::move(*refused));
  const Result<std::uint32_t> count = room_for(request);
  if (!count) return tl::unexpected(count.error());
  if (profile_.capacity == Capacity::sync) return tl::unexpected(no_capacity());
  Launch& launch = launches_.emplace_back();
  launch.reservation_id = make_id("r-", request.workspace, launches_.size());
  launch.request = request;
  if (!request.client_token.empty()) launches_by_token_[request.client_token] = &launch;
  for (std::uint32_t i = 0; i < *count; ++i) begin_one_of(create_one_of(launch));
  subject.instance = launch.instances.front()->name;
  return &launch;
}

/// Looks up the launch that this token made, by the rules of a launch of one (`launched_before`): the token's instances
/// have ended when all of them have.
Result<const Launch*> SimEc2::launched_together_before(const LaunchRequest& request) {
  if (!well_formed_token(request.client_token)) {
    return tl::unexpected(Error{"InvalidClientToken", 400, "a ClientToken is up to 64 ASCII characters"});
  }
  const auto known = launches_by_token_.find(request.client_token);
  if (known == launches_by_token_.end()) return nullptr;
  const std::optional<sim::Instant> end = end_of(*known->second);
  if (end && scheduler_.now() >= *end + kTokenKept) return nullptr;
  if (!(known->second->request == request)) {
    return tl::unexpected(Error{"IdempotentParameterMismatch", 400, "the token was used with other parameters"});
  }
  if (end) return tl::unexpected(Error{"IdempotentInstanceTerminated", 400, "the token's instance is terminated"});
  return known->second;
}

std::optional<Error> SimEc2::why_not_addressed(const LaunchRequest& request) const {
  if (request.private_ip.empty()) return std::nullopt;
  const bool taken = std::any_of(instances_.begin(), instances_.end(), [&](const Instance& one) {
    return one.private_ip == request.private_ip && one.state != InstanceState::terminated;
  });
  if (!taken) return std::nullopt;
  return Error{"InvalidIPAddress.InUse", 400, fmt::format("Address {} is in use.", request.private_ip)};
}

std::optional<Error> SimEc2::why_not_mapped(const LaunchRequest& request) const {
  for (const MappedVolume& mapped : request.volumes) {
    if (mapped.snapshot_id.empty()) continue;
    const Result<VolumeSource> origin = resolve_origin(mapped.snapshot_id);
    if (!origin) return origin.error();
    std::optional<Error> too_small = why_too_small(mapped.snapshot_id, mapped.details.size_gib);
    if (too_small) return too_small;
  }
  return std::nullopt;
}

/// Returns how many instances the quotas leave room for, at most as many as are asked for; the error of the least
/// number where they do not leave room for it.
Result<std::uint32_t> SimEc2::room_for(const LaunchRequest& request) const {
  for (std::uint32_t count = request.max_count; count > request.min_count; --count) {
    if (!over_quota(count)) return count;
  }
  std::optional<Error> refused = over_quota(request.min_count);
  if (refused) return tl::unexpected(std::move(*refused));
  return request.min_count;
}

Instance& SimEc2::create_one_of(Launch& launch) {
  const LaunchRequest& asked = launch.request;
  RunInstancesRequest request;
  request.workspace = asked.workspace;
  request.user_data = asked.user_data;
  Instance& instance = create(std::move(request), scheduler_.now());
  // What `create` registers by its token is the launch of one.
  instance.request.client_token = asked.client_token;
  instance.private_ip = asked.private_ip.empty() ? address_in(asked.details.zone, instances_.size()) : asked.private_ip;
  instance.details = std::make_unique<InstanceDetails>(asked.details);
  instance.launch = &launch;
  instance.launch_index = static_cast<std::uint32_t>(launch.instances.size());
  launch.instances.push_back(&instance);
  for (const Tag& tag : asked.tags) set_tag(instance.id, tag);
  return instance;
}

/// Begins the life of an instance as `launch` does, with all of its volumes attached from the start.
void SimEc2::begin_one_of(Instance& instance) {
  instance.visible_from = scheduler_.now() + visibility_lag(instance);
  const auto event =
      record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name}, {{"action", actions::kRun.name}});
  const sim::CauseScope scope(record_, event);
  instance.history.note(instance.launched, {instance.state, ""});
  for (const MappedVolume& mapped : instance.launch->request.volumes) provide_mapped(instance, mapped);
  tell(instance, std::nullopt, "");
  if (instance.data_volume != nullptr) tell(*instance.data_volume, std::nullopt, event);
  for (const Volume* volume : instance.other_volumes) tell(*volume, std::nullopt, event);
  scheduler_.spawn(tasks_, "launch", finish_launch(&instance, instance.phase));
}

/// Makes a volume of a launch. It belongs to no lineage, because nobody said that it holds a workspace's state: a
/// `workspace` tag on it is a tag like others.
void SimEc2::provide_mapped(Instance& instance, const MappedVolume& mapped) {
  Volume& volume = create("", mapped.snapshot_id, instance.launched);
  set_details(volume, mapped.details);
  volume.device = mapped.device;
  volume.state = VolumeState::in_use;
  volume.attached_to = instance.name;
  volume.attached_at = instance.launched;
  volume.delete_on_termination = mapped.delete_on_termination;
  note(volume, instance.launched);
  for (const Tag& tag : instance.launch->request.volume_tags) set_tag(volume.id, tag);
  const bool is_root = instance.other_volumes.empty();
  if (is_root) instance.root_volume = &volume;
  if (is_root || instance.data_volume != nullptr) {
    instance.other_volumes.push_back(&volume);
  } else {
    instance.data_volume = &volume;
  }
}

// --- ModifyInstanceAttribute ------------------------------------------------------------------

sim::Task<Result<Done>> SimEc2::modify_instance(sim::Context context, ModifyInstanceRequest request) {
  const sim::Subject subject = subject_of({request.id});
  return call(context, &actions::kModifyInstance, subject, std::move(request), &SimEc2::modify);
}

Result<Done> SimEc2::modify(const ModifyInstanceRequest& request, sim::Subject& subject) {
  const Result<std::vector<Instance*>> found = resolve({request.id}, heard(actions::kModifyInstance, subject));
  if (!found) return tl::unexpected(found.error());
  Instance& instance = *found->front();
  std::optional<Error> refused = why_not_modified(request, instance);
  if (refused) return tl::unexpected(std::move(*refused));
  record_.emit(sim::Kind::ec2_call, actor_, subject, {{"action", actions::kModifyInstance.name}});
  if (instance.details == nullptr) instance.details = std::make_unique<InstanceDetails>();
  InstanceDetails& details = *instance.details;
  if (request.instance_type) details.instance_type = *request.instance_type;
  if (request.user_data) instance.request.user_data = *request.user_data;
  if (request.shutdown_behavior) details.shutdown_behavior = *request.shutdown_behavior;
  if (request.termination_protected) details.termination_protected = *request.termination_protected;
  if (request.source_dest_check) details.source_dest_check = *request.source_dest_check;
  if (request.ebs_optimized) details.ebs_optimized = *request.ebs_optimized;
  if (!request.groups.empty()) details.groups = request.groups;
  for (const auto& [device, goes] : request.delete_on_termination) {
    Volume* volume = attached_at(instance, device);
    volume->delete_on_termination = goes;
    note(*volume, scheduler_.now());
  }
  return Done{};
}

std::optional<Error> SimEc2::why_not_modified(const ModifyInstanceRequest& request, const Instance& instance) const {
  const bool wants_stopped = request.instance_type || request.user_data;
  if (wants_stopped && instance.state != InstanceState::stopped) {
    return Error{"IncorrectInstanceState", 400,
                 fmt::format("The instance '{}' is not in the 'stopped' state.", instance.id)};
  }
  for (const auto& [device, goes] : request.delete_on_termination) {
    if (attached_at(instance, device) == nullptr) {
      return Error{"InvalidInstanceAttributeValue", 400, fmt::format("No device is currently mapped at {}", device)};
    }
  }
  return std::nullopt;
}

}  // namespace drydock::cloud
