#include "sim/cloud/sim_ec2.hpp"

// What happens to instances although the tenant asked for nothing: a host dies, an operator calls the API by hand, EC2
// takes Spot capacity back (docs/cloud.md §5.3).

namespace drydock::cloud {
namespace {

bool runs(const Instance& instance) { return instance.state == InstanceState::running; }
bool lives(const Instance& instance) { return is_live(instance.state); }

}  // namespace

/// Acts on each instance of the workspace (none: of any) that permits it. Returns how many did.
template <typename Permits, typename Act>
std::size_t SimEc2::each_of(sim::Name workspace, Permits permits, Act act) {
  std::size_t struck = 0;
  for (Instance& instance : instances_) {
    const bool meant = workspace == sim::Name::none || instance.workspace == workspace;
    if (!meant || !permits(instance)) continue;
    act(instance);
    ++struck;
  }
  return struck;
}

std::size_t SimEc2::kill(sim::Name workspace) {
  return each_of(workspace, lives,
                 [this](Instance& instance) { enter(instance, InstanceState::terminated, "Server.InternalError"); });
}

std::size_t SimEc2::terminate_by_hand(sim::Name workspace) {
  return each_of(workspace, lives, [this](Instance& instance) { begin_termination(instance); });
}

std::size_t SimEc2::stop_by_hand(sim::Name workspace, std::optional<sim::Duration> back_after) {
  return each_of(workspace, runs, [&](Instance& instance) {
    begin_stop(instance, false);
    if (back_after) scheduler_.spawn(tasks_, "start by hand", start_later(&instance, *back_after));
  });
}

sim::Task<void> SimEc2::start_later(Instance* instance, sim::Duration after) {
  constexpr sim::Duration in_calm{};
  constexpr sim::Duration between_looks = std::chrono::seconds{1};
  co_await scheduler_.pause_drawn(after, in_calm);
  while (instance->state == InstanceState::stopping) co_await scheduler_.pause(between_looks);
  if (instance->state == InstanceState::stopped) begin_start(*instance);
}

std::size_t SimEc2::reboot_by_hand(sim::Name workspace) {
  return each_of(workspace, runs, [this](const Instance& instance) { begin_reboot(instance); });
}

std::size_t SimEc2::interrupt(sim::Name workspace) {
  return each_of(workspace, runs, [this](Instance& instance) {
    enter(instance, InstanceState::shutting_down, "Server.SpotInstanceTermination");
    scheduler_.spawn(tasks_, "termination", finish_termination(&instance));
  });
}

}  // namespace drydock::cloud
