#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

/// POST …/hibernate (docs/platform.md §7.8). Without `hibernate.honest` the routine reports nothing, so the answer is
/// 200 whatever it did.
Task<Response> Platform::hibernate(Request request) {
  DbResult<std::optional<std::int64_t>> tasks =
      co_await deps_.store.find_hibernatable(request.context, request.workspace);
  if (!tasks) co_return respond_error(500, "failed to load workspace");
  if (!*tasks) co_return respond_error(404, "workspace not found or not online");
  Body body;
  if (**tasks > 0 && !request.asks("force")) {
    body.add("error", "workspace has active tasks").add("active_tasks", **tasks);
    co_return respond(409, std::move(body));
  }
  if (policy_.hibernate_stops) {
    std::optional<Response> refused = co_await hibernate_and_stop(request.context, request.workspace);
    if (refused) co_return std::move(*refused);
  } else {
    const bool forced = policy_.hibernate_honest && request.asks("force");
    const Hibernation came_to = co_await hibernate_workspace(request.workspace, forced);
    if (policy_.hibernate_honest && came_to == Hibernation::unclaimed)
      co_return respond_error(409, "workspace is not idle any more");
    if (policy_.hibernate_honest && came_to == Hibernation::unfinished)
      co_return respond_error(500, "failed to hibernate workspace");
  }
  body.add("status", "hibernated");
  co_return respond(200, std::move(body));
}

/// Claim, then park (T23, T24). Without `hibernate.provider_stop` only Docker is stopped in between: on SaaS the
/// instance goes on.
Task<Platform::Hibernation> Platform::hibernate_workspace(WorkspaceKey key, bool force) {
  const DbChanged claimed = co_await deps_.store.claim_hibernation(background(), key, force);
  if (!claimed) {
    log(kind::platform_log, key, {{"message", "hibernation not claimed"}, {"error", claimed.error().message}});
    co_return Hibernation::unfinished;
  }
  if (*claimed == 0) co_return Hibernation::unclaimed;
  if (policy_.hibernate_provider_stop && policy_.dispatch_unified) co_await stop_for_hibernation(key);
  Task<DbChanged> park = policy_.hibernate_honest ? deps_.store.set_hibernated_idle(background(), key)
                                                  : deps_.store.set_hibernated(background(), key);
  const DbChanged parked = co_await std::move(park);
  if (!parked) {
    log(kind::platform_log, key, {{"message", "hibernation not finished"}, {"error", parked.error().message}});
    co_return Hibernation::unfinished;
  }
  deps_.keys.clear(key);
  co_await record_and_broadcast(background(), key, "WORKSPACE_HIBERNATED", "{}");
  co_return Hibernation::done;
}

/// Makes one attempt, with its backup. Nobody hears of one that fails (docs/platform.md §17.5).
Task<void> Platform::stop_for_hibernation(WorkspaceKey key) {
  Permit permit = co_await backups_.cover(background(), key, false);
  if (!permit) {
    log(kind::platform_log, key, {{"message", "hibernated without a stop"}, {"error", permit.error().error}});
    co_return;
  }
  const sim::CauseScope covered(deps_.record, permit->event());
  co_await cp_stop(background(), key, "Hibernate", &*permit);
}

/// A call to a hibernated workspace found it without a url. Of several calls one claims the row; its caller is answered
/// 503 all the same (docs/platform.md §17.5).
Task<void> Platform::wake(WorkspaceKey key) {
  const DbChanged claimed = co_await deps_.store.claim_wake(background(), key);
  if (!claimed || *claimed == 0) co_return;
  co_await record_and_broadcast(background(), key, "WORKSPACE_PROVISIONING", "{}");
  if (policy_.intents_durable) {
    keep_starting(key);
    co_return;
  }
  co_await pass_gate(key);
  spawn_provision(key);
}

Task<std::optional<Response>> Platform::hibernate_and_stop(Context context, WorkspaceKey key) {
  Permit permit = co_await backups_.cover(context, key, false);
  if (!permit) co_return refuse(permit.error());
  const sim::CauseScope covered(deps_.record, permit->event());
  std::vector<std::optional<StopPermit>> permits;
  permits.emplace_back(std::move(*permit));
  std::vector<WorkspaceKey> keys;
  keys.push_back(key);
  const std::vector<WorkspaceKey> parked =
      co_await park_durably(context, std::move(keys), Status::hibernated, Reach::named, std::move(permits));
  if (parked.empty()) co_return respond_error(500, "the workspace was not hibernated");
  co_return std::nullopt;
}

/// The idle monitor.
Task<void> Platform::hibernate_idle() {
  DbResult<std::vector<WorkspaceKey>> idle = co_await deps_.store.idle_rows(background());
  if (!idle) co_return;
  for (const WorkspaceKey key : *idle) {
    if (policy_.hibernate_stops) {
      co_await hibernate_and_stop(background(), key);
    } else {
      co_await hibernate_workspace(key);
    }
  }
}

}  // namespace drydock::model
