#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "faults/plan.hpp"
#include "sim/hooks.hpp"

namespace drydock::faults {

/// Says what a fault strikes: a call, which its callee answers as the verdict says, or something that simply goes down.
enum class Target : std::uint8_t { call, platform, control_plane, instance };

[[nodiscard]] Target target_of(std::string_view on);

/// Tells whether a fault at `on` strikes calls named `call`: `on` is that name, or a network that such calls cross.
[[nodiscard]] bool meets_call(std::string_view on, std::string_view call);

/// Returns the one moment of a call at which this fault strikes.
[[nodiscard]] sim::FaultPoint moment_of(const FaultSpec& fault);

/// Tells whether the error is a clock that is wrong.
[[nodiscard]] bool shifts_clock(std::string_view error);
/// Returns by how much such a clock is ahead; negative: behind.
[[nodiscard]] Duration clock_shift(const FaultSpec& fault);
/// Tells whether a fault with this error only takes time, or moves a clock; `slow_by` then says how much.
[[nodiscard]] bool takes_slow_by(std::string_view error);

/// Tells whether a fault with this error says beforehand that it comes; `notice` then says how long before.
[[nodiscard]] bool gives_notice(std::string_view error);

/// Tells whether somebody answers in EC2's place with this error, so that `status` and `retry_after` may say more.
[[nodiscard]] bool is_an_answer(std::string_view on, std::string_view error);

/// Tells whether no search adds this fault but by its name: somebody does it by hand, or it is of a world that only
/// some scenarios have (images, agents that work, clients of another kind than the control plane), or no search adds
/// it at all (a clock).
[[nodiscard]] bool is_by_name_only(std::string_view on, std::string_view error);

/// Returns the verdict with which this fault answers a call.
[[nodiscard]] sim::Verdict verdict_of(const FaultSpec& fault);

/// Names the site at which the tape decides whether a fault happens: `cp/stop.fault`, `reviewer/heartbeat.fault`.
struct Place {
  std::string_view actor;
  std::string point;
};
/// Returns that place for a fault at `on`: the name of a call, a process or `instance`. `workspace` is an alias; it is
/// empty when no workspace is concerned.
[[nodiscard]] Place place_of(std::string_view on, std::string_view workspace);

}  // namespace drydock::faults
