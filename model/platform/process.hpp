#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "model/platform/platform.hpp"
#include "model/service.hpp"

namespace drydock::model {

/// The tenant server as a process, and its door: the requests of users, traffic and agents come in here. The process
/// can stop and start again, also under another policy; its memory is gone then, the database is not.
class PlatformProcess final : public Registry, public Tenant {
 public:
  explicit PlatformProcess(Deps deps);

  void start(const Policy& policy);
  void crash();
  [[nodiscard]] bool up() const { return service_.up(); }
  [[nodiscard]] Platform& platform() { return *platform_; }

  /// Sends one HTTP request from outside, has the process handle it, and returns the answer; status 0: there was none.
  /// `as` is the sender's name in the record.
  sim::Task<Response> request(Request request, std::string as);
  sim::Task<Response> register_agent(sim::Context context, AgentCall call) override;
  sim::Task<Response> heartbeat(sim::Context context, AgentCall call) override;
  sim::Task<void> bootstrap_failed(WorkspaceKey workspace) override;
  /// Tells whether every heartbeat finds what the one before it found (docs/architecture.md, *Rest*).
  [[nodiscard]] bool hears_alike(const sim::Stillness& still) const { return !up() || platform_->hears_alike(still); }

 private:
  using AgentHandler = sim::Task<Response> (Platform::*)(sim::Context, AgentCall);
  sim::Task<Response> agent_call(sim::Context context, sim::Literal fault_point, AgentCall call, AgentHandler handler);
  sim::Task<Response> serve_request(Request request);
  sim::Task<Response> await_reply(sim::Context context, sim::OneShot<std::optional<Response>> reply);
  void answered(std::uint32_t request, WorkspaceKey workspace, const Response& response);

  Deps deps_;
  Service service_;
  Policy policy_;  // of the last start; also in force for agents and statements while the process is down
  sim::Name actor_;
  std::unique_ptr<Platform> platform_;
};

}  // namespace drydock::model
