#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sim/carry_out.hpp"
#include "sim/cloud/errors.hpp"
#include "sim/cloud/sim_ec2.hpp"

// How every call of the API runs, whatever it does: the adversary, the way, the effect, the reply.

namespace drydock::cloud {

[[nodiscard]] inline Error timed_out() { return {"RequestTimeout", 0, "no answer before the caller's deadline"}; }

/// Puts the failure of a call into EC2's terms.
[[nodiscard]] inline Error error_of(sim::CallFailure failure) {
  if (failure.timed_out) return timed_out();
  const int http = failure.status != 0 ? failure.status : error_status(failure.error);
  return {std::move(failure.error), http, "injected", failure.retry_after};
}

/// Returns how many instances a request is about (docs/cloud.md §3, the resource buckets).
template <typename Request>
std::uint64_t instances_of(const Request& /*request*/) {
  return 1;
}
inline std::uint64_t instances_of(const std::vector<std::string>& ids) { return ids.size(); }
inline std::uint64_t instances_of(const LaunchRequest& request) { return request.max_count; }
inline std::uint64_t instances_of(const StopInstancesRequest& request) { return request.ids.size(); }

template <typename T, typename Request>
class SimEc2::RequestInTransit final : public SimEc2::InTransit {
 public:
  RequestInTransit(SimEc2& region, sim::Context context, const Ec2Action* action, sim::Subject subject,
                   Request* request, Effect<T, Request> effect)
      : InTransit(region), context_(context), action_(action), subject_(subject), request_(request), effect_(effect) {}

  /// Notes when the adversary's delay ends.
  void leaves_hands(sim::Instant at) { free_at_ = at; }
  /// Notes when the request reaches EC2, once its latency is drawn.
  void arrives(sim::Instant at) { arrives_at_ = at; }

  sim::Task<void> go_on() override {
    const sim::Instant now = region_.scheduler_.now();
    Transit rest;
    if (arrives_at_) {
      rest.latency = *arrives_at_ - now;
    } else {
      rest.delay = free_at_ - now;
    }
    return region_.serve_late<T, Request>(context_, action_, subject_, std::move(*request_), effect_, rest,
                                          sim::OneShot<Result<T>>{});
  }

 private:
  sim::Context context_;
  const Ec2Action* action_;
  sim::Subject subject_;
  Request* request_;  // in the caller's frame
  Effect<T, Request> effect_;
  sim::Instant free_at_{};
  std::optional<sim::Instant> arrives_at_;
};

/// Sends a request and awaits its answer. A request that has left its caller is served, however long it is on its way.
/// One that outlasts its caller goes on in a task of the cloud and takes effect although nobody hears the answer
/// (docs/cloud.md §5.3). A caller may stop waiting at its deadline, or die while the request is on its way
/// (`caller_dies`).
template <typename T, typename Request>
sim::Task<Result<T>> SimEc2::call(sim::Context context, const Ec2Action* action, sim::Subject subject, Request request,
                                  Effect<T, Request> effect) {
  if (context.ended(scheduler_.now())) co_return tl::unexpected(timed_out());  // it never leaves
  const sim::Call asked{action->fault_point, subject.workspace, subject.instance};
  sim::Verdict verdict = adversary_.decide(asked, sim::FaultPoint::before_effect);
  if (!verdict.passes()) {
    std::optional<sim::CallFailure> stopped = co_await sim::carry_out(scheduler_, context, std::move(verdict));
    co_return tl::unexpected(refuse(*action, subject, error_of(std::move(*stopped))));
  }
  Transit way{.delay = verdict.delay, .latency = {}};
  RequestInTransit<T, Request> sent(*this, context, action, subject, &request, effect);
  if (way.delay > sim::Duration{} && scheduler_.now() + way.delay <= context.until) {
    sent.leaves_hands(scheduler_.now() + way.delay);
    co_await scheduler_.pause(way.delay);
    way.delay = {};
  }
  const sim::Duration latency = draw_latency(*action, subject);
  way.latency = latency;
  if (scheduler_.now() + way.delay + latency > context.until) {
    sent.arrived();  // from here on it has its own task
    const sim::OneShot<Result<T>> answer;
    scheduler_.spawn(tasks_, action->name,
                     serve_late<T, Request>(context, action, subject, std::move(request), effect, way, answer));
    std::optional<Result<T>> heard = co_await answer.receive(scheduler_, context.until);
    if (!heard) co_return tl::unexpected(timed_out());
    co_return std::move(*heard);
  }
  sent.arrives(scheduler_.now() + latency);
  co_await scheduler_.pause_drawn(latency, profile_.api_latency.of(action->name).typical());
  sent.arrived();
  co_return co_await serve<T, Request>(context, action, subject, std::move(request), effect);
}

/// Lets a request that has arrived take effect, and replies. The reply may still be lost.
template <typename T, typename Request>
sim::Task<Result<T>> SimEc2::serve(sim::Context context, const Ec2Action* action, sim::Subject subject, Request request,
                                   Effect<T, Request> effect) {
  std::optional<Error> throttling = throttled(*action, instances_of(request));
  if (throttling) co_return tl::unexpected(refuse(*action, subject, std::move(*throttling)));
  Result<T> result = (this->*effect)(request, subject);
  if (!result) co_return tl::unexpected(refuse(*action, subject, std::move(result).error()));
  throttle_.charge(action->limits, instances_of(request), scheduler_.now());
  const sim::Call served{action->fault_point, subject.workspace, subject.instance};
  sim::Verdict verdict = adversary_.decide(served, sim::FaultPoint::before_reply);
  if (verdict.adverse()) {
    std::optional<sim::CallFailure> lost = co_await sim::carry_out(scheduler_, context, std::move(verdict));
    if (lost) co_return tl::unexpected(error_of(std::move(*lost)));
  }
  co_return result;
}

template <typename T, typename Request>
sim::Task<void> SimEc2::serve_late(sim::Context context, const Ec2Action* action, sim::Subject subject, Request request,
                                   Effect<T, Request> effect, Transit way, sim::OneShot<Result<T>> answer) {
  if (way.delay > sim::Duration{}) co_await scheduler_.pause(way.delay);
  const sim::Duration latency = way.latency ? *way.latency : draw_latency(*action, subject);
  co_await scheduler_.pause_drawn(latency, profile_.api_latency.of(action->name).typical());
  Result<T> result = co_await serve<T, Request>(context, action, subject, std::move(request), effect);
  answer.send(std::move(result));
}

}  // namespace drydock::cloud
