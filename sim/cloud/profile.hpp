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

/// One range for most names, and ranges of their own for some (a runtime, an API action).
struct RangesByName {
  DurationRange fallback;
  std::map<std::string, DurationRange, std::less<>> named;

  [[nodiscard]] const DurationRange& of(std::string_view name) const {
    const auto found = named.find(name);
    return found == named.end() ? fallback : found->second;
  }
  friend bool operator==(const RangesByName&, const RangesByName&) = default;
};

/// The limit on CreateSnapshot, counted for each lineage of volumes (docs/cloud.md §2.4).
struct SnapshotLimit {
  enum class Kind : std::uint8_t { none, bucket, window, spacing };
  Kind kind = Kind::bucket;
  /// bucket: the capacity. window: the accepted calls in one window.
  std::uint32_t count = 5;
  /// bucket: the time in which one token comes back. window: its length. spacing: the least time between two calls.
  Duration period = 720s;
  friend bool operator==(const SnapshotLimit&, const SnapshotLimit&) = default;
};

/// Says how a launch fails when there is no capacity: not at all, at once, or after it was accepted (docs/cloud.md
/// §5.1).
enum class Capacity : std::uint8_t { none, sync, async };

/// The vCPUs of every instance: there is one instance type.
inline constexpr std::uint32_t kVcpus = 2;

/// Describes the simulated cloud and the ways to it. Each use of a range that is no point is a decision.
struct Profile {
  /// The time from an accepted RunInstances to `running`.
  DurationRange pending{20s, 30s};
  /// The time from `running` to the agent's registration, by runtime.
  RangesByName boot{{5s, 25s}, {}};
  /// The time from `shutting-down` to `terminated`.
  DurationRange terminate{5s, 45s};
  /// The time that a volume spends in `deleting`.
  DurationRange volume_deletion{2s, 30s};
  /// The time that a call is on its way until it takes effect, by API action.
  RangesByName api_latency{{100ms, 400ms}, {{"RunInstances", {600ms, 2500ms}}}};
  /// The time from the tenant's call to the control plane's first act on it.
  DurationRange cp_latency{50ms, 400ms};
  /// The time that the first launch, or whoever asks for it before, waits until the image is pulled; 0: it is there.
  DurationRange image_pull{0s, 0s};
  /// The time from an accepted CreateSnapshot to `completed`.
  DurationRange snapshot{20s, 40s};
  SnapshotLimit snapshot_limit;
  std::uint32_t pending_snapshots = 5;
  /// True when the EC2 API has its token buckets of requests and of resources.
  bool throttle = true;
  /// The time for which a change may stay invisible to a reader.
  DurationRange visibility_lag{0s, 0s};
  Capacity capacity = Capacity::none;
  /// The account's quotas of instances and of vCPUs (an instance has `kVcpus`); 0: no quota. The simulated region has
  /// room, so no scenario sets them.
  std::uint32_t instance_limit = 0;
  std::uint32_t vcpu_limit = 0;
  /// The time for which DescribeInstances still shows a terminated instance.
  Duration terminated_visible = 1h;
  friend bool operator==(const Profile&, const Profile&) = default;
};

}  // namespace drydock::cloud
