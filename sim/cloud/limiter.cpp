#include "sim/cloud/limiter.hpp"

#include <algorithm>

namespace drydock::cloud {
namespace {

using Kind = SnapshotLimit::Kind;

/// Returns the instant at which the last of the taken tokens will be back, if no other token is taken.
sim::Instant full_at(const SnapshotLimit& limit, std::span<const sim::Instant> accepted) {
  sim::Instant full = sim::Instant::min();
  for (const sim::Instant at : accepted) full = std::max(full, at) + limit.period;
  return full;
}

sim::Instant earliest(const SnapshotLimit& limit, std::span<const sim::Instant> accepted) {
  switch (limit.kind) {
    case Kind::none:
      return sim::Instant::min();
    case Kind::spacing:
      return accepted.back() + limit.period;
    case Kind::window:
      if (accepted.size() < limit.count) return sim::Instant::min();
      return accepted[accepted.size() - limit.count] + limit.period;
    case Kind::bucket:
      // The first token is back when all the others are still missing.
      return full_at(limit, accepted) - (limit.count - 1) * limit.period;
  }
  return sim::kNever;
}

}  // namespace

sim::Instant next_accept(const SnapshotLimit& limit, std::span<const sim::Instant> accepted, sim::Instant now) {
  const bool counts = limit.kind == Kind::bucket || limit.kind == Kind::window;
  if (counts && limit.count == 0) return sim::kNever;
  return accepted.empty() ? now : std::max(now, earliest(limit, accepted));
}

void SnapshotLimiter::take(sim::Instant now) {
  forget(now);
  accepted_.push_back(now);
}

void SnapshotLimiter::forget(sim::Instant now) {
  switch (limit_.kind) {
    case Kind::none:
    case Kind::spacing:
      accepted_.clear();
      return;
    case Kind::window:
      std::erase_if(accepted_, [&](sim::Instant at) { return at + limit_.period <= now; });
      return;
    case Kind::bucket:
      if (!accepted_.empty() && full_at(limit_, accepted_) <= now) accepted_.clear();
      return;
  }
}

}  // namespace drydock::cloud
