#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

/// DELETE /workspaces/{id} (docs/platform.md §7.10). Without `delete.checks_row` it does not check whether the row
/// exists, or its status.
Task<Response> Platform::remove(Request request) {
  const Context context = request.context;
  if (policy_.delete_checks_row) {
    std::optional<Response> refused = co_await check_removable(context, request.workspace, request.confirm_name);
    if (refused) co_return std::move(*refused);
  }
  DbResult<std::vector<Member>> children = co_await deps_.store.children_not_removed(context, request.workspace);
  if (!children) co_return respond_error(500, "failed to load children");
  if (!children->empty() && !request.asks("confirm")) {
    Body body;
    body.add("status", "confirmation_required")
        .add("message", "workspace has children, send confirm=true to delete them too");
    body.add_json("children", listed(*children, deps_.directory));
    body.add("children_count", static_cast<std::int64_t>(children->size()));
    co_return respond(409, std::move(body));
  }
  Removal removal;
  removal.keys.push_back(request.workspace);
  const bool asks_below = policy_.dispatch_unified || !children->empty();
  if (asks_below) {
    DbResult<std::vector<Member>> below =
        co_await deps_.store.descendants(context, request.workspace, Followed::not_removed);
    if (!below && policy_.dispatch_unified) co_return respond_error(500, "failed to load descendants");
    if (below) {
      for (const Member& member : *below) removal.keys.push_back(member.key);
    }
  }
  if (policy_.delete_order == DeleteOrder::durable_outbox)
    co_return co_await remove_through_outbox(std::move(request), std::move(removal));
  co_return co_await remove_tenant_first(std::move(request), std::move(removal));
}

/// Refuses the delete of a row that is not there or removed, and one that does not repeat the row's name (PR #1826).
/// Empty: it goes on.
Task<std::optional<Response>> Platform::check_removable(Context context, WorkspaceKey key,
                                                        std::optional<std::string> confirmed) {
  DbResult<std::optional<WorkspaceRecord>> found = co_await deps_.store.find_workspace(context, key);
  if (!found) co_return respond_error(500, "failed to load workspace");
  if (!*found) co_return respond_error(404, "workspace not found");
  if (is_removed((*found)->status)) co_return respond_error(410, "workspace is removed already");
  if (confirmed && *confirmed != (*found)->name) {
    co_return respond_error(400, "X-Confirm-Name must be the workspace's name");
  }
  co_return std::nullopt;
}

/// Marks all rows first, so that nothing brings them back meanwhile; then stops their instances, within one deadline
/// for the whole cascade (#1932). With cp_first it marks each row only once its instance is confirmed gone.
Task<Response> Platform::remove_tenant_first(Request request, Removal removal) {
  const bool marks_first = policy_.delete_order == DeleteOrder::tenant_first;
  if (marks_first) {
    const DbChanged marked = co_await deps_.store.set_removed(request.context, removal.keys);
    if (!marked) {
      log(kind::platform_log, request.workspace,
          {{"message", "rows not marked removed"}, {"error", marked.error().message}});
    }
    removal.removed = marked.value_or(0);
    co_await forget_removed(request.context, removal.keys);
  }
  co_await cancel_launches(removal.keys);
  const Context cleanup = background(policy_.delete_cleanup_deadline);
  Task<void> work = clean_up(cleanup, &removal);
  co_await operation("delete cleanup", request.workspace, cleanup, std::move(work));
  co_return co_await finish_removal(std::move(request), std::move(removal));
}

Task<void> Platform::forget_removed(Context context, std::vector<WorkspaceKey> keys) {
  for (const WorkspaceKey key : keys) co_await deps_.store.revoke_tokens(context, key);
}

/// Stops and removes the descendants in the order of the list, the root last.
Task<void> Platform::clean_up(Context context, Removal* removal) {
  for (std::size_t i = 1; i < removal->keys.size(); ++i) co_await remove_one(context, removal->keys[i], removal);
  co_await remove_one(context, removal->keys.front(), removal);
}

Task<void> Platform::remove_one(Context context, WorkspaceKey key, Removal* removal) {
  StopResult stopped = co_await stop_workspace_for_delete(context, key);
  if (!stopped) removal->stop_errors.push_back(stopped.error().message);
  if (stopped && policy_.delete_clears_instance && delete_reaches_instances()) {
    const DbChanged cleared = co_await deps_.store.clear_instance_id(context, key);
    if (!cleared) {
      log(kind::platform_log, key, {{"message", "instance_id not cleared"}, {"error", cleared.error().message}});
    }
  }
  if (policy_.delete_order == DeleteOrder::cp_first) {
    if (!stopped) co_return;
    std::vector<WorkspaceKey> confirmed{key};
    const DbChanged marked = co_await deps_.store.set_removed(context, confirmed);
    removal->removed += marked.value_or(0);
    co_await forget_removed(context, std::move(confirmed));
  }
  deps_.keys.clear(key);
  co_await record_and_broadcast(context, key, "WORKSPACE_REMOVED", "{}");
}

bool Platform::delete_reaches_instances() const {
  return policy_.dispatch_unified && policy_.delete_stop != DeleteStop::none;
}

/// stopWorkspaceForDelete (docs/platform.md §10.2). The event's INSERT runs in the cleanup's context, and its failure
/// is swallowed. Status and instance_id stay as they are: the sweeper finds the row by exactly these.
Task<StopResult> Platform::stop_workspace_for_delete(Context context, WorkspaceKey key) {
  if (!delete_reaches_instances()) co_return StopResult{};
  StopPermit permit = backups_.of_removed();
  if (policy_.delete_stop == DeleteStop::single) co_return co_await cp_stop(context, key, "Delete", &permit);
  StopResult stopped = co_await cp_stop_with_retry_err(context, key, "Delete", &permit);
  if (stopped || policy_.delete_stop == DeleteStop::retry) co_return stopped;
  constexpr std::int64_t kNamedAttempts = 3;  // a constant upstream, whatever was attempted
  Body payload;
  payload.add("workspace_id", deps_.directory.entry(key).uuid)
      .add("attempts", kNamedAttempts)
      .add("last_error", stopped.error().message)
      .add("recovery_path", "cp_orphan_sweeper");
  co_await record_and_broadcast(context, key, "workspace.delete.terminate_retry_exhausted", payload.text());
  co_return stopped;
}

Task<Response> Platform::finish_removal(Request request, Removal removal) {
  Body body;
  if (!removal.stop_errors.empty()) {
    const bool marked = policy_.delete_order == DeleteOrder::tenant_first;
    body.add("error", fmt::format("workspace {}, but {} stop call(s) failed — please retry: {}",
                                  marked ? "marked removed" : "not removed everywhere", removal.stop_errors.size(),
                                  fmt::join(removal.stop_errors, "; ")));
    body.add("removed_count", removal.removed);
    body.add("stop_failures", static_cast<std::int64_t>(removal.stop_errors.size()));
    co_return respond(500, std::move(body));
  }
  const auto below = static_cast<std::int64_t>(removal.keys.size() - 1);
  const bool purges = request.asks("purge");
  if (purges) {
    const DbChanged purged = co_await deps_.store.purge(request.context, std::move(removal.keys));
    if (!purged) co_return respond_error(500, "failed to purge workspace");
  }
  body.add("status", purges ? "purged" : "removed").add("cascade_deleted", below);
  co_return respond(200, std::move(body));
}

/// delete.order=durable_outbox: one transaction decides, a worker terminates (docs/platform.md §11).
Task<Response> Platform::remove_through_outbox(Request request, Removal removal) {
  const bool purges = request.asks("purge");
  DbResult<std::vector<OutboxRow>> owed =
      co_await deps_.store.remove_through_outbox(request.context, removal.keys, purges);
  if (!owed) co_return respond_error(500, "failed to remove workspace");
  co_await forget_removed(request.context, removal.keys);
  for (const WorkspaceKey key : removal.keys) deps_.keys.clear(key);
  std::vector<WorkspaceKey> at_once = removal.keys;
  for (const OutboxRow& row : *owed) {
    std::erase(at_once, row.workspace);
  }
  attend(*owed, std::nullopt);
  for (const WorkspaceKey key : at_once) co_await record_and_broadcast(request.context, key, "WORKSPACE_REMOVED", "{}");
  if (purges && !at_once.empty()) {
    const DbChanged purged = co_await deps_.store.purge(request.context, std::move(at_once));
    if (!purged) co_return respond_error(500, "failed to purge workspace");
  }
  const std::string_view done = purges ? "purged" : "removed";
  Body body;
  body.add("status", owed->empty() ? done : "pending_removal");
  body.add("cascade_deleted", static_cast<std::int64_t>(removal.keys.size() - 1));
  co_return respond(owed->empty() ? 200 : 202, std::move(body));
}

}  // namespace drydock::model
