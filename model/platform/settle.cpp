#include "model/platform/platform.hpp"

// What a dead verdict does before it believes a first "not running" (docs/platform.md §17.6).

namespace drydock::model {

using sim::Task;

Task<Platform::Verdict> Platform::settle(WorkspaceKey key) {
  if (policy_.probe_settle == Settle::v2) co_return co_await settle_by_waiting(key);
  // v1: a workspace that beat recently is dead at the second observation within the window.
  const sim::Instant beat = co_await last_beat(key);
  const bool recent = deps_.store.wall() - beat <= policy_.probe_recent_heartbeat;
  if (!recent || is_second_observation(key)) co_return Verdict::dead;
  co_return Verdict::alive;
}

/// v2: within the window after a restart it waits for a heartbeat that is later than the restart. What beats, or may
/// yet, is asked about once more; if it still does not run, the call is queued where it beat, and where it did not beat
/// the second observation within the window says that it is dead.
Task<Platform::Verdict> Platform::settle_by_waiting(WorkspaceKey key) {
  const RestartState& state = restart_state(key);
  const sim::Instant now = deps_.clock.now();
  const bool settling = state.started_at && now - *state.started_at < policy_.probe_settle_window;
  const sim::Instant restarted = settling ? *state.started_at : sim::Instant::min();
  const sim::Instant until = settling ? now + policy_.probe_settle_wait : now;
  sim::Instant beat = co_await last_beat(key);
  while (settling && beat <= restarted && deps_.clock.now() < until) {
    co_await deps_.clock.pause(policy_.probe_ask_again);
    beat = co_await last_beat(key);
  }
  const bool fresh = settling && beat > restarted;
  const bool recent = deps_.store.wall() - beat <= policy_.probe_recent_heartbeat;
  if (!recent && !fresh && !settling) co_return Verdict::dead;
  co_await deps_.clock.pause(policy_.probe_ask_again);
  const bool alive = co_await is_alive(key);
  if (alive) co_return Verdict::alive;
  if (recent || fresh) co_return Verdict::settling;
  co_return is_second_observation(key) ? Verdict::dead : Verdict::settling;
}

/// Returns when the row last heard of an agent; where it never did, or cannot be read, long ago.
Task<sim::Instant> Platform::last_beat(WorkspaceKey key) {
  DbResult<std::optional<sim::Instant>> beat = co_await deps_.store.last_heartbeat(background(), key);
  const bool known = beat && *beat;
  co_return known ? **beat : sim::kTimeZero - std::chrono::hours{1};
}

bool Platform::is_second_observation(WorkspaceKey key) {
  const sim::Instant now = deps_.clock.now();
  const auto first = suspected_.find(key);
  if (first != suspected_.end() && now - first->second <= policy_.probe_settle_window) {
    suspected_.erase(first);
    return true;
  }
  suspected_[key] = now;
  return false;
}

}  // namespace drydock::model
