#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

namespace {

constexpr const char* kDeprecationHeader = "X-Molecule-Implicit-Cascade";

Response tell_of_deprecation(Response response, bool deprecated) {
  if (deprecated) response.headers.emplace_back(kDeprecationHeader, "deprecated");
  return response;
}

}  // namespace

/// Finds the workspaces that a pause or resume reaches (docs/platform.md §7.6, §7.7, §10.5). An error of the query is
/// ignored: the request then reaches the named workspace only.
Task<Platform::Tree> Platform::pause_tree(Request request, std::string name, Followed followed) {
  Tree tree;
  tree.members.push_back({request.workspace, std::move(name)});
  DbResult<std::vector<Member>> below = co_await deps_.store.descendants(request.context, request.workspace, followed);
  if (!below || below->empty()) co_return tree;
  const bool asked = request.asks("cascade");
  const bool declined = request.query.contains("cascade") && !asked;
  if (policy_.pause_cascade == Cascade::opt_in && !asked) {
    const bool alone = declined && policy_.pause_cascade_false == CascadeFalse::single;
    if (alone) {
      tree.reach = Reach::named;
      co_return tree;
    }
    Body body;
    body.add("error", "workspace has descendants, send cascade=true to include them");
    body.add_json("descendants", listed(*below, deps_.directory));
    tree.refused = respond(409, std::move(body));
    co_return tree;
  }
  tree.deprecated = policy_.pause_cascade == Cascade::deprecated_implicit && !asked;
  tree.members.insert(tree.members.end(), below->begin(), below->end());
  co_return tree;
}

/// POST …/pause: the provider call comes first, the row second; 200 whatever the stops did (docs/platform.md §7.6).
Task<Response> Platform::pause(Request request) {
  const Context context = request.context;
  DbResult<std::optional<WorkspaceRecord>> found = co_await deps_.store.find_workspace(context, request.workspace);
  if (!found) co_return respond_error(500, "failed to load workspace");
  const bool pausable = *found && !is_removed((*found)->status) && (*found)->status != Status::paused;
  if (!pausable) co_return respond_error(404, "workspace not found or already paused");
  Tree tree = co_await pause_tree(request, (*found)->name, Followed::not_removed_nor_paused);
  if (tree.refused) co_return std::move(*tree.refused);
  // Where a refused backup refuses the stop, all of them are taken before the first stop (§10.1).
  const bool covers_first = policy_.dispatch_unified && backups_.fails_closed();
  std::vector<std::optional<StopPermit>> permits(tree.members.size());
  if (covers_first) {
    for (std::size_t i = 0; i < tree.members.size(); ++i) {
      Permit permit = co_await backups_.cover(context, tree.members[i].key, false);
      if (!permit) co_return refuse(permit.error());
      permits[i] = std::move(*permit);
    }
  }
  if (policy_.intents_durable) co_return co_await pause_durably(context, std::move(tree), std::move(permits));
  if (policy_.pause_honest) {
    const bool deprecated = tree.deprecated;
    Response answer = co_await pause_honestly(std::move(tree), std::move(permits));
    co_return tell_of_deprecation(std::move(answer), deprecated);
  }
  for (std::size_t i = 0; i < tree.members.size(); ++i) {
    Task<void> one = pause_one(context, tree.members[i].key, std::move(permits[i]));
    co_await operation("pause", tree.members[i].key, context, std::move(one));
  }
  Body body;
  body.add("status", "paused");
  body.add("paused_count", static_cast<std::int64_t>(tree.members.size()));
  co_return tell_of_deprecation(respond(200, std::move(body)), tree.deprecated);
}

/// Parks all of them, each with its terminate owed, before it waits for the first terminate. Answers 202 where one is
/// still owed when the caller's context, or the client timeout of one call, ends.
Task<Response> Platform::pause_durably(Context context, Tree tree, std::vector<std::optional<StopPermit>> permits) {
  std::vector<WorkspaceKey> keys;
  for (const Member& member : tree.members) keys.push_back(member.key);
  std::vector<WorkspaceKey> parked =
      co_await park_durably(context, std::move(keys), Status::paused, tree.reach, std::move(permits));
  if (parked.empty()) co_return respond_error(500, "the workspace was not paused");
  const auto paused = static_cast<std::int64_t>(parked.size());
  const Context patience = context.with_deadline(deps_.clock.now() + policy_.time_cp_client_timeout);
  bool settled = true;
  for (const Member& member : tree.members) {
    const bool stopped = co_await settle_parked(member.key, patience);
    settled = settled && stopped;
  }
  // Another request may have resumed one of them meanwhile.
  DbResult<std::int64_t> still = co_await deps_.store.count_paused(context, std::move(parked));
  settled = settled && still && *still == paused;
  Body body;
  body.add("status", settled ? "paused" : "pausing");
  if (settled) body.add("paused_count", paused);
  co_return tell_of_deprecation(respond(settled ? 200 : 202, std::move(body)), tree.deprecated);
}

/// Stops and parks one workspace. Era A knows only the Docker backend here, so it stops nothing. `permit` is empty when
/// the backup is still to be taken.
Task<void> Platform::pause_one(Context context, WorkspaceKey key, std::optional<StopPermit> permit) {
  if (policy_.dispatch_unified && !permit) {
    Permit taken = co_await backups_.cover(context, key, false);
    if (taken) permit = std::move(*taken);
  }
  if (policy_.dispatch_unified && permit) {
    const sim::CauseScope covered(deps_.record, permit->event());
    co_await cp_stop(context, key, "Pause", &*permit);
  }
  co_await deps_.store.set_paused(context, key);
  deps_.keys.clear(key);
  co_await record_and_broadcast(context, key, "WORKSPACE_PAUSED", "{}");
}

/// POST …/resume: mirrors pause, and stops nothing (docs/platform.md §7.7).
Task<Response> Platform::resume_paused(Request request) {
  const Context context = request.context;
  DbResult<std::optional<WorkspaceRecord>> found = co_await deps_.store.find_workspace(context, request.workspace);
  if (!found) co_return respond_error(500, "failed to load workspace");
  const bool resumable = *found && (*found)->status == Status::paused;
  if (!resumable) co_return respond_error(404, "workspace not found or not paused");
  DbResult<bool> held = co_await deps_.store.has_paused_ancestor(context, request.workspace);
  if (!held) co_return respond_error(500, "failed to check ancestors");
  if (*held) co_return respond_error(409, "an ancestor is paused");
  Tree tree = co_await pause_tree(request, (*found)->name, Followed::paused);
  if (tree.refused) co_return std::move(*tree.refused);
  if (policy_.intents_durable) co_return co_await resume_durably(context, std::move(tree));
  if (policy_.resume_honest) {
    const bool deprecated = tree.deprecated;
    Response answer = co_await resume_honestly(std::move(tree));
    co_return tell_of_deprecation(std::move(answer), deprecated);
  }
  for (const Member& member : tree.members) {
    co_await deps_.store.set_resumed(context, member.key);
    co_await record_and_broadcast(context, member.key, "WORKSPACE_PROVISIONING", "{}");
    co_await pass_gate(member.key);
    spawn_provision(member.key);
  }
  Body body;
  body.add("status", "provisioning");
  body.add("resumed_count", static_cast<std::int64_t>(tree.members.size()));
  co_return tell_of_deprecation(respond(200, std::move(body)), tree.deprecated);
}

Task<Response> Platform::resume_durably(Context context, Tree tree) {
  std::int64_t resumed = 0;
  for (const Member& member : tree.members) {
    DbResult<Decided> begun = co_await deps_.store.begin_resume(context, member.key);
    const bool done = begun && begun->done;
    if (!done && resumed == 0) co_return respond_error(500, "failed to resume workspace");
    if (!done) continue;
    ++resumed;
    keep_starting(member.key);
    spawn("event", record_and_broadcast(background(), member.key, "WORKSPACE_PROVISIONING", "{}"));
  }
  DbResult<std::optional<Status>> root = co_await deps_.store.status(context, tree.members.front().key);
  const bool stands = root && *root == Status::provisioning;
  Body body;
  body.add("status", stands ? "provisioning" : "superseded");
  body.add("resumed_count", resumed);
  co_return tell_of_deprecation(respond(200, std::move(body)), tree.deprecated);
}

}  // namespace drydock::model
