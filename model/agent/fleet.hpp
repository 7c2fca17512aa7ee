#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/controlplane/control_plane.hpp"
#include "model/directory.hpp"
#include "model/http.hpp"
#include "model/observation.hpp"
#include "model/policy.hpp"
#include "model/store/records.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/cloud/states.hpp"
#include "sim/cloud/watcher.hpp"
#include "sim/hooks.hpp"
#include "sim/scheduler.hpp"
#include "sim/task.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {
class SimEc2;
}

namespace drydock::model {

/// The call of an agent that registers or beats. Only with `agent.names_instance` does the platform see `instance`;
/// otherwise it is for observers.
struct AgentCall {
  WorkspaceKey workspace = WorkspaceKey::none;
  sim::Name instance{};
  std::string bearer;
  std::string url;           // registration
  HeartbeatPayload payload;  // heartbeat
};

/// The platform as agents call it.
class Registry {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  virtual ~Registry() = default;
  virtual sim::Task<Response> register_agent(sim::Context context, AgentCall call) = 0;
  virtual sim::Task<Response> heartbeat(sim::Context context, AgentCall call) = 0;
};

/// The end of a call to an agent's address.
enum class Dispatched : std::uint8_t {
  served,
  silent,    // nobody there: a transport error
  deadline,  // the caller's context ended first
  reset,
  answered,  // with a status other than 2xx
};

struct DispatchResult {
  Dispatched how = Dispatched::served;
  int http = 0;  // the status, when it was answered
};

/// The agents: one on every instance that runs, from boot to the moment the instance leaves `running`. Then its address
/// falls silent at once, until the instance runs again (docs/platform.md §4.3), unless the adversary lets it linger:
/// `agent`, asked when its instance is stopped or terminated, passes with the delay after which it falls silent.
class Fleet final : public cloud::InstanceWatcher, public InstanceConsole {
 public:
  Fleet(sim::Scheduler& clock, sim::Choices& choices, sim::Adversary& adversary, const cloud::Profile& profile,
        const Directory& directory, Observation& observation);
  ~Fleet() override;

  void use(const Policy& policy) { policy_ = &policy; }
  void connect(Registry& registry, cloud::SimEc2& disks) {
    registry_ = &registry;
    disks_ = &disks;
  }

  void instance_entered(const cloud::Instance& instance, std::optional<cloud::InstanceState> from,
                        std::uint32_t event) override;
  void instance_rebooted(const cloud::Instance& instance) override;

  struct Seed {
    std::string token;
    double error_rate = 0;
    std::int64_t active_tasks = 0;
    sim::Instant first_heartbeat{};
  };
  /// Adds an agent that has been up since before time zero.
  void seed(const cloud::Instance& instance, Seed seed);

  /// Calls the agent at `url`, which works on the call for `takes`. Where nobody is there, the call times out.
  sim::Task<DispatchResult> dispatch(sim::Context context, std::string url, sim::Duration takes);

  [[nodiscard]] bool agent_booted(sim::Name instance) const override;

  [[nodiscard]] static std::string url_of(const cloud::Instance& instance);

 private:
  struct Agent;

  Agent& add(const cloud::Instance& instance);
  void instance_left(Agent& agent, const cloud::Instance& instance);
  void silence(Agent& agent);
  void work(Agent& agent);
  void start(Agent& agent);
  void start_anew(Agent& agent);
  sim::Task<void> fall_silent(Agent* agent, sim::Duration after);
  sim::Task<void> boot(Agent* agent);
  sim::Task<void> register_once(Agent* agent);
  sim::Task<void> beat(Agent* agent, sim::Instant first);
  sim::Task<DispatchResult> serve(sim::Context context, Agent* agent, sim::Instant sent_at, sim::Duration takes);

  sim::Scheduler& clock_;
  sim::Choices& choices_;
  sim::Adversary& adversary_;
  const cloud::Profile& profile_;
  const Directory& directory_;
  Observation& observation_;
  const Policy* policy_ = nullptr;
  Registry* registry_ = nullptr;
  cloud::SimEc2* disks_ = nullptr;
  std::map<std::string, std::unique_ptr<Agent>, std::less<>> by_url_;
  std::map<sim::Name, Agent*> by_instance_;
  sim::TaskGroup lingering_;
};

}  // namespace drydock::model
