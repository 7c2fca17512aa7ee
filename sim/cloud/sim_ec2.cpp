#include "sim/cloud/sim_ec2.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cloud/errors.hpp"
#include "sim/cloud/ids.hpp"
#include "sim/cloud/serve.hpp"

namespace drydock::cloud {
namespace {

Error not_found(const std::vector<std::string>& ids) {
  if (ids.size() == 1) return {"InvalidInstanceID.NotFound", 400, fmt::format("no instance '{}' exists", ids.front())};
  return {"InvalidInstanceID.NotFound", 400, fmt::format("no instances '{}' exist", fmt::join(ids, ", "))};
}

bool matches(const InstanceDescription& instance, const InstanceFilter& filter) {
  if (filter.workspace && *filter.workspace != instance.workspace) return false;
  const auto& states = filter.states;
  return states.empty() || std::find(states.begin(), states.end(), instance.state) != states.end();
}

}  // namespace

SimEc2::SimEc2(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record, sim::Adversary& adversary,
               const Profile& profile)
    : scheduler_(scheduler),
      choices_(choices),
      record_(record),
      adversary_(adversary),
      profile_(profile),
      actor_(record.name("cloud")),
      tasks_(scheduler) {}

SimEc2::InTransit::InTransit(SimEc2& region)
    : caller(region.scheduler_.current()->group), cause(region.record_.current_cause()), region_(region) {
  region_.on_the_way_.push_back(this);
}

void SimEc2::InTransit::arrived() { std::erase(region_.on_the_way_, this); }

void SimEc2::caller_dies(const sim::TaskGroup& caller) {
  for (InTransit* sent : on_the_way_) {
    if (sent->caller == &caller)
      scheduler_.spawn(tasks_, "request of a crashed caller", sent->go_on()).cause = sent->cause;
  }
}

const std::string& SimEc2::decider(sim::Subject subject) const {
  return record_.text(subject.workspace == sim::Name::none ? actor_ : subject.workspace);
}

sim::Duration SimEc2::draw_latency(const Ec2Action& action, sim::Subject subject) {
  return choices_.draw(decider(subject), action.latency, profile_.api_latency.of(action.name));
}

/// Returns the error of a throttled call, or nothing when the rates admit the call. A throttled call costs no token
/// (docs/cloud.md §3).
std::optional<Error> SimEc2::throttled(const Ec2Action& action, std::uint64_t instances) {
  if (!profile_.throttle || throttle_.admit(action.limits, instances, scheduler_.now())) return std::nullopt;
  constexpr std::string_view code = "RequestLimitExceeded";
  return Error{std::string{code}, error_status(code), fmt::format("the rate of ec2:{} was exceeded", action.name)};
}

Error SimEc2::refuse(const Ec2Action& action, sim::Subject subject, Error error) {
  record_.emit(sim::Kind::ec2_error, actor_, subject,
               {{"action", action.name}, {"code", error.code}, {"message", error.message}});
  return error;
}

// --- RunInstances ---------------------------------------------------------------------------------------------------

sim::Task<Result<InstanceDescription>> SimEc2::run_instances(sim::Context context, RunInstancesRequest request) {
  const sim::Subject subject{record_.name(request.workspace)};
  return call(context, &actions::kRun, subject, std::move(request), &SimEc2::run);
}

Result<InstanceDescription> SimEc2::run(const RunInstancesRequest& request, sim::Subject& subject) {
  const Result<Instance*> launched = launch(request);
  if (!launched) return tl::unexpected(launched.error());
  subject.instance = (*launched)->name;
  return describe(**launched, scheduler_.now());
}

Result<Instance*> SimEc2::launch(const RunInstancesRequest& request) {
  Result<Instance*> before = launched_before(request);
  if (!before || *before != nullptr) return before;
  const Result<VolumeSource> source = resolve_source(request.data_volume);
  if (!source) return tl::unexpected(source.error());
  const std::optional<Error> refused = over_quota(1);
  if (refused) return tl::unexpected(*refused);
  if (profile_.capacity == Capacity::sync) return tl::unexpected(no_capacity());
  Instance& instance = create(request, scheduler_.now());
  instance.visible_from = scheduler_.now() + visibility_lag(instance);
  const auto event =
      record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name}, {{"action", actions::kRun.name}});
  const sim::CauseScope scope(record_, event);
  instance.history.note(instance.launched, {instance.state, ""});
  const std::optional<VolumeState> from = provide_volume(instance, *source, event);
  tell(instance, std::nullopt, "");
  if (instance.data_volume != nullptr) tell(*instance.data_volume, from, event);
  scheduler_.spawn(tasks_, "launch", finish_launch(&instance, instance.phase));
  return &instance;
}

/// Looks up the instance that this token made (docs/cloud.md §1.5). The same token with the same parameters gives the
/// same instance, whatever its state; other parameters, or an instance that ended, are an error. Null: the token is
/// new, or its instance ended so long ago that the token is forgotten.
Result<Instance*> SimEc2::launched_before(const RunInstancesRequest& request) {
  if (!well_formed_token(request.client_token)) {
    return tl::unexpected(Error{"InvalidClientToken", 400, "a ClientToken is up to 64 ASCII characters"});
  }
  const auto known = by_token_.find(request.client_token);
  if (known == by_token_.end() || request.client_token.empty()) return nullptr;
  Instance* instance = known->second;
  if (instance->terminated && scheduler_.now() >= *instance->terminated + kTokenKept) return nullptr;
  if (!(instance->request == request)) {
    return tl::unexpected(Error{"IdempotentParameterMismatch", 400, "the token was used with other parameters"});
  }
  if (instance->state == InstanceState::terminated) {
    return tl::unexpected(Error{"IdempotentInstanceTerminated", 400, "the token's instance is terminated"});
  }
  return instance;
}

/// Tells whether the account's quotas forbid so many more instances (docs/cloud.md §5.1). A terminated instance counts
/// for as long as it is visible (§1.4), but has no vCPUs. A stopped instance counts for nothing.
std::optional<Error> SimEc2::over_quota(std::uint64_t more) const {
  std::uint64_t counted = 0;
  std::uint64_t vcpus = 0;
  for (const Instance& instance : instances_) {
    if (instance.state == InstanceState::stopped || gone(instance, scheduler_.now())) continue;
    ++counted;
    if (instance.state != InstanceState::terminated) vcpus += kVcpus;
  }
  if (profile_.instance_limit != 0 && counted + more > profile_.instance_limit)
    return Error{"InstanceLimitExceeded", 400, fmt::format("{} instances count", counted)};
  if (profile_.vcpu_limit != 0 && vcpus + more * kVcpus > profile_.vcpu_limit)
    return Error{"VcpuLimitExceeded", 400, fmt::format("{} vCPUs are in use", vcpus)};
  return std::nullopt;
}

Error SimEc2::no_capacity() {
  constexpr std::string_view code = "InsufficientInstanceCapacity";
  return {std::string{code}, error_status(code), "the zone has no capacity left"};
}

Instance& SimEc2::create(RunInstancesRequest request, sim::Instant launched) {
  const auto number = instances_.size() + 1;
  Instance& instance = instances_.emplace_back();
  instance.id = make_id("i-", request.workspace, number);
  instance.number = number;
  instance.name = record_.name(instance.id);
  instance.workspace = record_.name(request.workspace);
  instance.private_ip = fmt::format("10.{}.{}.{}", 16 + number / 65536, number / 256 % 256, number % 256);
  instance.launched = launched;
  by_id_[instance.id] = &instance;
  if (!request.client_token.empty()) by_token_[request.client_token] = &instance;
  instance.request = std::move(request);
  return instance;
}

const Instance& SimEc2::seed_running(RunInstancesRequest request, sim::Instant launched) {
  const Result<VolumeSource> source = resolve_source(request.data_volume);
  DRYDOCK_CHECK(source.has_value(), "an instance was seeded with a data volume that cannot be");
  Instance& instance = create(std::move(request), launched);
  instance.state = InstanceState::running;
  instance.history.note(launched, {instance.state, ""});
  const std::optional<VolumeState> from = provide_volume(instance, *source, 0);
  // It entered this state before the record began.
  for (InstanceWatcher* watcher : watchers_) watcher->instance_entered(instance, std::nullopt, 0);
  if (instance.data_volume != nullptr) tell(*instance.data_volume, from, 0);
  return instance;
}

sim::Task<void> SimEc2::finish_launch(Instance* instance, std::uint32_t phase) {
  const std::string_view site = instance->starts == 0 ? "ec2.run.pending" : "ec2.start.pending";
  const sim::Duration pending = choices_.draw(decider({instance->workspace}), site, profile_.pending);
  co_await scheduler_.pause_drawn(pending, profile_.pending.typical());
  if (instance->phase != phase) co_return;
  const std::string failure = launch_failure(*instance);
  enter(*instance, failure.empty() ? InstanceState::running : InstanceState::terminated, failure);
}

/// Returns the StateReason of a launch that ends instead of running (docs/cloud.md §5.2); empty: it runs. A start after
/// a stop never ends so: whatever forbids it has refused the call.
std::string SimEc2::launch_failure(const Instance& instance) {
  if (instance.starts > 0) return {};
  if (profile_.capacity == Capacity::async) return "Server.InsufficientInstanceCapacity";
  if (lost_its_snapshot(instance)) return "Client.InvalidSnapshot.NotFound";
  const sim::Call call{actions::kRun.fault_point, instance.workspace, instance.name};
  return adversary_.decide(call, sim::FaultPoint::before_completion).error;
}

/// Tells whether a snapshot from which the launch makes a volume is gone.
bool SimEc2::lost_its_snapshot(const Instance& instance) const {
  const auto lost = [&](const std::string& id) { return !id.empty() && snapshots_by_id_.at(id)->deleted.has_value(); };
  const auto& device = instance.request.data_volume;
  if (device && lost(device->snapshot_id)) return true;
  if (instance.launch == nullptr) return false;
  const std::vector<MappedVolume>& volumes = instance.launch->request.volumes;
  return std::any_of(volumes.begin(), volumes.end(),
                     [&](const MappedVolume& volume) { return lost(volume.snapshot_id); });
}

// --- TerminateInstances ---------------------------------------------------------------------------------------------

sim::Task<Result<std::vector<StateChange>>> SimEc2::terminate_instances(sim::Context context,
                                                                        std::vector<std::string> ids) {
  const sim::Subject subject = subject_of(ids);
  return call(context, &actions::kTerminate, subject, std::move(ids), &SimEc2::terminate);
}

Result<std::vector<StateChange>> SimEc2::terminate(const std::vector<std::string>& ids, sim::Subject& subject) {
  const Result<std::vector<Instance*>> found = resolve(ids, heard(actions::kTerminate, subject));
  if (!found) return tl::unexpected(found.error());
  for (const Instance* instance : *found) {
    if (instance->details == nullptr || !instance->details->termination_protected) continue;
    return tl::unexpected(
        Error{"OperationNotPermitted", 400, fmt::format("'{}' is protected from termination", instance->id)});
  }
  std::vector<StateChange> changes;
  for (Instance* instance : *found) changes.push_back(begin_termination(*instance));
  return changes;
}

/// Begins the termination of an instance. The call is idempotent: a shutting-down or terminated instance stays what it
/// is (docs/cloud.md §1.2).
StateChange SimEc2::begin_termination(Instance& instance) {
  const InstanceState previous = instance.state;
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name},
                                  {{"action", actions::kTerminate.name}, {"previous", to_text(previous)}});
  if (previous != InstanceState::shutting_down && previous != InstanceState::terminated) {
    const sim::CauseScope scope(record_, event);
    enter(instance, InstanceState::shutting_down, "Client.UserInitiatedShutdown");
    scheduler_.spawn(tasks_, "termination", finish_termination(&instance));
  }
  return {instance.id, previous, instance.state};
}

sim::Task<void> SimEc2::finish_termination(Instance* instance) {
  const sim::Duration duration =
      choices_.draw(decider({instance->workspace}), "ec2.terminate.duration", profile_.terminate);
  co_await scheduler_.pause_drawn(duration, profile_.terminate.typical());
  enter(*instance, InstanceState::terminated, instance->reason);
}

// --- DescribeInstances ----------------------------------------------------------------------------------------------

sim::Task<Result<std::vector<InstanceDescription>>> SimEc2::describe_instances(sim::Context context,
                                                                               InstanceFilter filter) {
  sim::Subject subject = subject_of(filter.ids);
  if (filter.workspace) subject.workspace = record_.name(*filter.workspace);
  const bool all = filter.ids.empty() && !filter.workspace && filter.states.empty();
  return call(context, all ? &actions::kDescribeAll : &actions::kDescribe, subject, std::move(filter), &SimEc2::list);
}

/// Lists instances. When ids are given, an unknown id is an error; a filter that finds nothing is answered with an
/// empty list (docs/cloud.md §4).
Result<std::vector<InstanceDescription>> SimEc2::list(const InstanceFilter& filter, sim::Subject& subject) {
  const sim::Instant seen = heard(actions::kDescribe, subject);
  std::vector<InstanceDescription> answer;
  const auto add = [&](const Instance& instance) {
    InstanceDescription description = describe(instance, seen);
    if (matches(description, filter)) answer.push_back(std::move(description));
  };
  if (!filter.ids.empty()) {
    const Result<std::vector<Instance*>> found = resolve(filter.ids, seen);
    if (!found) return tl::unexpected(found.error());
    for (const Instance* instance : *found) add(*instance);
    return answer;
  }
  for (const Instance& instance : instances_) {
    if (visible(instance, seen)) add(instance);
  }
  return answer;
}

/// Describes a visible instance as it was at `heard`, the instant up to which the reader has heard of changes
/// (docs/cloud.md §4).
InstanceDescription SimEc2::describe(const Instance& instance, sim::Instant heard) const {
  const InstanceView& seen = *instance.history.at(heard);
  const Volume* volume = instance.data_volume;
  const VolumeView* disk = volume == nullptr ? nullptr : volume->history.at(heard);
  const bool attached = disk != nullptr && disk->attached_to == instance.name;
  return {.id = instance.id,
          .state = seen.state,
          .workspace = instance.request.workspace,
          .client_token = instance.request.client_token,
          .private_ip = instance.private_ip,
          .volume_id = attached ? volume->id : std::string{},
          .state_reason = seen.reason,
          .launched = instance.launched};
}

// --- what they share ------------------------------------------------------------------------------------------------

const Instance* SimEc2::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Result<std::vector<Instance*>> SimEc2::resolve(const std::vector<std::string>& ids, sim::Instant heard) {
  if (ids.empty()) return tl::unexpected(Error{"MissingParameter", 400, "no instance id was given"});
  std::vector<Instance*> found;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    if (!well_formed_id("i-", id)) {
      return tl::unexpected(Error{"InvalidInstanceID.Malformed", 400, fmt::format("'{}' is no instance id", id)});
    }
    const auto known = by_id_.find(id);
    if (known == by_id_.end() || !visible(*known->second, heard)) {
      missing.push_back(id);
    } else {
      found.push_back(known->second);
    }
  }
  if (!missing.empty()) return tl::unexpected(not_found(missing));
  return found;
}

void SimEc2::enter(Instance& instance, InstanceState state, std::string_view reason) {
  const InstanceState from = instance.state;
  instance.state = state;
  ++instance.phase;
  instance.reason = reason;
  instance.history.note(scheduler_.now(), {state, instance.reason});
  if (state == InstanceState::terminated) instance.terminated = scheduler_.now();
  const auto event = tell(instance, from, reason);
  if (state == InstanceState::terminated) release_volumes(instance, event);
}

std::uint32_t SimEc2::tell(const Instance& instance, std::optional<InstanceState> from, std::string_view reason) {
  const auto event = record_.emit(sim::Kind::ec2_state, actor_, {instance.workspace, instance.name},
                                  {{"from", from ? to_text(*from) : std::string_view{"none"}},
                                   {"to", to_text(instance.state)},
                                   {"reason", reason}});
  const sim::CauseScope scope(record_, event);
  for (InstanceWatcher* watcher : watchers_) watcher->instance_entered(instance, from, event);
  return event;
}

/// Returns the subject of a call that names several instances: the first of them.
sim::Subject SimEc2::subject_of(const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  const Instance* first = find(ids.front());
  return {first != nullptr ? first->workspace : sim::Name::none, record_.name(ids.front())};
}

}  // namespace drydock::cloud
