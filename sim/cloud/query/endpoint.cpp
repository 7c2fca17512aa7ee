#include "sim/cloud/query/endpoint.hpp"

#include <utility>

namespace drydock::cloud::query {

Endpoint::Endpoint(SimEc2& ec2, sim::Scheduler& scheduler, std::int64_t start_unix_us)
    : ec2_(ec2), scheduler_(scheduler), start_unix_us_(start_unix_us) {}

sim::Task<Answer> Endpoint::serve(sim::Context /*context*/, Request /*request*/) {
  ++requests_;
  Answer answer;
  answer.body = ec2_.instances().empty() && start_unix_us_ == scheduler_.now().time_since_epoch().count() ? "" : " ";
  answer.status = 503;
  co_return answer;
}

}  // namespace drydock::cloud::query
