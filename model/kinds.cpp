#include "model/kinds.hpp"

#include <algorithm>
#include <array>

namespace drydock::model {
namespace {

constexpr std::array<sim::KindInfo, kind::count> kPlatformKinds{{
    {"http.request", "a request arrived at the platform"},
    {"http.response", "the platform answered a request"},
    {"provision.start", "a provision began: configuration is read here"},
    {"provision.ec2_started", "the control plane accepted a launch"},
    {"provision.ec2_stopped", "a Stop of an instance returned success"},
    {"restart.triggered", "restart_by_id was called"},
    {"restart.dropped", "a restart_by_id call was dropped by a debounce"},
    {"restart.coalesced", "a restart_by_id call joined the cycle that is running"},
    {"restart.cycle", "a restart cycle began"},
    {"restart.pre_stop", "a restart is about to stop the instance"},
    {"probe.sent", "a dead verdict asked IsRunning"},
    {"probe.dead", "a dead verdict found the workspace dead"},
    {"probe.skipped", "a dead verdict was skipped because a restart is running"},
    {"context.sent", "the restart context went through the proxy"},
    {"context.dropped", "the restart context was given up"},
    {"stop.attempt", "the platform asked the control plane to stop an instance"},
    {"stop.failed", "that attempt returned an error"},
    {"stop.exhausted", "the retry core gave up (LEAK-SUSPECT)"},
    {"workspace.status", "a workspace row's status was written"},
    {"structure_event", "a durable event row was inserted"},
    {"agent.register", "an agent's registration was accepted"},
    {"agent.heartbeat", "an agent's heartbeat was accepted"},
    {"agent.rejected", "an agent's call was answered 401"},
    {"secret.saved", "a secret's write or delete was committed"},
    {"sweep.tick", "a periodic loop ran"},
    {"report.not_running", "the orphan report saw an online row without a running instance"},
    {"file.written", "a workspace file's write was committed"},
    {"platform.log", "the platform logged something that no other kind says"},
    {"backup.attempt", "the platform asked the control plane to back an instance's volume up"},
    {"backup.failed", "that backup was refused"},
    {"sweep.reaped", "a sweeper stopped an instance that nobody is to have any more"},
}};

constexpr auto kTable = [] {
  std::array<sim::KindInfo, kind::first + kind::count> table{};
  return table;
}();

}  // namespace

std::span<const sim::KindInfo> kind_table() {
  static const auto table = [] {
    auto filled = kTable;
    const auto world = sim::world_kinds();
    std::copy(world.begin(), world.end(), filled.begin());
    std::copy(kPlatformKinds.begin(), kPlatformKinds.end(), filled.begin() + kind::first);
    return filled;
  }();
  return table;
}

}  // namespace drydock::model
