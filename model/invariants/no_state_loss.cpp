#include <algorithm>

#include "model/invariants/all.hpp"
#include "model/kinds.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/cloud/storage.hpp"

namespace drydock::model {
namespace {

/// The data that an agent wrote is in a snapshot before its volume goes, and comes back with the next instance.
class NoStateLoss final : public Invariant {
 public:
  NoStateLoss() : Invariant("no-state-loss") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void instance_entered(Observation& seen, const InstanceChange& change) override {
    if (change.is_terminate()) judge_terminate(seen, change);
    if (!change.from && change.event != 0) judge_launch(seen, change);
  }

  /// An owner whose next instance is launched lives on: what a client terminated before is to be there again.
  void owned_entered(Observation& seen, const OwnedChange& change) override {
    const OwnedInstance* before = change.from ? nullptr : seen.owned_before(change.instance);
    if (before == nullptr || before->killed == 0) return;
    const cloud::Volume* gone = seen.ec2().data_volume(before->name);
    if (gone == nullptr || !gone->delete_on_termination || gone->writes.empty()) return;
    const cloud::Volume* next = seen.ec2().data_volume(change.instance.name);
    if (next != nullptr && holds_all_of(seen, *next, *gone)) return;
    seen.violated(
        *this,
        fmt::format("{}'s instance {} boots from {} without what {} wrote, which a client terminated",
                    seen.text(change.instance.owner), seen.text(change.instance.name),
                    next == nullptr || next->source_snapshot.empty() ? "an empty volume" : next->source_snapshot,
                    seen.text(before->name)),
        change.instance.launched, WorkspaceKey::none, change.instance.name, before->killed);
  }

 private:
  /// Tells whether a volume began with all that another one held.
  static bool holds_all_of(const Observation& seen, const cloud::Volume& next, const cloud::Volume& gone) {
    const auto& all = seen.ec2().snapshots();
    return std::any_of(all.begin(), all.end(), [&](const cloud::Snapshot& snapshot) {
      return snapshot.id == next.source_snapshot && snapshot.volume == &gone && snapshot.contains == gone.writes.size();
    });
  }

  /// Tells whether the request may lose the state: a DELETE wants it gone (with cp_first before the row is), and an
  /// operator may accept its loss.
  static bool is_excepted(const RequestFacts& request) {
    return request.route == Route::remove || request.accepts_state_loss;
  }

  void judge_terminate(Observation& seen, const InstanceChange& change) {
    const cloud::Volume* volume = seen.ec2().data_volume(change.instance.name);
    if (volume == nullptr || !volume->delete_on_termination) return;
    if (volume->saved >= volume->writes.size()) return;
    // Only writes from before the backup was asked for are judged; later ones are only counted (`lost_writes`).
    const sim::Instant first_unsaved = volume->writes[volume->saved];
    if (first_unsaved >= asked_at(seen, change)) return;
    const WorkspaceFacts& workspace = seen.workspace(change.instance.workspace);
    if (!workspace.row.exists || is_removed(workspace.row.status)) return;
    const auto nearest = seen.nearest_request(change.event);
    if (nearest.request != nullptr && nearest.direct && is_excepted(*nearest.request)) return;
    seen.violated(
        *this,
        fmt::format("{}'s instance {} was terminated with {} write(s) on its volume that no snapshot has",
                    seen.alias(workspace.key), seen.text(change.instance.name), volume->writes.size() - volume->saved),
        change.event, workspace.key, change.instance.name);
  }

  /// Returns the instant at which the backup of this stop was asked for; the instant of the stop, if none was.
  static sim::Instant asked_at(Observation& seen, const InstanceChange& change) {
    const std::uint32_t backup = seen.nearest_cause(change.event, kind::backup_attempt);
    if (backup == 0) return seen.now();
    const sim::Event& asked = seen.record().event(backup);
    return asked.instance == change.instance.name ? asked.at : seen.now();
  }

  void judge_launch(Observation& seen, const InstanceChange& change) {
    const cloud::Volume* volume = seen.ec2().data_volume(change.instance.name);
    if (volume == nullptr || volume->created != seen.now()) return;
    const cloud::Snapshot* newest = nullptr;
    for (const cloud::Snapshot& snapshot : seen.ec2().snapshots()) {
      const bool good = !snapshot.divergent && snapshot.state != cloud::SnapshotState::error;
      if (good && snapshot.workspace == volume->workspace) newest = &snapshot;
    }
    if (newest == nullptr || newest->id == volume->source_snapshot) return;
    const WorkspaceKey key = change.instance.workspace;
    seen.violated(
        *this,
        fmt::format("{}'s instance {} boots from {} although {} is the newest snapshot", seen.alias(key),
                    seen.text(change.instance.name),
                    volume->source_snapshot.empty() ? "an empty volume" : volume->source_snapshot, newest->id),
        change.event, key, change.instance.name);
  }
};

}  // namespace

std::unique_ptr<Invariant> make_no_state_loss() { return std::make_unique<NoStateLoss>(); }

}  // namespace drydock::model
