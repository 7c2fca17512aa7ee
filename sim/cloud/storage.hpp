#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/cloud/ec2.hpp"
#include "sim/cloud/history.hpp"
#include "sim/cloud/states.hpp"
#include "sim/record.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {

/// The part of a volume that changes, as a reader of the API sees it.
struct VolumeView {
  VolumeState state = VolumeState::creating;
  sim::Name attached_to{};
  bool delete_on_termination = false;
};

/// A volume as the cloud itself knows it. The record of its writes outlives its data.
struct Volume {
  std::string id;
  sim::Name name{};       // the id, interned
  sim::Name workspace{};  // its tag, interned: the lineage that it belongs to
  VolumeState state = VolumeState::creating;
  std::string source_snapshot;  // empty when it began empty
  CreateVolumeRequest request;  // when CreateVolume made it
  bool delete_on_termination = false;
  sim::Name attached_to{};  // the instance, or none
  sim::Instant created{};
  /// The instants of the guest's writes since the volume was created, in order.
  std::vector<sim::Instant> writes;
  /// Counts those of these writes that the newest pending or completed snapshot contains.
  std::size_t saved = 0;
  History<VolumeView> history;
};

/// A snapshot as the cloud itself knows it.
struct Snapshot {
  std::string id;
  sim::Name name{};       // the id, interned
  sim::Name workspace{};  // its volume's lineage
  const Volume* volume = nullptr;
  bool divergent = false;
  SnapshotState state = SnapshotState::pending;
  /// True when the deletion was asked for. A pending snapshot is deleted only when it ends (docs/cloud.md §2.3).
  bool to_be_deleted = false;
  std::optional<sim::Instant> deleted;
  sim::Instant started{};  // its point in time
  std::optional<sim::Instant> completed;
  /// Counts the volume's writes that the snapshot contains, which are always the first ones.
  std::size_t contains = 0;
  History<SnapshotState> history;
};

}  // namespace drydock::cloud
