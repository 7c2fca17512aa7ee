#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Task;

namespace {

/// A queued call that failed this often is failed for good (docs/platform.md §2.6).
constexpr std::int64_t kQueueAttempts = 5;

}  // namespace

/// POST …/delegate (docs/platform.md §9.3): a pending row and a detached task that does the work.
Task<Response> Platform::delegate(Request request) {
  const auto to = request.body.find("to");
  if (to == request.body.end()) co_return respond_error(400, "to is required");
  const WorkspaceKey target = deps_.directory.find(to->second);
  DbResult<std::int64_t> id = co_await deps_.store.insert_delegation(request.context, request.workspace, target);
  if (!id) co_return respond_error(500, "failed to record delegation");
  ProxyCall call;
  call.target = target;
  call.caller = request.workspace;
  call.takes = request.takes;
  spawn("delegation", run_delegation(*id, call));
  Body body;
  body.add("status", "delegated").add("delegation_id", *id);
  co_return respond(202, std::move(body));
}

namespace {

bool is_restarting_answer(const Response& response) {
  return response.status == 503 && response.body.flag_at("restarting");
}

/// Tells whether one more try is worth it: after a transport failure, or where the target is restarting; not where it
/// is busy.
bool is_transient(const Response& response) { return response.status == 502 || is_restarting_answer(response); }

std::string_view delegation_status(const Response& response) {
  if (response.status == 202) return "queued";
  return response.accepted() ? "completed" : "failed";
}

}  // namespace

Task<void> Platform::run_delegation(std::int64_t id, ProxyCall call) {
  call.context = background(policy_.time_delegation_context);
  co_await deps_.store.set_delegation(background(), id, "dispatched");
  ProxyCall first = call;
  Response answer = co_await proxy_a2a(first);
  if (is_transient(answer)) {
    const bool waited = co_await deps_.clock.sleep(call.context, policy_.time_delegation_retry);
    if (waited) answer = co_await proxy_a2a(call);
  }
  std::string status{delegation_status(answer)};
  co_await deps_.store.set_delegation(background(), id, std::move(status));
}

/// Sends as many queued calls as each workspace takes at once (docs/platform.md §17.7).
Task<void> Platform::sweep_queues() {
  DbResult<std::vector<WaitingCalls>> waiting = co_await deps_.store.waiting_calls(background());
  if (!waiting) co_return;
  for (const WaitingCalls& calls : *waiting) {
    for (std::int64_t i = 0; i < calls.most; ++i) spawn("queue drain", drain_queue(calls.workspace));
  }
}

/// Sends one queued call, upon a heartbeat that has capacity (docs/platform.md §2.6, §9.3).
Task<void> Platform::drain_queue(WorkspaceKey key) {
  const auto turns = boot_turns_.find(key);
  if (policy_.queue_boot_turn_gate && turns != boot_turns_.end() && turns->second > 0) co_return;
  DbResult<std::optional<QueuedCall>> claimed = co_await deps_.store.claim_call(background(), key);
  if (!claimed || !*claimed) co_return;
  const QueuedCall queued = **claimed;
  ProxyCall call;
  call.target = key;
  call.caller = queued.caller;
  const Response answer = co_await proxy_a2a(call);
  if (policy_.queue_settling != QueueSettling::counts && is_restarting_answer(answer)) {
    std::optional<sim::Instant> oldest;
    if (policy_.queue_settling == QueueSettling::ceiling) oldest = deps_.store.wall() - policy_.queue_settling_ceiling;
    co_await deps_.store.put_back(background(), queued.id, oldest);
    co_return;
  }
  std::string status = "completed";  // 202: queued again, as an entry of its own
  std::string error;
  if (!answer.accepted()) {
    status = queued.attempts >= kQueueAttempts ? "failed" : "queued";
    error = fmt::format("http {}", answer.status);
  }
  co_await deps_.store.finish_call(background(), queued.id, std::move(status), std::move(error));
}

}  // namespace drydock::model
