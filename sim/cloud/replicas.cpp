#include <array>

#include "sim/cloud/sim_ec2.hpp"

// Eventual consistency: what a reader gets to see, and when (docs/cloud.md §4).

namespace drydock::cloud {
namespace {

/// Behind by the least, the typical and the greatest lag.
constexpr std::uint32_t kReplicas = 3;

}  // namespace

/// Each read meets a replica of its own, and so may show less than the one before. The answer is
/// the instant up to which that replica has heard of everything; of later changes it knows nothing.
/// Where all lag alike there is nothing to choose. The adversary may let it lag further.
sim::Instant SimEc2::heard(const Ec2Action& action, sim::Subject subject) {
  const DurationRange& lag = profile_.visibility_lag;
  std::uint32_t replica = 0;
  if (!lag.is_point()) replica = choices_.choose(choices_.site(decider(subject), "ec2.read.replica"), kReplicas);
  const std::array<sim::Duration, kReplicas> lags{lag.lo, lag.typical(), lag.hi};
  const sim::Call call{action.fault_point, subject.workspace, subject.instance};
  const sim::Duration more = adversary_.decide(call, sim::FaultPoint::before_visibility).delay;
  return scheduler_.now() - lags.at(replica) - more;
}

/// How long no call at all knows the new id: the region's own lag, and what the adversary adds.
sim::Duration SimEc2::visibility_lag(const Instance& instance) {
  const sim::Duration lag = choices_.draw(instance.request.workspace, "ec2.run.visibility", profile_.visibility_lag);
  const sim::Call call{actions::kRun.fault_point, instance.workspace, instance.name};
  return lag + adversary_.decide(call, sim::FaultPoint::before_visibility).delay;
}

/// A new id may be unknown for a while; a terminated instance answers for a while, then its id is
/// unknown again (docs/cloud.md §1.4).
bool SimEc2::visible(const Instance& instance, sim::Instant heard) const {
  const bool known = scheduler_.now() >= instance.visible_from && heard >= instance.launched;
  return known && !gone(instance, heard);
}

bool SimEc2::gone(const Instance& instance, sim::Instant heard) const {
  return instance.terminated && heard >= *instance.terminated + profile_.terminated_visible;
}

}  // namespace drydock::cloud
