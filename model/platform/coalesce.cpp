#include <new>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Task;
using namespace std::chrono_literals;

/// The programmatic restart (docs/platform.md §7.4). Its callers do not wait for it and hear nothing of its outcome.
Task<void> Platform::restart_by_id(WorkspaceKey key, RestartSource source) {
  deps_.record.follow(log(kind::restart_triggered, key, {{"source", to_text(source)}}));
  if (!policy_.restart_by_id_on_saas) co_return;
  if (policy_.intents_durable) {
    if (is_mutation(source)) {
      keep_starting(key);
    } else {
      co_await confirm_lost(key);
    }
    co_return;
  }
  if (policy_.restart_concurrency == Concurrency::drop_mutex) {
    co_await restart_under_mutex(key);
    co_return;
  }
  if (debounced(key, source)) co_return;
  // The debounce check and the entry into coalescing are two critical sections: others may come between.
  co_await deps_.clock.pause(0s);
  Cycle cycle = [this, key] { return run_restart_cycle(key); };
  co_await coalesce_restart(key, std::move(cycle));
}

/// Tells whether this call falls into the window that the last cycle opened (L3 of #1556).
bool Platform::debounced(WorkspaceKey key, RestartSource source) {
  if (policy_.restart_debounce_window == 0s) return false;
  if (policy_.restart_debounce_mode == DebounceMode::mutation_bypass && is_mutation(source)) return false;
  if (policy_.restart_ensure_bypasses && source == RestartSource::ensure) return false;
  RestartState& state = restart_state(key);
  if (!state.started_at || deps_.clock.now() - *state.started_at >= policy_.restart_debounce_window) return false;
  if (policy_.restart_debounce_mode == DebounceMode::trailing && !state.trailing) {
    state.trailing = true;
    log(kind::restart_coalesced, key, {{"source", to_text(source)}, {"into", "trailing"}});
    spawn("trailing restart", run_trailing_restart(key));
    return true;
  }
  ++debounce_drops_;
  log(kind::restart_dropped, key, {{"source", to_text(source)}, {"reason", "debounce"}});
  return true;
}

/// debounce_mode=trailing: the one restart that the window remembered runs at its end.
Task<void> Platform::run_trailing_restart(WorkspaceKey key) {
  co_await deps_.clock.pause_until(*restart_state(key).started_at + policy_.restart_debounce_window);
  restart_state(key).trailing = false;
  Cycle cycle = [this, key] { return run_restart_cycle(key); };
  co_await coalesce_restart(key, std::move(cycle));
}

/// Runs at most one cycle at a time, and after it one more for all calls that came meanwhile (docs/platform.md §7.4,
/// *coalesce*).
Task<void> Platform::coalesce_restart(WorkspaceKey key, Cycle cycle) {
  RestartState& state = restart_state(key);
  state.pending = true;
  if (state.running) {
    log(kind::restart_coalesced, key, {{"into", "running cycle"}});
    co_return;
  }
  state.running = true;
  state.started_at = deps_.clock.now();
  bool drained = false;
  while (state.pending) {
    state.pending = false;
    if (drained && policy_.restart_drain_restamp) state.started_at = deps_.clock.now();
    drained = true;
    sim::Task<void> one = cycle();
    const bool panicked = co_await contain_panic(std::move(one));
    if (panicked) break;
  }
  // The loop's exit test and the reset are two critical sections as well: a call that comes between them sets pending,
  // sees running, and leaves.
  co_await deps_.clock.pause(0s);
  state.running = false;
}

/// Runs a cycle and returns true when it panicked. A panic is recovered here and ends the loop: a restart that was
/// pending stays so until the next call. Broken assumptions of Drydock itself, and that there is no memory, are
/// thrown on.
Task<bool> Platform::contain_panic(Task<void> cycle) {
  bool panicked = false;
  try {
    co_await std::move(cycle);
  } catch (const sim::InternalError&) {
    throw;
  } catch (const sim::BoundReached&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    panicked = true;
  }
  co_return panicked;
}

bool Platform::is_restarting(WorkspaceKey key) const {
  const auto found = restart_states_.find(key);
  return found != restart_states_.end() && found->second.running;
}

/// restart.concurrency=drop_mutex: a call that finds the mutex taken is dropped.
Task<void> Platform::restart_under_mutex(WorkspaceKey key) {
  RestartState& state = restart_state(key);
  if (state.locked) {
    log(kind::restart_dropped, key, {{"reason", "mutex"}});
    co_return;
  }
  state.locked = true;
  co_await run_restart_cycle(key);
  state.locked = false;
}

}  // namespace drydock::model
