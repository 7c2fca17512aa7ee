#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/time.hpp"

namespace drydock::cloud {

using sim::Duration;
using sim::DurationRange;
using namespace std::chrono_literals;

/// A range for most, and ranges of their own for some (a runtime, an API action).
struct RangesByName {
  DurationRange fallback;
  std::map<std::string, DurationRange, std::less<>> named;

  [[nodiscard]] const DurationRange& of(std::string_view name) const {
    const auto found = named.find(name);
    return found == named.end() ? fallback : found->second;
  }
  friend bool operator==(const RangesByName&, const RangesByName&) = default;
};

/// Which limiter CreateSnapshot runs against, per lineage of volumes (docs/cloud.md §2.4).
struct SnapshotLimit {
  enum class Kind : std::uint8_t { none, bucket, window, spacing };
  Kind kind = Kind::bucket;
  /// bucket: capacity; window: accepted calls per window.
  std::uint32_t count = 5;
  /// bucket: one token back per period; window: its length; spacing: least distance.
  Duration period = 720s;
  friend bool operator==(const SnapshotLimit&, const SnapshotLimit&) = default;
};

/// How a launch fails for want of capacity: not at all, at once, or after the launch was accepted (docs/cloud.md §5.1).
enum class Capacity : std::uint8_t { none, sync, async };

/// Of every instance: there is one type.
inline constexpr std::uint32_t kVcpus = 2;

/// What the simulated cloud and the ways to it are like; each range is a decision at every use.
struct Profile {
  /// RunInstances accepted → running.
  DurationRange pending{20s, 30s};
  /// running → the agent registers, by runtime.
  RangesByName boot{{5s, 25s}, {}};
  /// shutting-down → terminated.
  DurationRange terminate{5s, 45s};
  /// A volume's deleting → deleted.
  DurationRange volume_deletion{2s, 30s};
  /// From the call's arrival to its effect, by API action.
  RangesByName api_latency{{100ms, 400ms}, {{"RunInstances", {600ms, 2500ms}}}};
  /// From the tenant's call to the control plane's first act on it.
  DurationRange cp_latency{50ms, 400ms};
  /// CreateSnapshot accepted → completed.
  DurationRange snapshot{20s, 40s};
  SnapshotLimit snapshot_limit;
  std::uint32_t pending_snapshots = 5;
  /// Request and resource token buckets of the EC2 API.
  bool throttle = true;
  /// How long a mutation may stay invisible to a reader.
  DurationRange visibility_lag{0s, 0s};
  Capacity capacity = Capacity::none;
  /// The account's quotas, of instances and of vCPUs (an instance has `kVcpus`); 0: none. The world
  /// has room, so no scenario sets them.
  std::uint32_t instance_limit = 0;
  std::uint32_t vcpu_limit = 0;
  /// How long a terminated instance still answers DescribeInstances.
  Duration terminated_visible = 1h;
  friend bool operator==(const Profile&, const Profile&) = default;
};

}  // namespace drydock::cloud
