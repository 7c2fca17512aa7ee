#include <fmt/format.h>

#include <algorithm>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

/// A provision on the control plane (docs/platform.md §7.2). It returns as soon as the launch was accepted and its id
/// is in the row; registration makes the row online later.
Task<void> Platform::provision_workspace(WorkspaceKey key, bool sync) {
  const Context context = background(policy_.time_provision_context);
  Task<void> work =
      policy_.delete_cancels_launches ? provision_noted(context, key, sync) : provision_steps(context, key, sync);
  return operation("provision", key, context, std::move(work));
}

Task<void> Platform::provision_steps(Context context, WorkspaceKey key, bool sync) {
  const sim::Instant read_at = deps_.clock.now();
  const auto begun = log(kind::provision_start, key, {{"sync", sync}});
  const sim::CauseScope scope(deps_.record, begun);
  // The row is read for what the launch carries; a row that is gone does not stop a provision that has begun.
  DbResult<std::optional<WorkspaceRecord>> found = co_await deps_.store.find_workspace(context, key);
  const WorkspaceRecord row = found && *found ? std::move(**found) : WorkspaceRecord{};
  if (has_no_compute(row.runtime)) co_return;  // a resume of an agent that runs elsewhere
  DbResult<Environment> environment = co_await deps_.store.load_environment(context, key);
  if (!environment) {
    co_await mark_failed(context, key, "failed to load secrets");
    co_return;
  }
  if (policy_.provision_revokes_tokens) {
    co_await deps_.store.revoke_tokens(context, key);
    std::string secret = fmt::format("inbound-{}", begun);
    co_await deps_.store.mint_inbound_secret(context, key, std::move(secret));
  }
  PlannedLaunch launch;
  launch.read_at = read_at;
  launch.user_data = encode_user_data(read_at, environment->version);
  const bool goes_on = co_await plan_launch(context, key, &launch);
  if (!goes_on) co_return;
  StartRequest start;
  start.workspace = key;
  start.storage = policy_.backup_storage;
  start.snapshot_poll = policy_.time_snapshot_poll;
  start.bootstrap_watch = policy_.bootstrap_watch(row.runtime);
  start.user_data = std::move(launch.user_data);
  start.token = std::move(launch.token);
  const bool named = co_await name_snapshot(context, key, &start);
  if (!named) co_return;
  const bool wanted = co_await may_launch(key);
  if (!wanted) co_return;
  start.ends_predecessor = policy_.provision_cp_ends_predecessor;
  CpAnswer launched = co_await ask_for_launch(context, std::move(start));
  if (launched.ok()) {
    const bool still = co_await may_launch(key);
    if (!still) co_return co_await discard_launch(key, std::move(launched.instance_id));
  }
  if (!launched.ok()) {
    co_await launch_failed(context, key, std::move(launched));
    co_return;
  }
  if (launched.was_launched) {
    log(kind::platform_log, key, {{"message", "the launch had been made: taken over"}});
    co_await keep_launch(background(), key, std::move(launched.instance_id), launch.read_at);
    co_return;
  }
  const sim::Name instance = deps_.record.name(launched.instance_id);
  const auto started = deps_.record.emit(
      kind::provision_ec2_started, actor_, {deps_.directory.name(key), instance},
      {{"instance_id", launched.instance_id}, {"state", launched.state}, {"tier", row.tier}, {"runtime", row.runtime}});
  deps_.observation.start_accepted(launched.instance_id, started);
  const sim::CauseScope after(deps_.record, started);
  if (policy_.intents_durable) {
    co_await keep_launch(background(), key, std::move(launched.instance_id), launch.read_at);
    co_return;
  }
  co_await persist_instance(context, key, std::move(launched.instance_id));
}

/// Spawns a provision of its own task; one that was let through the gate leaves it when it ends.
void Platform::spawn_provision(WorkspaceKey key) { spawn_gated(key, provision_workspace(key, false)); }

void Platform::spawn_gated(WorkspaceKey key, Task<void> work) {
  spawn("provision", leave_gate_after(key, std::move(work)));
}

/// Asks for the launch, with the policy's attempts (docs/platform.md §17.3). A refusal that another try cannot change
/// is not asked again.
Task<CpAnswer> Platform::ask_for_launch(Context context, StartRequest start) {
  const WorkspaceKey key = start.workspace;
  sim::Duration wait = policy_.provision_backoff;
  for (std::uint32_t attempt = 1;; ++attempt) {
    const bool needs_key = policy_.provision_idempotency_key == IdempotencyKey::per_attempt ||
                           (policy_.provision_idempotency_key == IdempotencyKey::per_start && attempt == 1);
    if (needs_key) start.idempotency_key = idempotency_key(key);
    const Context http = context.with_deadline(deps_.clock.now() + policy_.time_cp_provision_timeout);
    CpAnswer answer = co_await deps_.control_plane.start(http, start);
    if (answer.ok() || !answer.may_pass()) co_return answer;
    bool goes_on = attempt < policy_.provision_attempts;
    if (goes_on) goes_on = co_await deps_.clock.sleep(context, wait);
    if (!goes_on) {
      if (policy_.provision_attempts > 1) {
        log(kind::platform_log, key,
            {{"message", "PROVISION-EXHAUSTED"}, {"attempts", attempt}, {"error", answer.error}});
      }
      co_return answer;
    }
    wait = std::min(2 * wait, policy_.provision_backoff_max);
  }
}

/// Makes a key that no other start of any process has.
std::string Platform::idempotency_key(WorkspaceKey key) {
  return fmt::format("{}-{}-{}", deps_.directory.alias(key), deps_.clock.now().time_since_epoch().count(),
                     ++keys_made_);
}

/// Writes the launched instance's id into the row (T6), with the policy's attempts. When the last one fails the
/// instance is not terminated.
Task<void> Platform::persist_instance(Context context, WorkspaceKey key, std::string instance) {
  sim::Duration wait = policy_.provision_persist_backoff;
  for (std::uint32_t attempt = 1;; ++attempt) {
    const DbChanged kept = co_await deps_.store.set_instance_id(context, key, instance);
    if (kept) co_return;
    bool goes_on = attempt < policy_.provision_persist_attempts;
    if (goes_on) goes_on = co_await deps_.clock.sleep(context, wait);
    wait *= 2;
    if (goes_on) continue;
    log(kind::platform_log, key, {{"message", "instance_id not recorded"}, {"error", kept.error().message}});
    break;
  }
  if (policy_.provision_persist_failure == PersistFailure::ignore) co_return;
  std::string reason = fmt::format("instance {} could not be recorded", instance);
  co_await mark_failed(background(), key, std::move(reason));
}

/// Names the newest known snapshot in `start`, so that the launch boots from no older state. Returns false when the
/// snapshot could not be read; without `intents.durable` nobody tries again, so the provision fails then.
Task<bool> Platform::name_snapshot(Context context, WorkspaceKey key, StartRequest* start) {
  if (!policy_.backup_names_snapshot) co_return true;
  DbResult<std::string> newest = co_await deps_.store.newest_snapshot(context, key);
  if (newest) {
    start->snapshot = std::move(*newest);
    co_return true;
  }
  if (!policy_.intents_durable) co_await mark_failed(context, key, "failed to read the newest snapshot");
  co_return false;
}

/// Writes the launch down before it is made, so that it is made once: a later try asks with the same token. Returns
/// false when it could not be written, or no start is owed.
Task<bool> Platform::plan_launch(Context context, WorkspaceKey key, PlannedLaunch* launch) {
  if (!policy_.intents_durable) co_return true;
  launch->token =
      fmt::format("{}-at-{}", deps_.directory.alias(key).substr(0, 40), launch->read_at.time_since_epoch().count());
  DbResult<std::optional<PlannedLaunch>> planned = co_await deps_.store.begin_launch(context, key, *launch);
  if (!planned || !*planned) co_return false;
  *launch = std::move(**planned);
  co_return true;
}

/// Records the failure as a durable event. Without `intents.durable` the row becomes failed, too; with it the start is
/// still owed, and the row waits for it.
Task<void> Platform::launch_failed(Context context, WorkspaceKey key, CpAnswer answer) {
  deps_.observation.start_failed(key);
  // What a provision that ran out of time came to is written all the same (c4ebf3dc, 2026-08-01).
  if (context.ended(deps_.clock.now())) context = background();
  if (!policy_.intents_durable) {
    co_await mark_failed(context, key, "provisioning failed");
    co_return;
  }
  Body payload;
  payload.add("error", answer.error);
  co_await record_and_broadcast(context, key, "WORKSPACE_PROVISION_FAILED", payload.text());
  if (answer.token_is_spent) co_await deps_.store.drop_launch(background(), key);
}

/// Writes the launched instance into the row, or owes its terminate where the row wants none. Returns false when
/// neither is known to be written.
Task<bool> Platform::keep_launch(Context context, WorkspaceKey key, std::string instance, sim::Instant read_at) {
  DbResult<Decided> kept = co_await deps_.store.record_launch(context, key, std::move(instance), read_at);
  if (!kept) co_return false;  // the launch is still written down: the next try takes it over
  attend(kept->owed, std::nullopt);
  co_return true;
}

/// Writes the event first, then the row (T5).
Task<void> Platform::mark_failed(Context context, WorkspaceKey key, std::string reason) {
  Body payload;
  payload.add("error", reason);
  co_await record_and_broadcast(context, key, "WORKSPACE_PROVISION_FAILED", payload.text());
  co_await deps_.store.set_failed(context, key, std::move(reason));
}

}  // namespace drydock::model
