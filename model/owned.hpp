#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/cloud/states.hpp"
#include "sim/record.hpp"

namespace drydock::model {

/// An instance that a client launched over the wire, for an owner: the value of the tag that the scenario names
/// (`owner_tag`). To the client's platform an owner is what a workspace is to ours; the cloud sees its tag alone.
struct OwnedInstance {
  sim::Name name{};
  sim::Name owner{};
  cloud::InstanceState state = cloud::InstanceState::pending;
  std::uint32_t launched = 0;   // the event
  std::uint32_t entered = 0;    // the event that brought it into its state
  std::uint32_t killed = 0;     // the event by which a terminate took effect on it; 0: none did
  std::uint32_t end_asked = 0;  // the request that first asked EC2 to terminate it; 0: none did
};

struct OwnedChange {
  const OwnedInstance& instance;
  std::optional<cloud::InstanceState> from;
};

/// A request by which a client asked for a snapshot: what it said, and whether the client had the whole answer.
struct SnapshotCall {
  std::string parameters;
  bool told = false;
};

}  // namespace drydock::model
