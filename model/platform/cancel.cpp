#include <exception>
#include <utility>
#include <vector>

#include "model/platform/platform.hpp"

// A delete that meets a launch (docs/platform.md §17.4): upstream's answer for Docker, played on the control plane.

namespace drydock::model {

using sim::Context;
using sim::Task;
using namespace std::chrono_literals;

namespace {

/// A launch is given so long to look at its row, and so long to discard what it made.
constexpr sim::Duration kLookFor = 5s;
constexpr sim::Duration kDiscardFor = 30s;

}  // namespace

/// Provisions, and lets a delete of the workspace wait for that.
Task<void> Platform::provision_noted(Context context, WorkspaceKey key, bool sync) {
  Launches& launches = launches_[key];
  if (launches.running == 0) launches.cancelled = false;
  ++launches.running;
  std::exception_ptr panic;
  try {
    co_await provision_steps(context, key, sync);
  } catch (...) {
    panic = std::current_exception();
  }
  --launches.running;
  launches.ended.notify_all();
  if (panic) std::rethrow_exception(panic);
}

/// Tells whether the workspace's row is there and wants a launch; where it cannot be read, it does not.
Task<bool> Platform::may_launch(WorkspaceKey key) {
  if (!policy_.delete_cancels_launches) co_return true;
  if (launches_[key].cancelled) co_return false;
  DbResult<std::optional<Status>> status = co_await deps_.store.status(background(kLookFor), key);
  const bool wanted = status && *status && !is_removed(**status);
  co_return wanted;
}

/// Terminates an instance that was launched for a row that is removed or gone by now. A discard that fails is logged.
Task<void> Platform::discard_launch(WorkspaceKey key, std::string instance) {
  log(kind::platform_log, key, {{"message", "launch discarded"}, {"instance_id", instance}});
  StopPermit permit = backups_.of_removed();
  const Context context = background(kDiscardFor);
  co_await stop_instance(context, key, std::move(instance), "Discard", &permit);
}

/// Cancels the launches that are under way, all of them first, and waits for each to end.
Task<void> Platform::cancel_launches(std::vector<WorkspaceKey> keys) {
  if (!policy_.delete_cancels_launches) co_return;
  for (const WorkspaceKey key : keys) launches_[key].cancelled = true;
  for (const WorkspaceKey key : keys) {
    Launches& launches = launches_[key];
    const sim::Instant until = deps_.clock.now() + policy_.delete_launch_wait;
    bool ended = true;
    while (ended && launches.running > 0) ended = co_await deps_.clock.wait(launches.ended, until);
  }
}

}  // namespace drydock::model
