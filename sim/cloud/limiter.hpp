#pragma once

#include <span>
#include <vector>

#include "sim/cloud/profile.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {

/// Returns the first instant, not before `now`, at which another CreateSnapshot of a lineage is accepted (docs/cloud.md
/// §2.4). `accepted` gives the instants of the calls accepted before, in order and none after `now`. Returns `kNever`
/// under a limit that accepts no call.
///
///     bucket   `count` tokens, full at first; while it is not full one comes back each `period`
///     window   at most `count` in any `period`; one accepted exactly a `period` ago counts no more
///     spacing  the last one, and `period`
[[nodiscard]] sim::Instant next_accept(const SnapshotLimit& limit, std::span<const sim::Instant> accepted,
                                       sim::Instant now);

/// The limiter of one lineage. Only accepted calls (`take`) count: a refused call costs nothing.
class SnapshotLimiter {
 public:
  explicit SnapshotLimiter(const SnapshotLimit& limit) : limit_(limit) {}

  [[nodiscard]] bool accepts(sim::Instant now) const { return next_accept(limit_, accepted_, now) <= now; }
  void take(sim::Instant now);

 private:
  void forget(sim::Instant now);

  SnapshotLimit limit_;
  std::vector<sim::Instant> accepted_;  // those that may still matter
};

}  // namespace drydock::cloud
