#pragma once

#include <cstdint>
#include <optional>

#include "sim/cloud/states.hpp"

namespace drydock::cloud {

struct Instance;
struct Snapshot;
struct Volume;

/// Is told of every state that an instance, a volume or a snapshot enters, at the moment when it does. `from` is the
/// state before; it is empty when the thing has just been made. `event` is the record's event of the change (a volume
/// has no event of its own: there it is the event that caused the change), or 0 when the change lies before the record
/// began.
class InstanceWatcher {
 public:
  InstanceWatcher() = default;
  InstanceWatcher(const InstanceWatcher&) = delete;
  InstanceWatcher& operator=(const InstanceWatcher&) = delete;
  virtual ~InstanceWatcher() = default;
  virtual void instance_entered(const Instance& instance, std::optional<InstanceState> from, std::uint32_t event) = 0;
  /// The guest of a running instance boots anew.
  virtual void instance_rebooted(const Instance& /*instance*/) {}
  virtual void volume_entered(const Volume& /*volume*/, std::optional<VolumeState> /*from*/, std::uint32_t /*event*/) {}
  virtual void snapshot_entered(const Snapshot& /*snapshot*/, std::optional<SnapshotState> /*from*/,
                                std::uint32_t /*event*/) {}
};

}  // namespace drydock::cloud
