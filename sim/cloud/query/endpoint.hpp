#pragma once

#include <cstdint>

#include "sim/cloud/query/message.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/scheduler.hpp"
#include "sim/task.hpp"

namespace drydock::cloud::query {

/// The EC2 Query API of a simulated region, for clients that know nothing of Drydock (docs/cloud.md §7).
class Endpoint {
 public:
  /// `start_unix_us` is the instant of time zero in microseconds since the Unix epoch: the times in answers follow from
  /// it. The region and the scheduler outlive the endpoint.
  Endpoint(SimEc2& ec2, sim::Scheduler& scheduler, std::int64_t start_unix_us);

  /// Serves one request. Whatever a client sends is answered, by EC2's own error documents where it is wrong; nothing
  /// that it sends makes this throw. An answer that does not come before the context ends is `Ending::silent`.
  sim::Task<Answer> serve(sim::Context context, Request request);

 private:
  SimEc2& ec2_;
  sim::Scheduler& scheduler_;
  std::int64_t start_unix_us_;
  std::uint64_t requests_ = 0;
};

}  // namespace drydock::cloud::query
