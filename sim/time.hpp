#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drydock::sim {

/// Virtual durations in whole microseconds. All arithmetic is integer: no floats reach a decision.
using Duration = std::chrono::microseconds;

/// The virtual clock's tag. It has no now(): the time is a run's own (`Scheduler::now`).
struct VirtualTime {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<VirtualTime, Duration>;
  static constexpr bool is_steady = true;
};

/// An instant of virtual time, counted from the run's time zero.
using Instant = VirtualTime::time_point;

inline constexpr Instant kTimeZero{};
inline constexpr Instant kNever = Instant::max();

/// The longest duration a user may write: 10 years of 365 days.
inline constexpr Duration kLongestDuration = std::chrono::hours{24 * 365 * 10};

/// A closed range of durations; `lo == hi` is a point, about which there is nothing to decide.
struct DurationRange {
  Duration lo{};
  Duration hi{};

  [[nodiscard]] constexpr bool is_point() const { return lo == hi; }
  /// The typical value: the midpoint, rounded down to a whole millisecond (a point stays itself).
  [[nodiscard]] constexpr Duration typical() const {
    if (is_point()) return lo;
    return std::chrono::floor<std::chrono::milliseconds>(lo + (hi - lo) / 2);
  }
  friend constexpr bool operator==(const DurationRange&, const DurationRange&) = default;
};

/// Reads `([0-9]+(d|h|m|s|ms|us))+` or ISO-8601 `PT…` / `P…DT…`, and nothing else: no sign, no fraction. Returns
/// nothing for a malformed text or a duration above `kLongestDuration`.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// Reads `lo..hi` with lo ≤ hi, or a single duration as a point. Returns nothing for any other text.
[[nodiscard]] std::optional<DurationRange> parse_duration_range(std::string_view text);

/// Writes the shortest text that `parse_duration` reads back to the same value: `1m30s`, `250ms`, `0s`.
[[nodiscard]] std::string format_duration(Duration duration);
[[nodiscard]] std::string format_duration_range(const DurationRange& range);

/// Reads an RFC 3339 instant in UTC (`2026-05-19T00:05:00Z`, with or without a fraction) and returns the microseconds
/// since the Unix epoch. Returns nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> parse_rfc3339(std::string_view text);
[[nodiscard]] std::string format_rfc3339(std::int64_t unix_us);

/// Writes exact seconds with up to six decimals and no trailing zeros: `12.25`.
[[nodiscard]] std::string format_seconds(Duration duration);

}  // namespace drydock::sim
