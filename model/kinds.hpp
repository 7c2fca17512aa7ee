#pragma once

#include <span>
#include <string_view>

#include "sim/record.hpp"

namespace drydock::model {

/// The platform's own event kinds, named as the upstream log names them where it has a name. One row here, one in
/// `kinds.cpp`; `kind_table()` is what a record is made with.
namespace kind {

inline constexpr auto first = static_cast<unsigned>(sim::Kind::first_free);
constexpr sim::Kind at(unsigned offset) { return static_cast<sim::Kind>(first + offset); }

inline constexpr sim::Kind http_request = at(0);
inline constexpr sim::Kind http_response = at(1);
inline constexpr sim::Kind provision_start = at(2);
inline constexpr sim::Kind provision_ec2_started = at(3);
inline constexpr sim::Kind provision_ec2_stopped = at(4);
inline constexpr sim::Kind restart_triggered = at(5);
inline constexpr sim::Kind restart_dropped = at(6);
inline constexpr sim::Kind restart_coalesced = at(7);
inline constexpr sim::Kind restart_cycle = at(8);
inline constexpr sim::Kind restart_pre_stop = at(9);
inline constexpr sim::Kind probe_sent = at(10);
inline constexpr sim::Kind probe_dead = at(11);
inline constexpr sim::Kind probe_skipped = at(12);
inline constexpr sim::Kind context_sent = at(13);
inline constexpr sim::Kind context_dropped = at(14);
inline constexpr sim::Kind stop_attempt = at(15);
inline constexpr sim::Kind stop_failed = at(16);
inline constexpr sim::Kind stop_exhausted = at(17);
inline constexpr sim::Kind workspace_status = at(18);
inline constexpr sim::Kind structure_event = at(19);
inline constexpr sim::Kind agent_register = at(20);
inline constexpr sim::Kind agent_heartbeat = at(21);
inline constexpr sim::Kind agent_rejected = at(22);
inline constexpr sim::Kind secret_saved = at(23);
inline constexpr sim::Kind sweep_tick = at(24);
inline constexpr sim::Kind report_not_running = at(25);
inline constexpr sim::Kind file_written = at(26);
inline constexpr sim::Kind platform_log = at(27);
inline constexpr sim::Kind backup_attempt = at(28);
inline constexpr sim::Kind backup_failed = at(29);
inline constexpr sim::Kind sweep_reaped = at(30);
inline constexpr unsigned count = 31;

}  // namespace kind

/// The simulated world's kinds followed by the platform's.
[[nodiscard]] std::span<const sim::KindInfo> kind_table();

}  // namespace drydock::model
