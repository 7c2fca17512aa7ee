#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

/// A provision on the control plane (docs/platform.md §7.2). It returns as soon as the launch was accepted and its id
/// is in the row; registration makes the row online later.
Task<void> Platform::provision_workspace(WorkspaceKey key, bool sync) {
  const Context context = background(policy_.time_provision_context);
  return operation("provision", key, context, provision_steps(context, key, sync));
}

Task<void> Platform::provision_steps(Context context, WorkspaceKey key, bool sync) {
  const sim::Instant read_at = deps_.clock.now();
  const auto begun = log(kind::provision_start, key, {{"sync", sync}});
  const sim::CauseScope scope(deps_.record, begun);
  // What the launch says of the workspace; a row that is gone stops no provision that has begun.
  DbResult<std::optional<WorkspaceRecord>> found =
      co_await deps_.store.find_workspace(context, key);
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
  StartRequest start;
  start.workspace = key;
  start.storage = policy_.backup_storage;
  start.snapshot_poll = policy_.time_snapshot_poll;
  start.bootstrap_watch = policy_.bootstrap_watch(row.runtime);
  start.user_data = encode_user_data(read_at, environment->version);
  const Context http = context.with_deadline(deps_.clock.now() + policy_.time_cp_client_timeout);
  CpAnswer launched = co_await deps_.control_plane.start(http, std::move(start));
  if (!launched.ok()) {
    deps_.observation.start_failed(key);
    co_await mark_failed(context, key, "provisioning failed");
    co_return;
  }
  const sim::Name instance = deps_.record.name(launched.instance_id);
  const auto started =
      deps_.record.emit(kind::provision_ec2_started, actor_, {deps_.directory.name(key), instance},
                        {{"instance_id", launched.instance_id},
                         {"state", launched.state},
                         {"tier", row.tier},
                         {"runtime", row.runtime}});
  deps_.observation.start_accepted(launched.instance_id, started);
  const sim::CauseScope after(deps_.record, started);
  const DbChanged kept =
      co_await deps_.store.set_instance_id(context, key, std::move(launched.instance_id));
  if (!kept)
    log(kind::platform_log, key,
        {{"message", "instance_id not recorded"}, {"error", kept.error().message}});
}

/// Event first, then the row (T5).
Task<void> Platform::mark_failed(Context context, WorkspaceKey key, std::string reason) {
  Body payload;
  payload.add("error", reason);
  co_await record_and_broadcast(context, key, "WORKSPACE_PROVISION_FAILED", payload.text());
  co_await deps_.store.set_failed(context, key, std::move(reason));
}

}  // namespace drydock::model
