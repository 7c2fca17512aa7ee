#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/ec2.hpp"
#include "sim/cloud/history.hpp"
#include "sim/cloud/states.hpp"
#include "sim/record.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {

struct Instance;

/// The part of a volume that changes, as a reader of the API sees it.
struct VolumeView {
  VolumeState state = VolumeState::creating;
  sim::Name attached_to{};
  bool delete_on_termination = false;
};

/// A volume as the cloud itself knows it. The record of its writes outlives its data.
struct Volume {
  std::string id;
  std::uint64_t number = 0;  // in the order of creation, from 1
  sim::Name name{};          // the id, interned
  sim::Name workspace{};     // its tag, interned: the lineage that it belongs to
  VolumeState state = VolumeState::creating;
  std::string source_snapshot;  // empty when it began empty
  VolumeDetails details;        // with a size that is not 0
  CreateVolumeRequest request;  // when CreateVolume made it
  bool delete_on_termination = false;
  sim::Name attached_to{};  // the instance, or none
  /// The device at which it is or was attached; empty where nobody named one.
  std::string device;
  sim::Instant attached_at{};  // when it was attached last
  sim::Instant created{};
  /// The instants of the guest's writes since the volume was created, in order.
  std::vector<sim::Instant> writes;
  /// Counts those of these writes that the newest pending or completed snapshot contains.
  std::size_t saved = 0;
  History<VolumeView> history;
};

/// Returns the device at which a volume is attached: the one that somebody named, or that of data volumes.
[[nodiscard]] inline std::string_view device_of(const Volume& volume) {
  return volume.device.empty() ? std::string_view{"/dev/sdf"} : std::string_view{volume.device};
}

/// Returns the volume that the instance has at this device, or null.
[[nodiscard]] Volume* attached_at(const Instance& instance, std::string_view device);

/// Returns the name under which the limits on snapshots count a volume: its lineage's, or its own where it belongs to
/// none.
[[nodiscard]] inline sim::Name limited_as(const Volume& volume) {
  return volume.workspace == sim::Name::none ? volume.name : volume.workspace;
}

/// A snapshot as the cloud itself knows it.
struct Snapshot {
  std::string id;
  std::uint64_t number = 0;  // in the order of creation, from 1
  sim::Name name{};          // the id, interned
  sim::Name workspace{};     // its volume's lineage
  const Volume* volume = nullptr;
  bool divergent = false;
  std::string description;
  std::uint32_t size_gib = 0;  // of its volume
  bool encrypted = false;
  /// True when CopySnapshot made it: then `volume` is the volume of the snapshot that was copied.
  bool copied = false;
  SnapshotState state = SnapshotState::pending;
  /// True when the deletion was asked for. A pending snapshot is deleted only when it ends (docs/cloud.md §2.3).
  bool to_be_deleted = false;
  std::optional<sim::Instant> deleted;
  sim::Instant started{};  // its point in time
  std::optional<sim::Instant> completed;
  /// The instant at which it will complete if nothing comes between; that of its start until it is drawn.
  sim::Instant expected{};
  /// Counts the volume's writes that the snapshot contains, which are always the first ones.
  std::size_t contains = 0;
  History<SnapshotState> history;
};

}  // namespace drydock::cloud
