#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>

#include "sim/time.hpp"

namespace drydock::cloud {

/// How many tokens a bucket holds, and how many come back in a second.
struct Rate {
  std::uint32_t capacity = 0;
  std::uint32_t per_second = 0;
};

/// The buckets of one action (docs/cloud.md §3). They are the action's own: its category is none.
struct ActionLimits {
  /// Which bucket: the action, and for a Describe of everything one beside it.
  std::string_view bucket;
  /// A token is one request.
  Rate requests;
  /// A token is one instance affected; without a capacity there is no such bucket.
  Rate instances{};
};

/// Full at first. While it is not, a token comes back each `1 s / per_second`; what would not fit
/// is discarded.
class TokenBucket {
 public:
  explicit TokenBucket(const Rate& rate);

  [[nodiscard]] bool holds(std::uint64_t tokens, sim::Instant now) const;
  void take(std::uint64_t tokens, sim::Instant now);

 private:
  [[nodiscard]] sim::Instant full_after(std::uint64_t tokens, sim::Instant now) const;

  sim::Duration period_;
  sim::Duration capacity_;  // how long an empty one takes to fill
  /// When it is full again, if nothing more is taken: all that has to be known about it.
  sim::Instant full_at_ = sim::Instant::min();
};

/// The buckets of one account in one region.
class Throttle {
 public:
  /// Lets a request in and takes its token. False, and nothing is taken, where that one is missing
  /// or one for each of the instances that the request is about.
  [[nodiscard]] bool admit(const ActionLimits& limits, std::uint64_t instances, sim::Instant now);
  /// The request was let in, and these instances were affected.
  void charge(const ActionLimits& limits, std::uint64_t instances, sim::Instant now);

 private:
  using Buckets = std::map<std::string_view, TokenBucket, std::less<>>;
  static TokenBucket& bucket(Buckets& buckets, std::string_view name, const Rate& rate);

  Buckets requests_;
  Buckets instances_;
};

}  // namespace drydock::cloud
