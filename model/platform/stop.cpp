#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

namespace {

/// The error of a stop carries at most so many bytes of the error's body (docs/platform.md §4.2).
constexpr std::size_t kErrorBytes = 512;

}  // namespace

/// One Stop: reads the instance to stop at call time, with no condition on the status; nothing to stop is success.
/// Stop never clears instance_id (docs/platform.md §4.2).
Task<StopResult> Platform::cp_stop(Context context, WorkspaceKey key, sim::Literal source, StopPermit* permit) {
  DbResult<std::string> instance = co_await deps_.store.instance_id(context, key);
  if (!instance) {
    StopError error;
    error.message = std::move(instance.error().message);
    stop_returned(key, sim::Name::none, false);
    co_return tl::unexpected(std::move(error));
  }
  if (instance->empty()) {
    stop_returned(key, sim::Name::none, true);
    co_return StopResult{};
  }
  co_return co_await stop_instance(context, key, std::move(*instance), source, permit);
}

/// Terminates an instance; no other function does. An instance that the permit does not cover, because the row names
/// another one by now, gets a backup of its own first.
Task<StopResult> Platform::stop_instance(Context context, WorkspaceKey key, std::string instance, sim::Literal source,
                                         StopPermit* permit) {
  if (!permit->covers(instance)) {
    Permit again = co_await backups_.cover_instance(context, key, instance, permit->accepts_state_loss());
    if (!again) {
      StopError refused;
      refused.message = again.error().error;
      refused.instance = instance;
      refused.refusal = std::move(again.error());
      co_return tl::unexpected(std::move(refused));
    }
    *permit = std::move(*again);
  }
  const sim::Name name = deps_.record.name(instance);
  const sim::Subject subject{deps_.directory.name(key), name};
  const auto attempt = deps_.record.emit(kind::stop_attempt, actor_, subject, {{"source", source}});
  const sim::CauseScope scope(deps_.record, attempt);
  const Context http = context.with_deadline(deps_.clock.now() + policy_.time_cp_client_timeout);
  InstanceRequest request;
  request.workspace = key;
  request.instance_id = instance;
  request.names_provider = policy_.stop_names_provider;
  if (policy_.backup_names_snapshot) request.snapshot = permit->snapshot();
  CpAnswer answer = co_await deps_.control_plane.stop(http, std::move(request));
  if (answer.http == kSnapshotInError) permit->expire();
  const bool transport_failed = answer.http == 0;
  if (transport_failed || (policy_.stop_checks_status && !answer.ok())) {
    deps_.record.emit(kind::stop_failed, actor_, subject, {{"http", answer.http}, {"error", answer.error}});
    stop_returned(key, name, false, answer.http != 0 && answer.http < 500);
    StopError error;
    error.message = fmt::format("cp stop: {} {}", answer.http, answer.error.substr(0, kErrorBytes));
    error.instance = std::move(instance);
    co_return tl::unexpected(std::move(error));
  }
  deps_.record.emit(kind::provision_ec2_stopped, actor_, subject);
  stop_returned(key, name, true);
  co_return StopResult{};
}

/// Tells observers that a stop returned; see Observation::stop_returned for what no instance means.
void Platform::stop_returned(WorkspaceKey key, sim::Name instance, bool stopped, bool answered) {
  deps_.observation.stop_returned(key, instance, stopped, deps_.record.current_cause(), answered);
}

/// The retry core (docs/platform.md §10.2). It looks at the context only while it sleeps between two attempts; an
/// attempt whose context has ended fails by itself.
Task<StopResult> Platform::cp_stop_with_retry_err(Context context, WorkspaceKey key, sim::Literal source,
                                                  StopPermit* permit) {
  StopError last;
  sim::Duration backoff = policy_.stop_backoff;
  for (std::uint32_t attempt = 1; attempt <= policy_.stop_attempts; ++attempt) {
    StopResult stopped = co_await cp_stop(context, key, source, permit);
    if (stopped || stopped.error().refusal) co_return stopped;
    last = std::move(stopped.error());
    if (attempt == policy_.stop_attempts) break;
    const bool slept = co_await deps_.clock.sleep(context, backoff);
    if (!slept) {
      log(kind::platform_log, key, {{"message", "stop abandoned mid-retry"}, {"source", source}});
      last.message = "context deadline exceeded";
      last.abandoned = true;
      co_return tl::unexpected(std::move(last));
    }
    backoff *= 2;
  }
  log(kind::stop_exhausted, key, {{"source", source}, {"attempts", policy_.stop_attempts}, {"last_err", last.message}});
  co_return tl::unexpected(std::move(last));
}

Task<StopResult> Platform::stop_for_restart(Context context, WorkspaceKey key, sim::Literal source, StopPermit permit) {
  const auto pre_stop = log(kind::restart_pre_stop, key, {{"backend", "cp"}});
  const sim::CauseScope scope(deps_.record, pre_stop);
  if (policy_.restart_stop_retry) co_return co_await cp_stop_with_retry_err(context, key, source, &permit);
  co_return co_await cp_stop(context, key, source, &permit);
}

/// Asks the control plane for the state in which EC2 shows the instance.
Task<CpAnswer> Platform::ask_status(Context context, WorkspaceKey key, std::string instance) {
  const Context http = context.with_deadline(deps_.clock.now() + policy_.time_cp_client_timeout);
  InstanceRequest request;
  request.workspace = key;
  request.instance_id = std::move(instance);
  request.names_provider = policy_.probe_names_provider;
  co_return co_await deps_.control_plane.status(http, std::move(request));
}

/// Tells whether the instance that the row names runs (docs/platform.md §4.2). A state that cannot be known reads as
/// running, and every state but `running` as not running; `probe.pending_handling` changes how a pending instance
/// reads.
Task<Running> Platform::is_running(Context context, WorkspaceKey key) {
  DbResult<std::string> instance = co_await deps_.store.instance_id(context, key);
  if (!instance) co_return Running{.running = true, .error = true};
  if (instance->empty()) co_return Running{};
  CpAnswer answer = co_await ask_status(context, key, std::move(*instance));
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
