#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

/// One Stop: reads the instance to stop at call time, with no condition on the status; nothing to stop is success.
/// Stop never clears instance_id (docs/platform.md §4.2).
Task<StopResult> Platform::cp_stop(Context context, WorkspaceKey key, sim::Literal source) {
  DbResult<std::string> instance = co_await deps_.store.instance_id(context, key);
  if (!instance) co_return tl::unexpected(StopError{instance.error().message});
  if (instance->empty()) co_return StopResult{};
  const sim::Name name = deps_.record.name(*instance);
  const sim::Subject subject{deps_.directory.name(key), name};
  const auto attempt = deps_.record.emit(kind::stop_attempt, actor_, subject, {{"source", source}});
  const sim::CauseScope scope(deps_.record, attempt);
  const Context http = context.with_deadline(deps_.clock.now() + policy_.time_cp_client_timeout);
  InstanceRequest request;
  request.workspace = key;
  request.instance_id = std::move(*instance);
  CpAnswer answer = co_await deps_.control_plane.stop(http, std::move(request));
  const bool transport_failed = answer.http == 0;
  if (transport_failed || (policy_.stop_checks_status && !answer.ok())) {
    deps_.record.emit(kind::stop_failed, actor_, subject,
                      {{"http", answer.http}, {"error", answer.error}});
    co_return tl::unexpected(StopError{fmt::format("cp stop: {} {}", answer.http, answer.error)});
  }
  deps_.record.emit(kind::provision_ec2_stopped, actor_, subject);
  co_return StopResult{};
}

/// The retry core (docs/platform.md §10.2). The context is looked at in the sleep only; an attempt on a dead one fails
/// by itself.
Task<StopResult> Platform::cp_stop_with_retry_err(Context context, WorkspaceKey key,
                                                  sim::Literal source) {
  StopError last;
  sim::Duration backoff = policy_.stop_backoff;
  for (std::uint32_t attempt = 1; attempt <= policy_.stop_attempts; ++attempt) {
    StopResult stopped = co_await cp_stop(context, key, source);
    if (stopped) co_return StopResult{};
    last = std::move(stopped.error());
    if (attempt == policy_.stop_attempts) break;
    const bool slept = co_await deps_.clock.sleep(context, backoff);
    if (!slept) {
      log(kind::platform_log, key, {{"message", "stop abandoned mid-retry"}, {"source", source}});
      co_return tl::unexpected(StopError{"context deadline exceeded", true});
    }
    backoff *= 2;
  }
  log(kind::stop_exhausted, key,
      {{"source", source}, {"attempts", policy_.stop_attempts}, {"last_err", last.message}});
  co_return tl::unexpected(std::move(last));
}

Task<void> Platform::stop_for_restart(Context context, WorkspaceKey key, sim::Literal source) {
  const auto pre_stop = log(kind::restart_pre_stop, key, {{"backend", "cp"}});
  const sim::CauseScope scope(deps_.record, pre_stop);
  if (policy_.restart_stop_retry) {
    co_await cp_stop_with_retry_err(context, key, source);
  } else {
    co_await cp_stop(context, key, source);
  }
}

/// docs/platform.md §4.2: what cannot be known reads as running, and everything but `running` as not running.
/// `probe.pending_handling` changes what a pending instance reads as.
Task<Running> Platform::is_running(Context context, WorkspaceKey key) {
  DbResult<std::string> instance = co_await deps_.store.instance_id(context, key);
  if (!instance) co_return Running{.running = true, .error = true};
  if (instance->empty()) co_return Running{};
  const Context http = context.with_deadline(deps_.clock.now() + policy_.time_cp_client_timeout);
  InstanceRequest request;
  request.workspace = key;
  request.instance_id = std::move(*instance);
  CpAnswer answer = co_await deps_.control_plane.status(http, std::move(request));
  if (!answer.ok()) {
    const bool unknown = policy_.probe_pending_handling == PendingHandling::tri_state;
    co_return Running{.running = true, .error = true, .pending_or_unknown = unknown};
  }
  if (answer.state != "pending") co_return Running{.running = answer.state == "running"};
  switch (policy_.probe_pending_handling) {
    case PendingHandling::raw:
      break;
    case PendingHandling::isrunning_pending_alive:
      co_return Running{.running = true};
    case PendingHandling::tri_state:
      co_return Running{.running = false, .error = false, .pending_or_unknown = true};
  }
  co_return Running{};
}

}  // namespace drydock::model
