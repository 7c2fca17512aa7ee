#include <algorithm>
#include <array>

#include "sim/cloud/sim_ec2.hpp"

// Eventual consistency: what a reader gets to see, and when (docs/cloud.md §4).

namespace drydock::cloud {
namespace {

/// There are three replicas; they are behind by the least, the typical and the greatest lag.
constexpr std::uint32_t kReplicas = 3;

}  // namespace

/// Returns the instant up to which the replica that this read meets has heard of everything; it knows of no later
/// change. Each read meets a replica of its own, and so may show less than the read before. When all replicas lag
/// alike, nothing is chosen. The adversary may make a replica lag further.
sim::Instant SimEc2::heard(const Ec2Action& action, sim::Subject subject) {
  const DurationRange& lag = profile_.visibility_lag;
  std::uint32_t replica = 0;
  if (!lag.is_point()) replica = choices_.choose(choices_.site(decider(subject), "ec2.read.replica"), kReplicas);
  const std::array<sim::Duration, kReplicas> lags{lag.lo, lag.typical(), lag.hi};
  const sim::Call call{action.fault_point, subject.workspace, subject.instance};
  const sim::Duration more = adversary_.decide(call, sim::FaultPoint::before_visibility).delay;
  return scheduler_.now() - lags.at(replica) - more;
}

/// Returns how long no call at all knows the id of a new instance: the region's own lag, and what the adversary adds.
sim::Duration SimEc2::visibility_lag(const Instance& instance) {
  const sim::Duration lag = choices_.draw(decider({instance.workspace}), "ec2.run.visibility", profile_.visibility_lag);
  const sim::Call call{actions::kRun.fault_point, instance.workspace, instance.name};
  return lag + adversary_.decide(call, sim::FaultPoint::before_visibility).delay;
}

/// Tells whether a reader that has heard everything up to `heard` sees the instance. A new id may be unknown for a
/// while. A terminated instance still answers for a while; then its id is unknown again (docs/cloud.md §1.4).
bool SimEc2::visible(const Instance& instance, sim::Instant heard) const {
  const bool known = scheduler_.now() >= instance.visible_from && heard >= instance.launched;
  return known && !gone(instance, heard);
}

bool SimEc2::is_settled() const {
  const sim::Instant now = scheduler_.now();
  return std::all_of(instances_.begin(), instances_.end(), [&](const Instance& instance) {
    return instance.visible_from <= now && instance.history.since(now) + profile_.visibility_lag.hi <= now;
  });
}

bool SimEc2::shows_until(std::string_view id, sim::Instant until) const {
  const Instance* instance = find(id);
  return instance != nullptr && !gone(*instance, until);
}

bool SimEc2::admits_describes(std::uint64_t calls) const {
  return throttle_.would_admit(actions::kDescribe.limits, calls, scheduler_.now());
}

bool SimEc2::gone(const Instance& instance, sim::Instant heard) const {
  return instance.terminated && heard >= *instance.terminated + profile_.terminated_visible;
}

}  // namespace drydock::cloud
