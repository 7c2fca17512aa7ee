#include "model/platform/process.hpp"

#include "sim/carry_out.hpp"
#include "sim/cloud/errors.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

namespace {

Response response_to(const sim::CallFailure& failure) {
  if (failure.timed_out) return no_answer(to_text(TransportError::deadline));
  return respond_error(cloud::error_status(failure.error), failure.error);
}

}  // namespace

PlatformProcess::PlatformProcess(Deps deps) : deps_(deps), service_(deps.clock), actor_(deps.record.name("platform")) {}

void PlatformProcess::start(const Policy& policy) {
  policy_ = policy;
  deps_.store.use(policy_);
  deps_.fleet.use(policy_);
  deps_.keys.expect_heartbeats(policy_.longest_between_heartbeats());
  service_.start();
  platform_ = std::make_unique<Platform>(deps_, policy_, service_.tasks());
  deps_.observation.process_started();
  platform_->start_loops();
}

void PlatformProcess::crash() {
  service_.crash();
  platform_.reset();
}

// --- requests from outside ------------------------------------------------------------------------------------------

Task<Response> PlatformProcess::request(Request request, std::string as) {
  const WorkspaceKey workspace = request.workspace;
  const Context context = request.context;
  request.event = deps_.record.emit_from(
      0, kind::http_request, deps_.record.name("world"), {deps_.directory.name(workspace), sim::Name::none},
      {{"method", request.method}, {"path", request.path}, {"as", as}, {"step", request.step}});
  deps_.observation.request_arrived(request);
  if (!service_.up()) {
    Response refused = no_answer(to_text(TransportError::refused));
    answered(request.event, workspace, refused);
    co_return refused;
  }
  const sim::OneShot<std::optional<Response>> reply;
  service_.serve("request", serve_request(std::move(request)), reply);
  co_return co_await await_reply(context, reply);
}

Task<Response> PlatformProcess::serve_request(Request request) {
  const std::uint32_t event = request.event;
  const WorkspaceKey workspace = request.workspace;
  deps_.record.follow(event);
  Response response = co_await platform_->handle(std::move(request));
  answered(event, workspace, response);
  co_return response;
}

void PlatformProcess::answered(std::uint32_t request, WorkspaceKey workspace, const Response& response) {
  const std::string body = response.body.text();
  const std::string headers = headers_text(response);
  const auto event = deps_.record.emit_from(
      request, kind::http_response, actor_, {deps_.directory.name(workspace), sim::Name::none},
      {{"status", response.status}, {"headers", sim::JsonText{headers}}, {"body", sim::JsonText{body}}});
  deps_.observation.answered(request, response, event);
}

Task<Response> PlatformProcess::await_reply(Context context, sim::OneShot<std::optional<Response>> reply) {
  std::optional<std::optional<Response>> received = co_await reply.receive(deps_.clock, context.until);
  if (!received) co_return no_answer(to_text(TransportError::deadline));
  if (!*received) co_return no_answer(to_text(TransportError::reset));
  co_return std::move(**received);
}

// --- agents ---------------------------------------------------------------------------------------------------------

Task<Response> PlatformProcess::agent_call(Context context, sim::Literal fault_point, AgentCall call,
                                           AgentHandler handler) {
  const sim::Call seen{fault_point, deps_.directory.name(call.workspace), call.instance};
  sim::Verdict verdict = deps_.adversary.decide(seen, sim::FaultPoint::before_effect);
  if (verdict.adverse()) {
    const std::optional<sim::CallFailure> lost = co_await sim::carry_out(deps_.clock, context, std::move(verdict));
    if (lost) co_return response_to(*lost);
  }
  if (!service_.up()) co_return no_answer(to_text(TransportError::refused));
  const sim::OneShot<std::optional<Response>> reply;
  Platform& platform = *platform_;
  service_.serve(fault_point, (platform.*handler)(Context{}, std::move(call)), reply);
  Response answer = co_await await_reply(context, reply);
  if (!answer.accepted()) co_return answer;  // nothing took effect
  verdict = deps_.adversary.decide(seen, sim::FaultPoint::before_reply);
  if (verdict.adverse()) {
    const std::optional<sim::CallFailure> lost = co_await sim::carry_out(deps_.clock, context, std::move(verdict));
    if (lost) co_return response_to(*lost);
  }
  co_return answer;
}

Task<Response> PlatformProcess::register_agent(Context context, AgentCall call) {
  return agent_call(context, "agent.register", std::move(call), &Platform::handle_register);
}

Task<Response> PlatformProcess::heartbeat(Context context, AgentCall call) {
  return agent_call(context, "agent.heartbeat", std::move(call), &Platform::handle_heartbeat);
}

/// The control plane's bootstrap watcher is a client like any other; it ignores the answer.
Task<void> PlatformProcess::bootstrap_failed(WorkspaceKey workspace) {
  Request posted;
  posted.route = Route::bootstrap_failed;
  posted.workspace = workspace;
  posted.method = "POST";
  posted.path = "/workspaces/" + deps_.directory.alias(workspace) + "/bootstrap-failed";
  co_await request(std::move(posted), "cp");
}

}  // namespace drydock::model
