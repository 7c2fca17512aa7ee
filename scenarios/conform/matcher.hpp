#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/logs/imported_log.hpp"
#include "sim/time.hpp"

namespace drydock::scenarios {

using sim::Instant;

/// Something that a log says happened, between `from` and `until` of virtual time, give or take the skew.
struct Sighting {
  Instant from{};
  Instant until{};
  std::string kind;
  std::string workspace;  // empty: any
  Json detail = Json::object();
};

/// Something visible that happened in a run.
struct Happening {
  std::uint32_t seq = 0;  // the run's event
  Instant at{};
  std::string kind;
  std::string workspace;
  Json detail = Json::object();
};

/// Everything that a log says happened. The log covers the time from its first line to its last.
struct Sightings {
  std::vector<Sighting> all;  // in the order of the log
  Instant begins{};
  Instant ends{};
  Duration skew{};
};

/// The measure of how well a run explains a log (docs/conform.md, *What explains a log*).
struct Match {
  std::vector<std::optional<std::size_t>> happening_of;  // of each sighting
  /// The first line without an event, and the first event that the log would have shown without a line.
  std::optional<std::size_t> missing;
  std::optional<std::size_t> surplus;
  /// The run and the log agree until this moment; `kNever` where the run explains the log.
  Instant agree_until = sim::kNever;
  Duration agreed = Duration::max();  // the same, from the log's first line
  /// The first difference would have to move by so much; `Duration::max()` where no event could fill its place.
  Duration distance{};
  std::size_t matched = 0;  // lines
  Duration error{};         // how far the events are from their lines, together

  [[nodiscard]] bool explained() const { return !missing && !surplus; }
};

/// Tells whether an event is what a line speaks of, whenever it happened: kind, workspace and all the details that the
/// line gives. Details compare as texts; an object is a subset.
[[nodiscard]] bool fits(const Sighting& sighting, const Happening& happening);

/// Gives the time between an event and the span that the line allows; 0 within the span.
[[nodiscard]] Duration distance_of(const Sighting& sighting, const Happening& happening, Duration skew);

/// Pairs lines and events, each with at most one of the other: as many of the first lines as can be, then as many of
/// the first events that must be in the log. Exact: if there is a pairing that leaves nothing over, it finds one.
/// Happenings are ordered by time.
[[nodiscard]] Match match(const Sightings& sightings, const std::vector<Happening>& happenings);

/// Tells whether the first explains more of the log than the second.
[[nodiscard]] bool is_better(const Match& a, const Match& b);

}  // namespace drydock::scenarios
