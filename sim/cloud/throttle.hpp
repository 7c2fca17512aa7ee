#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>

#include "sim/time.hpp"

namespace drydock::cloud {

/// Says how many tokens a bucket holds, and how many come back in a second.
struct Rate {
  std::uint32_t capacity = 0;
  std::uint32_t per_second = 0;
};

/// The limits of one action (docs/cloud.md §3). Its buckets are its own: it shares none with other actions.
struct ActionLimits {
  /// The name of the buckets: the action's, or another one for a Describe of everything.
  std::string_view bucket;
  /// The bucket of requests: a call takes one token.
  Rate requests;
  /// The bucket of instances: a call takes a token for each instance that it affects. Capacity 0: there is no such
  /// bucket.
  Rate instances{};
};

/// A bucket of tokens, full at first. While it is not full, a token comes back after each `1 s / per_second`.
class TokenBucket {
 public:
  explicit TokenBucket(const Rate& rate);

  [[nodiscard]] bool holds(std::uint64_t tokens, sim::Instant now) const;
  void take(std::uint64_t tokens, sim::Instant now);

 private:
  [[nodiscard]] sim::Instant full_after(std::uint64_t tokens, sim::Instant now) const;

  sim::Duration period_;
  sim::Duration capacity_;  // how long an empty one takes to fill
  /// The instant at which the bucket is full again if nothing more is taken. Its whole state follows from this instant.
  sim::Instant full_at_ = sim::Instant::min();
};

/// The buckets of one account in one region.
class Throttle {
 public:
  /// Lets a request in and takes its token. Returns false, and takes nothing, when a token is missing: that of the
  /// request, or one for each instance that the request is about.
  [[nodiscard]] bool admit(const ActionLimits& limits, std::uint64_t instances, sim::Instant now);
  /// Tells whether so many requests would be let in at once; takes nothing.
  [[nodiscard]] bool would_admit(const ActionLimits& limits, std::uint64_t requests, sim::Instant now) const;
  /// Takes the tokens of the instances that an admitted request affected.
  void charge(const ActionLimits& limits, std::uint64_t instances, sim::Instant now);

 private:
  using Buckets = std::map<std::string_view, TokenBucket, std::less<>>;
  static TokenBucket& bucket(Buckets& buckets, std::string_view name, const Rate& rate);

  Buckets requests_;
  Buckets instances_;
};

}  // namespace drydock::cloud
