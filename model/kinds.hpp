#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "sim/record.hpp"

namespace drydock::model {

/// The platform's own event kinds, named as the upstream log names them where it has a name. A new kind is a row of
/// the table and a constant below it; its number is the place of its row. `kind_table()` is what a record is made with.
namespace kind {

inline constexpr auto kRows = std::to_array<sim::KindInfo>({
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
    {"wire.request", "a client's request came over the wire"},
    {"wire.answer", "what the client of such a request was told"},
});

/// The kind whose row has this name. It does not compile unless exactly one row has it.
consteval sim::Kind named(std::string_view name) {
  std::size_t found = kRows.size();
  for (std::size_t row = 0; row < kRows.size(); ++row) {
    if (kRows[row].name != name) continue;
    if (found != kRows.size()) throw "two kinds have this name";
    found = row;
  }
  if (found == kRows.size()) throw "no kind has this name";
  return static_cast<sim::Kind>(static_cast<std::size_t>(sim::Kind::first_free) + found);
}

inline constexpr sim::Kind http_request = named("http.request");
inline constexpr sim::Kind http_response = named("http.response");
inline constexpr sim::Kind provision_start = named("provision.start");
inline constexpr sim::Kind provision_ec2_started = named("provision.ec2_started");
inline constexpr sim::Kind provision_ec2_stopped = named("provision.ec2_stopped");
inline constexpr sim::Kind restart_triggered = named("restart.triggered");
inline constexpr sim::Kind restart_dropped = named("restart.dropped");
inline constexpr sim::Kind restart_coalesced = named("restart.coalesced");
inline constexpr sim::Kind restart_cycle = named("restart.cycle");
inline constexpr sim::Kind restart_pre_stop = named("restart.pre_stop");
inline constexpr sim::Kind probe_sent = named("probe.sent");
inline constexpr sim::Kind probe_dead = named("probe.dead");
inline constexpr sim::Kind probe_skipped = named("probe.skipped");
inline constexpr sim::Kind context_sent = named("context.sent");
inline constexpr sim::Kind context_dropped = named("context.dropped");
inline constexpr sim::Kind stop_attempt = named("stop.attempt");
inline constexpr sim::Kind stop_failed = named("stop.failed");
inline constexpr sim::Kind stop_exhausted = named("stop.exhausted");
inline constexpr sim::Kind workspace_status = named("workspace.status");
inline constexpr sim::Kind structure_event = named("structure_event");
inline constexpr sim::Kind agent_register = named("agent.register");
inline constexpr sim::Kind agent_heartbeat = named("agent.heartbeat");
inline constexpr sim::Kind agent_rejected = named("agent.rejected");
inline constexpr sim::Kind secret_saved = named("secret.saved");
inline constexpr sim::Kind sweep_tick = named("sweep.tick");
inline constexpr sim::Kind report_not_running = named("report.not_running");
inline constexpr sim::Kind file_written = named("file.written");
inline constexpr sim::Kind platform_log = named("platform.log");
inline constexpr sim::Kind backup_attempt = named("backup.attempt");
inline constexpr sim::Kind backup_failed = named("backup.failed");
inline constexpr sim::Kind sweep_reaped = named("sweep.reaped");
inline constexpr sim::Kind wire_request = named("wire.request");
inline constexpr sim::Kind wire_answer = named("wire.answer");

}  // namespace kind

/// Lists the kinds of what happens at turns that change nothing (docs/architecture.md, *Rest*). No violation names such
/// an event as one of its causes only because it came later.
[[nodiscard]] std::span<const sim::Kind> idle_kinds();

/// The simulated world's kinds followed by the platform's.
[[nodiscard]] std::span<const sim::KindInfo> kind_table();

}  // namespace drydock::model
