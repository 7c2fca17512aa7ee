#include <fmt/format.h>

#include "sim/cloud/ids.hpp"
#include "sim/cloud/serve.hpp"
#include "sim/cloud/sim_ec2.hpp"

// Volumes and snapshots as a client sees them that does not know about lineages (docs/cloud.md §7), and copies.

namespace drydock::cloud {
namespace {

Error no_such_volume(const std::string& id) {
  if (!well_formed_id("vol-", id)) return {"InvalidVolumeID.Malformed", 400, fmt::format("'{}' is no volume id", id)};
  return {"InvalidVolume.NotFound", 400, fmt::format("no volume '{}' exists", id)};
}

Error no_such_snapshot(const std::string& id) {
  if (!well_formed_id("snap-", id))
    return {"InvalidSnapshotID.Malformed", 400, fmt::format("'{}' is no snapshot id", id)};
  return {"InvalidSnapshot.NotFound", 400, fmt::format("no snapshot '{}' exists", id)};
}

/// Returns how a reader who has heard everything up to `heard` sees the volume; null when it is not there.
const VolumeView* view_of(const Volume& volume, sim::Instant heard) {
  const VolumeView* seen = volume.history.at(heard);
  return seen != nullptr && seen->state != VolumeState::deleted ? seen : nullptr;
}

const SnapshotState* view_of(const Snapshot& snapshot, sim::Instant heard) {
  const bool gone = snapshot.deleted && heard >= *snapshot.deleted;
  return gone ? nullptr : snapshot.history.at(heard);
}

}  // namespace

const Volume* SimEc2::find_volume(std::string_view id) const {
  const auto found = volumes_by_id_.find(id);
  return found == volumes_by_id_.end() ? nullptr : found->second;
}

const Snapshot* SimEc2::find_snapshot(std::string_view id) const {
  const auto found = snapshots_by_id_.find(id);
  return found == snapshots_by_id_.end() ? nullptr : found->second;
}

// --- DescribeVolumes --------------------------------------------------------------------------

sim::Task<Result<std::vector<VolumeDescription>>> SimEc2::describe_all_volumes(sim::Context context,
                                                                               StorageFilter filter) {
  const sim::Subject subject = filter.ids.empty() ? sim::Subject{} : subject_of_volume(filter.ids.front());
  const bool all = filter.ids.empty() && !filter.narrowed;
  const Ec2Action* action = all ? &actions::kDescribeAllVolumes : &actions::kDescribeVolumes;
  return call(context, action, subject, std::move(filter), &SimEc2::list_all_volumes);
}

Result<std::vector<VolumeDescription>> SimEc2::list_all_volumes(const StorageFilter& filter, sim::Subject& subject) {
  const sim::Instant known = heard(actions::kDescribeVolumes, subject);
  std::vector<VolumeDescription> answer;
  for (const std::string& id : filter.ids) {
    const Volume* volume = find_volume(id);
    const VolumeView* seen = volume == nullptr ? nullptr : view_of(*volume, known);
    if (seen == nullptr) return tl::unexpected(no_such_volume(id));
    answer.push_back(describe(*volume, *seen));
  }
  if (!filter.ids.empty()) return answer;
  for (const Volume& volume : volumes_) {
    const VolumeView* seen = view_of(volume, known);
    if (seen != nullptr) answer.push_back(describe(volume, *seen));
  }
  return answer;
}

// --- DescribeSnapshots ------------------------------------------------------------------------

sim::Task<Result<std::vector<SnapshotDescription>>> SimEc2::describe_all_snapshots(sim::Context context,
                                                                                   StorageFilter filter) {
  sim::Subject subject;
  const Snapshot* first = filter.ids.empty() ? nullptr : find_snapshot(filter.ids.front());
  if (first != nullptr) subject.workspace = first->workspace;
  const bool all = filter.ids.empty() && !filter.narrowed;
  const Ec2Action* action = all ? &actions::kDescribeAllSnapshots : &actions::kDescribeSnapshots;
  return call(context, action, subject, std::move(filter), &SimEc2::list_all_snapshots);
}

Result<std::vector<SnapshotDescription>> SimEc2::list_all_snapshots(const StorageFilter& filter,
                                                                    sim::Subject& subject) {
  const sim::Instant known = heard(actions::kDescribeSnapshots, subject);
  std::vector<SnapshotDescription> answer;
  for (const std::string& id : filter.ids) {
    const Snapshot* snapshot = find_snapshot(id);
    const SnapshotState* seen = snapshot == nullptr ? nullptr : view_of(*snapshot, known);
    if (seen == nullptr) return tl::unexpected(no_such_snapshot(id));
    answer.push_back(describe(*snapshot, *seen));
  }
  if (!filter.ids.empty()) return answer;
  for (const Snapshot& snapshot : snapshots_) {
    const SnapshotState* seen = view_of(snapshot, known);
    if (seen != nullptr) answer.push_back(describe(snapshot, *seen));
  }
  return answer;
}

// --- CopySnapshot -----------------------------------------------------------------------------

sim::Task<Result<SnapshotDescription>> SimEc2::copy_snapshot(sim::Context context, CopySnapshotRequest request) {
  sim::Subject subject;
  const Snapshot* source = find_snapshot(request.snapshot_id);
  if (source != nullptr) subject.workspace = source->workspace;
  return call(context, &actions::kCopySnapshot, subject, std::move(request), &SimEc2::copy);
}

/// Copies a completed snapshot. The copy contains what its source contains, and belongs to no lineage.
Result<SnapshotDescription> SimEc2::copy(const CopySnapshotRequest& request, sim::Subject& subject) {
  const Result<Snapshot*> found = resolve_snapshot(request.snapshot_id);
  if (!found) return tl::unexpected(found.error());
  const Snapshot& source = **found;
  if (source.state != SnapshotState::completed) {
    return tl::unexpected(
        Error{"IncorrectState", 400, fmt::format("snapshot '{}' is {}", source.id, to_text(source.state))});
  }
  const CreateSnapshotRequest like{source.volume->id, false, request.description, request.tags};
  Snapshot& snapshot = create(like, *source.volume);
  snapshot.workspace = sim::Name::none;
  snapshot.copied = true;
  snapshot.contains = source.contains;
  snapshot.size_gib = source.size_gib;
  snapshot.encrypted = source.encrypted || request.encrypted;
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, subject,
                                  {{"action", actions::kCopySnapshot.name}, {"snapshot", snapshot.id}});
  const sim::CauseScope scope(record_, event);
  tell(snapshot, std::nullopt);
  scheduler_.spawn(tasks_, "snapshot", finish_snapshot(&snapshot));
  return describe(snapshot, snapshot.state);
}

}  // namespace drydock::cloud
