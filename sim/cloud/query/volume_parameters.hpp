#pragma once

#include <cstdint>

#include "sim/cloud/query/exchange.hpp"

namespace drydock::cloud::query {

/// The greatest size of a volume in GiB.
inline constexpr std::uint32_t kVolumeAtMost = 65536;

/// Reads what requests say of volumes that they make, below a node: VolumeType, Encrypted, Iops, Throughput.
[[nodiscard]] Failure read_volume_details(const ParameterTree& node, VolumeDetails& details);
/// Returns the operations per second of a volume: those that were asked for, or what its type and size give.
[[nodiscard]] std::uint32_t iops_of(const VolumeDetails& details);

}  // namespace drydock::cloud::query
