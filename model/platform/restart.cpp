#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

// --- HTTP restart (docs/platform.md §7.3) ---------------------------------------------------------------------------

Task<std::optional<Response>> Platform::restart_checks(Request request) {
  DbResult<std::optional<WorkspaceRecord>> found =
      co_await deps_.store.find_workspace(request.context, request.workspace);
  if (!found) co_return respond_error(500, "failed to load workspace");
  if (!*found) co_return respond_error(404, "workspace not found");
  const bool newer = policy_.restart_async;
  if (newer && (*found)->status == Status::removed)
    co_return respond_error(404, "workspace not found");
  const bool without_compute = (*found)->runtime == "external" || (*found)->runtime == "mock";
  if (newer && without_compute) {
    Body body;
    body.add("status", "noop");
    co_return respond(200, std::move(body));
  }
  DbResult<bool> paused =
      co_await deps_.store.has_paused_ancestor(request.context, request.workspace);
  if (!paused) co_return respond_error(500, "failed to check ancestors");
  if (*paused) co_return respond_error(409, "an ancestor is paused");
  if (newer && !request.body_is_valid) co_return respond_error(400, "invalid request body");
  co_return std::nullopt;
}

Task<Response> Platform::restart(Request request) {
  const WorkspaceKey key = request.workspace;
  const Context context = request.context;
  std::optional<Response> refused = co_await restart_checks(std::move(request));
  if (refused) co_return std::move(*refused);
  if (!policy_.restart_async) co_await stop_for_restart(context, key, "Restart");
  const DbChanged marked = co_await deps_.store.set_provisioning(context, key);
  if (!marked && policy_.restart_async) co_return respond_error(500, "failed to update workspace");
  co_await record_and_broadcast(context, key, "WORKSPACE_PROVISIONING", "{}");
  RestartContext data = co_await snapshot_restart_context(key);
  if (policy_.restart_async) {
    spawn("restart", restart_detached(key, std::move(data)));
  } else {
    spawn("provision", provision_workspace(key, false));
    spawn("restart context", send_restart_context(key, std::move(data)));
  }
  Body body;
  body.add("status", "provisioning")
      .add("config_dir", fmt::format("/configs/{}", deps_.directory.entry(key).uuid));
  body.add("reset_session", false);
  co_return respond(200, std::move(body));
}

/// What a restart does after its answer (B0+): the stop, then provision as a second detached task.
Task<void> Platform::restart_detached(WorkspaceKey key, RestartContext data) {
  spawn("restart context", send_restart_context(key, std::move(data)));
  co_await stop_for_restart(background(), key, "Restart");
  spawn("provision", provision_workspace(key, false));
}

Task<RestartContext> Platform::snapshot_restart_context(WorkspaceKey key) {
  RestartContext data;
  data.restarted_at = deps_.clock.now();
  DbResult<RestartContextRow> row = co_await deps_.store.restart_context(background(), key);
  if (row) {
    data.previous_session_end = row->last_heartbeat_at;
    data.secret_keys = std::move(row->secret_keys);
  }
  co_return data;
}

// --- one programmatic cycle (docs/platform.md §7.4) -----------------------------------------------------------------

Task<void> Platform::run_restart_cycle(WorkspaceKey key) {
  const auto begun = log(kind::restart_cycle, key);
  const sim::CauseScope scope(deps_.record, begun);
  DbResult<std::optional<WorkspaceRecord>> found =
      co_await deps_.store.find_restartable(background(), key);
  if (!found || !*found) co_return;
  const WorkspaceRecord row = std::move(**found);
  if (row.runtime == "external" || row.runtime == "mock") co_return;
  DbResult<bool> paused = co_await deps_.store.has_paused_ancestor(background(), key);
  if (!paused || *paused) co_return;
  // An interrupted provision is given time to get somewhere. The row is not read again afterwards.
  if (row.status == Status::provisioning) co_await deps_.clock.pause(policy_.time_interrupt_sleep);
  if (policy_.restart_drain_signal && !row.url.empty())
    spawn("drain signal", send_drain_signal(key, row.url));
  co_await stop_for_restart(background(), key, "Auto-restart");
  co_await deps_.store.set_provisioning(background(), key);
  co_await record_and_broadcast(background(), key, "WORKSPACE_PROVISIONING", "{}");
  RestartContext data = co_await snapshot_restart_context(key);
  if (policy_.restart_concurrency == Concurrency::coalesce) {
    co_await provision_workspace(key, true);
  } else {
    spawn("provision", provision_workspace(key, false));
  }
  spawn("restart context", send_restart_context(key, std::move(data)));
}

/// POST {url}/signals/restart_pending: nobody waits for it, and nothing comes of its outcome.
Task<void> Platform::send_drain_signal(WorkspaceKey key, std::string url) {
  const Context context = background(policy_.time_drain_signal_timeout);
  const sim::Duration at_once{};
  co_await deps_.fleet.dispatch(context, std::move(url), at_once);
  log(kind::platform_log, key, {{"message", "drain signal sent"}});
}

}  // namespace drydock::model
