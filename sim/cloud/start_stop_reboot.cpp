#include <fmt/format.h>

#include <algorithm>

#include "sim/cloud/serve.hpp"
#include "sim/cloud/sim_ec2.hpp"

// Start, stop and reboot, each by the state that it finds (docs/cloud.md §1.2), and the status
// checks (§1.7).

namespace drydock::cloud {
namespace {

/// The time from `stopping` to `stopped` (docs/cloud.md §1.6).
constexpr DurationRange kStopping{10s, 60s};
/// The time after which a running instance has passed its status checks: the second check comes a minute after the
/// first (docs/cloud.md §1.6).
constexpr sim::Duration kChecked = 120s;

Error incorrect_state(const Instance& instance, std::string_view code) {
  return {std::string{code}, 400, fmt::format("instance '{}' is {}", instance.id, to_text(instance.state))};
}

bool is_ending(const Instance& instance) {
  return instance.state == InstanceState::shutting_down || instance.state == InstanceState::terminated;
}

/// A start needs the root volume, where the launch made one.
std::optional<Error> may_start(const Instance& instance) {
  if (instance.state == InstanceState::stopping || is_ending(instance))
    return incorrect_state(instance, "IncorrectInstanceState");
  if (instance.root_volume != nullptr && instance.root_volume->attached_to != instance.name)
    return Error{"IncorrectInstanceState", 400, fmt::format("'{}' has no volume attached at root", instance.id)};
  return std::nullopt;
}

/// Forbids a stop in the first `pending`. It is disputed whether EC2 permits it; here it does not.
std::optional<Error> may_stop(const Instance& instance) {
  const bool never_ran = instance.state == InstanceState::pending && instance.starts == 0;
  if (never_ran || is_ending(instance)) return incorrect_state(instance, "IncorrectInstanceState");
  return std::nullopt;
}

std::optional<Error> may_reboot(const Instance& instance) {
  if (instance.state == InstanceState::running || instance.state == InstanceState::terminated) return std::nullopt;
  return incorrect_state(instance, "IncorrectState");
}

}  // namespace

/// Finds the instances of a call that does all or nothing: when one of them forbids the call, nothing happens to any.
Result<std::vector<Instance*>> SimEc2::permitted(const Ec2Action& action, const std::vector<std::string>& ids,
                                                 sim::Subject subject, Rule rule) {
  Result<std::vector<Instance*>> found = resolve(ids, heard(action, subject));
  if (!found) return found;
  for (const Instance* instance : *found) {
    std::optional<Error> refused = rule(*instance);
    if (refused) return tl::unexpected(std::move(*refused));
  }
  return found;
}

// --- StartInstances ---------------------------------------------------------------------------

sim::Task<Result<std::vector<StateChange>>> SimEc2::start_instances(sim::Context context,
                                                                    std::vector<std::string> ids) {
  const sim::Subject subject = subject_of(ids);
  return call(context, &actions::kStart, subject, std::move(ids), &SimEc2::start);
}

/// Starts instances. When capacity is missing, whichever way that shows at a launch, a start is refused at once,
/// because no transition leads from its `pending` back to `stopped`.
Result<std::vector<StateChange>> SimEc2::start(const std::vector<std::string>& ids, sim::Subject& subject) {
  const Result<std::vector<Instance*>> found = permitted(actions::kStart, ids, subject, may_start);
  if (!found) return tl::unexpected(found.error());
  const auto more = std::count_if(found->begin(), found->end(),
                                  [](const Instance* instance) { return instance->state == InstanceState::stopped; });
  if (more > 0) {
    std::optional<Error> refused = over_quota(static_cast<std::uint64_t>(more));
    if (refused) return tl::unexpected(std::move(*refused));
    if (profile_.capacity != Capacity::none) return tl::unexpected(no_capacity());
  }
  std::vector<StateChange> changes;
  for (Instance* instance : *found) changes.push_back(begin_start(*instance));
  return changes;
}

StateChange SimEc2::begin_start(Instance& instance) {
  const InstanceState previous = instance.state;
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name},
                                  {{"action", actions::kStart.name}, {"previous", to_text(previous)}});
  if (previous == InstanceState::stopped) {
    const sim::CauseScope scope(record_, event);
    ++instance.starts;
    enter(instance, InstanceState::pending, "");
    scheduler_.spawn(tasks_, "start", finish_launch(&instance, instance.phase));
  }
  return {instance.id, previous, instance.state};
}

// --- StopInstances ----------------------------------------------------------------------------

sim::Task<Result<std::vector<StateChange>>> SimEc2::stop_instances(sim::Context context, StopInstancesRequest request) {
  const sim::Subject subject = subject_of(request.ids);
  return call(context, &actions::kStop, subject, std::move(request), &SimEc2::stop);
}

Result<std::vector<StateChange>> SimEc2::stop(const StopInstancesRequest& request, sim::Subject& subject) {
  const Result<std::vector<Instance*>> found = permitted(actions::kStop, request.ids, subject, may_stop);
  if (!found) return tl::unexpected(found.error());
  std::vector<StateChange> changes;
  for (Instance* instance : *found) changes.push_back(begin_stop(*instance, request.force));
  return changes;
}

/// A stopped instance keeps its data volume attached.
StateChange SimEc2::begin_stop(Instance& instance, bool force) {
  const InstanceState previous = instance.state;
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name},
                                  {{"action", actions::kStop.name}, {"previous", to_text(previous)}, {"force", force}});
  const sim::CauseScope scope(record_, event);
  const bool anew = previous == InstanceState::stopping && force;
  if (anew) ++instance.phase;  // the stop under way is not waited for
  if (previous == InstanceState::running || previous == InstanceState::pending)
    enter(instance, InstanceState::stopping, "Client.UserInitiatedShutdown");
  if (anew || previous != instance.state) scheduler_.spawn(tasks_, "stop", finish_stop(&instance, instance.phase));
  return {instance.id, previous, instance.state};
}

sim::Task<void> SimEc2::finish_stop(Instance* instance, std::uint32_t phase) {
  const sim::Duration duration = choices_.draw(decider({instance->workspace}), "ec2.stop.duration", kStopping);
  co_await scheduler_.pause_drawn(duration, kStopping.typical());
  if (instance->phase == phase) enter(*instance, InstanceState::stopped, instance->reason);
}

// --- RebootInstances --------------------------------------------------------------------------

sim::Task<Result<Done>> SimEc2::reboot_instances(sim::Context context, std::vector<std::string> ids) {
  const sim::Subject subject = subject_of(ids);
  return call(context, &actions::kReboot, subject, std::move(ids), &SimEc2::reboot);
}

/// A reboot does not leave running (docs/cloud.md §1.1).
Result<Done> SimEc2::reboot(const std::vector<std::string>& ids, sim::Subject& subject) {
  const Result<std::vector<Instance*>> found = permitted(actions::kReboot, ids, subject, may_reboot);
  if (!found) return tl::unexpected(found.error());
  for (const Instance* instance : *found) begin_reboot(*instance);
  return Done{};
}

void SimEc2::begin_reboot(const Instance& instance) {
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name},
                                  {{"action", actions::kReboot.name}, {"previous", to_text(instance.state)}});
  if (instance.state != InstanceState::running) return;
  const sim::CauseScope scope(record_, event);
  for (InstanceWatcher* watcher : watchers_) watcher->instance_rebooted(instance);
}

// --- DescribeInstanceStatus -------------------------------------------------------------------

sim::Task<Result<std::vector<InstanceStatus>>> SimEc2::describe_instance_status(sim::Context context,
                                                                                StatusFilter filter) {
  const sim::Subject subject = subject_of(filter.ids);
  const Ec2Action* action = filter.ids.empty() ? &actions::kDescribeAllStatus : &actions::kDescribeStatus;
  return call(context, action, subject, std::move(filter), &SimEc2::list_status);
}

/// Lists status rows. An instance that does not run has no row unless `include_all` is set; so a missing row does not
/// mean that the instance died.
Result<std::vector<InstanceStatus>> SimEc2::list_status(const StatusFilter& filter, sim::Subject& subject) {
  const sim::Instant seen = heard(actions::kDescribeStatus, subject);
  std::vector<InstanceStatus> answer;
  const auto add = [&](const Instance& instance) {
    InstanceStatus status = status_of(instance, seen);
    const bool shown = filter.include_all || status.state == InstanceState::running;
    if (shown) answer.push_back(std::move(status));
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

/// Returns the status of an instance. Nothing in this world impairs one: an instance that has died does not run.
InstanceStatus SimEc2::status_of(const Instance& instance, sim::Instant heard) const {
  using Summary = InstanceStatus::Summary;
  const InstanceState state = instance.history.at(heard)->state;
  Summary summary = Summary::not_applicable;
  if (state == InstanceState::running) {
    const bool checked = heard >= instance.history.since(heard) + kChecked;
    summary = checked ? Summary::ok : Summary::initializing;
  }
  return {.id = instance.id, .state = state, .system = summary, .instance = summary};
}

}  // namespace drydock::cloud
