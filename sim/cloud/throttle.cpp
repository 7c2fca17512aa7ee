#include "sim/cloud/throttle.hpp"

#include <algorithm>

namespace drydock::cloud {

TokenBucket::TokenBucket(const Rate& rate)
    : period_(sim::Duration{std::chrono::seconds{1}} / rate.per_second), capacity_(period_ * rate.capacity) {}

bool TokenBucket::holds(std::uint64_t tokens, sim::Instant now) const {
  return full_after(tokens, now) - now <= capacity_;
}

void TokenBucket::take(std::uint64_t tokens, sim::Instant now) { full_at_ = full_after(tokens, now); }

sim::Instant TokenBucket::full_after(std::uint64_t tokens, sim::Instant now) const {
  return std::max(full_at_, now) + period_ * static_cast<sim::Duration::rep>(tokens);
}

bool Throttle::admit(const ActionLimits& limits, std::uint64_t instances, sim::Instant now) {
  TokenBucket& requests = bucket(requests_, limits.bucket, limits.requests);
  if (!requests.holds(1, now)) return false;
  const bool counted = limits.instances.capacity > 0;
  if (counted && !bucket(instances_, limits.bucket, limits.instances).holds(instances, now)) return false;
  requests.take(1, now);
  return true;
}

bool Throttle::would_admit(const ActionLimits& limits, std::uint64_t requests, sim::Instant now) const {
  const auto known = requests_.find(limits.bucket);
  return (known == requests_.end() ? TokenBucket{limits.requests} : known->second).holds(requests, now);
}

void Throttle::charge(const ActionLimits& limits, std::uint64_t instances, sim::Instant now) {
  if (limits.instances.capacity == 0) return;
  bucket(instances_, limits.bucket, limits.instances).take(instances, now);
}

TokenBucket& Throttle::bucket(Buckets& buckets, std::string_view name, const Rate& rate) {
  return buckets.try_emplace(name, rate).first->second;
}

}  // namespace drydock::cloud
