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

/// What a reader sees of a volume that changes.
struct VolumeView {
  VolumeState state = VolumeState::creating;
  sim::Name attached_to{};
  bool delete_on_termination = false;
};

/// A volume as the cloud itself knows it. What was written to it stays known when its data is gone.
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
  /// The guest's writes since it was created, in order.
  std::vector<sim::Instant> writes;
  /// How many of them its newest pending or completed snapshot contains.
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
  /// It was asked for; of a pending one it takes effect when it is over (docs/cloud.md §2.3).
  bool to_be_deleted = false;
  std::optional<sim::Instant> deleted;
  sim::Instant started{};  // its point in time
  std::optional<sim::Instant> completed;
  /// The first so many of its volume's writes are in it.
  std::size_t contains = 0;
  History<SnapshotState> history;
};

}  // namespace drydock::cloud
