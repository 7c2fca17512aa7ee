#include "model/platform/backups.hpp"

#include <fmt/format.h>

#include "model/kinds.hpp"

namespace drydock::model {

using sim::Context;
using sim::Task;

Backups::Backups(sim::Scheduler& clock, sim::Record& record, Store& store, ControlPlane& control_plane,
                 const Directory& directory, const Policy& policy)
    : clock_(clock),
      record_(record),
      store_(store),
      control_plane_(control_plane),
      directory_(directory),
      policy_(policy),
      actor_(record.name("platform")) {}

StopPermit Backups::without_leg() const {
  StopPermit permit;
  permit.any_instance_ = true;
  permit.event_ = record_.current_cause();
  return permit;
}

StopPermit Backups::of_removed() const { return without_leg(); }

Task<Permit> Backups::cover(Context context, WorkspaceKey key, bool accepts_state_loss) {
  if (policy_.backup_storage != Storage::snapshot_before_stop) co_return without_leg();
  DbResult<std::string> instance = co_await store_.instance_id(context, key);
  if (!instance) {
    BackupRefusal refusal;
    refusal.error = std::move(instance.error().message);
    refusal.retry_after = retry_after({});
    if (fails_closed()) co_return tl::unexpected(std::move(refusal));
    co_return without_leg();
  }
  // Nothing is to be stopped, so nothing to be saved. If the row names an instance at the stop, it is covered then.
  if (instance->empty()) {
    StopPermit nothing;
    nothing.accepts_state_loss_ = accepts_state_loss;
    nothing.event_ = record_.current_cause();
    co_return nothing;
  }
  InstanceRequest request;
  request.workspace = key;
  request.instance_id = std::move(*instance);
  co_return co_await take(context, std::move(request), accepts_state_loss);
}

Task<Permit> Backups::cover_instance(Context context, WorkspaceKey key, std::string instance, bool accepts_state_loss) {
  if (policy_.backup_storage != Storage::snapshot_before_stop) co_return without_leg();
  DbResult<std::string> named = co_await store_.instance_id(context, key);
  InstanceRequest request;
  request.workspace = key;
  request.divergent = named && *named != instance;
  request.instance_id = std::move(instance);
  co_return co_await take(context, std::move(request), accepts_state_loss);
}

Task<Permit> Backups::cover_owed(Context context, OutboxRow owed) {
  if (policy_.backup_storage != Storage::snapshot_before_stop) co_return without_leg();
  InstanceRequest request;
  request.workspace = owed.workspace;
  request.divergent = owed.divergent;
  request.instance_id = std::move(owed.instance_id);
  co_return co_await take(context, std::move(request), false);
}

Task<Permit> Backups::take(Context context, InstanceRequest request, bool accepts_state_loss) {
  const WorkspaceKey key = request.workspace;
  std::string instance = request.instance_id;
  const sim::Subject subject{directory_.name(key), record_.name(instance)};
  StopPermit permit;
  permit.instance_ = instance;
  permit.accepts_state_loss_ = accepts_state_loss;
  permit.event_ = record_.emit(kind::backup_attempt, actor_, subject, {{"divergent", request.divergent}});
  const sim::CauseScope scope(record_, permit.event_);
  const Context http = context.with_deadline(clock_.now() + policy_.time_cp_client_timeout);
  request.clears_failed = policy_.backup_clears_failed;
  const bool may_be_restored = !request.divergent;
  CpAnswer answer = co_await control_plane_.backup(http, std::move(request));
  if (policy_.backup_names_snapshot && may_be_restored && !answer.snapshot_id.empty())
    answer = co_await write_down(context, key, std::move(answer));
  permit.snapshot_ = answer.ok() ? answer.snapshot_id : std::string{};
  if (answer.ok()) co_return permit;
  BackupRefusal refusal;
  refusal.instance_id = std::move(instance);
  refusal.error = fmt::format("backup: {} {}", answer.http, answer.error);
  refusal.retry_after = retry_after(answer);
  record_.emit(
      kind::backup_failed, actor_, subject,
      {{"http", answer.http}, {"error", answer.error}, {"retry_after", refusal.retry_after / std::chrono::seconds{1}}});
  const bool opted_in = policy_.backup_on_failure == OnBackupFailure::fail_closed_with_optin && accepts_state_loss;
  if (fails_closed() && !opted_in) co_return tl::unexpected(std::move(refusal));
  co_return lose_state(key, std::move(permit), opted_in);
}

/// Writes the snapshot down as the newest one. Where that fails, the backup counts as refused: a launch would not wait
/// for a snapshot that nobody knows of.
Task<CpAnswer> Backups::write_down(Context context, WorkspaceKey key, CpAnswer answer) {
  DbChanged noted = co_await store_.note_snapshot(context, key, answer.snapshot_id, answer.snapshot_started);
  if (!noted) co_return CpAnswer::of(0, std::move(noted.error().message));
  co_return answer;
}

/// Lets a stop go on although no backup holds the state of the instance: under the policy of before #1990, or where the
/// request opted in (`accepted`).
Permit Backups::lose_state(WorkspaceKey key, StopPermit permit, bool accepted) {
  record_.emit(kind::platform_log, actor_, {directory_.name(key), sim::Name::none},
               {{"message",
                 "LEAK-SUSPECT backup failed; proceeding with terminate (state will NOT be restorable on next "
                 "recreate)"},
                {"opted_in", accepted}});
  return permit;
}

/// Returns the policy's constant; with `computed`, the wait that the control plane computed from the limiter, or the
/// default constant where no limiter refused.
sim::Duration Backups::retry_after(const CpAnswer& answer) const {
  const sim::Duration fallback = *RetryAfter{}.constant;
  if (policy_.backup_retry_after.constant) return *policy_.backup_retry_after.constant;
  return answer.retry_after.value_or(fallback);
}

Response refuse(const BackupRefusal& refusal) {
  Response response = with_retry_after(respond_error(503, "backup refused, nothing was stopped: " + refusal.error),
                                       refusal.retry_after);
  return response;
}

}  // namespace drydock::model
