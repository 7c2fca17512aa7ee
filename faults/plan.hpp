#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/choices.hpp"
#include "sim/time.hpp"

namespace drydock::faults {

using sim::Duration;

/// Fires on the nth event of a kind (`{"event","where"?,"nth","delay"?}`).
struct EventTrigger {
  std::string event;
  /// Detail key → value, as JSON text (`"pm"`, `3`, `true`).
  std::map<std::string, std::string> where;
  std::uint32_t nth = 1;
  Duration delay{};
};

/// One scripted fault, as a scenario file writes it (docs/scenarios.md, *Faults*). Exactly one trigger is set.
struct FaultSpec {
  std::string name;  // given, or made from `on` and `error`
  std::string on;
  std::optional<std::string> workspace;  // alias; absent = any
  std::string error;
  bool applied = false;             // `effect`: it took effect and the reply was lost
  std::optional<Duration> slow_by;  // of slow, lag, lingers; absent = the error's own default
  // Of an error with which EC2, or a proxy before it, answers:
  int status = 0;          // the HTTP status; 0: the error's own
  Duration retry_after{};  // whole seconds; 0: the answer does not say

  std::optional<Duration> at;
  std::optional<std::pair<Duration, Duration>> window;  // from, until (from + for)
  std::vector<std::uint32_t> nth;                       // these calls, from 1
  std::optional<EventTrigger> when;

  sim::Probability probability{sim::Probability::kOne};
  std::optional<std::uint32_t> limit;
  Duration down = std::chrono::seconds{5};    // a crash: how long the process stays away
  std::optional<Duration> back_after;         // stopped: when somebody starts it again; absent = nobody does
  Duration notice = std::chrono::minutes{2};  // interrupted: from the notice to the interruption
};

}  // namespace drydock::faults
