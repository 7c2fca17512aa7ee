#include "sim/carry_out.hpp"

#include <utility>

namespace drydock::sim {

Task<std::optional<CallFailure>> carry_out(Scheduler& clock, Context context, Verdict verdict) {
  const CallFailure timed_out{.timed_out = true, .error = {}};
  if (verdict.delay > Duration{}) {
    const bool waited = co_await clock.sleep(context, verdict.delay);
    if (!waited) co_return timed_out;
  }
  switch (verdict.what) {
    case Verdict::What::pass:
      co_return std::nullopt;
    case Verdict::What::fail:
      co_return CallFailure{.timed_out = false,
                            .error = std::move(verdict.error),
                            .status = verdict.status,
                            .retry_after = verdict.retry_after};
    case Verdict::What::lose:
      break;
  }
  co_await clock.pause_until(context.until);
  co_return timed_out;
}

}  // namespace drydock::sim
