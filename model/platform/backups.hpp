#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/controlplane/control_plane.hpp"
#include "model/http.hpp"
#include "model/observation.hpp"
#include "model/policy.hpp"
#include "model/store/store.hpp"

namespace drydock::model {

/// Allows a stop to begin: somebody has seen to the data of the instance that the stop ends. Only `Backups` makes a
/// permit, so a stop whose backup nobody thought of does not compile (#1990).
class StopPermit {
 public:
  /// Tells whether the permit holds for this instance: a backup covers only the instance that it was taken of.
  [[nodiscard]] bool covers(std::string_view instance) const { return any_instance_ || instance == instance_; }
  /// The event of the backup. Where the policy has no backup leg: the cause of the task that asked for the permit.
  [[nodiscard]] std::uint32_t event() const { return event_; }
  [[nodiscard]] bool accepts_state_loss() const { return accepts_state_loss_; }
  /// The snapshot that the backup took; empty where it took none.
  [[nodiscard]] const std::string& snapshot() const { return snapshot_; }
  /// The snapshot holds nothing: the permit covers no instance any more.
  void expire() { instance_.clear(); }

 private:
  friend class Backups;
  StopPermit() = default;

  bool any_instance_ = false;  // there is no backup leg
  bool accepts_state_loss_ = false;
  std::string instance_;
  std::string snapshot_;
  std::uint32_t event_ = 0;
};

/// Says why a stop may not begin.
struct BackupRefusal {
  std::string instance_id;
  std::string error;
  sim::Duration retry_after{};  // as the policy has it
};
using Permit = tl::expected<StopPermit, BackupRefusal>;

/// The backup leg of every provider stop (docs/platform.md §10.1): once per operation and instance, before its first
/// attempt.
class Backups {
 public:
  Backups(sim::Scheduler& clock, sim::Record& record, Store& store, ControlPlane& control_plane,
          const Directory& directory, const Policy& policy);

  /// Covers the instance that the row names. `accepts_state_loss`: the request carried the opt-in of #1990.
  sim::Task<Permit> cover(sim::Context context, WorkspaceKey key, bool accepts_state_loss);
  /// Covers an instance by its id; its snapshot is divergent when the row names another instance by now.
  sim::Task<Permit> cover_instance(sim::Context context, WorkspaceKey key, std::string instance,
                                   bool accepts_state_loss);
  /// Covers an instance that is owed a terminate.
  sim::Task<Permit> cover_owed(sim::Context context, OutboxRow owed);
  /// Makes a permit without a backup, for an instance of a row that is removed or gone: nobody will restore its state.
  [[nodiscard]] StopPermit of_removed() const;

  /// Tells whether a refused backup refuses the stop.
  [[nodiscard]] bool fails_closed() const {
    return policy_.backup_storage == Storage::snapshot_before_stop &&
           policy_.backup_on_failure != OnBackupFailure::terminate_anyway;
  }

 private:
  [[nodiscard]] StopPermit without_leg() const;
  sim::Task<Permit> take(sim::Context context, InstanceRequest request, bool accepts_state_loss);
  sim::Task<CpAnswer> write_down(sim::Context context, WorkspaceKey key, CpAnswer answer);
  Permit lose_state(WorkspaceKey key, StopPermit permit, bool accepted);
  [[nodiscard]] sim::Duration retry_after(const CpAnswer& answer) const;

  sim::Scheduler& clock_;
  sim::Record& record_;
  Store& store_;
  ControlPlane& control_plane_;
  const Directory& directory_;
  const Policy& policy_;
  sim::Name actor_;
};

/// Answers 503 with Retry-After: nothing was stopped and nothing written.
[[nodiscard]] Response refuse(const BackupRefusal& refusal);

}  // namespace drydock::model
