#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/cloud/ec2.hpp"
#include "sim/cloud/history.hpp"
#include "sim/cloud/launch.hpp"
#include "sim/cloud/states.hpp"
#include "sim/record.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {

struct Volume;

/// The part of an instance that changes, as a reader of the API sees it.
struct InstanceView {
  InstanceState state = InstanceState::pending;
  std::string reason;
};

/// An instance as the cloud itself knows it: the truth behind the API.
struct Instance {
  std::string id;
  std::uint64_t number = 0;  // in the order of creation, from 1
  sim::Name name{};          // the id, interned
  sim::Name workspace{};     // its tag, interned
  RunInstancesRequest request;
  std::string private_ip;
  InstanceState state = InstanceState::pending;
  /// Incremented at each change of state. A delayed task compares it to see whether the transition that the task waits
  /// for is still the current one.
  std::uint32_t phase = 0;
  /// Counts how often the instance was started after a stop; 0 while it is pending for the first time.
  std::uint32_t starts = 0;
  sim::Instant launched{};
  /// The instant from which the API knows the id (docs/cloud.md §4).
  sim::Instant visible_from{};
  std::optional<sim::Instant> terminated;
  std::string reason;  // the StateReason code; empty until something ends the instance
  /// The data volume that the instance had last, attached or not; null when it never had one.
  Volume* data_volume = nullptr;
  /// The volumes that it had besides, attached or not: at the most its root volume and what was attached at a named
  /// device. Empty for a launch that named no root volume (`LaunchRequest` does).
  std::vector<Volume*> other_volumes;
  /// The first of these, where the launch made a root volume.
  const Volume* root_volume = nullptr;
  /// The launch that made it together with others; null when `run_instances` or `seed_running` did.
  const Launch* launch = nullptr;
  std::uint32_t launch_index = 0;  // among the instances of the launch, from 0
  /// What was said of it at its launch and later; null when nothing was.
  std::unique_ptr<InstanceDetails> details;
  History<InstanceView> history;
};

/// Returns the letter of the availability zone that an instance is in.
[[nodiscard]] inline char zone_of(const Instance& instance) {
  return instance.details == nullptr ? 'a' : instance.details->zone;
}

}  // namespace drydock::cloud
