#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Task;

/// The trailing probe (docs/platform.md §7.5): tells the agent about the restart once the workspace is back. The call
/// takes the proxy's normal way, so one that fails can lead to the dead verdict.
Task<void> Platform::send_restart_context(WorkspaceKey key, RestartContext data) {
  const bool online = co_await wait_for_online(key);
  if (!online) {
    log(kind::context_dropped, key, {{"reason", "not online in time"}});
    co_return;
  }
  if (policy_.probe_context_gate) {
    const bool fresh = co_await wait_for_fresh(key, data.restarted_at);
    if (!fresh) {
      log(kind::context_dropped, key, {{"reason", "no heartbeat of the new instance in time"}});
      co_return;
    }
  }
  const auto sent = log(kind::context_sent, key, {{"secret_keys", static_cast<int>(data.secret_keys.size())}});
  const sim::CauseScope scope(deps_.record, sent);
  ProxyCall call;
  call.target = key;
  ++boot_turns_[key];
  const Response answer = co_await proxy_a2a(call);
  --boot_turns_[key];
  if (!answer.accepted())
    log(kind::platform_log, key, {{"message", "restart context failed"}, {"http", answer.status}});
}

/// Polls until the row is online; an error of the read does not end the polling.
Task<bool> Platform::wait_for_online(WorkspaceKey key) {
  const sim::Instant until = deps_.clock.now() + policy_.time_restart_context_wait;
  while (true) {
    DbResult<std::optional<Status>> status = co_await deps_.store.status(background(), key);
    if (status && *status == Status::online) co_return true;
    if (deps_.clock.now() + policy_.time_restart_context_poll > until) co_return false;
    co_await deps_.clock.pause(policy_.time_restart_context_poll);
  }
}

/// Polls until the row has a url and a heartbeat strictly after the restart (L2 of #1556).
Task<bool> Platform::wait_for_fresh(WorkspaceKey key, sim::Instant restarted_at) {
  const sim::Instant until = deps_.clock.now() + policy_.time_restart_context_fresh;
  while (true) {
    DbResult<bool> fresh = co_await deps_.store.is_fresh(background(), key, restarted_at);
    if (fresh && *fresh) co_return true;
    if (deps_.clock.now() + policy_.time_restart_context_poll > until) co_return false;
    co_await deps_.clock.pause(policy_.time_restart_context_poll);
  }
}

}  // namespace drydock::model
