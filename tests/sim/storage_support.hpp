#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/sim/cloud_support.hpp"

namespace drydock::cloud {

/// A launch with a new, empty data volume.
inline RunInstancesRequest launch_with(std::string workspace, BlockDevice device = {}, std::string token = "") {
  RunInstancesRequest request = launch_of(std::move(workspace), std::move(token));
  request.data_volume = std::move(device);
  return request;
}

inline BlockDevice from_snapshot(std::string id) {
  BlockDevice device;
  device.snapshot_id = std::move(id);
  return device;
}

inline BlockDevice existing(std::string id) {
  BlockDevice device;
  device.volume_id = std::move(id);
  return device;
}

inline BlockDevice deleted_with_it(BlockDevice device = {}) {
  device.delete_on_termination = true;
  return device;
}

/// Notes every state of a volume or snapshot that it is told of.
class StorageWatcher final : public InstanceWatcher {
 public:
  explicit StorageWatcher(sim::Record* record) : record_(record) {}

  void instance_entered(const Instance& instance, std::optional<InstanceState> from, std::uint32_t event) override {
    note("i", from ? to_text(*from) : "none", to_text(instance.state), event);
  }
  void volume_entered(const Volume& volume, std::optional<VolumeState> from, std::uint32_t event) override {
    note("vol", from ? to_text(*from) : "none", to_text(volume.state), event);
  }
  void snapshot_entered(const Snapshot& snapshot, std::optional<SnapshotState> from, std::uint32_t event) override {
    note("snap", from ? to_text(*from) : "none", to_text(snapshot.state), event);
  }

  Log log;
  std::vector<std::uint32_t> events;
  std::vector<std::uint32_t> causes;  // of what it would do about it

 private:
  void note(std::string_view what, std::string_view from, std::string_view to, std::uint32_t event) {
    const std::string at = sim::format_seconds(record_->scheduler().now() - sim::kTimeZero);
    log.push_back(std::string{what} + " " + std::string{from} + ">" + std::string{to} + " at " + at);
    events.push_back(event);
    causes.push_back(record_->current_cause());
  }

  sim::Record* record_;
};

/// A region with a watcher of its volumes and snapshots, and the truth about them by id.
struct StorageRegion : Region {
  explicit StorageRegion(const Profile& its_profile = fixed_profile(), sim::Tape tape = {})
      : Region(its_profile, std::move(tape)), watcher(&record) {
    ec2.watch(watcher);
  }

  /// An instance that has long been running, with this data volume.
  const Instance& seeded(std::string workspace, BlockDevice device = {}) {
    return ec2.seed_running(launch_with(std::move(workspace), std::move(device)), sim::kTimeZero - 10min);
  }
  void write(const Instance& instance, int times = 1) {
    for (int i = 0; i < times; ++i) ec2.guest_wrote(instance.name, rig.scheduler.now());
  }
  /// A snapshot that is accepted and, if it can, completes, before this returns.
  std::string completed_snapshot(const Instance& instance) {
    const SnapshotAnswer& answer = snapshot(instance.data_volume->id);
    rig.run();
    return answer.value().id;
  }

  StorageWatcher watcher;
};

}  // namespace drydock::cloud
