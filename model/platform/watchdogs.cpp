#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "model/platform/platform.hpp"

// Agents that beat and may do nothing (docs/platform.md §17.10).

namespace drydock::model {

using sim::Task;

// --- the stall watchdog ---------------------------------------------------------------------------------------------

/// Sends a message to each workspace that has tasks and shows no activity, and restarts those that show none after it
/// either. Whoever shows some is forgotten, but for when it was last restarted.
Task<void> Platform::watch_stalls() {
  const sim::Instant before = deps_.store.wall() - policy_.watchdog_stall_after;
  DbResult<std::vector<WorkspaceKey>> found =
      co_await deps_.store.stalled_rows(background(), before, policy_.watchdog_stall_limit);
  if (!found) co_return;
  const std::vector<WorkspaceKey> stalled = std::move(*found);
  for (auto& [key, stall] : stalls_) {
    if (std::find(stalled.begin(), stalled.end(), key) == stalled.end()) stall.asked_at.reset();
  }
  for (const WorkspaceKey key : stalled) stall_goes_on(key);
}

void Platform::stall_goes_on(WorkspaceKey key) {
  Stall& stall = stalls_[key];
  const sim::Instant now = deps_.clock.now();
  if (!stall.asked_at) {
    stall.asked_at = now;
    log(kind::platform_log, key, {{"message", "stalled: asked for activity"}});
    spawn("stall message", ask_for_activity(key));
    return;
  }
  const bool may_answer = now - *stall.asked_at < policy_.watchdog_stall_answer;
  const bool cools_down = stall.restarted_at && now - *stall.restarted_at < policy_.watchdog_stall_cooldown;
  if (may_answer || cools_down) return;
  stall.asked_at.reset();
  stall.restarted_at = now;
  spawn("restart by id", restart_by_id(key, RestartSource::stall));
}

/// The message goes the way of any call; an agent that works on it is active.
Task<void> Platform::ask_for_activity(WorkspaceKey key) {
  ProxyCall call;
  call.target = key;
  call.context = background(policy_.watchdog_stall_answer);
  const Response answer = co_await proxy_a2a(call);
  if (answer.status == 200) co_await deps_.store.touch_activity(background(), key);
}

// --- the wedged monitor ---------------------------------------------------------------------------------------------

/// Writes an event of each workspace that has tasks and neither calls anybody nor beats; once, until it does again.
Task<void> Platform::watch_wedged() {
  const sim::Instant before = deps_.store.wall() - policy_.watchdog_wedged_after;
  DbResult<std::vector<WorkspaceKey>> found = co_await deps_.store.wedged_rows(background(), before);
  if (!found) co_return;
  const std::set<WorkspaceKey> silent(found->begin(), found->end());
  std::vector<WorkspaceKey> untold;
  std::set_difference(silent.begin(), silent.end(), wedged_.begin(), wedged_.end(), std::back_inserter(untold));
  wedged_ = silent;
  for (const WorkspaceKey key : untold) co_await record_and_broadcast(background(), key, "WORKSPACE_WEDGED", "{}");
}

}  // namespace drydock::model
