#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Task;
using namespace std::chrono_literals;

/// POST/PUT …/secrets (docs/platform.md §7.11): saves, then always starts a restart that nobody waits for.
Task<Response> Platform::put_secret(Request request) {
  const auto name = request.body.find("key");
  const auto value = request.body.find("value");
  if (!request.body_is_valid || name == request.body.end() || value == request.body.end()) {
    co_return respond_error(400, "key and value are required");
  }
  std::string key = name->second;
  const DbChanged saved = co_await deps_.store.put_secret(request.context, request.workspace, key, value->second);
  if (!saved) co_return respond_error(500, "failed to save secret");
  if (!writes_its_own(request)) spawn("restart by id", restart_for_secret(request.workspace));
  Body body;
  body.add("status", "saved").add("key", std::move(key));
  co_return respond(200, std::move(body));
}

/// Tells whether an agent writes a secret of its own, which does not end the instance that it runs on (PR #2584).
bool Platform::writes_its_own(const Request& request) const {
  return policy_.secrets_skip_self && request.caller != WorkspaceKey::none && request.caller == request.workspace;
}

/// Tells whether a secret that was written restarts the workspace. With `secrets.skip_platform_root` it does not where
/// the workspace is the platform's own root agent, nor where that cannot be known.
Task<bool> Platform::restarts_for_secrets(WorkspaceKey key) {
  if (!policy_.secrets_skip_platform_root) co_return true;
  DbResult<std::string> kind = co_await deps_.store.kind(background(), key);
  co_return kind.has_value() && *kind != kPlatformKind;
}

Task<void> Platform::restart_for_secret(WorkspaceKey key) {
  const bool restarts = co_await restarts_for_secrets(key);
  if (restarts) co_await restart_by_id(key, RestartSource::secret);
}

Task<Response> Platform::delete_secret(Request request) {
  std::string key = request.tail;
  const DbChanged deleted = co_await deps_.store.delete_secret(request.context, request.workspace, key);
  if (!deleted) co_return respond_error(500, "failed to delete secret");
  if (*deleted == 0) co_return respond_error(404, "secret not found");
  if (!writes_its_own(request)) spawn("restart by id", restart_for_secret(request.workspace));
  Body body;
  body.add("status", "deleted").add("key", std::move(key));
  co_return respond(200, std::move(body));
}

/// PUT …/model: the model is the secret MODEL_PROVIDER; an empty one deletes it (docs/platform.md §2.4, §7.11).
Task<Response> Platform::put_model(Request request) {
  const auto wanted = request.body.find("model");
  if (!request.body_is_valid || wanted == request.body.end()) {
    co_return respond_error(400, "model is required");
  }
  std::string model = wanted->second;
  std::string secret = "MODEL_PROVIDER";
  Task<DbChanged> write = model.empty() ? deps_.store.delete_secret(request.context, request.workspace, secret)
                                        : deps_.store.put_secret(request.context, request.workspace, secret, model);
  const DbChanged written = co_await std::move(write);
  if (!written) co_return respond_error(500, "failed to save model");
  if (*written == 0) co_return respond_error(404, "no model is set");
  spawn("restart by id", restart_by_id(request.workspace, RestartSource::model));
  Body body;
  body.add("status", "saved").add("model", std::move(model));
  co_return respond(200, std::move(body));
}

// --- global secrets -------------------------------------------------------------------------------------------------

/// PUT /secrets/{key}: starts one detached restart for every workspace that reads the secret (docs/platform.md §7.11).
Task<Response> Platform::put_global_secret(Request request) {
  const auto value = request.body.find("value");
  if (!request.body_is_valid) co_return respond_error(400, "invalid request body");
  std::string key = request.tail;
  std::string text = value == request.body.end() ? std::string{} : value->second;
  const DbChanged saved = co_await deps_.store.put_global_secret(request.context, key, std::move(text));
  if (!saved) co_return respond_error(500, "failed to save secret");
  spawn("global secret", restart_reached(key));
  Body body;
  body.add("status", "saved").add("key", std::move(key));
  co_return respond(200, std::move(body));
}

Task<Response> Platform::delete_global_secret(Request request) {
  std::string key = request.tail;
  const DbChanged deleted = co_await deps_.store.delete_global_secret(request.context, key);
  if (!deleted) co_return respond_error(500, "failed to delete secret");
  if (*deleted == 0) co_return respond_error(404, "secret not found");
  spawn("global secret", restart_reached(key));
  Body body;
  body.add("status", "deleted").add("key", std::move(key));
  co_return respond(200, std::move(body));
}

Task<void> Platform::restart_reached(std::string name) {
  DbResult<std::vector<WorkspaceKey>> reached =
      co_await deps_.store.global_secret_targets(background(), std::move(name));
  if (!reached) co_return;
  for (const WorkspaceKey key : *reached) spawn("restart by id", restart_for_secret(key));
}

// --- files ----------------------------------------------------------------------------------------------------------

/// PUT …/files/{path}: each write restarts the workspace. From era D on the first write of a window does, and the
/// others in that window do not (docs/platform.md §7.12).
Task<Response> Platform::write_file(Request request) {
  const WorkspaceKey key = request.workspace;
  std::string path = request.tail;
  const DbChanged written = co_await deps_.store.put_file(request.context, key, path);
  if (!written) co_return respond_error(500, "failed to write file");
  if (*written == 0) co_return respond_error(404, "workspace not found");
  const auto last = file_writes_.find(key);
  const bool skips = policy_.restart_file_write_debounce > 0s && last != file_writes_.end() &&
                     deps_.clock.now() - last->second < policy_.restart_file_write_debounce;
  if (skips) {
    ++file_write_drops_;
    log(kind::restart_dropped, key, {{"source", "file_write"}, {"reason", "file_write_debounce"}});
  } else {
    file_writes_[key] = deps_.clock.now();
    spawn("restart by id", restart_by_id(key, RestartSource::file_write));
  }
  Body body;
  body.add("status", "saved").add("path", std::move(path));
  co_return respond(200, std::move(body));
}

}  // namespace drydock::model
