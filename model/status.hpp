#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace drydock::model {

/// A workspace row's status (docs/platform.md §2.2). The transitions T1–T30 are in §6.
///
///     provisioning ──► online ◄──► degraded        online/degraded ──► hibernating ──► hibernated
///          │  ▲          │                         any but removed/paused ──► paused ──► provisioning
///          ▼  └──────────┴── restart               any ──► removed (tombstone)
///        failed        offline (liveness lost)     external: awaiting_agent ──► online
enum class Status : std::uint8_t {
  provisioning,
  online,
  offline,
  degraded,
  failed,
  removed,
  paused,
  hibernated,
  hibernating,
  awaiting_agent,
  /// Only under `delete.order=durable_outbox`: the delete is decided, its terminate is still owed.
  pending_removal,
};

inline constexpr std::size_t kStatusCount = 11;

/// Tells whether every guard and filter takes the row for deleted.
[[nodiscard]] constexpr bool is_removed(Status status) {
  return status == Status::removed || status == Status::pending_removal;
}
/// Tells whether the row says that its workspace can be called.
[[nodiscard]] constexpr bool is_up(Status status) { return status == Status::online || status == Status::degraded; }
/// Tells whether the row is parked, by a client or for idling.
[[nodiscard]] constexpr bool is_dormant(Status status) {
  return status == Status::paused || status == Status::hibernated;
}

[[nodiscard]] std::string_view to_text(Status status);
[[nodiscard]] std::optional<Status> parse_status(std::string_view text);

}  // namespace drydock::model
