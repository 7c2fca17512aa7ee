#include <fmt/format.h>

#include "model/platform/platform.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

namespace {

Response restarting(std::string_view why) {
  Body body;
  body.add("error", why).add("restarting", true);
  return respond(503, std::move(body));
}

/// Tells whether the url is a container's name: a platform inside Docker reaches its agents so, and only these urls get
/// the preflight check.
bool is_container_name(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
  const std::string_view host = url.substr(0, url.find(':'));
  return host.find('.') == std::string_view::npos;
}

/// Tells whether the workspace will have a url by itself.
bool is_settling(Status status) { return status == Status::provisioning || status == Status::awaiting_agent; }

/// Tells whether the answer may come from an edge server that has no agent behind it.
bool is_gateway_error(const DispatchResult& outcome) {
  if (outcome.how != Dispatched::answered) return false;
  const int http = outcome.http;
  return (http >= 502 && http <= 504) || (http >= 521 && http <= 524);
}

}  // namespace

/// Proxies a call (docs/platform.md §9.1): checks the budget, finds the url, dispatches, and answers by the outcome.
Task<Response> Platform::proxy_a2a(ProxyCall call) {
  DbResult<bool> spent = co_await deps_.store.over_budget(call.context, call.target);
  if (spent && *spent) co_return respond_error(402, "monthly budget is spent");
  Resolved target = co_await resolve_agent_url(call.context, call.target, call.caller);
  if (target.refusal) co_return std::move(*target.refusal);
  if (is_container_name(target.url)) {
    std::optional<Response> dead = co_await preflight_container_health(call.target);
    if (dead) co_return std::move(*dead);
  }
  // The ceiling is for calls between agents.
  const sim::Instant ceiling =
      call.caller == WorkspaceKey::none ? sim::kNever : deps_.clock.now() + policy_.time_proxy_ceiling;
  const Context dispatch = call.context.with_deadline(ceiling);
  const sim::Duration takes = call.takes.value_or(policy_.time_a2a_call);
  const DispatchResult outcome = co_await deps_.fleet.dispatch(dispatch, std::move(target.url), takes);
  co_return co_await answer_dispatch(call, outcome);
}

/// Looks into the cache first, whatever the row says; then into the row.
Task<Platform::Resolved> Platform::resolve_agent_url(Context context, WorkspaceKey target, WorkspaceKey caller) {
  Resolved resolved;
  if (std::optional<std::string> cached = deps_.keys.url(target)) {
    resolved.url = std::move(*cached);
    co_return resolved;
  }
  DbResult<std::optional<ProxyTarget>> row = co_await deps_.store.proxy_target(context, target);
  if (!row) {
    resolved.refusal = respond_error(500, "failed to resolve workspace url");
  } else if (!*row) {
    resolved.refusal = respond_error(404, "workspace not found");
  } else if (!(*row)->url.empty()) {
    resolved.url = (*row)->url;
    deps_.keys.set_url(target, resolved.url, policy_.time_url_cache_ttl);
  } else if ((*row)->status == Status::hibernated) {
    Task<void> woken = policy_.hibernate_wakes ? wake(target) : restart_by_id(target, RestartSource::wake);
    spawn("wake", std::move(woken));
    Body body;
    body.add("error", "workspace is waking up").add("waking", true);
    body.add("retry_after", policy_.time_retry_after_waking / std::chrono::seconds{1});
    resolved.refusal = with_retry_after(respond(503, std::move(body)), policy_.time_retry_after_waking);
  } else if (policy_.proxy_queues_settling && is_settling((*row)->status)) {
    resolved.refusal = co_await queue_call(target, caller);
  } else {
    Body body;
    body.add("error", "workspace has no URL").add("status", to_text((*row)->status));
    resolved.refusal = respond(503, std::move(body));
  }
  co_return resolved;
}

/// Turns the outcome of a dispatch into an answer. The caller may have hung up by now: the dead verdict and the
/// bookkeeping go on without it (docs/platform.md §15).
Task<Response> Platform::answer_dispatch(ProxyCall call, DispatchResult outcome) {
  if (outcome.how == Dispatched::served) {
    if (call.caller != WorkspaceKey::none) co_await deps_.store.touch_outbound(background(), call.caller);
    Body body;
    body.add("result", "ok");
    co_return respond(200, std::move(body));
  }
  const bool answered = outcome.how == Dispatched::answered;
  Verdict verdict = Verdict::unasked;
  if (!answered || is_gateway_error(outcome)) verdict = co_await dead_verdict(call.target);
  const bool dead = verdict == Verdict::dead;
  if (verdict == Verdict::settling) co_return co_await queue_call(call.target, call.caller);
  if (dead && answered) {
    co_return with_retry_after(restarting("workspace agent is restarting"), policy_.time_retry_after_restarting);
  }
  if (dead) co_return restarting("workspace agent is unreachable, restarting");
  if (answered) co_return respond_error(outcome.http, "workspace agent answered an error");
  const bool restarts = outcome.how == Dispatched::silent || outcome.how == Dispatched::reset;
  if (policy_.proxy_refuses_restarting && restarts && verdict == Verdict::alive) {
    co_return with_retry_after(restarting("workspace agent is restarting"), policy_.time_retry_after_busy);
  }
  const bool busy = outcome.how == Dispatched::deadline || outcome.how == Dispatched::reset;
  if (!busy) co_return respond_error(502, "workspace agent is unreachable");
  co_return co_await queue_call(call.target, call.caller);
}

/// Queues a call and answers 202; where it cannot be queued, 503 with Retry-After.
Task<Response> Platform::queue_call(WorkspaceKey target, WorkspaceKey caller) {
  const DbChanged queued = co_await deps_.store.enqueue_call(background(), target, caller);
  Body body;
  if (queued) {
    body.add("queued", true);
    co_return respond(202, std::move(body));
  }
  body.add("error", "workspace agent is busy").add("busy", true);
  co_return with_retry_after(respond(503, std::move(body)), policy_.time_retry_after_busy);
}

// --- the dead verdict (docs/platform.md §9.2) -----------------------------------------------------------------------

Task<bool> Platform::maybe_mark_container_dead(WorkspaceKey key) {
  const Verdict verdict = co_await dead_verdict(key);
  co_return verdict == Verdict::dead;
}

Task<Platform::Verdict> Platform::dead_verdict(WorkspaceKey key) {
  if (!policy_.probe_on_saas) co_return Verdict::unasked;
  DbResult<std::optional<std::string>> runtime = co_await deps_.store.runtime(background(), key);
  if (runtime && *runtime && **runtime == "external") co_return Verdict::unasked;
  if (policy_.probe_restart_gate && is_restarting(key)) {
    log(kind::probe_skipped, key, {{"probe", "reactive"}});
    co_return Verdict::unasked;
  }
  const auto sent = log(kind::probe_sent, key, {{"probe", "reactive"}});
  const sim::CauseScope scope(deps_.record, sent);
  const bool alive = co_await is_alive(key);
  if (alive) co_return Verdict::alive;
  if (policy_.probe_settle != Settle::off) {
    const Verdict settled = co_await settle(key);
    if (settled != Verdict::dead) co_return settled;
  }
  co_await mark_dead(key, RestartSource::dead_verdict);
  co_return Verdict::dead;
}

Task<std::optional<Response>> Platform::preflight_container_health(WorkspaceKey key) {
  if (!policy_.probe_on_saas) co_return std::nullopt;
  if (policy_.probe_restart_gate && is_restarting(key)) {
    log(kind::probe_skipped, key, {{"probe", "preflight"}});
    co_return std::nullopt;
  }
  const auto sent = log(kind::probe_sent, key, {{"probe", "preflight"}});
  const sim::CauseScope scope(deps_.record, sent);
  const bool alive = co_await is_alive(key);
  if (alive) co_return std::nullopt;
  co_await mark_dead(key, RestartSource::preflight);
  Body body;
  body.add("error", "workspace agent is not running, restarting").add("restarting", true).add("preflight", true);
  co_return respond(503, std::move(body));
}

/// Tells whether the instance counts as alive: also when its state cannot be known, or is pending and the policy tells
/// pending apart.
Task<bool> Platform::is_alive(WorkspaceKey key) {
  const Running seen = co_await is_running(background(), key);
  co_return seen.running || seen.error || seen.pending_or_unknown;
}

/// Marks the row offline and restarts. The later steps run however many rows the UPDATE matched.
Task<void> Platform::mark_dead(WorkspaceKey key, RestartSource source) {
  const auto dead = log(kind::probe_dead, key, {{"probe", to_text(source)}});
  const sim::CauseScope scope(deps_.record, dead);
  if (!policy_.intents_durable) {
    Task<DbChanged> mark = policy_.probe_leaves_dormant ? deps_.store.set_offline_unless_dormant(background(), key)
                                                        : deps_.store.set_offline_if_dead(background(), key);
    co_await std::move(mark);
    deps_.keys.clear(key);
    co_await record_and_broadcast(background(), key, "WORKSPACE_OFFLINE", "{}");
  }
  spawn("restart by id", restart_by_id(key, source));
}

}  // namespace drydock::model
