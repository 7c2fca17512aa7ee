#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Task;

namespace {

/// The runtime of a create that names none (docs/platform.md §2.1).
constexpr std::string_view kDefaultRuntime = "claude-code";

std::string text_of(const Request& request, const std::string& key) {
  const auto found = request.body.find(key);
  return found == request.body.end() ? std::string{} : found->second;
}

}  // namespace

/// POST /workspaces (docs/platform.md §7.1): answers 201 whatever becomes of the provision.
Task<Response> Platform::create(Request request) {
  const WorkspaceKey key = request.workspace;
  NewWorkspace made;
  made.key = key;
  made.parent = request.parent;
  made.name = text_of(request, "name");
  made.runtime = text_of(request, "runtime");
  made.secrets = std::move(request.secrets);
  const bool parent_is_known = !request.body.contains("parent") || request.parent != WorkspaceKey::none;
  if (!request.body_is_valid || made.name.empty()) co_return respond_error(400, "name is required");
  if (!parent_is_known) co_return respond_error(400, "parent not found");
  if (made.runtime.empty()) made.runtime = kDefaultRuntime;
  const bool external = has_no_compute(made.runtime);
  std::string name = made.name;
  const DbChanged inserted = co_await deps_.store.create_workspace(request.context, std::move(made));
  if (!inserted) co_return respond_error(500, "failed to create workspace");
  if (policy_.intents_durable) {
    spawn("event", record_and_broadcast(background(), key, "WORKSPACE_PROVISIONING", "{}"));
  } else {
    co_await record_and_broadcast(request.context, key, "WORKSPACE_PROVISIONING", "{}");
  }
  std::string_view status = "provisioning";
  if (external) {
    const DbChanged waiting = co_await deps_.store.set_awaiting_agent(request.context, key);
    co_await record_and_broadcast(request.context, key, "WORKSPACE_AWAITING_AGENT", "{}");
    if (waiting) status = "awaiting_agent";
  } else if (policy_.intents_durable) {
    keep_starting(key);
  } else {
    co_await pass_gate(key);
    if (policy_.provision_ensures_image) {
      spawn_gated(key, provision_created(key));
    } else {
      spawn_provision(key);
    }
  }
  Body body;
  body.add("id", deps_.directory.entry(key).uuid).add("name", std::move(name));
  body.add("status", status);
  co_return respond(201, std::move(body));
}

/// POST …/bootstrap-failed, from the control plane's watcher (T28): only a row that is still provisioning fails.
Task<Response> Platform::bootstrap_failed(Request request) {
  const WorkspaceKey key = request.workspace;
  const DbChanged failed = co_await deps_.store.fail_bootstrap(request.context, key, "bootstrap failed");
  if (!failed) co_return respond_error(500, "failed to update workspace");
  Body body;
  if (*failed == 0) {
    body.add("status", "no_change");
    co_return respond(200, std::move(body));
  }
  Body payload;
  payload.add("source", "bootstrap_watcher");
  co_await record_and_broadcast(request.context, key, "WORKSPACE_PROVISION_FAILED", payload.text());
  body.add("status", "ok");
  co_return respond(200, std::move(body));
}

}  // namespace drydock::model
