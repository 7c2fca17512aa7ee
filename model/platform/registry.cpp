#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

/// Refuses an agent whose bearer matches none of the workspace's live tokens. A workspace that has no live token lets
/// every agent through: that is how it boots (docs/platform.md §2.5). Empty: let through.
Task<std::optional<Response>> Platform::authenticate(Context context, AgentCall call) {
  DbResult<TokenState> token = co_await deps_.store.check_token(context, call.workspace, call.bearer);
  if (!token) co_return respond_error(500, "failed to check token");
  if (!token->any_live || token->matches) co_return std::nullopt;
  if (policy_.token_reopens_bootstrap) {
    // A provision may have revoked every token since: then this is a boot like any other (PR #2757).
    DbResult<TokenState> again = co_await deps_.store.check_token(context, call.workspace, call.bearer);
    if (again && !again->any_live) co_return std::nullopt;
  }
  deps_.record.emit(kind::agent_rejected, actor_, {deps_.directory.name(call.workspace), call.instance});
  co_return respond_error(401, "invalid token");
}

/// POST /registry/register (docs/platform.md §7.14, T7).
Task<Response> Platform::handle_register(Context context, AgentCall call) {
  const WorkspaceKey key = call.workspace;
  std::string url = call.url;
  const sim::Name instance = call.instance;
  const bool names = policy_.agent_names_instance && instance != sim::Name::none;
  std::string named = names ? deps_.record.text(instance) : std::string{};
  const std::string bearer = call.bearer;
  // An agent that says which instance it runs on needs no token: it may have lost the answer that held one.
  std::optional<Response> refused;
  if (!names) refused = co_await authenticate(context, std::move(call));
  if (refused) co_return std::move(*refused);
  const auto registered =
      deps_.record.emit(kind::agent_register, actor_, {deps_.directory.name(key), instance}, {{"url", url}});
  const sim::CauseScope scope(deps_.record, registered);
  Task<DbChanged> upsert = policy_.register_leaves_dormant && !names
                               ? deps_.store.register_awake(context, key, url)
                               : deps_.store.register_agent(context, key, url, std::move(named));
  const DbChanged upserted = co_await std::move(upsert);
  if (!upserted) {
    co_await registration_failed(key);
    co_return respond_error(500, "failed to register");
  }
  if (names && *upserted == 0) {
    // It may be of a launch whose answer was lost.
    if (policy_.intents_durable) spawn("launch look-up", look_for_launch(key));
    co_return respond_error(409, "not the workspace's instance");
  }
  if (names) co_await forget_other_tokens(context, key, bearer);
  deps_.keys.set_liveness(key, policy_.time_liveness_ttl);
  deps_.keys.set_url(key, std::move(url), policy_.time_url_cache_ttl);
  co_await record_and_broadcast(context, key, "WORKSPACE_ONLINE", "{}");
  Body body;
  body.add("status", "registered");
  DbResult<TokenState> token = co_await deps_.store.check_token(context, key, "");
  if (token && !token->any_live) {
    std::string issued = fmt::format("token-{}-{}", deps_.directory.alias(key), registered);
    const DbChanged inserted = co_await deps_.store.issue_token(context, key, issued);
    if (inserted) body.add("auth_token", std::move(issued));
  }
  co_return respond(200, std::move(body));
}

/// `register.failure_degrades`: an agent that is let in and cannot register shows (docs/platform.md §17.10).
Task<void> Platform::registration_failed(WorkspaceKey key) {
  if (!policy_.register_failure_degrades) co_return;
  const DbChanged stamped = co_await deps_.store.stamp_register_failure(background(), key);
  if (!stamped || *stamped == 0) co_return;
  const DbChanged moved = co_await deps_.store.move_status(background(), key, Status::online, Status::degraded);
  if (moved && *moved != 0) co_await record_and_broadcast(background(), key, "WORKSPACE_DEGRADED", "{}");
}

/// Tells whether a registration failed so recently that the row is not to be online.
Task<bool> Platform::holds_degraded(Context context, WorkspaceKey key) {
  if (!policy_.register_failure_degrades) co_return false;
  const sim::Instant since = deps_.store.wall() - policy_.register_failure_hold;
  DbResult<bool> failed = co_await deps_.store.register_failed_since(context, key, since);
  co_return failed.value_or(false);
}

/// Revokes the workspace's live tokens where the agent's bearer is none of them, so that register issues a new one.
Task<void> Platform::forget_other_tokens(Context context, WorkspaceKey key, std::string bearer) {
  DbResult<TokenState> token = co_await deps_.store.check_token(context, key, std::move(bearer));
  if (token && token->any_live && !token->matches) co_await deps_.store.revoke_tokens(context, key);
}

/// POST /registry/heartbeat (docs/platform.md §7.13): columns, liveness, evaluation, queue.
Task<Response> Platform::handle_heartbeat(Context context, AgentCall call) {
  const WorkspaceKey key = call.workspace;
  const sim::Name instance = call.instance;
  HeartbeatPayload payload = call.payload;
  if (policy_.agent_names_instance && instance != sim::Name::none) {
    DbResult<std::string> named = co_await deps_.store.instance_id(context, key);
    if (!named) co_return respond_error(500, "failed to load workspace");
    if (*named != deps_.record.text(instance)) co_return respond_error(409, "not the workspace's instance");
  }
  std::optional<Response> refused = co_await authenticate(context, std::move(call));
  if (refused) co_return std::move(*refused);
  deps_.record.emit(kind::agent_heartbeat, actor_, {deps_.directory.name(key), instance});
  DbResult<std::optional<HeartbeatRow>> previous = co_await deps_.store.heartbeat_row(context, key);
  Task<DbChanged> beat = policy_.heartbeat_promotes_provisioning
                             ? deps_.store.heartbeat_promoting(context, key, payload)
                             : deps_.store.heartbeat(context, key, payload);
  if (policy_.register_beat_clears_failure) co_await deps_.store.clear_register_failure(context, key);
  const DbChanged updated = co_await std::move(beat);
  if (!updated) co_return respond_error(500, "failed to update heartbeat");
  deps_.keys.extend_liveness(key, policy_.time_liveness_ttl);
  co_await evaluate_status(context, key, payload);
  const bool has_capacity = previous && *previous && payload.active_tasks < (*previous)->max_concurrent_tasks;
  if (has_capacity) spawn("queue drain", drain_queue(key));
  Body body;
  body.add("status", "ok");
  co_return respond(200, std::move(body));
}

/// T9–T13: one statement reads the status, another writes it; the event follows what was read.
Task<void> Platform::evaluate_status(Context context, WorkspaceKey key, HeartbeatPayload payload) {
  DbResult<std::optional<Status>> read = co_await deps_.store.status(context, key);
  if (!read || !*read) co_return;
  const Status status = **read;
  const bool guarded = policy_.heartbeat_guarded_writes;
  const auto guard = [&](Status from) { return guarded ? std::optional{from} : std::nullopt; };
  const std::string from = fmt::format(R"({{"recovered_from":"{}"}})", to_text(status));
  const bool held = co_await holds_degraded(context, key);
  if (held && status == Status::degraded) co_return;
  if (status == Status::online && payload.runtime_state == "wedged") {
    co_await move_and_tell(context, key, Status::online, Status::degraded, "WORKSPACE_DEGRADED", "{}");
  } else if (status == Status::online && (held || payload.error_rate >= 0.5)) {
    co_await move_and_tell(context, key, guard(Status::online), Status::degraded, "WORKSPACE_DEGRADED", "{}");
  } else if (status == Status::degraded && payload.error_rate < 0.1 && payload.runtime_state.empty()) {
    co_await move_and_tell(context, key, guard(Status::degraded), Status::online, "WORKSPACE_ONLINE", from);
  } else if (recovers(status)) {
    co_await move_and_tell(context, key, status, Status::online, "WORKSPACE_ONLINE", from);
  }
}

/// T12, T13, and failed where the policy lets it: a heartbeat alone brings these back online.
bool Platform::recovers(Status status) const {
  switch (status) {
    case Status::offline:
    case Status::provisioning:
      return true;
    case Status::awaiting_agent:
      return policy_.heartbeat_recovers_awaiting_agent;
    case Status::failed:
      return policy_.heartbeat_recovers_failed;
    default:
      return false;
  }
}

Task<void> Platform::move_and_tell(Context context, WorkspaceKey key, std::optional<Status> guard, Status to,
                                   std::string type, std::string payload) {
  co_await deps_.store.move_status(context, key, guard, to);
  co_await record_and_broadcast(context, key, std::move(type), std::move(payload));
}

}  // namespace drydock::model
