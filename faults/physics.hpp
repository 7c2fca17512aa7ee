#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "faults/plan.hpp"
#include "sim/hooks.hpp"

namespace drydock::faults {

/// What a fault strikes: calls, which their callee answers as the verdict says, or something that
/// simply goes down.
enum class Target : std::uint8_t { call, platform, control_plane, instance };

[[nodiscard]] Target target_of(std::string_view on);

/// Whether a fault at `on` strikes calls of that name: its own, or, of a network, all that cross
/// it.
[[nodiscard]] bool meets_call(std::string_view on, std::string_view call);

/// The one moment of a call at which this fault has its say.
[[nodiscard]] sim::FaultPoint moment_of(const FaultSpec& fault);

/// Whether a fault with this error is one of time, for which `slow_by` says how much.
[[nodiscard]] bool takes_slow_by(std::string_view error);

/// What this fault does to a call.
[[nodiscard]] sim::Verdict verdict_of(const FaultSpec& fault);

/// Where the tape decides whether a fault happens: `cp/stop.fault`, `reviewer/heartbeat.fault`.
struct Place {
  std::string_view actor;
  std::string point;
};
/// `on` is a call's name or a process or `instance`; `workspace` an alias, empty when no workspace
/// is concerned.
[[nodiscard]] Place place_of(std::string_view on, std::string_view workspace);

}  // namespace drydock::faults
