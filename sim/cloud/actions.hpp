#pragma once

#include <string_view>

#include "sim/cloud/throttle.hpp"

// The actions of the EC2 API, one row each.

namespace drydock::cloud {

/// An action of the API: its names and its rates. A row spells only the longest of the names, the site of the decision
/// about the action's latency; the other two are parts of that text.
struct Ec2Action {
  /// `part` marks a row for those calls of an action that have a bucket of their own (docs/cloud.md §3).
  consteval Ec2Action(std::string_view site, Rate requests, Rate instances = {}, std::string_view part = {})
      : latency(site),
        fault_point(site.substr(0, site.rfind('.'))),
        name(fault_point.substr(fault_point.find('.') + 1)),
        limits{part.empty() ? name : part, requests, instances} {}

  std::string_view latency;      // `ec2.RunInstances.latency`
  std::string_view fault_point;  // `ec2.RunInstances`
  std::string_view name;         // `RunInstances`
  ActionLimits limits;
};

namespace actions {

// The rates are those of docs/cloud.md §3: requests, then instances where a call is charged for them.
inline constexpr Ec2Action kRun{"ec2.RunInstances.latency", {5, 2}, {1000, 2}};
inline constexpr Ec2Action kTerminate{"ec2.TerminateInstances.latency", {100, 5}, {1000, 20}};
inline constexpr Ec2Action kStart{"ec2.StartInstances.latency", {5, 2}, {1000, 2}};
inline constexpr Ec2Action kStop{"ec2.StopInstances.latency", {50, 5}, {1000, 20}};
inline constexpr Ec2Action kReboot{"ec2.RebootInstances.latency", {50, 5}};
inline constexpr Ec2Action kDescribe{"ec2.DescribeInstances.latency", {100, 20}};
inline constexpr Ec2Action kDescribeStatus{"ec2.DescribeInstanceStatus.latency", {100, 20}};
inline constexpr Ec2Action kCreateVolume{"ec2.CreateVolume.latency", {100, 5}};
inline constexpr Ec2Action kDeleteVolume{"ec2.DeleteVolume.latency", {100, 5}};
inline constexpr Ec2Action kAttachVolume{"ec2.AttachVolume.latency", {50, 5}};
inline constexpr Ec2Action kDetachVolume{"ec2.DetachVolume.latency", {50, 5}};
inline constexpr Ec2Action kDescribeVolumes{"ec2.DescribeVolumes.latency", {100, 20}};
inline constexpr Ec2Action kCreateSnapshot{"ec2.CreateSnapshot.latency", {100, 5}};
inline constexpr Ec2Action kDeleteSnapshot{"ec2.DeleteSnapshot.latency", {100, 5}};
inline constexpr Ec2Action kDescribeSnapshots{"ec2.DescribeSnapshots.latency", {100, 20}};
inline constexpr Ec2Action kCreateTags{"ec2.CreateTags.latency", {100, 10}};
inline constexpr Ec2Action kDeleteTags{"ec2.DeleteTags.latency", {100, 10}};
inline constexpr Ec2Action kDescribeTags{"ec2.DescribeTags.latency", {100, 20}};
inline constexpr Ec2Action kModifyInstance{"ec2.ModifyInstanceAttribute.latency", {50, 5}};
inline constexpr Ec2Action kCopySnapshot{"ec2.CopySnapshot.latency", {100, 5}};

// A Describe with neither ids nor a filter has another, smaller bucket.
inline constexpr Ec2Action kDescribeAll{"ec2.DescribeInstances.latency", {50, 10}, {}, "DescribeInstances, all"};
inline constexpr Ec2Action kDescribeAllStatus{
    "ec2.DescribeInstanceStatus.latency", {50, 10}, {}, "DescribeInstanceStatus, all"};
inline constexpr Ec2Action kDescribeAllVolumes{"ec2.DescribeVolumes.latency", {50, 10}, {}, "DescribeVolumes, all"};
inline constexpr Ec2Action kDescribeAllSnapshots{
    "ec2.DescribeSnapshots.latency", {50, 10}, {}, "DescribeSnapshots, all"};

static_assert(kRun.name == "RunInstances" && kRun.fault_point == "ec2.RunInstances");
static_assert(kRun.limits.bucket == "RunInstances" && kDescribeAll.name == kDescribe.name);

}  // namespace actions
}  // namespace drydock::cloud
