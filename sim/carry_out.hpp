#pragma once

#include <optional>
#include <string>

#include "sim/hooks.hpp"
#include "sim/scheduler.hpp"

namespace drydock::sim {

/// Tells a caller why there is no answer.
struct CallFailure {
  bool timed_out = false;  // nothing: its context ended first
  std::string error;       // otherwise the verdict's error, as Verdict::error says it
  int status = 0;          // and what else it says of the answer
  Duration retry_after{};
};

/// Carries out what the adversary decided about a call, on behalf of the service that was called: waits for the delay,
/// then passes (no value), fails, or stays silent. The end of `context` ends the delay and the silence; with a context
/// that has no deadline the silence is for good. Each service maps the failure to an error of its own.
Task<std::optional<CallFailure>> carry_out(Scheduler& clock, Context context, Verdict verdict);

}  // namespace drydock::sim
