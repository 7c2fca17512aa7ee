#pragma once

#include <cstdint>
#include <string_view>

// The states of instances, volumes and snapshots.

namespace drydock::cloud {

/// An instance's state; the values are EC2's own codes (docs/cloud.md §1.1).
///
///     pending ──► running ──► shutting-down ──► terminated
///        │                        ▲   ▲
///        ├────────────────────────┘   │
///        └──► terminated (launch failure)     running ──► stopping ──► stopped ──► pending
enum class InstanceState : std::uint8_t {
  pending = 0,
  running = 16,
  shutting_down = 32,
  terminated = 48,
  stopping = 64,
  stopped = 80,
};

[[nodiscard]] std::string_view to_text(InstanceState state);
/// Tells whether an instance is pending or running: then it costs money and may hold state.
[[nodiscard]] constexpr bool is_live(InstanceState state) {
  return state == InstanceState::pending || state == InstanceState::running;
}

/// A volume's state (docs/cloud.md §2.1).
///
///     creating ──► available ◄──► in-use        available, in-use ──► deleting ──► deleted
///
/// and `error` from any. In use it is deleted only with its instance (DeleteOnTermination, §2.2).
enum class VolumeState : std::uint8_t { creating, available, in_use, deleting, deleted, error };
[[nodiscard]] std::string_view to_text(VolumeState state);

/// A snapshot's state (docs/cloud.md §2.3).
///
///     pending ──► completed
///        └──────► error
enum class SnapshotState : std::uint8_t { pending, completed, error };
[[nodiscard]] std::string_view to_text(SnapshotState state);

}  // namespace drydock::cloud
