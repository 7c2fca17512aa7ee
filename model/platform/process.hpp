#pragma once

#include <memory>
#include <string>

#include "model/platform/platform.hpp"
#include "model/service.hpp"

namespace drydock::model {

/// The tenant server as a process, and its door: users, traffic and agents come in here. It can stop and start again,
/// also under another policy; what it kept in memory is gone then, the database is not.
class PlatformProcess final : public Registry, public Tenant {
 public:
  explicit PlatformProcess(Deps deps);

  void start(const Policy& policy);
  void crash();
  [[nodiscard]] bool up() const { return service_.up(); }
  [[nodiscard]] Platform& platform() { return *platform_; }

  /// One HTTP request from outside: sent, handled in the process, answered. `as` is who sends it, as it is shown.
  sim::Task<Response> request(Request request, std::string as);
  sim::Task<Response> register_agent(sim::Context context, AgentCall call) override;
  sim::Task<Response> heartbeat(sim::Context context, AgentCall call) override;
  sim::Task<void> bootstrap_failed(WorkspaceKey workspace) override;

 private:
  using AgentHandler = sim::Task<Response> (Platform::*)(sim::Context, AgentCall);
  sim::Task<Response> agent_call(sim::Context context, sim::Literal fault_point, AgentCall call, AgentHandler handler);
  sim::Task<Response> serve_request(Request request);
  sim::Task<Response> await_reply(sim::Context context, sim::OneShot<std::optional<Response>> reply);
  void answered(std::uint32_t request, WorkspaceKey workspace, const Response& response);

  Deps deps_;
  Service service_;
  Policy policy_;  // in force since the last start; agents and statements go by it while the process is down, too
  sim::Name actor_;
  std::unique_ptr<Platform> platform_;
};

}  // namespace drydock::model
