#include "model/controlplane/control_plane.hpp"

#include <fmt/format.h>

#include <array>

#include "sim/carry_out.hpp"
#include "sim/cloud/errors.hpp"

namespace drydock::model {

struct CpApi {
  std::string_view label;                                                // of the task that serves the call
  std::string_view latency;                                              // the decision about it: `cp.stop.latency`
  std::string_view fault_point = latency.substr(0, latency.rfind('.'));  // `cp.stop`
};

namespace {

/// An id that EC2 has given to no instance.
constexpr std::string_view kUnknownAtAws = "i-00000000000000000";

constexpr CpApi kStart{"cp start", "cp.start.latency"};
constexpr CpApi kStop{"cp stop", "cp.stop.latency"};
constexpr CpApi kEnsureImage{"cp ensure image", "cp.ensure_image.latency"};
constexpr CpApi kBackup{"cp backup", "cp.backup.latency"};
constexpr CpApi kStatus{"cp status", "cp.is_running.latency"};
// Calls that only read share the fault point of the status.
constexpr CpApi kList{"cp list", "cp.list.latency", kStatus.fault_point};
constexpr CpApi kFind{"cp find", "cp.find.latency", kStatus.fault_point};

CpAnswer no_answer_from(TransportError error) { return CpAnswer::of(0, std::string{to_text(error)}); }

CpAnswer answer_of(sim::CallFailure failure) {
  if (failure.timed_out) return no_answer_from(TransportError::deadline);
  const int http = is_snapshot_limit(failure.error) ? 503 : cloud::error_status(failure.error);
  return CpAnswer::of(http, std::move(failure.error));
}

constexpr std::array<std::string_view, 7> kCalled{"RunInstances",    "TerminateInstances", "DescribeInstances",
                                                  "DescribeVolumes", "DescribeSnapshots",  "CreateSnapshot",
                                                  "DeleteSnapshot"};

}  // namespace

std::span<const std::string_view> called_actions() { return kCalled; }

bool is_snapshot_limit(std::string_view code) {
  return code == "SnapshotCreationPerVolumeRateExceeded" || code == "ConcurrentSnapshotLimitExceeded";
}

CpAnswer CpAnswer::of(int http, std::string error) {
  CpAnswer answer;
  answer.http = http;
  answer.error = std::move(error);
  return answer;
}

bool CpAnswer::may_pass() const {
  const bool in_progress = http == 409 && error == kInProgress;
  return http == 0 || http == 408 || http == 429 || (http >= 500 && http <= 527) || in_progress;
}

/// Answers 503 when EC2 asked to come again later, 500 otherwise.
CpAnswer CpAnswer::refused_by_ec2(const cloud::Error& error) {
  return of(error.http == 503 ? 503 : 500, fmt::format("{}: {}", error.code, error.message));
}

ControlPlane::ControlPlane(sim::Scheduler& clock, sim::Choices& choices, sim::Record& record, sim::Adversary& adversary,
                           cloud::Ec2& ec2, const cloud::Profile& profile, const Directory& directory)
    : clock_(clock),
      choices_(choices),
      adversary_(adversary),
      ec2_(ec2),
      profile_(profile),
      directory_(directory),
      record_(record),
      service_(clock) {}

/// Requests that the process had sent to EC2 take effect; nobody hears the answers (docs/architecture.md, *How a crash
/// works*).
void ControlPlane::crash() {
  ec2_.caller_dies(service_.tasks());
  service_.crash();
  volumes_.clear();
  launching_.clear();
  image_pulling_ = false;
  sdk_tokens_ = {};
}

// --- the way there and back -----------------------------------------------------------------------------------------

sim::Task<CpAnswer> ControlPlane::call(sim::Context context, const CpApi* api, WorkspaceKey workspace,
                                       sim::Task<CpAnswer> handler) {
  if (context.ended(clock_.now())) co_return no_answer_from(TransportError::deadline);
  const sim::Call call{api->fault_point, directory_.name(workspace), sim::Name::none};
  sim::Verdict before = adversary_.decide(call, sim::FaultPoint::before_effect);
  if (before.adverse()) {
    std::optional<sim::CallFailure> refused = co_await sim::carry_out(clock_, context, std::move(before));
    if (refused) co_return answer_of(std::move(*refused));
  }
  const sim::Duration latency = choices_.draw(actor_of(workspace), api->latency, profile_.cp_latency);
  co_await clock_.pause_drawn(latency, profile_.cp_latency.typical());
  if (!service_.up()) co_return no_answer_from(TransportError::refused);
  const sim::OneShot<std::optional<CpAnswer>> reply;
  service_.serve(api->label, std::move(handler), reply);
  std::optional<std::optional<CpAnswer>> received = co_await reply.receive(clock_, context.until);
  if (!received) co_return no_answer_from(TransportError::deadline);
  if (!*received) co_return no_answer_from(TransportError::reset);
  if (!(*received)->ok()) co_return std::move(**received);  // nothing took effect
  sim::Verdict after = adversary_.decide(call, sim::FaultPoint::before_reply);
  if (after.adverse()) {
    std::optional<sim::CallFailure> lost = co_await sim::carry_out(clock_, context, std::move(after));
    if (lost) co_return answer_of(std::move(*lost));
  }
  co_return std::move(**received);
}

sim::Task<CpAnswer> ControlPlane::start(sim::Context context, StartRequest request) {
  const WorkspaceKey workspace = request.workspace;
  sim::Task<CpAnswer> handler = handle_start(std::move(request), context.until);
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

sim::Task<CpAnswer> ControlPlane::backup(sim::Context context, InstanceRequest request) {
  const WorkspaceKey workspace = request.workspace;
  sim::Task<CpAnswer> handler = handle_backup(std::move(request));
  co_return co_await call(context, &kBackup, workspace, std::move(handler));
}

sim::Task<CpAnswer> ControlPlane::ensure_image(sim::Context context, WorkspaceKey workspace, bool names_provider) {
  sim::Task<CpAnswer> handler = handle_ensure_image(workspace, names_provider);
  co_return co_await call(context, &kEnsureImage, workspace, std::move(handler));
}

sim::Task<CpAnswer> ControlPlane::list(sim::Context context) {
  sim::Task<CpAnswer> handler = handle_list();
  co_return co_await call(context, &kList, WorkspaceKey::none, std::move(handler));
}

sim::Task<CpAnswer> ControlPlane::find_launch(sim::Context context, WorkspaceKey workspace, std::string token) {
  sim::Task<CpAnswer> handler = handle_find(workspace, std::move(token));
  co_return co_await call(context, &kFind, workspace, std::move(handler));
}

/// Returns the actor to whom the decisions about a call belong: its workspace, or the control plane where it has none.
std::string_view ControlPlane::actor_of(WorkspaceKey workspace) const {
  return workspace == WorkspaceKey::none ? std::string_view{"cp"} : directory_.alias(workspace);
}

// --- the client of EC2 ----------------------------------------------------------------------------------------------

/// Returns the instant until which the client waits for an answer to what it sends now.
sim::Instant ControlPlane::sdk_deadline() const {
  return sdk_->timeout == sim::Duration{} ? sim::kNever : clock_.now() + sdk_->timeout;
}

/// Asks the row of the client what becomes of the call, and draws its pause. Where the call is sent again, `call` is
/// the next attempt; where it is not, `error` is what the client makes of it.
ControlPlane::SdkStep ControlPlane::after_failure(WorkspaceKey workspace, std::string_view action, cloud::Error& error,
                                                  SdkCall& call) {
  const SdkVerdict verdict = verdict_after(*sdk_, call, action, error);
  if (verdict.hangs) return {.hangs = true};
  if (!verdict.again) error = as_told(*sdk_, std::move(error));
  if (verdict.again && !sdk_tokens_.take(sdk_->quota, verdict.cost)) {
    if (sdk_->quota_hides_answer) error = quota_exhausted();
    return {};
  }
  if (!verdict.again && verdict.backoff == sim::DurationRange{}) return {};
  const sim::Duration drawn = choices_.draw(actor_of(workspace), "sdk.backoff", verdict.backoff);
  call = verdict.next;
  call.paid = verdict.cost;
  return {.again = verdict.again, .pause = pause_after(*sdk_, error, drawn)};
}

/// Returns the wait before the next look at a snapshot that is pending, as the client's waiter has it; without a waiter
/// it is the request's own. Nothing: the wait is given up now, because of the waiter's own limit or because `until` is
/// too near.
std::optional<sim::Duration> ControlPlane::before_next_poll(const StartRequest& request, int polls, bool failed,
                                                            sim::Instant until) {
  const sim::Duration left = until - clock_.now();
  const sim::Duration every = request.snapshot_poll;
  const SdkWaiter& waiter = sdk_->waiter;
  if (waiter.law == SdkPolls::own) return every < left ? std::optional{every} : std::nullopt;
  const sim::DurationRange range = poll_delay(waiter, polls, failed);
  const sim::Duration drawn = choices_.draw(actor_of(request.workspace), "sdk.waiter", range);
  return next_poll(waiter, polls, drawn, left);
}

// --- what the control plane does ------------------------------------------------------------------------------------

/// Returns the id that EC2 is asked about. The instance of another cloud is looked for at AWS where the call does not
/// say which cloud it is in, and AWS has none of that id (docs/platform.md §17.11).
std::string ControlPlane::asked_for(InstanceRequest request) const {
  const bool wrong_cloud = !request.names_provider && is_elsewhere(request.workspace);
  return wrong_cloud ? std::string{kUnknownAtAws} : std::move(request.instance_id);
}

/// Tells whether EC2 shows the snapshot in error; false where none is named, or it cannot be asked.
sim::Task<bool> ControlPlane::ended_in_error(WorkspaceKey workspace, std::string snapshot) {
  if (snapshot.empty()) co_return false;
  cloud::Result<Snapshots> shown = co_await snapshots_of(workspace);
  if (!shown) co_return false;
  co_return std::any_of(shown->begin(), shown->end(), [&](const cloud::SnapshotDescription& one) {
    return one.id == snapshot && one.state == cloud::SnapshotState::error;
  });
}

/// Deprovisions the instance. It succeeds also where the instance is already gone, and takes EC2's "not found" for gone
/// (docs/platform.md §15; docs/cloud.md §4 tells when that is wrong).
sim::Task<CpAnswer> ControlPlane::handle_stop(InstanceRequest request) {
  using Changes = std::vector<cloud::StateChange>;
  const WorkspaceKey workspace = request.workspace;
  const bool in_error = co_await ended_in_error(workspace, std::move(request.snapshot));
  if (in_error) co_return CpAnswer::of(kSnapshotInError, "the snapshot ended in error");
  std::function<sim::Task<cloud::Result<Changes>>(sim::Context)> send =
      [this, id = asked_for(std::move(request))](sim::Context context) {
        return ec2_.terminate_instances(context, {id});
      };
  cloud::Result<Changes> ended = co_await sdk<Changes>(workspace, "TerminateInstances", std::move(send));
  if (!ended && ended.error().code != "InvalidInstanceID.NotFound") co_return CpAnswer::refused_by_ec2(ended.error());
  co_return CpAnswer::of(200);
}

sim::Task<cloud::Result<std::vector<cloud::InstanceDescription>>> ControlPlane::describe(WorkspaceKey workspace,
                                                                                         std::string instance) {
  std::function<sim::Task<cloud::Result<Instances>>(sim::Context)> send = [this, instance](sim::Context context) {
    cloud::InstanceFilter filter;
    filter.ids = {instance};
    return ec2_.describe_instances(context, std::move(filter));
  };
  co_return co_await sdk<Instances>(workspace, "DescribeInstances", std::move(send));
}

sim::Task<cloud::Result<ControlPlane::Volumes>> ControlPlane::volumes_of(WorkspaceKey workspace) {
  std::function<sim::Task<cloud::Result<Volumes>>(sim::Context)> send = [this, workspace](sim::Context context) {
    return ec2_.describe_volumes(context, directory_.alias(workspace));
  };
  return sdk<Volumes>(workspace, "DescribeVolumes", std::move(send));
}

sim::Task<cloud::Result<ControlPlane::Snapshots>> ControlPlane::snapshots_of(WorkspaceKey workspace, bool is_poll) {
  std::function<sim::Task<cloud::Result<Snapshots>>(sim::Context)> send = [this, workspace](sim::Context context) {
    return ec2_.describe_snapshots(context, directory_.alias(workspace));
  };
  return sdk<Snapshots>(workspace, "DescribeSnapshots", std::move(send), SdkCall{.is_poll = is_poll});
}

sim::Task<CpAnswer> ControlPlane::handle_status(InstanceRequest request) {
  const WorkspaceKey workspace = request.workspace;
  cloud::Result<Instances> seen = co_await describe(workspace, asked_for(std::move(request)));
  CpAnswer answer = CpAnswer::of(200);
  if (seen) {
    answer.state = cloud::to_text(seen->front().state);
  } else if (seen.error().code == "InvalidInstanceID.NotFound") {
    answer.state = kUnknownState;
  } else {
    answer = CpAnswer::refused_by_ec2(seen.error());
  }
  co_return answer;
}

sim::Task<CpAnswer> ControlPlane::handle_find(WorkspaceKey workspace, std::string token) {
  std::function<sim::Task<cloud::Result<Instances>>(sim::Context)> send = [this, workspace](sim::Context context) {
    cloud::InstanceFilter filter;
    filter.workspace = directory_.alias(workspace);
    return ec2_.describe_instances(context, std::move(filter));
  };
  cloud::Result<Instances> seen = co_await sdk<Instances>(workspace, "DescribeInstances", std::move(send));
  if (!seen) co_return CpAnswer::refused_by_ec2(seen.error());
  for (const cloud::InstanceDescription& instance : *seen) {
    if (instance.client_token != token) continue;
    CpAnswer answer = CpAnswer::of(200);
    answer.instance_id = instance.id;
    answer.state = cloud::to_text(instance.state);
    co_return answer;
  }
  co_return CpAnswer::of(404, "no such launch");
}

sim::Task<CpAnswer> ControlPlane::handle_list() {
  using cloud::InstanceState;
  std::function<sim::Task<cloud::Result<Instances>>(sim::Context)> send = [this](sim::Context context) {
    cloud::InstanceFilter filter;
    filter.states = {InstanceState::pending, InstanceState::running, InstanceState::stopping, InstanceState::stopped};
    return ec2_.describe_instances(context, std::move(filter));
  };
  cloud::Result<Instances> seen = co_await sdk<Instances>(WorkspaceKey::none, "DescribeInstances", std::move(send));
  if (!seen) co_return CpAnswer::refused_by_ec2(seen.error());
  CpAnswer answer = CpAnswer::of(200);
  answer.instances = std::move(*seen);
  co_return answer;
}

}  // namespace drydock::model
