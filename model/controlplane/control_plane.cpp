#include "model/controlplane/control_plane.hpp"

#include <fmt/format.h>

#include "sim/cloud/errors.hpp"

namespace drydock::model {
namespace {

/// How long the control plane's SDK waits for an EC2 answer (docs/cloud.md §6.2).
constexpr sim::Duration kSdkTimeout = std::chrono::seconds{60};

CpAnswer no_answer_from(TransportError error) {
  return {.http = 0, .error = std::string{to_text(error)}, .instance_id = {}, .state = {}};
}

/// What the control plane answers when EC2 refused: 503 when EC2 asked to come again later, 500 otherwise.
CpAnswer refused_by_ec2(const cloud::Error& error) {
  return {.http = error.http == 503 ? 503 : 500,
          .error = fmt::format("{}: {}", error.code, error.message),
          .instance_id = {},
          .state = {}};
}

}  // namespace

const ControlPlane::Api ControlPlane::kStart{"cp.start", "cp.start.latency", "cp start"};
const ControlPlane::Api ControlPlane::kStop{"cp.stop", "cp.stop.latency", "cp stop"};
const ControlPlane::Api ControlPlane::kStatus{"cp.is_running", "cp.is_running.latency",
                                              "cp status"};

ControlPlane::ControlPlane(sim::Scheduler& clock, sim::Choices& choices, sim::Adversary& adversary,
                           cloud::Ec2& ec2, const cloud::Profile& profile,
                           const Directory& directory)
    : clock_(clock),
      choices_(choices),
      adversary_(adversary),
      ec2_(ec2),
      profile_(profile),
      directory_(directory),
      service_(clock) {}

// --- the way there and back -----------------------------------------------------------------------------------------

sim::Task<std::optional<CpAnswer>> ControlPlane::obey(sim::Context context, sim::Verdict verdict) {
  if (verdict.delay > sim::Duration{}) {
    const bool waited = co_await clock_.sleep(context, verdict.delay);
    if (!waited) co_return no_answer_from(TransportError::deadline);
  }
  switch (verdict.what) {
    case sim::Verdict::What::pass:
      co_return std::nullopt;
    case sim::Verdict::What::fail:
      co_return CpAnswer{.http = cloud::error_status(verdict.error),
                         .error = std::move(verdict.error),
                         .instance_id = {},
                         .state = {}};
    case sim::Verdict::What::lose:
      break;
  }
  co_await clock_.pause_until(context.until);
  co_return no_answer_from(TransportError::deadline);
}

sim::Task<CpAnswer> ControlPlane::call(sim::Context context, const Api* api, WorkspaceKey workspace,
                                       sim::Task<CpAnswer> handler) {
  if (context.ended(clock_.now())) co_return no_answer_from(TransportError::deadline);
  const sim::Call call{api->fault_point, directory_.name(workspace), sim::Name::none};
  sim::Verdict before = adversary_.decide(call, sim::FaultPoint::before_effect);
  std::optional<CpAnswer> refused = co_await obey(context, std::move(before));
  if (refused) co_return std::move(*refused);
  const sim::Duration latency =
      choices_.draw(directory_.alias(workspace), api->latency, profile_.cp_latency);
  co_await clock_.pause_drawn(latency, profile_.cp_latency.typical());
  if (!service_.up()) co_return no_answer_from(TransportError::refused);
  const sim::OneShot<std::optional<CpAnswer>> reply;
  service_.serve(api->label, std::move(handler), reply);
  std::optional<std::optional<CpAnswer>> received = co_await reply.receive(clock_, context.until);
  if (!received) co_return no_answer_from(TransportError::deadline);
  if (!*received) co_return no_answer_from(TransportError::reset);
  if (!(*received)->ok()) co_return std::move(**received);  // nothing took effect
  sim::Verdict after = adversary_.decide(call, sim::FaultPoint::before_reply);
  std::optional<CpAnswer> lost = co_await obey(context, std::move(after));
  if (lost) co_return std::move(*lost);
  co_return std::move(**received);
}

sim::Task<CpAnswer> ControlPlane::start(sim::Context context, StartRequest request) {
  const WorkspaceKey workspace = request.workspace;
  sim::Task<CpAnswer> handler = handle_start(std::move(request));
  co_return co_await call(context, &kStart, workspace, std::move(handler));
}

sim::Task<CpAnswer> ControlPlane::stop(sim::Context context, InstanceRequest request) {
  const WorkspaceKey workspace = request.workspace;
  sim::Task<CpAnswer> handler = handle_stop(std::move(request));
  co_return co_await call(context, &kStop, workspace, std::move(handler));
}

sim::Task<CpAnswer> ControlPlane::status(sim::Context context, InstanceRequest request) {
  const WorkspaceKey workspace = request.workspace;
  sim::Task<CpAnswer> handler = handle_status(std::move(request));
  co_return co_await call(context, &kStatus, workspace, std::move(handler));
}

// --- what the control plane does ------------------------------------------------------------------------------------

/// One launch with a ClientToken of its own: a call that the tenant makes again is another launch.
sim::Task<CpAnswer> ControlPlane::handle_start(StartRequest request) {
  const sim::Context context{clock_.now() + kSdkTimeout};
  cloud::RunInstancesRequest launch;
  launch.workspace = directory_.alias(request.workspace);
  launch.client_token = fmt::format("{}-{}", launch.workspace.substr(0, 40), ++launches_);
  launch.user_data = std::move(request.user_data);
  cloud::Result<cloud::InstanceDescription> launched =
      co_await ec2_.run_instances(context, std::move(launch));
  if (!launched) co_return refused_by_ec2(launched.error());
  co_return CpAnswer{.http = 201,
                     .error = {},
                     .instance_id = launched->id,
                     .state = std::string{cloud::to_text(launched->state)}};
}

/// Deprovisioning succeeds again on what is already gone; "not found" is read as gone (docs/platform.md §15, and what
/// docs/cloud.md §4 says of that reading).
sim::Task<CpAnswer> ControlPlane::handle_stop(InstanceRequest request) {
  const sim::Context context{clock_.now() + kSdkTimeout};
  std::vector<std::string> ids{request.instance_id};
  cloud::Result<std::vector<cloud::StateChange>> ended =
      co_await ec2_.terminate_instances(context, std::move(ids));
  if (!ended && ended.error().code != "InvalidInstanceID.NotFound")
    co_return refused_by_ec2(ended.error());
  co_return CpAnswer{.http = 200, .error = {}, .instance_id = {}, .state = {}};
}

sim::Task<CpAnswer> ControlPlane::handle_status(InstanceRequest request) {
  const sim::Context context{clock_.now() + kSdkTimeout};
  cloud::InstanceFilter named;
  named.ids.push_back(request.instance_id);
  cloud::Result<std::vector<cloud::InstanceDescription>> seen =
      co_await ec2_.describe_instances(context, std::move(named));
  if (!seen && seen.error().code == "InvalidInstanceID.NotFound") {
    co_return CpAnswer{.http = 200, .error = {}, .instance_id = {}, .state = "terminated"};
  }
  if (!seen) co_return refused_by_ec2(seen.error());
  co_return CpAnswer{.http = 200,
                     .error = {},
                     .instance_id = {},
                     .state = std::string{cloud::to_text(seen->front().state)}};
}

}  // namespace drydock::model
