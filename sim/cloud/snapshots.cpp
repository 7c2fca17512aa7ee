#include <fmt/format.h>

#include <algorithm>

#include "sim/cloud/ids.hpp"
#include "sim/cloud/serve.hpp"
#include "sim/cloud/sim_ec2.hpp"

// Snapshots: what they contain, how they complete or fail, and how many there may be (docs/cloud.md
// §2.3, §2.4).

namespace drydock::cloud {

// --- CreateSnapshot ---------------------------------------------------------------------------

sim::Task<Result<SnapshotDescription>> SimEc2::create_snapshot(sim::Context context, CreateSnapshotRequest request) {
  sim::Subject subject;
  const auto known = volumes_by_id_.find(request.volume_id);
  if (known != volumes_by_id_.end()) subject = {known->second->workspace, known->second->attached_to};
  return call(context, &actions::kCreateSnapshot, subject, std::move(request), &SimEc2::take_snapshot);
}

/// Takes a snapshot. The call has no token (docs/cloud.md §1.5), so a request that is sent twice makes two snapshots.
Result<SnapshotDescription> SimEc2::take_snapshot(const CreateSnapshotRequest& request, sim::Subject& subject) {
  const Result<Volume*> found = resolve_volume(request.volume_id);
  if (!found) return tl::unexpected(found.error());
  Volume& volume = **found;
  subject = {volume.workspace, volume.attached_to};
  const std::optional<Error> refused = over_snapshot_limit(volume);
  if (refused) return tl::unexpected(*refused);
  snapshot_limiters_.at(limited_as(volume)).take(scheduler_.now());
  Snapshot& snapshot = create(request, volume);
  volume.saved = saved_writes(volume);
  const auto event =
      record_.emit(sim::Kind::ec2_call, actor_, subject,
                   {{"action", actions::kCreateSnapshot.name}, {"snapshot", snapshot.id}, {"volume", volume.id}});
  const sim::CauseScope scope(record_, event);
  tell(snapshot, std::nullopt);
  scheduler_.spawn(tasks_, "snapshot", finish_snapshot(&snapshot));
  return describe(snapshot, snapshot.state);
}

Result<Volume*> SimEc2::resolve_volume(const std::string& id) {
  if (!well_formed_id("vol-", id)) {
    return tl::unexpected(Error{"InvalidVolumeID.Malformed", 400, fmt::format("'{}' is no volume id", id)});
  }
  const Result<VolumeSource> found = resolve_existing(id);
  if (!found) return tl::unexpected(found.error());
  return found->existing;
}

/// Returns the error of a call that passes one of the two limits on snapshots, or nothing. AWS counts both limits for
/// each volume; here they hold for a lineage, whose identity survives restarts (docs/platform.md §10.1), and for each
/// volume that belongs to none. A snapshot in `error` still counts among the pending ones, a copy never. Nothing is
/// taken from the limiter yet.
std::optional<Error> SimEc2::over_snapshot_limit(const Volume& volume) {
  const auto limiter = snapshot_limiters_.try_emplace(limited_as(volume), profile_.snapshot_limit).first;
  if (!limiter->second.accepts(scheduler_.now())) {
    return Error{"SnapshotCreationPerVolumeRateExceeded", 400,
                 "the rate of CreateSnapshot per volume was exceeded: sleep, and try again"};
  }
  const auto held = std::count_if(snapshots_.begin(), snapshots_.end(), [&](const Snapshot& s) {
    return limited_as(*s.volume) == limiter->first && s.state != SnapshotState::completed && !s.deleted && !s.copied;
  });
  if (static_cast<std::uint64_t>(held) >= profile_.pending_snapshots) {
    return Error{"ConcurrentSnapshotLimitExceeded", 400,
                 fmt::format("{} snapshots of the volume are in progress or in error", held)};
  }
  return std::nullopt;
}

/// Makes a snapshot. Its point in time is this moment: it does not contain later writes (docs/cloud.md §2.3).
Snapshot& SimEc2::create(const CreateSnapshotRequest& request, const Volume& volume) {
  Snapshot& snapshot = snapshots_.emplace_back();
  snapshot.id = make_id("snap-", record_.text(volume.workspace), snapshots_.size());
  snapshot.number = snapshots_.size();
  snapshot.name = record_.name(snapshot.id);
  snapshot.workspace = volume.workspace;
  snapshot.volume = &volume;
  snapshot.divergent = request.divergent;
  snapshot.description = request.description;
  snapshot.size_gib = volume.details.size_gib;
  snapshot.encrypted = volume.details.encrypted;
  snapshot.started = scheduler_.now();
  snapshot.expected = snapshot.started;
  snapshot.contains = volume.writes.size();
  snapshot.history.note(snapshot.started, snapshot.state);
  snapshots_by_id_[snapshot.id] = &snapshot;
  for (const Tag& tag : request.tags) set_tag(snapshot.id, tag);
  return snapshot;
}

// --- how it ends ------------------------------------------------------------------------------

/// Completes a pending snapshot, or lets it fail, whatever becomes of its volume meanwhile (docs/cloud.md §2.3).
sim::Task<void> SimEc2::finish_snapshot(Snapshot* snapshot) {
  const sim::Duration duration =
      choices_.draw(decider({snapshot->workspace}), "ec2.snapshot.duration", profile_.snapshot);
  snapshot->expected = scheduler_.now() + duration;
  co_await scheduler_.pause_drawn(duration, profile_.snapshot.typical());
  if (snapshot->state != SnapshotState::pending) co_return;
  const sim::Call call{actions::kCreateSnapshot.fault_point, snapshot->workspace, sim::Name::none};
  if (!adversary_.decide(call, sim::FaultPoint::before_completion).passes()) {
    enter(*snapshot, SnapshotState::error);
    co_return;
  }
  snapshot->completed = scheduler_.now();
  enter(*snapshot, SnapshotState::completed);
}

std::size_t SimEc2::fail_pending_snapshots(sim::Name workspace) {
  std::size_t failed = 0;
  for (Snapshot& snapshot : snapshots_) {
    const bool meant = workspace == sim::Name::none || snapshot.workspace == workspace;
    if (!meant || snapshot.state != SnapshotState::pending) continue;
    enter(snapshot, SnapshotState::error);
    ++failed;
  }
  return failed;
}

void SimEc2::enter(Snapshot& snapshot, SnapshotState state) {
  const SnapshotState from = snapshot.state;
  snapshot.state = state;
  snapshot.history.note(scheduler_.now(), state);
  Volume& volume = *volumes_by_id_.at(snapshot.volume->id);
  volume.saved = saved_writes(volume);
  tell(snapshot, from);
  if (snapshot.to_be_deleted) snapshot.deleted = scheduler_.now();
}

/// Returns how many of the volume's writes some snapshot saves. A pending snapshot counts as saving; one that failed or
/// is to be deleted saves nothing.
std::size_t SimEc2::saved_writes(const Volume& volume) const {
  std::size_t saved = 0;
  for (const Snapshot& snapshot : snapshots_) {
    const bool good = snapshot.state != SnapshotState::error && !snapshot.to_be_deleted;
    if (good && snapshot.volume == &volume) saved = std::max(saved, snapshot.contains);
  }
  return saved;
}

void SimEc2::tell(const Snapshot& snapshot, std::optional<SnapshotState> from) {
  const auto event = record_.emit(sim::Kind::snapshot_state, actor_, {snapshot.workspace, sim::Name::none},
                                  {{"from", from ? to_text(*from) : std::string_view{"none"}},
                                   {"to", to_text(snapshot.state)},
                                   {"snapshot", snapshot.id},
                                   {"volume", snapshot.volume->id},
                                   {"divergent", snapshot.divergent}});
  const sim::CauseScope scope(record_, event);
  for (InstanceWatcher* watcher : watchers_) watcher->snapshot_entered(snapshot, from, event);
}

// --- DeleteSnapshot ---------------------------------------------------------------------------

sim::Task<Result<Done>> SimEc2::delete_snapshot(sim::Context context, std::string id) {
  sim::Subject subject;
  const auto known = snapshots_by_id_.find(id);
  if (known != snapshots_by_id_.end()) subject.workspace = known->second->workspace;
  return call(context, &actions::kDeleteSnapshot, subject, std::move(id), &SimEc2::remove_snapshot);
}

/// Deletes a snapshot. The deletion of a pending snapshot is accepted and takes effect when the snapshot ends; until
/// then it counts among the pending ones (docs/cloud.md §2.3).
Result<Done> SimEc2::remove_snapshot(const std::string& id, sim::Subject& subject) {
  const Result<Snapshot*> found = resolve_snapshot(id);
  if (!found) return tl::unexpected(found.error());
  Snapshot& snapshot = **found;
  record_.emit(sim::Kind::ec2_call, actor_, subject, {{"action", actions::kDeleteSnapshot.name}, {"snapshot", id}});
  snapshot.to_be_deleted = true;
  Volume& volume = *volumes_by_id_.at(snapshot.volume->id);
  volume.saved = saved_writes(volume);
  if (snapshot.state != SnapshotState::pending) snapshot.deleted = scheduler_.now();
  return Done{};
}

Result<Snapshot*> SimEc2::resolve_snapshot(const std::string& id) {
  if (!well_formed_id("snap-", id)) {
    return tl::unexpected(Error{"InvalidSnapshotID.Malformed", 400, fmt::format("'{}' is no snapshot id", id)});
  }
  const auto known = snapshots_by_id_.find(id);
  if (known == snapshots_by_id_.end() || known->second->deleted) {
    return tl::unexpected(Error{"InvalidSnapshot.NotFound", 400, fmt::format("no snapshot '{}' exists", id)});
  }
  return known->second;
}

// --- DescribeSnapshots ------------------------------------------------------------------------

sim::Task<Result<std::vector<SnapshotDescription>>> SimEc2::describe_snapshots(sim::Context context,
                                                                               std::string workspace) {
  const sim::Subject subject{record_.name(workspace)};
  return call(context, &actions::kDescribeSnapshots, subject, std::move(workspace), &SimEc2::list_snapshots);
}

Result<std::vector<SnapshotDescription>> SimEc2::list_snapshots(const std::string& /*workspace*/,
                                                                sim::Subject& subject) {
  const sim::Instant known = heard(actions::kDescribeSnapshots, subject);
  std::vector<SnapshotDescription> answer;
  for (const Snapshot& snapshot : snapshots_) {
    if (snapshot.workspace != subject.workspace) continue;
    if (snapshot.deleted && known >= *snapshot.deleted) continue;
    const SnapshotState* seen = snapshot.history.at(known);
    if (seen != nullptr) answer.push_back(describe(snapshot, *seen));
  }
  return answer;
}

SnapshotDescription SimEc2::describe(const Snapshot& snapshot, SnapshotState seen) const {
  return {.id = snapshot.id,
          .volume_id = snapshot.volume->id,
          .state = seen,
          .workspace = record_.text(snapshot.workspace),
          .divergent = snapshot.divergent,
          .started = snapshot.started};
}

}  // namespace drydock::cloud
